#include "infrastructure/federation/conversion/conversion_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/models/predictor.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

TEST(ConversionStage, GivesThePlatformAModelAndBothTheSameReportAndSaysWhatItTold) {
  ConversionHouses houses({.clicks = 800, .columns = 2}, true);
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  const StageResult &advertiser = results->at(0), &platform = results->at(1);
  EXPECT_EQ(print_json(*advertiser.measures.find("cohorts")), print_json(*platform.measures.find("cohorts")));
  EXPECT_GT(measure_of(platform, "auc"), 0.6);
  EXPECT_LT(measure_of(platform, "calibration_error"), 0.12);

  double converted = 0, value = 0;
  for (size_t i = 0; i < houses.world.converted.size(); ++i) converted += houses.world.converted[i];
  EXPECT_NEAR(measure_of(advertiser, "matched"), converted, 4);
  for (const Json& cohort : *platform.measures.find("cohorts")->list()) value += *cohort.find("value")->as_double();
  const double held_out = measure_of(platform, "held_out_converted");
  EXPECT_NEAR(held_out / converted, 0.25, 0.08);
  EXPECT_NEAR(value / held_out, 25.5, 7) << "a purchase is 20 e^(.7²/2) on average";

  const auto predictor = models::Predictor::parse(platform.model_part);
  ASSERT_TRUE(predictor) << predictor.error().text();
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
