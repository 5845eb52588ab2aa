#include "applications/lending/population.h"

#include <algorithm>

#include "applications/lending/population_draws.h"
#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

double append(const Population& population, uint64_t row, std::string& out) {
  switch (population.kind) {
    case PopulationKind::person_revolving: return append_person(population, row, out);
    case PopulationKind::firm_term: return append_firm(population, row, out);
  }
  return 0;
}

}  // namespace

std::span<const std::string_view> names_of(const PopulationKind*) {
  static constexpr std::string_view kNames[] = {"person_revolving", "firm_term"};
  return kNames;
}

When when_of(const Population& population, uint64_t row, Draws& draws) {
  const double share = draws.uniform();
  if (population.rows_per_month == 0) return {0, population.from.plus_days(static_cast<int>(share * 365))};
  const auto month = static_cast<int>(std::min<uint64_t>(row / population.rows_per_month, kDriftMonthsMax - 1));
  const Date first = population.from.plus_months(month);
  const int days = days_between(first, population.from.plus_months(month + 1));
  return {month * population.drift, first.plus_days(static_cast<int>(share * days))};
}

std::string header_of(PopulationKind kind) {
  const auto columns = kind == PopulationKind::person_revolving ? person_columns() : firm_columns();
  std::string out;
  Cells cells(out);
  for (const std::string_view column : columns) cells.text(column);
  cells.end();
  return out;
}

void append_row(const Population& population, uint64_t row, std::string& out) { append(population, row, out); }

double true_risk_of(const Population& population, uint64_t row) {
  std::string ignored;
  return append(population, row, ignored);
}

Result<void> write_population(const Population& population, Slice slice, const Sink& sink) {
  if (slice.rows > kPopulationRowsMax || slice.first_row > kPopulationRowsMax) {
    return fail(ErrorCode::exhausted, "rows",
                "expected rows up to " + with_thousands(static_cast<int64_t>(kPopulationRowsMax)) + ", came " +
                    std::to_string(slice.rows) + " from row " + std::to_string(slice.first_row));
  }
  std::string piece;
  piece.reserve(kPieceBytes + 4096);
  if (slice.first_row == 0) piece = header_of(population.kind);
  for (uint64_t i = 0; i < slice.rows; ++i) {
    append(population, slice.first_row + i, piece);
    if (piece.size() < kPieceBytes) continue;
    TRY(sink(piece));
    piece.clear();
  }
  if (!piece.empty()) TRY(sink(piece));
  return {};
}

}  // namespace puhui::lending
