// Bank days by the seed. PUHUI_SIMULATION_SECONDS=600 runs longer, with new seeds; PUHUI_SIMULATION_SEED=7 one of them.
#include <gtest/gtest.h>

#include "tests/simulation/bank_day.h"

namespace puhui::simulation {
namespace {

class SimulationTest : public ::testing::TestWithParam<std::string> {};

void live_a_day(const std::string& engine, uint64_t seed) {
  constexpr int kSteps = 60;
  SCOPED_TRACE("PUHUI_SIMULATION_SEED=" + std::to_string(seed));
  BankDay day(engine, seed);
  for (int i = 0; i < kSteps && !::testing::Test::HasFailure(); ++i) day.step();
  EXPECT_GT(day.acknowledged(), 5u) << "a day on which something happens";
}

TEST_P(SimulationTest, bank_days_with_faults_keep_every_promise) {
  if (const char* seed = std::getenv("PUHUI_SIMULATION_SEED"))
    return live_a_day(GetParam(), std::strtoull(seed, nullptr, 10));
  const char* seconds = std::getenv("PUHUI_SIMULATION_SECONDS");
  const int64_t until_ns = monotonic_ns() + (seconds ? std::strtoll(seconds, nullptr, 10) : 0) * 1'000'000'000;
  const uint64_t seeds = GetParam() == "sqlite" ? 10 : 3;  // a server's commits take longer
  for (uint64_t seed = 1; seed <= seeds || monotonic_ns() < until_ns; ++seed) {
    live_a_day(GetParam(), seed);
    if (HasFailure()) return;
  }
}

// The process dies before each store step that an application, a payment and a day-end take, one after the other.
TEST_P(SimulationTest, dying_before_any_step_loses_and_doubles_nothing) {
  BankDay day(GetParam(), 42);
  for (int i = 0; i < 6; ++i) day.apply_once();
  ASSERT_GT(day.loans(), 0u);
  const std::pair<const char*, void (BankDay::*)()> works[] = {{"an application", &BankDay::apply_once},
                                                               {"a payment", &BankDay::pay_once},
                                                               {"a day-end", &BankDay::day_end_once}};
  for (const auto& [name, work] : works) {
    const uint64_t before = day.faults().steps();
    (day.*work)();
    const uint64_t steps = day.faults().steps() - before;
    EXPECT_GT(steps, 3u) << name;
    for (uint64_t step = 0; step <= steps && !HasFailure(); ++step) {
      SCOPED_TRACE(std::string(name) + ", dead before its step " + std::to_string(step));
      day.die_during(work, step);
      day.check();
    }
  }
}

TEST_P(SimulationTest, a_killed_process_loses_and_doubles_nothing) {
  BankDay day(GetParam(), 99);
  RandomStream random(Random(99), 2, 1);
  for (int i = 0; i < 6 && !HasFailure(); ++i) {
    day.work_in_a_child_and_kill_it(30 + static_cast<int>(random.below(120)));
    day.check();
  }
  EXPECT_GT(day.acknowledged(), 5u);
}

INSTANTIATE_TEST_SUITE_P(Engines, SimulationTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::simulation
