// Population: simulated loan applications with the skews real tables have: heavy tails, thin files, values missing not
// at random, rare categories, typos of scale, drift. docs/population.md says what every column is made of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ground/base/date.h"
#include "ground/base/result.h"
#include "ground/base/shape.h"

namespace puhui::lending {

enum class PopulationKind : uint8_t { person_revolving, firm_term };
std::span<const std::string_view> names_of(const PopulationKind*);

struct Population {
  PopulationKind kind = PopulationKind::person_revolving;
  uint64_t seed = 1;
  Date from = {20454};          // 2026-01-01, the first day anybody applies
  uint64_t rows_per_month = 0;  // the next rows apply a month later; 0: all within one year, and nothing drifts
  double drift = 1;             // how fast the world changes from month to month: 0 not at all, 1 as documented
};

inline constexpr uint64_t kPopulationRowsMax = 10'000'000'000;
inline constexpr int kDriftMonthsMax = 120;  // later rows stay in the last month

// The CSV's first line, with its line end.
std::string header_of(PopulationKind kind);
// Appends row `row` (0 is the first), with its line end: a pure function of (population, row), on any thread.
void append_row(const Population& population, uint64_t row, std::string& out);
// The chance of a bad end the row was drawn with: the best any model can know. For tests and benches.
double true_risk_of(const Population& population, uint64_t row);

using Sink = std::function<Result<void>(std::string_view)>;
struct Slice {
  uint64_t first_row = 0;
  uint64_t rows = 0;
};
// CSV text in pieces of about 64 kB. The slice that begins with row 0 opens with the header, so that slices joined in
// order are the whole file. Stops at the sink's first error.
Result<void> write_population(const Population& population, Slice slice, const Sink& sink);

}  // namespace puhui::lending
