// Rehearsal: what a job would give if all its data lay in one place. For simulated and public data, before anybody signs, and
// to hold a federated run against: the same rows, the same arithmetic, so the same model hash.
#pragma once

#include <string>
#include <vector>

#include "ground/base/json.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

struct Rehearsal {
  uint64_t rows = 0;               // common
  std::vector<std::string> parts;  // of the model, one a party
  Json measures;                   // auc, ks … of the training rows, as the run's
};
// `data` one a party. `invalid` for kinds that have no vertical model, and when fewer rows are common than the job demands.
Result<Rehearsal> rehearse(const Job& job, std::vector<PartyData> data);

// Rows of each party in the common order: ascending ids that all have.
std::vector<std::vector<uint32_t>> common_rows(const std::vector<PartyData>& data);

}  // namespace puhui::federation
