// Cell: a table's input entry, recognised as tests against constants where it is one, so that a column becomes keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/dmn/build.h"
#include "infrastructure/dmn/matcher.h"

namespace puhui::dmn {

// One test of a cell: a comparison with a constant, or a range of constants.
struct SimpleTest {
  feel::Comparison comparison = feel::Comparison::equal;
  feel::Value value;
  const feel::Range* range = nullptr;
};

struct Cell {
  bool any = false;                // "-"
  bool negated = false;            // not(…)
  std::vector<SimpleTest> simple;  // any of them; empty when `general` stands
  feel::NodePtr general;           // everything else: a boolean over the column's slot
};

// Parses and compiles one input entry. `input` is the symbol of the column's value.
Cell compile_cell(Build& build, const Text& text, const feel::Scope& scope, feel::Layout& layout,
                  const feel::Symbol& input);

// How a column's values become keys. Chosen from the constants its simple cells speak of.
class KeyMap {
 public:
  // Cells it cannot express stay without intervals: the caller then keeps their general node.
  explicit KeyMap(std::span<const Cell> cells);

  // The cell as intervals of keys, or nullopt when it speaks of constants of another kind or beyond the keys.
  std::optional<Intervals> intervals(const Cell& cell) const;
  Key key(const feel::Value& value) const;
  // key() of many: out[i] is that of values[i]. Both of one length.
  void keys(std::span<const feel::Value> values, std::span<Key> out) const;

 private:
  std::optional<Interval> interval(const SimpleTest& test) const;
  std::optional<Key> constant_key(const feel::Value& value) const;
  Key number_key(const feel::Decimal& number) const;
  Key string_key(std::string_view text) const;

  feel::Kind kind_ = feel::Kind::null;
  int places_ = 0;  // numbers: key is 2 · floor(value · 10^places), plus 1 when anything was cut off
  // Strings: open addressing; the key is the place in `strings_` plus 1, 0 for every other string.
  std::vector<std::string> strings_;
  std::vector<uint32_t> buckets_;
};

}  // namespace puhui::dmn
