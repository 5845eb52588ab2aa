#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "infrastructure/federation/logistic/gradient_sums.h"
#include "infrastructure/federation/logistic/in_the_clear.h"
#include "infrastructure/federation/logistic/learner.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/predict.h"
#include "infrastructure/federation/logistic/wire.h"
#include "infrastructure/models/logistic.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

double real_residual(const SigmoidPolynomial& polynomial, double z) {
  return static_cast<double>(polynomial.first) * 0x1p-24 * z +
         static_cast<double>(polynomial.third) * 0x1p-24 * z * z * z;
}

TEST(LogisticFixedPoint, ThePolynomialsAreNearTheSigmoidWhereTheySaySo) {
  const SigmoidPolynomial cubic = *sigmoid_polynomial("cubic"), linear = *sigmoid_polynomial("linear");
  for (double z = -8; z <= 8; z += 0.125) {
    EXPECT_NEAR(0.5 + real_residual(cubic, z), models::sigmoid(z), 0.1144) << z;
  }
  for (double z = -1; z <= 1; z += 0.125) EXPECT_NEAR(0.5 + real_residual(linear, z), models::sigmoid(z), 0.02) << z;
  EXPECT_NEAR(0.5 + real_residual(cubic, 4), 1, 0.002);
}

// The split of the residual: own number + peer's numbers times own factors, on average over the dither.
TEST(LogisticFixedPoint, AFactorTimesATermIsTheGradientOfTheWholePolynomial) {
  const Random random(3);
  for (const char* name : {"cubic", "linear"}) {
    const SigmoidPolynomial polynomial = *sigmoid_polynomial(name);
    for (uint64_t trial = 0; trial < 20; ++trial) {
      RandomStream stream(random, 1, trial);
      const auto own = static_cast<int64_t>((stream.uniform() * 8 - 4) * 4096);
      const auto peer = static_cast<int64_t>((stream.uniform() * 8 - 4) * 4096);
      const auto x = static_cast<int32_t>((stream.uniform() * 15 - 7.5) * 65536);
      const RowTerms mine = row_terms(polynomial, own), theirs = row_terms(polynomial, peer);
      double sum = 0;
      constexpr int kDraws = 4000;
      for (int draw = 0; draw < kDraws; ++draw) {
        const RowFactors f = row_factors(polynomial, x, own, stream.next());
        sum += static_cast<double>(int64_t{f.by_value} * (mine.value + theirs.value) +
                                   int64_t{f.by_score} * theirs.score + int64_t{f.by_square} * theirs.square);
      }
      const double expected = x * 0x1p-16 * real_residual(polynomial, static_cast<double>(own + peer) / 4096);
      EXPECT_NEAR(sum / kDraws * 0x1p-19, expected, 0.01) << name << ' ' << trial;
    }
  }
}

TEST(LogisticFixedPoint, FactorsAndTermsStayInsideTheirBoundsAtEveryCorner) {
  const SigmoidPolynomial cubic = *sigmoid_polynomial("cubic");
  for (const int32_t x : {-kValueMax, -1, 0, 1, kValueMax}) {
    for (const int64_t score : {-kTrainingScoreMax, int64_t{0}, kTrainingScoreMax}) {
      for (const uint64_t dither : {uint64_t{0}, ~uint64_t{0}}) {
        const RowFactors f = row_factors(cubic, x, score, dither);
        for (const int32_t factor : {f.by_value, f.by_score, f.by_square}) EXPECT_LE(std::abs(factor), kFactorMax);
      }
      const RowTerms terms = row_terms(cubic, score);
      EXPECT_LE(std::abs(terms.value) + kLabelHalf, kTermMax);
      EXPECT_LE(std::abs(terms.score), kTermMax);
      EXPECT_LE(terms.square, kTermMax);
    }
  }
}

