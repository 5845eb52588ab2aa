// An allocator whose memory is wiped before it goes back: a vector of secrets leaves nothing, however it grows, moves or ends.
#pragma once

#include <cstddef>
#include <memory>

namespace puhui::cipher {

void wipe_memory(void* from, size_t bytes);

template <class T>
struct Wiping {
  using value_type = T;
  Wiping() = default;
  template <class Other>
  Wiping(const Wiping<Other>&) {}
  T* allocate(size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* from, size_t count) {
    wipe_memory(from, count * sizeof(T));
    std::allocator<T>().deallocate(from, count);
  }
  bool operator==(const Wiping&) const { return true; }
};

}  // namespace puhui::cipher
