#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/measures/measured_column.h"
#include "infrastructure/federation/measures/measures_stage.h"
#include "infrastructure/federation/measures/measures_wire.h"
#include "infrastructure/models/binning.h"

namespace puhui::federation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

struct Measuring {
  LogisticPair pair = simulated_pair({.rows = 150});
  MemoryFiles files;
  QuietProgress progress;
  std::vector<LeakageBook> leakage;

  explicit Measuring(const char* scheme = "okamoto_uchiyama") {
    pair.job.kind = JobKind::measures;
    pair.job.cipher.scheme = scheme;
    pair.job.measures.bins_max = 5;
    for (size_t i = 0; i < 150; i += 5) pair.host.values[1][i] = kMissing;
  }
  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt, size_t tampering = SIZE_MAX,
                                       const TamperingConversation::Tamper& tamper = {}) {
    const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
      auto stage = TRY(make_measures_stage(needs));
      if (needs.self != tampering) return stage;
      return std::make_unique<TamperingStage>(std::move(stage), tamper);
    };
    leakage.clear();
    return run_together({pair.job, {&pair.guest, &pair.host}, files, "work", break_after}, maker, leakage, progress);
  }
};

// The weights of a column's bins with rows and labels in one place.
models::Binning in_the_clear(const MeasuredColumn& column, const std::vector<double>& labels) {
  models::Binning out;
  out.bins.resize(column.bin_rows.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    models::Bin& bin = out.bins[column.bin_of_row[i]];
    ++(labels[i] == 1 ? bin.bad : bin.good);
  }
  models::weigh(out);
  return out;
}

TEST(MeasuredColumn, BinsHoldTheirMinimumAndEqualValuesStayTogether) {
  std::vector<float> values(100, 1.F);
  for (size_t i = 0; i < 30; ++i) values[i] = 2.F + static_cast<float>(i);
  for (size_t i = 95; i < 100; ++i) values[i] = kMissing;
  const MeasuredColumn column = measured_column("x", values, {.bins_max = 10, .bin_rows_min = 20});
  EXPECT_THAT(column.bin_rows, ElementsAre(71, 29));  // five missing rows are too few to stand alone
  EXPECT_FALSE(column.has_missing_bin);
  EXPECT_THAT(column.breaks, ElementsAre(3.));  // the seventh tenth of 95 values; the eighth would leave too few
}

TEST(MeasuredColumn, AColumnOfOneValueAndAnEmptyOneHaveOneBin) {
  for (const float value : {3.F, kMissing}) {
    const MeasuredColumn column = measured_column("x", std::vector<float>(50, value), {});
    EXPECT_THAT(column.bin_rows, ElementsAre(50));
    EXPECT_EQ(column.values[7], 0);
  }
}

TEST(Measures, WeightsOfTheHostsBinsAreThoseInTheClear) {
  Measuring measuring;
  const auto results = measuring.run();
  ASSERT_TRUE(results) << results.error().text();
  const Json::List& columns = *(*results)[0].measures.find("columns")->list();
  ASSERT_EQ(columns.size(), 5u);
  for (size_t j = 0; j < 5; ++j) {
    const PartyData& data = j < 3 ? measuring.pair.guest : measuring.pair.host;
    const size_t place = j < 3 ? j : j - 3;
    const MeasuredColumn column = measured_column("x", data.values[place], {.bins_max = 5});
    const models::Binning clear = in_the_clear(column, measuring.pair.guest.labels);
    EXPECT_EQ(columns[j].find("iv")->as_double(), clear.iv);
    const Json::List& bins = *columns[j].find("bins")->list();
    ASSERT_EQ(bins.size(), clear.bins.size());
    for (size_t b = 0; b < bins.size(); ++b) {
      EXPECT_EQ(bins[b].find("bad")->as_int64(), static_cast<int64_t>(clear.bins[b].bad));
      EXPECT_EQ(bins[b].find("woe")->as_double(), clear.bins[b].woe);
    }
  }
  const Json& of_host = (*(*results)[1].measures.find("columns")->list())[1];
  EXPECT_NEAR(*of_host.find("iv")->as_double(), *columns[4].find("iv")->as_double(), 1e-6);
  EXPECT_EQ(print_json(of_host).find("bad"), std::string::npos);
  EXPECT_EQ(print_json(columns[4]).find("from"), std::string::npos);
}

