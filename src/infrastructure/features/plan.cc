#include "infrastructure/features/plan.h"

#include <algorithm>

#include "infrastructure/features/key_table.h"
#include "infrastructure/features/tile_ring.h"

namespace puhui::features {

namespace {

struct Parts {
  bool sum = false, squares = false, extremes = false, last = false, first = false, values = false, bad = false;
};

Parts parts_of(Aggregate aggregate) {
  using enum Aggregate;
  Parts out;
  out.squares = aggregate == stddev || aggregate == zscore;
  out.sum = out.squares || aggregate == sum || aggregate == mean || aggregate == ewma || aggregate == ratio;
  out.extremes = aggregate == min || aggregate == max;
  out.last = aggregate == last || aggregate == time_since;
  out.first = aggregate == first_seen;
  out.values = aggregate == distinct;
  out.bad = aggregate == risk || aggregate == bad;
  return out;
}

// Weights are 0 from 41 half lives on: an ewma over `all` looks no further than that, so its tiles need not stay.
int64_t window_looked_at(const Timing& timing, Aggregate aggregate) {
  constexpr int64_t kHalfLives = 42;
  if (aggregate != Aggregate::ewma || timing.window_us != INT64_MAX) return timing.window_us;
  return (kHalfLives * timing.half_life_us / timing.hop_us + 1) * timing.hop_us;
}

template <class T, class Is>
T& find_or_add(std::vector<T>& all, T wanted, Is is) {
  const auto found = std::ranges::find_if(all, is);
  if (found != all.end()) return *found;
  return all.emplace_back(std::move(wanted));
}

// Whether one row of tiles serves both: what aggregates no field takes the tiles of a field that every event has.
bool same_tiles(const FeatureSet& set, const PlannedSeries& series, const PlannedSeries& wanted) {
  const bool same_field = series.of == wanted.of || (!wanted.of && set.fields[*series.of].required);
  return same_field && series.filter == wanted.filter && series.hop_us == wanted.hop_us &&
         series.unbounded == wanted.unbounded;
}

PlannedFeature planned_feature(const FeatureSet& set, size_t i, const Timing& timing, int64_t window_us) {
  using enum Aggregate;
  const Feature& feature = set.features[i];
  PlannedFeature planned{.feature = i, .rule = value_rule_of(set, feature)};
  const bool looks_back = feature.aggregate == last || feature.aggregate == time_since || feature.aggregate == ratio ||
                          feature.aggregate == zscore;
  planned.includes_current = feature.includes_current && !looks_back;
  if (feature.aggregate != ewma) return planned;
  for (int64_t age = 0; age <= window_us / timing.hop_us; ++age) {
    planned.weights.push_back(ewma_weight(age, timing.hop_us, timing.half_life_us));
    if (planned.weights.back() == 0) break;  // and older ones have none either
  }
  return planned;
}

void add_feature(const FeatureSet& set, size_t i, size_t filter, Plan& plan) {
  const Feature& feature = set.features[i];
  const Timing timing = timing_of(feature);
  const size_t field = *set.find_field(feature.entity);
  const int64_t window_us = window_looked_at(timing, feature.aggregate);
  PlannedSeries wanted{.filter = filter, .of = set.find_field(feature.of), .hop_us = timing.hop_us};
  wanted.of_text =
      wanted.of && (set.fields[*wanted.of].type == FieldType::key || set.fields[*wanted.of].type == FieldType::text);
  wanted.unbounded = window_us == INT64_MAX;
  wanted.reach_us = timing.delay_us + (wanted.unbounded ? 0 : window_us);

  PlannedEntity& entity = find_or_add(plan.entities, PlannedEntity{.field = field},
                                      [&](const PlannedEntity& e) { return e.field == field; });
  PlannedSeries& series =
      find_or_add(entity.series, wanted, [&](const PlannedSeries& s) { return same_tiles(set, s, wanted); });
  series.reach_us = std::max(series.reach_us, wanted.reach_us);
  PlannedWindow& window =
      find_or_add(series.windows, PlannedWindow{.window_us = window_us, .delay_us = timing.delay_us},
                  [&](const PlannedWindow& w) { return w.window_us == window_us && w.delay_us == timing.delay_us; });
  window.features.push_back(planned_feature(set, i, timing, window_us));
  if (feature.aggregate == Aggregate::distinct &&
      std::ranges::find(plan.hashed_fields, *series.of) == plan.hashed_fields.end())
    plan.hashed_fields.push_back(*series.of);
}

uint8_t take(bool wanted, uint8_t& words, uint8_t needed) {
  if (!wanted) return 0;
  const uint8_t at = words;
  words = static_cast<uint8_t>(words + needed);
  return at;
}

Parts together(const std::vector<PlannedFeature>& features) {
  Parts all;
  for (const PlannedFeature& feature : features) {
    const Parts one = parts_of(feature.rule.aggregate);
    all = {all.sum || one.sum,   all.squares || one.squares, all.extremes || one.extremes,
           all.last || one.last, all.first || one.first,     all.values || one.values,
           all.bad || one.bad};
  }
  return all;
}

void lay_out(PlannedSeries& series) {
  std::vector<PlannedFeature> features;
  for (PlannedWindow& window : series.windows) {
    const Parts parts = together(window.features);
    window.reads_last = parts.last;
    window.reads_first = parts.first;
    window.reads_weights = std::ranges::any_of(
        window.features, [](const PlannedFeature& f) { return f.rule.aggregate == Aggregate::ewma; });
    uint8_t& words = window.sums.words;
    window.sums.bad = take(parts.bad, words, 1);
    window.sums.sum = take(parts.sum, words, 2);
    window.sums.squares = take(parts.squares, words, 2);
    window.sums.extremes = take(parts.extremes, words, 2);
    window.sums.values = take(parts.values, words, 1);
    features.insert(features.end(), window.features.begin(), window.features.end());
  }
  const Parts parts = together(features);
  uint8_t& words = series.tile.words;
  series.has_labels = parts.bad;
  series.tile.sum = take(parts.sum, words, 1);
  series.tile.squares = take(parts.squares, words, 2);
  series.tile.extremes = take(parts.extremes, words, 2);
  series.tile.last = take(parts.last, words, 2);
  series.tile.first = take(parts.first, words, 1);
  series.tile.values = take(parts.values, words, 1);
}

}  // namespace

Plan plan_of(const FeatureSet& set, std::span<const size_t> filter_of) {
  Plan plan;
  plan.lateness_us = *parse_duration(set.lateness);
  for (size_t i = 0; i < set.features.size(); ++i) {
    const Aggregate aggregate = set.features[i].aggregate;
    if (aggregate == Aggregate::expression) {
      plan.expressions.push_back(i);
    } else if (aggregate == Aggregate::graph) {
      plan.graph.push_back(i);
    } else if (!set.features[i].of.empty()) {
      add_feature(set, i, filter_of[i], plan);
    }
  }
  // Behind the others, so that they find tiles they can share.
  for (size_t i = 0; i < set.features.size(); ++i) {
    const Aggregate aggregate = set.features[i].aggregate;
    if (aggregate != Aggregate::expression && aggregate != Aggregate::graph && set.features[i].of.empty())
      add_feature(set, i, filter_of[i], plan);
  }
  for (PlannedEntity& entity : plan.entities) {
    entity.block_words = kKeyWords;
    for (PlannedSeries& series : entity.series) {
      lay_out(series);
      series.at_word = entity.block_words;
      entity.block_words += sizeof(Ring) / sizeof(uint64_t);
    }
    for (PlannedSeries& series : entity.series) {
      for (PlannedWindow& window : series.windows) {
        window.at_word = entity.block_words;
        entity.block_words += window.sums.words;
      }
    }
  }
  return plan;
}

}  // namespace puhui::features
