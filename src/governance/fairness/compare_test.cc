// Comparing groups: what may be said, what may not be said yet, and what must not be shown.
#include <gtest/gtest.h>

#include "governance/fairness/fairness.h"
#include "ground/base/check.h"
#include "ground/base/random.h"

namespace puhui::fairness {
namespace {

Group group(std::string name, int64_t decided, int64_t approved, LabelCounts labels = {}) {
  return {std::move(name), decided, approved, labels};
}
MeasureRule rule(Measure measure, double limit) { return {measure, limit, 100, true, "a rule"}; }

TEST(Compare, ARatioIsBeyondWithinOrNotToBeToldByItsInterval) {
  const auto verdict = [&](int64_t approved, int64_t decided) {
    return compare(rule(Measure::impact_ratio, 0.8), {group("a", 10'000, 6000), group("b", decided, approved)}).verdict;
  };
  EXPECT_EQ(verdict(4000, 10'000), Verdict::beyond);
  EXPECT_EQ(verdict(5800, 10'000), Verdict::within);
  EXPECT_EQ(verdict(96, 200), Verdict::insufficient_evidence) << "0.8 lies inside the interval of 0.48 / 0.60";
  EXPECT_EQ(verdict(10, 99), Verdict::insufficient_evidence) << "too few, whatever they show";
}

TEST(Compare, TheWorstPairIsNamedAgainstTheGroupTreatedBest) {
  const MeasureView out = compare(rule(Measure::approval_difference, 0.1),
                                  {group("a", 5000, 2500), group("b", 5000, 3000), group("c", 5000, 2000)});
  EXPECT_EQ(out.worst_group, "c");
  EXPECT_EQ(out.worst_against, "b");
  EXPECT_EQ(out.verdict, Verdict::beyond);
  ASSERT_EQ(out.comparisons.size(), 2u);
  EXPECT_NEAR(out.comparisons[0].value, -0.2, 1e-12);
  EXPECT_NE(out.why.find("c against b: -0.200"), std::string::npos) << out.why;
}

TEST(Compare, AGroupTooSmallToTellDoesNotSilenceTheOthersAndIsMentioned) {
  const MeasureView out = compare(rule(Measure::impact_ratio, 0.8),
                                  {group("a", 10'000, 6000), group("b", 10'000, 5900), group("c", 60, 20)});
  EXPECT_EQ(out.verdict, Verdict::within);
  EXPECT_EQ(out.worst_group, "b");
  EXPECT_NE(out.why.find("1 group has too few"), std::string::npos) << out.why;
  EXPECT_EQ(out.comparisons[1].verdict, Verdict::insufficient_evidence);
}

TEST(Compare, AnAbsentAttributeIsNoGroupToHoldOthersAgainst) {
  const MeasureView out =
      compare(rule(Measure::approval_difference, 0.1), {group("a", 5000, 2500), group("absent", 5000, 5000)});
  EXPECT_TRUE(out.comparisons.empty());
  EXPECT_EQ(out.verdict, Verdict::insufficient_evidence);
}

TEST(Compare, WithoutLabelsOfRefusedPeopleNobodyIsToldWhoWouldHavePaid) {
  const LabelCounts approved_alone{800, 200, 0, 0, 1000, 200, 0};
  const MeasureView blind = compare(rule(Measure::true_positive_difference, 0.1),
                                    {group("a", 2000, 1000, approved_alone), group("b", 2000, 1000, approved_alone)});
  EXPECT_EQ(blind.verdict, Verdict::insufficient_evidence);
  EXPECT_NE(blind.why.find("approved alone"), std::string::npos);
  const LabelCounts most{4000, 200, 1000, 800, 0, 0, 0}, fewer{2500, 200, 2500, 800, 0, 0, 0};
  const MeasureView seen = compare(rule(Measure::true_positive_difference, 0.1),
                                   {group("a", 6000, 4200, most), group("b", 6000, 2700, fewer)});
  EXPECT_EQ(seen.verdict, Verdict::beyond);
  EXPECT_NEAR(seen.comparisons[0].value, -0.3, 1e-12);
}

TEST(Compare, CalibrationHoldsEachGroupAgainstWhatWasPredictedOfIt) {
  const LabelCounts as_predicted{9000, 1000, 0, 0, 10'000, 1000, int64_t{10'000} * 100'000'000};
  const LabelCounts worse{8000, 2000, 0, 0, 10'000, 2000, int64_t{10'000} * 100'000'000};
  const MeasureView out = compare(rule(Measure::calibration_difference, 0.05),
                                  {group("a", 10'000, 10'000, as_predicted), group("b", 10'000, 10'000, worse)});
  EXPECT_EQ(out.verdict, Verdict::beyond);
  EXPECT_EQ(out.worst_group, "b");
  EXPECT_TRUE(out.worst_against.empty());
  EXPECT_NEAR(out.comparisons[0].value, 0.1, 1e-12);
  EXPECT_EQ(out.comparisons[1].verdict, Verdict::within);
}

TEST(Compare, ASmallGroupIsWithheldAndCannotBeWorkedOutFromTheOthers) {
  std::vector<Group> groups{group("a", 1004, 503), group("b", 7, 1), group("c", 308, 308)};
  EXPECT_EQ(withhold_small(groups), 1);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].decided, 1000) << "a total of 1,319 less a and c is not b any more";
  EXPECT_EQ(groups[0].approved, 500);
  EXPECT_EQ(groups[1].decided, 310);
  EXPECT_EQ(groups[1].approved, 310);
  std::vector<Group> enough{group("a", 1004, 503), group("b", kGroupRowsMin, 1), group("c", 308, 100)};
  EXPECT_EQ(withhold_small(enough), 0);
  EXPECT_EQ(enough[0].decided, 1004);
  std::vector<Group> several{group("a", 1004, 503), group("b", 15, 1), group("c", 12, 1), group("d", 51, 1)};
  EXPECT_EQ(withhold_small(several), 2);
  EXPECT_EQ(several[0].decided, 1004) << "b and c together are enough to hide in";
}

TEST(Compare, AFactThatTellsTheGroupIsFoundAndOneThatDoesNotIsNot) {
  RandomStream stream(Random(31), 1, 1);
  std::vector<ProxyRow> rows;
  for (int i = 0; i < 3000; ++i) {
    const bool member = stream.chance(0.4);
    ProxyRow row{member ? "2" : "1", {}};
    row.facts.emplace_back(evidence::Number::whole(static_cast<int64_t>(100 * stream.normal()) - (member ? 150 : 0)));
    row.facts.emplace_back(evidence::Number::whole(static_cast<int64_t>(100 * stream.normal())));
    row.facts.emplace_back(std::string(member == stream.chance(0.8) ? "nurse" : "miner"));
    row.facts.emplace_back("one of a kind " + std::to_string(i));
    rows.push_back(std::move(row));
  }
  const auto found = proxies({"height", "luck", "job", "name"}, rows);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].fact, "height");
  EXPECT_NEAR(found[0].auc, 0.856, 0.02) << "1.5 standard deviations apart, and low ones tell as well as high ones";
  EXPECT_EQ(found[1].fact, "job");
  EXPECT_NEAR(found[1].auc, 0.80, 0.03);
  EXPECT_NEAR(found[2].auc, 0.5, 0.03);
  EXPECT_NEAR(found[3].auc, 0.5, 0.03) << "a text that nobody shares seems to tell nothing";
}

TEST(Jurisdiction, AnAgeFallsIntoItsBand) {
  const std::vector<int64_t> bands{25, 40, 62};
  EXPECT_EQ(band_of("24", bands), "under 25");
  EXPECT_EQ(band_of("25", bands), "25-39");
  EXPECT_EQ(band_of("61", bands), "40-61");
  EXPECT_EQ(band_of("62", bands), "62 and over");
  EXPECT_EQ(band_of("absent", bands), "absent");
  EXPECT_EQ(band_of("2", {}), "2");
}

const Rules& rules_of(const Jurisdiction& jurisdiction, const char* day) {
  const Rules* rules = jurisdiction.at(*Date::parse(day));
  CHECK(rules != nullptr, "rules hold on that day");
  return *rules;
}

bool binding(const Rules& rules) {
  return std::any_of(rules.measures.begin(), rules.measures.end(), [](const MeasureRule& m) { return m.binding; });
}

TEST(Jurisdiction, TheRulesOfADayAreThoseInForceThen) {
  const DiskFiles files;
  const auto us = read_jurisdiction(files, std::string(kJurisdictionFolder), "us");
  ASSERT_TRUE(us) << us.error().text();
  EXPECT_TRUE(binding(rules_of(*us, "2026-07-20")));
  EXPECT_FALSE(binding(rules_of(*us, "2026-07-21"))) << "disparate impact is dropped";
  EXPECT_EQ(rules_of(*us, "2026-07-21").duties[0].name, "specific reasons") << "but reasons stay";
  const auto eu = read_jurisdiction(files, std::string(kJurisdictionFolder), "eu");
  ASSERT_TRUE(eu);
  EXPECT_LT(rules_of(*eu, "2027-12-01").duties.size(), rules_of(*eu, "2027-12-02").duties.size());
  EXPECT_EQ(eu->at(*Date::parse("2000-01-01")), nullptr);
  const auto cn = read_jurisdiction(files, std::string(kJurisdictionFolder), "cn");
  ASSERT_TRUE(cn);
  EXPECT_LT(rules_of(*cn, "2026-06-17").duties.size(), rules_of(*cn, "2026-06-18").duties.size());
}

TEST(Jurisdiction, AFileThatContradictsItselfIsRefusedAndANameIsNoPath) {
  const auto bad = parse_jurisdiction(R"({"jurisdiction": "x", "measured_nightly": true, "versions": [
      {"effective_from": "2026-01-02", "title": "t", "source": "s", "attributes": [], "duties": [],
       "measures": [{"measure": "impact_ratio", "limit": 2, "rows_min": 1, "binding": true, "rule": "r"}]},
      {"effective_from": "2026-01-01", "title": "t", "source": "s", "attributes": [], "duties": [], "measures": []}]})");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().faults.size(), 2u);
  const DiskFiles files;
  const auto path = read_jurisdiction(files, std::string(kJurisdictionFolder), "../../us");
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace puhui::fairness
