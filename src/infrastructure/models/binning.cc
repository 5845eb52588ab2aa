#include "infrastructure/models/binning.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ground/base/check.h"
#include "infrastructure/models/metrics.h"

namespace puhui::models {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Counts {
  uint64_t good = 0, bad = 0;
  uint64_t all() const { return good + bad; }
  double rate() const { return static_cast<double>(bad) / static_cast<double>(all()); }
  Counts& operator+=(const Counts& other) { return good += other.good, bad += other.bad, *this; }
};

void count(Counts& counts, uint8_t bad) { (bad != 0 ? counts.bad : counts.good) += 1; }

double woe_of(const Counts& part, const Counts& whole) {
  const bool empty_class = part.good == 0 || part.bad == 0;
  const double add = empty_class ? 0.5 : 0;
  return std::log((static_cast<double>(part.bad) + add) / static_cast<double>(whole.bad) /
                  ((static_cast<double>(part.good) + add) / static_cast<double>(whole.good)));
}

double iv_of(const Counts& part, const Counts& whole) {
  const double bad = static_cast<double>(part.bad) / static_cast<double>(whole.bad);
  const double good = static_cast<double>(part.good) / static_cast<double>(whole.good);
  return (bad - good) * woe_of(part, whole);
}

// Pearson's chi-square of a two-by-two table.
double chi_square(const Counts& a, const Counts& b) {
  const auto n = static_cast<double>(a.all() + b.all());
  const double cross = static_cast<double>(a.good) * static_cast<double>(b.bad) -
                       static_cast<double>(a.bad) * static_cast<double>(b.good);
  const double margins = static_cast<double>(a.all()) * static_cast<double>(b.all()) *
                         static_cast<double>(a.good + b.good) * static_cast<double>(a.bad + b.bad);
  return margins == 0 ? 0 : n * cross * cross / margins;
}

// Cuts a row of cells (fine intervals, or categories in order) into runs. See `bin_numeric` for the rule.
class Tree {
 public:
  Tree(std::vector<Counts> cells, Counts whole, const BinningOptions& options)
      : whole_(whole), options_(options), chi_min_(chi_square_limit(1, options.split_tail_max)) {
    before_.resize(cells.size() + 1);
    for (size_t i = 0; i < cells.size(); ++i) {
      before_[i + 1] = before_[i];
      before_[i + 1] += cells[i];
    }
    rows_min_ = options.share_min * static_cast<double>(whole.all());
  }

  // The first cell of every run but the first, ascending.
  std::vector<size_t> grow() {
    cuts_ = {0, before_.size() - 1};
    while (cuts_.size() - 1 < options_.bins_max) {
      const auto best = best_cut();
      if (!best) break;
      cuts_.insert(std::lower_bound(cuts_.begin(), cuts_.end(), *best), *best);
    }
    return {cuts_.begin() + 1, cuts_.end() - 1};
  }

 private:
  Counts between(size_t begin, size_t end) const {
    return {before_[end].good - before_[begin].good, before_[end].bad - before_[begin].bad};
  }

  // The cut that adds most information value; the lowest such cut on a tie.
  std::optional<size_t> best_cut() const {
    std::optional<size_t> best;
    double best_gain = 0;
    for (size_t run = 0; run + 1 < cuts_.size(); ++run) {
      const Counts whole_run = between(cuts_[run], cuts_[run + 1]);
      for (size_t cut = cuts_[run] + 1; cut < cuts_[run + 1]; ++cut) {
        const Counts left = between(cuts_[run], cut), right = between(cut, cuts_[run + 1]);
        if (static_cast<double>(std::min(left.all(), right.all())) < rows_min_ || left.all() == 0 || right.all() == 0) {
          continue;
        }
        if (chi_square(left, right) < chi_min_) continue;
        const double gain = iv_of(left, whole_) + iv_of(right, whole_) - iv_of(whole_run, whole_);
        if (gain > best_gain && keeps_shape(run, left, right)) best = cut, best_gain = gain;
      }
    }
    return best;
  }

  bool keeps_shape(size_t run, const Counts& left, const Counts& right) const {
    if (options_.shape == Shape::free) return true;
    std::vector<double> rates;
    for (size_t i = 0; i + 1 < cuts_.size(); ++i) {
      if (i == run) {
        rates.push_back(left.rate()), rates.push_back(right.rate());
      } else {
        rates.push_back(between(cuts_[i], cuts_[i + 1]).rate());
      }
    }
    return std::is_sorted(rates.begin(), rates.end()) || std::is_sorted(rates.rbegin(), rates.rend());
  }

