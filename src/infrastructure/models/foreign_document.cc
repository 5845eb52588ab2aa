#include "infrastructure/models/foreign_document.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "ground/base/text.h"

namespace puhui::models {

namespace {

using Kind = ForeignDocument::Kind;

// JSON as XGBoost writes it: RFC 8259 and bare NaN, Infinity and -Infinity, which stand in lists for "not used".
class JsonReader {
 public:
  explicit JsonReader(std::string_view bytes) : bytes_(bytes) {}

  Result<ForeignDocument> document() {
    ForeignDocument out;
    read(out, 0);
    blanks();
    if (ok_ && at_ != bytes_.size()) reject("expected the end of the file");
    if (ok_) return out;
    size_t line = 1, begin = 0;
    for (size_t i = 0; i < fault_at_; ++i) {
      if (bytes_[i] == '\n') ++line, begin = i + 1;
    }
    return fail(ErrorCode::invalid,
                "line " + std::to_string(line) + ", column " + std::to_string(fault_at_ - begin + 1), fault_);
  }

 private:
  void reject(std::string why) {
    if (!ok_) return;
    ok_ = false;
    fault_ = std::move(why);
    fault_at_ = std::min(at_, bytes_.size());
    at_ = bytes_.size();
  }
  void blanks() {
    while (at_ < bytes_.size() && std::string_view(" \t\r\n").find(bytes_[at_]) != std::string_view::npos) ++at_;
  }
  char peek() {
    blanks();
    return at_ < bytes_.size() ? bytes_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_ == bytes_.size()) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!bytes_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::optional<double> number() {
    if (take("NaN")) return std::numeric_limits<double>::quiet_NaN();
    if (take("Infinity")) return HUGE_VAL;
    if (take("-Infinity")) return -HUGE_VAL;
    if (take("true")) return 1;
    if (take("false")) return 0;
    double value = 0;
    const char* const begin = bytes_.data() + at_;
    const char first = at_ < bytes_.size() ? *begin : '\0';
    if (first != '-' && (first < '0' || first > '9')) return std::nullopt;
    const auto [end, error] = std::from_chars(begin, bytes_.data() + bytes_.size(), value);
    if (error != std::errc()) return std::nullopt;
    at_ += static_cast<size_t>(end - begin);
    return value;
  }

