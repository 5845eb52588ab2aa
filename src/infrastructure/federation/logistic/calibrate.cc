#include "infrastructure/federation/logistic/calibrate.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/metrics.h"

namespace puhui::federation {

namespace {

constexpr double kUnit = 0x1p-24;
constexpr double kCalibrationLimit = 4096;
constexpr double kPenalty = 1e-3;  // classes that the scores part wholly have no finite slope without it

int64_t fixed(double value) {
  return static_cast<int64_t>(std::nearbyint(std::clamp(value, -kCalibrationLimit, kCalibrationLimit) / kUnit));
}

Json measured(std::span<const double> probabilities, std::span<const uint8_t> labels) {
  const models::Quality quality = models::quality({.scores = probabilities, .bad = labels});
  Json out;
  out.set("rows", quality.rows);
  out.set("bad_share", quality.bad_share);
  out.set("auc", quality.auc);
  out.set("ks", quality.ks);
  out.set("gini", quality.gini);
  out.set("average_precision", quality.average_precision);
  out.set("brier", quality.brier);
  out.set("log_loss", quality.log_loss);
  return out;
}

}  // namespace

Result<CalibratedLogistic> calibrate(const LogisticLearner& guest, std::span<const int64_t> host_scores) {
  CHECK(guest.has_labels() && host_scores.size() == guest.rows(), "the guest calibrates, with a score a row");
  const std::vector<int64_t> own = guest.scores();
  std::vector<double> scores(own.size());
  for (size_t i = 0; i < own.size(); ++i) {
    if (host_scores[i] > kPartialScoreMax || host_scores[i] < -kPartialScoreMax) {
      return fail(ErrorCode::invalid, "row " + std::to_string(i + 1),
                  "expected a partial score, came a number larger than any model answers");
    }
    scores[i] = static_cast<double>(own[i] + host_scores[i]) * kUnit;
  }
  const std::vector<uint8_t> labels = guest.labels();
  CalibratedLogistic out{.part = guest.part()};
  const auto fit = models::fit_logistic({.rows = scores, .bad = labels, .feature_count = 1}, {.l2 = kPenalty});
  // A model that says nothing (all scores equal) has nothing to calibrate and keeps its own scale.
  const double slope = fit && fit->coefficients[0] != 0 ? fit->coefficients[0] : 1;
  const double base = fit ? fit->intercept : 0;
  out.part.slope = fixed(slope);
  out.part.base = fixed(base + slope * static_cast<double>(guest.part().base) * kUnit);
  for (double& score : scores) score = models::sigmoid(base + slope * score);
  out.measures = measured(scores, labels);
  return out;
}

}  // namespace puhui::federation
