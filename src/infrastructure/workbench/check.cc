#include "infrastructure/workbench/check.h"

#include "ground/base/text.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

namespace {

std::vector<VariableView> views_of(std::span<const dmn::Variable> variables) {
  std::vector<VariableView> out;
  for (const dmn::Variable& variable : variables) out.push_back({variable.name, variable.type, variable.allowed});
  return out;
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
  for (const dmn::TableInfo& table : policy.tables()) {
    answer.tables.push_back(view_of(table));
    for (const std::string& fault : answer.tables.back().faults) faults.add("table " + table.owner, fault);
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

std::string names_of(const std::vector<VariableView>& views) {
  std::vector<std::string> names;
  for (const VariableView& view : views) names.push_back(view.name);
  return join(names, ", ");
}

}  // namespace

std::string tell(const CheckAnswer& answer) {
  std::string out = answer.name + ": no fault\n";
  out += "  inputs " + std::to_string(answer.inputs.size()) + ": " + names_of(answer.inputs) + "\n";
  out += "  decisions " + std::to_string(answer.decisions.size()) + ": " + names_of(answer.decisions) + "\n";
  for (const std::string& model : answer.models) out += "  model " + model + "\n";
  for (const TableView& table : answer.tables) {
    out += "  table " + table.owner + " (" + table.hit_policy + ", " + std::to_string(table.rules) + " rules, " +
           table.strategy + ")" +
           (table.faults.empty() && table.notices.empty() ? ": complete, without overlap\n" : "\n");
    for (const std::string& fault : table.faults) out += "    fault: " + fault + "\n";
    for (const std::string& notice : table.notices) out += "    " + notice + "\n";
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
