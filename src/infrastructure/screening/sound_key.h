// SoundKey: a word's consonants as they sound, so that the spellings of one name in several romanisations meet: Mohammed, Muhammad and
// محمد, Gaddafi and Qadhafi, Mueller and Müller, Deng and Teng. Coarse on purpose: how much it proves is counted, not assumed.
#pragma once

#include <string>
#include <string_view>

namespace puhui::screening {

// Of capitals and digits. Empty for an empty word.
std::string sound_key(std::string_view word);

}  // namespace puhui::screening
