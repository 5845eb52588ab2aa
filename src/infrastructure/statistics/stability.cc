#include "infrastructure/statistics/stability.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

// What a test of so many degrees of freedom turns on. Bins are few, so the usual ones are worked out once.
struct Turns {
  double limit = 0, visible = 0;
};

Turns work_out(size_t freedom) {
  const auto degrees = static_cast<double>(freedom);
  return {chi_square_limit(degrees, kStabilityAlpha), noncentrality_seen(degrees, kStabilityAlpha, kStabilityPower)};
}

Turns turns_of(size_t freedom) {
  constexpr size_t kUsual = 32;
  static const std::array<Turns, kUsual> kTable = [] {
    std::array<Turns, kUsual> table;
    for (size_t i = 0; i < kUsual; ++i) table[i] = work_out(i + 1);
    return table;
  }();
  return freedom <= kUsual ? kTable[freedom - 1] : work_out(freedom);
}

}  // namespace

std::vector<double> frozen_edges(std::vector<double> values, size_t bins) {
  CHECK(bins > 0, "there is at least one bin");
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  for (size_t i = 1; i < bins && !values.empty(); ++i) {
    const double edge = values[(values.size() * i + bins - 1) / bins - 1];  // the value with a share i/bins at or below
    if ((edges.empty() || edge > edges.back()) && edge < values.back()) edges.push_back(edge);
  }
  return edges;
}

size_t bin_of(std::span<const double> edges, double value) {
  return static_cast<size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

Stability stability(std::span<const uint64_t> reference, std::span<const uint64_t> current) {
  CHECK(reference.size() == current.size(), "both samples are counted over the same bins");
  uint64_t n = 0, m = 0;
  for (const uint64_t count : reference) n += count;
  for (const uint64_t count : current) m += count;
  CHECK(n > 0 && m > 0, "stability compares two samples that have rows");
  const auto share = [](uint64_t count, uint64_t of) {
    return (count == 0 ? 0.5 : static_cast<double>(count)) / static_cast<double>(of);
  };
  Stability out;
  for (size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    const double e = share(reference[i], n), a = share(current[i], m);
    out.psi += (a - e) * std::log(a / e);
    ++out.bins;
  }
  if (out.bins < 2) return out;  // one bin holds everything: nothing can move
  const double scale = 1 / static_cast<double>(n) + 1 / static_cast<double>(m);
  const Turns turns = turns_of(out.bins - 1);
  out.p_value = chi_square_tail(static_cast<double>(out.bins - 1), out.psi / scale);
  out.null_limit = turns.limit * scale;
  out.smallest_visible = turns.visible * scale;
  return out;
}

KolmogorovSmirnov kolmogorov_smirnov(std::vector<double> first, std::vector<double> second) {
  CHECK(!first.empty() && !second.empty(), "two samples with rows are compared");
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  KolmogorovSmirnov out;
  for (size_t i = 0, j = 0; i < first.size() && j < second.size();) {
    const double value = std::min(first[i], second[j]);
    while (i < first.size() && first[i] == value) ++i;
    while (j < second.size() && second[j] == value) ++j;
    out.distance = std::max(out.distance, std::fabs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  const double root = std::sqrt(n * m / (n + m));
  out.p_value = kolmogorov_tail((root + 0.12 + 0.11 / root) * out.distance);
  return out;
}

}  // namespace puhui::statistics
