#include <map>

#include "ground/base/text.h"
#include "infrastructure/workbench/backtest.h"

namespace puhui::workbench {

std::vector<RuleChange> rule_changes(const dmn::Policy& policy, std::span<const uint64_t> hits_in_policy,
                                     const dmn::Policy& against, std::span<const uint64_t> hits_in_against) {
  std::vector<RuleChange> out;
  std::map<std::pair<std::string, std::string>, size_t> places;
  const auto key_of = [](const dmn::RuleInfo& rule) {
    return std::pair(rule.owner, rule.id.empty() ? "#" + std::to_string(rule.number) : rule.id);
  };
  for (size_t r = 0; r < policy.rules().size(); ++r) {
    const dmn::RuleInfo& rule = policy.rules()[r];
    places.emplace(key_of(rule), out.size());
    out.push_back({rule.owner, rule.id, policy.rule_in_words(r), rule.number, std::nullopt,
                   static_cast<int64_t>(hits_in_policy[r]), 0});
  }
  for (size_t r = 0; r < against.rules().size(); ++r) {
    const dmn::RuleInfo& rule = against.rules()[r];
    const auto [place, is_new] = places.emplace(key_of(rule), out.size());
    if (is_new) out.push_back({rule.owner, rule.id, against.rule_in_words(r), std::nullopt, std::nullopt, 0, 0});
    RuleChange& change = out[place->second];
    change.rule_in_against = rule.number;
    change.hits_in_against = static_cast<int64_t>(hits_in_against[r]);
  }
  return out;
}

void fields(Shape& shape, BacktestRequest& request) {
  shape.field("policy", request.policy, {.help = "the policy as it is, a DMN file", .min = 1, .max = 4096});
  shape.field("against", request.against, {.help = "the policy as it is proposed", .min = 1, .max = 4096});
  shape.field(
      "applications", request.applications,
      {.help = "past applications, CSV, may be .gz or .zst; a column is the input of its name", .min = 1, .max = 4096});
  shape.field("column", request.column,
              {.help = "reads an input from a column of another name", .optional = true, .example = "income=INC_M"});
  shape.field("set", request.set,
              {.help = "gives an input the same value in every row", .optional = true, .example = "cutoff=0.2"});
  shape.field("model", request.model,
              {.help = "the file that stands for a governed model", .optional = true, .example = "pd=pd.pmml"});
  shape.field("decision", request.decision, {.help = "the decision that says who is approved", .optional = true});
  shape.field("approve", request.approve, {.help = "its value that approves; true does too", .optional = true});
  shape.field("label", request.label, {.help = "the column that tells how the loan ended"});
  shape.field("bad", request.bad, {.help = "the label's text that means it ended badly", .optional = true});
  shape.field("segment", request.segment,
              {.help = "a column, or a decision of the policy as it is, to report by", .optional = true});
  shape.field("skip_bad_rows", request.skip_bad_rows,
              {.help = "go on without rows that do not read", .optional = true});
  shape.field("threads", request.threads,
              {.help = "that decide; 0: as many as the machine has", .min = 0, .max = 64, .optional = true});
  shape.field("at", request.at, {.help = "what now() is; the present when absent"});
}

void fields(Shape& shape, Group& group) {
  shape.field("applications", group.applications);
  shape.field("labelled", group.labelled, {.help = "of them with a known end"});
  shape.field("bad", group.bad, {.help = "of those with a bad one"});
}

void fields(Shape& shape, Swap& swap) {
  shape.field("both", swap.both, {.help = "approved by both"});
  shape.field("neither", swap.neither, {.help = "approved by neither"});
  shape.field("only_policy", swap.only_policy, {.help = "swapped out: approved today, not by the proposal"});
  shape.field("only_against", swap.only_against, {.help = "swapped in: approved by the proposal only"});
}

void fields(Shape& shape, SegmentSwap& segment) {
  shape.field("by", segment.by, {.help = "the column or decision"});
  shape.field("value", segment.value, {.help = "its value"});
  shape.field("swap", segment.swap);
}

void fields(Shape& shape, RuleChange& change) {
  shape.field("owner", change.owner, {.help = "the decision or business knowledge model whose table it is"});
  shape.field("id", change.id, {.help = "the rule element's", .optional = true});
  shape.field("words", change.words, {.help = "what it asks and answers"});
  shape.field("rule_in_policy", change.rule_in_policy, {.help = "its row, counted from 1; absent when it is new"});
  shape.field("rule_in_against", change.rule_in_against, {.help = "its row there; absent when it is gone"});
  shape.field("hits_in_policy", change.hits_in_policy);
  shape.field("hits_in_against", change.hits_in_against);
}

void fields(Shape& shape, DecisionChange& change) {
  shape.field("decision", change.decision);
  shape.field("changed", change.changed, {.help = "applications for which its value differs"});
}

void fields(Shape& shape, BacktestAnswer& answer) {
  shape.field("swap", answer.swap, {.help = "everybody, by what the two policies say"});
  shape.field("segments", answer.segments);
  shape.field("rules", answer.rules, {.help = "of both policies, with how often each hit"});
  shape.field("decisions", answer.decisions, {.help = "of both policies"});
  shape.field("undecided_by_policy", answer.undecided_by_policy, {.help = "came to a null"});
  shape.field("undecided_by_against", answer.undecided_by_against);
  shape.field("undecided", answer.undecided, {.help = "the first causes"});
  shape.field("not_read", answer.not_read, {.help = "inputs that nothing gives a value: missing in every row"});
  shape.field("skipped_rows", answer.skipped_rows, {.help = "that did not read"});
  shape.field("checked", answer.checked, {.help = "rows decided one by one too: the same values"});
  shape.field("rows_per_core_second", answer.rows_per_core_second, {.help = "decided by both policies, reading aside"});
  shape.field("seconds", answer.seconds, {.help = "in all"});
  shape.field("has_labels", answer.has_labels, {.help = "whether ends were told"});
}

namespace {

std::string share(int64_t part, int64_t whole) {
  return whole == 0 ? "-" : Rate{multiply_divide(part, Rate::kOne, whole, Rounding::half_even)}.percent(2);
}

// "+1.25 pp" from a to b.
std::string change_of(std::optional<Rate> a, std::optional<Rate> b) {
  if (!a || !b) return "-";
  const int64_t hundredths = multiply_divide(b->ppb - a->ppb, 10'000, Rate::kOne, Rounding::half_even);
  return (hundredths < 0 ? "" : "+") + format_fixed(hundredths, 2) + " pp";
}

std::string bad_rate_of(const Group& group) { return group.bad_rate() ? group.bad_rate()->percent(2) : "-"; }

Rate approval(const Swap& swap, const Group& approved) {
  const int64_t whole = std::max<int64_t>(swap.applications(), 1);
  return {multiply_divide(approved.applications, Rate::kOne, whole, Rounding::half_even)};
}

// Columns aligned under their heads: the first to the left, the others to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns_of(row[c]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      const std::string blanks(widths[c] - columns_of(row[c]), ' ');
      out += c == 0 ? "  " + row[c] + blanks : "  " + blanks + row[c];
    }
    out += '\n';
  }
  return out;
}

