// Group-sequential tests: a few looks planned beforehand, the error of all of them together held at alpha.
// Cheaper in rows than a test that may be looked at always (sequential.h); for quality on matured accounts.
#pragma once

#include <span>
#include <vector>

namespace puhui::statistics {

inline constexpr size_t kLooksMax = 100;

// One look of a symmetric two-sided test.
struct Look {
  double information = 0;  // share of the planned information (rows with labels) at this look, in (0, 1]
  double boundary = 0;     // stop when |z| reaches it
  double spent = 0;        // of alpha, up to and with this look
};

// The two-sided error spent up to an information share: O'Brien-Fleming-like, 2 (2 - 2 Phi(z / sqrt(t))) with z the
// normal limit of alpha/4 (Lan and DeMets, Biometrika 70, 1983).
double obrien_fleming_spent(double information, double alpha);

// Boundaries for looks at ascending information shares (CHECKed, at most kLooksMax). Looks may come at other moments than planned:
// give the shares as they came, the boundaries of past looks stay the same. By recursive integration
// (Armitage, McPherson and Rowe, JRSS A 132, 1969; Jennison and Turnbull 2000, chapter 19). looks_test.cc
// holds the published five-look tables.
std::vector<Look> look_boundaries(std::span<const double> information, double alpha = 0.05);

// P(|z| first reaches its boundary at look i), when z has mean drift * sqrt(information): 0 gives the error spent,
// the drift of an alternative the power.
std::vector<double> crossing_shares(std::span<const double> information, std::span<const double> boundaries,
                                    double drift = 0);

}  // namespace puhui::statistics
