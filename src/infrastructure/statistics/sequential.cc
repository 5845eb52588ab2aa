#include "infrastructure/statistics/sequential.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

constexpr int kHalvings = 60;
constexpr double kEndless = std::numeric_limits<double>::infinity();

double successes(Share share) { return static_cast<double>(share.events); }
double failures(Share share) { return static_cast<double>(share.trials - share.events); }
double rate_or(Share share, double otherwise) { return share.trials == 0 ? otherwise : share.value(); }

// count * ln(rate), 0 where there is nothing to count.
double times_log(double count, double rate) { return count == 0 ? 0 : count * std::log(rate); }

// The last point from `good` towards `bad` where `inside` holds; `bad` itself when it holds there.
template <class Inside>
double edge(double good, double bad, const Inside& inside) {
  if (inside(bad)) return bad;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = good + (bad - good) / 2;
    (inside(middle) ? good : bad) = middle;
  }
  return bad;  // outwards: the interval is never narrower than it should be
}

// Least log evidence of both arms over all base rates p with other rate p + difference. The sum is convex in p, so its
// slope is halved.
double least_log_evidence(const Shares& arms, double difference) {
  double low = std::max(0.0, -difference), high = std::min(1.0, 1 - difference);
  const auto slope = [&](double p) {
    const double q = p + difference;
    return -successes(arms.base) / p + failures(arms.base) / (1 - p) - successes(arms.other) / q +
           failures(arms.other) / (1 - q);
  };
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = low + (high - low) / 2;
    (slope(middle) < 0 ? low : high) = middle;
  }
  const auto at = [&](double p) {
    return log_evidence_against(arms.base, p) + log_evidence_against(arms.other, std::clamp(p + difference, 0.0, 1.0));
  };
  return std::min(at(low), at(high));
}

// (1 + 1/(n r)) (ln(1 + n r) + 2 ln(1/alpha)), as a multiple of the squared standard error.
double mixture_width(double rows, double planned_rows, double confidence) {
  const double twice = -2 * std::log(1 - confidence);
  const double r = (twice + std::log(1 + twice)) / planned_rows;  // about tightest there: Waudby-Smith et al., appendix
  return std::sqrt((1 + 1 / (rows * r)) * (std::log1p(rows * r) + twice));
}

}  // namespace

double log_evidence_against(Share seen, double rate) {
  const double s = successes(seen), f = failures(seen);
  return log_beta(s + 0.5, f + 0.5) - log_beta(0.5, 0.5) - times_log(s, rate) - times_log(f, 1 - rate);
}

Interval rate_sequence(Share seen, double confidence) {
  const double limit = -std::log(1 - confidence), middle = rate_or(seen, 0.5);
  const auto inside = [&](double rate) { return log_evidence_against(seen, rate) < limit; };
  return {edge(middle, 0.0, inside), edge(middle, 1.0, inside)};
}

Interval difference_sequence(const Shares& arms, double confidence) {
  const double limit = -std::log(1 - confidence);
  const double middle = rate_or(arms.other, 0.5) - rate_or(arms.base, 0.5);
  const auto inside = [&](double difference) { return least_log_evidence(arms, difference) < limit; };
  return {edge(middle, -1.0, inside), edge(middle, 1.0, inside)};
}

double worse_than_p(const Shares& arms, double margin) {
  CHECK(margin > -1 && margin < 1, "a margin of two rates lies inside -1 and 1");
  if (arms.base.trials == 0 || arms.other.trials == 0) return 1;
  if (arms.other.value() - arms.base.value() <= margin) return 1;
  return std::min(1.0, std::exp(-least_log_evidence(arms, margin)));
}

void Moments::add(double value) {
  ++rows;
  const double before = value - mean;
  mean += before / static_cast<double>(rows);
  squares += before * (value - mean);
}

void Moments::add(const Moments& other) {
  if (other.rows == 0) return;
  const auto n = static_cast<double>(rows), m = static_cast<double>(other.rows);
  const double apart = other.mean - mean;
  mean += apart * m / (n + m);
  squares += other.squares + apart * apart * n * m / (n + m);
  rows += other.rows;
}

Interval mean_sequence(const Moments& seen, uint64_t planned_rows, double confidence) {
  CHECK(planned_rows > 0, "a plan has rows");
  if (seen.rows < kMomentsRowsMin) return {-kEndless, kEndless};
  const auto n = static_cast<double>(seen.rows);
  const double half = std::sqrt(seen.variance() / n) * mixture_width(n, static_cast<double>(planned_rows), confidence);
  return {seen.mean - half, seen.mean + half};
}

Interval difference_of_means_sequence(const TwoMoments& arms, uint64_t planned_rows, double confidence) {
  CHECK(planned_rows > 0, "a plan has rows");
  if (std::min(arms.base.rows, arms.other.rows) < kMomentsRowsMin) return {-kEndless, kEndless};
  const auto n = static_cast<double>(arms.base.rows), m = static_cast<double>(arms.other.rows);
  const double error = std::sqrt(arms.base.variance() / n + arms.other.variance() / m);
  const double half = error * mixture_width(n + m, static_cast<double>(planned_rows), confidence);
  const double difference = arms.other.mean - arms.base.mean;
  return {difference - half, difference + half};
}

}  // namespace puhui::statistics