std::string swap_table(const BacktestAnswer& answer) {
  const Swap& swap = answer.swap;
  std::vector<std::vector<std::string>> rows = {{"", "applications", "share"}};
  if (answer.has_labels) rows[0].push_back("bad rate");
  const auto add = [&](const char* name, const Group& group) {
    rows.push_back({name, with_thousands(group.applications), share(group.applications, swap.applications())});
    if (answer.has_labels) rows.back().push_back(bad_rate_of(group));
  };
  add("approved by the policy", swap.approved_by_policy());
  add("approved by the other", swap.approved_by_against());
  add("  by both", swap.both);
  add("  swapped out", swap.only_policy);
  add("  swapped in", swap.only_against);
  add("approved by neither", swap.neither);
  return aligned(rows);
}

std::string segment_table(const BacktestAnswer& answer) {
  std::vector<std::vector<std::string>> rows = {{"segment", "applications", "approved", "then", "change"}};
  if (answer.has_labels) rows[0].insert(rows[0].end(), {"bad rate", "then", "change"});
  for (const SegmentSwap& segment : answer.segments) {
    const Group a = segment.swap.approved_by_policy(), b = segment.swap.approved_by_against();
    const Rate rate_a = approval(segment.swap, a), rate_b = approval(segment.swap, b);
    rows.push_back({segment.by + " = " + segment.value, with_thousands(segment.swap.applications()), rate_a.percent(2),
                    rate_b.percent(2), change_of(rate_a, rate_b)});
    if (answer.has_labels) {
      rows.back().insert(rows.back().end(), {bad_rate_of(a), bad_rate_of(b), change_of(a.bad_rate(), b.bad_rate())});
    }
  }
  return aligned(rows);
}

