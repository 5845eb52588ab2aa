// Scorecard: bins with whole points. The sum of the rounded points is the score, and the only one: the
// probability is read from it. score = A - B ln(odds of bad), B = PDO / ln 2.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/models/binning.h"
#include "infrastructure/models/logistic.h"

namespace puhui::models {

struct PointsScale {
  double points = 600;         // at these odds
  double odds_bad = 1.0 / 19;  // bad : good
  double double_odds = 50;     // points that halve the odds
  double factor() const;       // B
  double offset() const;       // A
  double log_odds(double score) const { return (offset() - score) / factor(); }
  double score(double log_odds) const { return offset() - factor() * log_odds; }
};

struct ScorecardFeature {
  uint32_t place = 0;  // of its value among inputs and derived features
  Binning binning;
  double coefficient = 0;
  std::vector<int64_t> points;  // one a bin
  int64_t points_unseen = 0;    // for what falls in no bin: WoE 0
  int64_t points_best = 0;      // over the bins
};

class Scorecard {
 public:
  Scorecard() = default;
  // Rounds -B · coefficient · WoE half to even, feature by feature, and the base A - B · intercept.
  Scorecard(PointsScale scale, double intercept, std::vector<ScorecardFeature> features);

  const PointsScale& scale() const { return scale_; }
  const std::vector<ScorecardFeature>& features() const { return features_; }
  int64_t base_points() const { return base_points_; }
  double intercept() const { return intercept_; }

  // `places` holds inputs and derived features.
  int64_t points(size_t feature, std::span<const double> places) const;
  int64_t score(std::span<const double> places) const;
  // From unrounded points: what the regression itself says. For measuring, not for deciding.
  double log_odds(std::span<const double> places) const;
  // Calibrated probability of a score in points.
  double probability(int64_t score) const;

  void write(ByteWriter& out) const;
  static Scorecard read(ByteReader& in);

 private:
  PointsScale scale_;
  double intercept_ = 0;
  int64_t base_points_ = 0;
  std::vector<ScorecardFeature> features_;
};

}  // namespace puhui::models
