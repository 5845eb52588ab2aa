// From exact integers to a FeatureValue: the one place where features are divided and rounded. The engine and the batch
// find what lies in a window each in its own way and share this, so that they cannot round apart.
#pragma once

#include <array>
#include <optional>

#include "infrastructure/features/event.h"

namespace puhui::features {

using Int128 = __int128;

// What lies in one feature's window, as far as its aggregate needs it. Where a field is aggregated, only events that have it.
struct Inside {
  uint64_t events = 0;
  uint64_t bad = 0;                // of them, labelled so
  Int128 sum = 0, squares = 0;     // in integers of 10^-places
  int64_t min = 0, max = 0;        // of at least one event
  int64_t last = 0;                // value of the latest event
  int64_t at_us = 0;               // of the latest event (time_since) or the first (first_seen)
  uint64_t distinct = 0;           // see DistinctSketch for beyond kDistinctExactMax
  Int128 weighted = 0;             // of ewma: sum of weight · value
  Int128 weight = 0;               // sum of weights
  int64_t now_us = 0;              // of the current event
  std::optional<int64_t> current;  // its value: of ratio and zscore
};

// The parts of a feature that its value hangs on.
struct ValueRule {
  Aggregate aggregate = Aggregate::count;
  int places = 0;  // of the field aggregated
  std::optional<evidence::Number> empty;
};
ValueRule value_rule_of(const FeatureSet& set, const Feature& feature);

struct Aggregated {
  FeatureValue value;
  bool overflowed = false;  // absent because it leaves 18 digits, or its squares leave 127 bits
};
Aggregated aggregate_value(const ValueRule& rule, const Inside& inside);

// numerator / denominator · 10^-places, rounded half to even at `more_max` more places, or at as many as fit 18 digits; nullopt
// when its whole part does not. denominator above 0 and below 10^37.
std::optional<evidence::Number> quotient(Int128 numerator, Int128 denominator, int places, int more_max = kMeanPlaces);
// value · 10^-places in its one form; nullopt beyond 18 digits.
std::optional<evidence::Number> exact_number(Int128 value, int places);

// 2^40 · 2^(−age · hop / half_life), the age cut to 2^-32 half lives; 0 from 41 half lives on. The same integer everywhere.
uint64_t ewma_weight(int64_t age_tiles, int64_t hop_us, int64_t half_life_us);

// Distinct values: exact to kDistinctExactMax, beyond it the estimate of the sketch of all values in the window, and never less than
// kDistinctExactMax + 1. HyperLogLog (Flajolet et al. 2007) with linear counting below 2.5 registers, in integers.
inline constexpr uint64_t kDistinctExactMax = 256;
uint64_t value_hash(std::string_view text);

class DistinctSketch {
 public:
  static constexpr size_t kRegisters = 1024;  // standard error 3.25 %
  static size_t register_of(uint64_t hash) { return hash >> 54; }
  static uint8_t rank_of(uint64_t hash);  // 1 to 55

  void add(uint64_t hash);
  void merge(std::span<const uint8_t, kRegisters> other);
  std::span<const uint8_t, kRegisters> registers() const { return registers_; }
  uint64_t estimate() const;

 private:
  std::array<uint8_t, kRegisters> registers_{};
};

}  // namespace puhui::features
