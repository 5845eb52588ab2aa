// What guest and host of an aggregate compute alike from the job: the fixed point of values, how much noise, how many dummies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/psi/noise.h"

namespace puhui::federation {

inline constexpr size_t kSumColumnsMax = 15;      // what a plaintext of 2048 bits holds
inline constexpr size_t kSumBits = 128;           // a column's slot: its sum, and the mask over it
inline constexpr size_t kMaskBits = 112;          // 2^40 times any sum
inline constexpr uint64_t kDummiesMax = 1 << 16;  // a bucket

struct AggregateTerms {
  size_t columns = 0;           // the host's
  int point_bits = 0;           // a value v counts as round(v · 2^point_bits)
  int64_t clip = 0;             // in that unit: at most 2^40
  uint64_t epsilon_micros = 0;  // of all together; 0: no noise
  uint64_t dummies =
      0;  // a bucket: the guest brings all, the host as many as its noise says; the even half is no noise
  double epsilon = 0, delta = 0;

  // `invalid` when it is no job of two, or asks for less noise or more than can be drawn.
  static Result<AggregateTerms> of(const Job& job);
  cipher::Slots slots() const { return {kSumBits, columns}; }
  uint64_t shares() const { return columns + 1; }  // of epsilon: the count and each column have one

  int64_t fixed(float value) const;  // clipped; missing counts 0
  double real(int64_t fixed) const;
  int64_t noise(const NoiseSeed& seed, size_t column) const;          // for the sum of all buckets
  uint64_t dummies_of(const NoiseSeed& seed, uint64_t bucket) const;  // that the host brings
};

}  // namespace puhui::federation
