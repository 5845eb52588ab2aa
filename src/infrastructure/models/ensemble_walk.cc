// The ways to walk a group of sixteen trees. Each gives the same integers; ensemble_test.cc holds them together.
// A walk waits for memory at every level, so four walks go side by side: four groups of one row, or four rows.
#include <immintrin.h>

#include "infrastructure/models/ensemble.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the undefined registers inside its own AVX-512 header for a fault of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace puhui::models {

namespace {

constexpr uint32_t kDefaultLeftBit = 0x8000'0000u;
constexpr size_t kBlockRows = 32;  // rows that go through a group while its nodes are near
constexpr uint32_t kLanes = 16;

// One row on its way through one group.
struct Stream {
  const uint64_t* nodes;
  const int32_t* leaves;
  const float* row;
};

// Eight trees at a time, without branches: their memory latencies overlap.
int64_t walk_group_portable(Stream stream, uint32_t depth) {
  constexpr uint32_t kTogether = 8;
  int64_t sum = 0;
  const uint32_t inner = (1u << depth) - 1;
  for (uint32_t lane = 0; lane < kLanes; lane += kTogether) {
    uint32_t at[kTogether] = {};
    for (uint32_t level = 0; level < depth; ++level) {
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint64_t node = stream.nodes[at[k] * kLanes + lane + k];
        const auto feature = static_cast<uint32_t>(node >> 32);
        const float x = stream.row[feature & ~kDefaultLeftBit];
        const auto below = static_cast<uint32_t>(x < std::bit_cast<float>(static_cast<uint32_t>(node)));
        const uint32_t missing_left = static_cast<uint32_t>(x != x) & (feature >> 31);
        at[k] = 2 * at[k] + 2 - (below | missing_left);
      }
    }
    for (uint32_t k = 0; k < kTogether; ++k) sum += stream.leaves[(at[k] - inner) * kLanes + lane + k];
  }
  return sum;
}

#define PUHUI_AVX2 __attribute__((target("avx2"), always_inline)) inline
#define PUHUI_AVX512 __attribute__((target("avx512f,avx512dq"), always_inline)) inline

// Eight trees of each stream; `half` says which. Lane order is 0 1 4 5 2 3 6 7: its two halves are gathered apart,
// and a shuffle of both gives the order 0 1 2 3 4 5 6 7.
template <int K>
PUHUI_AVX2 void walk_half_avx2(const Stream (&streams)[K], uint32_t depth, int half, __m256i (&sums)[K]) {
  const __m256i feature_mask = _mm256_set1_epi32(0x7FFF'FFFF), two = _mm256_set1_epi32(2);
  const __m256i lane = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7), _mm256_set1_epi32(8 * half));
  __m256i at[K];
  for (int k = 0; k < K; ++k) at[k] = _mm256_setzero_si256();
  for (uint32_t level = 0; level < depth; ++level) {
    for (int k = 0; k < K; ++k) {
      const auto* nodes = reinterpret_cast<const long long*>(streams[k].nodes);
      const __m256i place = _mm256_add_epi32(_mm256_slli_epi32(at[k], 4), lane);
      const __m256 a = _mm256_castsi256_ps(_mm256_i32gather_epi64(nodes, _mm256_castsi256_si128(place), 8));
      const __m256 b = _mm256_castsi256_ps(_mm256_i32gather_epi64(nodes, _mm256_extracti128_si256(place, 1), 8));
      const __m256 threshold = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0));
      const __m256i feature = _mm256_castps_si256(_mm256_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1)));
      const __m256 x = _mm256_i32gather_ps(streams[k].row, _mm256_and_si256(feature, feature_mask), 4);
      const __m256 below = _mm256_cmp_ps(x, threshold, _CMP_LT_OQ);
      const __m256 missing = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
      const __m256i missing_left = _mm256_and_si256(_mm256_castps_si256(missing), _mm256_srai_epi32(feature, 31));
      const __m256i left = _mm256_or_si256(_mm256_castps_si256(below), missing_left);  // -1 or 0
      const __m256i ordered = _mm256_permute4x64_epi64(left, _MM_SHUFFLE(3, 1, 2, 0));
      at[k] = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(at[k], 1), two), ordered);
    }
  }
  const __m256i inner = _mm256_set1_epi32((1 << depth) - 1);
  for (int k = 0; k < K; ++k) {
    const __m256i place = _mm256_add_epi32(_mm256_slli_epi32(_mm256_sub_epi32(at[k], inner), 4), lane);
    const __m256i leaf = _mm256_i32gather_epi32(streams[k].leaves, place, 4);
    sums[k] = _mm256_add_epi64(sums[k], _mm256_cvtepi32_epi64(_mm256_castsi256_si128(leaf)));
    sums[k] = _mm256_add_epi64(sums[k], _mm256_cvtepi32_epi64(_mm256_extracti128_si256(leaf, 1)));
  }
}

template <int K>
__attribute__((target("avx2"))) void walk_streams_avx2(const Stream (&streams)[K], uint32_t depth,
                                                       int64_t* const (&out)[K]) {
  __m256i sums[K];
  for (int k = 0; k < K; ++k) sums[k] = _mm256_setzero_si256();
  walk_half_avx2<K>(streams, depth, 0, sums);
  walk_half_avx2<K>(streams, depth, 1, sums);
  for (int k = 0; k < K; ++k) {
    alignas(32) int64_t parts[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(parts), sums[k]);
    *out[k] += parts[0] + parts[1] + parts[2] + parts[3];
  }
}

