// Matcher: which rules of a table match a row of keys. Columns of numbers, texts, booleans and dates all become keys
// (cell.h). At load it takes the cheapest of three ways for the table: ask every rule, AND masks of an index, or look
// up by hash what the rules equal; docs/decisions/0055 says how the cost is estimated. All ways give the same rules.
#pragma once

#include <memory>
#include <optional>

#include "infrastructure/dmn/rule_cells.h"
#include "infrastructure/dmn/rule_hash.h"
#include "infrastructure/dmn/rule_index.h"

namespace puhui::dmn {

class Matcher {
 public:
  enum class Strategy { automatic, scan, index, hash };
  // What the table's hit policy asks for: FIRST stops at one rule.
  enum class Wanted { all, first };
  // Estimated picoseconds a look-up, over sampled rows. None: the way is not open to this table.
  struct Costs {
    std::optional<uint64_t> scan;
    std::optional<uint64_t> index;
    std::optional<uint64_t> hash;
  };

  Matcher() = default;
  // cells[column][rule]. A strategy asked for that is not open (nothing to hash by) becomes a scan.
  Matcher(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy = Strategy::automatic,
          Wanted wanted = Wanted::all);

  Strategy strategy() const { return strategy_; }  // never automatic
  const Costs& costs() const { return costs_; }    // only when chosen automatically
  const RuleCells& cells() const { return cells_; }
  size_t rules() const { return cells_.rules(); }
  size_t bytes() const;  // of index or hash

  // The first rule that matches; rules() when none does. `keys`: one a column.
  size_t first(std::span<const Key> keys) const;
  // The first rules that match, in rule order, as many as `out` holds; how many they are. With room for two it tells
  // whether a UNIQUE table's answer is one.
  size_t take(std::span<const Key> keys, std::span<uint32_t> out) const;
  // visit(rule) in rule order for every rule that matches, until it answers false.
  template <class Visit>
  void each(std::span<const Key> keys, Visit visit) const {
    walk(keys.data(), visit);
  }

 private:
  template <class Visit>
  void walk(const Key* keys, Visit& visit) const {
    if (strategy_ == Strategy::index) return index_->each(cells_, keys, std::ref(visit));
    if (strategy_ == Strategy::hash) return hash_->each(cells_, keys, std::ref(visit));
    for (size_t rule = 0; rule < cells_.rules(); ++rule) {
      if (cells_.holds(rule, keys) && !visit(rule)) return;
    }
  }
  void choose(Wanted wanted);

  Strategy strategy_ = Strategy::scan;
  Costs costs_;
  RuleCells cells_;
  std::optional<RuleIndex> index_;
  std::optional<RuleHash> hash_;
};

std::string_view name_of(Matcher::Strategy strategy);

}  // namespace puhui::dmn
