#include "infrastructure/feel/regex.h"

#include <algorithm>

#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/unicode.h"

namespace puhui::feel {

bool CharacterSet::holds(char32_t c) const {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &Range::low);
  return after != ranges.begin() && c <= std::prev(after)->high;
}

void CharacterSet::add(char32_t low, char32_t high) { ranges.push_back({low, high}); }
void CharacterSet::add(const CharacterSet& other) {
  ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end());
}

void CharacterSet::normalize() {
  std::ranges::sort(ranges, {}, &Range::low);
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.low <= merged.back().high + 1) {
      merged.back().high = std::max(merged.back().high, range.high);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
}

void CharacterSet::negate() {
  constexpr char32_t kLast = 0x10FFFF;
  std::vector<Range> outside;
  char32_t next = 0;
  for (const Range& range : ranges) {
    if (range.low > next) outside.push_back({next, range.low - 1});
    next = range.high + 1;
  }
  if (next <= kLast) outside.push_back({next, kLast});
  ranges = std::move(outside);
}

void CharacterSet::subtract(const CharacterSet& other) {
  // a \ b is not (not a or b)
  negate();
  add(other);
  normalize();
  negate();
}

bool Regex::same_character(char32_t a, char32_t b) const {
  return a == b || (ignore_case_ && (to_lower(a) == to_lower(b) || to_upper(a) == to_upper(b)));
}

bool Regex::step_matches(const Instruction& in, char32_t c) const {
  switch (in.code) {
    case Code::any: return true;
    case Code::any_but_newline: return c != '\n' && c != '\r';
    case Code::character: return same_character(c, in.value);
    case Code::set: return sets_[in.value].holds(c);  // made with its cases where they do not count
    default: return false;
  }
}

// Where the text of a group ends when it stands at `at` again; npos when it does not.
size_t Regex::back_reference_end(std::string_view text, size_t at, size_t begin, size_t end) const {
  while (begin < end) {
    const CodePoint wanted = code_point(text, begin);
    const CodePoint came = code_point(text, at);
    if (came.length == 0 || !same_character(wanted.value, came.value)) return std::string_view::npos;
    begin += wanted.length;
    at += came.length;
  }
  return at;
}

// A machine with an explicit stack of alternatives: deep patterns use memory counted by steps, not the thread's stack.
class RegexMachine {
 public:
  using Code = Regex::Code;
  RegexMachine(const Regex& regex, std::string_view text, size_t at)
      : regex_(regex), text_(text), at_(at), first_register_(2 * (regex.groups_ + 1)) {
    slots_.assign(first_register_ + regex.registers_, kNone);
    slots_[0] = at;
  }

  Regex::Outcome run(Regex::Match& match, size_t& steps_left) {
    while (regex_.code_[static_cast<size_t>(pc_)].code != Code::done) {
      if (steps_left == 0) return Regex::Outcome::exhausted;
      --steps_left;
      if (!step(regex_.code_[static_cast<size_t>(pc_)]) && !back()) return Regex::Outcome::not_found;
    }
    slots_[1] = at_;
    match.begin.assign(regex_.groups_ + 1, kNone);
    match.end.assign(regex_.groups_ + 1, kNone);
    for (size_t group = 0; group <= regex_.groups_; ++group) {
      if (slots_[2 * group + 1] == kNone) continue;
      match.begin[group] = slots_[2 * group];
      match.end[group] = slots_[2 * group + 1];
    }
    return Regex::Outcome::found;
  }

 private:
  static constexpr size_t kNone = std::string_view::npos;
  struct Undo {
    int32_t pc;  // >= 0: an alternative to try at `value`; < 0: put `value` back into slot -pc-1
    size_t value;
  };

  // False when the text does not go on as the instruction wants.
  bool step(const Regex::Instruction& in) {
    switch (in.code) {
      case Code::jump: pc_ += in.target; return true;
      case Code::split_greedy: undo_.push_back({pc_ + in.target, at_}), ++pc_; return true;
      case Code::split_lazy: undo_.push_back({pc_ + 1, at_}), pc_ += in.target; return true;
      case Code::save: set_slot(in.value), ++pc_; return true;
      case Code::enter_loop: set_slot(first_register_ + in.value), ++pc_; return true;
      // A turn that took nothing would turn for ever.
      case Code::leave_if_empty: ++pc_; return slots_[first_register_ + in.value] != at_;
      case Code::line_begin:
        ++pc_;
        return at_ == 0 || (regex_.multiline_ && text_[at_ - 1] == '\n' && at_ < text_.size());
      case Code::line_end: ++pc_; return at_ == text_.size() || (regex_.multiline_ && text_[at_] == '\n');
      case Code::back_reference: return repeat_group(in.value);
      default: {
        const CodePoint c = code_point(text_, at_);
        at_ += c.length;
        ++pc_;
        return c.length != 0 && regex_.step_matches(in, c.value);
      }
    }
  }

  bool repeat_group(size_t group) {
    ++pc_;
    const size_t end = slots_[2 * group + 1];
    if (end == kNone) return true;
    at_ = regex_.back_reference_end(text_, at_, slots_[2 * group], end);
    return at_ != kNone;
  }

  void set_slot(size_t slot) {
    undo_.push_back({-static_cast<int32_t>(slot) - 1, slots_[slot]});
    slots_[slot] = at_;
  }

  // To the last alternative not tried; false when there is none.
  bool back() {
    while (!undo_.empty() && undo_.back().pc < 0) {
      slots_[static_cast<size_t>(-undo_.back().pc - 1)] = undo_.back().value;
      undo_.pop_back();
    }
    if (undo_.empty()) return false;
    pc_ = undo_.back().pc;
    at_ = undo_.back().value;
    undo_.pop_back();
    return true;
  }

  const Regex& regex_;
  std::string_view text_;
  size_t at_;
  size_t first_register_;
  int32_t pc_ = 0;
  std::vector<size_t> slots_;
  std::vector<Undo> undo_;
};

Regex::Outcome Regex::search(std::string_view text, size_t from, Match& match, size_t& steps_left) const {
  for (size_t at = from; at <= text.size();) {
    const Outcome outcome = RegexMachine(*this, text, at).run(match, steps_left);
    if (outcome != Outcome::not_found) return outcome;
    if (at == text.size()) break;
    at += code_point(text, at).length;
  }
  return Outcome::not_found;
}

}  // namespace puhui::feel