template <int K>
__attribute__((target("avx512f,avx512dq"))) void walk_streams_avx512(const Stream (&streams)[K], uint32_t depth,
                                                                     int64_t* const (&out)[K]) {
  const __m512i feature_mask = _mm512_set1_epi32(0x7FFF'FFFF);
  const __m512i one = _mm512_set1_epi32(1), two = _mm512_set1_epi32(2);
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i low_halves = _mm512_slli_epi32(lane, 1), high_halves = _mm512_add_epi32(low_halves, one);
  __m512i at[K];
  for (int k = 0; k < K; ++k) at[k] = _mm512_setzero_si512();
  for (uint32_t level = 0; level < depth; ++level) {
    for (int k = 0; k < K; ++k) {
      const auto* nodes = reinterpret_cast<const long long*>(streams[k].nodes);
      const __m512i place = _mm512_add_epi32(_mm512_slli_epi32(at[k], 4), lane);
      const __m512i a = _mm512_i32gather_epi64(_mm512_castsi512_si256(place), nodes, 8);
      const __m512i b = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(place, 1), nodes, 8);
      const __m512 threshold = _mm512_castsi512_ps(_mm512_permutex2var_epi32(a, low_halves, b));
      const __m512i feature = _mm512_permutex2var_epi32(a, high_halves, b);
      const __m512 x = _mm512_i32gather_ps(_mm512_and_epi32(feature, feature_mask), streams[k].row, 4);
      const __mmask16 below = _mm512_cmp_ps_mask(x, threshold, _CMP_LT_OQ);
      const __mmask16 missing = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
      const auto left = static_cast<__mmask16>(below | (missing & _mm512_movepi32_mask(feature)));
      at[k] = _mm512_add_epi32(_mm512_slli_epi32(at[k], 1), two);
      at[k] = _mm512_mask_sub_epi32(at[k], left, at[k], one);
    }
  }
  const __m512i inner = _mm512_set1_epi32((1 << depth) - 1);
  for (int k = 0; k < K; ++k) {
    const __m512i place = _mm512_add_epi32(_mm512_slli_epi32(_mm512_sub_epi32(at[k], inner), 4), lane);
    const __m512i leaf = _mm512_i32gather_epi32(place, streams[k].leaves, 4);
    const __m512i sum = _mm512_add_epi64(_mm512_cvtepi32_epi64(_mm512_castsi512_si256(leaf)),
                                         _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(leaf, 1)));
    *out[k] += _mm512_reduce_add_epi64(sum);
  }
}

// Feeds streams to a walk four at a time, the rest one by one. `stream(i)` and `sum(i)` give the i-th.
template <class Four, class One, class StreamOf, class SumOf>
void feed(size_t count, uint32_t depth, Four four, One single, StreamOf stream, SumOf sum) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const Stream streams[4] = {stream(i), stream(i + 1), stream(i + 2), stream(i + 3)};
    int64_t* const sums[4] = {sum(i), sum(i + 1), sum(i + 2), sum(i + 3)};
    four(streams, depth, sums);
  }
  for (; i < count; ++i) {
    const Stream streams[1] = {stream(i)};
    int64_t* const sums[1] = {sum(i)};
    single(streams, depth, sums);
  }
}

}  // namespace

bool is_available(Walk walk) {
  switch (walk) {
    case Walk::avx2: return __builtin_cpu_supports("avx2") != 0;
    case Walk::avx512: return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0;
    default: return true;
  }
}

template <class Four, class One>
void Ensemble::walk_groups(const float* rows, std::span<int64_t> out, Four four, One single) const {
  for (int64_t& margin : out) margin = base_;
  const auto stream = [&](const Group& group, size_t row) {
    return Stream{nodes_.data() + group.first_node, leaves_.data() + group.first_leaf, rows + row * feature_count_};
  };
  if (out.size() < 4) {
    for (size_t row = 0; row < out.size(); ++row) {
      for (size_t g = 0; g < groups_.size();) {
        size_t same = g;
        while (same < groups_.size() && groups_[same].depth == groups_[g].depth) ++same;
        feed(
            same - g, groups_[g].depth, four, single, [&](size_t i) { return stream(groups_[g + i], row); },
            [&](size_t) { return &out[row]; });
        g = same;
      }
    }
    return;
  }
  for (size_t begin = 0; begin < out.size(); begin += kBlockRows) {
    const size_t count = std::min(kBlockRows, out.size() - begin);
    for (const Group& group : groups_) {
      feed(
          count, group.depth, four, single, [&](size_t i) { return stream(group, begin + i); },
          [&](size_t i) { return &out[begin + i]; });
    }
  }
}

void Ensemble::walk_padded(const float* rows, std::span<int64_t> out, Walk walk) const {
  if (walk == Walk::avx512) {
    walk_groups(rows, out, walk_streams_avx512<4>, walk_streams_avx512<1>);
  } else if (walk == Walk::avx2) {
    walk_groups(rows, out, walk_streams_avx2<4>, walk_streams_avx2<1>);
  } else {
    const auto portable = [](const auto& streams, uint32_t depth, const auto& sums) {
      for (size_t k = 0; k < std::size(streams); ++k) *sums[k] += walk_group_portable(streams[k], depth);
    };
    walk_groups(rows, out, portable, portable);
  }
}

}  // namespace puhui::models
