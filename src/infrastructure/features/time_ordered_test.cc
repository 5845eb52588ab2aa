#include "infrastructure/features/time_ordered.h"

#include <gtest/gtest.h>

#include <string>

#include "ground/base/random.h"
#include "infrastructure/features/name_table.h"

namespace puhui::features {
namespace {

struct Entry {
  int64_t at_us = 0;
  uint64_t seq = 0;
  int value = 0;
  bool operator==(const Entry&) const = default;
};
using Ordered = TimeOrdered<Entry, 8>;

std::vector<Entry> all_of(const Ordered& ordered) {
  std::vector<Entry> out;
  ordered.each(ordered.begin(), ordered.end(), [&](const Entry& entry) {
    out.push_back(entry);
    return true;
  });
  return out;
}

TEST(TimeOrdered, IsASortedListUnderLateEntriesDropsAndErasures) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream draws(Random(seed), 1, 1);
    Ordered ordered;
    std::vector<Entry> plain;
    const auto before = [](const Entry& a, const Entry& b) { return Ordered::key_of(a) < Ordered::key_of(b); };
    for (int i = 0; i < 600; ++i) {
      const uint64_t what = draws.below(10);
      if (what == 0 && !plain.empty()) {
        ordered.pop_front();
        plain.erase(plain.begin());
      } else if (what == 1 && !plain.empty()) {
        const size_t at = draws.below(plain.size());
        auto cursor = ordered.first_from(Ordered::key_of(plain[at]));
        while (!(ordered[cursor] == plain[at])) cursor = ordered.next(cursor);
        ordered.erase(cursor);
        plain.erase(plain.begin() + static_cast<ptrdiff_t>(at));
      } else {
        const Entry entry{i - static_cast<int64_t>(draws.below(draws.chance(.5) ? 1 : 200)), draws.below(3), i};
        ordered.insert(entry);
        plain.insert(std::upper_bound(plain.begin(), plain.end(), entry, before), entry);
      }
      ASSERT_EQ(ordered.size(), plain.size());
      ASSERT_EQ(all_of(ordered), plain);
      const TimeKey key{i - static_cast<int64_t>(draws.below(200)), draws.below(3)};
      const auto after = std::upper_bound(plain.begin(), plain.end(), Entry{key.at_us, key.seq}, before);
      const auto from = std::lower_bound(plain.begin(), plain.end(), Entry{key.at_us, key.seq}, before);
      ASSERT_EQ(ordered.count(ordered.first_after(key), ordered.end()), static_cast<size_t>(plain.end() - after));
      ASSERT_EQ(ordered.count(ordered.begin(), ordered.first_from(key)), static_cast<size_t>(from - plain.begin()));
      std::vector<Entry> backwards;
      ordered.each_backwards(ordered.first_from(key), ordered.first_after(key), [&](const Entry& entry) {
        backwards.insert(backwards.begin(), entry);
        return true;
      });
      ASSERT_EQ(backwards, std::vector<Entry>(from, after));
    }
  }
}

TEST(NameTable, IsAMapUnderAddingAndRemovingAndGivesTheSmallestFreeNumber) {
  RandomStream draws(Random(3), 1, 1);
  NameTable table;
  std::map<std::string, uint32_t> plain;
  std::set<uint32_t> used;
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "name " + std::to_string(draws.below(300));
    const auto known = plain.find(name);
    ASSERT_EQ(table.find(name), known == plain.end() ? std::nullopt : std::optional(known->second));
    if (known == plain.end()) {
      uint32_t smallest = 0;
      while (used.contains(smallest)) ++smallest;
      ASSERT_EQ(table.add(name), smallest);
      plain[name] = smallest;
      used.insert(smallest);
    } else if (draws.chance(.8)) {
      table.remove(known->second);
      used.erase(known->second);
      plain.erase(known);
    }
    ASSERT_EQ(table.size(), plain.size());
  }
}

}  // namespace
}  // namespace puhui::features
