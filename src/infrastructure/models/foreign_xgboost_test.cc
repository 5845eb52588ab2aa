// Models that libxgboost trains and saves must score here as there, on every row: boosters, objectives, missing values,
// categories, JSON and UBJ.
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include <cmath>
#include <cstdlib>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/models/foreign_form.h"
#include "infrastructure/models/foreign_import.h"
#include "infrastructure/models/table.h"

namespace puhui::models {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

#define XGB(call) ASSERT_EQ((call), 0) << XGBGetLastError()

struct Rows {
  size_t width = 0;
  std::vector<float> values, labels;
  std::vector<std::string> types;  // "c" for categories; empty: all numbers
  size_t count() const { return values.size() / width; }
};

struct Drawn {
  size_t count = 600, width = 8, classes = 0;
  bool positive = false, has_missing = true, has_categories = false;
  bool has_unseen = false;  // categories beyond those of training, and values that are none
};

Rows draw(const Drawn& of, uint64_t seed) {
  Rows out{.width = of.width};
  RandomStream random(Random(seed), 7, 0);
  for (size_t i = 0; i < of.count; ++i) {
    double signal = 0;
    for (size_t f = 0; f < of.width; ++f) {
      const bool category = of.has_categories && f % 3 == 0;
      const double x = category     ? static_cast<double>(random.below((f == 0 ? 40 : 6) * (of.has_unseen ? 3 : 1)))
                       : f % 4 == 1 ? static_cast<double>(random.below(5))
                                    : random.normal() * (f % 5 == 2 ? 1e4 : 1);
      const bool missing = of.has_missing && random.chance(0.1);
      const bool odd = of.has_unseen && random.chance(0.1);
      if (!missing)
        signal +=
            category ? (static_cast<uint64_t>(x) * 7 % 5 < 2 ? 0.8 : -0.4) : std::tanh(x) * (f % 2 == 0 ? 0.7 : -0.5);
      out.values.push_back(missing ? NAN : static_cast<float>(odd ? x + 0.5 : x));
    }
    signal += random.normal() * 0.3;
    const double label = of.classes > 1 ? std::fmod(std::floor(std::fabs(signal) * 3), static_cast<double>(of.classes))
                         : of.classes == 1 ? (signal > 0 ? 1 : 0)
                         : of.positive     ? std::exp(signal)
                                           : signal * 100;
    out.labels.push_back(static_cast<float>(label));
  }
  if (of.has_categories) {
    for (size_t f = 0; f < of.width; ++f) out.types.push_back(f % 3 == 0 ? "c" : "q");
  }
  return out;
}

// One trained model with what the library says of rows.
struct Trained {
  std::string json, ubj;
  std::vector<float> answers;
};

void make_matrix(const Rows& rows, DMatrixHandle& matrix) {
  const std::string interface = "{\"data\": [" + std::to_string(reinterpret_cast<uintptr_t>(rows.values.data())) +
                                ", true], \"shape\": [" + std::to_string(rows.count()) + ", " +
                                std::to_string(rows.width) + "], \"typestr\": \"<f4\", \"version\": 3}";
  XGB(XGDMatrixCreateFromDense(interface.c_str(), "{\"missing\": NaN, \"nthread\": 1}", &matrix));
  XGB(XGDMatrixSetFloatInfo(matrix, "label", rows.labels.data(), rows.labels.size()));
  if (!rows.types.empty()) {
    std::vector<const char*> types;
    for (const auto& type : rows.types) types.push_back(type.c_str());
    XGB(XGDMatrixSetStrFeatureInfo(matrix, "feature_type", types.data(), types.size()));
  }
}

// Trains on `rows` and asks for answers to `asked`.
void train(const Rows& rows, const Rows& asked, const Parameters& parameters, int rounds, Trained& out) {
  DMatrixHandle matrix = nullptr, other = nullptr;
  ASSERT_NO_FATAL_FAILURE(make_matrix(rows, matrix));
  ASSERT_NO_FATAL_FAILURE(make_matrix(asked, other));
  BoosterHandle booster = nullptr;
  XGB(XGBoosterCreate(&matrix, 1, &booster));
  XGB(XGBoosterSetParam(booster, "nthread", "1"));
  XGB(XGBoosterSetParam(booster, "verbosity", "0"));
  for (const auto& [name, value] : parameters) XGB(XGBoosterSetParam(booster, name.c_str(), value.c_str()));
  for (int round = 0; round < rounds; ++round) XGB(XGBoosterUpdateOneIter(booster, round, matrix));
  bst_ulong length = 0;
  const char* bytes = nullptr;
  XGB(XGBoosterSaveModelToBuffer(booster, "{\"format\": \"json\"}", &length, &bytes));
  out.json.assign(bytes, length);
  XGB(XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &length, &bytes));
  out.ubj.assign(bytes, length);
  // A fresh booster: what the file says, not what training remembers.
  BoosterHandle loaded = nullptr;
  XGB(XGBoosterCreate(nullptr, 0, &loaded));
  XGB(XGBoosterLoadModelFromBuffer(loaded, out.json.data(), out.json.size()));
  XGB(XGBoosterSetParam(loaded, "nthread", "1"));
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* answers = nullptr;
  XGB(XGBoosterPredictFromDMatrix(loaded, other,
                                  "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
                                  "\"strict_shape\": true}",
                                  &shape, &dimensions, &answers));
  size_t size = 1;
  for (bst_ulong i = 0; i < dimensions; ++i) size *= shape[i];
  out.answers.assign(answers, answers + size);
  XGBoosterFree(loaded), XGBoosterFree(booster), XGDMatrixFree(matrix), XGDMatrixFree(other);
}

