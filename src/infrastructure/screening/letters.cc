// Long because it is a table.
#include "infrastructure/screening/letters.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "infrastructure/screening/romanise.h"

namespace puhui::screening {

namespace {

// Both cases side by side: {capital, small, reading, what the capital looks like, what the small one looks like}.
struct Pair {
  char32_t capital, small;
  std::string_view text;
  char capital_look = 0, small_look = 0;
};

// Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian, Kazakh: near ICAO Doc 9303's table.
constexpr Pair kCyrillicPairs[] = {{U'А', U'а', "A", 'A', 'A'},
                                   {U'Б', U'б', "B"},
                                   {U'В', U'в', "V", 'B', 'B'},
                                   {U'Г', U'г', "G"},
                                   {U'Д', U'д', "D"},
                                   {U'Е', U'е', "E", 'E', 'E'},
                                   {U'Ё', U'ё', "E", 'E', 'E'},
                                   {U'Ж', U'ж', "ZH"},
                                   {U'З', U'з', "Z"},
                                   {U'И', U'и', "I"},
                                   {U'Й', U'й', "I"},
                                   {U'К', U'к', "K", 'K', 'K'},
                                   {U'Л', U'л', "L"},
                                   {U'М', U'м', "M", 'M', 'M'},
                                   {U'Н', U'н', "N", 'H', 'H'},
                                   {U'О', U'о', "O", 'O', 'O'},
                                   {U'П', U'п', "P"},
                                   {U'Р', U'р', "R", 'P', 'P'},
                                   {U'С', U'с', "S", 'C', 'C'},
                                   {U'Т', U'т', "T", 'T', 'T'},
                                   {U'У', U'у', "U", 'Y', 'Y'},
                                   {U'Ф', U'ф', "F"},
                                   {U'Х', U'х', "KH", 'X', 'X'},
                                   {U'Ц', U'ц', "TS"},
                                   {U'Ч', U'ч', "CH"},
                                   {U'Ш', U'ш', "SH"},
                                   {U'Щ', U'щ', "SHCH"},
                                   {U'Ъ', U'ъ', ""},
                                   {U'Ы', U'ы', "Y"},
                                   {U'Ь', U'ь', ""},
                                   {U'Э', U'э', "E"},
                                   {U'Ю', U'ю', "YU"},
                                   {U'Я', U'я', "YA"},
                                   {U'І', U'і', "I", 'I', 'I'},
                                   {U'Ї', U'ї', "YI", 'I', 'I'},
                                   {U'Є', U'є', "YE"},
                                   {U'Ґ', U'ґ', "G"},
                                   {U'Ў', U'ў', "U", 'Y', 'Y'},
                                   {U'Ђ', U'ђ', "DJ"},
                                   {U'Ј', U'ј', "J", 'J', 'J'},
                                   {U'Љ', U'љ', "LJ"},
                                   {U'Њ', U'њ', "NJ"},
                                   {U'Ћ', U'ћ', "C"},
                                   {U'Џ', U'џ', "DZ"},
                                   {U'Ѓ', U'ѓ', "GJ"},
                                   {U'Ќ', U'ќ', "KJ", 'K', 'K'},
                                   {U'Ѕ', U'ѕ', "DZ", 'S', 'S'},
                                   {U'Ә', U'ә', "A"},
                                   {U'Ғ', U'ғ', "G"},
                                   {U'Қ', U'қ', "Q", 'K', 'K'},
                                   {U'Ң', U'ң', "NG", 'H', 'H'},
                                   {U'Ө', U'ө', "O", 'O', 'O'},
                                   {U'Ұ', U'ұ', "U", 'Y', 'Y'},
                                   {U'Ү', U'ү', "U", 'Y', 'Y'},
                                   {U'Һ', U'һ', "H", 'H', 'H'},
                                   {U'Ѐ', U'ѐ', "E", 'E', 'E'},
                                   {U'Ѝ', U'ѝ', "I"},
                                   {U'Ҳ', U'ҳ', "H", 'X', 'X'},
                                   {U'Ҷ', U'ҷ', "J"},
                                   {U'Ӣ', U'ӣ', "I"},
                                   {U'Ӯ', U'ӯ', "U", 'Y', 'Y'},
                                   {U'Ԛ', U'ԛ', "Q", 'Q', 'Q'},
                                   {U'Ԝ', U'ԝ', "W", 'W', 'W'}};

// ELOT 743, letter by letter; accents written with their letter.
constexpr Pair kGreekPairs[] = {{U'Α', U'α', "A", 'A', 'A'}, {U'Β', U'β', "V", 'B', 'B'},
                                {U'Γ', U'γ', "G", 0, 'Y'},   {U'Δ', U'δ', "D"},
                                {U'Ε', U'ε', "E", 'E', 'E'}, {U'Ζ', U'ζ', "Z", 'Z', 0},
                                {U'Η', U'η', "I", 'H', 'N'}, {U'Θ', U'θ', "TH"},
                                {U'Ι', U'ι', "I", 'I', 'I'}, {U'Κ', U'κ', "K", 'K', 'K'},
                                {U'Λ', U'λ', "L"},           {U'Μ', U'μ', "M", 'M', 'U'},
                                {U'Ν', U'ν', "N", 'N', 'V'}, {U'Ξ', U'ξ', "X"},
                                {U'Ο', U'ο', "O", 'O', 'O'}, {U'Π', U'π', "P"},
                                {U'Ρ', U'ρ', "R", 'P', 'P'}, {U'Σ', U'σ', "S", 0, 'O'},
                                {U'Τ', U'τ', "T", 'T', 'T'}, {U'Υ', U'υ', "Y", 'Y', 'U'},
                                {U'Φ', U'φ', "F"},           {U'Χ', U'χ', "CH", 'X', 'X'},
                                {U'Ψ', U'ψ', "PS"},          {U'Ω', U'ω', "O", 0, 'W'},
                                {U'Ά', U'ά', "A", 'A', 'A'}, {U'Έ', U'έ', "E", 'E', 'E'},
                                {U'Ή', U'ή', "I", 'H', 'N'}, {U'Ί', U'ί', "I", 'I', 'I'},
                                {U'Ό', U'ό', "O", 'O', 'O'}, {U'Ύ', U'ύ', "Y", 'Y', 'U'},
                                {U'Ώ', U'ώ', "O", 0, 'W'},   {U'Ϊ', U'ϊ', "I", 'I', 'I'},
                                {U'Ϋ', U'ϋ', "Y", 'Y', 'U'}, {U'Σ', U'ς', "S"},
                                {U'Ί', U'ΐ', "I", 'I', 'I'}, {U'Ύ', U'ΰ', "Y", 'Y', 'U'}};

struct Single {
  char32_t letter;
  std::string_view text;
};

// Arabic, Persian, Urdu. Short vowels are not written, so what is read is a skeleton; sound_key.h compares skeletons.
constexpr Single kArabicLetters[] = {
    {U'ء', ""},  {U'آ', "A"},  {U'أ', "A"},  {U'ؤ', "U"},  {U'إ', "I"}, {U'ئ', "I"},  {U'ا', "A"},  {U'ب', "B"},
    {U'ة', "A"}, {U'ت', "T"},  {U'ث', "TH"}, {U'ج', "J"},  {U'ح', "H"}, {U'خ', "KH"}, {U'د', "D"},  {U'ذ', "DH"},
    {U'ر', "R"}, {U'ز', "Z"},  {U'س', "S"},  {U'ش', "SH"}, {U'ص', "S"}, {U'ض', "D"},  {U'ط', "T"},  {U'ظ', "Z"},
    {U'ع', "A"}, {U'غ', "GH"}, {U'ف', "F"},  {U'ق', "Q"},  {U'ك', "K"}, {U'ل', "L"},  {U'م', "M"},  {U'ن', "N"},
    {U'ه', "H"}, {U'و', "U"},  {U'ى', "A"},  {U'ي', "I"},  {U'پ', "P"}, {U'چ', "CH"}, {U'ژ', "ZH"}, {U'ک', "K"},
    {U'گ', "G"}, {U'ی', "I"},  {U'ہ', "H"},  {U'ھ', "H"},  {U'ے', "E"}, {U'ٹ', "T"},  {U'ڈ', "D"},  {U'ڑ', "R"},
    {U'ں', "N"}, {U'ٱ', "A"},  {U'ې', "E"},  {U'ۍ', "I"},  {U'ۇ', "U"}, {U'ۆ', "O"}};

constexpr Single kArabicVowels[] = {{0x64E, "A"}, {0x64F, "U"}, {0x650, "I"}};

std::vector<LetterReading> all_letters() {
  std::vector<LetterReading> out;
  const auto add_pairs = [&out](const auto& pairs, uint8_t script) {
    for (const Pair& pair : pairs) {
      out.push_back({pair.capital, script, pair.text, pair.capital_look});
      out.push_back({pair.small, script, pair.text, pair.small_look});
    }
  };
  add_pairs(kCyrillicPairs, kCyrillic);
  add_pairs(kGreekPairs, kGreek);
  for (const Single& single : kArabicLetters) out.push_back({single.letter, kArabic, single.text, 0});
  for (const Single& single : kArabicVowels) out.push_back({single.letter, kArabic, single.text, 0});
  std::ranges::sort(out, {}, &LetterReading::letter);
  return out;
}

}  // namespace

const LetterReading* reading_of(char32_t letter) {
  static const std::vector<LetterReading> kTable = all_letters();
  if (letter < 0x370 || letter > 0x6FF) return nullptr;
  const auto found = std::ranges::lower_bound(kTable, letter, {}, &LetterReading::letter);
  return found != kTable.end() && found->letter == letter ? &*found : nullptr;
}

}  // namespace puhui::screening
