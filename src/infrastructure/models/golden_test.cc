// The reference outputs of scorecardpy on two public tables: bins, weights, coefficients, points, scores.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "ground/base/text.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/scorecard.h"
#include "infrastructure/models/table.h"

namespace puhui::models {
namespace {

struct Golden {
  const char* data;
  const char* prefix;
  const char* target;
  const char* positive;
};

constexpr Golden kGolden[] = {
    {"german_credit_1k.csv", "german", "creditability", "bad"},
    {"uci_default_credit_card_30k.csv.gz", "uci", "default.payment.next.month", "1"},
};

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::string& path) {
  auto source = open_file(path);
  EXPECT_TRUE(source.has_value()) << source.error().text();
  // The coefficients' file has no name for its first column.
  std::string text(1 << 22, '\0');
  size_t length = 0;
  while (const size_t got = *(*source)->read(std::span(text).subspan(length))) length += got;
  text.resize(length);
  if (text.starts_with(",")) text.insert(0, "name");
  auto reader = CsvReader::open(from_text(text));
  EXPECT_TRUE(reader.has_value()) << reader.error().text();
  Rows out;
  CsvRow row;
  while (*reader->next(row)) out.emplace_back(row.fields.begin(), row.fields.end());
  return out;
}

double number(const std::string& text) {
  return text == "inf" ? INFINITY : text == "-inf" ? -INFINITY : parse_double(text).value();
}

// "b%,%a" names two categories.
std::vector<double> categories_of(const Column& column, std::string_view bin) {
  std::vector<double> out;
  for (size_t begin = 0;;) {
    const size_t end = bin.find("%,%", begin);
    const std::string name(bin.substr(begin, end - begin));
    const auto found = std::find(column.categories.begin(), column.categories.end(), name);
    EXPECT_NE(found, column.categories.end()) << column.name << ": " << name;
    out.push_back(static_cast<double>(found - column.categories.begin()));
    if (end == std::string_view::npos) return out;
    begin = end + 3;
  }
}

class GoldenScorecard : public ::testing::TestWithParam<Golden> {
 protected:
  void SetUp() override {
    const char* data = std::getenv("PUHUI_DATA");
    folder_ = std::string(data == nullptr ? "../shared/data" : data) + "/credit/";
    auto source = open_file(folder_ + GetParam().data);
    if (!source) GTEST_SKIP() << "skipped: no data";
    table_ = read_table(std::move(*source))->table;
    const Column& target = *table_.find(GetParam().target);
    for (const double value : target.values) {
      const bool bad = target.type == ColumnType::numeric
                           ? value == 1
                           : target.categories[static_cast<size_t>(value)] == GetParam().positive;
      bad_.push_back(bad ? 1 : 0);
    }
    for (auto& row : rows_of(file("_scorecardpy_woebin.csv"))) bins_[row[0]].push_back(row);
  }
  std::string file(const std::string& ending) const { return folder_ + "golden/" + GetParam().prefix + ending; }

  Binning binning(const std::string& variable) const {
    const Column& column = *table_.find(variable);
    const auto& rows = bins_.at(variable);
    if (column.type == ColumnType::categorical) {
      std::vector<std::vector<double>> groups;
      for (const auto& row : rows) groups.push_back(categories_of(column, row[1]));
      return bin_given_categories({column.values, bad_}, groups);
    }
    std::vector<double> breaks;
    for (const auto& row : rows) {
      if (row[10] != "inf") breaks.push_back(number(row[10]));
    }
    return bin_given({column.values, bad_}, breaks);
  }

  std::string folder_;
  Table table_;
  std::vector<uint8_t> bad_;
  std::map<std::string, Rows> bins_;
};

TEST_P(GoldenScorecard, WoeAndIvOfTheGoldenBinsAreEqualTo1e9) {
  ASSERT_FALSE(bins_.empty());
  for (const auto& [variable, rows] : bins_) {
    const Binning ours = binning(variable);
    ASSERT_EQ(ours.bins.size(), rows.size()) << variable;
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(ours.bins[i].good, static_cast<uint64_t>(number(rows[i][4]))) << variable;
      EXPECT_EQ(ours.bins[i].bad, static_cast<uint64_t>(number(rows[i][5]))) << variable;
      EXPECT_NEAR(ours.bins[i].woe, number(rows[i][7]), 1e-9) << variable;
      EXPECT_NEAR(ours.bins[i].iv, number(rows[i][8]), 1e-9) << variable;
    }
    EXPECT_NEAR(ours.iv, number(rows[0][9]), 1e-9) << variable;
  }
}

