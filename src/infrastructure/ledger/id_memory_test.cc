#include "infrastructure/ledger/id_memory.h"

#include <gtest/gtest.h>

#include <map>

#include "ground/base/random.h"

namespace puhui::ledger {
namespace {

using Verdict = IdMemory::Verdict;
constexpr Timestamp kNow{1'700'000'000'000'000};

Id128 made_now(uint64_t number) { return {static_cast<uint64_t>(kNow.microseconds) / 1000 << 16, number}; }

TEST(IdMemory, never_calls_a_used_id_fresh_and_never_knows_an_unused_one) {
  const uint64_t seed = 11;
  RandomStream draw(Random(seed), 3, 3);
  IdMemory memory(64);
  std::map<Id128, uint64_t> used;
  std::vector<Id128> batch;
  uint64_t sequence = 0, clock = 0;
  for (int step = 0; step < 200'000; ++step) {
    // Mostly rising, now and then anywhere: the past, the present, a far future.
    const Id128 id = draw.chance(0.05)  ? Id128{draw.next(), draw.below(4)}
                     : draw.chance(0.1) ? made_now(draw.below(clock + 1))
                                        : made_now(clock += 1 + draw.below(3));
    const auto answer = memory.find(id);
    const auto known = used.find(id);
    if (known != used.end()) {
      ASSERT_NE(answer.verdict, Verdict::fresh) << "seed " << seed << " step " << step;
      if (answer.verdict == Verdict::known) {
        ASSERT_EQ(answer.sequence, known->second);
      }
    } else {
      ASSERT_NE(answer.verdict, Verdict::known) << "seed " << seed << " step " << step;
      const size_t before = memory.mark();
      memory.insert(id, ++sequence, kNow);
      if (draw.chance(0.1)) {
        memory.rewind(before);
        ASSERT_NE(memory.find(id).verdict, Verdict::known);
      } else {
        used[id] = sequence;
      }
    }
    if (draw.chance(0.05)) memory.settle();
  }
}

TEST(IdMemory, rising_ids_stay_fresh_beside_one_from_the_far_future) {
  IdMemory memory(16);
  memory.insert({UINT64_MAX, 0}, 1, kNow);
  for (uint64_t i = 1; i < 1000; ++i) {
    EXPECT_EQ(memory.find(made_now(i)).verdict, Verdict::fresh);
    memory.insert(made_now(i), i + 1, kNow);
    memory.settle();
  }
  EXPECT_EQ(memory.find(made_now(999)).verdict, Verdict::known);
  EXPECT_EQ(memory.find(made_now(3)).verdict, Verdict::ask);
  EXPECT_EQ(memory.find({UINT64_MAX, 0}).verdict, Verdict::ask);
}

TEST(IdMemory, ids_that_lie_in_the_store_are_asked_for) {
  IdMemory memory(16);
  memory.start_after(made_now(50), {UINT64_MAX - 5, 0});
  EXPECT_EQ(memory.find(made_now(50)).verdict, Verdict::ask);
  EXPECT_EQ(memory.find(made_now(51)).verdict, Verdict::fresh);
  EXPECT_EQ(memory.find({UINT64_MAX - 5, 0}).verdict, Verdict::ask);
}

}  // namespace
}  // namespace puhui::ledger
