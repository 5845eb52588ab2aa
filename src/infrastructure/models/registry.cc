#include "infrastructure/models/registry.h"

#include <algorithm>

namespace puhui::models {

namespace {

constexpr std::string_view kModelEnding = ".model";
constexpr std::string_view kCardEnding = ".card.json";

}  // namespace

std::string Registry::path_of(const Digest& hash) const {
  return folder_ + "/" + hash.hex() + std::string(kModelEnding);
}

Result<Digest> Registry::save(const Model& model) {
  const Digest hash = model.hash();
  if (model.bytes().size() > kModelBytesMax) {
    return fail(ErrorCode::exhausted, path_of(hash),
                "expected a model of at most " + std::to_string(kModelBytesMax) + " bytes; train fewer rounds");
  }
  if (files_.exists(path_of(hash)) && load(hash)) return hash;
  TRY(files_.make_folder(folder_));
  // The card first: a model that can be loaded always has its card beside it.
  TRY(files_.write(folder_ + "/" + hash.hex() + std::string(kCardEnding), print_json_pretty(model.card()) + "\n"));
  TRY(files_.write(path_of(hash), model.bytes()));
  return hash;
}

Result<std::shared_ptr<const Model>> Registry::load(const Digest& hash) const {
  const std::string path = path_of(hash);
  const std::string bytes = TRY(files_.read(path, kModelBytesMax));
  const Digest found = sha256(bytes);
  if (found != hash) {
    return fail(ErrorCode::corrupt, path,
                "its bytes have the hash " + found.short_hex() +
                    "…, not the one of its name; restore it from a backup or train again");
  }
  auto model = Model::parse(bytes);
  if (!model) return fail(at(path, std::move(model).error()));
  return std::make_shared<const Model>(*std::move(model));
}

Result<std::vector<Digest>> Registry::list() const {
  std::vector<Digest> out;
  if (!files_.exists(folder_)) return out;
  for (const std::string& name : TRY(files_.list(folder_))) {
    if (!name.ends_with(kModelEnding)) continue;
    if (const auto hash = Digest::parse(std::string_view(name).substr(0, name.size() - kModelEnding.size())))
      out.push_back(*hash);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace puhui::models
