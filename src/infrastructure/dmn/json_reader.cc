#include "infrastructure/dmn/json_reader.h"

#include <cstring>
#include <set>

#include "ground/base/text.h"
#include "infrastructure/dmn/json_door.h"

namespace puhui::dmn {

using feel::Kind;
using feel::Type;
using feel::Value;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether any of eight bytes is a quote, a backslash, a control character or not ASCII.
bool is_special(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = 0x8080808080808080;
  const auto has_zero = [](uint64_t v) { return (v - kOnes) & ~v & kTops; };
  return ((bytes & kTops) | has_zero(bytes ^ (kOnes * '"')) | has_zero(bytes ^ (kOnes * '\\')) |
          ((bytes - kOnes * 0x20) & ~bytes & kTops)) != 0;
}

const Type* item_type(const Type* type) {
  if (type == nullptr || type->any) return nullptr;
  return type->kind == Kind::list ? type->element : type;
}

// The value of a text whose declared type is written as one in JSON; nullopt when the text is none.
std::optional<Value> temporal_of(std::string_view text, Kind kind) {
  const auto made = [](auto parsed, auto make) { return parsed ? std::optional(make(*parsed)) : std::nullopt; };
  switch (kind) {
    case Kind::date: return made(feel::parse_date(text), [](auto date) { return Value::date(date); });
    case Kind::time: return made(feel::parse_time(text), [](auto time) { return Value::time(time); });
    case Kind::date_time:
      if (const auto date = feel::parse_date(text)) return Value::date(*date);
      return made(feel::parse_date_time(text), [](auto at) { return Value::date_time(at); });
    case Kind::years_months: return made(feel::parse_months(text), [](auto months) { return Value::months(months); });
    case Kind::days_time: return made(feel::parse_duration(text), [](auto d) { return Value::duration(d); });
    default: return std::nullopt;
  }
}

std::optional<std::string> repeated_name(std::span<const feel::Entry> members) {
  std::set<std::string_view> names;
  for (const feel::Entry& member : members) {
    if (!names.insert(member.name).second) return std::string(member.name);
  }
  return std::nullopt;
}

bool is_temporal(Kind kind) { return kind >= Kind::date && kind <= Kind::days_time; }

}  // namespace

bool JsonReader::malformed(std::string_view expected) {
  const std::string_view before = text_.substr(0, static_cast<size_t>(at_ - text_.data()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t line_start = before.rfind('\n');
  const size_t column = line_start == std::string_view::npos ? before.size() + 1 : before.size() - line_start;
  faults_.add("line " + std::to_string(line) + ", column " + std::to_string(column),
              "expected JSON: " + std::string(expected));
  return false;
}

void JsonReader::skip_space() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
}

bool JsonReader::skip(char c) {
  skip_space();
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

bool JsonReader::expect(char c, const char* what) { return skip(c) || malformed(what); }

bool JsonReader::enter(char bracket, const char* what) {
  if (!expect(bracket, what)) return false;
  return ++depth_ <= kJsonInputDepthMax || malformed("at most 64 lists and objects inside each other");
}

bool JsonReader::leave() {
  --depth_;
  return true;
}

bool JsonReader::at_end() {
  skip_space();
  return at_ == end_ || malformed("the end, came more text");
}

bool JsonReader::member_name(std::string_view& name) {
  skip_space();
  if (at_ == end_ || *at_ != '"') return malformed("a name in quotes");
  return string(name) && expect(':', "':'");
}

bool JsonReader::read(Value& value, const Type* type) {
  skip_space();
  if (at_ == end_) return malformed("a value, came the end");
  switch (*at_) {
    case '"': return read_text(value, type);
    case '{': return read_context(value, item_type(type));
    case '[': return read_list(value, type);
    case 't': return word("true", value, Value::boolean(true));
    case 'f': return word("false", value, Value::boolean(false));
    case 'n': return word("null", value, Value::null());
    default: return read_number(value);
  }
}

bool JsonReader::word(std::string_view expected, Value& value, Value meaning) {
  if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(expected)) return malformed(expected);
  at_ += expected.size();
  value = meaning;
  return true;
}

bool JsonReader::read_text(Value& value, const Type* type) {
  std::string_view text;
  if (!string(text)) return false;
  value = Value::string(text);
  const Type* one = item_type(type);
  if (one == nullptr || one->any || !is_temporal(one->kind)) return true;
  const auto temporal = temporal_of(text, one->kind);
  if (temporal) {
    value = *temporal;
  } else {
    faults_.add(path, "expected a text that is a " + std::string(name_of(one->kind)) + ", came another");
    value = Value::null();
  }
  return true;
}

bool JsonReader::read_number(Value& value) {
  const char* const from = at_;
  const bool negative = *at_ == '-';
  if (negative) ++at_;
  if (at_ == end_ || !is_digit(*at_)) return malformed("a value");
  uint64_t coefficient = 0;
  const char* const digits = at_;
  if (*at_ == '0') {
    ++at_;
  } else {
    for (; at_ != end_ && is_digit(*at_); ++at_) coefficient = coefficient * 10 + static_cast<uint64_t>(*at_ - '0');
  }
  int exponent = 0;
  ptrdiff_t count = at_ - digits;
  if (at_ != end_ && *at_ == '.') {
    const char* const point = at_++;
    for (; at_ != end_ && is_digit(*at_); ++at_) coefficient = coefficient * 10 + static_cast<uint64_t>(*at_ - '0');
    exponent = static_cast<int>(point + 1 - at_);
    if (exponent == 0) return malformed("a digit after the point");
    count -= exponent;
  }
  bool plain = count <= 18;
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    plain = false;
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (at_ == end_ || !is_digit(*at_)) return malformed("a digit of the exponent");
    while (at_ != end_ && is_digit(*at_)) ++at_;
  }
  if (plain) {
    const auto whole = static_cast<int64_t>(coefficient);
    value = Value::number(feel::Decimal::scaled(negative ? -whole : whole, exponent));
    return true;
  }
  const auto parsed = feel::Decimal::parse({from, static_cast<size_t>(at_ - from)});
  if (!parsed) faults_.add(path, "expected a number between -10^6145 and 10^6145, came one beyond");
  value = Value::number(parsed.value_or(feel::Decimal()));
  return true;
}

