#include "governance/heatmap/risk.h"

#include <gmock/gmock.h>

#include "governance/heatmap/blocks.h"
#include "governance/heatmap/heatmap_for_test.h"

namespace puhui::heatmap {
namespace {

evidence::UseCase use_case(const std::string& name, int tier) { return {name, "", tier, 3, 'A', ""}; }

// The whole table: a row a tier, a column what is open.
TEST(Risk, IsTierTimesTheWorstThatIsOpen) {
  constexpr int64_t kScores[3][4] = {{3, 6, 6, 9}, {2, 4, 4, 6}, {1, 2, 2, 3}};
  for (int tier = 1; tier <= 3; ++tier) {
    const std::vector<evidence::UseCase> here{use_case("a", tier)};
    EXPECT_EQ(risk_of(here, {}).score, kScores[tier - 1][0]);
    for (int64_t severity = 3; severity >= 1; --severity) {
      const std::vector<Matter> matters{{"a/x", "drift", "income", 3}, {"a/x", "decay", "", severity}};
      EXPECT_EQ(risk_of(here, matters).score, kScores[tier - 1][4 - severity]) << tier << " " << severity;
    }
  }
}

TEST(Risk, OfABlockIsItsWorstUseCases) {
  const std::vector<evidence::UseCase> here{use_case("a", 2), use_case("b", 3)};
  const std::vector<Matter> matters{{"b", "incident", "", 1}, {"c", "drift", "", 1}};
  const RiskView risk = risk_of(here, matters);
  EXPECT_EQ(risk.score, 3) << "b: 1 × 3; a: 2 × 1; c stands elsewhere";
  EXPECT_EQ(risk.level, "medium");
  EXPECT_THAT(risk.why, testing::ElementsAre("tier 2", "incident (severity 1): b"));
}

TEST(Risk, OfAnEmptyBlockIsNone) {
  const RiskView risk = risk_of({}, std::vector<Matter>{{"a", "drift", "", 1}});
  EXPECT_EQ(risk.score, 0);
  EXPECT_EQ(risk.level, "none");
  EXPECT_TRUE(risk.why.empty());
}

using RiskTest = HeatmapTest;
INSTANTIATE_TEST_SUITE_P(Engines, RiskTest, testing::ValuesIn(test_engines()));

TEST_P(RiskTest, ReadsOpenAlertsAndIncidentsThatBearOnAUseCase) {
  auto evidence = evidence::EvidenceLog::open(*store_).value();
  write([&](Transaction& tx) -> Result<void> {
    TRY(incidents::raise(tx, {"drift", "lending.approval/person", "income", 2, "shifted", "偏移"}, kNoon));
    TRY(incidents::raise(tx, {"fairness", "lending.approval/person", "", 1, "unfair", "不公"}, kNoon));
    TRY(incidents::settle(tx, "fairness", "lending.approval/person", "", kNoon));
    TRY(incidents::raise(tx, {"quota", "service.bot", "CPU", 1, "used", "已用"}, kNoon));
    TRY(incidents::raise(tx, {"metering", "", "unattributed", 1, "whose", "归属"}, kNoon));
    const incidents::ActBy by{*evidence, "anna", kNoon};
    TRY(incidents::open_incident(tx, {2, "service.bot", "It was rude.", std::nullopt, "k"}, by));
    return {};
  });
  const auto matters = read([](Reader& reader) { return open_matters(reader); });
  ASSERT_EQ(matters.size(), 2u) << "what is settled, of quotas or of the whole bank is no block's risk";
  EXPECT_EQ(matters[0].kind, "drift");
  EXPECT_EQ(matters[1].kind, "incident");
  EXPECT_EQ(matters[1].severity, 2);
}

TEST(Blocks, AreFortyFiveEachOnce) {
  std::set<std::string> keys;
  for (const Block& block : blocks()) {
    keys.insert(block.key());
    EXPECT_EQ(find_block(block.key()), &block);
    EXPECT_FALSE(block.name.en.empty() || block.name.zh.empty());
    EXPECT_TRUE(block.tier >= 1 && block.tier <= 3);
  }
  EXPECT_EQ(keys.size(), 45u);
  EXPECT_EQ(find_block("0A"), nullptr);
  EXPECT_EQ(find_block("3F"), nullptr);
}

}  // namespace
}  // namespace puhui::heatmap
