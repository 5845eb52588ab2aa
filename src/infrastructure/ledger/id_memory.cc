#include "infrastructure/ledger/id_memory.h"

#include <algorithm>
#include <bit>

#include "ground/base/check.h"

namespace puhui::ledger {
namespace {
constexpr uint64_t kMillisecondsPerDay = 86'400'000;
}

IdMemory::IdMemory(size_t recent_ids)
    : recent_ids_(std::max<size_t>(recent_ids, 1)),
      young_(std::bit_ceil(recent_ids_ * 2)),
      old_(std::bit_ceil(recent_ids_ * 2)) {}

Id128 IdMemory::far_from(Timestamp at) {
  const uint64_t milliseconds = static_cast<uint64_t>(std::max<int64_t>(at.microseconds, 0)) / 1000;
  return {(milliseconds + kMillisecondsPerDay) << 16, 0};
}

IdMemory::Answer IdMemory::find(const Id128& id) const {
  if (id > largest_near_seen_ && id < smallest_far_seen_) return {Verdict::fresh, 0};
  if (const uint64_t sequence = young_.find(id)) return {Verdict::known, sequence};
  if (const uint64_t sequence = old_.find(id)) return {Verdict::known, sequence};
  if (id > largest_near_ && id < smallest_far_) return {Verdict::fresh, 0};
  return {Verdict::ask, 0};
}

void IdMemory::insert(const Id128& id, uint64_t sequence, Timestamp at) {
  if (id < far_from(at)) {
    young_.largest_near = std::max(young_.largest_near, id);
    largest_near_seen_ = std::max(largest_near_seen_, id);
  } else {
    young_.smallest_far = std::min(young_.smallest_far, id);
    smallest_far_seen_ = std::min(smallest_far_seen_, id);
  }
  young_.insert(id, sequence);
  inserted_.push_back(id);
}

void IdMemory::rewind(size_t mark) {
  CHECK(mark <= inserted_.size(), "a mark of this batch");
  for (; inserted_.size() > mark; inserted_.pop_back()) young_.erase(inserted_.back());
}

void IdMemory::settle() {
  inserted_.clear();
  if (young_.count < recent_ids_) return;
  largest_near_ = std::max(largest_near_, old_.largest_near);
  smallest_far_ = std::min(smallest_far_, old_.smallest_far);
  std::swap(young_, old_);
  young_.clear();
}

void IdMemory::start_after(const Id128& largest_near, const Id128& smallest_far) {
  largest_near_ = largest_near_seen_ = largest_near;
  smallest_far_ = smallest_far_seen_ = smallest_far;
}

uint64_t IdMemory::Table::find(const Id128& id) const {
  for (size_t at = IdHash()(id) & mask();; at = (at + 1) & mask()) {
    if (places[at].sequence == 0 || places[at].id == id) return places[at].sequence;
  }
}

void IdMemory::Table::insert(const Id128& id, uint64_t sequence) {
  if ((count + 1) * 2 > places.size()) {
    Table larger(places.size() * 2);
    for (const Place& place : places) {
      if (place.sequence != 0) larger.insert(place.id, place.sequence);
    }
    places.swap(larger.places);
  }
  size_t at = IdHash()(id) & mask();
  while (places[at].sequence != 0) at = (at + 1) & mask();
  places[at] = {id, sequence};
  ++count;
}

void IdMemory::Table::erase(const Id128& id) {
  size_t hole = IdHash()(id) & mask();
  while (places[hole].id != id || places[hole].sequence == 0) hole = (hole + 1) & mask();
  for (size_t next = (hole + 1) & mask(); places[next].sequence != 0; next = (next + 1) & mask()) {
    // An id may move into the hole unless its own first place lies behind the hole.
    const size_t home = IdHash()(places[next].id) & mask();
    if (((next - home) & mask()) >= ((next - hole) & mask())) {
      places[hole] = places[next];
      hole = next;
    }
  }
  places[hole].sequence = 0;
  --count;
}

void IdMemory::Table::clear() {
  std::ranges::fill(places, Place{});
  count = 0;
  largest_near = {};
  smallest_far = {UINT64_MAX, UINT64_MAX};
}

}  // namespace puhui::ledger
