// Logistic regression by Newton's method (iteratively reweighted least squares): exact, deterministic, for tens
// of features. The intercept is never penalised. A feature that says nothing new gets coefficient 0.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/result.h"

namespace puhui::models {

// Row-major, bad.size() × feature_count.
struct Design {
  std::span<const double> rows;
  std::span<const uint8_t> bad;
  size_t feature_count = 0;
};

struct LogisticOptions {
  double l2 = 0;  // penalty l2 / 2 · |coefficients|²
  size_t iterations_max = 50;
  double step_tolerance = 1e-10;  // largest change of a coefficient at the end
  std::vector<double> start;      // intercept first; empty: the mean alone. A near start saves iterations
};

struct LogisticFit {
  double intercept = 0;
  std::vector<double> coefficients;
  std::vector<double> standard_errors;  // 0 where the coefficient was fixed at 0
  double log_likelihood = 0;
  size_t iterations = 0;
};

// `invalid` when there is only one class or a number is not finite; `exhausted` when it does not converge:
// classes that one feature separates have no finite answer without l2.
Result<LogisticFit> fit_logistic(Design design, const LogisticOptions& options = {});

// The same regression by limited-memory BFGS from 0, stopped as scikit-learn's `LogisticRegression(C=1/l2)` stops
// (value falls by less than 2.2e-9 of itself): its coefficients are off the optimum by up to some percent, but a
// card fitted there comes out the same here, coefficient by coefficient. No standard errors.
Result<LogisticFit> refit_logistic(Design design, double l2 = 1e-6);

// 1 / (1 + e^-x) with no library call, so that every machine gives the same bits. Within 2 ulp; of NaN it is NaN.
double sigmoid(double x);

}  // namespace puhui::models
