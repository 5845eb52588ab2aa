// The distributions that the tests of this module are read against. Pure functions of doubles.
#pragma once

namespace puhui::statistics {

double normal_density(double z);
double normal_cdf(double z);                // P(Z <= z), by erfc
double normal_tail(double z);               // P(Z > z), exact far out too
double normal_quantile(double p);           // 0 < p < 1; Wichura (1988), algorithm AS 241, PPND16
double normal_limit(double tail);           // the z that is exceeded with probability `tail`, far out too
double two_sided_p(double z);               // P(|Z| > |z|)
double z_of_confidence(double confidence);  // .95 gives 1.959964

double chi_square_tail(double freedom, double value);  // P(X > value)
double chi_square_limit(double freedom, double tail);  // the value exceeded with probability `tail`
// P(X > value) for a noncentral chi-square: a Poisson mixture of central ones.
double noncentral_chi_square_tail(double freedom, double noncentrality, double value);
// The noncentrality at which a test at level `alpha` rejects with probability `power`; alpha < power < 1.
double noncentrality_seen(double freedom, double alpha, double power);

// Two-sample Kolmogorov: P(D sqrt(n m / (n + m)) > value) in the limit.
double kolmogorov_tail(double value);

double log_beta(double a, double b);

}  // namespace puhui::statistics