TEST_P(GoldenScorecard, CoefficientsAreEqualTo1e5AndEveryRowHasTheGoldenPointsAndScore) {
  const Rows coefficients = rows_of(file("_woe_lr_coef.csv"));
  std::vector<Binning> binnings;
  std::vector<const Column*> columns;
  for (const auto& row : coefficients) {
    if (row[0] == "(intercept)") continue;
    const std::string variable = row[0].substr(0, row[0].size() - 4);
    columns.push_back(table_.find(variable));
    binnings.push_back(binning(variable));
  }
  std::vector<double> design;
  for (size_t row = 0; row < bad_.size(); ++row) {
    for (size_t j = 0; j < columns.size(); ++j) design.push_back(binnings[j].woe(columns[j]->values[row]));
  }
  // The reference stopped short of the optimum; repeating its method gives its coefficients.
  const auto fit = refit_logistic({design, bad_, columns.size()});
  ASSERT_TRUE(fit.has_value()) << fit.error().text();
  for (size_t j = 0; j < columns.size(); ++j)
    EXPECT_NEAR(fit->coefficients[j], number(coefficients[j][1]), 1e-5) << columns[j]->name;
  EXPECT_NEAR(fit->intercept, number(coefficients.back()[1]), 1e-5);

  const auto exact = fit_logistic({design, bad_, columns.size()});
  ASSERT_TRUE(exact.has_value()) << exact.error().text();
  EXPECT_GT(exact->log_likelihood, fit->log_likelihood);
  EXPECT_NEAR(exact->log_likelihood, fit->log_likelihood, 1e-3);

  std::vector<ScorecardFeature> features;
  for (size_t j = 0; j < columns.size(); ++j) {
    features.push_back(
        {.place = static_cast<uint32_t>(j), .binning = binnings[j], .coefficient = fit->coefficients[j], .points = {}});
  }
  const Scorecard card(PointsScale{}, fit->intercept, std::move(features));
  std::map<std::string, std::map<std::string, int64_t>> golden_points;
  for (const auto& row : rows_of(file("_scorecardpy_card_600_1-19_50.csv"))) {
    golden_points[row[0]][row[1]] = static_cast<int64_t>(number(row[2]));
  }
  EXPECT_EQ(card.base_points(), golden_points["basepoints"][""]);
  for (size_t j = 0; j < columns.size(); ++j) {
    const auto& rows = bins_.at(columns[j]->name);
    // A variable with one bin has coefficient 0 and no place on the golden card.
    if (rows.size() == 1) continue;
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(card.features()[j].points[i], golden_points[columns[j]->name].at(rows[i][1]))
          << columns[j]->name << rows[i][1];
    }
  }

  const Rows predictions = rows_of(file("_pred.csv.gz"));
  ASSERT_EQ(predictions.size(), bad_.size());
  std::vector<double> places(columns.size()), probabilities;
  for (size_t row = 0; row < bad_.size(); ++row) {
    for (size_t j = 0; j < columns.size(); ++j) places[j] = columns[j]->values[row];
    ASSERT_EQ(card.score(places), static_cast<int64_t>(number(predictions[row][1]))) << row;
    probabilities.push_back(sigmoid(card.log_odds(places)));
    ASSERT_NEAR(probabilities.back(), number(predictions[row][0]), 1e-6) << row;
  }
  const Quality measured = quality({probabilities, bad_});
  const bool german = std::string_view(GetParam().prefix) == "german";
  EXPECT_NEAR(measured.auc, german ? .831298 : .773549, 1e-6);
  EXPECT_NEAR(measured.ks, german ? .543333 : .414786, 1e-6);
  EXPECT_NEAR(measured.brier, german ? .148615 : .136312, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Tables, GoldenScorecard, ::testing::ValuesIn(kGolden),
                         [](const auto& golden) { return std::string(golden.param.prefix); });

}  // namespace
}  // namespace puhui::models
