// One simulated day of a population: rows drawn in any order, then put in event time. For population_*.cc alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "applications/fraud/population.h"
#include "ground/base/random.h"

namespace puhui::fraud {

inline constexpr int64_t kDaySeconds = 86'400;

// Runs of random numbers, so that no two things draw the same ones.
enum class Draw : uint64_t {
  person = 1,
  terminal,
  payment,
  stolen_card,
  stolen_card_day,
  compromised_terminal,
  card_testing,
  takeover,
  application,
  ring,
  mix,
  burst
};

inline RandomStream stream_of(const Population& population, Draw draw, uint64_t row) {
  return {Random(population.seed), static_cast<uint64_t>(draw), row};
}

// e^(mean + deviation · normal)
inline double log_normal(RandomStream& random, double median, double deviation) {
  return median * std::exp(deviation * random.normal());
}

// How many things of a kind begin on a day, when `rate` do on average: whole ones, and one more by chance.
inline uint64_t begun(const Population& population, Draw draw, int day, double rate) {
  auto random = stream_of(population, draw, 0xFFFF'0000'0000 + static_cast<uint64_t>(day));
  const double whole = std::floor(rate);
  return static_cast<uint64_t>(whole) + (random.chance(rate - whole) ? 1 : 0);
}
// The number of the k-th of them, for its own stream.
inline uint64_t campaign(int day, uint64_t k) { return static_cast<uint64_t>(day) * 100'000 + k; }

struct DayRow {
  int64_t second = 0;  // of the day
  uint64_t order = 0;  // among equals
  std::string text;    // the row without its key and time
};

// How many rows fall on a day: all days alike, the remainder on the first.
inline uint64_t quota(const Population& population, int day) {
  const auto days = static_cast<uint64_t>(population.days);
  return population.rows / days + (static_cast<uint64_t>(day) < population.rows % days ? 1 : 0);
}

using DayMaker = std::function<std::vector<DayRow>(int day, uint64_t rows)>;

}  // namespace puhui::fraud
