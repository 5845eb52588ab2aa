// Regex: the regular expressions of XPath and XQuery 3.1 that FEEL's matches, replace and split speak: classes with
// subtraction, lazy quantifiers, groups, back-references, the flags s, m, i, x and q. It backtracks, so every search
// counts its steps and stops at a limit instead of hanging.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::feel {

constexpr size_t kRegexCodeMax = 50'000;
constexpr size_t kRegexStepsMax = 5'000'000;

// A set of code points: sorted, disjoint, closed ranges.
struct CharacterSet {
  struct Range {
    char32_t low;
    char32_t high;
  };
  std::vector<Range> ranges;
  bool holds(char32_t c) const;
  void add(char32_t low, char32_t high);
  void add(const CharacterSet& other);
  void normalize();
  void negate();
  void subtract(const CharacterSet& other);
};

class Regex {
 public:
  // `flags` of s, m, i, x, q; anything else is refused.
  static Result<Regex> compile(std::string_view pattern, std::string_view flags);

  // Byte offsets of the whole match and of each group; npos where a group took no part.
  struct Match {
    std::vector<size_t> begin;
    std::vector<size_t> end;
  };
  enum class Outcome { found, not_found, exhausted };
  // The first match at or after `from`. `steps_left` counts down over many searches.
  Outcome search(std::string_view text, size_t from, Match& match, size_t& steps_left) const;
  size_t groups() const { return groups_; }
  bool is_literal() const { return literal_; }
  size_t size() const { return code_.size(); }  // in instructions: what making it took

 private:
  friend class RegexCompiler;
  friend class RegexMachine;
  enum class Code : uint8_t {
    character,
    any,
    any_but_newline,
    set,
    split_greedy,
    split_lazy,
    jump,
    save,
    line_begin,
    line_end,
    back_reference,
    enter_loop,
    leave_if_empty,
    done
  };
  struct Instruction {
    Code code;
    uint32_t value = 0;  // character, set, group, register
    int32_t target = 0;  // of jumps and splits: relative
  };
  bool same_character(char32_t a, char32_t b) const;
  bool step_matches(const Instruction& in, char32_t c) const;
  size_t back_reference_end(std::string_view text, size_t at, size_t begin, size_t end) const;

  std::vector<Instruction> code_;
  std::vector<CharacterSet> sets_;
  size_t groups_ = 0;
  size_t registers_ = 0;  // positions where loops were entered
  bool ignore_case_ = false;
  bool multiline_ = false;
  bool literal_ = false;
};

}  // namespace puhui::feel
