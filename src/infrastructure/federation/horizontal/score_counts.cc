#include "infrastructure/federation/horizontal/score_counts.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/federation/horizontal/horizontal_learner.h"

namespace puhui::federation {

void ScoreCounts::add(double log_odds, bool event) {
  constexpr double kHalf = kScoreCells / 2.0;
  const double cell = std::clamp(std::floor((log_odds / 16 + 1) * kHalf), 0.0, kScoreCells - 1.0);
  ++words_[static_cast<size_t>(cell) + (event ? kScoreCells : 0)];
}

double ScoreCounts::auc() const {
  double below = 0, events = 0, sum = 0;
  for (size_t cell = 0; cell < kScoreCells; ++cell) {
    const auto others = static_cast<double>(words_[cell]), here = static_cast<double>(words_[cell + kScoreCells]);
    sum += here * (below + others / 2);
    below += others, events += here;
  }
  return events == 0 || below == 0 ? 0 : sum / (events * below);
}

Result<void> check_horizontal_data(const Job& job, const PartyData& data, size_t self) {
  Faults faults;
  const size_t columns = job.parties[self].columns.size();
  if (columns == 0 || data.values.size() != columns || data.columns.size() != columns) {
    faults.add("columns", "expected the " + std::to_string(columns) + " of the job (at least one), came " +
                              std::to_string(data.values.size()));
  }
  const size_t rows = data.labels.size();
  if (rows == 0 || rows > kHorizontalRowsMax || data.row_count() != rows) {
    faults.add("rows", "expected 1 to " + std::to_string(kHorizontalRowsMax) + " with a label each, came " +
                           std::to_string(data.row_count()) + " with " + std::to_string(rows) + " labels");
  }
  for (size_t row = 0; row < rows; ++row) {
    if (data.labels[row] == 0 || data.labels[row] == 1) continue;
    faults.add("label, row " + std::to_string(row + 1), "expected 0 or 1, came another number");
  }
  for (size_t c = 0; c < data.values.size(); ++c) {
    const bool whole = data.values[c].size() == rows;
    if (!whole || std::ranges::any_of(data.values[c], [](float x) { return std::isinf(x); })) {
      faults.add("column " + std::to_string(c + 1), "expected a finite number, or none, a row");
    }
  }
  return std::move(faults).result();
}

}  // namespace puhui::federation
