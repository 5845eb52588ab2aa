// Boosted trees over all parties' columns in one place: the reference that the federated run equals to the byte, and what
// its quality is measured by. Its own histograms and splits are those that the guest uses.
#pragma once

#include <span>
#include <vector>

#include "infrastructure/federation/boosting/model_part.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

struct ClearModel {
  GuestPart guest;
  std::vector<HostPart> hosts;
  std::vector<std::vector<int64_t>> margins;  // of the training rows, one list an output
};
// `data`: the guest's first (its labels count), rows in the same order everywhere.
Result<ClearModel> grow_in_the_clear(const Job& job, std::span<const PartyData* const> data);

}  // namespace puhui::federation
