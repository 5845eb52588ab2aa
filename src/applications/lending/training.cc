#include "applications/lending/training.h"

#include "applications/lending/application_reader.h"

namespace puhui::lending {

models::TrainRequest training_request(const Mapping& mapping, const models::Table& table) {
  models::TrainRequest request;
  request.table = &table;
  request.target = kLabelColumn;
  request.features = mapping.model.features;
  request.derived = derived_of(mapping);
  request.boosting.monotone = mapping.model.monotone;
  request.kind = kind_of(mapping.model.kind);
  request.train_share = mapping.model.train_share.as_double();
  request.seed = static_cast<uint64_t>(mapping.model.seed);
  return request;
}

}  // namespace puhui::lending
