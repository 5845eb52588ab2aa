#include "infrastructure/features/name_table.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "ground/base/check.h"
#include "ground/base/hash.h"

namespace puhui::features {

size_t NameTable::slot_of(std::string_view name, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  const uint32_t mark = static_cast<uint32_t>(hash >> 32);
  size_t at = hash & mask;
  while (slots_[at].taken() && (slots_[at].mark != mark || names_[slots_[at].number - 1] != name)) at = (at + 1) & mask;
  return at;
}

std::optional<uint32_t> NameTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[slot_of(name, hash64(name))];
  return slot.taken() ? std::optional(slot.number - 1) : std::nullopt;
}

uint32_t NameTable::add(std::string_view name) {
  uint32_t number = numbers();
  if (free_.empty()) {
    names_.emplace_back();
    used_.push_back(0);
  } else {
    std::pop_heap(free_.begin(), free_.end(), std::greater<>());
    number = free_.back();
    free_.pop_back();
  }
  fill(number, name);
  return number;
}

void NameTable::fill(uint32_t number, std::string_view name) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  names_[number] = name;
  used_[number] = 1;
  put(number, hash64(name));
  ++size_;
  text_bytes_ += name.size();
}

void NameTable::put(uint32_t number, uint64_t hash) {
  Slot& slot = slots_[slot_of(names_[number], hash)];
  CHECK(!slot.taken(), "a name stands once");
  slot = {static_cast<uint32_t>(hash >> 32), number + 1};
}

void NameTable::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, {});
  for (uint32_t number = 0; number < numbers(); ++number) {
    if (used_[number] != 0) put(number, hash64(names_[number]));
  }
}

void NameTable::remove(uint32_t number) {
  CHECK(holds(number), "only a name that is there is removed");
  const size_t mask = slots_.size() - 1;
  size_t hole = slot_of(names_[number], hash64(names_[number]));
  slots_[hole] = {};
  // Those behind the hole move up, so that none is cut off from where its search begins.
  for (size_t at = (hole + 1) & mask; slots_[at].taken(); at = (at + 1) & mask) {
    const size_t home = hash64(names_[slots_[at].number - 1]) & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = std::exchange(slots_[at], {});
    hole = at;
  }
  text_bytes_ -= names_[number].size();
  std::string().swap(names_[number]);
  used_[number] = 0;
  --size_;
  free_.push_back(number);
  std::push_heap(free_.begin(), free_.end(), std::greater<>());
}

void NameTable::place(uint32_t number, std::string_view name) {
  if (number >= names_.size()) {
    names_.resize(number + size_t{1});
    used_.resize(names_.size());
  }
  fill(number, name);
}

}  // namespace puhui::features