// The largest difference, relative where the answer is above 1 in size.
double largest_difference(const ForeignForm& form, const Rows& rows, const std::vector<float>& theirs, bool is_class) {
  const size_t groups = form.base.size(), width = theirs.size() / rows.count();
  std::vector<double> row(rows.width), out(groups);
  double largest = 0;
  for (size_t i = 0; i < rows.count(); ++i) {
    std::copy_n(rows.values.begin() + static_cast<ptrdiff_t>(i * rows.width), rows.width, row.begin());
    EXPECT_TRUE(form.answer(row, out).has_value());
    if (is_class) {
      const auto best = std::max_element(out.begin(), out.end()) - out.begin();
      largest = std::max(largest, std::fabs(static_cast<double>(best) - static_cast<double>(theirs[i])));
      continue;
    }
    EXPECT_EQ(width, groups);
    for (size_t g = 0; g < groups; ++g) {
      const auto expected = static_cast<double>(theirs[i * width + g]);
      largest = std::max(largest, std::fabs(out[g] - expected) / std::max(1.0, std::fabs(expected)));
    }
  }
  return largest;
}

// The governed model made of the file: the predictor's scores, exact sums, and bytes that read back.
void expect_same_imported(const Rows& rows, const std::string& bytes, const Predictor& predictor) {
  const auto imported = import_model(bytes, "imported");
  ASSERT_TRUE(imported.has_value()) << imported.error().text();
  EXPECT_EQ(*imported->card().find("source")->find("sha256")->text(), sha256(bytes).hex());
  const auto again = Model::parse(imported->bytes());
  ASSERT_TRUE(again.has_value()) << again.error().text();
  std::vector<double> row(rows.width);
  std::vector<PredictorValue> in(rows.width);
  Prediction out;
  for (size_t i = 0; i < rows.count(); i += 7) {
    for (size_t f = 0; f < rows.width; ++f)
      row[f] = static_cast<double>(rows.values[i * rows.width + f]), in[f] = row[f];
    ASSERT_TRUE(predictor.predict(in, out).has_value());
    const Score score = imported->score(row);
    EXPECT_NEAR(score.probability.as_double(), std::get<ModelNumber>(out.values[0]).as_double(), 1e-6);
    EXPECT_EQ(again->score(row), score);
    const Explanation explained = imported->explain(row);
    int64_t sum = explained.base;
    for (const Contribution& part : explained.contributions) sum += part.amount;
    EXPECT_EQ(sum, explained.total);
    EXPECT_EQ(explained.contributions.size(), rows.width);
  }
}

void expect_equal(const Drawn& drawn, const Parameters& parameters, int rounds, uint64_t seed) {
  std::string named;
  for (const auto& [name, value] : parameters) named += name + "=" + value + " ";
  SCOPED_TRACE(named + "seed " + std::to_string(seed));
  Trained trained;
  const Rows learned = draw(drawn, seed);
  Drawn other = drawn;
  other.has_unseen = drawn.has_categories;
  const Rows rows = draw(other, seed + 1000);
  ASSERT_NO_FATAL_FAILURE(train(learned, rows, parameters, rounds, trained));
  const bool is_class = named.find("multi:softmax") != std::string::npos;
  for (const std::string* bytes : {&trained.json, &trained.ubj}) {
    const auto form = read_xgboost(*bytes);
    ASSERT_TRUE(form.has_value()) << form.error().text();
    EXPECT_LE(largest_difference(**form, rows, trained.answers, is_class), 1e-6);
  }
  const auto predictor = Predictor::parse(trained.ubj);
  ASSERT_TRUE(predictor.has_value());
  if (named.find("binary:logistic") == std::string::npos || named.find("gblinear") != std::string::npos) return;
  expect_same_imported(rows, trained.ubj, *predictor);
}

