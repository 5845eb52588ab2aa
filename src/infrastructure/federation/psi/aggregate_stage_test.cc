#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "infrastructure/federation/psi/aggregate_terms.h"
#include "infrastructure/federation/psi/buckets.h"
#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/psi_for_test.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// An advertiser with `guest` ids from 0 and a platform with ids from `host_begin`, each with an amount of .25 a number and a flag.
struct Houses {
  Houses(int guest, int host_begin, int host_end, bool with_values) {
    job.name = "sums";
    job.kind = JobKind::aggregate;
    job.conversion.epsilon = 0;
    job.conversion.cohort_min = 5;
    job.privacy.clip = 1000;
    job.parties = {{.name = "advertiser", .role = Role::guest}, {.name = "platform", .role = Role::host}};
    for (int i = 0; i < guest; ++i) data[0].ids.push_back(std::to_string(i));
    for (int i = host_begin; i < host_end; ++i) data[1].ids.push_back(std::to_string(i));
    if (!with_values) return;
    job.parties[1].columns = {"amount", "loss"};
    data[1].columns = job.parties[1].columns;
    data[1].values.resize(2);
    for (int i = host_begin; i < host_end; ++i) {
      data[1].values[0].push_back(static_cast<float>(i) * .25F);
      data[1].values[1].push_back(i % 7 == 0 ? std::numeric_limits<float>::quiet_NaN() : -static_cast<float>(i));
    }
  }

  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt) {
    leakage.clear();
    return run_together({job, {&data[0], &data[1]}, files, "work", break_after}, make_aggregate_stage, leakage,
                        progress);
  }

  int64_t told(size_t by, std::string_view code) const {
    for (const Leak& leak : leakage[by].sums()) {
      if (leak.code == code) return leak.amount;
    }
    return 0;
  }

  Job job;
  PartyData data[2];
  MemoryFiles files;
  std::vector<LeakageBook> leakage;
  NoProgress progress;
};

double sum_of(const StageResult& result, std::string_view column) {
  return *result.measures.find("sums")->find(column)->as_double();
}

TEST(AggregateStage, WithoutNoiseCountAndSumsAreExactUnderBothCiphers) {
  double amount = 0, loss = 0;
  for (int i = 20; i < 40; ++i) amount += i * .25, loss -= i % 7 == 0 ? 0 : i;
  for (const char* scheme : {"paillier", "okamoto_uchiyama"}) {
    Houses houses(40, 20, 70, true);
    houses.job.cipher.scheme = scheme;
    const auto results = houses.run();
    ASSERT_TRUE(results) << scheme << ": " << results.error().text();
    EXPECT_EQ(results->at(0).measures.find("rows_common")->as_int64(), 20);
    EXPECT_EQ(sum_of(results->at(0), "amount"), amount);
    EXPECT_EQ(sum_of(results->at(0), "loss"), loss);
    EXPECT_EQ(houses.told(1, "common_count"), 1);
  }
}

TEST(AggregateStage, TheHostLearnsNeitherCountNorSums) {
  Houses houses(40, 20, 70, false);
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(results->at(1).measures.find("rows_common"), nullptr);
  EXPECT_EQ(results->at(1).measures.find("sums"), nullptr);
  EXPECT_TRUE(results->at(0).rows.empty());
  EXPECT_TRUE(results->at(1).rows.empty());
}

TEST(AggregateStage, AValueBeyondTheClipCountsTheClip) {
  Houses houses(10, 0, 10, true);
  houses.job.privacy.clip = 1.5;
  houses.job.cipher.scheme = "okamoto_uchiyama";
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(sum_of(results->at(0), "amount"), 0 + .25 + .5 + .75 + 1 + 1.25 + 4 * 1.5);
  EXPECT_EQ(sum_of(results->at(0), "loss"), -1 - 7 * 1.5);  // 0 and 7 are missing
}

TEST(AggregateStage, ManyBucketsAndABreakAfterAnyStepSumTheSame) {
  Houses houses(300, 150, 450, true);
  houses.job.intersection.bucket_rows_max = 256;
  houses.job.cipher.scheme = "okamoto_uchiyama";
  double amount = 0;
  for (int i = 150; i < 300; ++i) amount += i * .25;
  const auto buckets = static_cast<uint64_t>(buckets_for(announced_rows(300), 256));
  ASSERT_GT(buckets, 1u);
  for (const std::optional<uint64_t> step : {std::optional<uint64_t>(), {2}, {buckets + 1}}) {
    const auto results = houses.run(step);
    ASSERT_TRUE(results) << results.error().text();
    EXPECT_EQ(results->at(0).measures.find("rows_common")->as_int64(), 150);
    EXPECT_EQ(sum_of(results->at(0), "amount"), amount);
  }
}

