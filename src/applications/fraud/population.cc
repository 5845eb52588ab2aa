#include "applications/fraud/population.h"

#include "applications/fraud/population_makers.h"
#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

Result<void> check(const Population& population) {
  Faults faults;
  if (population.rows < 1 || population.rows > kPopulationRowsMax) {
    faults.add("rows", "expected 1 to " + with_thousands(static_cast<int64_t>(kPopulationRowsMax)) + ", came " +
                           std::to_string(population.rows));
  }
  if (population.days < 1 || population.days > kPopulationDaysMax) {
    faults.add("days",
               "expected 1 to " + std::to_string(kPopulationDaysMax) + ", came " + std::to_string(population.days));
  }
  return std::move(faults).result();
}

}  // namespace

std::span<const std::string_view> names_of(const PopulationKind*) {
  static constexpr std::string_view kNames[] = {"card_payment", "loan_application"};
  return kNames;
}

Result<void> write_population(const Population& population, const Sink& sink) {
  TRY(check(population));
  const bool payments = population.kind == PopulationKind::card_payment;
  std::string piece(payments ? payment_header() : application_header());
  const DayMaker make = payments ? payment_days(population) : application_days(population);
  uint64_t key = 0;
  for (int day = 0; day < population.days; ++day) {
    auto rows = make(day, quota(population, day));
    std::sort(rows.begin(), rows.end(), [](const DayRow& a, const DayRow& b) {
      return a.second != b.second ? a.second < b.second : a.order < b.order;
    });
    for (const DayRow& row : rows) {
      piece += std::to_string(key++) + "," + std::to_string(day * kDaySeconds + row.second) + "," + row.text + "\n";
      if (piece.size() < kPieceBytes) continue;
      TRY(sink(piece));
      piece.clear();
    }
  }
  if (!piece.empty()) TRY(sink(piece));
  return {};
}

}  // namespace puhui::fraud