TEST(LogisticFixedPoint, AnEpochTakesEveryRowOnceAndAnotherEpochInAnotherOrder) {
  std::vector<uint32_t> first = epoch_order(Random(5), 0, 1000);
  EXPECT_EQ(first, epoch_order(Random(5), 0, 1000));
  EXPECT_NE(first, epoch_order(Random(5), 1, 1000));
  std::sort(first.begin(), first.end());
  for (uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(first[i], i);
}

TEST(LogisticGradientSums, AreTheProductsExactlyWhateverTheMasks) {
  const auto kernel = *cipher::chosen_kernel();
  const auto key = *cipher::SecretKey::make(cipher::Scheme::okamoto_uchiyama, 2048, kernel);
  constexpr int32_t kLarge = kTermMax, kScore = kTrainingScoreMax, kSquare = kTermSquareMax;
  const std::vector<RowTerms> rows = {{kLarge, -kScore, kSquare}, {-kLarge, kScore, kSquare}, {5, -7, 11}, {0, 0, 0}};
  const std::vector<RowFactors> factors = {{127, 127, 127}, {-127, -127, -127}, {-127, 127, -127}, {127, -127, 127},
                                           {1, 2, 3},       {-1, 0, 0},         {9, 9, 9},         {0, 0, 0}};
  for (const size_t terms : {1, 3}) {
    std::vector<int64_t> expected(2, 0);
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < 2; ++j) {
        const RowFactors& f = factors[i * 2 + j];
        expected[j] += int64_t{f.by_value} * rows[i].value;
        if (terms == 3) expected[j] += int64_t{f.by_score} * rows[i].score + int64_t{f.by_square} * rows[i].square;
      }
    }
    const auto encrypted = key.encrypt(packed_terms(rows, terms));
    for (int repeat = 0; repeat < 3; ++repeat) {
      const auto masked = masked_sums(key.public_key(), encrypted, {factors, 2, terms});
      ASSERT_TRUE(masked);
      const auto opened = opened_sums(key, masked->sums, terms);
      ASSERT_TRUE(opened) << opened.error().text();
      EXPECT_EQ(*unmasked(*opened, masked->masks), expected);
    }
  }
}

TEST(LogisticGradientSums, ASumThatNoRowsCanHaveIsRefused) {
  std::string opened(kTermSlotBytes, '\xff'), masks(kTermSlotBytes, '\0');
  EXPECT_THAT(unmasked(opened, masks).error().text(), HasSubstr("below 2^46"));
  EXPECT_EQ(unmasked("short", masks).error().code, ErrorCode::corrupt);
}

TEST(LogisticLearner, AStateThatIsNotItsOwnIsCorrupt) {
  const LogisticPair pair = simulated_pair({.rows = 20});
  LogisticLearner learner = *LogisticLearner::make(pair.job, pair.guest, 0);
  std::string state;
  learner.write(state);
  ASSERT_TRUE(learner.read(state));
  EXPECT_EQ(learner.read(state.substr(1)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(learner.read(state + "x").error().code, ErrorCode::corrupt);
  std::string of_host;
  LogisticLearner::make(pair.job, pair.host, 1)->write(of_host);
  EXPECT_EQ(learner.read(of_host).error().code, ErrorCode::corrupt);
}

LogisticModelPart small_part() {
  return {.role = Role::guest,
          .party = "lender",
          .peer = "registry",
          .columns = {{.name = "income", .mean = 10, .deviation = 2, .weight = 3 << 23},
                      {.name = "constant", .mean = 1, .deviation = 0, .weight = 0}},
          .base = -(1 << 24),
          .slope = 1 << 25};
}

TEST(LogisticPart, ComesBackAsItWasWritten) {
  const LogisticModelPart part = small_part();
  EXPECT_EQ(*read_logistic_part(write_logistic_part(part)), part);
}

TEST(LogisticPart, EveryShorterAndEveryLongerFormIsCorrupt) {
  const std::string bytes = write_logistic_part(small_part());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(read_logistic_part(bytes.substr(0, length)).error().code, ErrorCode::corrupt) << length;
  }
  EXPECT_FALSE(read_logistic_part(bytes + "x"));
}

TEST(LogisticPart, NumbersOutsideTheirBoundsAreCorrupt) {
  LogisticModelPart part = small_part();
  part.columns[0].weight = kWeightMax + 1;
  EXPECT_FALSE(read_logistic_part(write_logistic_part(part)));
  part = small_part();
  part.columns[0].mean = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(read_logistic_part(write_logistic_part(part)));
  part = small_part();
  part.columns[1].name = "income";
  EXPECT_FALSE(read_logistic_part(write_logistic_part(part)));
}

TEST(LogisticPredict, TheMarginIsTheSumOfItsReasons) {
  const LogisticModelPart part = small_part();
  const auto answer = predict_logistic(part, std::vector<float>{14, 1}, 1 << 23);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->contributions[0], 3 << 24);  // two deviations at 1.5
  EXPECT_EQ(answer->contributions[1], 0);
  EXPECT_EQ(answer->host, 1 << 24);  // one half at slope 2
  EXPECT_EQ(answer->margin, answer->base + answer->host + answer->contributions[0]);
  EXPECT_NEAR(answer->probability, models::sigmoid(3), 1e-12);
}

