// What advertiser and platform compute by themselves: factors, noise, the fit, cohorts, PMML; no cipher runs here.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "ground/base/check.h"
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/federation/conversion/conversion_join.h"
#include "infrastructure/federation/conversion/conversion_model.h"
#include "infrastructure/federation/conversion/conversion_report.h"
#include "infrastructure/federation/conversion/conversion_wire.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/predictor.h"

namespace puhui::federation {
namespace {

NoiseSeed seed_of(uint8_t number) {
  NoiseSeed out{};
  out.fill(number);
  return out;
}

// The sums that the advertiser would open, without any noise.
std::vector<int64_t> exact_sums(const ConversionFeatures& features, const std::vector<uint8_t>& converted) {
  std::vector<int64_t> out(features.columns() + 1);
  for (size_t i = 0; i < features.rows(); ++i) {
    if (features.held_out(i) || converted[i] == 0) continue;
    const auto factors = features.factors(i);
    for (size_t j = 0; j < out.size(); ++j) out[j] += factors[j];
  }
  return out;
}

struct ConversionInTheClear {
  ConversionHouses houses;
  ConversionPlan plan;
  ConversionFeatures features;
  std::vector<int64_t> sums;
  explicit ConversionInTheClear(const SimulatedConversions::Shape& shape)
      : houses(shape),
        plan(*ConversionPlan::of(houses.job)),
        features(plan, houses.data[1], seed_of(1)),
        sums(exact_sums(features, houses.world.converted)) {}
};

TEST(ConversionCore, TheSumsAloneGiveTheWeightsOfARegressionOnTheLabels) {
  const ConversionInTheClear clear({.clicks = 6000, .columns = 4});
  const auto model = fit_conversion_model(clear.features, clear.sums, 0);
  ASSERT_TRUE(model) << model.error().text();
  std::vector<double> rows;
  std::vector<uint8_t> converted;
  for (size_t i = 0; i < clear.features.rows(); ++i) {
    if (clear.features.held_out(i)) continue;
    for (const int32_t value : clear.features.standardised_row(i)) rows.push_back(std::ldexp(value, -10));
    converted.push_back(clear.houses.world.converted[i]);
  }
  const auto fit = models::fit_logistic({.rows = rows, .bad = converted, .feature_count = 4});
  ASSERT_TRUE(fit);
  // Long rows count less here than there; both estimate the same weights.
  EXPECT_NEAR(model->weights[0], fit->intercept, 0.04);
  for (size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(model->weights[j + 1], fit->coefficients[j], 0.06) << j;
    EXPECT_NEAR(model->weights[j + 1], clear.houses.world.weights[j], 0.12) << j;
  }
}

TEST(ConversionCore, TheFitMeetsEverySum) {
  const ConversionInTheClear clear({.clicks = 800, .columns = 3});
  const auto model = fit_conversion_model(clear.features, clear.sums, 0);
  ASSERT_TRUE(model) << model.error().text();
  std::vector<double> expected(4);
  for (size_t i = 0; i < clear.features.rows(); ++i) {
    if (clear.features.held_out(i)) continue;
    const auto factors = clear.features.factors(i);
    const double p = model->probability(clear.features.standardised_row(i));
    for (size_t j = 0; j < 4; ++j) expected[j] += factors[j] * p;
  }
  // But for the little shrinking, in 2^-10.
  for (size_t j = 0; j < 4; ++j) EXPECT_NEAR(expected[j], static_cast<double>(clear.sums[j]), 2) << j;
}

double mean_error(ConversionInTheClear& clear, const ConversionModel& exact, double epsilon) {
  clear.houses.job.conversion.epsilon = epsilon;
  const auto plan = ConversionPlan::of(clear.houses.job);
  CHECK(plan.has_value(), "enough epsilon to draw noise");
  double out = 0;
  for (uint8_t run = 1; run <= 6; ++run) {
    std::vector<int64_t> noised = clear.sums;
    for (size_t j = 0; j < noised.size(); ++j) noised[j] += plan->training_noise(seed_of(run), j);
    const auto model = fit_conversion_model(clear.features, noised, 1e-3);
    CHECK(model.has_value(), "a penalty keeps the answer finite");
    for (size_t j = 0; j < exact.weights.size(); ++j) out += std::abs(model->weights[j] - exact.weights[j]);
  }
  return out / 6;
}

TEST(ConversionCore, TheErrorOfTheWeightsShrinksAsEpsilonGrows) {
  ConversionInTheClear clear({.clicks = 1500, .columns = 3});
  const auto exact = fit_conversion_model(clear.features, clear.sums, 1e-3);
  ASSERT_TRUE(exact);
  const double rough = mean_error(clear, *exact, 0.2), middle = mean_error(clear, *exact, 2),
               fine = mean_error(clear, *exact, 20);
  EXPECT_GT(rough, 3 * middle);
  EXPECT_GT(middle, 3 * fine);
  EXPECT_LT(fine, 0.05);
}

TEST(ConversionCore, NoClickAddsMoreThanItsBound) {
  ConversionHouses houses({.clicks = 200, .columns = 3});
  auto& values = houses.data[1].values;
  values[0][3] = 3e38F, values[1][3] = -3e38F, values[2][3] = 9e30F;
  values[1][4] = std::numeric_limits<float>::quiet_NaN();
  values[2].assign(200, 7.25F);
  const auto plan = *ConversionPlan::of(houses.job);
  const ConversionFeatures features(plan, houses.data[1], seed_of(2));
  size_t shortened = 0;
  for (size_t i = 0; i < features.rows(); ++i) {
    int64_t size = 0;
    for (const int32_t factor : features.factors(i)) size += std::abs(factor);
    EXPECT_LE(size, plan.row_bound()) << i;
    EXPECT_EQ(features.standardised_row(i)[2], 0) << "a constant column says nothing";
    shortened += features.weight(i) < 1;
  }
  EXPECT_GT(shortened, 0U);
  EXPECT_EQ(features.standardised_row(4)[1], 0) << "a missing cell counts as the mean";
  EXPECT_NEAR(static_cast<double>(features.held_out_rows()), 50, 25);
}

TEST(ConversionCore, ThePmmlAnswersAsTheModelDoes) {
  ConversionInTheClear clear({.clicks = 400, .columns = 2});
  const auto model = fit_conversion_model(clear.features, clear.sums, 1e-4);
  ASSERT_TRUE(model);
  const auto predictor = models::Predictor::parse(conversion_pmml(*model, clear.features, "bought & paid"));
  ASSERT_TRUE(predictor) << predictor.error().text();
  const auto& columns = clear.houses.data[1].values;
  const auto answer = [&](models::PredictorValue x0, models::PredictorValue x1) {
    const models::PredictorValue given[] = {x0, x1};
    models::Prediction came;
    CHECK(predictor->predict(given, came).has_value(), "the model answers");
    return std::get<models::ModelNumber>(came.values.at(0)).as_double();
  };
  for (size_t i = 0; i < 20; ++i) {
    const double probability = model->probability(clear.features.standardised_row(i));
    EXPECT_NEAR(answer(double{columns[0][i]}, double{columns[1][i]}), probability, 2e-3);
  }
  const auto& x0 = clear.features.described()[0];
  const double second = columns[1][0];
  EXPECT_NEAR(answer({}, second), answer(x0.mean, second), 1e-9);
  EXPECT_NEAR(answer(1e30, second), answer(x0.mean + 7.875 * x0.deviation, second), 1e-9);
}

TEST(ConversionCore, EveryCohortHasTheMinimumOrThereIsNone) {
  const ConversionInTheClear clear({.clicks = 1000, .columns = 2});
  const auto model = fit_conversion_model(clear.features, clear.sums, 1e-4);
  ASSERT_TRUE(model);
  for (const uint64_t least : {1, 20, 40, 100, 240, 1000}) {
    const auto cohorts = conversion_cohorts(clear.features, *model, least);
    for (const uint64_t rows : cohorts.rows) EXPECT_GE(rows, least);
    std::vector<uint64_t> counted(cohorts.rows.size());
    for (const uint8_t cohort : cohorts.of_row) {
      if (cohort != ConversionCohorts::kNone) ++counted.at(cohort);
    }
    EXPECT_EQ(counted, cohorts.rows);
    const uint64_t all = std::accumulate(counted.begin(), counted.end(), uint64_t{0});
    EXPECT_EQ(all, least <= 240 ? clear.features.held_out_rows() : 0) << least;
  }
}

TEST(ConversionCore, TheReportSaysWhatTheRowsSay) {
  ConversionInTheClear clear({.clicks = 6000, .columns = 4});
  const auto model = fit_conversion_model(clear.features, clear.sums, 0);
  ASSERT_TRUE(model);
  const auto cohorts = conversion_cohorts(clear.features, *model, 20);
  ConversionReport report;
  report.cohorts.resize(cohorts.rows.size());
  std::vector<double> scores;
  std::vector<uint8_t> converted;
  for (size_t i = 0; i < clear.features.rows(); ++i) {
    if (!clear.features.held_out(i)) continue;
    scores.push_back(model->probability(clear.features.standardised_row(i)));
    converted.push_back(clear.houses.world.converted[i]);
    ConversionCohort& cohort = report.cohorts.at(cohorts.of_row[i]);
    ++cohort.rows, cohort.converted += converted.back();
    cohort.predicted += static_cast<int64_t>(std::ldexp(scores.back(), kConversionValueBits));
  }
  const Json measures = report.measures(clear.plan);
  EXPECT_NEAR(*measures.find("auc")->as_double(), models::auc({.scores = scores, .bad = converted}), 0.015);
  EXPECT_LT(*measures.find("calibration_error")->as_double(), 0.04);
  EXPECT_GT(*measures.find("hosmer_lemeshow_p")->as_double(), 0.001);
  for (ConversionCohort& cohort : report.cohorts) cohort.predicted *= 2;
  EXPECT_LT(*report.measures(clear.plan).find("hosmer_lemeshow_p")->as_double(), 1e-6);
}

TEST(ConversionCore, ARefusedReportIsCorrupt) {
  const ConversionReport report{{{100, 7, 8 << 20, -3}, {90, -1, 1, 2}}};
  const std::string bytes = report.written();
  const auto back = ConversionReport::read(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->cohorts, report.cohorts);
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(ConversionReport::read(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(ConversionReport::read(bytes + "x"));
  ConversionReport many;
  many.cohorts.resize(kConversionBinsMax + 1);
  EXPECT_FALSE(ConversionReport::read(many.written()));
  EXPECT_FALSE(ConversionReport::read(ConversionReport{{{1, int64_t{1} << 61, 0, 0}}}.written()));
}

TEST(ConversionCore, OnlySumsThatThereCanBeAreUnmasked) {
  const Wide mask = Wide{77} << 100;
  const auto unmask = [&](Wide share) {
    return unmask_conversion_sums(write_conversion_shares(std::vector<Wide>{share}), std::vector<Wide>{mask});
  };
  EXPECT_EQ(unmask(mask + 5)->at(0), 5);
  EXPECT_EQ(unmask(mask - 5)->at(0), -5);
  EXPECT_FALSE(unmask(mask + (Wide{1} << 61)));
  EXPECT_FALSE(unmask(0));
  EXPECT_FALSE(unmask_conversion_sums("short", std::vector<Wide>{mask}));
}

TEST(ConversionCore, BandsKeepTheSumOfTheValues) {
  ConversionHouses houses({.clicks = 500, .columns = 1}, true);
  const auto plan = *ConversionPlan::of(houses.job);
  const ConversionBands bands(plan, houses.data[0]);
  std::vector<int64_t> rows(kConversionBands);
  int64_t exact = 0, by_band = 0, converted = 0;
  for (size_t i = 0; i < bands.of_row.size(); ++i) {
    EXPECT_EQ(bands.of_row[i] != ConversionBands::kNone, houses.world.labels[i] == 1);
    if (houses.world.labels[i] == 0) continue;
    exact += plan.fixed_value(double{houses.world.values[i]});
    by_band += bands.value[bands.of_row[i]];
    ++rows[bands.of_row[i]], ++converted;
  }
  EXPECT_NEAR(static_cast<double>(by_band), static_cast<double>(exact), static_cast<double>(converted));
  for (const int64_t of_band : rows) EXPECT_LE(of_band, (converted + 15) / 16);
}

TEST(ConversionCore, NoiseHasTheDeviationThatIsReported) {
  ConversionHouses houses({.clicks = 10, .columns = 1});
  houses.job.conversion.epsilon = 2;
  const auto plan = *ConversionPlan::of(houses.job);
  double squares = 0;
  constexpr int kDraws = 1500;
  for (int i = 0; i < kDraws; ++i) {
    const NoiseSeed seed = sha256("noise " + std::to_string(i)).bytes;
    const auto of_both =
        static_cast<double>(plan.label_noise(seed, 0, 0) + plan.click_noise(seed, 1, ConversionPlan::told_converted));
    squares += of_both * of_both;
  }
  EXPECT_NEAR(std::sqrt(squares / kDraws) / plan.converted_deviation(), 1, 0.15);
}

}  // namespace
}  // namespace puhui::federation
