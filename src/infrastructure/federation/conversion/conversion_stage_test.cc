#include "infrastructure/federation/conversion/conversion_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/predictor.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

double auc_of_predictions(const std::string& pmml, const SimulatedConversions& world) {
  const auto predictor = models::Predictor::parse(pmml);
  CHECK(predictor.has_value(), "the part is a model");
  std::vector<double> scores;
  models::Prediction came;
  for (size_t i = 0; i < world.keys.size(); ++i) {
    std::vector<models::PredictorValue> given;
    for (const auto& column : world.columns) given.emplace_back(double{column[i]});
    CHECK(predictor->predict(given, came).has_value(), "it answers");
    scores.push_back(std::get<models::ModelNumber>(came.values.at(0)).as_double());
  }
  return models::auc({.scores = scores, .bad = world.converted});
}

double auc_of_truth(const SimulatedConversions& world) {
  std::vector<double> scores(world.keys.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    for (size_t j = 0; j < world.columns.size(); ++j) scores[i] += world.weights[j] * double{world.columns[j][i]};
  }
  return models::auc({.scores = scores, .bad = world.converted});
}

TEST(ConversionStage, GivesThePlatformAModelAndBothTheSameReportAndSaysWhatItTold) {
  ConversionHouses houses({.clicks = 400, .columns = 2}, true);
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  const StageResult &advertiser = results->at(0), &platform = results->at(1);
  EXPECT_EQ(print_json(*advertiser.measures.find("cohorts")), print_json(*platform.measures.find("cohorts")));
  EXPECT_EQ(measure_of(advertiser, "auc"), measure_of(platform, "auc"));
  EXPECT_LT(measure_of(platform, "calibration_error"), 0.25);

  // Which clicks are held out, and the noise, are drawn by chance: bounds are wide.
  double converted = 0, value = 0;
  for (size_t i = 0; i < houses.world.converted.size(); ++i) converted += houses.world.converted[i];
  EXPECT_NEAR(measure_of(advertiser, "matched"), converted, 8);
  for (const Json& cohort : *platform.measures.find("cohorts")->list()) value += *cohort.find("value")->as_double();
  const double held_out = measure_of(platform, "held_out_converted");
  EXPECT_NEAR(held_out / converted, 0.25, 0.2);
  EXPECT_GT(value / held_out, 8) << "a purchase is 25.5 on average";
  EXPECT_LT(value / held_out, 75);
  EXPECT_GT(auc_of_predictions(platform.model_part, houses.world), auc_of_truth(houses.world) - 0.06);
  EXPECT_THAT(advertiser.model_part, HasSubstr("\"cohorts\""));

  // What was told is said: the whole of epsilon each way, and of how much.
  EXPECT_EQ(houses.told(0, "epsilon_micros"), 100'000'000);
  EXPECT_EQ(houses.told(1, "epsilon_micros"), 100'000'000);
  const int64_t cohorts = houses.told(1, "click_cohorts");
  EXPECT_EQ(cohorts, static_cast<int64_t>(platform.measures.find("cohorts")->list()->size()));
  EXPECT_EQ(houses.told(0, "conversion_sums"), 3 + 2 * cohorts);
  EXPECT_EQ(houses.told(1, "common_ids"), 0);
}

TEST(ConversionStage, RefusesFewerClicksThanTheCohortMinimum) {
  ConversionHouses houses({.clicks = 60, .columns = 1});
  houses.job.conversion.cohort_min = 100;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::conflict);
  EXPECT_THAT(results.error().text(), HasSubstr("at least 100 clicks"));
}

TEST(ConversionStage, RefusesAJobThatIsNotItsOwnWithEveryFault) {
  ConversionHouses houses({.clicks = 10, .columns = 1});
  houses.job.conversion.epsilon = 0;
  houses.job.conversion.cohort_min = 0;
  houses.job.parties[0].columns = {"value", "more"};
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().text(), HasSubstr("conversion/epsilon"));
  EXPECT_THAT(results.error().text(), HasSubstr("conversion/cohort_min"));
  EXPECT_THAT(results.error().text(), HasSubstr("parties/0/columns"));
}

}  // namespace
}  // namespace puhui::federation
