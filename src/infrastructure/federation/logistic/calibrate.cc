#include "infrastructure/federation/logistic/calibrate.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/metrics.h"

namespace puhui::federation {

namespace {

constexpr double kUnit = 0x1p-24;
constexpr double kCalibrationLimit = 4096, kWeightLimit = 64;
constexpr double kPenaltyMin = 1e-3;  // classes that the scores part wholly have no finite slope without it
// What a refit of the guest's own weights may cost an iteration; beyond, only slope and base are fitted.
constexpr size_t kRefitProductsMax = size_t{1} << 32;

int64_t fixed(double value, double limit) {
  return static_cast<int64_t>(std::nearbyint(std::clamp(value, -limit, limit) / kUnit));
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

// The design of the fit: the host's score last, before it either the guest's standardised columns or its own score.
struct Design {
  std::vector<double> rows;
  std::vector<double> start;  // intercept first
  size_t columns = 0;
};

Design whole_design(const LogisticLearner& guest, std::span<const double> host) {
  Design out{.columns = guest.columns()};  // the intercept's place is the host's score's
  const LogisticModelPart part = guest.part();
  out.start.push_back(static_cast<double>(part.base) * kUnit);
  for (const LogisticColumn& column : part.columns) out.start.push_back(static_cast<double>(column.weight) * kUnit);
  out.start.push_back(1);
  out.rows.reserve(host.size() * out.columns);
  for (size_t i = 0; i < host.size(); ++i) {
    const std::span<const int32_t> x = guest.standardised_row(i);
    for (size_t j = 0; j + 1 < out.columns; ++j) out.rows.push_back(x[j] * 0x1p-16);
    out.rows.push_back(host[i]);
  }
  return out;
}

// Gives the guest's part what the fit found.
void take_over(LogisticModelPart& part, const models::LogisticFit& fit) {
  for (size_t j = 0; j < part.columns.size(); ++j) part.columns[j].weight = fixed(fit.coefficients[j], kWeightLimit);
  part.base = fixed(fit.intercept, kCalibrationLimit);
  part.slope = fixed(fit.coefficients.back(), kCalibrationLimit);
}

// The same slope for both parties (Platt 1999).
void scale(LogisticModelPart& part, const models::LogisticFit& fit) {
  const double slope = fit.coefficients[0];
  for (LogisticColumn& column : part.columns) {
    column.weight = fixed(slope * static_cast<double>(column.weight) * kUnit, kWeightLimit);
  }
  part.base = fixed(fit.intercept + slope * static_cast<double>(part.base) * kUnit, kCalibrationLimit);
  part.slope = fixed(slope, kCalibrationLimit);
}

// A fit that does not converge, or says nothing, leaves the part as training did.
void fit_part(LogisticModelPart& part, const LogisticLearner& guest, std::span<const double> host, double l2) {
  const std::vector<uint8_t> labels = guest.labels();
  models::LogisticOptions options{.l2 = std::max(kPenaltyMin, l2 * static_cast<double>(host.size()))};
  if (host.size() * guest.columns() * guest.columns() <= kRefitProductsMax) {
    Design design = whole_design(guest, host);
    options.start = std::move(design.start);
    const auto fit =
        models::fit_logistic({.rows = design.rows, .bad = labels, .feature_count = design.columns}, options);
    if (fit) return take_over(part, *fit);
    options.start.clear();
  }
  std::vector<double> sums(host.begin(), host.end());
  const std::vector<int64_t> own = guest.scores();
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(own[i]) * kUnit;
  const auto fit = models::fit_logistic({.rows = sums, .bad = labels, .feature_count = 1}, options);
  if (fit && fit->coefficients[0] != 0) scale(part, *fit);
}

}  // namespace

Result<CalibratedLogistic> calibrate(const LogisticLearner& guest, std::span<const int64_t> host_scores, double l2) {
  CHECK(guest.has_labels() && host_scores.size() == guest.rows(), "the guest calibrates, with a score a row");
  std::vector<double> host(host_scores.size());
  for (size_t i = 0; i < host.size(); ++i) {
    if (host_scores[i] > kPartialScoreMax || host_scores[i] < -kPartialScoreMax) {
      return fail(ErrorCode::invalid, "row " + std::to_string(i + 1),
                  "expected a partial score, came a number larger than any model answers");
    }
    host[i] = static_cast<double>(host_scores[i]) * kUnit;
  }
  CalibratedLogistic out{.part = guest.part()};
  fit_part(out.part, guest, host, l2);
  std::vector<double> probabilities(host.size());
  for (size_t i = 0; i < host.size(); ++i) {
    double margin = static_cast<double>(out.part.base) * kUnit + host[i] * static_cast<double>(out.part.slope) * kUnit;
    const std::span<const int32_t> x = guest.standardised_row(i);
    for (size_t j = 0; j < out.part.columns.size(); ++j) {
      margin += x[j] * 0x1p-16 * (static_cast<double>(out.part.columns[j].weight) * kUnit);
    }
    probabilities[i] = models::sigmoid(margin);
  }
  out.measures = measured(probabilities, guest.labels());
  return out;
}

}  // namespace puhui::federation
