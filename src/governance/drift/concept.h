// Concept drift: does a model still find what it found when it was new? Windows of seven days held against the first ones
// of the same version, every label at the same age. For outcomes that are known soon and are rare (a fraud); a vintage
// of loans is held against what its own probabilities promise (decay.cc).
#pragma once

#include <span>

#include "governance/drift/decay_shapes.h"

namespace puhui::drift {

inline constexpr int kWindowDays = 7;
inline constexpr int64_t kConceptEventsMin = 30;  // of the rarer kind, in the reference and in what is held against it
inline constexpr double kAlertShare = 0.01;    // detection is measured as if people could look at so many of a hundred
inline constexpr double kConceptAlpha = 0.05;  // of a false alarm in the whole life of a version
inline constexpr double kDecayedDetection = 0.10;  // finds less by more than this: decayed

struct ConceptRow {
  int64_t at_seconds = 0;
  bool approved = false;
  std::optional<double> probability;
  bool known = false, bad = false;
  int64_t known_at_seconds = 0;
};

// Rows in the order of time or nearly so. Of approved ones without a label at the age held at, good is assumed; of others
// nothing. Fills verdict too_few until both sides have kConceptEventsMin.
ConceptView concept_of(std::span<const ConceptRow> rows, int outcome_delay_days, Timestamp now);

// What the k-th look may spend, from 1: alpha / (k (k + 1)), so that all looks ever together spend alpha.
double alpha_of_look(int64_t look);

}  // namespace puhui::drift
