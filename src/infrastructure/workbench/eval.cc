#include "infrastructure/workbench/eval.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "ground/base/text.h"
#include "infrastructure/dmn/json_door.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

namespace {

constexpr size_t kStepRulesMax = 1000;  // told of one decision

Result<std::vector<size_t>> wanted_decisions(const dmn::Policy& policy, const std::vector<std::string>& names) {
  std::vector<size_t> out;
  std::vector<std::string> known;
  for (const dmn::Variable& decision : policy.decisions()) known.push_back(decision.name);
  Faults faults;
  for (const std::string& name : names) {
    const auto found = policy.decision(name);
    if (found) {
      out.push_back(*found);
      continue;
    }
    const std::string meant = nearest(name, known);
    faults.add("decision",
               "there is no decision '" + name + "'" +
                   (meant.empty() ? "; there are: " + join(known, ", ") : "; did you mean '" + meant + "'?"));
  }
  TRY(std::move(faults).result(ErrorCode::not_found));
  for (size_t d = 0; names.empty() && d < known.size(); ++d) out.push_back(d);
  return out;
}

RuleHit hit_of(const dmn::Policy& policy, uint32_t rule) {
  const dmn::RuleInfo& info = policy.rules()[rule];
  return {info.owner, info.number, info.id, policy.rule_in_words(rule)};
}

// One evaluation of one decision: what it requires is evaluated with it.
class Evaluation {
 public:
  Evaluation(const dmn::Policy& policy, std::string input, Timestamp at)
      : policy_(policy), door_(policy), input_(std::move(input)) {
    scratch_.set_moment(moment_of(at));
  }

  // The value holds until the next one.
  Result<feel::Value> value(size_t decision, dmn::Trace* trace) {
    const auto inputs = TRY(door_.read(input_, scratch_));
    return policy_.evaluate_one(decision, inputs, scratch_, trace);
  }

  // Its rules are those its own table or the functions it called hit, and not those of the decisions it required.
  Result<Step> step(size_t decision) {
    dmn::Trace trace;
    const feel::Value value = TRY(this->value(decision, &trace));
    Step out;
    out.decision = policy_.decisions()[decision].name;
    out.value = text_of(value);
    if (value.is_null()) out.why = explain(value.cause());
    for (const uint32_t rule : trace.hits) {
      if (out.rules.size() == kStepRulesMax) break;
      const std::string& owner = policy_.rules()[rule].owner;
      const bool of_another = owner != out.decision && policy_.decision(owner).has_value();
      if (!of_another) out.rules.push_back(hit_of(policy_, rule));
    }
    return out;
  }

 private:
  const dmn::Policy& policy_;
  dmn::JsonDoor door_;
  std::string input_;
  dmn::Scratch scratch_;
};

}  // namespace

feel::DateTime moment_of(Timestamp at) {
  const std::chrono::microseconds since_epoch(at.microseconds);
  const auto second = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto nano = std::chrono::nanoseconds(since_epoch - second).count();
  return {second.count(), static_cast<int32_t>(nano), feel::Zone::offset(0)};
}

Result<EvalAnswer> evaluate(const VerbCall& call, const EvalRequest& request, Timestamp now) {
  const auto loaded = TRY(LoadedPolicy::load(call, request.source));
  const dmn::Policy& policy = loaded->policy();
  const std::vector<size_t> wanted = TRY(wanted_decisions(policy, request.decision));
  if (!request.input.object()) {
    return fail(ErrorCode::invalid, "input",
                "expected a JSON object of inputs by name, came " + std::string(request.input.kind()));
  }
  Evaluation evaluation(policy, print_json(request.input), request.at.value_or(now));
  EvalAnswer answer;
  answer.outputs = Json::Object{};
  for (const size_t decision : wanted) {
    auto value = evaluation.value(decision, nullptr);
    if (!value) return fail(at("input", std::move(value).error()));
    answer.outputs.set(policy.decisions()[decision].name, to_json(*value));
  }
  if (!request.explain) return answer;
  std::set<uint32_t> told;
  answer.steps.emplace();
  for (const size_t decision : wanted) {
    for (const uint32_t needed : policy.needs(decision)) {
      if (!told.insert(needed).second) continue;
      answer.steps->push_back(TRY(evaluation.step(needed)));
    }
  }
  return answer;
}

void fields(Shape& shape, EvalRequest& request) {
  source_fields(shape, request.source);
  shape.field("decision", request.decision, {.help = "which to evaluate; all when none is named", .optional = true});
  shape.field("input", request.input,
              {.help = "the policy's inputs by name", .optional = true, .example = R"({"score": 640})"});
  shape.field("explain", request.explain,
              {.help = "tell how each decision came about: values, rules in words, causes of nulls", .optional = true});
  shape.field("at", request.at, {.help = "what now() is; the present when absent"});
}

void fields(Shape& shape, RuleHit& hit) {
  shape.field("owner", hit.owner, {.help = "the decision or business knowledge model whose table it is"});
  shape.field("rule", hit.rule, {.help = "its row, counted from 1"});
  shape.field("id", hit.id, {.help = "the rule element's", .optional = true});
  shape.field("words", hit.words, {.help = "what it asks and answers"});
}

void fields(Shape& shape, Step& step) {
  shape.field("decision", step.decision);
  shape.field("value", step.value, {.help = "as FEEL text"});
  shape.field("why", step.why, {.help = "of a null: its cause", .optional = true});
  shape.field("rules", step.rules, {.help = "that hit, in order", .optional = true});
}

void fields(Shape& shape, EvalAnswer& answer) {
  shape.field("outputs", answer.outputs, {.help = "by decision"});
  shape.field("steps", answer.steps, {.help = "how each decision came about"});
}

std::string tell(const EvalAnswer& answer) {
  if (!answer.steps) return print_json_pretty(answer.outputs) + "\n";
  std::string out;
  for (const Step& step : *answer.steps) {
    out += step.decision + " = " + step.value + "\n";
    if (!step.why.empty()) out += "    null, because " + step.why + "\n";
    for (const RuleHit& hit : step.rules) {
      const std::string of = hit.owner == step.decision ? "" : " of " + hit.owner;
      out += "    rule " + std::to_string(hit.rule) + of + (hit.id.empty() ? "" : " (" + hit.id + ")") + ": " +
             hit.words + "\n";
    }
  }
  return out;
}

std::vector<Verb> eval_verbs(const Clock& clock) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<EvalRequest, EvalAnswer>(
      {.noun = "policy",
       .verb = "eval",
       .help = "Evaluate a policy's decisions on inputs given as JSON, and tell why they came out so.",
       .storeless = true,
       .words = {"file"}},
      [&clock](const VerbCall& call, const EvalRequest& request) { return evaluate(call, request, clock.now()); },
      tell));
  return verbs;
}

}  // namespace puhui::workbench
