// ProductShelf: the product versions that contracts were signed under, by the hash a contract names its own by. What
// a contract does not copy (bucket edges, stages, loss, charge-off) is read here for the whole life of its loans.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>

#include "applications/lending/product.h"
#include "ground/store/store.h"

namespace puhui::lending {

class ProductShelf {
 public:
  // Durable on return. Before the first contract of that version; again costs one look at memory.
  Result<void> keep(Store& store, const Product& product);
  // not_found when no contract of that version was ever signed here. A version never changes, so it is read once.
  Result<std::shared_ptr<const Product>> find(Reader& reader, const Digest& hash);

 private:
  std::shared_mutex mutex_;
  std::map<Digest, std::shared_ptr<const Product>> products_;  // all of them stored
};

}  // namespace puhui::lending
