#include "governance/promotion/exploration.h"

#include <gtest/gtest.h>

#include "governance/promotion/office_for_test.h"

namespace puhui::promotion {
namespace {

std::vector<ExploredEnd> explored(uint64_t seed, int rows, double bad_rate) {
  std::vector<ExploredEnd> out;
  RandomStream random(Random(seed), 6, seed);
  while (static_cast<int>(out.size()) < rows) {
    const bool risky = random.chance(0.5);  // the rate was raised for half of the days, and worse people came on them
    const double propensity = risky ? 0.05 : 0.02;
    if (!random.chance(propensity / 0.05)) continue;
    out.push_back({propensity, bad_rate, random.chance(bad_rate + (risky ? 0.05 : -0.05))});
  }
  return out;
}

TEST(Exploration, TheWeightedRateIsThatOfAllRefusedWhateverThePropensitiesWere) {
  constexpr int kRuns = 300;
  int covered = 0;
  double sum = 0;
  for (uint64_t seed = 1; seed <= kRuns; ++seed) {
    ExplorationAnswer answer;
    estimate(explored(seed, 400, 0.3), answer);
    covered += *answer.bad_rate_low <= 0.3 && 0.3 <= *answer.bad_rate_high;
    sum += *answer.bad_rate;
  }
  EXPECT_NEAR(sum / kRuns, 0.3, 0.005);
  EXPECT_GE(covered, kRuns * 91 / 100);
  EXPECT_LE(covered, kRuns * 99 / 100);
}

TEST(Exploration, ItSaysWorseBetterAsTheModelOrNotEnough) {
  const auto verdict = [](int rows, double real, double model) {
    auto ends = explored(3, rows, real);
    for (ExploredEnd& end : ends) end.model = model;
    ExplorationAnswer answer;
    estimate(ends, answer);
    return answer.verdict;
  };
  EXPECT_EQ(verdict(800, 0.4, 0.2), "worse than the model said");
  EXPECT_EQ(verdict(800, 0.2, 0.4), "better than the model said");
  EXPECT_EQ(verdict(800, 0.3, 0.3), "as the model said");
  EXPECT_EQ(verdict(10, 0.9, 0.1), "insufficient evidence");
  EXPECT_EQ(verdict(800, 0.3, -1), "insufficient evidence");
  ExplorationAnswer none;
  estimate({}, none);
  EXPECT_FALSE(none.bad_rate);
}

class ExplorationTest : public OfficeTest {
 protected:
  static kernel::TestProposal exploring(const std::string& rate, const std::string& daily_max) {
    auto out = proposal("0.10");
    out.facts = R"({"facts": [
        {"name": "income", "type": "number", "required": true, "personal": true},
        {"name": "late", "type": "number"},
        {"name": "phone", "type": "text", "personal": true},
        {"name": "age", "type": "number", "personal": true, "sealed": true},
        {"name": "exploration_draw", "type": "number"}]})";
    auto inputs = kernel::kTestInputs;
    inputs.emplace_back("exploration_draw", "number");
    inputs.emplace_back("exploration_rate", "number");
    inputs.emplace_back("exploration_daily_max", "number");
    out.policy = kernel::policy_of(
        inputs, {{"Score", "pd(income, late)", {"income", "late"}, true},
                 {"Probability", "decimal(Score.probability, 9)", {"Score"}},
                 {"Propensity",
                  "if Probability > cap and exploration_daily_max > 0 and exploration_draw < exploration_rate "
                  "then exploration_rate else null",
                  {"Probability", "cap", "exploration_draw", "exploration_rate", "exploration_daily_max"}},
                 {"Outcome",
                  R"(if Probability > cap and Propensity = null then "refuse" else "approve")",
                  {"Probability", "cap", "Propensity"}},
                 {"Reasons", R"(if Outcome = "refuse" then ["risk"] else [])", {"Outcome"}}});
    out.more_thresholds = {{"exploration_daily_max", daily_max}, {"exploration_rate", rate}};
    return out;
  }
  void apply(int count) {
    kernel::Workspace workspace;
    for (int i = 0; i < count; ++i, ++applicants_) {
      RandomStream random(Random(12), 4, applicants_);
      auto facts = facts_of(static_cast<int64_t>(1000 + random.below(9000)), static_cast<int64_t>(random.below(6)));
      facts.emplace_back();
      kernel::Request asked{*kernel_->in_force(kLowTier), {applicants_, 7}, std::move(facts), "test", clock_.now(),
                            evidence::HumanRole::none};
      auto draft = kernel_->judge(std::move(asked), workspace);
      CHECK(draft.has_value(), draft ? "" : draft.error().text().c_str());
      const auto written = store_->write([&](Transaction& tx) -> Result<void> {
        const auto decision = kernel_->record(tx, *draft);
        if (!decision.approves()) return {};
        const bool bad = random.chance(0.4);
        return evidence::put_outcome(
            tx, {decision.id(), std::string(evidence::kDefaultOutcome), int64_t{bad}, clock_.now()});
      });
      CHECK(written.has_value(), "it is written");
    }
    CHECK(follower_->catch_up(silent_).has_value(), "the follower catches up");
  }
  ExplorationAnswer told(const ExplorationRequest& request = {std::string(kLowTier), {}, {}}) {
    const auto answer = exploration({*store_, *kernel_, clock_}, request);
    CHECK(answer.has_value(), answer ? "" : answer.error().text().c_str());
    return *answer;
  }
};

TEST_P(ExplorationTest, RefusalsLetPassAtRandomAreToldWithTheirCapAndTheirEnds) {
  grant(exploring("0.5", "30"));
  apply(120);
  ExplorationAnswer answer = told();
  EXPECT_EQ(answer.rate, 0.5);
  EXPECT_EQ(answer.daily_max, 30);
  EXPECT_EQ(answer.explored, 30);  // the day's cap
  EXPECT_EQ(answer.explored_today, 30);
  EXPECT_EQ(answer.matured, 30);
  EXPECT_GT(answer.bad, 4);
  EXPECT_GT(*answer.model_rate, 0.1);
  clock_.advance_us(int64_t{86'400} * 1'000'000);
  apply(10);
  answer = told();
  EXPECT_EQ(answer.explored, 30 + answer.explored_today);
  EXPECT_LT(answer.explored_today, 10);
  const Date today = date_of(clock_.now());
  EXPECT_EQ(told({std::string(kLowTier), today, today}).explored, answer.explored_today);
  const ExplorationRequest backwards{std::string(kLowTier), today, Date{today.days - 1}};
  EXPECT_EQ(exploration({*store_, *kernel_, clock_}, backwards).error().code, ErrorCode::invalid);
}

TEST_P(ExplorationTest, WithoutARateNobodyIsLetPass) {
  grant(exploring("0", "30"));
  apply(60);
  const ExplorationAnswer answer = told();
  EXPECT_EQ(answer.explored, 0);
  EXPECT_FALSE(answer.bad_rate);
  EXPECT_EQ(answer.verdict, "insufficient evidence");
}

INSTANTIATE_TEST_SUITE_P(Engines, ExplorationTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::promotion
