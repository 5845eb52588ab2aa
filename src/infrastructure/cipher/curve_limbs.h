// Bytes and limbs of Curve25519's field: how its kernels exchange numbers, whatever their own registers hold. Constant-time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace puhui::cipher::lanes {

inline constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;

// A number of each lane as the kernels exchange it: 5 limbs of 51 bits.
template <size_t kLanes>
struct Limbs {
  alignas(64) uint64_t limb[5][kLanes];
};

template <size_t kLanes>
void put_bytes(const uint8_t* bytes, size_t lane, Limbs<kLanes>& out) {
  uint64_t w[4];
  std::memcpy(w, bytes, 32);
  out.limb[0][lane] = w[0] & kMask51;
  out.limb[1][lane] = (w[0] >> 51 | w[1] << 13) & kMask51;
  out.limb[2][lane] = (w[1] >> 38 | w[2] << 26) & kMask51;
  out.limb[3][lane] = (w[2] >> 25 | w[3] << 39) & kMask51;
  out.limb[4][lane] = (w[3] >> 12) & kMask51;  // the top bit is left aside
}

// Limbs below 2^62 → the canonical number below p, four words.
template <size_t kLanes>
void take_words(const Limbs<kLanes>& in, size_t lane, uint64_t (&out)[4]) {
  uint64_t t[5];
  for (size_t i = 0; i < 5; ++i) t[i] = in.limb[i][lane];
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < 4; ++i) {
      t[i + 1] += t[i] >> 51;
      t[i] &= kMask51;
    }
    t[0] += 19 * (t[4] >> 51);
    t[4] &= kMask51;
  }
  uint64_t over = t[0] + 19;  // the number is below 2^255 + 2^10: it is p or more where adding 19 reaches 2^255
  for (size_t i = 1; i < 5; ++i) over = t[i] + (over >> 51);
  t[0] += 19 * (over >> 51);
  for (size_t i = 0; i < 4; ++i) {
    t[i + 1] += t[i] >> 51;
    t[i] &= kMask51;
  }
  t[4] &= kMask51;
  out[0] = t[0] | t[1] << 51;
  out[1] = t[1] >> 13 | t[2] << 38;
  out[2] = t[2] >> 26 | t[3] << 25;
  out[3] = t[3] >> 39 | t[4] << 12;
}

// All ones where a == b, without a branch.
inline uint64_t equal_mask(uint64_t a, uint64_t b) {
  const uint64_t differs = a ^ b;
  return ((differs | (0 - differs)) >> 63) - 1;
}

}  // namespace puhui::cipher::lanes
