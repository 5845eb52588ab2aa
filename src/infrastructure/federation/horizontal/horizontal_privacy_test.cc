// The account of what noise spends, against published values; the noise itself; and trainings that keep to their budget.
#include <gtest/gtest.h>

#include "infrastructure/federation/horizontal/horizontal_boosting.h"
#include "infrastructure/federation/horizontal/horizontal_for_test.h"
#include "infrastructure/federation/horizontal/horizontal_logistic.h"

namespace puhui::federation {
namespace {

// Epsilon by the older conversion (Mironov 2017, proposition 3), which the published values use.
double older_epsilon(const PrivacyAccount& account, double delta) {
  double least = HUGE_VAL;
  for (size_t i = 0; i < account.divergences().size(); ++i) {
    least = std::min(least, account.divergences()[i] - std::log(delta) / static_cast<double>(i + 1));
  }
  return least;
}

// TensorFlow Privacy's tutorial on MNIST: 60,000 rows, 256 a batch, delta 1e-5. It has fractional orders too: the last one differs by .02.
TEST(PrivacyAccount, GivesThePublishedValuesOfMnist) {
  struct Published {
    double multiplier, epochs, epsilon;
  };
  for (const Published& of : {Published{1.3, 15, 1.19}, Published{1.1, 60, 3.01}, Published{0.7, 45, 7.10}}) {
    PrivacyAccount account;
    account.spend(256.0 / 60'000, of.multiplier, static_cast<uint64_t>(std::ceil(of.epochs * 60'000 / 256)));
    EXPECT_NEAR(older_epsilon(account, 1e-5), of.epsilon, 0.03) << of.multiplier;
    EXPECT_LT(account.epsilon(1e-5), of.epsilon);
  }
}

TEST(PrivacyAccount, OfAllRowsIsThatOfTheGaussianMechanism) {
  for (const int order : {2, 17, 256}) {
    EXPECT_DOUBLE_EQ(sampled_gaussian_divergence(1, 3, order), order / 18.0);
    EXPECT_NEAR(sampled_gaussian_divergence(1 - 1e-12, 3, order), order / 18.0, 1e-6);
    EXPECT_EQ(sampled_gaussian_divergence(0, 3, order), 0);
  }
}

TEST(DiscreteGaussian, HasItsMeanAndVariance) {
  for (const uint64_t sigma : {1, 5, 70'000}) {
    SecretBits bits(NoiseSeed{7}, sigma);
    constexpr int kDraws = 4000;
    double sum = 0, squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = static_cast<double>(discrete_gaussian(bits, sigma)) / static_cast<double>(sigma);
      sum += x, squares += x * x;
    }
    EXPECT_NEAR(sum / kDraws, 0, 0.08) << sigma;
    EXPECT_NEAR(squares / kDraws, 1, 0.12) << sigma;
  }
}

TEST(HorizontalPrivacy, PlansTheLeastNoiseThatStaysInsideTheBudget) {
  Job job;
  job.privacy.epsilon = 2;
  HorizontalPrivacy privacy(job);
  ASSERT_TRUE(privacy.plan({.share = 0.01, .rounds = 500}));
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(privacy.affords(0.01)) << i;
    privacy.spend(0.01);
  }
  EXPECT_LE(privacy.spent(), 2);
  EXPECT_GT(privacy.spent(), 1.95);
  for (int i = 0; i < 50 && privacy.affords(0.01); ++i) privacy.spend(0.01);
  EXPECT_FALSE(privacy.affords(0.01));
  job.privacy.epsilon = 1e-6;
  EXPECT_FALSE(HorizontalPrivacy(job).plan({.share = 1, .rounds = 100'000}));
}

TEST(HorizontalPrivacy, GivesTheWholeNoiseWithoutOneClient) {
  Job job;
  job.privacy.epsilon = 1, job.clients_min = 4;
  std::vector<uint64_t> words(3000, 0);
  double sigma = 0;
  for (int client = 0; client < 3; ++client) {
    HorizontalPrivacy privacy(job);
    ASSERT_TRUE(privacy.plan({.share = 1, .rounds = 10}));
    privacy.add_share(words, 0, 100);
    sigma = privacy.sigma_units(100);
  }
  double squares = 0;
  for (const uint64_t word : words)
    squares += static_cast<double>(as_signed(word)) * static_cast<double>(as_signed(word));
  EXPECT_NEAR(std::sqrt(squares / 3000) / sigma, 1, 0.08);
}

TEST(HorizontalPrivacy, NoisedTrainingsTellWhatTheySpentAndAgreeAtAllClients) {
  for (const bool trees : {false, true}) {
    HorizontalCase of = simulated_case(trees ? JobKind::horizontal_boosting : JobKind::horizontal_logistic, 3);
    of.job.privacy.epsilon = 8, of.job.logistic.epochs = 2;
    of.job.boosting.trees = 1, of.job.boosting.depth_max = 2, of.job.boosting.bins_max = 4;
    of.data.resize(3);
    const auto results = together(of, trees ? make_horizontal_boosting_stage : make_horizontal_logistic_stage);
    ASSERT_TRUE(results) << results.error().text();
    EXPECT_EQ((*results)[0].model_part, (*results)[2].model_part);
    const double spent = *(*results)[0].measures.find("epsilon")->as_double();
    EXPECT_GT(spent, 1);
    EXPECT_LE(spent, 8);
    EXPECT_TRUE(models::Predictor::parse((*results)[0].model_part));
  }
}

TEST(HorizontalPrivacy, GoesOnAfterABreakWithTheSameNoise) {
  const HorizontalCase of = [] {
    HorizontalCase out = simulated_case(JobKind::horizontal_logistic, 1);
    out.job.privacy.epsilon = 4;
    return out;
  }();
  auto first = make_horizontal_logistic(of.job, of.data[0], 0),
       second = make_horizontal_logistic(of.job, of.data[0], 0);
  ASSERT_TRUE(first && second);
  EXPECT_NE((*first)->numbers(), (*second)->numbers());
  ByteWriter state;
  (*first)->write(state);
  ByteReader in(state.bytes());
  (*second)->read(in);
  EXPECT_EQ((*first)->numbers(), (*second)->numbers());
}

}  // namespace
}  // namespace puhui::federation
