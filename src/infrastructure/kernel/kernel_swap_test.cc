// A policy is swapped while others are judged by it: each judgement is wholly of one version, never of two.
#include <thread>

#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

constexpr int kSwaps = 30;
constexpr int kJudges = 3;

// Two proposals whose parts tell which they are of: a name in the policy's text, the same name through a second
// decision, the threshold beside it, and the outcome that follows from the threshold.
TestProposal proposal_named(const std::string& name, const std::string& cap) {
  TestProposal made;
  made.cap = cap;
  made.policy = policy_of(kTestInputs,
                          {{"Name", "\"" + name + "\"", {}},
                           {"Again", "Name + \" at \" + string(cap)", {"Name", "cap"}},
                           {"Score", "pd(income, late)", {"income", "late"}, true},
                           {"Probability", "decimal(Score.probability, 9)", {"Score"}},
                           {"Outcome", "if Probability > cap then \"refuse\" else \"approve\"", {"Probability", "cap"}},
                           {"Reasons", "if Outcome = \"refuse\" then [\"risk\"] else []", {"Outcome"}}});
  return made;
}

std::string text_output(const evidence::Judgement& judgement, std::string_view name) {
  const auto* value = judgement.output(name);
  return value == nullptr ? "nothing" : evidence::text_of(*value);
}

// What is torn in the judgement, or "".
std::string torn(const evidence::Judgement& judgement, const Version& version) {
  const std::string cap = version.permit().manifest.thresholds[0].value;
  const std::string name = cap == "0.1" ? "strict" : "lenient";
  if (judgement.permit != version.digest()) return "another permit";
  if (text_output(judgement, "Name") != name) return "the name " + text_output(judgement, "Name") + " at " + cap;
  if (text_output(judgement, "Again") != name + " at " + cap)
    return "the second name " + text_output(judgement, "Again");
  const auto probability = rate_of(judgement, "Probability");
  if (!probability) return probability.error().text();
  const bool refused = probability->ppb > (cap == "0.1" ? 100'000'000 : 600'000'000);
  return text_output(judgement, "Outcome") == (refused ? "refuse" : "approve") ? "" : "the outcome";
}

class KernelSwapTest : public KernelTest {};

TEST_P(KernelSwapTest, no_judgement_sees_half_a_policy) {
  const TestProposal strict = proposal_named("strict", "0.1");
  const TestProposal lenient = proposal_named("lenient", "0.6");
  grant(strict);
  std::atomic<bool> done = false;
  std::atomic<uint64_t> judged = 0;
  std::atomic<int> ended = 0;
  std::array<std::string, kJudges> wrong;
  std::array<uint64_t, kJudges> by_strict{}, by_lenient{};
  const auto judge = [&](size_t me) {
    Workspace workspace;
    for (uint64_t i = 0; !done.load(std::memory_order_relaxed) && wrong[me].empty(); ++i) {
      const auto version = kernel_->in_force(kTestUseCase);
      if (!version) {
        wrong[me] = "no permit is in force during a swap";
        break;
      }
      const auto draft = kernel_->judge(
          request(*version, 1000 + static_cast<int64_t>(i % 90) * 100, static_cast<int64_t>(i % 6)), workspace);
      wrong[me] = draft ? torn(draft->judgement(), **version) : draft.error().text();
      ++((*version)->permit().manifest.thresholds[0].value == "0.1" ? by_strict : by_lenient)[me];
      ++judged;
    }
    ++ended;
  };
  std::vector<std::thread> judges;
  for (size_t me = 0; me < kJudges; ++me) judges.emplace_back(judge, me);
  for (int swap = 0; swap < kSwaps; ++swap) {
    EXPECT_TRUE(try_grant(swap % 2 == 0 ? lenient : strict));
    // Each version is in force for a judgement at least.
    for (const uint64_t before = judged + kJudges + 1; judged < before && ended < kJudges;) std::this_thread::yield();
  }
  done = true;
  for (std::thread& one : judges) one.join();
  for (size_t me = 0; me < kJudges; ++me) EXPECT_EQ(wrong[me], "") << "judge " << me;
  EXPECT_GT(by_strict[0] + by_strict[1] + by_strict[2], 0u);
  EXPECT_GT(by_lenient[0] + by_lenient[1] + by_lenient[2], 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, KernelSwapTest, ::testing::Values("sqlite"));

}  // namespace
}  // namespace puhui::kernel
