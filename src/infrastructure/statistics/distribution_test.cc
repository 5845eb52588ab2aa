#include "infrastructure/statistics/distribution.h"

#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/statistics/multiple.h"

namespace puhui::statistics {
namespace {

// Wichura (1988), table of test values, and the classical limits.
TEST(Distribution, NormalQuantilesAreWichurasTestValues) {
  EXPECT_NEAR(normal_quantile(0.25), -0.67448975019608171, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.0902323061678132, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.2623400897984075, 1e-13);
  EXPECT_NEAR(normal_limit(1e-20), 9.2623400897984075, 1e-13);
  EXPECT_NEAR(z_of_confidence(0.95), 1.959963984540054, 1e-14);
  for (double p = 0.0005; p < 1; p += 0.0005) EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-14);
}

TEST(Distribution, ChiSquareLimitsAreThoseOfTheTables) {
  EXPECT_NEAR(chi_square_limit(1, 0.05), 3.841458820694124, 1e-9);
  EXPECT_NEAR(chi_square_limit(9, 0.05), 16.918977604620448, 1e-9);
  EXPECT_NEAR(chi_square_limit(10, 0.01), 23.209251158954356, 1e-9);
  EXPECT_NEAR(chi_square_tail(2, 100), std::exp(-50.0), 1e-30);  // two degrees are an exponential
}

// Haynam, Govindarajulu and Leone's tables give 7.849, 9.635 and 15.65 for a power of .8 at the .05 level.
TEST(Distribution, NoncentralitiesForAPowerAreThoseOfTheTables) {
  EXPECT_NEAR(noncentrality_seen(1, 0.05, 0.80), 7.849, 5e-4);
  EXPECT_NEAR(noncentrality_seen(2, 0.05, 0.80), 9.635, 5e-4);
  EXPECT_NEAR(noncentrality_seen(9, 0.05, 0.80), 15.65, 1e-2);
  // With one degree it is a two-sided normal test.
  const double z = z_of_confidence(0.95);
  EXPECT_NEAR(noncentral_chi_square_tail(1, 4, z * z), normal_tail(z - 2) + normal_tail(z + 2), 1e-12);
}

TEST(Distribution, KolmogorovsLimitsAreThoseOfTheTables) {
  EXPECT_NEAR(kolmogorov_tail(1.3581), 0.05, 1e-5);
  EXPECT_NEAR(kolmogorov_tail(1.6276), 0.01, 1e-5);
  EXPECT_DOUBLE_EQ(kolmogorov_tail(0), 1);
}

TEST(Multiple, HolmStepsDownAndNeverFallsAgain) {
  const std::vector<double> adjusted = holm(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
  ASSERT_EQ(adjusted.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15) << i;
  EXPECT_TRUE(holm(std::vector<double>{}).empty());
  EXPECT_DOUBLE_EQ(holm(std::vector<double>{0.7, 0.9})[0], 1.0);
}

}  // namespace
}  // namespace puhui::statistics
