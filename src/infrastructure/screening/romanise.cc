#include "infrastructure/screening/romanise.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include <memory>
#include <vector>

#include "ground/base/check.h"
#include "infrastructure/screening/letters.h"

namespace puhui::screening {

namespace {

std::unique_ptr<const icu::Transliterator> transliterator(const char* id) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<const icu::Transliterator> out(icu::Transliterator::createInstance(id, UTRANS_FORWARD, status));
  CHECK(U_SUCCESS(status) && out != nullptr, "ICU's data has the transliterators of all scripts");
  return out;
}

const icu::Transliterator& latin_to_ascii() {
  static const auto kOne = transliterator("Latin-ASCII");
  return *kOne;
}

bool is_plain(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
char upper(char32_t c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); }

void append(Romanised& to, char c) {
  if (to.size < to.letters.size()) to.letters[to.size++] = c;
}

Romanised letter(uint8_t script, std::string_view text, char look = 0) {
  Romanised out;
  out.kind = Romanised::Kind::letter;
  out.script = script;
  out.look = look;
  for (const char c : text) append(out, c);
  return out;
}

std::string plain_letters(const icu::UnicodeString& text) {
  std::string out;
  for (int32_t i = 0; i < text.length(); ++i) {
    if (is_plain(text.charAt(i))) out += upper(text.charAt(i));
  }
  return out;
}

// Every Han character of the main block by its usual reading, without tones; asked of ICU once.
class Pinyin {
 public:
  static constexpr char32_t kFirst = 0x4E00, kLast = 0x9FFF;
  Pinyin() : readings_(kLast - kFirst + 1) {
    const auto han = transliterator("Han-Latin; Latin-ASCII");
    icu::UnicodeString text;
    for (char32_t c = kFirst; c <= kLast; ++c) text.append(static_cast<UChar32>(c)).append(u'\n');
    han->transliterate(text);
    size_t at = 0;
    for (int32_t i = 0; i < text.length() && at < readings_.size(); ++i) {
      if (text.charAt(i) == u'\n') {
        ++at;
      } else if (is_plain(text.charAt(i))) {
        std::array<char, 8>& reading = readings_[at];
        const size_t size = std::string_view(reading.data()).size();
        if (size + 1 < reading.size()) reading[size] = upper(text.charAt(i));
      }
    }
    CHECK(at == readings_.size(), "every character has its line");
  }
  std::string_view of(char32_t c) const { return readings_[c - kFirst].data(); }

 private:
  std::vector<std::array<char, 8>> readings_;
};

Romanised han_letter(char32_t c) {
  static const Pinyin kPinyin;
  if (c >= Pinyin::kFirst && c <= Pinyin::kLast) return letter(kHan, kPinyin.of(c));
  icu::UnicodeString text(static_cast<UChar32>(c));
  static const auto kRare = transliterator("Han-Latin; Latin-ASCII");
  kRare->transliterate(text);
  return letter(kHan, plain_letters(text));
}

// What a compatibility character (ﬁ, Ａ, 𝐀, ⓐ) stands for; empty: only for itself.
icu::UnicodeString decomposed(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfkd = unorm2_getNFKDInstance(&status);
  std::array<UChar, 32> buffer{};
  const int32_t size = unorm2_getDecomposition(nfkd, static_cast<UChar32>(c), buffer.data(), buffer.size(), &status);
  if (U_FAILURE(status) || size <= 0) return {};
  return {buffer.data(), size};
}

Romanised latin_letter(char32_t c) {
  icu::UnicodeString text(static_cast<UChar32>(c));
  latin_to_ascii().transliterate(text);
  const std::string plain = plain_letters(text);
  return letter(kLatin, plain.empty() ? plain_letters(decomposed(c)) : plain);
}

Romanised compatible_letter(char32_t c) {
  const std::string plain = plain_letters(decomposed(c));
  if (!plain.empty()) return letter(plain[0] <= '9' ? kDigit : kLatin, plain);
  return {};
}

Romanised by_script(char32_t c) {
  const auto wide = static_cast<UChar32>(c);
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(wide, &status);
  if (const int32_t digit = u_charDigitValue(wide); digit >= 0)
    return letter(kDigit, std::string(1, char('0' + digit)));
  if (script == USCRIPT_HAN) return han_letter(c);
  if (!u_isalpha(wide) && u_charType(wide) != U_COMBINING_SPACING_MARK) return compatible_letter(c);
  switch (script) {
    case USCRIPT_LATIN: return latin_letter(c);
    case USCRIPT_COMMON: return compatible_letter(c);
    default: break;
  }
  Romanised out;
  out.kind = Romanised::Kind::run;
  out.script = kOther;
  return out;
}

bool is_ignored(char32_t c) {
  const auto wide = static_cast<UChar32>(c);
  const int8_t type = u_charType(wide);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_MODIFIER_LETTER || type == U_FORMAT_CHAR ||
         u_hasBinaryProperty(wide, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 || c == 0x2018 || c == 0x2019 ||
         c == 0x2032 || c == 0xB4 || c == 0x201B || (c >= 0x2B0 && c <= 0x2FF);
}

// Accented letters of European names, asked of ICU once.
Romanised european(char32_t c) {
  static constexpr char32_t kEnd = 0x250;
  static const std::vector<Romanised> kTable = [] {
    std::vector<Romanised> out(kEnd);
    for (char32_t at = 0x80; at < kEnd; ++at) {
      if (!is_ignored(at)) out[at] = by_script(at);
    }
    return out;
  }();
  return kTable[c];
}

Romanised ignored() {
  Romanised out;
  out.kind = Romanised::Kind::ignored;
  return out;
}

}  // namespace

Romanised romanise(char32_t c) {
  if (c < 0x80) {
    if (is_plain(c)) {
      Romanised out;
      out.kind = Romanised::Kind::letter;
      out.script = c <= '9' ? kDigit : kLatin;
      out.look = upper(c);
      append(out, upper(c));
      return out;
    }
    return c == '\'' || c == '`' ? ignored() : Romanised{};
  }
  if (const LetterReading* known = reading_of(c)) return letter(known->script, known->text, known->look);
  // A mark of a script that is read a word at a time (a vowel of Hindi or Thai) belongs to its word.
  if (is_ignored(c)) return ignored();
  return c < 0x250 ? european(c) : by_script(c);
}

std::string romanise_run(std::string_view word) {
  static const auto kAny = transliterator("Any-Latin; Latin-ASCII");
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(word.data(), static_cast<int32_t>(word.size())));
  kAny->transliterate(text);
  return plain_letters(text);
}

std::string_view surname_reading(char32_t c) {
  struct Surname {
    char32_t character;
    std::string_view reading;
  };
  static constexpr Surname kSurnames[] = {
      {U'单', "SHAN"}, {U'單', "SHAN"}, {U'仇', "QIU"},  {U'曾', "ZENG"}, {U'解', "XIE"},  {U'查', "ZHA"},
      {U'盖', "GE"},   {U'蓋', "GE"},   {U'区', "OU"},   {U'區', "OU"},   {U'朴', "PIAO"}, {U'任', "REN"},
      {U'翟', "ZHAI"}, {U'覃', "QIN"},  {U'乐', "YUE"},  {U'樂', "YUE"},  {U'尉', "YU"},   {U'员', "YUN"},
      {U'繁', "PO"},   {U'燕', "YAN"},  {U'缪', "MIAO"}, {U'繆', "MIAO"}, {U'秘', "BI"},   {U'冼', "XIAN"}};
  for (const Surname& surname : kSurnames) {
    if (surname.character == c) return surname.reading;
  }
  return {};
}

}  // namespace puhui::screening
