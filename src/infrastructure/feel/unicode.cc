#include "infrastructure/feel/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/stringoptions.h>
#include <unicode/uchar.h>
#include <unicode/uset.h>

#include <array>
#include <memory>

namespace puhui::feel {
namespace {

using SetPtr = std::unique_ptr<USet, decltype(&uset_close)>;

CharacterSet ranges_of(const USet* set) {
  CharacterSet out;
  for (int32_t i = 0; i < uset_getRangeCount(set); ++i) {
    UChar32 low = 0;
    UChar32 high = 0;
    UErrorCode status = U_ZERO_ERROR;
    if (uset_getItem(set, i, &low, &high, nullptr, 0, &status) != 0) continue;  // a string, not a range
    out.add(static_cast<char32_t>(low), static_cast<char32_t>(high));
  }
  return out;
}

using Categories = std::array<CharacterSet, U_CHAR_CATEGORY_COUNT>;

UBool take_range(const void* to, UChar32 start, UChar32 limit, UCharCategory category) {
  auto& sets = *static_cast<Categories*>(const_cast<void*>(to));  // our own, through ICU's face for both kinds
  sets[static_cast<size_t>(category)].add(static_cast<char32_t>(start), static_cast<char32_t>(limit) - 1);
  return 1;
}

const Categories& categories() {
  static const Categories kSets = [] {
    Categories sets;
    u_enumCharTypes(take_range, &sets);
    return sets;
  }();
  return kSets;
}

struct Category {
  std::string_view name;
  uint32_t mask;
};
constexpr Category kCategories[] = {
    {"L", U_GC_L_MASK},   {"Lu", U_GC_LU_MASK}, {"Ll", U_GC_LL_MASK}, {"Lt", U_GC_LT_MASK}, {"Lm", U_GC_LM_MASK},
    {"Lo", U_GC_LO_MASK}, {"M", U_GC_M_MASK},   {"Mn", U_GC_MN_MASK}, {"Mc", U_GC_MC_MASK}, {"Me", U_GC_ME_MASK},
    {"N", U_GC_N_MASK},   {"Nd", U_GC_ND_MASK}, {"Nl", U_GC_NL_MASK}, {"No", U_GC_NO_MASK}, {"P", U_GC_P_MASK},
    {"Pc", U_GC_PC_MASK}, {"Pd", U_GC_PD_MASK}, {"Ps", U_GC_PS_MASK}, {"Pe", U_GC_PE_MASK}, {"Pi", U_GC_PI_MASK},
    {"Pf", U_GC_PF_MASK}, {"Po", U_GC_PO_MASK}, {"Z", U_GC_Z_MASK},   {"Zs", U_GC_ZS_MASK}, {"Zl", U_GC_ZL_MASK},
    {"Zp", U_GC_ZP_MASK}, {"S", U_GC_S_MASK},   {"Sm", U_GC_SM_MASK}, {"Sc", U_GC_SC_MASK}, {"Sk", U_GC_SK_MASK},
    {"So", U_GC_SO_MASK}, {"C", U_GC_C_MASK},   {"Cc", U_GC_CC_MASK}, {"Cf", U_GC_CF_MASK}, {"Co", U_GC_CO_MASK},
    {"Cn", U_GC_CN_MASK}};

std::optional<CharacterSet> category_set(std::string_view name) {
  const auto* known = std::ranges::find(kCategories, name, &Category::name);
  if (known == std::end(kCategories)) return std::nullopt;
  CharacterSet set;
  for (size_t i = 0; i < categories().size(); ++i) {
    if ((known->mask & U_MASK(static_cast<uint32_t>(i))) != 0) set.add(categories()[i]);
  }
  set.normalize();
  return set;
}

// ICU ignores spaces, hyphens and case in a block's name; XML Schema only takes the spaces out.
std::optional<CharacterSet> block_set(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kOlderNames[] = {
      {"Greek", "GreekandCoptic"},
      {"CombiningMarksforSymbols", "CombiningDiacriticalMarksforSymbols"},
      {"PrivateUse", "PrivateUseArea"}};
  for (const auto& [older, today] : kOlderNames) {
    if (name == older) name = today;
  }
  const auto is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (name.empty() || !std::ranges::all_of(name, is_plain)) return std::nullopt;
  const int32_t block = u_getPropertyValueEnum(UCHAR_BLOCK, std::string(name).c_str());
  if (block == UCHAR_INVALID_CODE) return std::nullopt;
  const SetPtr set(uset_openEmpty(), uset_close);
  UErrorCode status = U_ZERO_ERROR;
  uset_applyIntPropertyValue(set.get(), UCHAR_BLOCK, block, &status);
  return ranges_of(set.get());
}

}  // namespace

char32_t to_upper(char32_t c) { return static_cast<char32_t>(u_toupper(static_cast<UChar32>(c))); }
char32_t to_lower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }

std::string upper_case(std::string_view text) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper("", 0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr, status);
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr, status);
  return out;
}

std::optional<CharacterSet> named_characters(std::string_view name) {
  return name.starts_with("Is") ? block_set(name.substr(2)) : category_set(name);
}

CharacterSet with_cases(const CharacterSet& set) {
  const SetPtr all(uset_openEmpty(), uset_close);
  for (const auto& range : set.ranges) {
    uset_addRange(all.get(), static_cast<UChar32>(range.low), static_cast<UChar32>(range.high));
  }
  uset_closeOver(all.get(), USET_CASE_INSENSITIVE);
  return ranges_of(all.get());
}

}  // namespace puhui::feel
