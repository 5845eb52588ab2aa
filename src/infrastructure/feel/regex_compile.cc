#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/regex.h"
#include "infrastructure/feel/unicode.h"

namespace puhui::feel {

namespace {

struct PatternError {
  std::string message;
};

CharacterSet named_set(std::string_view name) {
  auto set = named_characters(name);
  if (!set) throw PatternError{"no character category or block '" + std::string(name) + "' is known"};
  return *std::move(set);
}

// \i and \c: what may begin an XML name, and what may stand in it (XML 1.0, rules 4 and 4a).
CharacterSet name_start_characters() {
  return {{{':', ':'},
           {'A', 'Z'},
           {'_', '_'},
           {'a', 'z'},
           {0xC0, 0xD6},
           {0xD8, 0xF6},
           {0xF8, 0x2FF},
           {0x370, 0x37D},
           {0x37F, 0x1FFF},
           {0x200C, 0x200D},
           {0x2070, 0x218F},
           {0x2C00, 0x2FEF},
           {0x3001, 0xD7FF},
           {0xF900, 0xFDCF},
           {0xFDF0, 0xFFFD},
           {0x10000, 0xEFFFF}}};
}
CharacterSet name_characters() {
  CharacterSet set{{{'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};
  set.add(name_start_characters());
  return set;
}

// \w: all but punctuation, separators and the rest (XML Schema).
const CharacterSet& word_characters() {
  static const CharacterSet kSet = [] {
    CharacterSet others = named_set("P");
    others.add(named_set("Z"));
    others.add(named_set("C"));
    others.normalize();
    others.negate();
    return others;
  }();
  return kSet;
}

}  // namespace

// Recursive descent straight to code: fragments with relative jumps, joined and repeated as values.
class RegexCompiler {
 public:
  using Code = Regex::Code;
  using Fragment = std::vector<Regex::Instruction>;

  RegexCompiler(std::string_view pattern, std::string_view flags) : pattern_(pattern) {
    for (const char flag : flags) {
      switch (flag) {
        case 's': dot_all_ = true; break;
        case 'm': out_.multiline_ = true; break;
        case 'i': out_.ignore_case_ = true; break;
        case 'x': free_spacing_ = true; break;
        case 'q': out_.literal_ = true; break;
        default: throw PatternError{"expected flags of s, m, i, x and q, came '" + std::string(1, flag) + "'"};
      }
    }
  }

  Regex compile() {
    Fragment whole;
    if (out_.literal_) {
      while (at_ < pattern_.size()) append(whole, character(take()));
    } else {
      whole = alternatives();
      if (at_ < pattern_.size()) throw PatternError{"unexpected ')'"};
    }
    whole.push_back({Code::done});
    out_.code_ = std::move(whole);
    out_.groups_ = groups_;
    return std::move(out_);
  }

 private:
  char32_t peek() {
    while (free_spacing_ && class_depth_ == 0 && at_ < pattern_.size() && space_length(pattern_, at_) != 0) {
      at_ += space_length(pattern_, at_);
    }
    return at_ < pattern_.size() ? code_point(pattern_, at_).value : 0;
  }
  char32_t take() {
    const CodePoint c = code_point(pattern_, at_);
    at_ += c.length;
    return c.value;
  }
  bool take_if(char32_t wanted) {
    if (at_ >= pattern_.size() || peek() != wanted || at_ >= pattern_.size()) return false;
    take();
    return true;
  }
  static Fragment character(char32_t c) { return {{Code::character, static_cast<uint32_t>(c)}}; }
  void append(Fragment& to, const Fragment& more) {
    to.insert(to.end(), more.begin(), more.end());
    if (to.size() > kRegexCodeMax) throw PatternError{"the pattern is too large"};
  }
  Fragment set_code(CharacterSet set) {
    set.normalize();
    out_.sets_.push_back(std::move(set));
    return {{Code::set, static_cast<uint32_t>(out_.sets_.size() - 1)}};
  }

  Fragment alternatives() {
    constexpr int kDepthMax = 200;
    if (++depth_ > kDepthMax) throw PatternError{"groups lie too deep"};
    Fragment left = sequence();
    while (take_if('|')) {
      const Fragment right = sequence();
      Fragment both{{Code::split_greedy, 0, static_cast<int32_t>(left.size()) + 2}};
      append(both, left);
      both.push_back({Code::jump, 0, static_cast<int32_t>(right.size()) + 1});
      append(both, right);
      left = std::move(both);
    }
    --depth_;
    return left;
  }

  Fragment sequence() {
    Fragment all;
    while (peek() != 0 && peek() != '|' && peek() != ')') append(all, quantified(atom()));
    return all;
  }

  Fragment quantified(Fragment one) {
    const char32_t c = peek();
    uint32_t least = 1;
    std::optional<uint32_t> most = 1;
    if (c == '?')
      least = 0;
    else if (c == '*')
      least = 0, most = std::nullopt;
    else if (c == '+')
      most = std::nullopt;
    else if (c != '{')
      return one;
    take();
    if (c == '{') bounds(least, most);
    const bool lazy = take_if('?');
    const char32_t next = peek();
    if (next == '*' || next == '+' || next == '?' || next == '{')
      throw PatternError{"a quantifier follows a quantifier"};
    Fragment all;
    for (uint32_t i = 0; i < least; ++i) append(all, one);
    const Code split = lazy ? Code::split_lazy : Code::split_greedy;
    if (most) {
      for (uint32_t i = least; i < *most; ++i) append(all, optional(one, split));
      return all;
    }
    const auto loop_register = static_cast<uint32_t>(out_.registers_++);
    Fragment body{{Code::enter_loop, loop_register}};
    append(body, one);
    body.push_back({Code::leave_if_empty, loop_register});
    const auto size = static_cast<int32_t>(body.size());
    Fragment loop = branch(split, size + 2);
    const auto head = static_cast<int32_t>(loop.size());
    append(loop, body);
    loop.push_back({Code::jump, 0, -(size + head)});
    append(all, loop);
    return all;
  }

  // Tries what follows first and `past` instructions further second; lazily the other way round.
  static Fragment branch(Code split, int32_t past) { return {{split, 0, past}}; }
  Fragment optional(const Fragment& one, Code split) {
    Fragment all = branch(split, static_cast<int32_t>(one.size()) + 1);
    append(all, one);
    return all;
  }

  void bounds(uint32_t& least, std::optional<uint32_t>& most) {
    constexpr uint32_t kTimesMax = 1000;
    const auto number = [&] {
      uint32_t value = 0;
      bool any = false;
      while (peek() >= '0' && peek() <= '9' && value <= kTimesMax) value = value * 10 + (take() - '0'), any = true;
      if (!any || value > kTimesMax) throw PatternError{"expected a number up to 1000 in {}"};
      return value;
    };
    least = number();
    most = least;
    if (take_if(',')) most = peek() == '}' ? std::nullopt : std::optional(number());
    if (!take_if('}')) throw PatternError{"expected '}'"};
    if (most && *most < least) throw PatternError{"expected the smaller bound first in {}"};
  }

  Fragment atom() {
    const char32_t c = peek();
    take();
    switch (c) {
      case '.': return {{dot_all_ ? Code::any : Code::any_but_newline}};
      case '^': return {{Code::line_begin}};
      case '$': return {{Code::line_end}};
      case '(': return group();
      case '[': return set_code(character_class());
      case '\\': return escape();
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']': throw PatternError{"unexpected '" + std::string(1, static_cast<char>(c)) + "'"};
      default: return character(c);
    }
  }

  Fragment group() {
    if (take_if('?')) {
      if (!take_if(':')) throw PatternError{"expected ':' after '(?'"};
      Fragment inside = alternatives();
      if (!take_if(')')) throw PatternError{"expected ')'"};
      return inside;
    }
    const auto number = static_cast<uint32_t>(++groups_);
    Fragment all{{Code::save, 2 * number}};
    append(all, alternatives());
    if (!take_if(')')) throw PatternError{"expected ')'"};
    all.push_back({Code::save, 2 * number + 1});
    closed_.push_back(number);
    return all;
  }

  Fragment escape() {
    const char32_t c = peek();
    if (c >= '1' && c <= '9') {
      uint32_t number = take() - '0';
      // A further digit belongs to it only when there are so many groups.
      while (peek() >= '0' && peek() <= '9' && number * 10 + (peek() - '0') <= groups_)
        number = number * 10 + (take() - '0');
      if (std::ranges::find(closed_, number) == closed_.end())
        throw PatternError{"a back-reference to no closed group"};
      return {{Code::back_reference, number}};
    }
    CharacterSet set;
    char32_t single = 0;
    if (escaped(set, single)) return set_code(std::move(set));
    return character(single);
  }

  // After the backslash: true when it is a class, false when `single` is one character.
  bool escaped(CharacterSet& set, char32_t& single) {
    if (at_ >= pattern_.size()) throw PatternError{"a backslash ends the pattern"};
    const char32_t c = take();
    const auto maybe_negated = [&](CharacterSet made, bool negated) {
      made.normalize();
      if (negated) made.negate();
      set = std::move(made);
      return true;
    };
    switch (c) {
      case 'n': single = '\n'; return false;
      case 'r': single = '\r'; return false;
      case 't': single = '\t'; return false;
      case 'd':
      case 'D': return maybe_negated(named_set("Nd"), c == 'D');
      case 's':
      case 'S': return maybe_negated({{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}}}, c == 'S');
      case 'w':
      case 'W': return maybe_negated(word_characters(), c == 'W');
      case 'i':
      case 'I': return maybe_negated(name_start_characters(), c == 'I');
      case 'c':
      case 'C': return maybe_negated(name_characters(), c == 'C');
      case 'p':
      case 'P': return maybe_negated(named_set(property_name()), c == 'P');
      default:
        if (std::string_view("\\|.-^?*+{}()[]$").find(static_cast<char>(c)) == std::string_view::npos || c > 0x7F) {
          throw PatternError{"no escape '\\" + std::string(1, static_cast<char>(c)) + "' is known"};
        }
        single = c;
        return false;
    }
  }

  std::string property_name() {
    if (!take_if('{')) throw PatternError{"expected '{' after \\p"};
    std::string name;
    while (at_ < pattern_.size() && pattern_[at_] != '}') {
      const char32_t c = take();
      if (free_spacing_ && c == ' ') continue;
      append_utf8(name, c);
    }
    if (!take_if('}')) throw PatternError{"expected '}' after \\p{"};
    return name;
  }

  CharacterSet character_class() {
    ++class_depth_;
    if (class_depth_ > 20) throw PatternError{"classes lie too deep"};
    CharacterSet set;
    const bool negated = class_take('^');
    bool any = false;
    while (true) {
      if (at_ >= pattern_.size()) throw PatternError{"expected ']'"};
      const char32_t c = class_peek();
      if (c == ']' && any) break;
      if (c == '-' && any && pattern_.substr(at_).starts_with("-[")) {
        at_ += 2;
        CharacterSet less = character_class();
        less.normalize();
        set.normalize();
        if (negated) set.negate();
        set.subtract(less);
        return finish_class(std::move(set));
      }
      if (c == '[') throw PatternError{"expected '\\[' inside a class"};
      item(set);
      any = true;
    }
    set.normalize();
    if (negated) set.negate();
    return finish_class(std::move(set));
  }
  CharacterSet finish_class(CharacterSet set) {
    if (!class_take(']')) throw PatternError{"expected ']'"};
    --class_depth_;
    return set;
  }
  char32_t class_peek() { return code_point(pattern_, at_).value; }
  bool class_take(char32_t wanted) {
    if (at_ >= pattern_.size() || class_peek() != wanted) return false;
    take();
    return true;
  }
  // One character, class escape or range.
  void item(CharacterSet& set) {
    char32_t low = take();
    if (low == '\\') {
      CharacterSet escaped_set;
      if (escaped(escaped_set, low)) return set.add(escaped_set);
    }
    char32_t high = low;
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("-") && !rest.starts_with("-]") && !rest.starts_with("-[")) {
      take();
      high = take();
      CharacterSet escaped_set;
      if (high == '\\' && escaped(escaped_set, high)) throw PatternError{"a class ends no range"};
      if (high < low) throw PatternError{"expected the lower end of a range first"};
    }
    // Cases count before negation ([^Q] holds neither q nor Q) and never for escapes (\p{Lu} stays upper case).
    CharacterSet range;
    range.add(low, high);
    set.add(out_.ignore_case_ ? with_cases(range) : range);
  }

  std::string_view pattern_;
  size_t at_ = 0;
  Regex out_;
  bool dot_all_ = false;
  bool free_spacing_ = false;
  size_t groups_ = 0;
  int depth_ = 0;
  int class_depth_ = 0;
  std::vector<uint32_t> closed_;
};

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags) {
  try {
    return RegexCompiler(pattern, flags).compile();
  } catch (const PatternError& error) {
    return fail(ErrorCode::invalid, error.message + " in the pattern \"" + std::string(pattern.substr(0, 100)) + "\"");
  }
}

}  // namespace puhui::feel
