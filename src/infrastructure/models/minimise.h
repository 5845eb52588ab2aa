// Minimises a smooth function by limited-memory BFGS with a Moré-Thuente line search, stopping where widely used
// libraries stop. logistic.h uses it to repeat a fit made elsewhere; for our own fits Newton's method is exact.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace puhui::models {

struct MinimiseOptions {
  size_t memory = 10;  // steps remembered
  size_t iterations_max = 1000;
  double gradient_max = 1e-4;                // stop when no component is larger
  double relative_fall_min = 1e7 * 0x1p-52;  // stop when the value falls by less, against max(|value|, 1)
};

// Fills the gradient at `x` and answers the value.
using ValueAndGradient = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct Minimum {
  std::vector<double> x;
  double value = 0;
  size_t iterations = 0;
  bool settled = false;  // false: iterations_max came first, or no step went down
};

// Nocedal and Wright, Numerical Optimization, algorithm 7.4; the line search is Moré and Thuente, TOMS 20 (1994).
Minimum minimise(const ValueAndGradient& function, std::vector<double> start, const MinimiseOptions& options = {});

}  // namespace puhui::models
