#include "applications/fraud/protocol.h"

#include <gtest/gtest.h>

namespace puhui::fraud {
namespace {

// Day 0 trains, day 1 waits, days 2 and 3 test.
constexpr ProtocolDays kDays = {{0}, {0}, {2}, {3}, 1};

TEST(Protocol, LeavesOutTheVictimsOfTrainingDaysFromTheFirstTestDayOn) {
  const std::vector<ProtocolRow> rows = {{{0}, 1, true, 0}, {{2}, 1, true, 0.9}, {{2}, 2, false, 0.1}};
  EXPECT_EQ(looked_at(kDays, rows), std::vector<uint32_t>{2});
}

TEST(Protocol, LeavesOutAVictimOnceTheLabelIsKnownAndNotBefore) {
  // The fraud of day 1 is known from day 3 on, the one of day 2 never within the test.
  const std::vector<ProtocolRow> rows = {{{1}, 1, true, 0}, {{2}, 1, false, 0}, {{3}, 1, false, 0},
                                         {{2}, 2, true, 0}, {{3}, 2, true, 0},  {{4}, 3, true, 0}};
  EXPECT_EQ(looked_at(kDays, rows), (std::vector<uint32_t>{1, 3, 4}));
}

TEST(Protocol, ForgetsFraudsOfBeforeTheTrainingDays) {
  const ProtocolDays days = {{10}, {10}, {12}, {12}, 1};
  const std::vector<ProtocolRow> rows = {{{9}, 1, true, 0}, {{12}, 1, true, 0}};
  EXPECT_EQ(looked_at(days, rows), std::vector<uint32_t>{1});
}

TEST(Protocol, CountsHowManyOfAHundredCustomersHadAFraudThatDay) {
  // Day 2: customers 0 to 149 by falling score; 10 of the first hundred and 3 behind it have a fraud.
  std::vector<ProtocolRow> rows;
  for (uint32_t c = 0; c < 150; ++c) {
    const bool bad = c < 10 || (c >= 100 && c < 103);
    rows.push_back({{2}, c, bad, 1 - c / 1000.0});
  }
  // Day 3: those detected have left, so the three missed ones and one new are found.
  for (uint32_t c = 0; c < 150; ++c) rows.push_back({{3}, c, c < 10 || (c >= 100 && c < 103) || c == 20, 0.5});
  const auto figures = measure(kDays, rows);
  ASSERT_TRUE(figures) << figures.error().text();
  ASSERT_EQ(figures->days.size(), 2u);
  EXPECT_EQ(figures->days[0].detected, 10);
  EXPECT_EQ(figures->days[0].customers_with_fraud, 13);
  EXPECT_EQ(figures->days[1].customers, 140);
  EXPECT_EQ(figures->days[1].customers_with_fraud, 4);
  EXPECT_EQ(figures->days[1].detected, 4);  // equal scores by customer: 10 to 109
  EXPECT_DOUBLE_EQ(figures->card_precision_100, (0.10 + 0.04) / 2);
}

TEST(Protocol, RanksACustomerByTheHighestScoreOfTheDay) {
  std::vector<ProtocolRow> rows;
  for (uint32_t c = 0; c < 120; ++c) rows.push_back({{2}, c, false, 0.5});
  rows.push_back({{2}, 119, true, 0.1});  // the fraud itself is scored low
  auto figures = measure({{0}, {0}, {2}, {2}, 1}, rows);
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->days[0].detected, 0);
  rows[119].score = 0.9;  // another payment of that customer is scored high
  figures = measure({{0}, {0}, {2}, {2}, 1}, rows);
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->days[0].detected, 1);
}

TEST(Protocol, AgreesWithAveragePrecisionAndAucByHand) {
  // Ranked: fraud, good, fraud, good. AP = (1/1 + 2/3) / 2; AUC = 3 of 4 pairs.
  const std::vector<ProtocolRow> rows = {
      {{2}, 1, true, 0.9}, {{2}, 2, false, 0.8}, {{2}, 3, true, 0.7}, {{3}, 4, false, 0.6}};
  const auto figures = measure(kDays, rows);
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ(figures->average_precision, (1.0 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(figures->auc, 0.75);
  EXPECT_EQ(figures->payments, 4);
  EXPECT_EQ(figures->frauds, 2);
}

TEST(Protocol, RefusesATestThatBeginsBeforeItsTrainingLabelsAreKnown) {
  const ProtocolDays days = {{0}, {6}, {13}, {19}, 7};
  const auto checked = days.check();
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().text().find("are known on 1970-01-15"), std::string::npos) << checked.error().text();
  EXPECT_TRUE((ProtocolDays{{0}, {6}, {14}, {20}, 7}.check()));
}

TEST(Protocol, SaysThatATestWithoutFraudsCannotBeMeasured) {
  const std::vector<ProtocolRow> rows = {{{2}, 1, false, 0.9}};
  const auto figures = measure(kDays, rows);
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace puhui::fraud
