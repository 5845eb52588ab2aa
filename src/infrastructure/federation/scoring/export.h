// What this house's part of a finished job is as a model file: the guest's part of a vertical model, ready to be named by a permit and
// called by a policy (models/federated_model.h).
#pragma once

#include <string>
#include <string_view>

#include "infrastructure/federation/job.h"
#include "infrastructure/models/federated_model.h"

namespace puhui::federation {

// `part`: the guest's bytes. `invalid` for kinds without such a model, and for models of several classes, which have no single answer.
Result<models::FederatedModel> exported_model(const Job& job, const Digest& hash, std::string_view part);

}  // namespace puhui::federation
