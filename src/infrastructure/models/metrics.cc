#include "infrastructure/models/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ground/base/check.h"

namespace puhui::models {

namespace {

// Rows of one distinct score, highest score first.
struct Step {
  uint64_t good = 0, bad = 0;
};

struct Steps {
  std::vector<Step> steps;
  uint64_t good = 0, bad = 0;
};

Steps steps_of(Outcomes outcomes) {
  CHECK(outcomes.scores.size() == outcomes.bad.size(), "one outcome a score");
  std::vector<uint32_t> order(outcomes.scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return outcomes.scores[a] > outcomes.scores[b]; });
  Steps out;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || outcomes.scores[order[i]] != outcomes.scores[order[i - 1]]) out.steps.emplace_back();
    if (outcomes.bad[order[i]] != 0) {
      ++out.steps.back().bad, ++out.bad;
    } else {
      ++out.steps.back().good, ++out.good;
    }
  }
  CHECK(out.good > 0 && out.bad > 0, "a measure needs both classes");
  return out;
}

double real(uint64_t count) { return static_cast<double>(count); }

double auc(const Steps& all) {
  // Twice the pairs won, so that ties stay whole numbers.
  unsigned __int128 twice = 0;
  uint64_t bad_above = 0;
  for (const Step& step : all.steps) {
    twice += static_cast<unsigned __int128>(step.good) * (2 * bad_above + step.bad);
    bad_above += step.bad;
  }
  return static_cast<double>(twice) / (2.0 * real(all.good) * real(all.bad));
}

double ks(const Steps& all) {
  double largest = 0;
  uint64_t good = 0, bad = 0;
  for (const Step& step : all.steps) {
    good += step.good, bad += step.bad;
    largest = std::max(largest, std::fabs(real(bad) / real(all.bad) - real(good) / real(all.good)));
  }
  return largest;
}

double average_precision(const Steps& all) {
  double sum = 0;
  uint64_t good = 0, bad = 0;
  for (const Step& step : all.steps) {
    good += step.good, bad += step.bad;
    sum += real(step.bad) * (real(bad) / real(good + bad));
  }
  return sum / real(all.bad);
}

// Regularised lower incomplete gamma P(a, x): series below a + 1, continued fraction above (both classical).
double gamma_lower(double a, double x) {
  if (x <= 0) return 0;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (double n = a + 1; std::fabs(term) > std::fabs(sum) * 1e-16; ++n) sum += term *= x / n;
    return front * sum;
  }
  // Lentz's method for the upper part.
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, h = d;
  for (int i = 1; i < 10'000; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = an * d + b;
    d = 1 / (std::fabs(d) < kTiny ? kTiny : d);
    c = b + an / c;
    if (std::fabs(c) < kTiny) c = kTiny;
    h *= d * c;
    if (std::fabs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * h;
}

}  // namespace

bool has_both(std::span<const uint8_t> bad) {
  const auto is_bad = [](uint8_t b) { return b != 0; };
  return std::any_of(bad.begin(), bad.end(), is_bad) && !std::all_of(bad.begin(), bad.end(), is_bad);
}

double auc(Outcomes outcomes) { return auc(steps_of(outcomes)); }
double gini(Outcomes outcomes) { return 2 * auc(outcomes) - 1; }
double ks(Outcomes outcomes) { return ks(steps_of(outcomes)); }
double average_precision(Outcomes outcomes) { return average_precision(steps_of(outcomes)); }

double brier(Outcomes p) {
  double sum = 0;
  for (size_t i = 0; i < p.scores.size(); ++i) {
    const double error = p.scores[i] - (p.bad[i] != 0 ? 1.0 : 0.0);
    sum += error * error;
  }
  return sum / static_cast<double>(p.scores.size());
}

double log_loss(Outcomes p) {
  double sum = 0;
  for (size_t i = 0; i < p.scores.size(); ++i) {
    const double held = std::clamp(p.scores[i], 1e-15, 1 - 1e-15);
    sum -= p.bad[i] != 0 ? std::log(held) : std::log1p(-held);
  }
  return sum / static_cast<double>(p.scores.size());
}

std::vector<CalibrationBin> calibration(Outcomes p, size_t bins) {
  CHECK(bins > 0, "calibration has bins");
  std::vector<uint32_t> order(p.scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return p.scores[a] != p.scores[b] ? p.scores[a] < p.scores[b] : a < b; });
  std::vector<CalibrationBin> out;
  size_t begin = 0;
  for (size_t bin = 0; bin < bins && begin < order.size(); ++bin) {
    size_t end = std::max(begin + 1, order.size() * (bin + 1) / bins);
    while (end < order.size() && p.scores[order[end]] == p.scores[order[end - 1]]) ++end;
    double predicted = 0, observed = 0;
    for (size_t i = begin; i < end; ++i) {
      predicted += p.scores[order[i]];
      observed += p.bad[order[i]] != 0 ? 1 : 0;
    }
    const auto rows = static_cast<double>(end - begin);
    out.push_back({p.scores[order[begin]], p.scores[order[end - 1]], predicted / rows, observed / rows, end - begin});
    begin = end;
  }
  return out;
}

Psi psi(std::span<const double> expected, std::span<const double> actual, size_t bins) {
  CHECK(!expected.empty() && !actual.empty() && bins > 0, "PSI compares two samples that have rows");
  std::vector<double> sorted(expected.begin(), expected.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;  // a value belongs to the first bin whose edge is not below it
  for (size_t i = 1; i < bins; ++i) {
    const double edge = sorted[std::min(sorted.size() - 1, sorted.size() * i / bins)];
    if ((edges.empty() || edge > edges.back()) && edge < sorted.back()) edges.push_back(edge);
  }
  auto shares = [&](std::span<const double> values) {
    std::vector<double> counts(edges.size() + 1, 0);
    for (const double value : values) {
      counts[static_cast<size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin())] += 1;
    }
    for (double& count : counts) count = std::max(count, 0.5) / static_cast<double>(values.size());
    return counts;
  };
  const auto e = shares(expected), a = shares(actual);
  Psi out{.bins = e.size()};
  for (size_t i = 0; i < e.size(); ++i) out.value += (a[i] - e[i]) * std::log(a[i] / e[i]);
  if (e.size() > 1) {
    out.null_limit = chi_square_limit(static_cast<double>(e.size() - 1), 0.05) *
                     (1 / static_cast<double>(expected.size()) + 1 / static_cast<double>(actual.size()));
  }
  return out;
}

double chi_square_tail(double freedom, double value) { return 1 - gamma_lower(freedom / 2, value / 2); }

double chi_square_limit(double freedom, double tail) {
  CHECK(freedom > 0 && tail > 0 && tail <= 1, "a chi-square limit has freedom and a tail above 0");
  if (tail == 1) return 0;
  double low = 0, high = freedom + 10;
  while (chi_square_tail(freedom, high) > tail) high *= 2;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    (chi_square_tail(freedom, middle) > tail ? low : high) = middle;
  }
  return high;
}

Quality quality(Outcomes p) {
  const Steps all = steps_of(p);
  Quality out;
  out.rows = p.scores.size();
  out.bad_share = real(all.bad) / real(all.good + all.bad);
  out.auc = auc(all);
  out.gini = 2 * out.auc - 1;
  out.ks = ks(all);
  out.average_precision = average_precision(all);
  out.brier = brier(p);
  out.log_loss = log_loss(p);
  return out;
}

}  // namespace puhui::models
