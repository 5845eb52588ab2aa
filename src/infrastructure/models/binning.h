// Binning: cuts a feature into bins and gives each its weight of evidence. WoE here is
// ln((bad_i / bad) / (good_i / good)): positive is worse than average. IV = sum of (%bad_i - %good_i) WoE_i.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/result.h"

namespace puhui::models {

enum class BinKind : uint8_t {
  interval,    // low <= x < high
  codes,       // special numbers, kept apart from the intervals
  categories,  // a set of category numbers
  missing,
};

struct Bin {
  BinKind kind = BinKind::interval;
  double low = 0, high = 0;     // interval; the first starts at -infinity, the last ends at +infinity
  std::vector<double> members;  // codes or categories, ascending
  uint64_t good = 0, bad = 0;
  double woe = 0, iv = 0;
};

// The bins of one feature: intervals ascending (or category bins, best first), then codes, then missing.
struct Binning {
  std::vector<Bin> bins;
  double iv = 0;

  static constexpr size_t kNone = static_cast<size_t>(-1);
  // Which bin a value falls in. NaN goes to the missing bin; what was never seen (missing without such a bin, a
  // category of no bin) is kNone, and counts as WoE 0.
  size_t find(double value) const;
  double woe(double value) const;
};

struct Sample {
  std::span<const double> values;  // NaN is missing; categories are numbers
  std::span<const uint8_t> bad;    // 0 or 1, one a value
};

enum class Shape : uint8_t {
  free,       // any order of bad rates
  monotonic,  // bad rates only rise or only fall over the intervals; codes and missing stand apart
};

struct BinningOptions {
  double share_min = 0.05;       // of all rows, for an interval or a category bin
  size_t bins_max = 8;           // without codes and missing
  double split_tail_max = 0.01;  // a split must be this unlikely to be chance (chi-square)
  size_t prebins_max = 100;      // places where a numeric feature may be cut
  Shape shape = Shape::free;
  std::vector<double> codes;  // numbers with a meaning of their own, such as -999
};

// Tree binning: starts with one bin and cuts where the information value grows most, as long as both sides keep
// their share, the cut is no chance, and the shape holds. Categories are first put in order of bad rate.
Binning bin_numeric(Sample sample, const BinningOptions& options);
Binning bin_categorical(Sample sample, size_t category_count, const BinningOptions& options);

// Bins as given, counted on the sample: `breaks` ascending, the bins [-inf, b0) [b0, b1) … [bn, inf).
Binning bin_given(Sample sample, std::vector<double> breaks, std::vector<double> codes = {});
Binning bin_given_categories(Sample sample, const std::vector<std::vector<double>>& groups);

// Fills WoE and IV from the counts. An empty class counts one half row, so that no WoE is infinite.
void weigh(Binning& binning);

void write(ByteWriter& out, const Binning& binning);
Binning read_binning(ByteReader& in);  // rejects what no Binning can be
constexpr size_t kBinsMax = 1000;

}  // namespace puhui::models
