#include "governance/drift/decay_shapes.h"

#include <cstdio>

namespace puhui::drift {

std::span<const std::string_view> names_of(const DecayVerdict*) {
  static constexpr std::string_view kNames[] = {"holding", "watch", "decayed", "too_few"};
  return kNames;
}

void fields(Shape& shape, DecayShowRequest& request) {
  shape.field("use_case", request.use_case,
              {.help = "with its scope", .max = 256, .example = "lending.approval/person_revolving"});
  shape.field("permit", request.permit, {.help = "of the version; the one in force when absent"});
  shape.field("model", request.model,
              {.help = "as the policy calls it; its first when empty", .max = 256, .optional = true});
  shape.field("outcome", request.outcome,
              {.help = "the late label measured against; the use case's own when empty", .max = 64, .optional = true});
}

void fields(Shape& shape, Performance& performance) {
  shape.field("labelled", performance.labelled, {.help = "decisions whose outcome is known"});
  shape.field("bad", performance.bad, {.help = "of those"});
  shape.field("bad_rate", performance.bad_rate, {.help = "0 to 1"});
  shape.field("bad_rate_low", performance.bad_rate_low, {.help = "95 % interval (Wilson)"});
  shape.field("bad_rate_high", performance.bad_rate_high);
  shape.field("predicted_bad_rate", performance.predicted_bad_rate, {.help = "mean probability, 0 to 1"});
  shape.field("auc", performance.auc, {.help = "area under the ROC curve; absent without both kinds of labels"});
  shape.field("auc_low", performance.auc_low, {.help = "95 % interval (DeLong)"});
  shape.field("auc_high", performance.auc_high);
  shape.field("expected_auc", performance.expected_auc,
              {.help = "what these very rows give if the probabilities are true: accounts for whom the policy took"});
  shape.field("ks", performance.ks, {.help = "largest gap of the two score distributions, 0 to 1"});
  shape.field("brier", performance.brier, {.help = "mean squared error of the probability"});
  shape.field("calibration_intercept", performance.calibration_intercept, {.help = "0 when calibrated"});
  shape.field("calibration_slope", performance.calibration_slope, {.help = "1 when calibrated"});
}

void fields(Shape& shape, AgeView& age) {
  shape.field("age_months", age.age_months, {.help = "months since the decision"});
  shape.field("approved", age.approved, {.help = "decisions that have reached this age"});
  shape.field("bad", age.bad, {.help = "of those, known bad by this age"});
  shape.field("bad_rate", age.bad_rate, {.help = "0 to 1"});
  shape.field("bad_rate_low", age.bad_rate_low, {.help = "95 % interval (Wilson)"});
  shape.field("bad_rate_high", age.bad_rate_high);
  shape.field("auc", age.auc, {.help = "of bad by this age against the rest"});
  shape.field("auc_low", age.auc_low, {.help = "95 % interval (DeLong)"});
  shape.field("auc_high", age.auc_high);
}

void fields(Shape& shape, VintageView& vintage) {
  shape.field("month", vintage.month, {.help = "of the decisions, UTC", .example = "2026-01"});
  shape.field("decided", vintage.decided);
  shape.field("approved", vintage.approved);
  shape.field("matured_share", vintage.matured_share, {.help = "labelled of approved, 0 to 1"});
  shape.field("performance", vintage.performance);
  shape.field("verdict", vintage.verdict);
  shape.field("ages", vintage.ages, {.help = "only ages the whole month has reached"});
}

void fields(Shape& shape, MeasureView& measure) {
  shape.field("value", measure.value);
  shape.field("low", measure.low, {.help = "95 % interval"});
  shape.field("high", measure.high);
}

void fields(Shape& shape, ConceptWindowView& window) {
  shape.field("from", window.from);
  shape.field("to", window.to);
  shape.field("decided", window.decided);
  shape.field("alerts", window.alerts, {.help = "decisions that were not approved"});
  shape.field("labelled", window.labelled,
              {.help = "decisions whose outcome is known, or taken as good by its absence"});
  shape.field("bad", window.bad, {.help = "of those"});
  shape.field("bad_rate", window.bad_rate, {.help = "0 to 1 (Wilson)"});
  shape.field("auc", window.auc, {.help = "area under the ROC curve (DeLong)"});
  shape.field("average_precision", window.average_precision,
              {.help = "area under precision and recall (logit interval); rises and falls with the bad rate too"});
  shape.field("detection", window.detection,
              {.help = "of the bad ones, found when `alert_share` are looked at (Wilson)"});
  shape.field("alert_precision", window.alert_precision, {.help = "bad among the alerts with a verdict (Wilson)"});
}

void fields(Shape& shape, ConceptView& drift) {
  shape.field("verdict", drift.verdict);
  shape.field("alert_share", drift.alert_share, {.help = "of all decisions, looked at for `detection`; 0 to 1"});
  shape.field("age_days", drift.age_days, {.help = "every window's labels are taken as they stood at this age"});
  shape.field("reference", drift.reference, {.help = "the version's first windows, until 30 were bad"});
  shape.field("current", drift.current, {.help = "the newest windows, until 30 were bad"});
  shape.field("auc_change", drift.auc_change, {.help = "current less reference"});
  shape.field("detection_change", drift.detection_change, {.help = "current less reference"});
  shape.field("p_worse", drift.p_worse, {.help = "of so much worse by chance, for both changes together"});
  shape.field("looks", drift.looks, {.help = "windows since the reference"});
  shape.field("alpha", drift.alpha, {.help = "what p_worse must be below: all looks ever together err 5 in 100"});
  shape.field("windows", drift.windows, {.help = "of seven days, the oldest first"});
}

void fields(Shape& shape, DecayShowAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("model", answer.model, {.optional = true});
  shape.field("outcome", answer.outcome);
  shape.field("permit", answer.permit);
  shape.field("validation_auc", answer.validation_auc, {.help = "on its card: rows it was not trained on"});
  shape.field("verdict", answer.verdict);
  shape.field("labelled", answer.labelled, {.help = "labels matured, of `approved`"});
  shape.field("approved", answer.approved);
  shape.field("all", answer.all, {.help = "all vintages together"});
  shape.field("vintages", answer.vintages, {.help = "the oldest first"});
  shape.field("concept_drift", answer.concept_drift, {.help = "of an outcome that is known soon: by weeks"});
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

void fields(Shape& shape, DecayStandingView& standing) {
  shape.field("use_case", standing.use_case);
  shape.field("model", standing.model, {.optional = true});
  shape.field("permit", standing.permit);
  shape.field("verdict", standing.verdict);
  shape.field("labelled", standing.labelled, {.help = "labels matured, of `approved`"});
  shape.field("approved", standing.approved);
  shape.field("auc", standing.auc, {.help = "area under the ROC curve"});
  shape.field("auc_low", standing.auc_low, {.help = "95 % interval"});
  shape.field("auc_high", standing.auc_high);
  shape.field("expected_auc", standing.expected_auc, {.help = "if the probabilities are true"});
  shape.field("validation_auc", standing.validation_auc, {.help = "on the model's card"});
}

void fields(Shape& shape, DecayRunAnswer& answer) {
  shape.field("use_cases", answer.use_cases);
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

namespace {

std::string fixed(const std::optional<double>& value, int places) {
  if (!value) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, *value);
  return text;
}

std::string_view word(DecayVerdict verdict) { return names_of(&verdict)[static_cast<size_t>(verdict)]; }

std::string between(const std::optional<double>& low, const std::optional<double>& high) {
  return low && high ? fixed(low, 4) + " to " + fixed(high, 4) : "-";
}

}  // namespace

std::string tell(const DecayShowAnswer& answer) {
  std::string out = answer.use_case + ", model " + answer.model + ", outcome " + answer.outcome + ": " +
                    std::string(word(answer.verdict)) + "\nlabels matured: " + std::to_string(answer.labelled) +
                    " of " + std::to_string(answer.approved) + " approved; AUC " + fixed(answer.all.auc, 4) + " (" +
                    between(answer.all.auc_low, answer.all.auc_high) + "), expected of these rows " +
                    fixed(answer.all.expected_auc, 4) + ", at validation " + fixed(answer.validation_auc, 4) + "\n\n";
  char line[256];
  std::snprintf(line, sizeof line, "%-8s %9s %9s %9s %8s %9s %8s %20s %s\n", "vintage", "decided", "approved",
                "labelled", "bad", "predicted", "AUC", "95 %", "verdict");
  out += line;
  for (const VintageView& vintage : answer.vintages) {
    const Performance& p = vintage.performance;
    std::snprintf(line, sizeof line, "%-8s %9lld %9lld %9lld %7s%% %8s%% %8s %20s %s\n", vintage.month.c_str(),
                  static_cast<long long>(vintage.decided), static_cast<long long>(vintage.approved),
                  static_cast<long long>(p.labelled), fixed(100 * p.bad_rate, 2).c_str(),
                  fixed(100 * p.predicted_bad_rate, 2).c_str(), fixed(p.auc, 4).c_str(),
                  between(p.auc_low, p.auc_high).c_str(), std::string(word(vintage.verdict)).c_str());
    out += line;
  }
  return out;
}

std::string tell(const DecayRunAnswer& answer) {
  std::string out;
  for (const DecayStandingView& standing : answer.use_cases) {
    out += standing.use_case + (standing.model.empty() ? "" : ", " + standing.model) + ": " +
           std::string(word(standing.verdict)) + ", labels matured " + std::to_string(standing.labelled) + " of " +
           std::to_string(standing.approved) + ", AUC " + fixed(standing.auc, 4) + " (" +
           between(standing.auc_low, standing.auc_high) + ")\n";
  }
  return out.empty() ? "Nothing is in force.\n" : out;
}

}  // namespace puhui::drift
