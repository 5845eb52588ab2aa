#include "infrastructure/models/quadrature.h"

#include <utility>

namespace puhui::models {

namespace {

// Legendre's polynomial of degree n and its derivative at x inside (-1, 1), by the three-term recurrence.
std::pair<double, double> legendre(size_t n, double x) {
  double before = 1, value = x;
  if (n == 0) return {1, 0};
  for (size_t k = 1; k < n; ++k) {
    const auto degree = static_cast<double>(k);
    before = std::exchange(value, ((2 * degree + 1) * x * value - degree * before) / (degree + 1));
  }
  const auto degree = static_cast<double>(n);
  return {value, degree * (x * value - before) / (x * x - 1)};
}

}  // namespace

Quadrature gauss_legendre(size_t points) {
  Quadrature out;
  // Roots lie at least 1 / n² apart; the number of cells is odd so that no cell ends at the root 0.
  const size_t cells = 4 * points * points + 1;
  for (size_t cell = 0; cell < cells; ++cell) {
    double low = -1 + 2 * static_cast<double>(cell) / static_cast<double>(cells);
    double high = -1 + 2 * static_cast<double>(cell + 1) / static_cast<double>(cells);
    const bool rising = legendre(points, low).first < 0;
    if (rising == (legendre(points, high).first < 0)) continue;
    for (int i = 0; i < 80; ++i) {
      const double middle = (low + high) / 2;
      (rising == (legendre(points, middle).first < 0) ? low : high) = middle;
    }
    const double x = (low + high) / 2, slope = legendre(points, x).second;
    out.points.push_back((1 + x) / 2);
    out.weights.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return out;
}

}  // namespace puhui::models
