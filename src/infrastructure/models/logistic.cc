#include "infrastructure/models/logistic.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/minimise.h"

namespace puhui::models {

namespace {

// e^x for |x| <= 745: x = k ln 2 + r, then the series of e^r on |r| <= ln 2 / 2, then a shift by k.
double exponential(double x) {
  constexpr double kLog2High = 0x1.62e42feep-1, kLog2Low = 0x1.a39ef35793c76p-33, kInverseLog2 = 0x1.71547652b82fep+0;
  const double k = std::nearbyint(x * kInverseLog2);
  const double r = (x - k * kLog2High) - k * kLog2Low;
  double sum = 1;
  for (int n = 13; n > 0; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

// The symmetric matrix of Newton's equations and its Cholesky factor, in place. A pivot that vanishes against its
// diagonal marks a feature that the ones before it explain wholly: it is taken out of the equations.
class Equations {
 public:
  explicit Equations(size_t size) : size_(size), matrix_(size * size, 0.0), dropped_(size, 0) {}
  double& at(size_t i, size_t j) { return matrix_[i * size_ + j]; }
  bool dropped(size_t i) const { return dropped_[i] != 0; }

  void factorise() {
    constexpr double kPivotMin = 1e-11;
    for (size_t j = 0; j < size_; ++j) {
      const double diagonal = at(j, j);
      double pivot = diagonal;
      for (size_t k = 0; k < j; ++k) pivot -= at(j, k) * at(j, k);
      if (!(pivot > diagonal * kPivotMin)) {
        dropped_[j] = 1;
        for (size_t i = j; i < size_; ++i) at(i, j) = 0;
        for (size_t k = 0; k < j; ++k) at(j, k) = 0;
        at(j, j) = 1;
        continue;
      }
      at(j, j) = std::sqrt(pivot);
      for (size_t i = j + 1; i < size_; ++i) {
        double sum = at(i, j);
        for (size_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
        at(i, j) = sum / at(j, j);
      }
    }
  }

  std::vector<double> solve(std::vector<double> right) {
    for (size_t i = 0; i < size_; ++i) {
      if (dropped(i)) right[i] = 0;
      for (size_t k = 0; k < i; ++k) right[i] -= at(i, k) * right[k];
      right[i] /= at(i, i);
    }
    for (size_t i = size_; i-- > 0;) {
      for (size_t k = i + 1; k < size_; ++k) right[i] -= at(k, i) * right[k];
      right[i] /= at(i, i);
      if (dropped(i)) right[i] = 0;
    }
    return right;
  }

 private:
  size_t size_;
  std::vector<double> matrix_;
  std::vector<uint8_t> dropped_;
};

double loss(bool bad, double margin) {
  const double towards = bad ? -margin : margin;
  return towards > 0 ? towards + std::log1p(std::exp(-towards)) : std::log1p(std::exp(towards));
}

// One Newton step's ingredients at `beta` (intercept first).
struct Moment {
  Equations equations;
  std::vector<double> gradient;
  double log_likelihood = 0;  // less the penalty
};

Moment moment(const Design& design, const std::vector<double>& beta, double l2) {
  const size_t size = beta.size();
  Moment out{Equations(size), std::vector<double>(size, 0.0)};
  std::vector<double> x(size, 1.0);
  for (size_t row = 0; row < design.bad.size(); ++row) {
    const double* values = design.rows.data() + row * design.feature_count;
    double margin = beta[0];
    for (size_t j = 1; j < size; ++j) x[j] = values[j - 1], margin += beta[j] * x[j];
    const double p = sigmoid(margin);
    const double residual = (design.bad[row] != 0 ? 1.0 : 0.0) - p;
    const double weight = std::max(p * (1 - p), 1e-12);
    out.log_likelihood -= loss(design.bad[row] != 0, margin);
    for (size_t i = 0; i < size; ++i) {
      out.gradient[i] += residual * x[i];
      const double weighted = weight * x[i];
      for (size_t j = 0; j <= i; ++j) out.equations.at(i, j) += weighted * x[j];
    }
  }
  for (size_t j = 1; j < size; ++j) {
    out.gradient[j] -= l2 * beta[j];
    out.equations.at(j, j) += l2;
    out.log_likelihood -= l2 / 2 * beta[j] * beta[j];
  }
  return out;
}

std::vector<double> standard_errors(Equations& equations, size_t size) {
  std::vector<double> out;
  for (size_t j = 1; j < size; ++j) {
    std::vector<double> unit(size, 0.0);
    unit[j] = 1;
    out.push_back(equations.dropped(j) ? 0 : std::sqrt(equations.solve(std::move(unit))[j]));
  }
  return out;
}

Result<void> check(const Design& design) {
  CHECK(design.rows.size() == design.bad.size() * design.feature_count, "a full row of features for every outcome");
  if (!has_both(design.bad)) {
    return fail(ErrorCode::invalid, "expected rows of both classes, came only one; look at the target column");
  }
  if (!std::all_of(design.rows.begin(), design.rows.end(), [](double v) { return std::isfinite(v); })) {
    return fail(ErrorCode::invalid, "expected finite features, came NaN or infinity; bin or impute them first");
  }
  return {};
}

}  // namespace

double sigmoid(double x) {
  if (std::isnan(x)) return x;
  if (x < -700) return 0;
  if (x > 40) return 1;
  return 1 / (1 + exponential(-x));
}

Result<LogisticFit> fit_logistic(Design design, const LogisticOptions& options) {
  TRY(check(design));
  const size_t size = design.feature_count + 1;
  std::vector<double> beta(size, 0.0);
  const auto bad =
      static_cast<double>(std::count_if(design.bad.begin(), design.bad.end(), [](uint8_t b) { return b != 0; }));
  beta[0] = std::log(bad / (static_cast<double>(design.bad.size()) - bad));
  CHECK(options.start.empty() || options.start.size() == size, "a start has the intercept and every coefficient");
  if (!options.start.empty()) beta = options.start;

  Moment now = moment(design, beta, options.l2);
  for (size_t iteration = 1; iteration <= options.iterations_max; ++iteration) {
    now.equations.factorise();
    const auto step = now.equations.solve(now.gradient);
    // Half the step until the likelihood does not fall: far from the answer Newton may leap over it.
    double share = 1, largest = 0;
    std::vector<double> next(size);
    for (int halvings = 0;; ++halvings, share /= 2) {
      largest = 0;
      for (size_t j = 0; j < size; ++j) {
        next[j] = beta[j] + share * step[j];
        largest = std::max(largest, std::fabs(share * step[j]));
      }
      Moment then = moment(design, next, options.l2);
      const bool rises = then.log_likelihood >= now.log_likelihood - 1e-9 * std::fabs(now.log_likelihood);
      if (rises || halvings == 30) {
        now = std::move(then);
        break;
      }
    }
    beta = std::move(next);
    if (largest < options.step_tolerance) {
      now.equations.factorise();
      return LogisticFit{
          beta[0], {beta.begin() + 1, beta.end()}, standard_errors(now.equations, size), now.log_likelihood, iteration};
    }
    if (std::any_of(beta.begin(), beta.end(), [](double b) { return !(std::fabs(b) < 1e6); })) break;
  }
  return fail(
      ErrorCode::exhausted,
      "the regression does not settle: some feature parts the classes wholly; add a penalty (l2) or leave it out");
}

Result<LogisticFit> refit_logistic(Design design, double l2) {
  TRY(check(design));
  const size_t count = design.feature_count;
  const auto value_and_gradient = [&](std::span<const double> x, std::span<double> gradient) {
    double value = 0;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (size_t row = 0; row < design.bad.size(); ++row) {
      const double* values = design.rows.data() + row * count;
      double margin = x[count];
      for (size_t j = 0; j < count; ++j) margin += x[j] * values[j];
      const bool bad = design.bad[row] != 0;
      const double residual = sigmoid(margin) - (bad ? 1 : 0);
      value += loss(bad, margin);
      for (size_t j = 0; j < count; ++j) gradient[j] += residual * values[j];
      gradient[count] += residual;
    }
    for (size_t j = 0; j < count; ++j) gradient[j] += l2 * x[j], value += l2 / 2 * x[j] * x[j];
    return value;
  };
  Minimum minimum = minimise(value_and_gradient, std::vector<double>(count + 1, 0.0));
  if (!minimum.settled) return fail(ErrorCode::exhausted, "the regression does not settle; add a penalty (l2)");
  LogisticFit out;
  out.intercept = minimum.x.back();
  minimum.x.pop_back();
  out.coefficients = std::move(minimum.x);
  out.standard_errors.assign(count, 0);
  out.log_likelihood = -minimum.value;
  out.iterations = minimum.iterations;
  return out;
}

}  // namespace puhui::models
