// What a kernel does for Curve25519: blocks of points, as bytes. curve25519.cc chooses one; the tests hold them against each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "infrastructure/cipher/kernel.h"

namespace puhui::cipher {

inline constexpr size_t kBlockVectors = 16;  // that share an inversion: 16 vectors fit the first cache

// What is wrong with a peer's point.
enum : uint8_t { kPointFine = 0, kPointOnTwist = 1, kPointSmall = 2 };

struct CurveKernel {
  size_t lanes;
  // At most kBlockVectors · lanes at a time. Points of 32 bytes (the top bit is left aside); scalars of 32 bytes below 2^255,
  // `scalar_stride` bytes apart (0: one for all). `out` may be `points`.
  void (*multiply)(const uint8_t* points, const uint8_t* scalars, size_t scalar_stride, size_t count, uint8_t* out);
  // 64 bytes each → a point of the subgroup.
  void (*map)(const uint8_t* uniform, size_t count, uint8_t* out);
  void (*check)(const uint8_t* points, size_t count, uint8_t* faults);
};

const CurveKernel& scalar_curve_kernel();
const CurveKernel& avx2_curve_kernel();
const CurveKernel& ifma_curve_kernel();

}  // namespace puhui::cipher
