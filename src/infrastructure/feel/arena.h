// Arena: where the strings, lists and contexts of one evaluation live. Freed all at once by reset(), which keeps
// the memory for the next evaluation. Values point into it, so they die with the reset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace puhui::feel {

class Arena {
 public:
  static constexpr size_t kBlockBytes = 16 << 10;
  explicit Arena(size_t bytes_max = 64 << 20) : bytes_max_(bytes_max) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // nullptr when the limit is reached; see exhausted().
  void* allocate(size_t bytes) {
    bytes = (bytes + 8) & ~size_t{7};  // never none: an empty list has an address too
    if (bytes <= static_cast<size_t>(end_ - at_)) [[likely]] {
      char* taken = at_;
      at_ += bytes;
      return taken;
    }
    return allocate_slow(bytes);
  }
  template <class T>
  T* array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    return count > bytes_max_ / sizeof(T) ? refuse<T>() : static_cast<T*>(allocate(count * sizeof(T)));
  }
  // A copy of `text` that lives as long as the arena; empty data when the limit is reached.
  std::string_view copy(std::string_view text) {
    auto* to = static_cast<char*>(allocate(text.size()));
    if (to == nullptr) return {};
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  bool exhausted() const { return exhausted_; }
  size_t bytes_used() const { return bytes_before_ + static_cast<size_t>(at_ - start_); }
  void reset();

  // What was allocated after mark() is given back by rewind().
  struct Mark {
    size_t block;
    char* at;
    size_t bytes_before;
  };
  Mark mark() const { return {block_, at_, bytes_before_}; }
  void rewind(const Mark& to);
  // So many bytes more, from what is used now.
  void allow(size_t bytes) { bytes_max_ = bytes_used() + bytes; }

 private:
  template <class T>
  T* refuse() {
    exhausted_ = true;
    return nullptr;
  }
  void* allocate_slow(size_t bytes);
  void use(size_t block);

  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  std::vector<Block> blocks_;
  size_t block_ = 0;  // the one in use
  size_t bytes_max_;
  size_t bytes_before_ = 0;  // in the blocks before it
  char* start_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  bool exhausted_ = false;
};

}  // namespace puhui::feel
