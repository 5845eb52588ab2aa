// Buckets: ids spread by a keyed hash that both sides share, so that equal ids meet and no bucket is larger than memory
// allows. All sizes that travel follow from rounded totals alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::federation {

inline constexpr uint64_t kBucketRowsMin = 256;  // fewer would be padding only
inline constexpr uint64_t kBucketsMax = 1 << 20;

// A row count as it is announced: at least 64, five leading bits kept, rounded up (at most 1/16 more).
uint64_t announced_rows(uint64_t rows);
// Room for one of `buckets` when `rows` are spread by chance: 64 at least; one that holds more comes less than once in 2^40 jobs.
uint64_t bucket_places(uint64_t rows, uint64_t buckets);
// The fewest buckets of which none needs more than `places_max` places (kBucketRowsMin where that is less).
uint64_t buckets_for(uint64_t rows, uint64_t places_max);

// The bucket of an id: SipHash-2-4 under `key`.
using BucketKey = std::array<uint8_t, 16>;
uint64_t bucket_of(std::string_view id, const BucketKey& key, uint64_t buckets);

// Rows by bucket: four bytes a row.
class Spread {
 public:
  Spread(std::span<const std::string> ids, const BucketKey& key, uint64_t buckets);
  std::span<const uint32_t> rows(uint64_t bucket) const;  // ascending

 private:
  std::vector<uint32_t> rows_;
  std::vector<uint64_t> begins_;
};

// A secret order, made again from its seed.
struct ShuffleSeed {
  std::array<uint8_t, 32> bytes{};
  static ShuffleSeed random();
};
// A permutation of 0 … count - 1.
std::vector<uint32_t> shuffled(const ShuffleSeed& seed, size_t count);

}  // namespace puhui::federation
