// Gauss-Legendre quadrature on [0, 1]: exact for polynomials up to degree 2 · points - 1. Found by bisection and
// without library calls, so that every machine has the same points.
#pragma once

#include <cstddef>
#include <vector>

namespace puhui::models {

struct Quadrature {
  std::vector<double> points, weights;
};
Quadrature gauss_legendre(size_t points);

}  // namespace puhui::models
