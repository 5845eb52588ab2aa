// Registry: models in a folder, each named by its content. `<hash>.model` is the model; `<hash>.card.json` is a
// copy of its card for people to read. A file whose bytes do not give its name is `corrupt`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ground/base/files.h"
#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/models/model.h"

namespace puhui::models {

constexpr size_t kModelBytesMax = size_t{256} << 20;

class Registry {
 public:
  // The folder is made on the first save.
  Registry(Files& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  // Durable on return. Saving what is there already changes nothing; a damaged file is written anew.
  Result<Digest> save(const Model& model);
  Result<std::shared_ptr<const Model>> load(const Digest& hash) const;  // not_found, corrupt
  Result<std::vector<Digest>> list() const;  // ascending; files that are no models are passed over
  std::string path_of(const Digest& hash) const;

 private:
  Files& files_;
  std::string folder_;
};

}  // namespace puhui::models
