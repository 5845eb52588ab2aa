// Registry: models in a folder, each named by its content. `<hash>.model` is the model; `<hash>.card.json` is a
// copy of its card for people to read. A file whose bytes do not give its name is `corrupt`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/models/model.h"

namespace puhui::models {

constexpr size_t kModelBytesMax = size_t{256} << 20;

class Registry {
 public:
  explicit Registry(std::string folder) : folder_(std::move(folder)) {}  // made on the first save
  // Durable when it returns: written aside, synced, renamed. Saving what is there already changes nothing.
  Result<Digest> save(const Model& model) const;
  Result<std::shared_ptr<const Model>> load(const Digest& hash) const;  // not_found, corrupt
  Result<std::vector<Digest>> list() const;  // ascending; files that are no models are passed over
  std::string path_of(const Digest& hash) const;

 private:
  std::string folder_;
};

}  // namespace puhui::models
