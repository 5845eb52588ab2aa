// Eval: one policy on one set of inputs, with the way there in words when it is asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "infrastructure/workbench/policy_source.h"

namespace puhui::workbench {

struct EvalRequest {
  PolicySource source;
  std::vector<std::string> decision;  // by name; none: every one
  Json input = Json::Object{};
  bool explain = false;
  std::optional<Timestamp> at;  // what now() is; the clock's when absent
};
void fields(Shape& shape, EvalRequest& request);

struct RuleHit {
  std::string owner;  // the decision or business knowledge model whose table it is
  int64_t rule = 0;   // as people count rows
  std::string id;
  std::string words;
};
void fields(Shape& shape, RuleHit& hit);

// How one decision came to its value.
struct Step {
  std::string decision;
  std::string value;  // as FEEL text
  std::string why;    // of a null: its cause, and the causes behind that
  std::vector<RuleHit> rules;
};
void fields(Shape& shape, Step& step);

struct EvalAnswer {
  Json outputs;                            // by decision
  std::optional<std::vector<Step>> steps;  // in order of evaluation, with all that was required
};
void fields(Shape& shape, EvalAnswer& answer);
std::string tell(const EvalAnswer& answer);

// invalid: faults of the policy, of the input, or a decision that is not there.
Result<EvalAnswer> evaluate(const VerbCall& call, const EvalRequest& request, Timestamp now);

// The moment as FEEL has it, in universal time.
feel::DateTime moment_of(Timestamp at);

}  // namespace puhui::workbench
