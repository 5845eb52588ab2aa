#include "applications/lending/product_shelf.h"

#include <mutex>

namespace puhui::lending {

Result<void> ProductShelf::keep(Store& store, const Product& product) {
  const Digest hash = product.hash();
  {
    const std::shared_lock lock(mutex_);
    if (products_.contains(hash)) return {};
  }
  const std::string body = print_product(product);
  TRY(store.write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO lending_product (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
                   {BytesView{hash.view()}, BytesView{body}}));
    return {};
  }));
  const std::unique_lock lock(mutex_);
  products_.emplace(hash, std::make_shared<const Product>(product));
  return {};
}

Result<std::shared_ptr<const Product>> ProductShelf::find(Reader& reader, const Digest& hash) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = products_.find(hash); found != products_.end()) return found->second;
  }
  const auto body = TRY(reader.bytes("SELECT body FROM lending_product WHERE hash = ?", {BytesView{hash.view()}}));
  if (!body) return fail(ErrorCode::not_found, "product", "no product has the hash " + hash.short_hex());
  auto product = std::make_shared<const Product>(TRY(parse_product(*body)));
  if (product->hash() != hash)
    return fail(ErrorCode::corrupt, "product", "the stored product is not the one of hash " + hash.short_hex());
  const std::unique_lock lock(mutex_);
  return products_.emplace(hash, std::move(product)).first->second;
}

}  // namespace puhui::lending
