#include "infrastructure/models/binning.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"

namespace puhui::models {
namespace {

struct Drawn {
  std::vector<double> values;
  std::vector<uint8_t> bad;
};

// Risk follows a wave of the value; a tenth is missing, a twentieth is the code -999.
Drawn draw(size_t rows, uint64_t seed) {
  Drawn out;
  for (size_t row = 0; row < rows; ++row) {
    RandomStream random(Random(seed), 3, row);
    double x = random.uniform() * 10;
    double risk = 0.2 + 0.15 * std::sin(x);
    if (random.chance(0.1))
      x = std::nan(""), risk = 0.4;
    else if (random.chance(0.05))
      x = -999, risk = 0.05;
    out.values.push_back(x);
    out.bad.push_back(random.chance(risk) ? 1 : 0);
  }
  return out;
}

TEST(Binning, BinsAreLeftClosedHoldEveryRowAndKeepTheirShare) {
  const auto d = draw(5000, 1);
  const Binning binning = bin_numeric({d.values, d.bad}, {.codes = {-999}});
  uint64_t rows = 0;
  double low = -INFINITY;
  size_t intervals = 0;
  for (const Bin& bin : binning.bins) {
    rows += bin.good + bin.bad;
    if (bin.kind != BinKind::interval) continue;
    ++intervals;
    EXPECT_EQ(bin.low, low);
    low = bin.high;
    EXPECT_GE(bin.good + bin.bad, 250u);
    if (std::isfinite(bin.low)) {
      EXPECT_EQ(binning.find(bin.low), binning.find(std::nextafter(bin.low, INFINITY)));
      EXPECT_NE(binning.find(bin.low), binning.find(std::nextafter(bin.low, -INFINITY)));
    }
  }
  EXPECT_EQ(rows, 5000u);
  EXPECT_TRUE(std::isinf(low));
  EXPECT_GE(intervals, 3u);
  EXPECT_LE(intervals, 8u);
  EXPECT_EQ(binning.bins[binning.find(-999)].kind, BinKind::codes);
  EXPECT_EQ(binning.bins[binning.find(std::nan(""))].kind, BinKind::missing);
}

TEST(Binning, WeightsOfEvidenceArePositiveWhereRiskIsAboveAverageAndIvIsTheirSum) {
  const auto d = draw(4000, 2);
  const Binning binning = bin_numeric({d.values, d.bad}, {});
  double good = 0, bad = 0, iv = 0;
  for (const Bin& bin : binning.bins) good += static_cast<double>(bin.good), bad += static_cast<double>(bin.bad);
  for (const Bin& bin : binning.bins) {
    const double b = static_cast<double>(bin.bad) / bad, g = static_cast<double>(bin.good) / good;
    EXPECT_NEAR(bin.woe, std::log(b / g), 1e-12);
    iv += (b - g) * std::log(b / g);
  }
  EXPECT_NEAR(binning.iv, iv, 1e-12);
}

TEST(Binning, TheMonotonicShapeHoldsAndTheFreeOneSaysMore) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto d = draw(4000, seed);
    const Binning free = bin_numeric({d.values, d.bad}, {.codes = {-999}});
    const Binning monotonic = bin_numeric({d.values, d.bad}, {.shape = Shape::monotonic, .codes = {-999}});
    std::vector<double> woes;
    for (const Bin& bin : monotonic.bins) {
      if (bin.kind == BinKind::interval) woes.push_back(bin.woe);
    }
    EXPECT_TRUE(std::is_sorted(woes.begin(), woes.end()) || std::is_sorted(woes.rbegin(), woes.rend())) << seed;
    EXPECT_GE(free.iv, monotonic.iv) << seed;
  }
}

TEST(Binning, NoiseIsNotCut) {
  int cut = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    auto d = draw(2000, seed);
    for (size_t i = 0; i < d.bad.size(); ++i) d.bad[i] = RandomStream(Random(seed + 100), 4, i).chance(0.2) ? 1 : 0;
    cut += bin_numeric({d.values, d.bad}, {.split_tail_max = 1e-4}).bins.size() > 2 ? 1 : 0;  // one interval, missing
  }
  EXPECT_LE(cut, 2);
}

TEST(Binning, CategoriesOfLikeRiskAreMergedAndUnseenOnesCountAsAverage) {
  Drawn d;
  const double risks[] = {0.1, 0.5, 0.1, 0.5, 0.3};
  for (size_t row = 0; row < 5000; ++row) {
    RandomStream random(Random(8), 5, row);
    const auto category = random.below(5);
    d.values.push_back(static_cast<double>(category));
    d.bad.push_back(random.chance(risks[category]) ? 1 : 0);
  }
  const Binning binning = bin_categorical({d.values, d.bad}, 6, {});
  ASSERT_EQ(binning.bins.size(), 3u);
  EXPECT_EQ(binning.bins[0].members, (std::vector<double>{0, 2}));
  EXPECT_EQ(binning.bins[2].members, (std::vector<double>{1, 3}));
  EXPECT_EQ(binning.find(5), Binning::kNone);
  EXPECT_EQ(binning.woe(5), 0);
  EXPECT_EQ(binning.woe(std::nan("")), 0);
}

TEST(Binning, AnEmptyClassGivesAFiniteWeight) {
  const std::vector<double> values = {0, 0, 0, 1, 1, 1};
  const std::vector<uint8_t> bad = {0, 0, 0, 1, 1, 0};
  const Binning binning = bin_given({values, bad}, {1});
  EXPECT_TRUE(std::isfinite(binning.bins[0].woe));
  EXPECT_LT(binning.bins[0].woe, 0);
}

TEST(Binning, BytesReadBackAndHostileOnesAreRejected) {
  const auto d = draw(1000, 4);
  const Binning binning = bin_numeric({d.values, d.bad}, {.codes = {-999}});
  ByteWriter out;
  write(out, binning);
  ByteReader in(out.bytes());
  const Binning again = read_binning(in);
  ASSERT_TRUE(in.finish("bins").has_value());
  ByteWriter twice;
  write(twice, again);
  EXPECT_EQ(out.bytes(), twice.bytes());
  for (size_t length = 0; length < out.bytes().size(); ++length) {
    ByteReader cut(std::string_view(out.bytes()).substr(0, length));
    read_binning(cut);
    EXPECT_FALSE(cut.ok()) << length;
  }
}

}  // namespace
}  // namespace puhui::models
