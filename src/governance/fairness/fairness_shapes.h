// What the fairness verbs ask and answer: groups compared under the rules of a jurisdiction as they stood on a day.
#pragma once

#include "ground/base/shape.h"

namespace puhui::fairness {

inline constexpr int64_t kMonthsMax = 60, kMonthsUsual = 12;

enum class Verdict : uint8_t { within, beyond, insufficient_evidence };
std::span<const std::string_view> names_of(const Verdict*);

enum class Measure : uint8_t {
  approval_difference,       // approval rate of a group less that of the best treated
  impact_ratio,              // the same as a ratio
  true_positive_difference,  // approved among those who paid well: a group less the best treated
  calibration_difference,    // bad rate less predicted bad rate of the approved, in the group
};
std::span<const std::string_view> names_of(const Measure*);

struct ShowRequest {
  std::string use_case;
  std::string jurisdiction;  // "us", "eu", "cn"
  std::optional<Date> at;    // whose rules: today's when absent
  int64_t months = kMonthsUsual;
};
void fields(Shape& shape, ShowRequest& request);

// One group of an attribute. A group below the minimum is counted in `groups_withheld` and not shown.
struct GroupView {
  std::string group;  // "1", "25-34", "absent"
  int64_t decided = 0, approved = 0;
  double approval_rate = 0, approval_rate_low = 0, approval_rate_high = 0;
  int64_t labelled = 0, bad = 0;
  std::optional<double> bad_rate, predicted_bad_rate;
};
void fields(Shape& shape, GroupView& group);

struct ComparisonView {
  std::string group, against;  // `against`: the group treated best; empty where a group is held against its prediction
  double value = 0, low = 0;
  std::optional<double> high;  // absent: without end
  Verdict verdict = Verdict::insufficient_evidence;
  int64_t rows_group = 0, rows_against = 0;
};
void fields(Shape& shape, ComparisonView& comparison);

struct MeasureView {
  Measure measure = Measure::approval_difference;
  Verdict verdict = Verdict::insufficient_evidence;
  double limit = 0;  // what the value may not go beyond: see the rule
  int64_t rows_min = 0;
  std::string rule;  // "47 law article …" as the jurisdiction's file says
  std::string worst_group, worst_against;
  std::string why;  // in words, where the evidence does not suffice
  std::vector<ComparisonView> comparisons;
};
void fields(Shape& shape, MeasureView& measure);

// A fact the policy may read that tells the attribute: AUC of the attribute's largest group against the rest.
struct ProxyView {
  std::string fact, group;
  double auc = 0, auc_low = 0, auc_high = 0;
  int64_t rows = 0;
};
void fields(Shape& shape, ProxyView& proxy);

struct AttributeView {
  std::string attribute;
  Verdict verdict = Verdict::insufficient_evidence;
  std::vector<GroupView> groups;
  int64_t groups_withheld = 0;
  std::vector<MeasureView> measures;
  std::vector<ProxyView> proxies;  // at most five
};
void fields(Shape& shape, AttributeView& attribute);

struct DutyView {
  std::string name, en, zh, source;
};
void fields(Shape& shape, DutyView& duty);

// Which rules a report is by.
struct RulesView {
  std::string jurisdiction, title, source;
  Date effective_from;
  std::optional<Date> next_from;  // when other rules take their place
  Digest digest;                  // of the file
  std::vector<DutyView> duties;   // what is to be done beside the measures
};
void fields(Shape& shape, RulesView& rules);

struct ShowAnswer {
  std::string use_case, jurisdiction;
  RulesView rules;
  Verdict verdict = Verdict::insufficient_evidence;
  std::string from_month, to_month;
  int64_t decided = 0;
  std::vector<AttributeView> attributes;
  std::vector<std::string> attributes_missing;  // asked for by the rules, not among the sealed facts
  Timestamp at;
};
void fields(Shape& shape, ShowAnswer& answer);
std::string tell(const ShowAnswer& answer);

struct RunRequest {
  std::string jurisdiction;  // all when empty
};
void fields(Shape& shape, RunRequest& request);

struct StandingView {
  std::string use_case, jurisdiction;
  Date rules_from;
  Verdict verdict = Verdict::insufficient_evidence;
  std::string attribute, measure, worst_group, worst_against;
  std::optional<double> value, low, high;
};
void fields(Shape& shape, StandingView& standing);

struct RunAnswer {
  std::vector<StandingView> standings;
  Timestamp at;
};
void fields(Shape& shape, RunAnswer& answer);
std::string tell(const RunAnswer& answer);

}  // namespace puhui::fairness
