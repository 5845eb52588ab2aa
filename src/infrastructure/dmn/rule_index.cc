#include "infrastructure/dmn/rule_index.h"

#include <immintrin.h>

#include <algorithm>

namespace puhui::dmn {
namespace {

constexpr size_t kCountedCutsMax = 16;  // up to here the cuts below a key are counted, in fours
constexpr size_t kCutsInStep = 4;
constexpr size_t kNearBytesMax = 256 << 10;
constexpr uint64_t kDirectKeysMax = 4096;

// How many of the sorted cuts are at most `key`.
size_t cuts_before(std::span<const Key> cuts, Key key) {
  const Key* at = cuts.data();
  size_t left = cuts.size();
  if (left == 0) return 0;
  while (left > 1) {
    const size_t half = left / 2;
    at = at[half - 1] <= key ? at + half : at;
    left -= half;
  }
  return static_cast<size_t>(at - cuts.data()) + (*at <= key ? 1 : 0);
}

// One block of every mask: two registers with AVX2, four without.
[[gnu::target("avx2")]] bool and_block_avx2(std::span<const uint64_t* const> rows, size_t word, uint64_t* out) {
  const auto part = [word](const uint64_t* row, size_t i) {
    return reinterpret_cast<const __m256i_u*>(row + word) + i;
  };
  __m256i low = _mm256_loadu_si256(part(rows[0], 0));
  __m256i high = _mm256_loadu_si256(part(rows[0], 1));
  for (const uint64_t* row : rows.subspan(1)) {
    low = _mm256_and_si256(low, _mm256_loadu_si256(part(row, 0)));
    high = _mm256_and_si256(high, _mm256_loadu_si256(part(row, 1)));
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(out), low);
  _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(out) + 1, high);
  const __m256i any = _mm256_or_si256(low, high);
  return _mm256_testz_si256(any, any) == 0;
}

}  // namespace

bool RuleIndex::and_block(std::span<const uint64_t* const> rows, size_t word, uint64_t* out) {
  static_assert(kBlockWords * sizeof(uint64_t) == 2 * sizeof(__m256i));
  static const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
  return kHasAvx2 ? and_block_avx2(rows, word, out) : and_block_plain(rows, word, out);
}

bool RuleIndex::and_block_plain(std::span<const uint64_t* const> rows, size_t word, uint64_t* out) {
  __m128i parts[4];
  for (size_t i = 0; i < 4; ++i) parts[i] = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(rows[0] + word) + i);
  for (const uint64_t* row : rows.subspan(1)) {
    for (size_t i = 0; i < 4; ++i) {
      parts[i] = _mm_and_si128(parts[i], _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(row + word) + i));
    }
  }
  for (size_t i = 0; i < 4; ++i) _mm_storeu_si128(reinterpret_cast<__m128i_u*>(out) + i, parts[i]);
  const __m128i any = _mm_or_si128(_mm_or_si128(parts[0], parts[1]), _mm_or_si128(parts[2], parts[3]));
  return _mm_testz_si128(any, any) == 0;
}

size_t RuleIndex::Column::segment(Key key) const {
  if (!direct.empty()) {
    const auto at = static_cast<uint64_t>(key) - static_cast<uint64_t>(direct_from);
    if (at < direct.size()) return direct[at];
  }
  if (counted.empty()) return cuts_before(cuts, key);
  size_t before = 0;
  for (size_t i = 0; i < counted.size(); i += kCutsInStep) {
    for (size_t j = 0; j < kCutsInStep; ++j) before += counted[i + j] <= key ? 1 : 0;
  }
  return std::min(before, cuts.size());  // what fills up the last step is no cut
}

void RuleIndex::keep_at_most(std::vector<Key>& cuts, size_t segments) {
  const size_t keep = segments - 1;
  const size_t had = cuts.size();
  for (size_t i = 0; i < keep; ++i) cuts[i] = cuts[i * had / keep];
  cuts.resize(keep);
}

RuleIndex::RuleIndex(const RuleCells& cells, size_t bytes_max) : words_((cells.rules() + 63) / 64) {
  constexpr size_t kSummariesFromWords = 16;
  if (words_ >= kSummariesFromWords) {
    words_ = (words_ + kBlockWords - 1) / kBlockWords * kBlockWords;
    summary_words_ = (words_ / kBlockWords + 63) / 64;
  }
  std::vector<uint32_t> asked(cells.asked_columns().begin(), cells.asked_columns().end());
  if (asked.empty()) asked.push_back(0);  // the masks need a first row
  for (const uint32_t c : asked) {
    Column& column = columns_.emplace_back();
    column.column = c;
    column.cuts.assign(cells.cuts(c).begin(), cells.cuts(c).end());
    if (!build(column, cells, bytes_max / asked.size())) exact_ = false;
  }
}

