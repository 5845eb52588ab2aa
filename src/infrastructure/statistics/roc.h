// Area under the ROC curve with its uncertainty: one score, or two scores of the same rows compared.
// DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988) by mid-ranks (Sun and Xu, IEEE SPL 21, 2014): O(n log n).
// roc_test.cc holds the brute-force U-statistics and the coverage.
#pragma once

#include <cstdint>
#include <span>

#include "infrastructure/statistics/interval.h"

namespace puhui::statistics {

// CHECKed by all here: `bad` (0 or 1) has one entry a score, and both kinds are there (ask has_both_kinds).
bool has_both_kinds(std::span<const uint8_t> bad);

struct AucEstimate {
  double auc = 0;       // of a bad row scoring above a good one; ties count one half
  double variance = 0;  // DeLong's; 0 where a class has one row or the classes are parted wholly
  Interval interval;    // on the logit scale, so that it stays inside 0 and 1
  uint64_t good = 0, bad = 0;
};
AucEstimate auc(std::span<const double> scores, std::span<const uint8_t> bad, double confidence = kConfidence);

// The AUC these rows give on average if their probabilities are true: what a ranking can reach on whom it was let see,
// so that a narrower group is not taken for a worse model (model-based concordance: van Klaveren, Gonen, Steyerberg and
// Vergouwe, Statistics in Medicine 35, 2016). 0.5 for fewer than two rows or where none can be of the other kind.
double expected_auc(std::span<const double> probabilities);

struct AucComparison {
  double base = 0, other = 0, difference = 0;  // other less base
  double variance = 0;                         // of the difference
  double z = 0, p_value = 1;                   // two-sided; of no difference at all: z 0, p 1
  Interval interval;                           // of the difference
  uint64_t good = 0, bad = 0;
};

// The same rows scored twice.
struct ScoredTwice {
  std::span<const double> base, other;
  std::span<const uint8_t> bad;
};
AucComparison compare_auc(const ScoredTwice& rows, double confidence = kConfidence);

// Scores of different rows (two vintages, before and after): variances add.
struct AucPair {
  AucEstimate base, other;
};
AucComparison compare_unpaired(const AucPair& estimates, double confidence = kConfidence);

}  // namespace puhui::statistics
