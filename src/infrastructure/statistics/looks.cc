#include "infrastructure/statistics/looks.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

// Density of the partial sum S = z sqrt(t) over the sums at which the test goes on, at evenly spaced points with
// Simpson's weights: what the next look is integrated from.
struct Carried {
  std::vector<double> sum, weight;  // weight = density times the rule's weight
  double information = 0;
};

constexpr size_t kPoints = 801;  // odd, for Simpson's rule; five-look boundaries then hold to 1e-6
constexpr double kFar = 8;       // standard deviations beyond which nothing lies

// The density of S at `at` given what was carried, and the chance to end above or below `limit`.
double density(const Carried& from, double at, double information, double drift) {
  const double step = information - from.information, sd = std::sqrt(step);
  double out = 0;
  for (size_t i = 0; i < from.sum.size(); ++i) {
    out += from.weight[i] * normal_density((at - from.sum[i] - drift * step) / sd);
  }
  return out / sd;
}

double outside(const Carried& from, double limit, double information, double drift) {
  const double step = information - from.information, sd = std::sqrt(step);
  double out = 0;
  for (size_t i = 0; i < from.sum.size(); ++i) {
    const double middle = from.sum[i] + drift * step;
    out += from.weight[i] * (normal_tail((limit - middle) / sd) + normal_tail((limit + middle) / sd));
  }
  return out;
}

Carried start() { return {{0.0}, {1.0}, 0.0}; }

// Goes on between -limit and limit, cut where no density lies.
Carried carry(const Carried& from, double limit, double information, double drift) {
  const double middle = drift * information, reach = kFar * std::sqrt(information);
  const double low = std::max(-limit, middle - reach), high = std::min(limit, middle + reach);
  Carried out;
  out.information = information;
  if (low >= high) return out;
  const double step = (high - low) / static_cast<double>(kPoints - 1);
  for (size_t i = 0; i < kPoints; ++i) {
    const double rule = i == 0 || i + 1 == kPoints ? 1 : i % 2 == 1 ? 4 : 2;
    const double at = low + step * static_cast<double>(i);
    out.sum.push_back(at);
    out.weight.push_back(rule * step / 3 * density(from, at, information, drift));
  }
  return out;
}

void check(std::span<const double> information) {
  CHECK(!information.empty() && information.size() <= kLooksMax, "a test has looks, at most kLooksMax");
  double before = 0;
  for (const double share : information) {
    CHECK(share > before && share <= 1, "looks come at ascending information shares above 0 and up to 1");
    before = share;
  }
}

// The |z| beyond which `error` lies at this look.
double boundary(const Carried& from, double information, double error) {
  const double root = std::sqrt(information);
  double low = 0, high = 40;
  for (int i = 0; i < 80; ++i) {
    const double middle = low + (high - low) / 2;
    (outside(from, middle * root, information, 0) > error ? low : high) = middle;
  }
  return high;
}

}  // namespace

double obrien_fleming_spent(double information, double alpha) {
  CHECK(information > 0 && information <= 1 && alpha > 0 && alpha < 1, "a share of information and a level");
  return 4 * normal_tail(normal_limit(alpha / 4) / std::sqrt(information));
}

std::vector<Look> look_boundaries(std::span<const double> information, double alpha) {
  check(information);
  std::vector<Look> out;
  Carried carried = start();
  double spent = 0;
  for (const double share : information) {
    const double upto = obrien_fleming_spent(share, alpha);
    out.push_back({share, boundary(carried, share, upto - spent), upto});
    spent = upto;
    carried = carry(carried, out.back().boundary * std::sqrt(share), share, 0);
  }
  return out;
}

std::vector<double> crossing_shares(std::span<const double> information, std::span<const double> boundaries,
                                    double drift) {
  check(information);
  CHECK(information.size() == boundaries.size(), "one boundary a look");
  std::vector<double> out;
  Carried carried = start();
  for (size_t i = 0; i < information.size(); ++i) {
    const double limit = boundaries[i] * std::sqrt(information[i]);
    out.push_back(outside(carried, limit, information[i], drift));
    carried = carry(carried, limit, information[i], drift);
  }
  return out;
}

}  // namespace puhui::statistics
