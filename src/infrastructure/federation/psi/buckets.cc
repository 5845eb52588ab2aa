#include "infrastructure/federation/psi/buckets.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr uint64_t kPlacesMin = 64;
// Chernoff: more than mean + t with probability below exp(-t² / (2 (mean + t/3))). 2^-60 a bucket: 2^-40 over a million of them.
constexpr double kTail = 60 * 0.6931471805599453;

__extension__ using Wide = unsigned __int128;
uint64_t share_of(uint64_t hash, uint64_t parts) { return static_cast<uint64_t>((Wide{hash} * parts) >> 64); }

}  // namespace

uint64_t announced_rows(uint64_t rows) {
  if (rows <= kPlacesMin) return kPlacesMin;
  const uint64_t grain = uint64_t{1} << (std::bit_width(rows) - 5);
  return (rows + grain - 1) / grain * grain;
}

uint64_t bucket_places(uint64_t rows, uint64_t buckets) {
  CHECK(buckets > 0, "there is a bucket");
  if (buckets == 1) return std::max(rows, kPlacesMin);
  const double mean = static_cast<double>(rows) / static_cast<double>(buckets);
  const double more = kTail / 3 + std::sqrt(kTail * kTail / 9 + 2 * kTail * mean);
  return std::max(std::min(rows, static_cast<uint64_t>(mean + more) + 1), kPlacesMin);
}

uint64_t buckets_for(uint64_t rows, uint64_t places_max) {
  const uint64_t room = std::max(places_max, kBucketRowsMin);
  uint64_t low = 1, high = kBucketsMax;  // places fall as buckets grow
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (bucket_places(rows, middle) <= room) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

uint64_t bucket_of(std::string_view id, const BucketKey& key, uint64_t buckets) {
  static_assert(crypto_shorthash_KEYBYTES == sizeof(BucketKey) && crypto_shorthash_BYTES == 8);
  std::array<uint8_t, 8> out;
  crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(id.data()), id.size(), key.data());
  uint64_t hash = 0;
  for (size_t i = 8; i-- > 0;) hash = hash << 8 | out[i];
  return share_of(hash, buckets);
}

Spread::Spread(std::span<const std::string> ids, const BucketKey& key, uint64_t buckets) : begins_(buckets + 1) {
  CHECK(ids.size() <= UINT32_MAX, "rows are counted in 32 bits");
  rows_.resize(ids.size());
  if (buckets == 1) {
    std::iota(rows_.begin(), rows_.end(), 0U);
    begins_[1] = ids.size();
    return;
  }
  for (const std::string& id : ids) ++begins_[bucket_of(id, key, buckets) + 1];
  for (uint64_t i = 0; i < buckets; ++i) begins_[i + 1] += begins_[i];
  std::vector<uint64_t> next(begins_.begin(), begins_.end() - 1);
  for (uint32_t row = 0; row < ids.size(); ++row) rows_[next[bucket_of(ids[row], key, buckets)]++] = row;
}

std::span<const uint32_t> Spread::rows(uint64_t bucket) const {
  return std::span(rows_).subspan(begins_[bucket], begins_[bucket + 1] - begins_[bucket]);
}

ShuffleSeed ShuffleSeed::random() {
  ShuffleSeed seed;
  randombytes_buf(seed.bytes.data(), seed.bytes.size());
  return seed;
}

std::vector<uint32_t> shuffled(const ShuffleSeed& seed, size_t count) {
  CHECK(count <= UINT32_MAX, "places are counted in 32 bits");
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<uint64_t> draws(count);
  if (count == 0) return order;  // and no null for libsodium
  randombytes_buf_deterministic(draws.data(), draws.size() * sizeof(uint64_t), seed.bytes.data());
  // Each draw is off a fair one by less than count / 2^64.
  for (size_t left = count; left > 1; --left) std::swap(order[left - 1], order[share_of(draws[left - 1], left)]);
  return order;
}

}  // namespace puhui::federation
