#include "infrastructure/statistics/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

void check(Predicted rows) {
  CHECK(!rows.bad.empty() && rows.bad.size() == rows.probability.size(), "one outcome a probability, at least one");
}

// A probability of 0 or 1 has no logit; models here give one in a billion at the least.
double logit(double p) {
  const double held = std::clamp(p, 1e-9, 1 - 1e-9);
  return std::log(held / (1 - held));
}

// The score and information of the two-parameter logistic likelihood at (intercept, slope).
struct Step {
  double likelihood = 0, to_intercept = 0, to_slope = 0, a = 0, b = 0, c = 0;  // information (a b; b c)
};

Step step_at(std::span<const double> x, std::span<const uint8_t> bad, double intercept, double slope) {
  Step out;
  for (size_t i = 0; i < x.size(); ++i) {
    const double eta = intercept + slope * x[i], p = 1 / (1 + std::exp(-eta)), y = bad[i] != 0 ? 1 : 0;
    // ln(1 + e^eta) without overflow.
    out.likelihood += y * eta - (std::max(eta, 0.0) + std::log1p(std::exp(-std::fabs(eta))));
    out.to_intercept += y - p, out.to_slope += (y - p) * x[i];
    const double weight = p * (1 - p);
    out.a += weight, out.b += weight * x[i], out.c += weight * x[i] * x[i];
  }
  return out;
}

}  // namespace

double brier(Predicted rows) {
  check(rows);
  double sum = 0;
  for (size_t i = 0; i < rows.bad.size(); ++i) {
    const double error = rows.probability[i] - (rows.bad[i] != 0 ? 1.0 : 0.0);
    sum += error * error;
  }
  return sum / static_cast<double>(rows.bad.size());
}

HosmerLemeshow hosmer_lemeshow(Predicted rows, FittedOn fitted, size_t groups) {
  check(rows);
  CHECK(groups > 2, "the test needs three groups or more");
  std::vector<uint32_t> order(rows.bad.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return rows.probability[a] < rows.probability[b]; });
  HosmerLemeshow out;
  size_t begin = 0;
  for (size_t group = 0; group < groups && begin < order.size(); ++group) {
    size_t end = std::max(begin + 1, order.size() * (group + 1) / groups);
    while (end < order.size() && rows.probability[order[end]] == rows.probability[order[end - 1]]) ++end;
    double expected = 0, seen = 0;
    for (size_t i = begin; i < end; ++i) {
      expected += rows.probability[order[i]];
      seen += rows.bad[order[i]] != 0 ? 1 : 0;
    }
    const auto n = static_cast<double>(end - begin);
    const double variance = expected * (1 - expected / n);
    if (variance > 0) {
      out.chi_square += (seen - expected) * (seen - expected) / variance;
    } else if (seen != expected) {
      out.chi_square = std::numeric_limits<double>::infinity();  // certain, and wrong
    }
    ++out.groups;
    begin = end;
  }
  out.freedom = static_cast<double>(out.groups) - (fitted == FittedOn::these_rows ? 2 : 0);
  if (out.freedom > 0) out.p_value = std::isfinite(out.chi_square) ? chi_square_tail(out.freedom, out.chi_square) : 0;
  return out;
}

CalibrationLine calibration_line(Predicted rows, double confidence) {
  check(rows);
  std::vector<double> x;
  for (const double p : rows.probability) x.push_back(logit(p));
  CalibrationLine out;
  double intercept = 0, slope = 1;
  Step now = step_at(x, rows.bad, intercept, slope);
  for (int round = 0; round < 50; ++round) {
    const double determinant = now.a * now.c - now.b * now.b;
    if (!(determinant > 1e-12 * now.a * now.c)) return out;  // one probability only, or no maximum
    double by_intercept = (now.c * now.to_intercept - now.b * now.to_slope) / determinant;
    double by_slope = (now.a * now.to_slope - now.b * now.to_intercept) / determinant;
    const bool settled = std::fabs(by_intercept) < 1e-10 && std::fabs(by_slope) < 1e-10;
    Step next = step_at(x, rows.bad, intercept + by_intercept, slope + by_slope);
    // A fall within rounding is none: near the top steps are smaller than that.
    const double least = now.likelihood - 1e-10 * std::fabs(now.likelihood);
    for (int half = 0; half < 30 && !(next.likelihood >= least); ++half) {
      by_intercept /= 2, by_slope /= 2;
      next = step_at(x, rows.bad, intercept + by_intercept, slope + by_slope);
    }
    intercept += by_intercept, slope += by_slope, now = next;
    if (settled) {
      const double z = z_of_confidence(confidence), d = now.a * now.c - now.b * now.b;
      const double half_intercept = z * std::sqrt(now.c / d), half_slope = z * std::sqrt(now.a / d);
      return {intercept,
              slope,
              {intercept - half_intercept, intercept + half_intercept},
              {slope - half_slope, slope + half_slope},
              true};
    }
    if (std::fabs(intercept) > 1e3 || std::fabs(slope) > 1e3) return out;  // runs away: parted wholly
  }
  return out;
}

}  // namespace puhui::statistics
