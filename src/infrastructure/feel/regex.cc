#include "infrastructure/feel/regex.h"

#include <algorithm>

#include "infrastructure/feel/characters.h"

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

bool Regex::step_matches(const Instruction& in, char32_t c) const {
  switch (in.code) {
    case Code::any: return true;
    case Code::any_but_newline: return c != '\n' && c != '\r';
    case Code::character:
      return c == in.value ||
             (ignore_case_ && (to_lower(c) == to_lower(in.value) || to_upper(c) == to_upper(in.value)));
    case Code::set: {
      const CharacterSet& set = sets_[in.value];
      return set.holds(c) || (ignore_case_ && (set.holds(to_lower(c)) || set.holds(to_upper(c))));
    }
    default: return false;
  }
}

// Where the text of a group ends when it stands at `at` again; npos when it does not.
size_t Regex::back_reference_end(std::string_view text, size_t at, size_t begin, size_t end) const {
  while (begin < end) {
    const CodePoint wanted = code_point(text, begin);
    const CodePoint came = code_point(text, at);
    const bool same = came.length != 0 &&
                      (wanted.value == came.value || (ignore_case_ && to_lower(wanted.value) == to_lower(came.value)));
    if (!same) return std::string_view::npos;
    begin += wanted.length;
    at += came.length;
  }
  return at;
}

// A machine with an explicit stack of alternatives: deep patterns use memory counted by steps, not the thread's stack.
Regex::Outcome Regex::run(std::string_view text, size_t at, Match& match, size_t& steps_left) const {
  constexpr size_t kNone = std::string_view::npos;
  struct Undo {
    int32_t pc;  // >= 0: an alternative to try at `value`; < 0: put `value` back into slot -pc-1
    size_t value;
  };
  const size_t slots_groups = 2 * (groups_ + 1);
  std::vector<size_t> slots(slots_groups + registers_, kNone);
  std::vector<Undo> undo;
  const auto set_slot = [&](size_t slot, size_t value) {
    undo.push_back({-static_cast<int32_t>(slot) - 1, slots[slot]});
    slots[slot] = value;
  };
  int32_t pc = 0;
  slots[0] = at;
  while (true) {
    if (steps_left == 0) return Outcome::exhausted;
    --steps_left;
    const Instruction& in = code_[static_cast<size_t>(pc)];
    bool failed = false;
    switch (in.code) {
      case Code::done: {
        slots[1] = at;
        match.begin.assign(groups_ + 1, kNone);
        match.end.assign(groups_ + 1, kNone);
        for (size_t g = 0; g <= groups_; ++g) {
          if (slots[2 * g + 1] == kNone) continue;
          match.begin[g] = slots[2 * g];
          match.end[g] = slots[2 * g + 1];
        }
        return Outcome::found;
      }
      case Code::jump: pc += in.target; break;
      case Code::split_greedy:
        undo.push_back({pc + in.target, at});
        ++pc;
        break;
      case Code::split_lazy:
        undo.push_back({pc + 1, at});
        pc += in.target;
        break;
      case Code::save: set_slot(in.value, at), ++pc; break;
      case Code::enter_loop: set_slot(slots_groups + in.value, at), ++pc; break;
      case Code::leave_if_empty:
        // A turn that took nothing would turn for ever.
        if (slots[slots_groups + in.value] == at)
          failed = true;
        else
          ++pc;
        break;
      case Code::line_begin:
        failed = at != 0 && !(multiline_ && text[at - 1] == '\n' && at < text.size());
        ++pc;
        break;
      case Code::line_end:
        failed = at != text.size() && !(multiline_ && text[at] == '\n');
        ++pc;
        break;
      case Code::back_reference: {
        const size_t end = slots[2 * in.value + 1];
        const size_t next = end == kNone ? at : back_reference_end(text, at, slots[2 * in.value], end);
        failed = next == kNone;
        if (!failed) at = next, ++pc;
        break;
      }
      default: {
        const CodePoint c = code_point(text, at);
        failed = c.length == 0 || !step_matches(in, c.value);
        at += c.length;
        ++pc;
      }
    }
    if (!failed) continue;
    while (!undo.empty() && undo.back().pc < 0) {
      slots[static_cast<size_t>(-undo.back().pc - 1)] = undo.back().value;
      undo.pop_back();
    }
    if (undo.empty()) return Outcome::not_found;
    pc = undo.back().pc;
    at = undo.back().value;
    undo.pop_back();
  }
}

Regex::Outcome Regex::search(std::string_view text, size_t from, Match& match, size_t& steps_left) const {
  for (size_t at = from; at <= text.size();) {
    const Outcome outcome = run(text, at, match, steps_left);
    if (outcome != Outcome::not_found) return outcome;
    if (at == text.size()) break;
    at += code_point(text, at).length;
  }
  return Outcome::not_found;
}

}  // namespace puhui::feel
