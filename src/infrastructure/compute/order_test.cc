#include "infrastructure/compute/order.h"

#include <gtest/gtest.h>

#include <map>

#include "ground/base/random.h"
#include "infrastructure/compute/quota.h"

namespace puhui::compute {
namespace {

constexpr int64_t kSecondUs = 1'000'000, kSecondNs = 1'000'000'000;

TEST(Order, ABetterTierGoesFirstThenTheSmallerShareThenTheOlder) {
  const Timestamp now{1000 * kSecondUs};
  std::vector<Candidate> waiting{{1, 3, now, 0}, {2, 2, now, 900}, {3, 2, now, 100}, {4, 2, now, 100}};
  EXPECT_EQ(waiting[choose(waiting, now).value()].job, 3);
  waiting[2].has_leave = false;
  EXPECT_EQ(waiting[choose(waiting, now).value()].job, 4);
  for (Candidate& candidate : waiting) candidate.has_leave = false;
  EXPECT_FALSE(choose(waiting, now).has_value());
}

TEST(Order, WaitingAnHourIsWorthATier) {
  const Timestamp now{100 * kAgeingUs};
  const auto waited = [&](int64_t us) { return Timestamp{now.microseconds - us}; };
  const std::vector<Candidate> one_hour{{1, 3, waited(kAgeingUs), 900}, {2, 2, now, 100}};
  EXPECT_EQ(one_hour[choose(one_hour, now).value()].job, 2) << "of the same tier now, the smaller share";
  const std::vector<Candidate> two_hours{{1, 3, waited(2 * kAgeingUs), 0}, {2, 2, now, 100}};
  EXPECT_EQ(two_hours[choose(two_hours, now).value()].job, 1);
}

TEST(Order, OnlyABetterTierThanItWasChosenAtMakesAJobPark) {
  EXPECT_TRUE(makes_room(3, {.tier = 1}));
  EXPECT_FALSE(makes_room(2, {.tier = 2}));
  EXPECT_FALSE(makes_room(1, {.tier = 1})) << "one that aged to tier 1 keeps its slot";
  EXPECT_FALSE(makes_room(3, {.tier = 1, .has_leave = false}));
}

// A reference simulation: one slot, use cases that always want more, jobs of random cost, a quota each.
struct Machine {
  std::vector<QuotaView> quotas;
  std::map<int64_t, std::string> use_case_of;
  std::vector<Candidate> waiting;
  Timestamp now{};
  int64_t jobs = 0;

  void submit(const std::string& use_case, int64_t tier) {
    use_case_of[++jobs] = use_case;
    waiting.push_back({jobs, tier, now, 0});
  }
  QuotaView& quota(const std::string& use_case) {
    return *std::ranges::find_if(quotas, [&](const QuotaView& q) { return q.use_case == use_case; });
  }
  // Runs the next for `seconds`; answers which, and how long it had waited.
  std::pair<int64_t, int64_t> run_next(int64_t seconds) {
    for (Candidate& candidate : waiting) {
      candidate.dominant_share_ppm = dominant_share_ppm(quotas, use_case_of[candidate.job]);
    }
    const size_t place = choose(waiting, now).value();
    const Candidate chosen = waiting[place];
    waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(place));
    const int64_t waited_us = now.microseconds - chosen.waits_since.microseconds;
    now.microseconds += seconds * kSecondUs;
    QuotaView& used = quota(use_case_of[chosen.job]);
    used.used_cpu_ns += seconds * kSecondNs;
    used.used_cpu_ppm = used.used_cpu_ns / used.cpu_seconds_day / 1000;
    return {chosen.job, waited_us};
  }
};

QuotaView quota_for(const std::string& use_case, int64_t seconds) {
  QuotaView quota;
  quota.use_case = use_case;
  quota.cpu_seconds_day = seconds;
  return quota;
}

// At every moment no use case is further from its due than the largest job.
TEST(OrderSimulation, UseCasesThatAllWantMoreGetCpuInProportionToTheirQuotas) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Machine machine;
    const std::vector<std::pair<std::string, int64_t>> weights{{"a", 10'000}, {"b", 20'000}, {"c", 40'000}};
    for (const auto& [name, seconds] : weights) machine.quotas.push_back(quota_for(name, seconds));
    RandomStream random(Random(seed), 1, 1);
    constexpr int64_t kLongest = 60;
    for (const auto& [name, seconds] : weights) machine.submit(name, 3), machine.submit(name, 3);
    while (machine.now.microseconds < 3 * 3600 * kSecondUs) {
      const auto [job, waited_us] = machine.run_next(1 + static_cast<int64_t>(random.below(kLongest)));
      machine.submit(machine.use_case_of[job], 3);
      double least = 1e9, most = 0;
      for (const QuotaView& quota : machine.quotas) {
        const double part = static_cast<double>(quota.used_cpu_ns) / 1e9 / static_cast<double>(quota.cpu_seconds_day);
        least = std::min(least, part), most = std::max(most, part);
      }
      ASSERT_LE((most - least) * 10'000, 2.0 * kLongest) << "seed " << seed;
    }
  }
}

// Jobs of tier 1 keep coming, more than the slot can do; one of tier 3 still waits no longer than its ageing and the
// job that runs when it has aged.
TEST(OrderSimulation, NoJobStarvesUnderABacklogOfABetterTier) {
  constexpr int64_t kLongest = 600;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Machine machine;
    for (const char* name : {"a", "b", "c"}) machine.quotas.push_back(quota_for(name, 30'000));
    RandomStream random(Random(seed), 2, 1);
    int64_t served = 0;
    while (machine.now.microseconds < 20 * 3600 * kSecondUs) {
      machine.submit("a", 1), machine.submit("b", 1);
      if (random.below(10) == 0) machine.submit("c", 3);
      const auto [job, waited_us] = machine.run_next(1 + static_cast<int64_t>(random.below(kLongest)));
      if (machine.use_case_of[job] != "c") continue;
      ++served;
      // Those of its own use case that aged in the same hour go before it.
      ASSERT_LE(waited_us, 2 * kAgeingUs + 4 * kLongest * kSecondUs) << "seed " << seed;
    }
    EXPECT_GT(served, 5) << "seed " << seed;
    EXPECT_GT(machine.waiting.size(), 100u) << "the backlog of the others only grew";
  }
}

// One that had its whole quota early waits while the others catch up, at most until the next day begins.
TEST(OrderSimulation, NoUseCaseStarvesForHavingHadMuch) {
  Machine machine;
  for (const char* name : {"early", "late"}) machine.quotas.push_back(quota_for(name, 200'000));
  machine.quota("early").used_cpu_ns = 150'000 * kSecondNs;
  machine.quota("early").used_cpu_ppm = 750'000;
  machine.submit("early", 1);
  bool served = false;
  for (int64_t day = 0; !served; machine.now.microseconds += 1) {
    machine.submit("late", 1);
    if (machine.now.microseconds / (86'400 * kSecondUs) > day) {
      day = machine.now.microseconds / (86'400 * kSecondUs);
      for (QuotaView& quota : machine.quotas) quota.used_cpu_ns = quota.used_cpu_ppm = 0;
    }
    const auto [job, waited_us] = machine.run_next(300);
    served = machine.use_case_of[job] == "early";
  }
  EXPECT_LE(machine.now.microseconds, (86'400 + 600) * kSecondUs);
}

}  // namespace
}  // namespace puhui::compute
