#include "infrastructure/statistics/distribution.h"

#include <array>
#include <cmath>
#include <limits>

#include "ground/base/check.h"

namespace puhui::statistics {

namespace {

constexpr double kTiny = 1e-300;

// Q(a, x) = Gamma(a, x) / Gamma(a): 1 less the series below a + 1, Lentz's continued fraction above (both classical),
// so that a small tail keeps its digits.
double gamma_upper(double a, double x) {
  if (x <= 0) return 1;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (double n = a + 1; std::fabs(term) > std::fabs(sum) * 1e-17; ++n) sum += term *= x / n;
    return 1 - front * sum;
  }
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
  return front * h;
}

// c[0] + c[1] x + … + c[7] x^7
double polynomial(const std::array<double, 8>& c, double x) {
  double out = 0;
  for (size_t i = c.size(); i-- > 0;) out = out * x + c[i];
  return out;
}

// AS 241's rational approximations: of the middle, the shoulder and the tail; numerators, then denominators.
constexpr std::array<double, 8> kMiddleTop{3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                           1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                           3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr std::array<double, 8> kMiddleBottom{1.0,
                                              4.2313330701600911252e1,
                                              6.8718700749205790830e2,
                                              5.3941960214247511077e3,
                                              2.1213794301586595867e4,
                                              3.9307895800092710610e4,
                                              2.8729085735721942674e4,
                                              5.2264952788528545610e3};
constexpr std::array<double, 8> kShoulderTop{
    1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kShoulderBottom{1.0,
                                                2.05319162663775882187e0,
                                                1.67638483018380384940e0,
                                                6.89767334985100004550e-1,
                                                1.48103976427480074590e-1,
                                                1.51986665636164571966e-2,
                                                5.47593808499534494600e-4,
                                                1.05075007164441684324e-9};
constexpr std::array<double, 8> kTailTop{
    6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kTailBottom{1.0,
                                            5.99832206555887937690e-1,
                                            1.36929880922735805310e-1,
                                            1.48753612908506148525e-2,
                                            7.86869131145613259100e-4,
                                            1.84631831751005468180e-5,
                                            1.42151175831644588870e-7,
                                            2.04426310338993978564e-15};

// |z| whose tail on one side is `tail`, for tails up to 0.075.
double far_quantile(double tail) {
  double r = std::sqrt(-std::log(tail));
  if (r <= 5) {
    r -= 1.6;
    return polynomial(kShoulderTop, r) / polynomial(kShoulderBottom, r);
  }
  r -= 5;
  return polynomial(kTailTop, r) / polynomial(kTailBottom, r);
}

}  // namespace

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI); }
double normal_cdf(double z) { return 0.5 * std::erfc(-z / M_SQRT2); }
double normal_tail(double z) { return 0.5 * std::erfc(z / M_SQRT2); }

double normal_quantile(double p) {
  CHECK(p > 0 && p < 1, "a quantile is of a probability inside 0 and 1");
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kMiddleTop, r) / polynomial(kMiddleBottom, r);
  }
  return q < 0 ? -far_quantile(p) : far_quantile(1 - p);
}

double normal_limit(double tail) {
  CHECK(tail > 0 && tail < 1, "a limit is of a tail inside 0 and 1");
  return tail < 0.05 ? far_quantile(tail) : normal_quantile(1 - tail);
}

double two_sided_p(double z) { return std::erfc(std::fabs(z) / M_SQRT2); }

double z_of_confidence(double confidence) {
  CHECK(confidence > 0 && confidence < 1, "a confidence lies inside 0 and 1");
  return normal_limit((1 - confidence) / 2);
}

double chi_square_tail(double freedom, double value) { return gamma_upper(freedom / 2, value / 2); }

double chi_square_limit(double freedom, double tail) {
  CHECK(freedom > 0 && tail > 0 && tail <= 1, "a chi-square limit has freedom and a tail above 0");
  if (tail == 1) return 0;
  double low = 0, high = freedom + 10;
  while (chi_square_tail(freedom, high) > tail) high *= 2;
  for (int i = 0; i < 100; ++i) {
    const double middle = low + (high - low) / 2;
    (chi_square_tail(freedom, middle) > tail ? low : high) = middle;
  }
  return high;
}

double noncentral_chi_square_tail(double freedom, double noncentrality, double value) {
  const double half = noncentrality / 2;
  if (half <= 0) return chi_square_tail(freedom, value);
  // Outwards from the likeliest weight, so that large noncentralities do not underflow.
  const auto weight = [&](double j) { return std::exp(-half + j * std::log(half) - std::lgamma(j + 1)); };
  const double middle = std::floor(half);
  double out = 0;
  for (double j = middle; j >= 0; --j) {
    const double w = weight(j);
    out += w * chi_square_tail(freedom + 2 * j, value);
    if (w < 1e-14) break;
  }
  for (double j = middle + 1;; ++j) {
    const double w = weight(j);
    out += w * chi_square_tail(freedom + 2 * j, value);
    if (w < 1e-14) break;
  }
  return out;
}

double noncentrality_seen(double freedom, double alpha, double power) {
  CHECK(alpha > 0 && alpha < power && power < 1, "power lies above the level and below 1");
  const double limit = chi_square_limit(freedom, alpha);
  double low = 0, high = 10;
  while (noncentral_chi_square_tail(freedom, high, limit) < power) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = low + (high - low) / 2;
    (noncentral_chi_square_tail(freedom, middle, limit) < power ? low : high) = middle;
  }
  return high;
}

double kolmogorov_tail(double value) {
  if (value < 0.2) return 1;  // 1 - 1e-12 and nearer
  double sum = 0, sign = 1;
  for (int k = 1; k <= 100; ++k, sign = -sign) {
    const double term = std::exp(-2.0 * k * k * value * value);
    sum += sign * term;
    if (term < 1e-18) break;
  }
  return std::fmin(1, std::fmax(0, 2 * sum));
}

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

}  // namespace puhui::statistics
