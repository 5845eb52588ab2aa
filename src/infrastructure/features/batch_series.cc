#include "infrastructure/features/batch_series.h"

#include <algorithm>
#include <bit>

#include "ground/base/check.h"

namespace puhui::features {

namespace {

size_t lower_bound(const std::vector<int64_t>& sorted, size_t begin, size_t end, int64_t value) {
  const auto from = sorted.begin();
  return static_cast<size_t>(
      std::lower_bound(from + static_cast<ptrdiff_t>(begin), from + static_cast<ptrdiff_t>(end), value) - from);
}

size_t lower_bound(const std::vector<uint32_t>& sorted, size_t begin, size_t end, uint32_t value) {
  const auto from = sorted.begin();
  return static_cast<size_t>(
      std::lower_bound(from + static_cast<ptrdiff_t>(begin), from + static_cast<ptrdiff_t>(end), value) - from);
}

}  // namespace

Series::Series(std::vector<SeriesEntry> entries, uint32_t keys) {
  std::ranges::sort(entries, {}, [](const SeriesEntry& e) { return std::tuple(e.key, e.at_us, e.event); });
  const size_t size = entries.size();
  offsets_.assign(size_t{keys} + 1, 0);
  sums_.resize(size + 1), squares_.resize(size + 1);
  least_.resize(2 * size), greatest_.resize(2 * size);
  latest_before_.resize(size), first_after_.resize(size);
  for (size_t i = 0; i < size; ++i) {
    const SeriesEntry& entry = entries[i];
    CHECK(entry.key < keys, "an entry's key is known");
    ++offsets_[entry.key + 1];
    events_.push_back(entry.event);
    at_.push_back(entry.at_us);
    values_.push_back(entry.value);
    sums_[i + 1] = sums_[i] + entry.value;
    squares_[i + 1] = squares_[i] + Int128{entry.value} * entry.value;
    least_[size + i] = greatest_[size + i] = entry.value;
    const bool first = i == 0 || entries[i - 1].key != entry.key;
    latest_before_[i] = first ? entry.event : std::max(entry.event, latest_before_[i - 1]);
  }
  for (size_t i = size; i-- > 0;) {
    const bool last = i + 1 == size || entries[i + 1].key != entries[i].key;
    first_after_[i] = last ? events_[i] : std::min(events_[i], first_after_[i + 1]);
  }
  for (size_t i = size; i-- > 1;) {
    least_[i] = std::min(least_[2 * i], least_[2 * i + 1]);
    greatest_[i] = std::max(greatest_[2 * i], greatest_[2 * i + 1]);
  }
  for (size_t key = 0; key < keys; ++key) offsets_[key + 1] += offsets_[key];
}

Window Series::window(uint32_t key, int64_t low_us, int64_t high_us, uint32_t bound) const {
  const size_t begin = offsets_[key], end = offsets_[key + 1];
  Window out{.bound = bound};
  out.first = lower_bound(at_, begin, end, low_us);
  const size_t last = lower_bound(at_, out.first, end, high_us);
  const size_t complete = lower_bound(latest_before_, begin, end, bound);  // all before it have arrived
  const size_t none = lower_bound(first_after_, begin, end, bound);        // from it on none has
  out.last = std::max(out.first, std::min(last, complete));
  out.first_rest = std::max(out.first, complete);
  out.last_rest = std::min(last, none);
  return out;
}

uint64_t Series::count(const Window& window) const {
  uint64_t out = window.last - window.first;
  each_rest(window, [&](size_t) { ++out; });
  return out;
}

void Series::add_sums(const Window& window, Inside& to) const {
  to.sum += sums_[window.last] - sums_[window.first];
  to.squares += squares_[window.last] - squares_[window.first];
  each_rest(window, [&](size_t i) {
    to.sum += values_[i];
    to.squares += Int128{values_[i]} * values_[i];
  });
}

void Series::add_extremes(const Window& window, Inside& to) const {
  int64_t least = INT64_MAX, greatest = INT64_MIN;
  const auto add = [&](size_t node) {
    least = std::min(least, least_[node]);
    greatest = std::max(greatest, greatest_[node]);
  };
  const size_t size = at_.size();
  for (size_t a = window.first + size, b = window.last + size; a < b; a /= 2, b /= 2) {
    if (a % 2 == 1) add(a++);
    if (b % 2 == 1) add(--b);
  }
  each_rest(window, [&](size_t i) { add(size + i); });
  to.min = least, to.max = greatest;
}

size_t Series::first(const Window& window) const {
  if (window.first < window.last) return window.first;
  size_t out = SIZE_MAX;
  each_rest(window, [&](size_t i) { out = std::min(out, i); });
  return out;
}

size_t Series::latest(const Window& window) const {
  size_t out = window.first < window.last ? window.last - 1 : SIZE_MAX;
  each_rest(window, [&](size_t i) { out = i; });
  return out;
}

void Series::add_weighted(const Window& window, int64_t tile, int64_t hop_us, int64_t half_life_us, Inside& to) const {
  const auto tile_of = [&](int64_t at) { return at / hop_us - (at % hop_us < 0 ? 1 : 0); };
  const auto add = [&](int64_t age, Int128 sum, size_t count) {
    const auto weight = static_cast<Int128>(ewma_weight(age, hop_us, half_life_us));
    to.weighted += weight * sum;
    to.weight += weight * static_cast<Int128>(count);
    return weight != 0;
  };
  for (size_t end = window.last; end > window.first;) {
    const int64_t own = tile_of(at_[end - 1]);
    const size_t begin = lower_bound(at_, window.first, end, own * hop_us);
    if (tile - own >= kAgesMax || !add(tile - own, sums_[end] - sums_[begin], end - begin)) break;
    end = begin;
  }
  each_rest(window, [&](size_t i) {
    const int64_t age = tile - tile_of(at_[i]);
    if (age < kAgesMax) add(age, values_[i], 1);
  });
}

void Series::use_labels() {
  if (!marks_.empty()) return;
  marks_.resize(at_.size());
  is_bad_.resize(at_.size());
  for (size_t i = 0; i < events_.size(); ++i) place_of_.emplace(events_[i], static_cast<uint32_t>(i));
}

void Series::set_bad(uint32_t event, bool bad) {
  const auto found = place_of_.find(event);
  if (found == place_of_.end() || is_bad_[found->second] == bad) return;
  is_bad_[found->second] = bad;
  const size_t place = found->second;
  const auto key = std::upper_bound(offsets_.begin(), offsets_.end(), place) - offsets_.begin() - 1;
  const size_t begin = offsets_[static_cast<size_t>(key)], size = offsets_[static_cast<size_t>(key) + 1] - begin;
  for (size_t i = place - begin + 1; i <= size; i += i & (~i + 1)) marks_[begin + i - 1] += bad ? 1 : -1;
}

int64_t Series::marked_before(size_t begin, size_t position) const {
  int64_t out = 0;
  for (size_t i = position - begin; i > 0; i &= i - 1) out += marks_[begin + i - 1];
  return out;
}

uint64_t Series::bad(const Window& window) const {
  const size_t last = std::max(window.last, window.last_rest);  // what is not there yet is not labelled either
  if (window.first >= last) return 0;
  const auto key = std::upper_bound(offsets_.begin(), offsets_.end(), window.first) - offsets_.begin() - 1;
  const size_t begin = offsets_[static_cast<size_t>(key)];
  return static_cast<uint64_t>(marked_before(begin, last) - marked_before(begin, window.first));
}

void DistinctWindow::add(int64_t value, std::span<const uint64_t> hashes) {
  if (++counts_[value] > 1 || ranks_.empty()) return;
  const uint64_t hash = hashes[static_cast<size_t>(value)];
  const size_t of = DistinctSketch::register_of(hash), rank = DistinctSketch::rank_of(hash);
  if (++ranks_[of][rank] == 1) present_[of] |= uint64_t{1} << rank;
}

void DistinctWindow::remove(int64_t value, std::span<const uint64_t> hashes) {
  const auto found = counts_.find(value);
  if (--found->second > 0) return;
  counts_.erase(found);
  if (ranks_.empty()) return;
  const uint64_t hash = hashes[static_cast<size_t>(value)];
  const size_t of = DistinctSketch::register_of(hash), rank = DistinctSketch::rank_of(hash);
  if (--ranks_[of][rank] == 0) present_[of] &= ~(uint64_t{1} << rank);
}

void DistinctWindow::sketch(std::span<const uint64_t> hashes) {
  ranks_.resize(DistinctSketch::kRegisters);
  present_.resize(DistinctSketch::kRegisters);
  for (const auto& [value, _] : counts_) {
    const uint64_t hash = hashes[static_cast<size_t>(value)];
    const size_t of = DistinctSketch::register_of(hash), rank = DistinctSketch::rank_of(hash);
    ++ranks_[of][rank];
    present_[of] |= uint64_t{1} << rank;
  }
}

uint64_t DistinctWindow::estimate(std::span<const int64_t> more, std::span<const uint64_t> hashes) const {
  std::array<uint8_t, DistinctSketch::kRegisters> registers{};
  for (size_t i = 0; i < registers.size(); ++i) {
    if (present_[i] != 0) registers[i] = static_cast<uint8_t>(std::bit_width(present_[i]) - 1);
  }
  DistinctSketch sketch;
  sketch.merge(registers);
  for (const int64_t value : more) sketch.add(hashes[static_cast<size_t>(value)]);
  return sketch.estimate();
}

uint64_t DistinctWindow::count(const Series& series, const Window& window, std::span<const uint64_t> hashes) {
  const size_t first = window.first, last = std::max(window.first, window.last);
  if (last_ <= first || first_ >= last) {
    while (last_ > first_) remove(series.value(--last_), hashes);
    first_ = last_ = first;
  }
  while (last_ < last) add(series.value(last_++), hashes);
  while (first_ > first) add(series.value(--first_), hashes);
  while (last_ > last) remove(series.value(--last_), hashes);
  while (first_ < first) remove(series.value(first_++), hashes);
  std::vector<int64_t> more;
  series.each_rest(window, [&](size_t i) {
    const int64_t value = series.value(i);
    if (!counts_.contains(value) && std::ranges::find(more, value) == more.end()) more.push_back(value);
  });
  const uint64_t exact = counts_.size() + more.size();
  if (exact <= kDistinctExactMax) return exact;
  if (ranks_.empty()) sketch(hashes);
  return estimate(more, hashes);
}

}  // namespace puhui::features
