// What a mapping says about its model, as a request to train it.
#pragma once

#include "applications/lending/mapping.h"
#include "infrastructure/models/train.h"

namespace puhui::lending {

// `table` as training_table() makes it; it outlives the request.
models::TrainRequest training_request(const Mapping& mapping, const models::Table& table);

}  // namespace puhui::lending
