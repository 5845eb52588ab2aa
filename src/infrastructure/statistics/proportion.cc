#include "infrastructure/statistics/proportion.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

void check(Share share) { CHECK(share.trials > 0 && share.events <= share.trials, "a share is of at least one trial"); }

// The chi-square of both shares against "other is ratio times base", the nuisance rate set to its likeliest value
// under that (Koopman 1984, equations 2.1 and 2.2; the root by Nam 1995 as a quadratic).
double koopman_chi_square(const Shares& shares, double ratio) {
  const auto x = static_cast<double>(shares.other.events), m = static_cast<double>(shares.other.trials);
  const auto y = static_cast<double>(shares.base.events), n = static_cast<double>(shares.base.trials);
  // ratio (m + n) p^2 - (ratio (m + y) + x + n) p + x + y = 0, the smaller root, for p of the base.
  const double a = ratio * (m + n), b = ratio * (m + y) + x + n, c = x + y;
  const double root = std::sqrt(std::max(0.0, b * b - 4 * a * c));
  const double base_rate = 2 * c / (b + root);  // no cancellation when ratio is small
  const auto term = [](double events, double trials, double rate) {
    const double from = events - trials * rate;
    if (std::fabs(from) < 1e-9) return 0.0;  // at the end of the range both this and the variance are rounding
    const double variance = trials * rate * (1 - rate);
    return variance > 0 ? from * from / variance : std::numeric_limits<double>::infinity();
  };
  return term(x, m, ratio * base_rate) + term(y, n, base_rate);
}

}  // namespace

Interval wilson(Share share, double confidence) {
  check(share);
  const double z = z_of_confidence(confidence), n = static_cast<double>(share.trials), p = share.value();
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  // At the ends the formula is exactly 0 or 1; rounding is not.
  return {share.events == 0 ? 0 : middle - half, share.events == share.trials ? 1 : middle + half};
}

Interval newcombe_difference(const Shares& shares, double confidence) {
  const Interval a = wilson(shares.other, confidence), b = wilson(shares.base, confidence);
  const double p = shares.other.value(), q = shares.base.value(), d = p - q;
  return {d - std::hypot(p - a.low, b.high - q), d + std::hypot(a.high - p, q - b.low)};
}

Interval katz_ratio(const Shares& shares, double confidence) {
  check(shares.base), check(shares.other);
  auto x = static_cast<double>(shares.other.events), m = static_cast<double>(shares.other.trials);
  auto y = static_cast<double>(shares.base.events), n = static_cast<double>(shares.base.trials);
  if (shares.other.events == 0 || shares.base.events == 0) x += 0.5, y += 0.5, m += 0.5, n += 0.5;
  const double half = z_of_confidence(confidence) * std::sqrt(1 / x - 1 / m + 1 / y - 1 / n);
  const double logarithm = std::log((x / m) / (y / n));
  return {std::exp(logarithm - half), std::exp(logarithm + half)};
}

Interval koopman_ratio(const Shares& shares, double confidence) {
  check(shares.base), check(shares.other);
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  if (shares.base.events == 0 && shares.other.events == 0) return {0, kEndless};
  const double z = z_of_confidence(confidence), limit = z * z;
  // In logarithms from a ratio that fits outwards: the chi-square rises on both sides.
  const auto inside = [&](double logarithm) { return koopman_chi_square(shares, std::exp(logarithm)) <= limit; };
  const auto edge = [&](double from, double step) {
    double good = from, bad = from + step;
    while (inside(bad)) good = bad, bad += step *= 2;
    for (int i = 0; i < 60; ++i) {
      const double middle = good + (bad - good) / 2;
      (inside(middle) ? good : bad) = middle;
    }
    return std::exp(good);
  };
  const auto part = [](Share share) {
    return (static_cast<double>(share.events) + (share.events == 0 ? 0.5 : 0)) / static_cast<double>(share.trials);
  };
  const double middle = std::log(part(shares.other) / part(shares.base));
  return {shares.other.events == 0 ? 0 : edge(middle, -0.1), shares.base.events == 0 ? kEndless : edge(middle, 0.1)};
}

double difference_p(const Shares& shares) {
  check(shares.base), check(shares.other);
  const auto m = static_cast<double>(shares.other.trials), n = static_cast<double>(shares.base.trials);
  const double pooled = static_cast<double>(shares.other.events + shares.base.events) / (m + n);
  const double error = std::sqrt(pooled * (1 - pooled) * (1 / m + 1 / n));
  return error > 0 ? two_sided_p((shares.other.value() - shares.base.value()) / error) : 1;
}

}  // namespace puhui::statistics
