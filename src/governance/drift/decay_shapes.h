// What the decay verbs ask and answer: does a model still rank as it did, by vintage, once the labels are known.
#pragma once

#include "ground/base/shape.h"

namespace puhui::drift {

enum class DecayVerdict : uint8_t {
  holding,
  watch,    // its AUC lies below what was expected, beyond chance
  decayed,  // and by more than .03
  too_few,  // too few labels, or too few of the decisions have matured
};
std::span<const std::string_view> names_of(const DecayVerdict*);

struct DecayShowRequest {
  std::string use_case;
  std::optional<Digest> permit;  // the one in force when absent
  std::string model;             // as the policy calls it; the first when empty
  std::string outcome;           // the use case's own when empty
};
void fields(Shape& shape, DecayShowRequest& request);

// How the ranking and the level of the risks came out on some decisions.
struct Performance {
  int64_t labelled = 0, bad = 0;
  double bad_rate = 0, bad_rate_low = 0, bad_rate_high = 0;
  double predicted_bad_rate = 0;
  std::optional<double> auc, auc_low, auc_high;  // absent without both kinds of labels
  std::optional<double> expected_auc;            // what these very rows give if the probabilities are true
  std::optional<double> ks, brier;
  std::optional<double> calibration_intercept, calibration_slope;
};
void fields(Shape& shape, Performance& performance);

// Those of a vintage at one age: bad until then, of all who were approved.
struct AgeView {
  int64_t age_months = 0;
  int64_t approved = 0, bad = 0;
  double bad_rate = 0, bad_rate_low = 0, bad_rate_high = 0;
  std::optional<double> auc, auc_low, auc_high;
};
void fields(Shape& shape, AgeView& age);

struct VintageView {
  std::string month;  // "2026-01"
  int64_t decided = 0, approved = 0;
  double matured_share = 0;  // labelled of approved
  Performance performance;
  DecayVerdict verdict = DecayVerdict::too_few;
  std::vector<AgeView> ages;
};
void fields(Shape& shape, VintageView& vintage);

// One figure with its 95 % interval.
struct MeasureView {
  double value = 0, low = 0, high = 0;
};
void fields(Shape& shape, MeasureView& measure);

struct ConceptWindowView {
  Timestamp from, to;
  int64_t decided = 0, alerts = 0, labelled = 0, bad = 0;
  std::optional<MeasureView> bad_rate, auc, average_precision, detection, alert_precision;
};
void fields(Shape& shape, ConceptWindowView& window);

// How the newest windows find what the first ones found (concept.h).
struct ConceptView {
  double alert_share = 0, age_days = 0;
  std::optional<ConceptWindowView> reference, current;
  std::optional<MeasureView> auc_change, detection_change;  // current less reference
  std::optional<double> p_worse;
  int64_t looks = 0;
  double alpha = 0;
  DecayVerdict verdict = DecayVerdict::too_few;
  std::vector<ConceptWindowView> windows;  // the oldest first
};
void fields(Shape& shape, ConceptView& drift);

struct DecayShowAnswer {
  std::string use_case, model, outcome;
  Digest permit;
  std::optional<double> validation_auc;  // from the model's card
  DecayVerdict verdict = DecayVerdict::too_few;
  int64_t labelled = 0, approved = 0;  // matured x of y
  Performance all;
  std::vector<VintageView> vintages;         // the oldest first
  std::optional<ConceptView> concept_drift;  // of an outcome that is known soon
  Timestamp at;
};
void fields(Shape& shape, DecayShowAnswer& answer);
std::string tell(const DecayShowAnswer& answer);

struct DecayRunRequest {};
inline void fields(Shape&, DecayRunRequest&) {}

struct DecayStandingView {
  std::string use_case, model;
  Digest permit;
  DecayVerdict verdict = DecayVerdict::too_few;
  int64_t labelled = 0, approved = 0;
  std::optional<double> auc, auc_low, auc_high, expected_auc, validation_auc;
};
void fields(Shape& shape, DecayStandingView& standing);

struct DecayRunAnswer {
  std::vector<DecayStandingView> use_cases;
  Timestamp at;
};
void fields(Shape& shape, DecayRunAnswer& answer);
std::string tell(const DecayRunAnswer& answer);

}  // namespace puhui::drift
