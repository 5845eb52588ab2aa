#include "infrastructure/workbench/check.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/dmn/analysis.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

namespace {

std::vector<VariableView> views_of(std::span<const dmn::Variable> variables) {
  std::vector<VariableView> out;
  for (const dmn::Variable& variable : variables) out.push_back({variable.name, variable.type, variable.allowed});
  return out;
}

std::string rule_in_words(const dmn::RuleName& rule) {
  return "rule " + std::to_string(rule.number) + (rule.id.empty() ? "" : " (" + rule.id + ")");
}

// What the report says, each in one line.
void add_report(const dmn::TableReport& report, TableView& view) {
  using Weight = dmn::Overlap::Weight;
  for (const dmn::Overlap& overlap : report.overlaps) {
    (overlap.weight == Weight::error ? view.faults : view.notices).push_back("overlap: " + overlap.text);
  }
  // Where every rule that matches is collected, none is an answer too.
  constexpr std::string_view kMayBeEmpty[] = {"COLLECT", "COLLECT COUNT", "RULE ORDER", "OUTPUT ORDER"};
  if (std::ranges::find(kMayBeEmpty, report.hit_policy) == std::end(kMayBeEmpty)) {
    for (const dmn::Gap& gap : report.gaps) view.notices.push_back("no rule for " + gap.text);
  }
  for (const dmn::DeadRule& dead : report.dead) {
    view.notices.push_back(rule_in_words(dead.rule) + " never decides: " + dead.why);
  }
  for (const std::string& note : report.notes) view.notices.push_back(note);
}

TableView view_of(const dmn::TableInfo& table) {
  TableView view{table.id,
                 table.owner,
                 table.hit_policy,
                 table.strategy,
                 static_cast<int64_t>(table.rules),
                 static_cast<int64_t>(table.inputs.size()),
                 static_cast<int64_t>(table.outputs.size()),
                 {},
                 {}};
  return view;
}

}  // namespace

Result<CheckAnswer> check(const VerbCall& call, const CheckRequest& request) {
  const auto loaded = TRY(LoadedPolicy::load(call, request.source));
  const dmn::Policy& policy = loaded->policy();
  CheckAnswer answer;
  answer.name = policy.name();
  answer.digest = policy.digest();
  answer.inputs = views_of(policy.inputs());
  answer.decisions = views_of(policy.decisions());
  answer.models = loaded->models();
  Faults faults;
  const std::vector<dmn::TableReport> reports = dmn::analyse(policy);
  for (size_t t = 0; t < reports.size(); ++t) {
    TableView& view = answer.tables.emplace_back(view_of(policy.tables()[t]));
    add_report(reports[t], view);
    for (const std::string& fault : view.faults) faults.add("table " + view.owner, fault);
  }
  if (request.strict) TRY(std::move(faults).result());
  return answer;
}

void fields(Shape& shape, CheckRequest& request) {
  source_fields(shape, request.source);
  shape.field(
      "strict", request.strict,
      {.help = "refuse what a table's hit policy forbids too, such as overlaps in a UNIQUE one", .optional = true});
}

void fields(Shape& shape, VariableView& view) {
  shape.field("name", view.name);
  shape.field("type", view.type, {.help = "as declared", .optional = true});
  shape.field("allowed", view.allowed, {.help = "the values it may take, where they are listed", .optional = true});
}

void fields(Shape& shape, TableView& view) {
  shape.field("id", view.id, {.help = "the element's", .optional = true});
  shape.field("owner", view.owner, {.help = "the decision or business knowledge model it belongs to"});
  shape.field("hit_policy", view.hit_policy);
  shape.field("strategy", view.strategy, {.help = "how its rules are found: scan, index or hash"});
  shape.field("rules", view.rules);
  shape.field("inputs", view.inputs);
  shape.field("outputs", view.outputs);
  shape.field("faults", view.faults, {.help = "what its hit policy forbids", .optional = true});
  shape.field("notices", view.notices,
              {.help = "gaps, rules that never decide, what was not looked at", .optional = true});
}

void fields(Shape& shape, CheckAnswer& answer) {
  shape.field("name", answer.name, {.help = "the model's"});
  shape.field("digest", answer.digest, {.help = "SHA-256 of the file"});
  shape.field("inputs", answer.inputs);
  shape.field("decisions", answer.decisions, {.help = "in an order where each follows what it requires"});
  shape.field("tables", answer.tables);
  shape.field("models", answer.models, {.help = "that it calls", .optional = true});
}

namespace {

constexpr size_t kNoticesTold = 8;  // of one table, to a person

std::string names_of(const std::vector<VariableView>& views) {
  std::vector<std::string> names;
  for (const VariableView& view : views) names.push_back(view.name);
  return join(names, ", ");
}

}  // namespace

std::string tell(const CheckAnswer& answer) {
  size_t faults = 0;
  for (const TableView& table : answer.tables) faults += table.faults.size();
  std::string out = answer.name + ": " + (faults == 0 ? "no fault" : "compiles, faults in its tables") + "\n";
  out += "  inputs " + std::to_string(answer.inputs.size()) + ": " + names_of(answer.inputs) + "\n";
  out += "  decisions " + std::to_string(answer.decisions.size()) + ": " + names_of(answer.decisions) + "\n";
  for (const std::string& model : answer.models) out += "  model " + model + "\n";
  for (const TableView& table : answer.tables) {
    out += "  table " + table.owner + " (" + table.hit_policy + ", " + std::to_string(table.rules) + " rules, " +
           table.strategy + ")" + (table.faults.empty() && table.notices.empty() ? ": no gap, no overlap\n" : "\n");
    for (const std::string& fault : table.faults) out += "    fault: " + fault + "\n";
    for (size_t i = 0; i < table.notices.size() && i < kNoticesTold; ++i) out += "    " + table.notices[i] + "\n";
    if (table.notices.size() > kNoticesTold) {
      out += "    and " + std::to_string(table.notices.size() - kNoticesTold) + " more; --json tells them all\n";
    }
  }
  return out;
}

std::vector<Verb> check_verbs() {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<CheckRequest, CheckAnswer>(
      {.noun = "policy",
       .verb = "check",
       .help = "Name every fault of a policy with its place, and the gaps and overlaps of its tables.",
       .storeless = true,
       .words = {"file"}},
      [](const VerbCall& call, const CheckRequest& request) { return check(call, request); }, tell));
  return verbs;
}

}  // namespace puhui::workbench