struct Case {
  const char* objective;
  size_t classes;  // 1: two of them by 0 and 1
  bool positive;
};
constexpr Case kCases[] = {
    {"reg:squarederror", 0, false},   {"reg:pseudohubererror", 0, false}, {"reg:absoluteerror", 0, false},
    {"reg:squaredlogerror", 0, true}, {"reg:logistic", 1, false},         {"binary:logistic", 1, false},
    {"binary:logitraw", 1, false},    {"binary:hinge", 1, false},         {"count:poisson", 0, true},
    {"reg:gamma", 0, true},           {"reg:tweedie", 0, true},           {"rank:pairwise", 1, false},
    {"multi:softmax", 4, false},      {"multi:softprob", 4, false}};

TEST(ForeignXgboost, EveryObjectiveOfEveryBoosterScoresAsTheLibraryToOneMillionth) {
  uint64_t seed = 1;
  for (const Case& each : kCases) {
    for (const char* booster : {"gbtree", "dart", "gblinear"}) {
      Parameters parameters = {{"booster", booster}, {"objective", each.objective}, {"seed", std::to_string(seed)}};
      if (each.classes > 1) parameters.emplace_back("num_class", std::to_string(each.classes));
      if (std::string_view(booster) == "dart") parameters.emplace_back("rate_drop", "0.3");
      if (std::string_view(booster) == "gblinear") {
        parameters.emplace_back("updater", "coord_descent");
        parameters.emplace_back("lambda", "5");
      }
      Drawn drawn{.classes = each.classes, .positive = each.positive};
      if (std::string_view(booster) == "gblinear") drawn.width = 2;  // no large numbers: exp() of them has no end
      expect_equal(drawn, parameters, 12, seed++);
    }
  }
}

TEST(ForeignXgboost, RandomDepthsSharesAndBaseScoresAgreeOnEveryRow) {
  for (uint64_t seed = 100; seed < 130; ++seed) {
    RandomStream random(Random(seed), 9, 0);
    const bool binary = random.chance(0.5);
    const Parameters parameters = {{"objective", binary ? "binary:logistic" : "reg:squarederror"},
                                   {"tree_method", random.chance(0.5) ? "hist" : "exact"},
                                   {"grow_policy", random.chance(0.5) ? "depthwise" : "lossguide"},
                                   {"max_depth", std::to_string(1 + random.below(9))},
                                   {"eta", format_double(0.05 + random.uniform() * 0.5)},
                                   {"subsample", format_double(0.5 + random.uniform() * 0.5)},
                                   {"colsample_bytree", format_double(0.5 + random.uniform() * 0.5)},
                                   {"min_child_weight", std::to_string(random.below(5))},
                                   {"num_parallel_tree", std::to_string(1 + random.below(3))},
                                   {"base_score", format_double(0.05 + random.uniform() * 0.9)}};
    expect_equal({.width = 1 + random.below(20), .classes = binary ? size_t{1} : 0}, parameters, 20, seed);
  }
}

TEST(ForeignXgboost, SplitsByCategoriesGoTheLibrarysWayAlsoForUnseenAndMissingOnes) {
  for (uint64_t seed = 200; seed < 208; ++seed) {
    const Parameters parameters = {{"objective", seed % 2 == 0 ? "binary:logistic" : "reg:squarederror"},
                                   {"tree_method", seed % 4 < 2 ? "hist" : "approx"},
                                   {"max_cat_to_onehot", seed % 3 == 0 ? "4" : "100"},
                                   {"max_depth", "6"}};
    expect_equal({.classes = seed % 2 == 0 ? size_t{1} : 0, .has_categories = true}, parameters, 15, seed);
  }
}

TEST(ForeignXgboost, ThePublicTableScoresAsTheLibraryDoes) {
  const char* data = std::getenv("PUHUI_DATA");
  auto source =
      open_file(std::string(data == nullptr ? "../shared/data" : data) + "/credit/uci_default_credit_card_30k.csv.gz");
  if (!source) GTEST_SKIP() << "skipped: no data";
  const Table table = read_table(std::move(*source))->table;
  Rows rows;
  const Column& target = *table.find("default.payment.next.month");
  std::vector<const Column*> columns;
  for (const Column& column : table.columns()) {
    if (&column != &target && column.type == ColumnType::numeric && column.name != "ID") columns.push_back(&column);
  }
  rows.width = columns.size();
  for (size_t i = 0; i < target.values.size(); ++i) {
    for (const Column* column : columns) rows.values.push_back(static_cast<float>(column->values[i]));
    rows.labels.push_back(static_cast<float>(target.values[i]));
  }
  Trained trained;
  ASSERT_NO_FATAL_FAILURE(
      train(rows, rows, {{"objective", "binary:logistic"}, {"max_depth", "6"}, {"tree_method", "hist"}}, 60, trained));
  const auto form = read_xgboost(trained.ubj);
  ASSERT_TRUE(form.has_value()) << form.error().text();
  EXPECT_LE(largest_difference(**form, rows, trained.answers, false), 1e-6);
}

}  // namespace
}  // namespace puhui::models
