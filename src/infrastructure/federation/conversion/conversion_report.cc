#include "infrastructure/federation/conversion/conversion_report.h"

#include <algorithm>
#include <cmath>

#include "ground/base/bytes.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::federation {

namespace {

constexpr uint8_t kReportVersion = 1;

double from_fixed(int64_t value) { return std::ldexp(static_cast<double>(value), -kConversionValueBits); }

std::vector<double> sorted_scores(const ConversionFeatures& features, const ConversionModel& model) {
  std::vector<double> out;
  for (size_t i = 0; i < features.rows(); ++i) {
    if (!features.held_out(i)) out.push_back(model.score(features.standardised_row(i)));
  }
  std::ranges::sort(out);
  return out;
}

// `map[bin]` is the cohort that a bin goes into: neighbours together until they are enough.
std::vector<uint8_t> merged(std::span<const uint64_t> rows, uint64_t cohort_min, std::vector<uint64_t>& cohorts) {
  std::vector<uint8_t> map;
  uint64_t open = 0;
  for (const uint64_t count : rows) {
    open += count;
    map.push_back(static_cast<uint8_t>(cohorts.size()));
    if (open >= cohort_min) cohorts.push_back(open), open = 0;
  }
  if (open == 0) return map;
  // What is left at the top goes to the last one, or is suppressed with everything.
  for (uint8_t& cohort : map) {
    if (cohorts.empty()) cohort = ConversionCohorts::kNone;
    if (cohort == cohorts.size()) cohort = static_cast<uint8_t>(cohorts.size() - 1);
  }
  if (!cohorts.empty()) cohorts.back() += open;
  return map;
}

struct ConversionTotals {
  double rows = 0, converted = 0, error = 0, chi_square = 0;
  size_t counted = 0;
};

ConversionTotals totals_of(std::span<const ConversionCohort> cohorts, double noise) {
  ConversionTotals out;
  for (const ConversionCohort& cohort : cohorts) {
    const auto rows = static_cast<double>(cohort.rows), converted = static_cast<double>(cohort.converted);
    const double predicted = from_fixed(cohort.predicted);
    if (rows < 1) continue;
    out.rows += rows, out.converted += std::max(converted, 0.0);
    out.error += std::abs(predicted - converted);
    const double share = std::clamp(predicted / rows, 0.0, 1.0);
    const double variance = rows * share * (1 - share) + noise * noise;
    if (!(variance > 0)) continue;
    out.chi_square += (converted - predicted) * (converted - predicted) / variance;
    ++out.counted;
  }
  return out;
}

// The chance that a click that converted is in a higher cohort than one that did not.
Json auc_between(std::span<const ConversionCohort> cohorts) {
  double goods_below = 0, pairs = 0, bads = 0;
  for (const ConversionCohort& cohort : cohorts) {
    const double bad = std::max<double>(0, static_cast<double>(cohort.converted));
    const double good = std::max<double>(0, static_cast<double>(cohort.rows) - bad);
    pairs += bad * (goods_below + good / 2);
    goods_below += good, bads += bad;
  }
  if (bads <= 0 || goods_below <= 0) return {};
  return pairs / (bads * goods_below);
}

}  // namespace

ConversionCohorts conversion_cohorts(const ConversionFeatures& features, const ConversionModel& model,
                                     uint64_t cohort_min) {
  const std::vector<double> scores = sorted_scores(features, model);
  std::vector<double> cuts;
  for (size_t i = 1; i < kConversionBinsMax && !scores.empty(); ++i) {
    cuts.push_back(scores[i * scores.size() / kConversionBinsMax]);
  }
  ConversionCohorts out;
  out.of_row.assign(features.rows(), ConversionCohorts::kNone);
  std::vector<uint64_t> rows(cuts.size() + 1);
  for (size_t i = 0; i < features.rows(); ++i) {
    if (!features.held_out(i)) continue;
    const double score = model.score(features.standardised_row(i));
    const auto bin = static_cast<size_t>(std::ranges::upper_bound(cuts, score) - cuts.begin());
    out.of_row[i] = static_cast<uint8_t>(bin);
    ++rows[bin];
  }
  const std::vector<uint8_t> map = merged(rows, cohort_min, out.rows);
  for (uint8_t& bin : out.of_row) {
    if (bin != ConversionCohorts::kNone) bin = map[bin];
  }
  return out;
}

std::string ConversionReport::written() const {
  ByteWriter out;
  out.u8(kReportVersion);
  out.unsigned_varint(cohorts.size());
  for (const ConversionCohort& cohort : cohorts) {
    for (const int64_t number : {cohort.rows, cohort.converted, cohort.predicted, cohort.value}) {
      out.signed_varint(number);
    }
  }
  return out.take();
}

Result<ConversionReport> ConversionReport::read(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kReportVersion) in.reject();
  const size_t count = in.count(4);
  if (count > kConversionBinsMax) in.reject();
  ConversionReport out;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    ConversionCohort cohort;
    for (int64_t* number : {&cohort.rows, &cohort.converted, &cohort.predicted, &cohort.value}) {
      *number = in.signed_varint();
      // Clicks and conversions fit 2^40, their sums in fixed point 2^60: with noise, too.
      const int64_t most = int64_t{1} << 60;
      if (*number > most || *number < -most) in.reject();
    }
    out.cohorts.push_back(cohort);
  }
  TRY(in.finish("a report of conversions"));
  return out;
}

Json ConversionReport::numbers(const ConversionPlan& plan) const {
  Json out;
  Json::List list;
  for (const ConversionCohort& cohort : cohorts) {
    Json one;
    one.set("rows", cohort.rows);
    one.set("converted", cohort.converted);
    one.set("predicted", from_fixed(cohort.predicted));
    if (plan.has_values) one.set("value", plan.real_value(cohort.value));
    list.push_back(std::move(one));
  }
  out.set("epsilon", plan.epsilon());
  out.set("cohorts", std::move(list));
  return out;
}

Json ConversionReport::measures(const ConversionPlan& plan) const {
  Json out = numbers(plan);
  const ConversionTotals totals = totals_of(cohorts, plan.converted_deviation());
  out.set("delta", std::ldexp(1.0, -40));
  out.set("composition", "basic");
  out.set("noise_deviation", plan.converted_deviation());
  out.set("held_out_rows", totals.rows);
  out.set("held_out_converted", totals.converted);
  out.set("calibration_error", totals.rows > 0 ? Json(totals.error / totals.rows) : Json());
  out.set("hosmer_lemeshow", totals.counted > 0 ? Json(totals.chi_square) : Json());
  out.set("hosmer_lemeshow_p",
          totals.counted > 0 ? Json(statistics::chi_square_tail(static_cast<double>(totals.counted), totals.chi_square))
                             : Json());
  out.set("auc", auc_between(cohorts));
  return out;
}

}  // namespace puhui::federation
