// The same vertical logistic regression with both parties' rows in one place: every integer the same, nothing encrypted.
// What tests hold the protocol against, and what `rehearse` compares.
#pragma once

#include <string>

#include "ground/base/json.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

struct ClearLogistic {
  std::string guest, host;  // as write_logistic_part writes them
  Json measures;            // of the guest, on the training rows
};
Result<ClearLogistic> logistic_in_the_clear(const Job& job, const PartyData& guest, const PartyData& host);

}  // namespace puhui::federation
