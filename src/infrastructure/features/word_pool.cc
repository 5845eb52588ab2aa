#include "infrastructure/features/word_pool.h"

#include <bit>

namespace puhui::features {

// Classes are 1, 2, 3, 4, 6, 8, 12, 16, 24, …: two a doubling, so at most a third lies idle.
size_t WordPool::class_of(size_t words) {
  if (words <= 2) return words <= 1 ? 0 : 1;
  const size_t power = std::bit_width(words - 1);  // 2^(power − 1) < words <= 2^power
  const size_t three_quarters = (size_t{1} << power) / 4 * 3;
  return 2 * power - (words <= three_quarters ? 2 : 1);
}

size_t WordPool::words_of(size_t size_class) {
  if (size_class <= 1) return size_class + 1;
  const size_t power = (size_class + 2) / 2;
  return size_class % 2 == 0 ? (size_t{1} << power) / 4 * 3 : size_t{1} << power;
}

size_t WordPool::rounded(size_t words) { return words > kClassWordsMax ? words : words_of(class_of(words)); }

uint64_t* WordPool::allocate(size_t words) {
  if (words > kClassWordsMax) {
    bytes_ += words * sizeof(uint64_t);
    auto block = std::make_unique_for_overwrite<uint64_t[]>(words);
    uint64_t* at = block.get();
    large_.emplace(at, std::move(block));
    return at;
  }
  const size_t size_class = class_of(words), size = words_of(size_class);
  if (uint64_t* block = free_[size_class]) {
    free_[size_class] = std::bit_cast<uint64_t*>(*block);
    return block;
  }
  if (left_ < size) {  // what is left of the piece before is given up: less than an eighth
    pieces_.push_back(std::make_unique_for_overwrite<uint64_t[]>(kPieceWords));
    left_ = kPieceWords;
    bytes_ += kPieceWords * sizeof(uint64_t);
  }
  left_ -= size;
  return pieces_.back().get() + left_;
}

void WordPool::release(uint64_t* block, size_t words) {
  if (block == nullptr) return;
  if (words > kClassWordsMax) {
    bytes_ -= words * sizeof(uint64_t);
    large_.erase(block);
    return;
  }
  const size_t size_class = class_of(words);
  *block = std::bit_cast<uint64_t>(free_[size_class]);
  free_[size_class] = block;
}

}  // namespace puhui::features