bool JsonReader::read_list(Value& value, const Type* type) {
  if (!enter('[', "a list")) return false;
  const size_t mark = open_.size();
  const size_t path_size = path.size();
  const Type* item = item_type(type);
  if (!skip(']')) {
    do {
      path += "/" + std::to_string(open_.size() - mark);
      Value one;
      if (!read(one, item)) return false;
      open_.push_back({{}, one});
      path.resize(path_size);
    } while (skip(','));
    if (!expect(']', "',' or ']'")) return false;
  }
  auto* items = run_.arena.array<Value>(open_.size() - mark);
  if (items == nullptr) return malformed("less text than fills the evaluation's memory");
  for (size_t i = mark; i < open_.size(); ++i) items[i - mark] = open_[i].value;
  value = Value::list({items, open_.size() - mark});
  open_.resize(mark);
  return leave();
}

bool JsonReader::read_context(Value& value, const Type* type) {
  const size_t mark = open_.size();
  const size_t path_size = path.size();
  const bool typed = type != nullptr && type->is(Kind::context);
  std::string_view name;
  const bool whole = object(
      [&](std::string_view member) {
        name = member;
        path.append("/").append(member);
        const Type::Field* field = typed ? type->field(member) : nullptr;
        return field == nullptr ? nullptr : field->type;
      },
      [&](const Value& member) {
        open_.push_back({name, member});
        path.resize(path_size);
      });
  if (!whole) return false;
  const std::span<const feel::Entry> members = std::span(open_).subspan(mark);
  if (const auto twice = repeated_name(members)) return malformed("each name once, came '" + *twice + "' twice");
  auto* entries = run_.arena.array<feel::Entry>(members.size());
  if (entries == nullptr) return malformed("less text than fills the evaluation's memory");
  std::ranges::copy(members, entries);
  value = Value::context({entries, members.size()});
  open_.resize(mark);
  return true;
}

bool JsonReader::string(std::string_view& text) {
  const char* const from = ++at_;
  bool ascii = true;
  while (true) {
    uint64_t eight = 0;
    if (end_ - at_ >= 8) {
      std::memcpy(&eight, at_, 8);
      if (!is_special(eight)) {
        at_ += 8;
        continue;
      }
    }
    if (at_ == end_) return malformed("the quote that ends a text, came the end");
    const auto c = static_cast<unsigned char>(*at_);
    if (c == '"') break;
    if (c == '\\') return escaped_string(from, text);
    if (c < 0x20) return malformed("no control character inside a text");
    ascii = ascii && c < 0x80;
    ++at_;
  }
  text = {from, static_cast<size_t>(at_ - from)};
  if (!ascii && first_invalid_utf8(text)) return malformed("UTF-8");
  ++at_;
  return true;
}

bool JsonReader::escaped_string(const char* from, std::string_view& text) {
  const char* close = at_;
  while (close != end_ && *close != '"') close += *close == '\\' && close + 1 != end_ ? 2 : 1;
  if (close == end_) return malformed("the quote that ends a text, came the end");
  // An escape is never shorter than what it stands for.
  auto* const made = run_.arena.array<char>(static_cast<size_t>(close - from));
  if (made == nullptr) return malformed("less text than fills the evaluation's memory");
  char* to = std::copy(from, at_, made);
  while (at_ != close) {
    const auto c = static_cast<unsigned char>(*at_);
    if (c < 0x20) return malformed("no control character inside a text");
    if (c == '\\') {
      if (!escape(to)) return false;
    } else {
      *to++ = *at_++;
    }
  }
  text = {made, static_cast<size_t>(to - made)};
  if (first_invalid_utf8(text)) return malformed("UTF-8");
  ++at_;
  return true;
}

std::optional<uint32_t> JsonReader::hex4() {
  if (end_ - at_ < 4) return std::nullopt;
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = *at_;
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  return code;
}

bool JsonReader::escape(char*& to) {
  ++at_;
  static constexpr std::string_view kEscapes = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const size_t known = kEscapes.find(*at_); known != std::string_view::npos) {
    *to++ = kMeanings[known];
    ++at_;
    return true;
  }
  if (*at_ != 'u') return malformed("an escape that JSON knows");
  ++at_;
  auto code = hex4();
  if (!code) return malformed("four hex digits");
  if (*code >= 0xDC00 && *code <= 0xDFFF) return malformed("the first half of a pair before the second");
  if (*code >= 0xD800 && *code <= 0xDBFF) {
    const bool more = end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u';
    if (more) at_ += 2;
    const auto low = more ? hex4() : std::nullopt;
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return malformed("the second half of a pair");
    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
  }
  const auto put = [&](uint32_t byte) { *to++ = static_cast<char>(byte); };
  const uint32_t c = *code;
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
  return true;
}

}  // namespace puhui::dmn
