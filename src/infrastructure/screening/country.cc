#include <unicode/locid.h>
#include <unicode/uloc.h>

#include <map>

#include "ground/base/text.h"
#include "infrastructure/screening/screener.h"

namespace puhui::screening {

namespace {

std::map<std::string, std::string, std::less<>> all_countries() {
  // As lists write what ICU names otherwise.
  std::map<std::string, std::string, std::less<>> out = {{"korea, north", "KP"},
                                                         {"korea, south", "KR"},
                                                         {"burma", "MM"},
                                                         {"congo, democratic republic of the", "CD"},
                                                         {"ivory coast", "CI"},
                                                         {"macau", "MO"},
                                                         {"hong kong", "HK"},
                                                         {"congo, republic of the", "CG"},
                                                         {"czech republic", "CZ"},
                                                         {"the gambia", "GM"},
                                                         {"west bank", "PS"},
                                                         {"palestinian", "PS"},
                                                         {"bahamas, the", "BS"},
                                                         {"gambia, the", "GM"},
                                                         {"cote d ivoire", "CI"},
                                                         {"turkey", "TR"},
                                                         {"usa", "US"},
                                                         {"uk", "GB"},
                                                         {"uae", "AE"},
                                                         {"swaziland", "SZ"},
                                                         {"bosnia and herzegovina", "BA"},
                                                         {"trinidad and tobago", "TT"},
                                                         {"region: gaza", "PS"}};
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
    const icu::Locale place("", *code);
    for (const char* language : {"en", "zh"}) {
      icu::UnicodeString name;
      place.getDisplayCountry(icu::Locale(language), name);
      std::string text;
      out.emplace(to_lower_ascii(name.toUTF8String(text)), *code);
    }
    out.emplace(to_lower_ascii(*code), *code);
  }
  return out;
}

}  // namespace

std::string country_code(std::string_view country) {
  static const auto kCountries = all_countries();
  const auto found = kCountries.find(to_lower_ascii(trim(country)));
  return found == kCountries.end() ? std::string(trim(country)) : found->second;
}

}  // namespace puhui::screening
