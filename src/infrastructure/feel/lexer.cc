#include "infrastructure/feel/lexer.h"

#include "infrastructure/feel/characters.h"

namespace puhui::feel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool is_keyword(std::string_view word) {
  static constexpr std::string_view kWords[] = {"if",      "then",     "else",      "for",  "in",    "return",
                                                "some",    "every",    "satisfies", "and",  "or",    "true",
                                                "between", "instance", "function",  "null", "false", "external"};
  return std::ranges::find(kWords, word) != std::end(kWords);
}

size_t Lexer::skip_from(size_t at) const {
  while (at < text_.size()) {
    if (const size_t space = space_length(text_, at); space != 0) {
      at += space;
    } else if (text_.substr(at, 2) == "//") {
      const size_t end = text_.find('\n', at);
      at = end == std::string_view::npos ? text_.size() : end;
    } else if (text_.substr(at, 2) == "/*") {
      const size_t end = text_.find("*/", at + 2);
      if (end == std::string_view::npos) return at;
      at = end + 2;
    } else {
      break;
    }
  }
  return at;
}

void Lexer::skip() { at_ = skip_from(at_); }

bool Lexer::at_end() {
  skip();
  return at_ >= text_.size();
}

char Lexer::peek() { return at_end() ? '\0' : text_[at_]; }

bool Lexer::looking_at(std::string_view symbol) {
  skip();
  return text_.substr(at_).starts_with(symbol);
}

bool Lexer::take(std::string_view symbol) {
  if (!looking_at(symbol)) return false;
  at_ += symbol.size();
  return true;
}

void Lexer::expect(std::string_view symbol) {
  if (take(symbol)) return;
  const std::string_view came = piece_at(skip_from(at_));
  fail("expected '" + std::string(symbol) + "', came " +
       (came.empty() ? "the end of the expression" : "'" + std::string(came) + "'"));
}

std::string_view Lexer::piece_at(size_t at) const {
  size_t end = at;
  while (const size_t part = name_part_length(text_, end)) end += part;
  if (end == at && at < text_.size()) end += code_point(text_, at).length;
  return text_.substr(std::min(at, text_.size()), end - at);
}

std::string_view Lexer::word() {
  skip();
  return name_start_length(text_, at_) == 0 ? std::string_view() : piece_at(at_);
}

bool Lexer::at_word(std::string_view wanted) { return word() == wanted; }

bool Lexer::take_word(std::string_view wanted) {
  if (!at_word(wanted)) return false;
  at_ += wanted.size();
  return true;
}

void Lexer::expect_word(std::string_view wanted) {
  if (!take_word(wanted)) fail("expected '" + std::string(wanted) + "'");
}

std::optional<size_t> Lexer::match_name(std::string_view name) const {
  size_t in_text = at_;
  size_t in_name = 0;
  while (true) {
    while (const size_t space = space_length(name, in_name)) in_name += space;
    if (in_name >= name.size()) return in_text;
    size_t end = in_name;
    while (const size_t part = name_part_length(name, end)) end += part;
    if (end == in_name) end += code_point(name, in_name).length;
    const std::string_view piece = name.substr(in_name, end - in_name);
    in_text = in_name == 0 ? in_text : skip_from(in_text);
    if (piece_at(in_text) != piece) return std::nullopt;
    in_text += piece.size();
    in_name = end;
  }
}

bool Lexer::at_range_end() const {
  const std::string_view next = piece_at(skip_from(skip_from(at_) + 1));
  static constexpr std::string_view kContinues[] = {"true", "false", "null", "if", "for", "some", "every", "function"};
  if (is_keyword(next)) return std::ranges::find(kContinues, next) == std::end(kContinues);
  return next.empty() || next == "," || next == ")" || next == "]" || next == "}" || next == "=" || next == ".";
}

std::string Lexer::take_words() {
  std::string words;
  while (true) {
    skip();
    // After the first word a part may begin with a digit: "PAY 2".
    if (words.empty() ? name_start_length(text_, at_) == 0 : name_part_length(text_, at_) == 0) break;
    const std::string_view next = piece_at(at_);
    if (is_keyword(next)) break;
    words.append(words.empty() ? "" : " ").append(next);
    at_ += next.size();
  }
  return words;
}

std::optional<Decimal> Lexer::take_number() {
  skip();
  size_t end = at_;
  while (end < text_.size() && is_digit(text_[end])) ++end;
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    ++end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
  }
  if (end == at_) return std::nullopt;
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    if (exponent < text_.size() && is_digit(text_[exponent])) {
      while (exponent < text_.size() && is_digit(text_[exponent])) ++exponent;
      end = exponent;
    }
  }
  const auto number = Decimal::parse(text_.substr(at_, end - at_));
  if (!number)
    fail("expected a number within 34 digits and exponents of 6144, came " + std::string(text_.substr(at_, end - at_)));
  at_ = end;
  return number;
}

std::string Lexer::take_string() {
  const size_t start = at_;
  std::string out;
  ++at_;
  const auto take_unicode = [&](size_t digits) {
    char32_t value = 0;
    for (size_t i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
      if (digit < 0) fail("expected " + std::to_string(digits) + " hexadecimal digits after \\u");
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  };
  while (true) {
    if (at_ >= text_.size()) fail_at(start, "this text has no closing '\"'");
    const char c = text_[at_++];
    if (c == '"') return out;
    if (c != '\\') {
      out += c;
      continue;
    }
    const char escape = at_ < text_.size() ? text_[at_++] : '\0';
    switch (escape) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case '"': out += '"'; break;
      case '\'': out += '\''; break;
      case '\\': out += '\\'; break;
      case 'U': {
        const char32_t value = take_unicode(6);
        if (value > 0x10FFFF) fail("expected a code point up to 10FFFF after \\U");
        append_utf8(out, value);
        break;
      }
      case 'u': {
        char32_t value = take_unicode(4);
        // A surrogate pair is one character.
        if (value >= 0xD800 && value < 0xDC00 && text_.substr(at_, 2) == "\\u") {
          at_ += 2;
          const char32_t low = take_unicode(4);
          value = 0x10000 + ((value - 0xD800) << 10) + ((low - 0xDC00) & 0x3FF);
        }
        append_utf8(out, value);
        break;
      }
      default:  // an unknown escape stands for itself: regular expressions are written that way
        out += '\\';
        if (escape != '\0') out += escape;
    }
  }
}

Place Lexer::place_at(size_t at) const {
  constexpr size_t kPlaceStep = 1024;
  const auto counted = [&](Place place, size_t from, size_t to) {
    for (size_t i = from; i < to && i < text_.size(); ++i) {
      if (text_[i] == '\n') {
        ++place.line;
        place.column = 1;
      } else if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) {
        ++place.column;
      }
    }
    return place;
  };
  if (places_.empty()) places_.push_back({source_.element, source_.line, source_.column});
  while (places_.size() <= at / kPlaceStep) {
    const size_t from = (places_.size() - 1) * kPlaceStep;
    places_.push_back(counted(places_.back(), from, from + kPlaceStep));
  }
  return counted(places_[at / kPlaceStep], at / kPlaceStep * kPlaceStep, at);
}

}  // namespace puhui::feel
