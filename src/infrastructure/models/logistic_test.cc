#include "infrastructure/models/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"

namespace puhui::models {
namespace {

struct Drawn {
  std::vector<double> rows;
  std::vector<uint8_t> bad;
};

Drawn draw(size_t count, std::vector<double> coefficients, double intercept) {
  Drawn out;
  for (size_t row = 0; row < count; ++row) {
    RandomStream random(Random(3), 6, row);
    double margin = intercept;
    for (const double c : coefficients) out.rows.push_back(random.normal()), margin += c * out.rows.back();
    out.bad.push_back(random.chance(1 / (1 + std::exp(-margin))) ? 1 : 0);
  }
  return out;
}

TEST(Logistic, TheGradientVanishesAtTheFitAndTheTruthIsNear) {
  const auto d = draw(20'000, {0.8, -0.5, 0}, -1.2);
  const auto fit = *fit_logistic({d.rows, d.bad, 3}, {.l2 = 5});
  for (size_t j = 0; j < 3; ++j) {
    double gradient = -5 * fit.coefficients[j];
    for (size_t row = 0; row < d.bad.size(); ++row) {
      double margin = fit.intercept;
      for (size_t k = 0; k < 3; ++k) margin += fit.coefficients[k] * d.rows[row * 3 + k];
      gradient += (d.bad[row] - 1 / (1 + std::exp(-margin))) * d.rows[row * 3 + j];
    }
    EXPECT_NEAR(gradient, 0, 1e-7);
    EXPECT_NEAR(fit.coefficients[j], std::vector<double>({0.8, -0.5, 0})[j], 5 * fit.standard_errors[j]);
    EXPECT_NEAR(fit.standard_errors[j], 0.02, 0.005);
  }
}

TEST(Logistic, AFeatureThatSaysNothingNewGetsNothing) {
  auto d = draw(500, {1}, 0);
  std::vector<double> rows;
  for (const double x : d.rows) rows.insert(rows.end(), {x, 0.0, 2 * x, 7.0});
  const auto fit = fit_logistic({rows, d.bad, 4});
  ASSERT_TRUE(fit.has_value()) << fit.error().text();
  EXPECT_EQ(fit->coefficients[1], 0);
  EXPECT_EQ(fit->coefficients[2], 0);
  EXPECT_EQ(fit->coefficients[3], 0);
  EXPECT_NEAR(fit->coefficients[0], fit_logistic({d.rows, d.bad, 1})->coefficients[0], 1e-9);
}

TEST(Logistic, ClassesThatAFeaturePartsNeedAPenalty) {
  const std::vector<double> rows = {-2, -1, 1, 2};
  const std::vector<uint8_t> bad = {0, 0, 1, 1}, one_class = {1, 1, 1, 1};
  EXPECT_EQ(fit_logistic({rows, bad, 1}).error().code, ErrorCode::exhausted);
  EXPECT_TRUE(fit_logistic({rows, bad, 1}, {.l2 = 1}).has_value());
  EXPECT_EQ(fit_logistic({rows, one_class, 1}).error().code, ErrorCode::invalid);
  EXPECT_EQ(fit_logistic({std::vector<double>{0, 1, 2, NAN}, bad, 1}).error().code, ErrorCode::invalid);
}

TEST(Logistic, ARefitStopsShortOfTheOptimumButNearIt) {
  const auto d = draw(5000, {0.8, -0.5, 0.3}, -1);
  const auto exact = *fit_logistic({d.rows, d.bad, 3}), refit = *refit_logistic({d.rows, d.bad, 3});
  EXPECT_GE(exact.log_likelihood, refit.log_likelihood);
  for (size_t j = 0; j < 3; ++j) EXPECT_NEAR(exact.coefficients[j], refit.coefficients[j], 1e-3);
}

TEST(Sigmoid, IsAccurateEverywhereAndNeverLeavesZeroToOne) {
  for (double x = -60; x <= 60; x += 0.0137) {
    const double exact = static_cast<double>(1 / (1 + std::exp(-static_cast<long double>(x))));
    EXPECT_NEAR(sigmoid(x) / exact, 1, 1e-15) << x;
  }
  EXPECT_EQ(sigmoid(-1e308), 0);
  EXPECT_EQ(sigmoid(1e308), 1);
  EXPECT_EQ(sigmoid(0), 0.5);
  EXPECT_TRUE(std::isnan(sigmoid(double{NAN})));
}

}  // namespace
}  // namespace puhui::models
