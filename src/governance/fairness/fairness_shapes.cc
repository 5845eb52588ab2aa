#include "governance/fairness/fairness_shapes.h"

#include <cstdio>

namespace puhui::fairness {

std::span<const std::string_view> names_of(const Verdict*) {
  static constexpr std::string_view kNames[] = {"within", "beyond", "insufficient_evidence"};
  return kNames;
}

std::span<const std::string_view> names_of(const Measure*) {
  static constexpr std::string_view kNames[] = {"approval_difference", "impact_ratio", "true_positive_difference",
                                                "calibration_difference"};
  return kNames;
}

void fields(Shape& shape, ShowRequest& request) {
  shape.field("use_case", request.use_case,
              {.help = "with its scope", .max = 256, .example = "lending.approval/person_revolving"});
  shape.field("jurisdiction", request.jurisdiction, {.help = "whose rules", .max = 16, .example = "us"});
  shape.field("at", request.at, {.help = "the rules as they stand on this day; today when absent"});
  shape.field("months", request.months,
              {.help = "months of decisions, back from that day", .min = 1, .max = kMonthsMax, .optional = true});
}

void fields(Shape& shape, GroupView& group) {
  shape.field("group", group.group);
  shape.field("decided", group.decided);
  shape.field("approved", group.approved);
  shape.field("approval_rate", group.approval_rate, {.help = "0 to 1"});
  shape.field("approval_rate_low", group.approval_rate_low, {.help = "95 % interval (Wilson)"});
  shape.field("approval_rate_high", group.approval_rate_high);
  shape.field("labelled", group.labelled, {.help = "decisions whose outcome is known"});
  shape.field("bad", group.bad, {.help = "of those"});
  shape.field("bad_rate", group.bad_rate, {.help = "of the approved with labels, 0 to 1"});
  shape.field("predicted_bad_rate", group.predicted_bad_rate, {.help = "of the same, by the model"});
}

void fields(Shape& shape, ComparisonView& comparison) {
  shape.field("group", comparison.group);
  shape.field("against", comparison.against, {.help = "the group treated best", .optional = true});
  shape.field("value", comparison.value, {.help = "a difference of rates, or a ratio"});
  shape.field("low", comparison.low, {.help = "95 % interval: Newcombe for differences, Koopman for ratios"});
  shape.field("high", comparison.high, {.help = "absent: without end"});
  shape.field("verdict", comparison.verdict);
  shape.field("rows_group", comparison.rows_group, {.help = "decisions behind it"});
  shape.field("rows_against", comparison.rows_against);
}

void fields(Shape& shape, MeasureView& measure) {
  shape.field("measure", measure.measure);
  shape.field("verdict", measure.verdict, {.help = "of the worst pair"});
  shape.field("limit", measure.limit, {.help = "of the rule: least ratio, or largest difference either way"});
  shape.field("rows_min", measure.rows_min, {.help = "fewer in a group and the evidence does not suffice"});
  shape.field("rule", measure.rule, {.help = "where the limit comes from"});
  shape.field("worst_group", measure.worst_group, {.optional = true});
  shape.field("worst_against", measure.worst_against, {.optional = true});
  shape.field("why", measure.why, {.help = "what the verdict rests on, in words"});
  shape.field("comparisons", measure.comparisons);
}

void fields(Shape& shape, ProxyView& proxy) {
  shape.field("fact", proxy.fact, {.help = "one that policy and models may read"});
  shape.field("group", proxy.group, {.help = "the group it tells from the rest"});
  shape.field("auc", proxy.auc, {.help = "how well: .5 not at all, 1 wholly"});
  shape.field("auc_low", proxy.auc_low, {.help = "95 % interval"});
  shape.field("auc_high", proxy.auc_high);
  shape.field("rows", proxy.rows, {.help = "decisions with both known"});
}

void fields(Shape& shape, AttributeView& attribute) {
  shape.field("attribute", attribute.attribute, {.help = "a sealed fact: policy and models never see it"});
  shape.field("verdict", attribute.verdict);
  shape.field("groups", attribute.groups);
  shape.field("groups_withheld", attribute.groups_withheld, {.help = "too small to be shown"});
  shape.field("measures", attribute.measures);
  shape.field("proxies", attribute.proxies, {.help = "the facts that tell it best"});
}

void fields(Shape& shape, DutyView& duty) {
  shape.field("name", duty.name);
  shape.field("en", duty.en);
  shape.field("zh", duty.zh);
  shape.field("source", duty.source);
}

void fields(Shape& shape, RulesView& rules) {
  shape.field("jurisdiction", rules.jurisdiction);
  shape.field("title", rules.title);
  shape.field("source", rules.source);
  shape.field("effective_from", rules.effective_from, {.help = "the rules of this day were used"});
  shape.field("next_from", rules.next_from, {.help = "other rules hold from then on"});
  shape.field("digest", rules.digest, {.help = "SHA-256 of the file they stand in"});
  shape.field("duties", rules.duties, {.help = "what is asked beside the measures"});
}

void fields(Shape& shape, ShowAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("jurisdiction", answer.jurisdiction);
  shape.field("rules", answer.rules);
  shape.field("verdict", answer.verdict, {.help = "of the worst attribute"});
  shape.field("from_month", answer.from_month, {.example = "2026-01"});
  shape.field("to_month", answer.to_month);
  shape.field("decided", answer.decided, {.help = "decisions of these months"});
  shape.field("attributes", answer.attributes);
  shape.field("attributes_missing", answer.attributes_missing, {.help = "asked for, but not gathered"});
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

void fields(Shape& shape, RunRequest& request) {
  shape.field("jurisdiction", request.jurisdiction, {.help = "all when empty", .max = 16, .optional = true});
}

void fields(Shape& shape, StandingView& standing) {
  shape.field("use_case", standing.use_case);
  shape.field("jurisdiction", standing.jurisdiction);
  shape.field("rules_from", standing.rules_from, {.help = "the rules of this day were used"});
  shape.field("verdict", standing.verdict);
  shape.field("attribute", standing.attribute, {.help = "with the worst pair", .optional = true});
  shape.field("measure", standing.measure, {.optional = true});
  shape.field("worst_group", standing.worst_group, {.optional = true});
  shape.field("worst_against", standing.worst_against, {.optional = true});
  shape.field("value", standing.value);
  shape.field("low", standing.low, {.help = "95 % interval"});
  shape.field("high", standing.high);
}

void fields(Shape& shape, RunAnswer& answer) {
  shape.field("standings", answer.standings);
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

namespace {

template <class E>
std::string word(E value) {
  return std::string(names_of(static_cast<const E*>(nullptr))[static_cast<size_t>(value)]);
}

std::string fixed(const std::optional<double>& value, int places) {
  if (!value) return "endless";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, *value);
  return text;
}

void tell(const AttributeView& attribute, std::string& out) {
  out += "\n" + attribute.attribute + ": " + word(attribute.verdict) + "\n";
  for (const GroupView& group : attribute.groups) {
    out += "  " + group.group + ": " + std::to_string(group.approved) + " of " + std::to_string(group.decided) +
           " approved, " + fixed(100 * group.approval_rate, 2) + "%\n";
  }
  if (attribute.groups_withheld > 0) {
    out += "  " + std::to_string(attribute.groups_withheld) + " groups too small to be shown\n";
  }
  for (const MeasureView& measure : attribute.measures) {
    out += "  " + word(measure.measure) + ": " + word(measure.verdict) + " (" + measure.why + ")\n";
  }
  for (const ProxyView& proxy : attribute.proxies) {
    out += "  '" + proxy.group + "' is told by " + proxy.fact + ": AUC " + fixed(proxy.auc, 4) + "\n";
  }
}

}  // namespace

std::string tell(const ShowAnswer& answer) {
  std::string out = answer.use_case + " under " + answer.rules.title + " (rules of " +
                    answer.rules.effective_from.text() + "), " + answer.from_month + " to " + answer.to_month + ", " +
                    std::to_string(answer.decided) + " decisions: " + word(answer.verdict) + "\n";
  for (const AttributeView& attribute : answer.attributes) tell(attribute, out);
  for (const std::string& name : answer.attributes_missing) out += "\n" + name + ": not gathered\n";
  return out;
}

std::string tell(const RunAnswer& answer) {
  std::string out;
  for (const StandingView& standing : answer.standings) {
    out += standing.use_case + ", " + standing.jurisdiction + " (rules of " + standing.rules_from.text() +
           "): " + word(standing.verdict);
    if (standing.value) {
      out += "; " + standing.attribute + " " + standing.measure + " " + standing.worst_group +
             (standing.worst_against.empty() ? "" : " against " + standing.worst_against) + " " +
             fixed(standing.value, 4) + " (" + fixed(standing.low, 4) + " to " + fixed(standing.high, 4) + ")";
    }
    out += "\n";
  }
  return out.empty() ? "Nothing is in force.\n" : out;
}

}  // namespace puhui::fairness
