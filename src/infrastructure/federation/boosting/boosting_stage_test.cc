#include <gtest/gtest.h>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/boosting/plan.h"

namespace puhui::federation {
namespace {

// Every party's part has the bytes that the run in the clear gives.
void expect_as_in_the_clear(SmallJob& small, std::optional<uint64_t> break_after = std::nullopt) {
  const auto clear = small.clear();
  ASSERT_TRUE(clear) << clear.error().text();
  const auto results = small.run(break_after);
  ASSERT_TRUE(results) << results.error().text();
  std::vector<HostPart> hosts;
  for (size_t party = 1; party < results->size(); ++party)
    hosts.push_back(*read_host_part((*results)[party].model_part));
  const GuestPart guest = *read_guest_part((*results)[0].model_part);
  EXPECT_EQ(joined_description(guest, hosts), joined_description(clear->guest, clear->hosts));
  EXPECT_EQ((*results)[0].model_part, part_bytes(clear->guest));
  for (size_t host = 0; host < clear->hosts.size(); ++host)
    EXPECT_EQ((*results)[host + 1].model_part, part_bytes(clear->hosts[host]));
}

size_t host_splits(const ClearModel& model) {
  size_t out = 0;
  for (const HostPart& host : model.hosts) out += host.splits.size();
  return out;
}

TEST(BoostingStage, BinaryTreesAreThoseOfTheClear) {
  SmallJob small;
  ASSERT_GT(host_splits(*small.clear()), 0u);
  ASSERT_GT(small.clear()->guest.splits.size(), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, TreesOfClassesAreThoseOfTheClear) {
  SmallJob small(Objective::multi_class);
  ASSERT_GT(host_splits(*small.clear()), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, TreesOfARegressionAreThoseOfTheClear) {
  SmallJob small(Objective::regression);
  ASSERT_GT(host_splits(*small.clear()), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, TwoHostsGrowTheTreesOfTheClear) {
  SmallJob small(Objective::binary, 80, 2);
  small.job.boosting.depth_max = 3;
  const auto clear = small.clear();
  for (const HostPart& host : clear->hosts) ASSERT_GT(host.splits.size(), 0u) << host.party;
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, ASampleOfRowsGrowsTheTreesOfTheClear) {
  SmallJob small;
  small.job.boosting.goss_top = 0.3, small.job.boosting.goss_other = 0.3;
  ASSERT_GT(host_splits(*small.clear()), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, TheFirstTreesMayBeTheGuestsAlone) {
  SmallJob small;
  small.job.boosting.guest_only_trees = 1;
  const auto clear = small.clear();
  for (const PartNode& node : clear->guest.trees[0].nodes) EXPECT_EQ(node.party, 0u);
  ASSERT_GT(host_splits(*clear), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, LeavesOfSeveralRowsAreThoseOfTheClear) {
  SmallJob small;
  small.job.boosting.leaf_rows_min = 20;
  const auto clear = small.clear();
  for (const PartNode& node : clear->guest.trees[0].nodes) EXPECT_GE(node.rows, 20u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, PaillierGrowsTheSameTrees) {
  SmallJob small;
  small.job.cipher.scheme = "paillier";
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, EqualCandidatesAreSettledAsInTheClear) {
  SmallJob small;
  for (auto& column : small.data[1].values) column = small.data[1].values[0];  // every candidate three times
  for (size_t row = 0; row < 60; ++row) small.data[0].labels[row] = small.data[1].values[0][row] >= 2 ? 1 : 0;
  small.job.boosting.hide_feature_names = false;
  const auto clear = small.clear();
  ASSERT_GT(host_splits(*clear), 0u);
  for (const PartSplit& split : clear->hosts[0].splits) EXPECT_EQ(split.column, 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, AColumnMostlyMissingIsSplitAsInTheClear) {
  SmallJob small;
  for (size_t row = 0; row < small.data[1].row_count(); ++row) {
    small.data[1].values[0][row] = small.data[0].labels[row] == 1 ? 1.0F : std::nanf("");
    if (row % 3 != 0) small.data[1].values[1][row] = std::nanf("");
    if (row % 5 == 0) small.data[0].labels[row] = 0;
  }
  const auto clear = small.clear();
  ASSERT_GT(host_splits(*clear), 0u);
  expect_as_in_the_clear(small);
}

TEST(BoostingStage, HiddenColumnsStayHiddenAndOthersAreTold) {
  SmallJob small;
  const auto hidden = small.run();
  EXPECT_TRUE(read_guest_part((*hidden)[0].model_part)->told_columns.empty());
  small.job.boosting.hide_feature_names = false;
  const auto told = small.run();
  const GuestPart guest = *read_guest_part((*told)[0].model_part);
  const HostPart host = *read_host_part((*told)[1].model_part);
  ASSERT_EQ(guest.told_columns.size(), 1u);
  ASSERT_EQ(guest.told_columns[0].size(), host.splits.size());
  for (size_t i = 0; i < host.splits.size(); ++i) EXPECT_EQ(guest.told_columns[0][i], host.splits[i].column);
}

TEST(BoostingStage, ABreakAfterAnyStepChangesNothing) {
  SmallJob small;
  for (uint64_t step = 0; step <= BoostingPlan(small.job.boosting).steps(); ++step) {
    SCOPED_TRACE(step);
    expect_as_in_the_clear(small, step);
  }
}

TEST(BoostingStage, ABreakWithinClassesSamplesAndTwoHostsChangesNothing) {
  SmallJob small(Objective::multi_class, 40, 2);
  small.job.boosting.goss_top = 0.4, small.job.boosting.goss_other = 0.2;
  small.job.boosting.guest_only_trees = 1;
  for (const uint64_t step : {2, 5}) {
    SCOPED_TRACE(step);
    expect_as_in_the_clear(small, step);
  }
}

TEST(BoostingStage, SaysWhatItTold) {
  SmallJob small(Objective::binary, 60, 2);
  small.job.boosting.goss_top = 0.4, small.job.boosting.goss_other = 0.2;
  ASSERT_TRUE(small.run());
  const auto told = [&](size_t teller, std::string_view to, std::string_view code) {
    int64_t sum = 0;
    for (const Leak& leak : small.leakage[teller].sums()) sum += leak.to == to && leak.code == code ? leak.amount : 0;
    return sum;
  };
  EXPECT_EQ(told(0, "registry1", "sampled_rows"), 2 * 36);
  EXPECT_GT(told(0, "registry1", "row_partition") + told(0, "registry2", "row_partition"), 0);
  EXPECT_GT(told(1, "lender", "candidate_sums"), 0);
  EXPECT_GT(told(1, "lender", "split_sides") + told(2, "lender", "split_sides"), 0);
}

TEST(BoostingStage, MeasuresTheFit) {
  SmallJob small;
  const auto results = small.run();
  const Json& measures = (*results)[0].measures;
  EXPECT_EQ(measures.find("rows")->as_int64(), 60);
  EXPECT_EQ(measures.find("trees")->as_int64(), 2);
  EXPECT_GT(*measures.find("auc")->as_double(), 0.7);
}

TEST(BoostingStage, RefusesLabelsAndColumnsThatDoNotFit) {
  SmallJob small;
  small.data[0].labels[7] = 2;
  const auto wrong_label = small.run();
  ASSERT_FALSE(wrong_label);
  EXPECT_EQ(wrong_label.error().code, ErrorCode::invalid);
  EXPECT_EQ(wrong_label.error().faults[0].where, "label, row 8");
  SmallJob fewer;
  fewer.data[1].values.pop_back();
  EXPECT_EQ(fewer.run().error().code, ErrorCode::invalid);
  SmallJob small_key;
  small_key.job.cipher.key_bits = 1024;
  EXPECT_EQ(small_key.run().error().code, ErrorCode::invalid);
}

TEST(BoostingStage, RestoresNoStateThatIsNotItsOwn) {
  SmallJob small, other(Objective::regression);
  const auto stage = [](SmallJob& of, size_t party) {
    of.leakage.resize(2);
    return std::pair(StageNeeds{of.job, of.data[party], party, of.files, "work", of.leakage[party], of.progress},
                     party);
  };
  for (size_t party = 0; party < 2; ++party) {
    const StageNeeds needs = stage(small, party).first, other_needs = stage(other, 1 - party).first;
    auto own = *make_boosting_stage(needs), foreign = *make_boosting_stage(other_needs);
    const std::string state = own->state();
    EXPECT_TRUE(own->restore(state));
    EXPECT_EQ(own->restore(foreign->state()).error().code, ErrorCode::corrupt);
    for (size_t length = 0; length < state.size(); ++length)
      EXPECT_EQ(own->restore(state.substr(0, length)).error().code, ErrorCode::corrupt) << length;
  }
}

}  // namespace
}  // namespace puhui::federation
