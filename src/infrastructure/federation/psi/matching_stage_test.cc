#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "infrastructure/federation/psi/houses_for_test.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

struct Houses : MatchingHouses {
  using MatchingHouses::MatchingHouses;
  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt) {
    return run_with(make_ecdh_stage, break_after);
  }
};

TEST(EcdhStage, FindsExactlyTheCommonIdsInTheOrderOfTheirBytes) {
  Houses houses({numbered(0, 40), numbered(20, 70)});
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  ASSERT_EQ(houses.common().size(), 20u);
  houses.expect_exact(*results);
  EXPECT_EQ(results->at(1).measures.find("rows_common")->as_int64(), 20);
}

TEST(EcdhStage, WorksForSmallAndUnequalSizes) {
  for (const auto& [guest, host] : {std::pair{0, 0}, {0, 5}, {1, 1}, {8, 9}, {9, 1}, {65, 3}}) {
    Houses houses({numbered(0, guest), numbered(0, host)});
    const auto results = houses.run();
    ASSERT_TRUE(results) << guest << " and " << host << ": " << results.error().text();
    EXPECT_EQ(houses.common().size(), std::min(guest, host));
    houses.expect_exact(*results);
  }
}

TEST(EcdhStage, DisjointSetsHaveNothingInCommon) {
  Houses houses({numbered(0, 30), numbered(30, 60)});
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_TRUE(results->at(0).rows.empty());
  EXPECT_TRUE(results->at(1).rows.empty());
}

TEST(EcdhStage, ManyBucketsFindWhatOneDoes) {
  Houses houses({numbered(0, 500), numbered(300, 700)});
  houses.job.intersection.bucket_rows_max = 256;
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_GT(results->at(0).measures.find("buckets")->as_int64(), 2);
  houses.expect_exact(*results);
}

TEST(EcdhStage, ABreakAfterAnyStepFindsTheSameRows) {
  Houses houses({numbered(0, 200), numbered(100, 400)});
  houses.job.intersection.bucket_rows_max = 256;
  const auto whole = houses.run();
  ASSERT_TRUE(whole) << whole.error().text();
  const auto steps = static_cast<uint64_t>(*whole->at(0).measures.find("buckets")->as_int64()) + 2;
  ASSERT_GT(steps, 3u);
  for (uint64_t step = 0; step <= steps; ++step) {
    const auto broken = houses.run(step);
    ASSERT_TRUE(broken) << step << ": " << broken.error().text();
    for (size_t i = 0; i < 2; ++i) EXPECT_EQ(broken->at(i).rows, whole->at(i).rows) << "step " << step;
  }
}

TEST(EcdhStage, ManyCommonRowsLieInFilesOverABreak) {
  Houses houses({numbered(0, 900), numbered(0, 900)});
  const auto broken = houses.run(2);
  ASSERT_TRUE(broken) << broken.error().text();
  houses.expect_exact(*broken);
  EXPECT_EQ(houses.files.list("work/lender")->size(), 1u);
}

TEST(EcdhStage, ThreePartiesFindWhatAllOfThemHave) {
  Houses houses({numbered(0, 50), numbered(10, 60), numbered(30, 90)});
  for (const std::optional<uint64_t> break_after : {std::optional<uint64_t>(), std::optional<uint64_t>(2)}) {
    const auto results = houses.run(break_after);
    ASSERT_TRUE(results) << results.error().text();
    EXPECT_EQ(houses.common().size(), 20u);
    houses.expect_exact(*results);
  }
}

TEST(EcdhStage, TooFewCommonIdsEndTheJobWithoutSayingHowMany) {
  Houses houses({numbered(0, 40), numbered(21, 70)});
  houses.job.intersection.rows_min = 20;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::conflict);
  EXPECT_THAT(results.error().text(), HasSubstr("fewer than 20 ids are common"));
  EXPECT_THAT(results.error().text(), testing::Not(HasSubstr("19")));
  EXPECT_EQ(houses.told(0, "host-1", "common_ids"), 0);
  houses.data[0].ids.push_back(houses.data[1].ids.back());
  EXPECT_TRUE(houses.run());
}

TEST(EcdhStage, AHostOfAGuestOnlyJobLearnsNothing) {
  Houses houses({numbered(0, 40), numbered(20, 70)});
  houses.job.intersection.guest_only = true;
  const auto results = houses.run(2);
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(results->at(0).rows.size(), 20u);
  EXPECT_TRUE(results->at(1).rows.empty());
  EXPECT_EQ(results->at(1).measures.find("rows_common"), nullptr);
  EXPECT_EQ(houses.told(0, "host-1", "common_ids"), 0);
}

TEST(EcdhStage, WhatItTellsIsWrittenDown) {
  Houses houses({numbered(0, 40), numbered(20, 70)});
  ASSERT_TRUE(houses.run());
  EXPECT_EQ(houses.told(0, "host-1", "common_ids"), 20);
  EXPECT_EQ(houses.told(0, "host-1", "padded_size"), 64);
  EXPECT_EQ(houses.told(1, "lender", "padded_size"), 64);
  EXPECT_EQ(houses.told(1, "lender", "common_ids_at_most"), 50);
}

TEST(EcdhStage, WhoAsksForTooManyIsRefused) {
  Houses houses({numbered(0, 300), numbered(0, 10)});
  houses.job.intersection.probes_max = 100;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::exhausted);
  EXPECT_THAT(results.error().text(), HasSubstr("probes_max"));
}

TEST(EcdhStage, AJobWithoutAGuestFirstIsRefused) {
  Houses houses({numbered(0, 10), numbered(0, 10)});
  houses.job.parties[0].role = Role::host;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().text(), HasSubstr("expected a guest first"));
}

TEST(EcdhStage, AStateThatIsNoneOfOursIsCorrupt) {
  Houses houses({numbered(0, 10), numbered(0, 10)});
  LeakageBook book;
  const StageNeeds needs{houses.job, houses.data[0], 0, houses.files, "work", book, houses.progress};
  auto stage = make_ecdh_stage(needs);
  ASSERT_TRUE(stage);
  const std::string good = (*stage)->state();
  EXPECT_TRUE((*stage)->restore(good));
  for (const std::string& bad : {std::string(), good + "x", std::string("\1\2\0\0", 4), std::string("\1\1\0\0\0", 5)}) {
    const auto restored = (*stage)->restore(bad);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace puhui::federation
