#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/regex.h"

namespace puhui::feel {

namespace {

struct PatternError {
  std::string message;
};

struct NamedSet {
  std::string_view name;
  std::vector<CharacterSet::Range> ranges;
};

// Blocks and the coarse categories of the scripts this bank meets; others are refused rather than guessed.
const std::vector<NamedSet>& named_sets() {
  static const std::vector<NamedSet> kSets{
      {"IsBasicLatin", {{0, 0x7F}}},
      {"IsLatin-1Supplement", {{0x80, 0xFF}}},
      {"IsLatinExtended-A", {{0x100, 0x17F}}},
      {"IsLatinExtended-B", {{0x180, 0x24F}}},
      {"IsGreek", {{0x370, 0x3FF}}},
      {"IsGreekandCoptic", {{0x370, 0x3FF}}},
      {"IsCyrillic", {{0x400, 0x4FF}}},
      {"IsHebrew", {{0x590, 0x5FF}}},
      {"IsArabic", {{0x600, 0x6FF}}},
      {"IsThai", {{0xE00, 0xE7F}}},
      {"IsHiragana", {{0x3040, 0x309F}}},
      {"IsKatakana", {{0x30A0, 0x30FF}}},
      {"IsCJKUnifiedIdeographs", {{0x4E00, 0x9FFF}}},
      {"IsHangulSyllables", {{0xAC00, 0xD7A3}}},
      {"L",
       {{'A', 'Z'},       {'a', 'z'},       {0xAA, 0xAA},      {0xB5, 0xB5},     {0xBA, 0xBA},     {0xC0, 0xD6},
        {0xD8, 0xF6},     {0xF8, 0x2C1},    {0x370, 0x374},    {0x376, 0x37D},   {0x386, 0x386},   {0x388, 0x481},
        {0x48A, 0x559},   {0x560, 0x588},   {0x5D0, 0x5EA},    {0x620, 0x64A},   {0x671, 0x6D3},   {0x904, 0x939},
        {0xE01, 0xE30},   {0x1E00, 0x1FBC}, {0x3041, 0x3096},  {0x30A1, 0x30FA}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
        {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0x20000, 0x323AF}}},
      {"Lu", {{'A', 'Z'}, {0xC0, 0xD6}, {0xD8, 0xDE}, {0x391, 0x3A9}, {0x410, 0x42F}}},
      {"Ll", {{'a', 'z'}, {0xB5, 0xB5}, {0xDF, 0xF6}, {0xF8, 0xFF}, {0x3B1, 0x3C9}, {0x430, 0x44F}}},
      {"N", {{'0', '9'}, {0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}, {0x660, 0x669}, {0x966, 0x96F}, {0xFF10, 0xFF19}}},
      {"Nd", {{'0', '9'}, {0x660, 0x669}, {0x6F0, 0x6F9}, {0x966, 0x96F}, {0xE50, 0xE59}, {0xFF10, 0xFF19}}},
      {"P", {{'!', '#'},       {'%', '*'},       {',', '/'},       {':', ';'},       {'?', '@'},
             {'[', ']'},       {'_', '_'},       {'{', '{'},       {'}', '}'},       {0xA1, 0xA1},
             {0xA7, 0xA7},     {0xAB, 0xAB},     {0xB6, 0xB7},     {0xBB, 0xBB},     {0xBF, 0xBF},
             {0x2010, 0x2027}, {0x3001, 0x3003}, {0x3008, 0x3011}, {0xFF01, 0xFF03}, {0xFF0C, 0xFF0F}}},
      {"S",
       {{'$', '$'},
        {'+', '+'},
        {'<', '>'},
        {'^', '^'},
        {'`', '`'},
        {'|', '|'},
        {'~', '~'},
        {0xA2, 0xA9},
        {0xAC, 0xAC},
        {0xAE, 0xB1},
        {0xD7, 0xD7},
        {0xF7, 0xF7},
        {0x20A0, 0x20C0}}},
      {"Z",
       {{0x20, 0x20},
        {0xA0, 0xA0},
        {0x1680, 0x1680},
        {0x2000, 0x200A},
        {0x2028, 0x2029},
        {0x202F, 0x202F},
        {0x205F, 0x205F},
        {0x3000, 0x3000}}},
  };
  return kSets;
}

CharacterSet named_set(std::string_view name) {
  for (const NamedSet& known : named_sets()) {
    if (known.name == name) return {known.ranges};
  }
  throw PatternError{"no character class '" + std::string(name) + "' is known"};
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
      case 'W': {  // all but punctuation, separators and the rest (XML Schema)
        CharacterSet others = named_set("P");
        others.add(named_set("Z"));
        others.add(0, 0x1F);
        others.add(0x7F, 0x9F);
        return maybe_negated(std::move(others), c == 'w');
      }
      case 'i':
      case 'I':
      case 'c':
      case 'C': {
        CharacterSet name = named_set("L");
        name.add('_', '_');
        name.add(':', ':');
        if (c == 'c' || c == 'C') name.add('-', '.'), name.add('0', '9'), name.add(0xB7, 0xB7);
        return maybe_negated(std::move(name), c == 'I' || c == 'C');
      }
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
        if (out_.ignore_case_) add_cases(less);
        if (out_.ignore_case_) add_cases(set);
        set.subtract(less);
        return finish_class(std::move(set));
      }
      if (c == '[') throw PatternError{"expected '\\[' inside a class"};
      item(set);
      any = true;
    }
    set.normalize();
    // Case is ignored before negation: [^Q] holds neither q nor Q.
    if (out_.ignore_case_ && negated) add_cases(set);
    if (negated) set.negate();
    return finish_class(std::move(set));
  }
  CharacterSet finish_class(CharacterSet set) {
    if (!class_take(']')) throw PatternError{"expected ']'"};
    --class_depth_;
    return set;
  }
  static void add_cases(CharacterSet& set) {
    constexpr char32_t kCasesEnd = 0x600;  // the letters with simple cases lie below
    CharacterSet more;
    for (const auto& range : set.ranges) {
      for (char32_t c = range.low; c <= range.high && c < kCasesEnd; ++c) {
        more.add(to_lower(c), to_lower(c));
        more.add(to_upper(c), to_upper(c));
      }
    }
    set.add(more);
    set.normalize();
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
    set.add(low, high);
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