std::string rule_table(const BacktestAnswer& answer) {
  std::vector<std::vector<std::string>> rows = {{"rule", "hits", "then", "change"}};
  for (const RuleChange& rule : answer.rules) {
    const int64_t change = rule.hits_in_against - rule.hits_in_policy;
    if (change == 0 && rule.rule_in_policy && rule.rule_in_against) continue;
    const int64_t number = rule.rule_in_against.value_or(rule.rule_in_policy.value_or(0));
    const char* state = !rule.rule_in_policy ? " (new)" : !rule.rule_in_against ? " (gone)" : "";
    rows.push_back({rule.owner + " " + std::to_string(number) + state + ": " + std::string(cut_utf8(rule.words, 70)),
                    with_thousands(rule.hits_in_policy), with_thousands(rule.hits_in_against),
                    (change > 0 ? "+" : "") + with_thousands(change)});
  }
  return rows.size() == 1 ? "  every rule hit as often under both\n" : aligned(rows);
}

}  // namespace

std::string tell(const BacktestAnswer& answer) {
  std::string out = "Everybody\n" + swap_table(answer);
  const Rate a = approval(answer.swap, answer.swap.approved_by_policy());
  const Rate b = approval(answer.swap, answer.swap.approved_by_against());
  out += "  approval " + change_of(a, b);
  if (answer.has_labels) {
    out += ", bad rate of the approved " +
           change_of(answer.swap.approved_by_policy().bad_rate(), answer.swap.approved_by_against().bad_rate());
  }
  out += "\n";
  if (!answer.segments.empty()) out += "\nBy segment\n" + segment_table(answer);
  out += "\nRules that hit more or less often\n" + rule_table(answer);
  std::string changed;
  for (const DecisionChange& change : answer.decisions) {
    if (change.changed > 0)
      changed += (changed.empty() ? "" : ", ") + change.decision + " " + with_thousands(change.changed);
  }
  out += "\nDecisions whose value differs: " + (changed.empty() ? "none" : changed) + "\n";
  if (!answer.not_read.empty()) out += "Inputs missing in every row: " + join(answer.not_read, ", ") + "\n";
  if (answer.undecided_by_policy + answer.undecided_by_against > 0) {
    out += "Came to no answer: " + std::to_string(answer.undecided_by_policy) + " by the policy, " +
           std::to_string(answer.undecided_by_against) + " by the other\n";
    for (const std::string& text : answer.undecided) out += "  " + text + "\n";
  }
  if (answer.skipped_rows > 0)
    out += "Rows skipped because they do not read: " + std::to_string(answer.skipped_rows) + "\n";
  return out + with_thousands(answer.swap.applications()) + " applications decided by both policies, " +
         with_thousands(static_cast<int64_t>(answer.rows_per_core_second)) + " a second and core; " +
         std::to_string(answer.checked) + " of the decisions taken one by one too, with the same values.\n";
}

}  // namespace puhui::workbench