TEST(AggregateStage, BelowTheCohortNothingIsTold) {
  Houses houses(24, 20, 70, true);
  houses.job.cipher.scheme = "okamoto_uchiyama";
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::conflict);
  EXPECT_THAT(results.error().text(), HasSubstr("fewer than 5 ids are common"));
}

TEST(AggregateStage, NoiseMovesTheResultByAFewScalesAndIsAccounted) {
  Houses houses(60, 20, 70, true);
  houses.job.cipher.scheme = "okamoto_uchiyama";
  houses.job.conversion.epsilon = 30;  // 10 a share
  houses.job.conversion.cohort_min = 1;
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  // Beyond 30 scales once in 10^13.
  EXPECT_NEAR(static_cast<double>(*results->at(0).measures.find("rows_common")->as_int64()), 40, 3);
  double amount = 0;
  for (int i = 20; i < 60; ++i) amount += i * .25;
  EXPECT_NEAR(sum_of(results->at(0), "amount"), amount, 30 * 1000 / 10.);
  EXPECT_NE(sum_of(results->at(0), "amount"), amount);
  EXPECT_EQ(houses.told(1, "epsilon_micros"), 30'000'000);
  EXPECT_EQ(houses.told(1, "common_count"), 0);
}

TEST(AggregateStage, ABreakDrawsNoSecondNoise) {
  Houses houses(60, 20, 70, true);
  houses.job.cipher.scheme = "okamoto_uchiyama";
  houses.job.conversion.epsilon = 1;
  houses.job.conversion.cohort_min = -1000;
  LeakageBook leakage[2];
  std::string states[2], measures[2];
  // Both go `steps` from what they wrote down last.
  const auto go = [&](size_t steps) {
    const auto ends = run_tampered({}, [&](size_t self, Conversation& with) -> Result<void> {
      auto stage = TRY(make_aggregate_stage(
          {houses.job, houses.data[self], self, houses.files, "work", leakage[self], houses.progress}));
      if (!states[self].empty()) TRY(stage->restore(states[self]));
      for (size_t i = 0; i < steps; ++i) TRY(stage->step(with));
      if (steps == 1) states[self] = stage->state();
      if (stage->finished()) measures[self] = print_json(TRY(stage->result()).measures);
      return {};
    });
    ASSERT_TRUE(ends.first) << ends.first.error().text();
    ASSERT_TRUE(ends.second) << ends.second.error().text();
  };
  go(1);
  go(2);
  const std::string once = measures[0];
  go(2);
  EXPECT_THAT(once, HasSubstr("amount"));
  EXPECT_EQ(measures[0], once);
}

TEST(AggregateTerms, DummiesStayWithinWhatTheGuestBringsAndDifferByBucket) {
  Houses houses(1, 0, 1, false);
  houses.job.conversion.epsilon = 1;
  const auto terms = AggregateTerms::of(houses.job);
  ASSERT_TRUE(terms);
  const NoiseSeed seed{4};
  std::set<uint64_t> seen;
  double sum = 0;
  for (uint64_t bucket = 0; bucket < 2000; ++bucket) {
    const uint64_t dummies = terms->dummies_of(seed, bucket);
    EXPECT_LE(dummies, terms->dummies);
    EXPECT_EQ(dummies, terms->dummies_of(seed, bucket));
    seen.insert(dummies);
    sum += static_cast<double>(dummies);
  }
  EXPECT_GT(seen.size(), 10u);
  EXPECT_NEAR(sum / 2000, static_cast<double>(terms->dummies) / 2, 4 * std::sqrt(2. / 2000));
}

TEST(AggregateTerms, RefusesWhatCannotBeNoisedOrPacked) {
  Houses houses(1, 0, 1, true);
  houses.job.conversion.epsilon = .001;
  EXPECT_THAT(AggregateTerms::of(houses.job).error().text(), HasSubstr("conversion.epsilon"));
  houses.job.conversion.epsilon = std::nan("");
  EXPECT_FALSE(AggregateTerms::of(houses.job));
  houses.job.conversion.epsilon = 1;
  houses.job.privacy.clip = 0;
  EXPECT_THAT(AggregateTerms::of(houses.job).error().text(), HasSubstr("privacy.clip"));
  houses.job.privacy.clip = 1;
  houses.job.parties[1].columns.resize(16);
  EXPECT_THAT(AggregateTerms::of(houses.job).error().text(), HasSubstr("at most 15 columns"));
  houses.job.parties.pop_back();
  EXPECT_THAT(AggregateTerms::of(houses.job).error().text(), HasSubstr("a guest and one host"));
}