// False when segments had to be joined: its masks then hold more rules than match.
bool RuleIndex::build(Column& column, const RuleCells& cells, size_t bytes_max) {
  const size_t mask_bytes = std::max<size_t>(1, words_ * sizeof(uint64_t));
  const size_t segments_max = std::max<size_t>(8, bytes_max / mask_bytes);
  const bool exact = column.cuts.size() < segments_max;
  if (!exact) keep_at_most(column.cuts, segments_max);
  const std::vector<Key>& cuts = column.cuts;
  // A bit where a rule's run of segments begins and one past its end; the XOR down the segments fills the run.
  const size_t segments = cuts.size() + 1;
  column.masks.assign((segments + 1) * words_, 0);
  for (size_t rule = 0; rule < cells.rules(); ++rule) {
    const uint64_t bit = uint64_t{1} << (rule % 64);
    uint64_t* const masks = column.masks.data() + rule / 64;
    size_t next = 0;  // segments before it are done
    for (const Interval& interval : cells.cell(rule, column.column)) {
      const size_t first = std::max(next, cuts_before(cuts, interval.low));
      const size_t end = cuts_before(cuts, interval.high) + 1;
      if (first >= end) continue;
      masks[first * words_] ^= bit;
      masks[end * words_] ^= bit;
      next = end;
    }
  }
  for (size_t at = words_; at < segments * words_; ++at) column.masks[at] ^= column.masks[at - words_];
  column.masks.resize(segments * words_);
  if (summary_words_ != 0) {
    column.summaries.assign(segments * summary_words_, 0);
    for (size_t s = 0; s < segments; ++s) {
      for (size_t w = 0; w < words_; ++w) {
        const size_t block = w / kBlockWords;
        if (column.masks[s * words_ + w] == 0) continue;
        column.summaries[s * summary_words_ + block / 64] |= uint64_t{1} << (block % 64);
      }
    }
  }
  speed_up(column);
  return exact;
}

// Few keys close together (texts, booleans, years): one look instead of a search. Few cuts: counted.
void RuleIndex::speed_up(Column& column) {
  const auto inner = std::ranges::subrange(std::ranges::upper_bound(column.cuts, kKeyMin),
                                           std::ranges::upper_bound(column.cuts, kKeyMax));
  if (!inner.empty()) {
    const Key first = inner.front() - 1;
    const Key last = inner.back();
    if (static_cast<uint64_t>(last) - static_cast<uint64_t>(first) < kDirectKeysMax) {
      column.direct_from = first;
      for (Key key = first; key <= last; ++key) {
        column.direct.push_back(static_cast<uint32_t>(cuts_before(column.cuts, key)));
      }
    }
  }
  if (!column.direct.empty() || column.cuts.size() > kCountedCutsMax) return;
  column.counted = column.cuts;
  while (column.counted.size() % kCutsInStep != 0) column.counted.push_back(kMismatchKey);
}

size_t RuleIndex::bytes() const {
  size_t bytes = 0;
  for (const Column& column : columns_) {
    bytes += (column.masks.size() + column.summaries.size() + column.cuts.size()) * sizeof(uint64_t) +
             column.direct.size() * sizeof(uint32_t);
  }
  return bytes;
}

RuleIndex::Work RuleIndex::work(const Key* keys) const {
  Work work{.columns = columns_.size()};
  std::vector<size_t> segments;
  for (const Column& column : columns_) {
    segments.push_back(column.segment(keys[column.column]));
    work.searched_columns += column.direct.empty() && column.counted.empty() ? 1 : 0;
    work.far_columns += column.masks.size() * sizeof(uint64_t) > kNearBytesMax ? 1 : 0;
  }
  const auto looked_at = [&](size_t word) {
    if (summary_words_ == 0) return true;
    const size_t block = word / kBlockWords;
    for (size_t c = 0; c < columns_.size(); ++c) {
      const uint64_t summary = columns_[c].summaries[segments[c] * summary_words_ + block / 64];
      if ((summary >> (block % 64) & 1) == 0) return false;
    }
    return true;
  };
  for (size_t w = 0; w < words_; ++w) {
    if (!looked_at(w)) continue;
    work.words += columns_.size();
    uint64_t mask = ~uint64_t{0};
    for (size_t c = 0; c < columns_.size(); ++c) mask &= columns_[c].masks[segments[c] * words_ + w];
    if (!exact_) work.candidates += static_cast<uint64_t>(std::popcount(mask));
  }
  return work;
}

}  // namespace puhui::dmn
