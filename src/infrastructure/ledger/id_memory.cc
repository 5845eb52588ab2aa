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
  if (const uint64_t sequence = young_.find(id)) return {Verdict::known, sequence};
  if (const uint64_t sequence = old_.find(id)) return {Verdict::known, sequence};
  if (id > largest_near_ && id < smallest_far_) return {Verdict::fresh, 0};
  return {Verdict::ask, 0};
}

void IdMemory::insert(const Id128& id, uint64_t sequence, Timestamp at) {
  if (id < far_from(at)) {
    young_.largest_near = std::max(young_.largest_near, id);
  } else {
    young_.smallest_far = std::min(young_.smallest_far, id);
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
  largest_near_ = largest_near;
  smallest_far_ = smallest_far;
}

uint64_t IdMemory::Table::find(const Id128& id) const {
  for (size_t place = IdHash()(id) & mask();; place = (place + 1) & mask()) {
    if (sequences[place] == 0) return 0;
    if (ids[place] == id) return sequences[place];
  }
}

void IdMemory::Table::insert(const Id128& id, uint64_t sequence) {
  if ((count + 1) * 2 > ids.size()) {
    Table larger(ids.size() * 2);
    for (size_t place = 0; place < ids.size(); ++place) {
      if (sequences[place] != 0) larger.insert(ids[place], sequences[place]);
    }
    ids.swap(larger.ids);
    sequences.swap(larger.sequences);
  }
  size_t place = IdHash()(id) & mask();
  while (sequences[place] != 0) place = (place + 1) & mask();
  ids[place] = id;
  sequences[place] = sequence;
  ++count;
}

void IdMemory::Table::erase(const Id128& id) {
  size_t hole = IdHash()(id) & mask();
  while (ids[hole] != id || sequences[hole] == 0) hole = (hole + 1) & mask();
  for (size_t next = (hole + 1) & mask(); sequences[next] != 0; next = (next + 1) & mask()) {
    // An id may move into the hole unless its own first place lies behind the hole.
    const size_t home = IdHash()(ids[next]) & mask();
    if (((next - home) & mask()) >= ((next - hole) & mask())) {
      ids[hole] = ids[next];
      sequences[hole] = sequences[next];
      hole = next;
    }
  }
  sequences[hole] = 0;
  --count;
}

void IdMemory::Table::clear() {
  std::ranges::fill(sequences, 0);
  count = 0;
  largest_near = {};
  smallest_far = {UINT64_MAX, UINT64_MAX};
}

}  // namespace puhui::ledger
