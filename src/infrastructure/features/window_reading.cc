#include "infrastructure/features/window_reading.h"

#include <algorithm>

namespace puhui::features {

namespace {

int64_t signed_word(uint64_t word) { return static_cast<int64_t>(word); }

class Reading {
 public:
  Reading(const PlannedSeries& series, const PlannedWindow& window, const Tiles& tiles, const WindowSums& sums,
          const CurrentEvent& current, WordPool& pool)
      : series_(series), window_(window), tiles_(tiles), sums_(sums), current_(current), pool_(pool) {
    sums.read(before_);
    before_.now_us = current.at_us;
    before_.current = current.value;
    if (window.reads_last && sums.behind() > sums.first()) {
      const uint64_t* latest = tiles[sums.behind() - 1] + series.tile.last;
      before_.at_us = signed_word(latest[0]);
      before_.last = signed_word(latest[1]);
    }
  }

  Aggregated value_of(const PlannedFeature& feature, bool& estimated) const {
    const bool with_current = feature.includes_current && current_.counts;
    Inside inside = before_;
    if (with_current) add_current(inside);
    if (feature.rule.aggregate == Aggregate::first_seen) add_first(with_current, inside);
    if (feature.rule.aggregate == Aggregate::ewma) add_weights(feature, with_current, inside);
    if (feature.rule.aggregate == Aggregate::distinct) estimated = add_distinct(with_current, inside);
    return aggregate_value(feature.rule, inside);
  }

 private:
  void add_current(Inside& inside) const {
    const int64_t value = current_.value.value_or(0);
    inside.sum += value;
    inside.squares += Int128{value} * value;
    inside.min = inside.events == 0 ? value : std::min(inside.min, value);
    inside.max = inside.events == 0 ? value : std::max(inside.max, value);
    ++inside.events;
  }

  void add_first(bool with_current, Inside& inside) const {
    inside.at_us = with_current ? current_.at_us : INT64_MAX;
    if (sums_.behind() > sums_.first())
      inside.at_us = std::min(inside.at_us, signed_word(tiles_[sums_.first()][series_.tile.first]));
  }

  void add_weights(const PlannedFeature& feature, bool with_current, Inside& inside) const {
    const std::vector<uint64_t>& weights = feature.weights;
    const int64_t newest_us = tile_start(window_.high_us(current_.at_us), series_.hop_us);
    // Ages are whole hops; a double holds them exactly.
    const double per_us = 1.0 / static_cast<double>(series_.hop_us);
    for (uint32_t i = sums_.behind(); i-- > sums_.first();) {
      const uint64_t* tile = tiles_[i];
      const auto age = static_cast<size_t>(static_cast<double>(newest_us - start_of_tile(tile)) * per_us + 0.5);
      if (age >= weights.size()) break;
      inside.weighted += Int128{signed_word(tile[series_.tile.sum])} * static_cast<int64_t>(weights[age]);
      inside.weight += Int128{events_of(tile)} * static_cast<int64_t>(weights[age]);
    }
    if (!with_current) return;
    inside.weighted += Int128{*current_.value} * static_cast<int64_t>(weights[0]);
    inside.weight += static_cast<int64_t>(weights[0]);
  }

  bool add_distinct(bool with_current, Inside& inside) const {
    const Distinct distinct =
        distinct_of(sums_.values(), with_current ? &current_.hash : nullptr, pool_, [&](auto take) {
          for (uint32_t i = sums_.first(); i < sums_.behind(); ++i) {
            if (const ValueSet* set = values_of(tiles_[i], series_.tile)) take(*set);
          }
        });
    inside.distinct = distinct.values;
    return distinct.estimated;
  }

  const PlannedSeries& series_;
  const PlannedWindow& window_;
  const Tiles& tiles_;
  const WindowSums& sums_;
  const CurrentEvent& current_;
  WordPool& pool_;
  Inside before_;
};

}  // namespace

void read_features(const PlannedSeries& series, const PlannedWindow& window, const Tiles& tiles, const WindowSums& sums,
                   const CurrentEvent& current, WordPool& pool, std::span<FeatureValue> out, WindowCounts& counts) {
  const Reading reading(series, window, tiles, sums, current, pool);
  for (const PlannedFeature& feature : window.features) {
    bool estimated = false;
    const Aggregated found = reading.value_of(feature, estimated);
    out[feature.feature] = found.value;
    counts.overflowed += found.overflowed ? 1 : 0;
    counts.estimated += estimated ? 1 : 0;
  }
}

}  // namespace puhui::features
