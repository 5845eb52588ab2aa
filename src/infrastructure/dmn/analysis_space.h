// AnalysisSpace: a table's rules as runs of segments, column by column, so that searches count instead of compare.
// A column's segments are the values it may have, cut where a cell begins or ends; equal inside, so one stands for all.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "infrastructure/dmn/table.h"

namespace puhui::dmn {

struct Run {
  uint32_t first = 0;
  uint32_t end = 0;  // one past the last
  bool operator==(const Run&) const = default;
};
using Runs = std::vector<Run>;

class AnalysisSpace {
 public:
  explicit AnalysisSpace(const CompiledTable& table);

  // Columns that some rule asks, the most selective first.
  size_t levels() const { return levels_.size(); }
  size_t input(size_t level) const { return levels_[level].input; }
  uint32_t segments(size_t level) const { return static_cast<uint32_t>(levels_[level].segments.size()); }
  // The rule's segments, sorted and apart; none when it holds no value the column may have.
  std::span<const Run> runs(size_t rule, size_t level) const {
    const size_t at = rule * levels_.size() + level;
    return {runs_.data() + run_from_[at], run_from_[at + 1] - run_from_[at]};
  }
  bool is_open(size_t rule, size_t level) const {
    const auto held = runs(rule, level);
    return held.size() == 1 && held[0] == Run{0, segments(level)};
  }
  bool is_empty(size_t rule) const;
  // From this level on the rule leaves every column open.
  size_t open_from(size_t rule) const;

  // FEEL unary tests of the segments: "[600..650), > 700", "-" for all of them.
  std::string tests_of(size_t level, const Runs& runs) const;
  // A value of the segment as FEEL text.
  std::string example_of(size_t level, uint32_t segment) const;

 private:
  struct Level {
    size_t input = 0;
    std::vector<Interval> segments;  // of keys
  };
  void add_level(const RuleCells& cells, size_t column);
  std::string test_of(const KeyMap& keys, const Interval& interval) const;

  const CompiledTable& table_;
  std::vector<Level> levels_;
  std::vector<uint32_t> run_from_;  // [rule · levels + level]; one more at the end
  std::vector<Run> runs_;
};

}  // namespace puhui::dmn