  void append_escaped(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kBytes = "\"\\/\b\f\n\r\t";
    const char name = at_ < bytes_.size() ? bytes_[at_++] : '\0';
    if (const size_t known = kNames.find(name); known != std::string_view::npos && name != '\0') {
      out += kBytes[known];
      return;
    }
    uint32_t code = 0;
    const std::string_view digits = bytes_.substr(std::min(at_, bytes_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (name != 'u' || digits.size() < 4 || error != std::errc() || end != digits.data() + 4)
      return reject("expected an escape in a text");
    at_ += 4;
    // Names beyond the basic plane come as plain UTF-8; half of a pair would be no character.
    if (code >= 0xD800 && code < 0xE000) return reject("expected a whole character");
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out += static_cast<char>(0xE0 | code >> 12);
      out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }

  std::string text() {
    std::string out;
    if (!take('"')) return reject("expected a text"), out;
    while (ok_) {
      if (at_ == bytes_.size()) return reject("expected a closing quote"), out;
      const char c = bytes_[at_++];
      if (c == '"') return out;
      if (c == '\\') {
        append_escaped(out);
      } else {
        out += c;
      }
    }
    return out;
  }

  void read(ForeignDocument& out, size_t depth) {
    if (depth > kForeignDocumentDepthMax || ++values_ > kForeignValuesMax) {
      return reject("expected at most " + std::to_string(kForeignDocumentDepthMax) + " levels and " +
                    std::to_string(kForeignValuesMax) + " values");
    }
    const char first = peek();
    if (first == '{') return read_object(out, depth);
    if (first == '[') return read_list(out, depth);
    if (first == '"') {
      out.kind = Kind::text;
      out.text = text();
    } else if (take("null")) {
      out.kind = Kind::null;
    } else if (const auto value = number()) {
      out.kind = Kind::number;
      out.number = *value;
    } else {
      reject("expected a value");
    }
  }

  // Numbers go straight into the packed list, until something else comes.
  void read_list(ForeignDocument& out, size_t depth) {
    take('[');
    out.kind = Kind::list;
    if (take(']')) return;
    do {
      blanks();
      const auto value = out.list.empty() ? number() : std::nullopt;
      if (value) {
        out.kind = Kind::numbers;
        if (++values_ > kForeignValuesMax) return reject("expected fewer values");
        out.numbers.push_back(*value);
        continue;
      }
      if (out.kind == Kind::numbers) return reject("expected a list of numbers alone, or of none");
      read(out.list.emplace_back(), depth + 1);
    } while (ok_ && take(','));
    if (ok_ && !take(']')) reject("expected ',' or ']'");
  }

  void read_object(ForeignDocument& out, size_t depth) {
    take('{');
    out.kind = Kind::object;
    if (take('}')) return;
    do {
      std::string name = text();
      if (ok_ && !take(':')) reject("expected ':'");
      if (!ok_) return;
      if (out.find(name) != nullptr) return reject("the member '" + name + "' is given twice");
      if (out.names.size() == kForeignMembersMax) return reject("expected fewer members");
      out.names.push_back(std::move(name));
      read(out.list.emplace_back(), depth + 1);
    } while (ok_ && take(','));
    if (ok_ && !take('}')) reject("expected ',' or '}'");
  }

  std::string_view bytes_;
  size_t at_ = 0, values_ = 0, fault_at_ = 0;
  bool ok_ = true;
  std::string fault_;
};

// Universal Binary JSON, as XGBoost writes it: big-endian, with typed and counted containers.
class UbjReader {
 public:
  explicit UbjReader(std::string_view bytes) : bytes_(bytes) {}

  Result<ForeignDocument> document() {
    ForeignDocument out;
    read(out, next(), 0);
    if (ok_ && at_ != bytes_.size()) reject("expected the end of the file");
    if (!ok_) return fail(ErrorCode::invalid, "byte " + std::to_string(fault_at_), fault_);
    return out;
  }

 private:
  void reject(std::string why) {
    if (!ok_) return;
    ok_ = false;
    fault_ = std::move(why);
    fault_at_ = at_;
    at_ = bytes_.size();
  }
  size_t left() const { return bytes_.size() - at_; }
  char peek() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }
  char next() {
    do {
      if (at_ == bytes_.size()) return reject("expected more bytes"), '\0';
    } while (bytes_[at_++] == 'N');
    return bytes_[at_ - 1];
  }

  template <class T>
  T fixed() {
    if (left() < sizeof(T)) return reject("expected more bytes"), T{};
    uint64_t raw = 0;
    for (size_t i = 0; i < sizeof(T); ++i) raw = raw << 8 | static_cast<uint8_t>(bytes_[at_++]);
    if constexpr (sizeof(T) == 8) {
      return std::bit_cast<T>(raw);
    } else if constexpr (sizeof(T) == 4) {
      return std::bit_cast<T>(static_cast<uint32_t>(raw));
    } else if constexpr (sizeof(T) == 2) {
      return std::bit_cast<T>(static_cast<uint16_t>(raw));
    } else {
      return std::bit_cast<T>(static_cast<uint8_t>(raw));
    }
  }

  static size_t width_of(char type) {
    switch (type) {
      case 'i':
      case 'U': return 1;
      case 'I': return 2;
      case 'l':
      case 'd': return 4;
      case 'L':
      case 'D': return 8;
      default: return 0;
    }
  }

  double number(char type) {
    double out = 0;
    switch (type) {
      case 'i': return fixed<int8_t>();
      case 'U': return fixed<uint8_t>();
      case 'I': return fixed<int16_t>();
      case 'l': return fixed<int32_t>();
      case 'L': return static_cast<double>(fixed<int64_t>());
      case 'd': out = static_cast<double>(fixed<float>()); break;
      case 'D': out = fixed<double>(); break;
      default: reject("expected a number's type");
    }
    return out;
  }

  // A count, and at least `item_bytes` bytes of the file for each.
  size_t count(size_t item_bytes) {
    const double value = number(next());
    if (!ok_) return 0;
    if (!(value >= 0) || value * static_cast<double>(std::max<size_t>(item_bytes, 1)) > static_cast<double>(left())) {
      reject("expected a count that the rest of the file can hold");
      return 0;
    }
    return static_cast<size_t>(value);
  }

  std::string_view text() {
    const size_t length = count(1);
    const std::string_view out = bytes_.substr(at_, length);
    at_ += length;
    return out;
  }

  void read(ForeignDocument& out, char type, size_t depth) {
    if (depth > kForeignDocumentDepthMax || ++values_ > kForeignValuesMax) {
      return reject("expected at most " + std::to_string(kForeignDocumentDepthMax) + " levels and " +
                    std::to_string(kForeignValuesMax) + " values");
    }
    switch (type) {
      case 'Z': return;
      case 'T':
      case 'F':
        out.kind = Kind::number;
        out.number = type == 'T' ? 1 : 0;
        return;
      case 'S':
        out.kind = Kind::text;
        out.text = text();
        return;
      case 'C': {
        out.kind = Kind::text;
        out.text = std::string(1, static_cast<char>(fixed<uint8_t>()));
        return;
      }
      case '[': return read_list(out, depth);
      case '{': return read_object(out, depth);
      default: out.kind = Kind::number; out.number = number(type);
    }
  }

  // What may stand behind a container's opening: a type of all its values, and their count.
  struct Header {
    char type = '\0';
    std::optional<size_t> count;
  };
  Header header() {
    Header out;
    if (peek() == '$') {
      ++at_;
      out.type = next();
      // Values without bytes of their own could be a thousand million in ten bytes.
      if (ok_ && width_of(out.type) == 0) reject("expected a typed container of numbers");
      if (peek() != '#') reject("expected a count behind a type");
    }
    if (ok_ && peek() == '#') {
      ++at_;
      out.count = count(out.type == '\0' ? 1 : width_of(out.type));
    }
    return out;
  }

  void read_list(ForeignDocument& out, size_t depth) {
    const Header head = header();
    if (head.type != '\0') {
      out.kind = Kind::numbers;
      values_ += *head.count;
      if (values_ > kForeignValuesMax)
        return reject("expected at most " + std::to_string(kForeignValuesMax) + " values");
      out.numbers.reserve(*head.count);
      for (size_t i = 0; i < *head.count && ok_; ++i) out.numbers.push_back(number(head.type));
      return;
    }
    out.kind = Kind::list;
    bool all_numbers = true;
    for (size_t i = 0; ok_ && (!head.count || i < *head.count); ++i) {
      const char type = next();
      if (!head.count && type == ']') break;
      out.list.emplace_back();
      read(out.list.back(), type, depth + 1);
      all_numbers &= out.list.back().kind == Kind::number;
    }
    if (!ok_ || !all_numbers || out.list.empty()) return;
    for (const ForeignDocument& item : out.list) out.numbers.push_back(item.number);
    out.list.clear();
    out.kind = Kind::numbers;
  }

  void read_object(ForeignDocument& out, size_t depth) {
    const Header head = header();
    out.kind = Kind::object;
    for (size_t i = 0; ok_ && (!head.count || i < *head.count); ++i) {
      while (peek() == 'N') ++at_;
      if (!head.count && peek() == '}') {
        ++at_;
        break;
      }
      const std::string_view name = text();
      if (!ok_) return;
      if (out.find(name) != nullptr) return reject("the member '" + std::string(name) + "' is given twice");
      if (out.names.size() == kForeignMembersMax) return reject("expected fewer members");
      out.names.emplace_back(name);
      read(out.list.emplace_back(), head.type == '\0' ? next() : head.type, depth + 1);
    }
  }

  std::string_view bytes_;
  size_t at_ = 0, values_ = 0, fault_at_ = 0;
  bool ok_ = true;
  std::string fault_;
};

}  // namespace

bool looks_like_ubj(std::string_view bytes) {
  return bytes.size() > 1 && bytes[0] == '{' && std::string_view("LlIiU$#N").find(bytes[1]) != std::string_view::npos;
}

Result<ForeignDocument> ForeignDocument::parse(std::string_view bytes) {
  if (looks_like_ubj(bytes)) return UbjReader(bytes).document();
  return JsonReader(bytes).document();
}

const ForeignDocument* ForeignDocument::find(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &list[static_cast<size_t>(found - names.begin())];
}

const ForeignDocument* ForeignDocument::at(std::initializer_list<std::string_view> path) const {
  const ForeignDocument* here = this;
  for (const std::string_view step : path) {
    here = here->find(step);
    if (here == nullptr) return nullptr;
  }
  return here;
}

std::optional<double> ForeignDocument::as_number() const {
  if (kind == Kind::number && std::isfinite(number)) return number;
  if (kind == Kind::text) return parse_double(text);
  return std::nullopt;
}

}  // namespace puhui::models
