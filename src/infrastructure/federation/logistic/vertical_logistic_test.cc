#include "infrastructure/federation/logistic/vertical_logistic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/logistic/in_the_clear.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/model_part.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

struct TwoHouses {
  MemoryFiles files;
  QuietProgress progress;
  std::vector<LeakageBook> leakage;

  Result<std::vector<StageResult>> together(const LogisticPair& pair,
                                            std::optional<uint64_t> break_after = std::nullopt) {
    return run_together({pair.job, {&pair.guest, &pair.host}, files, "work", break_after}, make_vertical_logistic,
                        leakage, progress);
  }
};

LogisticPair small_pair(const std::string& sigmoid = "cubic") {
  LogisticPair pair = simulated_pair({.rows = 90});
  pair.job.logistic.sigmoid = sigmoid;
  pair.job.logistic.epochs = 3;
  pair.job.logistic.batch_rows = 30;
  return pair;
}

void expect_equal_to_the_clear(const LogisticPair& pair, std::optional<uint64_t> break_after = std::nullopt) {
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  ASSERT_TRUE(clear) << clear.error().text();
  const auto results = TwoHouses().together(pair, break_after);
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ((*results)[0].model_part, clear->guest);
  EXPECT_EQ((*results)[1].model_part, clear->host);
  EXPECT_EQ(print_json(*(*results)[0].measures.find("auc")), print_json(*clear->measures.find("auc")));
}

TEST(VerticalLogistic, LearnsTheSameBytesAsInTheClear) {
  expect_equal_to_the_clear(small_pair("cubic"));
  expect_equal_to_the_clear(small_pair("linear"));
}

TEST(VerticalLogistic, LearnsTheSameBytesUnderPaillier) {
  LogisticPair pair = small_pair();
  pair.job.logistic.epochs = 1;
  pair.job.cipher.scheme = "paillier";
  expect_equal_to_the_clear(pair);
}

TEST(VerticalLogistic, ABreakAfterAnyStepChangesNoByte) {
  LogisticPair pair = small_pair();  // 9 batches: two steps and the evaluation
  for (const uint64_t step : {0, 1, 2, 3}) expect_equal_to_the_clear(pair, step);
}

TEST(VerticalLogistic, TellsOfObfuscatorsMadeBeforeTheFirstBatch) {
  class Told final : public Progress {
   public:
    void step(std::string_view what, uint64_t done, uint64_t total) override {
      if (said.empty() || said.back() != what) said.emplace_back(what);
      if (what == "obfuscators") made = done, of = total;
    }
    std::vector<std::string> said;
    uint64_t made = 0, of = 0;
  };
  const LogisticPair pair = small_pair();
  MemoryFiles files;
  Told progress;
  std::vector<LeakageBook> leakage;
  ASSERT_TRUE(run_together({pair.job, {&pair.guest, &pair.host}, files, "work", std::nullopt}, make_vertical_logistic,
                           leakage, progress));
  EXPECT_EQ(progress.said, (std::vector<std::string>{"obfuscators", "vertical_logistic"}));
  EXPECT_EQ(progress.made, 90u) << "of one epoch";
  EXPECT_EQ(progress.of, 90u);
}

TEST(VerticalLogistic, MissingCellsAndConstantColumnsCountNothing) {
  LogisticPair pair = small_pair();
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  for (size_t i = 0; i < 90; i += 7) pair.guest.values[0][i] = kMissing;
  pair.guest.values[1].assign(90, 3.7F);
  pair.host.values[0].assign(90, kMissing);
  expect_equal_to_the_clear(pair);
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  ASSERT_TRUE(clear);
  EXPECT_EQ(read_logistic_part(clear->guest)->columns[1].weight, 0);
  EXPECT_EQ(read_logistic_part(clear->host)->columns[0].weight, 0);
}

TEST(VerticalLogistic, AHugeCellMovesNothingOutOfItsBounds) {
  LogisticPair pair = small_pair();
  pair.host.values[0][5] = 3e38F;
  pair.guest.values[0][6] = -3e38F;
  expect_equal_to_the_clear(pair);
}

TEST(VerticalLogistic, AGuestWithoutColumnsLearnsItsIntercept) {
  LogisticPair pair = small_pair();
  pair.job.parties[0].columns.clear();
  pair.guest.columns.clear();
  pair.guest.values.clear();
  expect_equal_to_the_clear(pair);
}

TEST(VerticalLogistic, TellsHowMuchItTold) {
  TwoHouses run;
  const LogisticPair pair = small_pair();
  ASSERT_TRUE(run.together(pair));
  ASSERT_EQ(run.leakage.size(), 2u);
  const auto amount = [&](size_t teller, std::string_view code) {
    int64_t sum = 0;
    for (const Leak& leak : run.leakage[teller].sums()) sum += leak.code == code ? leak.amount : 0;
    return sum;
  };
  EXPECT_EQ(amount(0, "gradient_sums"), 9 * 2);  // the guest opened the host's: two columns, nine batches
  EXPECT_EQ(amount(1, "gradient_sums"), 9 * 4);  // three columns and the intercept
  EXPECT_EQ(amount(1, "partial_scores"), 90);
  EXPECT_EQ(amount(0, "partial_scores"), 0);
}

TEST(VerticalLogistic, RefusesAJobThatIsNotItsOwnWithEveryFault) {
  LogisticPair pair = small_pair();
  pair.job.logistic.sigmoid = "quintic";
  pair.job.logistic.epochs = 0;
  pair.job.logistic.learning_rate = -1;
  pair.guest.labels[3] = 2;
  const auto results = TwoHouses().together(pair);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().text(), HasSubstr("came 'quintic'"));
  EXPECT_THAT(results.error().text(), HasSubstr("logistic/epochs"));
  EXPECT_THAT(results.error().text(), HasSubstr("logistic/learning_rate"));
}

TEST(VerticalLogistic, RefusesLabelsOfOneClass) {
  LogisticPair pair = small_pair();
  pair.guest.labels.assign(90, 1);
  const auto results = TwoHouses().together(pair);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().text(), HasSubstr("both classes"));
}

TEST(VerticalLogistic, RefusesAPeerWithOtherRows) {
  LogisticPair pair = small_pair();
  pair.host.ids.pop_back();
  for (auto& values : pair.host.values) values.pop_back();
  const auto results = TwoHouses().together(pair);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().text(), HasSubstr("common rows"));
}

}  // namespace
}  // namespace puhui::federation
