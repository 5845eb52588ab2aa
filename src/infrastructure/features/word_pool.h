// WordPool: memory for the many small, growing blocks of an engine: size classes cut from large pieces, so that a block costs
// no header and what is held is known to the byte. Blocks return to their class when freed, pieces when the pool ends.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace puhui::features {

class WordPool {
 public:
  WordPool() = default;
  WordPool(const WordPool&) = delete;
  WordPool& operator=(const WordPool&) = delete;

  // How many words a block for at least `words` has: allocate and release round up to it alike.
  static size_t rounded(size_t words);
  uint64_t* allocate(size_t words);  // contents undefined
  void release(uint64_t* block, size_t words);
  uint64_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kPieceWords = size_t{1} << 15, kClassWordsMax = size_t{1} << 12;
  static size_t class_of(size_t words);
  static size_t words_of(size_t size_class);

  std::array<uint64_t*, 32> free_{};  // by class; a free block's first word is the next
  std::vector<std::unique_ptr<uint64_t[]>> pieces_;
  std::unordered_map<uint64_t*, std::unique_ptr<uint64_t[]>> large_;
  size_t left_ = 0;  // words at the end of the last piece
  uint64_t bytes_ = 0;
};

}  // namespace puhui::features
