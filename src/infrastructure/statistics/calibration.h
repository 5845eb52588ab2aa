// Do predicted probabilities come true? Hosmer and Lemeshow's test, Brier's score, and the calibration line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "infrastructure/statistics/interval.h"

namespace puhui::statistics {

// CHECKed by all here: one outcome (0 or 1) a probability, at least one row.
struct Predicted {
  std::span<const double> probability;
  std::span<const uint8_t> bad;
};

double brier(Predicted rows);  // mean squared error (Brier 1950)

enum class FittedOn { these_rows, other_rows };  // the fit takes two degrees of freedom from the rows it saw

struct HosmerLemeshow {
  double chi_square = 0, freedom = 0, p_value = 1;
  size_t groups = 0;
};
// Groups of about equal size by probability, equal probabilities together; freedom is groups - 2 on the rows fitted
// on, groups on others (Hosmer, Lemeshow and Sturdivant, Applied Logistic Regression, 3rd ed., 5.2.2).
HosmerLemeshow hosmer_lemeshow(Predicted rows, FittedOn fitted, size_t groups = 10);

// logit P(bad) = intercept + slope * logit(probability) by maximum likelihood (Cox 1958); well calibrated is 0 and 1.
struct CalibrationLine {
  double intercept = 0, slope = 0;
  Interval intercept_interval, slope_interval;  // Wald
  bool found = false;                           // false where no maximum exists: one kind alone, or parted wholly
};
CalibrationLine calibration_line(Predicted rows, double confidence = kConfidence);

}  // namespace puhui::statistics
