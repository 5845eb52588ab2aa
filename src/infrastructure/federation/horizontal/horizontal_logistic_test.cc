// Horizontal logistic regression: to the byte what the clients' rows give in one place, whoever breaks off or goes away.
#include "infrastructure/federation/horizontal/horizontal_logistic.h"

#include <gtest/gtest.h>

#include "infrastructure/federation/horizontal/horizontal_for_test.h"

namespace puhui::federation {
namespace {

HorizontalCase small_case(size_t clients, int64_t batch_rows = 4096) {
  HorizontalCase out = simulated_case(JobKind::horizontal_logistic, clients);
  out.job.logistic.epochs = 2, out.job.logistic.batch_rows = batch_rows;
  return out;
}

TEST(HorizontalLogistic, EqualsTheSumsInTheClearToTheByteAtEveryClient) {
  const HorizontalCase of = small_case(4, 60);
  const auto clear = in_the_clear(of, make_horizontal_logistic);
  ASSERT_TRUE(clear) << clear.error().text();
  const auto results = together(of, make_horizontal_logistic_stage);
  ASSERT_TRUE(results) << results.error().text();
  for (const StageResult& result : *results) {
    EXPECT_EQ(result.model_part, (*clear)[0].model_part);
    EXPECT_EQ(print_json(result.measures), print_json((*clear)[0].measures));
  }
}

TEST(HorizontalLogistic, OfWholeBatchesEqualsOneHouseWithAllRows) {
  const HorizontalCase of = small_case(3);
  const auto apart = in_the_clear(of, make_horizontal_logistic);
  const auto pooled = in_the_clear(of.pooled(), make_horizontal_logistic);
  ASSERT_TRUE(apart && pooled);
  EXPECT_EQ((*apart)[2].model_part, (*pooled)[0].model_part);
}

TEST(HorizontalLogistic, ABreakAfterAnyStepChangesNothing) {
  const HorizontalCase of = small_case(3);
  const auto whole = together(of, make_horizontal_logistic_stage);
  ASSERT_TRUE(whole) << whole.error().text();
  for (const uint64_t step : {0, 1, 2, 3, 4, 6}) {
    const auto broken = together(of, make_horizontal_logistic_stage, step);
    ASSERT_TRUE(broken) << step << broken.error().text();
    EXPECT_EQ((*broken)[1].model_part, (*whole)[1].model_part) << step;
  }
}

TEST(HorizontalLogistic, GoesOnWithoutAClientThatGoesAwayInAnyPhaseOfARound) {
  const HorizontalCase of = small_case(5);
  for (size_t phase = 0; phase < 5; ++phase) {
    const auto results = together_with_loss(of, make_horizontal_logistic_stage, 3, 3 * 5 + phase);
    for (const size_t party : {0, 1, 2, 4}) {
      ASSERT_TRUE(results[party]) << phase << results[party].error().text();
      EXPECT_EQ(results[party]->model_part, results[0]->model_part) << phase;
    }
    EXPECT_FALSE(results[3]);
  }
}

TEST(HorizontalLogistic, EndsWhereTooFewClientsAreLeft) {
  const auto results = together_with_loss(small_case(3), make_horizontal_logistic_stage, 2, 7);
  ASSERT_FALSE(results[0]);
  EXPECT_EQ(results[0].error().code, ErrorCode::unavailable);
}

TEST(HorizontalLogistic, RefusesTwoClients) {
  const auto results = together(small_case(2), make_horizontal_logistic_stage);
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().text().find("three clients"), std::string::npos) << results.error().text();
}

TEST(HorizontalLogistic, RefusesLabelsOfOneKindAndStatesThatAreNone) {
  HorizontalCase of = small_case(3);
  for (PartyData& data : of.data) data.labels.assign(data.row_count(), 1);
  EXPECT_FALSE(in_the_clear(of, make_horizontal_logistic));
  auto learner = make_horizontal_logistic(of.job, of.data[0], 0);
  ASSERT_TRUE(learner);
  ByteWriter state;
  (*learner)->write(state);
  const std::string bytes = state.take();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    (*learner)->read(in);
    EXPECT_FALSE(in.finish("a state")) << size;
  }
}

TEST(HorizontalLogistic, LeavesAModelThatThePredictorReadsWithMissingValuesAsTheMean) {
  HorizontalCase of = small_case(3);
  of.job.logistic.epochs = 30;
  const auto result = in_the_clear(of, make_horizontal_logistic);
  ASSERT_TRUE(result);
  const double auc = auc_by_predictor((*result)[0].model_part, of.pooled().data[0]);
  EXPECT_GT(auc, 0.8);
  EXPECT_NEAR(auc, *(*result)[0].measures.find("auc")->as_double(), 0.005);
}

TEST(HorizontalLogistic, OfThreeClinicsIsNearOneHouseOnRealData) {
  std::vector<std::string> columns;
  for (int i = 0; i < 30; ++i) columns.push_back("x" + std::to_string(i));
  HorizontalCase of{horizontal_job(JobKind::horizontal_logistic, 3, columns), {}};
  const auto rows = real_rows("breast_homo_guest.csv", of.job), test = real_rows("breast_homo_test.csv", of.job);
  if (!rows || !test) GTEST_SKIP() << "no data";
  for (size_t i = 0; i < 3; ++i) of.data.push_back(every_third(*rows, i));
  const auto results = together(of, make_horizontal_logistic_stage);
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_GT(auc_by_predictor((*results)[0].model_part, *test), 0.98);
}

}  // namespace
}  // namespace puhui::federation