  Counts whole_;
  const BinningOptions& options_;
  double chi_min_, rows_min_ = 0;
  std::vector<Counts> before_;  // counts of the cells before each
  std::vector<size_t> cuts_;    // ascending, with both ends
};

bool is_code(const std::vector<double>& codes, double value) {
  return std::find(codes.begin(), codes.end(), value) != codes.end();
}

// Where a feature may be cut: values with about equally many rows between them, each a value that occurs.
std::vector<double> fine_breaks(const Sample& sample, const BinningOptions& options) {
  std::vector<double> sorted;
  for (const double value : sample.values) {
    if (!std::isnan(value) && !is_code(options.codes, value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> breaks;
  for (size_t i = 1; i < options.prebins_max && !sorted.empty(); ++i) {
    const double value = sorted[sorted.size() * i / options.prebins_max];
    if (value > sorted.front() && (breaks.empty() || value > breaks.back())) breaks.push_back(value);
  }
  // The value after a heavy one is a place too: else a heavy value could not be parted from what follows it.
  std::vector<double> after;
  for (const double value : breaks) {
    const auto next = std::upper_bound(sorted.begin(), sorted.end(), value);
    if (next != sorted.end()) after.push_back(*next);
  }
  if (!sorted.empty()) {
    const auto next = std::upper_bound(sorted.begin(), sorted.end(), sorted.front());
    if (next != sorted.end()) after.push_back(*next);
  }
  breaks.insert(breaks.end(), after.begin(), after.end());
  std::sort(breaks.begin(), breaks.end());
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  return breaks;
}

Counts count_all(const Sample& sample) {
  Counts out;
  for (const uint8_t bad : sample.bad) count(out, bad);
  return out;
}

void check(const Sample& sample) {
  CHECK(sample.values.size() == sample.bad.size(), "one outcome a value");
  CHECK(has_both(sample.bad), "binning needs both classes");
}

// Counts the sample into bins that have their limits already; drops codes and missing bins that stay empty.
Binning filled(Sample sample, Binning binning) {
  for (size_t i = 0; i < sample.values.size(); ++i) {
    const size_t bin = binning.find(sample.values[i]);
    if (bin == Binning::kNone) continue;
    (sample.bad[i] != 0 ? binning.bins[bin].bad : binning.bins[bin].good) += 1;
  }
  std::erase_if(binning.bins, [](const Bin& bin) {
    return (bin.kind == BinKind::codes || bin.kind == BinKind::missing) && bin.good + bin.bad == 0;
  });
  weigh(binning);
  return binning;
}

void add_codes_and_missing(Binning& binning, const std::vector<double>& codes) {
  for (const double code : codes) {
    binning.bins.push_back({.kind = BinKind::codes, .low = 0, .high = 0, .members = {code}});
  }
  binning.bins.push_back({.kind = BinKind::missing});
}

}  // namespace

size_t Binning::find(double value) const {
  // Codes come before intervals although they stand behind them; bins are few, so they are walked.
  // NaN compares equal to everything in a search, so it must not come to one.
  const bool missing = std::isnan(value);
  size_t interval = kNone;
  for (size_t i = 0; i < bins.size(); ++i) {
    const Bin& bin = bins[i];
    switch (bin.kind) {
      case BinKind::interval:
        if (interval == kNone && value >= bin.low && value < bin.high) interval = i;
        break;
      case BinKind::codes:
      case BinKind::categories:
        if (!missing && std::binary_search(bin.members.begin(), bin.members.end(), value)) return i;
        break;
      case BinKind::missing:
        if (missing) return i;
        break;
    }
  }
  return interval;
}

double Binning::woe(double value) const {
  const size_t bin = find(value);
  return bin == kNone ? 0 : bins[bin].woe;
}

void weigh(Binning& binning) {
  Counts whole;
  for (const Bin& bin : binning.bins) whole += {bin.good, bin.bad};
  CHECK(whole.good > 0 && whole.bad > 0, "weights of evidence need both classes");
  binning.iv = 0;
  for (Bin& bin : binning.bins) {
    bin.woe = woe_of({bin.good, bin.bad}, whole);
    bin.iv = iv_of({bin.good, bin.bad}, whole);
    binning.iv += bin.iv;
  }
}

Binning bin_numeric(Sample sample, const BinningOptions& options) {
  check(sample);
  const auto fine = fine_breaks(sample, options);
  std::vector<Counts> cells(fine.size() + 1);
  for (size_t i = 0; i < sample.values.size(); ++i) {
    const double value = sample.values[i];
    if (std::isnan(value) || is_code(options.codes, value)) continue;
    count(cells[static_cast<size_t>(std::upper_bound(fine.begin(), fine.end(), value) - fine.begin())], sample.bad[i]);
  }
  std::vector<double> breaks;
  for (const size_t cut : Tree(std::move(cells), count_all(sample), options).grow()) breaks.push_back(fine[cut - 1]);
  return bin_given(sample, std::move(breaks), options.codes);
}

Binning bin_categorical(Sample sample, size_t category_count, const BinningOptions& options) {
  check(sample);
  const Counts whole = count_all(sample);
  std::vector<Counts> counts(category_count);
  for (size_t i = 0; i < sample.values.size(); ++i) {
    if (std::isnan(sample.values[i])) continue;
    const auto category = static_cast<size_t>(sample.values[i]);
    CHECK(category < category_count, "a category has its number below their count");
    count(counts[category], sample.bad[i]);
  }
  // Rare categories are drawn towards the average, so that three lucky rows do not make a best bin.
  constexpr double kPriorRows = 10;
  auto rate = [&](size_t c) {
    return (static_cast<double>(counts[c].bad) + kPriorRows * whole.rate()) /
           (static_cast<double>(counts[c].all()) + kPriorRows);
  };
  std::vector<size_t> order;
  for (size_t c = 0; c < category_count; ++c) {
    if (counts[c].all() > 0) order.push_back(c);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const double rate_a = rate(a), rate_b = rate(b);
    return rate_a != rate_b ? rate_a < rate_b : a < b;
  });
  std::vector<Counts> cells;
  for (const size_t c : order) cells.push_back(counts[c]);
  if (cells.empty()) cells.emplace_back();
  auto cuts = Tree(std::move(cells), whole, options).grow();
  cuts.push_back(order.size());
  std::vector<std::vector<double>> groups;
  size_t begin = 0;
  for (const size_t cut : cuts) {
    std::vector<double> group(order.begin() + begin, order.begin() + cut);
    if (!group.empty()) groups.push_back(std::move(group));
    begin = cut;
  }
  return bin_given_categories(sample, groups);
}

Binning bin_given(Sample sample, std::vector<double> breaks, std::vector<double> codes) {
  check(sample);
  CHECK(std::is_sorted(breaks.begin(), breaks.end()), "breaks are ascending");
  Binning out;
  double low = -kInfinity;
  breaks.push_back(kInfinity);
  for (const double high : breaks) {
    out.bins.push_back({.kind = BinKind::interval, .low = low, .high = high});
    low = high;
  }
  add_codes_and_missing(out, codes);
  return filled(sample, std::move(out));
}

Binning bin_given_categories(Sample sample, const std::vector<std::vector<double>>& groups) {
  check(sample);
  Binning out;
  for (const auto& group : groups) {
    out.bins.push_back({.kind = BinKind::categories, .members = group});
    std::sort(out.bins.back().members.begin(), out.bins.back().members.end());
  }
  add_codes_and_missing(out, {});
  return filled(sample, std::move(out));
}

void write(ByteWriter& out, const Binning& binning) {
  out.unsigned_varint(binning.bins.size());
  for (const Bin& bin : binning.bins) {
    out.u8(static_cast<uint8_t>(bin.kind));
    if (bin.kind == BinKind::interval) out.real(bin.low), out.real(bin.high);
    if (bin.kind == BinKind::codes || bin.kind == BinKind::categories) {
      out.unsigned_varint(bin.members.size());
      for (const double member : bin.members) out.real(member);
    }
    out.unsigned_varint(bin.good);
    out.unsigned_varint(bin.bad);
    out.real(bin.woe);
    out.real(bin.iv);
  }
  out.real(binning.iv);
}

Binning read_binning(ByteReader& in) {
  Binning out;
  const size_t count = in.count(19);
  if (count == 0 || count > kBinsMax) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    Bin bin;
    const uint8_t kind = in.u8();
    if (kind > static_cast<uint8_t>(BinKind::missing)) in.reject();
    bin.kind = static_cast<BinKind>(kind);
    if (bin.kind == BinKind::interval) {
      bin.low = in.real(), bin.high = in.real();
      if (!(bin.low <= bin.high)) in.reject();
    }
    if (bin.kind == BinKind::codes || bin.kind == BinKind::categories) {
      const size_t members = in.count(8);
      for (size_t m = 0; m < members; ++m) bin.members.push_back(in.real());
      const bool finite =
          std::all_of(bin.members.begin(), bin.members.end(), [](double v) { return std::isfinite(v); });
      if (!finite || !std::is_sorted(bin.members.begin(), bin.members.end())) in.reject();
    }
    bin.good = in.unsigned_varint();
    bin.bad = in.unsigned_varint();
    bin.woe = in.real();
    bin.iv = in.real();
    if (!std::isfinite(bin.woe) || !std::isfinite(bin.iv)) in.reject();
    out.bins.push_back(std::move(bin));
  }
  out.iv = in.real();
  if (!std::isfinite(out.iv)) in.reject();
  return out;
}

}  // namespace puhui::models