// A guest against a host whose `kind` is changed, and the other way round: how the other one ended.
Result<void> victim_of(size_t from, uint16_t kind, const std::function<void(std::string&)>& change, bool with_values) {
  Houses houses(40, 20, 60, with_values);
  houses.job.cipher.scheme = "okamoto_uchiyama";
  LeakageBook leakage[2];
  const auto tamper = [&](size_t sender, uint16_t came, std::string& bytes) {
    if (sender == from && came == kind) change(bytes);
  };
  auto ends = run_tampered(tamper, [&](size_t self, Conversation& with) -> Result<void> {
    auto stage = TRY(make_aggregate_stage(
        {houses.job, houses.data[self], self, houses.files, "work", leakage[self], houses.progress}));
    while (!stage->finished()) TRY(stage->step(with));
    return {};
  });
  return from == 0 ? std::move(ends.second) : std::move(ends.first);
}

TEST(AggregateStage, WhatAHostilePeerSendsIsRefused) {
  const auto expect_refused = [](size_t from, uint16_t kind, const std::function<void(std::string&)>& change,
                                 bool values) {
    const auto end = victim_of(from, kind, change, values);
    ASSERT_FALSE(end) << from << " " << kind;
    EXPECT_TRUE(end.error().code == ErrorCode::corrupt || end.error().code == ErrorCode::invalid) << end.error().text();
  };
  ASSERT_TRUE(victim_of(
      0, kPsiPoints, [](std::string&) {}, false));
  for (const size_t from : {0, 1}) {
    expect_refused(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, 32, '\0'); }, false);
    expect_refused(
        from, kPsiPoints, [](std::string& bytes) { bytes.pop_back(); }, false);
  }
  expect_refused(
      1, kPsiTags, [](std::string& bytes) { bytes.replace(8, 8, bytes.substr(0, 8)); }, false);
  expect_refused(
      1, kPsiPoints,
      [](std::string& bytes) {
        bytes.replace(32, 32, bytes.substr(0, 32));
        bytes.pop_back();
      },
      false);
  expect_refused(
      1, kPsiHeard, [](std::string& bytes) { bytes += "x"; }, false);
  expect_refused(
      0, kPsiOutcome, [](std::string& bytes) { bytes = "?"; }, false);
  expect_refused(
      1, kAggregateKey, [](std::string& bytes) { bytes.resize(10); }, true);
  expect_refused(
      1, kAggregateValues, [](std::string& bytes) { bytes.assign(bytes.size(), '\xFF'); }, true);
  expect_refused(
      1, kAggregateValues, [](std::string& bytes) { bytes.assign(bytes.size(), '\0'); }, true);
  expect_refused(
      0, kAggregateMasked, [](std::string& bytes) { bytes.pop_back(); }, true);
  expect_refused(
      0, kAggregateMasked, [](std::string& bytes) { bytes.assign(bytes.size(), '\xFF'); }, true);
  expect_refused(
      1, kPsiHeard, [](std::string& bytes) { bytes.assign(bytes.size(), '\x55'); }, true);
}

TEST(Noise, FollowsTheDiscreteLaplaceDistribution) {
  const NoiseSeed seed{1, 2, 3};
  constexpr int kDraws = 40'000;
  // exp(-|x| / 2): P(0) = tanh(1/4), and each further size is less by exp(-1/2).
  std::map<int64_t, int> seen;
  SecretBits bits(seed, 7);
  for (int i = 0; i < kDraws; ++i) ++seen[discrete_laplace(bits, 1, 2)];
  double chi = 0;
  for (int64_t x = -8; x <= 8; ++x) {
    const double expected = kDraws * std::tanh(.25) * std::exp(-.5 * static_cast<double>(std::abs(x)));
    chi += (seen[x] - expected) * (seen[x] - expected) / expected;
  }
  EXPECT_LT(chi, 45);  // 17 cells: beyond it one seed in 4,000; this seed is fixed
}

TEST(Noise, IsTheSameForASeedAndHasNoBiasInItsSmallestNumbers) {
  const NoiseSeed seed{9};
  SecretBits one(seed, 1), same(seed, 1), other(seed, 2);
  EXPECT_EQ(one.bits64(), same.bits64());
  EXPECT_NE(one.bits64(), other.bits64());
  int seen[3] = {};
  for (int i = 0; i < 30'000; ++i) ++seen[static_cast<size_t>(one.below(3))];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 400);  // five standard deviations
  EXPECT_EQ(one.below(1), 0u);
}

}  // namespace
}  // namespace puhui::federation
