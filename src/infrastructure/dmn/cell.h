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
  bool speaks_of_null = false;     // by the word; a constant that came to nothing is none
  std::vector<SimpleTest> simple;  // any of them; empty when it is no test against constants alone
};

// What one input entry says in constants. `input` is the symbol of the column's value. Reports no fault: a text that
// does not parse is no simple cell.
Cell read_cell(Build& build, const Text& text, const feel::Scope& scope, const feel::Symbol& input);
// The same entry as a boolean over the column's slot, for cells no key stands for. Its faults are reported.
feel::NodePtr compile_cell(Build& build, const Text& text, const feel::Scope& scope, feel::Layout& layout,
                           const feel::Symbol& input);

// How a column's values become keys. Chosen from the constants its simple cells speak of.
class KeyMap {
 public:
  KeyMap() = default;
  // `type`: what is known of the column's values. Cells it cannot express have no intervals: the caller compiles them.
  KeyMap(std::span<const Cell> cells, const feel::Type& type);

  // The cell as intervals of keys, or nullopt when it speaks of constants of another kind or beyond the keys.
  std::optional<Intervals> intervals(const Cell& cell) const;
  Key key(const feel::Value& value) const;

  // For reports. The kind of value that has keys; null when the column speaks of none.
  feel::Kind kind() const { return kind_; }
  // Every key a value of the kind can have.
  Interval domain() const;
  // A value that has the key; null for "every other text". Texts point into the map.
  feel::Value value_of(Key key) const;
  // Ordered without end; the others are a short list.
  bool is_ordered() const { return kind_ != feel::Kind::string && kind_ != feel::Kind::boolean; }
  // Whether an odd key stands for values at all: between two numbers there are some, between two days none.
  bool has_between() const { return kind_ != feel::Kind::date && kind_ != feel::Kind::years_months; }

 private:
  bool is_key_kind(feel::Kind kind) const;
  std::optional<Intervals> intervals(const SimpleTest& test) const;
  std::optional<Interval> interval(const feel::Range& range) const;
  std::optional<Key> constant_key(const feel::Value& value) const;
  Key number_key(const feel::Decimal& number) const;
  Key odd_number_key(const feel::Decimal& number) const;
  Key string_key(std::string_view text) const;

  // Strings: open addressing; the key is the place in `strings_` plus 1, 0 for every other string.
  struct Bucket {
    uint64_t first = 0;  // the text itself up to sixteen bytes, so that one look decides
    uint64_t second = 0;
    uint32_t bytes = 0;
    uint32_t key = 0;  // 0: free
  };
  feel::Kind kind_ = feel::Kind::null;
  bool dates_only_ = false;  // the column's type says so: a date is otherwise compared with dates and times too
  bool dates_and_times_only_ = false;
  int places_ = 0;  // numbers: key is 2 · floor(value · 10^places), plus 1 when anything was cut off
  std::vector<std::string> strings_;
  std::vector<Bucket> buckets_;
};

}  // namespace puhui::dmn
