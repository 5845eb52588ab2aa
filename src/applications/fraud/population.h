// Population: simulated payments and applications with their frauds, so that replays run without anybody's data.
// docs/population_fraud.md says what they are made of.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "ground/base/date.h"
#include "ground/base/result.h"

namespace puhui::fraud {

enum class PopulationKind : uint8_t { card_payment, loan_application };
std::span<const std::string_view> names_of(const PopulationKind*);

struct Population {
  PopulationKind kind = PopulationKind::card_payment;
  uint64_t rows = 100'000;
  uint64_t seed = 1;
  int days = 136;  // over which they are spread, evenly
};

inline constexpr uint64_t kPopulationRowsMax = 20'000'000;
inline constexpr int kPopulationDaysMax = 366;

// CSV text in pieces, header first, in event time. A day is drawn, sorted and written
// before the next, so memory is a day's rows. The same population, the same bytes.
using Sink = std::function<Result<void>(std::string_view)>;
Result<void> write_population(const Population& population, const Sink& sink);

}  // namespace puhui::fraud
