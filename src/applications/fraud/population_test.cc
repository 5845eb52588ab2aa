#include "applications/fraud/population.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ground/base/hash.h"
#include "ground/base/text.h"

namespace puhui::fraud {
namespace {

struct Drawn {
  std::string text;
  std::vector<std::vector<std::string>> rows;
  std::map<std::string, size_t> column;
};

Drawn draw(const Population& population) {
  Drawn out;
  const auto written = write_population(population, [&](std::string_view piece) -> Result<void> {
    out.text += piece;
    return {};
  });
  EXPECT_TRUE(written);
  size_t begin = 0;
  bool header = true;
  while (begin < out.text.size()) {
    const size_t end = out.text.find('\n', begin);
    std::vector<std::string> cells;
    size_t from = begin;
    for (size_t at = out.text.find(',', from); at < end; at = out.text.find(',', from)) {
      cells.push_back(out.text.substr(from, at - from));
      from = at + 1;
    }
    cells.push_back(out.text.substr(from, end - from));
    if (header) {
      for (size_t i = 0; i < cells.size(); ++i) out.column[cells[i]] = i;
    } else {
      out.rows.push_back(std::move(cells));
    }
    header = false;
    begin = end + 1;
  }
  return out;
}

Population small(PopulationKind kind, uint64_t seed = 1) {
  Population out;
  out.kind = kind;
  out.rows = 20'000;
  out.days = 40;
  out.seed = seed;
  return out;
}

class EveryPopulation : public testing::TestWithParam<PopulationKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryPopulation,
                         testing::Values(PopulationKind::card_payment, PopulationKind::loan_application));

TEST_P(EveryPopulation, IsTheSameForASeedAndAnotherForAnother) {
  const auto first = draw(small(GetParam()));
  EXPECT_EQ(first.text, draw(small(GetParam())).text);
  EXPECT_NE(first.text, draw(small(GetParam(), 2)).text);
}

TEST_P(EveryPopulation, HasExactlyTheRowsAskedForInEventTime) {
  const auto drawn = draw(small(GetParam()));
  ASSERT_EQ(drawn.rows.size(), 20'000u);
  int64_t before = 0;
  std::set<std::string> keys;
  for (const auto& row : drawn.rows) {
    ASSERT_EQ(row.size(), drawn.column.size());
    const int64_t at = std::stoll(row[drawn.column.at("t")]);
    EXPECT_GE(at, before);
    before = at;
    EXPECT_TRUE(keys.insert(row[0]).second);
  }
  EXPECT_LT(before, 40 * 86'400);
}

TEST_P(EveryPopulation, MarksAFewInAHundredAsFraudOfEveryScenario) {
  const auto drawn = draw(small(GetParam()));
  std::map<std::string, int> scenarios;
  int frauds = 0;
  for (const auto& row : drawn.rows) {
    ++scenarios[row[drawn.column.at("scenario")]];
    const bool fraud = row[drawn.column.at("fraud")] == "1";
    frauds += fraud;
    EXPECT_EQ(fraud, row[drawn.column.at("scenario")] != "none");
  }
  EXPECT_GT(frauds, 100);
  EXPECT_LT(frauds, 1000);
  EXPECT_EQ(scenarios.size(), GetParam() == PopulationKind::card_payment ? 5u : 4u);
  for (const auto& [scenario, count] : scenarios) EXPECT_GT(count, 10) << scenario;
}

TEST(PaymentPopulation, PaysMoreWithStolenCardsThanTheirOwnersDo) {
  const auto drawn = draw(small(PopulationKind::card_payment));
  std::map<std::string, std::pair<double, int>> good, stolen;
  for (const auto& row : drawn.rows) {
    const auto& scenario = row[drawn.column.at("scenario")];
    if (scenario != "none" && scenario != "stolen_card") continue;
    auto& sum = (scenario == "none" ? good : stolen)[row[drawn.column.at("customer")]];
    sum.first += std::stod(row[drawn.column.at("amount_cents")]);
    ++sum.second;
  }
  int higher = 0, compared = 0;
  for (const auto& [customer, sum] : stolen) {
    if (!good.contains(customer)) continue;
    ++compared;
    higher += sum.first / sum.second > 1.5 * good[customer].first / good[customer].second;
  }
  ASSERT_GT(compared, 5);
  EXPECT_GT(higher * 10, compared * 8);
}

TEST(PaymentPopulation, TakesAccountsOverFromDevicesTheirOwnersNeverUsed) {
  const auto drawn = draw(small(PopulationKind::card_payment));
  std::set<std::string> own;
  for (const auto& row : drawn.rows) {
    if (row[drawn.column.at("scenario")] == "none") own.insert(row[drawn.column.at("device")]);
  }
  for (const auto& row : drawn.rows) {
    if (row[drawn.column.at("scenario")] != "account_takeover") continue;
    EXPECT_FALSE(own.contains(row[drawn.column.at("device")]));
    EXPECT_FALSE(row[drawn.column.at("beneficiary")].empty());
  }
}

TEST(ApplicationPopulation, HasRingsThatShareMoreThanHouseholdsDo) {
  const auto drawn = draw(small(PopulationKind::loan_application));
  std::map<std::string, std::set<std::string>> ring, good;
  for (const auto& row : drawn.rows) {
    const auto& device = row[drawn.column.at("device")];
    if (device.empty()) continue;
    const auto& scenario = row[drawn.column.at("scenario")];
    if (scenario == "ring") ring[device].insert(row[drawn.column.at("applicant")]);
    if (scenario == "none") good[device].insert(row[drawn.column.at("applicant")]);
  }
  size_t most = 0, most_good = 0;
  for (const auto& [device, people] : ring) most = std::max(most, people.size());
  for (const auto& [device, people] : good) most_good = std::max(most_good, people.size());
  EXPECT_GE(most, 4u);
  EXPECT_LE(most_good, 2u);
}

TEST(Population, NamesEveryNumberOutOfBounds) {
  Population population;
  population.rows = kPopulationRowsMax + 1;
  population.days = 0;
  const auto written = write_population(population, [](std::string_view) -> Result<void> { return {}; });
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().text().find("rows"), std::string::npos);
  EXPECT_NE(written.error().text().find("days"), std::string::npos);
}

}  // namespace
}  // namespace puhui::fraud
