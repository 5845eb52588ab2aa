#include "infrastructure/federation/boosting/boosting_stage.h"

#include "infrastructure/federation/boosting/guest.h"
#include "infrastructure/federation/boosting/host.h"

namespace puhui::federation {

Result<std::unique_ptr<Stage>> make_boosting_stage(const StageNeeds& needs) {
  const size_t columns = needs.job.parties[needs.self].columns.size();
  if (needs.data.values.size() != columns) {
    return fail(
        ErrorCode::invalid, "data of " + needs.job.parties[needs.self].name,
        "expected the job's " + std::to_string(columns) + " columns, came " + std::to_string(needs.data.values.size()));
  }
  if (needs.job.parties.size() < 2)
    return fail(ErrorCode::invalid, "parties", "expected a guest and at least one host");
  if (needs.self == 0) {
    if (needs.data.labels.size() != needs.data.row_count())
      return fail(ErrorCode::invalid, "label", "expected one label a row, which only the guest has");
    return TRY(BoostingGuest::make(needs));
  }
  return TRY(BoostingHost::make(needs));
}

}  // namespace puhui::federation
