#include "infrastructure/screening/sound_key.h"

namespace puhui::screening {

namespace {

bool starts(std::string_view text, std::string_view with) { return text.starts_with(with); }

struct Sound {
  char as;      // 0: silent
  size_t size;  // letters it is written with
};

Sound consonant(std::string_view rest, bool first) {
  if (starts(rest, "SCHTSCH")) return {'C', 7};
  if (starts(rest, "SHCH")) return {'C', 4};
  if (starts(rest, "TSCH")) return {'J', 4};
  if (starts(rest, "SCH")) return {'C', 3};
  if (starts(rest, "TCH")) return {'J', 3};
  if (starts(rest, "CH") || starts(rest, "ZH") || starts(rest, "DJ") || starts(rest, "DZ")) return {'J', 2};
  if (starts(rest, "SH")) return {'C', 2};
  if (starts(rest, "PH")) return {'F', 2};
  if (starts(rest, "TS") || starts(rest, "TZ")) return {'S', 2};
  // Hsiao, but not the skeleton of Hussein.
  if (starts(rest, "HS") && rest.size() > 2 && std::string_view("AEIOUY").find(rest[2]) != std::string_view::npos) {
    return {'S', 2};
  }
  if (starts(rest, "CK")) return {'K', 2};
  if (starts(rest, "KH") || starts(rest, "GH") || starts(rest, "DH") || starts(rest, "TH")) {
    return {rest[0] == 'K' || rest[0] == 'G' ? 'K' : 'T', 2};
  }
  switch (rest[0]) {
    case 'B':
    case 'P': return {'P', 1};
    case 'C': return {rest.size() > 1 && (rest[1] == 'E' || rest[1] == 'I' || rest[1] == 'Y') ? 'S' : 'K', 1};
    case 'D':
    case 'T': return {'T', 1};
    case 'F': return {'F', 1};
    case 'G':
    case 'K':
    case 'Q': return {'K', 1};
    case 'J': return {'J', 1};
    case 'S':
    case 'Z': return {'S', 1};
    case 'V': return {'V', 1};
    case 'W': return {first ? 'V' : '\0', 1};
    case 'X': return {'S', 1};  // the K before it is added by the caller
    case 'H': return {first ? 'H' : '\0', 1};
    case 'Y': return {first ? 'Y' : '\0', 1};
    case 'A':
    case 'E':
    case 'I':
    case 'O':
    case 'U': return {first ? 'A' : '\0', 1};
    default: return {rest[0], 1};  // L M N R and digits
  }
}

}  // namespace

std::string sound_key(std::string_view word) {
  std::string out;
  bool silent_before = true;  // a doubled consonant counts once, two with a vowel between them twice
  for (size_t at = 0; at < word.size();) {
    const Sound sound = consonant(word.substr(at), at == 0);
    if (sound.as == 0) {
      silent_before = true;
    } else {
      if (word[at] == 'X' && at > 0) out += 'K';
      if (silent_before || out.empty() || out.back() != sound.as || (sound.as >= '0' && sound.as <= '9'))
        out += sound.as;
      silent_before = false;
    }
    at += sound.size;
  }
  return out;
}

}  // namespace puhui::screening
