// Horizontal boosting: to the byte what the clients' rows give in one place, and the trees that boosting in one house grows.
#include "infrastructure/federation/horizontal/horizontal_boosting.h"

#include <gtest/gtest.h>

#include "infrastructure/federation/boosting/plaintext.h"
#include "infrastructure/federation/horizontal/horizontal_bins.h"
#include "infrastructure/federation/horizontal/horizontal_for_test.h"
#include "infrastructure/models/boosting.h"

namespace puhui::federation {
namespace {

HorizontalCase small_trees(size_t clients) {
  HorizontalCase out = simulated_case(JobKind::horizontal_boosting, clients);
  out.job.boosting.trees = 3, out.job.boosting.depth_max = 2, out.job.boosting.bins_max = 8;
  return out;
}

TEST(HorizontalBins, HoldEveryValueBetweenTheFloorsOfItsCellAndTheNext) {
  for (const float x : {-3e38F, -1.5F, -1e-40F, 0.0F, 1e-40F, 0.1F, 1.0F, 5.0F, 6.0F, 511.0F, 3e38F}) {
    const size_t coarse = coarse_cell(x), fine = fine_cell(x);
    EXPECT_LE(cell_floor(coarse, fine), x);
    EXPECT_GT(fine + 1 < kFineCells ? cell_floor(coarse, fine + 1) : cell_floor(coarse + 1, 0), x) << x;
  }
  EXPECT_EQ(coarse_cell(-0.0F), coarse_cell(0.0F));
}

TEST(HorizontalBins, CutSmallWholeNumbersApartAndKeepABinForEveryHeavyOne) {
  std::vector<int64_t> coarse(kCoarseCells, 0);
  for (int x = 0; x < 12; ++x) coarse[coarse_cell(static_cast<float>(x))] += 10;
  const auto crowded = crowded_cells(coarse, 16, 0);
  std::vector<int64_t> fine(crowded.size() * kFineCells, 0);
  for (int x = 0; x < 12; ++x) {
    const auto found = std::ranges::find(crowded, coarse_cell(static_cast<float>(x)));
    ASSERT_NE(found, crowded.end());
    fine[static_cast<size_t>(found - crowded.begin()) * kFineCells + fine_cell(static_cast<float>(x))] += 10;
  }
  EXPECT_EQ(common_cuts(coarse, crowded, fine, 16), (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(common_cuts(coarse, crowded, fine, 3).size(), 2u);
}

TEST(HorizontalBoosting, EqualsTheSumsInTheClearToTheByteAtEveryClient) {
  const HorizontalCase of = small_trees(4);
  const auto clear = in_the_clear(of, make_horizontal_boosting);
  ASSERT_TRUE(clear) << clear.error().text();
  const auto results = together(of, make_horizontal_boosting_stage);
  ASSERT_TRUE(results) << results.error().text();
  for (const StageResult& result : *results) {
    EXPECT_EQ(result.model_part, (*clear)[0].model_part);
    EXPECT_EQ(print_json(result.measures), print_json((*clear)[0].measures));
  }
}

TEST(HorizontalBoosting, EqualsOneHouseWithAllRows) {
  const HorizontalCase of = small_trees(3);
  const auto apart = in_the_clear(of, make_horizontal_boosting);
  const auto pooled = in_the_clear(of.pooled(), make_horizontal_boosting);
  ASSERT_TRUE(apart && pooled);
  EXPECT_EQ((*apart)[2].model_part, (*pooled)[0].model_part);
}

TEST(HorizontalBoosting, ABreakAfterAnyStepChangesNothing) {
  HorizontalCase of = small_trees(3);
  of.job.boosting.trees = 2;
  const auto whole = together(of, make_horizontal_boosting_stage);
  ASSERT_TRUE(whole) << whole.error().text();
  for (const uint64_t step : {0, 1, 3, 4}) {
    const auto broken = together(of, make_horizontal_boosting_stage, step);
    ASSERT_TRUE(broken) << step << broken.error().text();
    EXPECT_EQ((*broken)[1].model_part, (*whole)[1].model_part) << step;
  }
}

// Where every value has a bin of its own, common bins and a house's own ones part the rows alike.
TEST(HorizontalBoosting, GrowsTheTreesThatBoostingInOneHouseGrows) {
  HorizontalCase of = small_trees(3);
  for (PartyData& data : of.data) {
    for (float& x : data.values[0]) x = std::isnan(x) ? x : std::floor(x * 2000);
    for (float& x : data.values[1]) x = std::floor((x - 5000) / 500);
  }
  of.job.boosting.bins_max = 32;
  const auto apart = in_the_clear(of, make_horizontal_boosting);
  ASSERT_TRUE(apart) << apart.error().text();
  HorizontalCase pooled = of.pooled();
  pooled.job.kind = JobKind::vertical_boosting;
  const auto clear = grow_in_the_clear(pooled.job, pooled.pointers());
  ASSERT_TRUE(clear) << clear.error().text();
  auto peer = models::XgboostPeer::load((*apart)[0].model_part);
  ASSERT_TRUE(peer) << peer.error().text();
  std::vector<float> rows;
  for (size_t row = 0; row < pooled.data[0].row_count(); ++row) {
    for (const auto& column : pooled.data[0].values) rows.push_back(column[row]);
  }
  const auto margins = peer->margins({.values = rows, .feature_count = 3});
  ASSERT_TRUE(margins) << margins.error().text();
  for (size_t row = 0; row < margins->size(); ++row) {
    const double expected = std::ldexp(static_cast<double>(clear->margins[0][row]), -clear->guest.scale);
    EXPECT_NEAR(static_cast<double>((*margins)[row]), expected, 1e-6) << row;
  }
}

TEST(HorizontalBoosting, GoesOnWithoutAClientThatGoesAwayInAnyPhaseOfARound) {
  HorizontalCase of = small_trees(5);
  of.job.boosting.trees = 1;
  for (size_t phase = 0; phase < 5; ++phase) {
    const auto results = together_with_loss(of, make_horizontal_boosting_stage, 4, 3 * 5 + phase);
    for (const size_t party : {0, 1, 2, 3}) {
      ASSERT_TRUE(results[party]) << phase << results[party].error().text();
      EXPECT_EQ(results[party]->model_part, results[0]->model_part) << phase;
    }
    EXPECT_FALSE(results[4]);
  }
}

TEST(HorizontalBoosting, NamesEverythingThatItDoesNotDo) {
  HorizontalCase of = small_trees(3);
  of.job.boosting.objective = Objective::regression, of.job.boosting.goss_top = 0.2;
  of.job.boosting.guest_only_trees = 1;
  const auto made = make_horizontal_boosting(of.job, of.data[0], 0);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().faults.size(), 3u);
}

TEST(HorizontalBoosting, RefusesStatesThatAreNone) {
  const HorizontalCase of = small_trees(1);
  auto learner = make_horizontal_boosting(of.job, of.data[0], 0);
  ASSERT_TRUE(learner);
  for (int round = 0; round < 4; ++round) ASSERT_TRUE((*learner)->take((*learner)->numbers()));
  ByteWriter state;
  (*learner)->write(state);
  const std::string bytes = state.take();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    (*learner)->read(in);
    EXPECT_FALSE(in.finish("a state")) << size;
  }
}

TEST(HorizontalBoosting, OfThreeClinicsIsGoodOnRealData) {
  std::vector<std::string> columns;
  for (int i = 0; i < 30; ++i) columns.push_back("x" + std::to_string(i));
  HorizontalCase of{horizontal_job(JobKind::horizontal_boosting, 3, columns), {}};
  const auto rows = real_rows("breast_homo_guest.csv", of.job), test = real_rows("breast_homo_test.csv", of.job);
  if (!rows || !test) GTEST_SKIP() << "no data";
  of.job.boosting.trees = 5;
  for (size_t i = 0; i < 3; ++i) of.data.push_back(every_third(*rows, i));
  const auto results = in_the_clear(of, make_horizontal_boosting);
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_GT(auc_by_predictor((*results)[0].model_part, *test), 0.96);
}

}  // namespace
}  // namespace puhui::federation