TEST(LogisticPredict, AMissingCellIsTheMeanAndAFarOneAsFarAsTrainingSaw) {
  const LogisticModelPart part = small_part();
  EXPECT_EQ(partial_score(part, std::vector<float>{kMissing, kMissing}), 0);
  EXPECT_EQ(partial_score(part, std::vector<float>{1e30F, 0}), partial_score(part, std::vector<float>{1e20F, 0}));
}

TEST(LogisticPredict, RefusesAHostsScoreThatNoModelAnswers) {
  const LogisticModelPart part = small_part();
  for (const int64_t score : {kPartialScoreMax + 1, std::numeric_limits<int64_t>::min()}) {
    EXPECT_FALSE(predict_logistic(part, std::vector<float>{1, 1}, score));
  }
}

TEST(LogisticWire, OtherBytesAreRefused) {
  EXPECT_EQ(read_logistic_hello(write_hello({7, "key"}))->rows, 7u);
  EXPECT_FALSE(read_logistic_hello(""));
  EXPECT_FALSE(read_logistic_hello("\x02" + write_hello({7, "key"}).substr(1)));
  EXPECT_EQ((*read_scores(write_scores(std::vector<int64_t>{-5, 6}), 2))[0], -5);
  EXPECT_EQ(read_scores("12345678", 2).error().code, ErrorCode::corrupt);
}

// Training scores of the model on its own rows, by way of scoring, give the AUC that training said.
TEST(LogisticInTheClear, ScoringGivesTheProbabilitiesThatTrainingMeasured) {
  const LogisticPair pair = simulated_pair({.rows = 400});
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  ASSERT_TRUE(clear);
  const LogisticModelPart guest = *read_logistic_part(clear->guest), host = *read_logistic_part(clear->host);
  double loss = 0, mean = 0;
  for (size_t i = 0; i < 400; ++i) {
    std::vector<float> left, right;
    for (const auto& column : pair.guest.values) left.push_back(column[i]);
    for (const auto& column : pair.host.values) right.push_back(column[i]);
    const double p = predict_logistic(guest, left, partial_score(host, right))->probability;
    loss -= std::log(pair.guest.labels[i] == 1 ? p : 1 - p) / 400;
    mean += p / 400;
  }
  EXPECT_NEAR(loss, *clear->measures.find("log_loss")->as_double(), 1e-6);
  EXPECT_NEAR(mean, *clear->measures.find("bad_share")->as_double(), 0.01);  // calibrated
}

struct RealSet {
  const char *guest, *host;
  double auc;  // of a logistic regression on all rows, as the data's README says
};

TEST(LogisticInTheClear, IsAsGoodAsOneHouseWithAllColumnsOnRealData) {
  const RealSet sets[] = {{"breast_hetero_guest.csv", "breast_hetero_host.csv", .99745},
                          {"default_credit_hetero_guest.csv.gz", "default_credit_hetero_host.csv.gz", .724214},
                          {"epsilon_5k_hetero_guest.csv.gz", "epsilon_5k_hetero_host.csv.gz", .715754}};
  for (const RealSet& set : sets) {
    auto pair = real_pair(set.guest, set.host);
    if (!pair) GTEST_SKIP() << "skipped: no data";
    const auto clear = logistic_in_the_clear(pair->job, pair->guest, pair->host);
    ASSERT_TRUE(clear) << clear.error().text();
    const double auc = *clear->measures.find("auc")->as_double();
    EXPECT_GE(auc, set.auc - .002) << set.guest;
    std::printf("%s: %.6f, all columns in one house under the true sigmoid %.6f\n", set.guest, auc, set.auc);
  }
}

}  // namespace
}  // namespace puhui::federation
