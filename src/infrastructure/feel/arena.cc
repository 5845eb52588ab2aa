#include "infrastructure/feel/arena.h"

#include <algorithm>

namespace puhui::feel {

void Arena::use(size_t block) {
  block_ = block;
  start_ = at_ = blocks_[block].bytes.get();
  end_ = start_ + blocks_[block].size;
}

void* Arena::allocate_slow(size_t bytes) {
  if (bytes > bytes_max_ || bytes_used() > bytes_max_ - bytes) return refuse<void>();
  bytes_before_ = bytes_used();
  // Kept blocks first; one too small for this request is skipped until the next reset.
  for (size_t next = start_ == nullptr ? 0 : block_ + 1; next < blocks_.size(); ++next) {
    if (blocks_[next].size < bytes) continue;
    use(next);
    at_ += bytes;
    return start_;
  }
  const size_t grown = blocks_.empty() ? kBlockBytes : std::min(blocks_.back().size * 2, size_t{1} << 20);
  const size_t size = std::max(bytes, grown);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  use(blocks_.size() - 1);
  at_ += bytes;
  return start_;
}

void Arena::rewind(const Mark& to) {
  if (to.at == nullptr) return reset();
  use(to.block);
  at_ = to.at;
  bytes_before_ = to.bytes_before;
  exhausted_ = false;
}

void Arena::reset() {
  bytes_before_ = 0;
  exhausted_ = false;
  if (!blocks_.empty()) use(0);
}

}  // namespace puhui::feel