TEST(Measures, CorrelationsAreThoseInTheClearAtBothParties) {
  for (const char* scheme : {"okamoto_uchiyama", "paillier"}) {
    Measuring measuring(scheme);
    const auto results = measuring.run();
    ASSERT_TRUE(results) << results.error().text();
    for (const StageResult& result : *results) {
      size_t across = 0;
      for (const Json& pair : *result.measures.find("correlation")->list()) {
        if (*pair.find("with_party")->text() == *pair.find("party")->text()) continue;
        const size_t j = static_cast<size_t>(pair.find("column")->text()->back() - '0');
        const size_t k = static_cast<size_t>(pair.find("with_column")->text()->back() - '0');
        const MeasuredColumn one = measured_column("g", measuring.pair.guest.values[j], {});
        const MeasuredColumn other = measured_column("h", measuring.pair.host.values[k], {});
        int64_t sum = 0;
        double real = 0;
        for (size_t i = 0; i < 150; ++i) {
          sum += int64_t{one.values[i]} * other.values[i];
          real += one.values[i] * 0x1p-10 * (other.values[i] * 0x1p-10) / 150;
        }
        EXPECT_EQ(pair.find("ppm")->as_int64(), correlation_ppm(sum, 150));
        EXPECT_NEAR(static_cast<double>(*pair.find("ppm")->as_int64()), real * 1e6, 1);
        ++across;
      }
      EXPECT_EQ(across, 6u);
    }
  }
}

TEST(Measures, ABreakAfterAnyStepChangesNoByte) {
  Measuring measuring;
  const auto whole = measuring.run();
  ASSERT_TRUE(whole);
  for (const uint64_t step : {0, 1, 2}) {
    const auto broken = measuring.run(step);
    ASSERT_TRUE(broken) << broken.error().text();
    for (size_t party : {0, 1}) EXPECT_EQ(print_json((*broken)[party].measures), print_json((*whole)[party].measures));
  }
}

TEST(Measures, TellsHowMuchItTold) {
  Measuring measuring;
  ASSERT_TRUE(measuring.run());
  const auto amount = [&](size_t teller, std::string_view code) {
    for (const Leak& leak : measuring.leakage[teller].sums()) {
      if (leak.code == code) return leak.amount;
    }
    return int64_t{0};
  };
  EXPECT_EQ(amount(0, "information_values"), 2);
  EXPECT_EQ(amount(1, "bin_counts"), 5 + 6);  // five bins, and one for what is missing
  EXPECT_EQ(amount(0, "correlations"), 6);
  EXPECT_EQ(amount(1, "correlations"), 6);
}

Error ends_with(size_t party, uint16_t kind, const std::function<void(std::string&)>& change) {
  Measuring measuring;
  const auto results = measuring.run(std::nullopt, party, [&](uint16_t sent, std::string& bytes) {
    if (sent == kind) change(bytes);
  });
  EXPECT_FALSE(results) << "kind " << kind;
  return results ? Error{} : results.error();
}
void expect_refused(const Error& error, std::string_view says) {
  EXPECT_TRUE(error.code == ErrorCode::corrupt || error.code == ErrorCode::invalid) << error.text();
  EXPECT_NE(error.text().find(says), std::string::npos) << error.text();
}
void fill(std::string& bytes, char with) { std::fill(bytes.begin(), bytes.end(), with); }

TEST(HostileMeasures, WhatAPeerSendsIsChecked) {
  expect_refused(ends_with(0, kMeasureKey, [](std::string& bytes) { bytes.clear(); }), "key of a measuring");
  expect_refused(ends_with(0, kMeasureLabels, [](std::string& bytes) { bytes.pop_back(); }), "encrypted rows");
  expect_refused(ends_with(0, kMeasureLabels, [](std::string& bytes) { fill(bytes, '\0'); }), "ciphertext");
  expect_refused(ends_with(1, kMeasureBins, [](std::string& bytes) { bytes[2] = 1; }), "rows of bins");
  expect_refused(ends_with(1, kMeasureSums, [](std::string& bytes) { bytes.pop_back(); }), "encrypted sums");
  expect_refused(
      ends_with(1, kMeasureSums, [](std::string& bytes) { bytes.back() = static_cast<char>(bytes.back() ^ 1); }), "");
  expect_refused(ends_with(1, kMeasureProducts, [](std::string& bytes) { bytes += 'x'; }), "no bytes after");
  expect_refused(ends_with(1, kMeasureProducts, [](std::string& bytes) { bytes.pop_back(); }), "encrypted sums");
  expect_refused(ends_with(0, kMeasureAnswer, [](std::string& bytes) { bytes.pop_back(); }), "8 bytes");
}

TEST(HostileMeasures, TooFewRowsOrLabelsOfOneClassAreRefused) {
  Measuring measuring;
  measuring.pair.guest.labels.assign(150, 0);
  EXPECT_THAT(measuring.run().error().text(), HasSubstr("both classes"));
}

}  // namespace
}  // namespace puhui::federation
