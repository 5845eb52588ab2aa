#include "infrastructure/federation/measures/measures_stage.h"

#include <cmath>

#include "infrastructure/federation/measures/measures_guest.h"
#include "infrastructure/federation/measures/measures_host.h"

namespace puhui::federation {

Result<std::unique_ptr<Stage>> make_measures_stage(const StageNeeds& needs) {
  Faults faults;
  const Job& job = needs.job;
  const size_t columns = job.parties[needs.self].columns.size();
  if (needs.data.columns.size() != columns) {
    faults.add("data of " + job.parties[needs.self].name, "expected the job's " + std::to_string(columns) +
                                                              " columns, came " +
                                                              std::to_string(needs.data.columns.size()));
  }
  if (job.measures.bins_max < 2 || job.measures.bins_max > 254) faults.add("measures/bins_max", "expected 2 to 254");
  if (needs.data.row_count() < kBinRowsMin || needs.data.row_count() > kMeasuredRowsMax) {
    faults.add("rows", "expected " + std::to_string(kBinRowsMin) + " to " + std::to_string(kMeasuredRowsMax) +
                           " common rows, came " + std::to_string(needs.data.row_count()));
  }
  for (const JobParty& party : job.parties) {
    if (job.measures.correlation && party.columns.size() > kCorrelatedColumnsMax) {
      faults.add("parties/" + party.name + "/columns",
                 "expected at most " + std::to_string(kCorrelatedColumnsMax) + " columns to correlate");
    }
  }
  for (size_t j = 0; j < needs.data.columns.size(); ++j) {
    for (const float v : needs.data.values[j]) {
      if (!std::isinf(v)) continue;
      faults.add("column " + needs.data.columns[j], "expected finite numbers or none, came infinity");
      break;
    }
  }
  if (needs.self == 0) check_measured_labels(needs.data, faults);
  TRY(std::move(faults).result());
  if (needs.self == 0) return std::make_unique<MeasuresGuest>(needs);
  return std::make_unique<MeasuresHost>(needs);
}

}  // namespace puhui::federation
