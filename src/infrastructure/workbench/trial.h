// Trial: a draft's policy with all else its use case's champion stands on (facts, reasons, models, thresholds), so that
// what is tried is what would run. Nothing is granted and nothing recorded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infrastructure/kernel/kernel.h"
#include "infrastructure/workbench/drafts.h"
#include "infrastructure/workbench/eval.h"

namespace puhui::workbench {

// The version that a permit for this policy beside the champion's other parts would load; every fault of it.
Result<std::shared_ptr<const kernel::Version>> trial_version(const kernel::Kernel& kernel,
                                                             const kernel::Version& champion, std::string_view policy);

// The policy's text with the champion's governed models beside it ("model:pd").
Result<PolicySource> trial_source(const kernel::Kernel& kernel, const kernel::Version& champion, std::string policy);

// The inputs, with the champion's thresholds where none is given, and without facts of the use case that the policy
// does not read.
Json trial_input(const kernel::Version& champion, const dmn::Policy& policy, const Json& input);

// One expected value against what came.
struct CaseLine {
  std::string name, decision;
  bool passed = false;
  Json expected, came;
  std::string why;  // of a null that came: its cause
};
void fields(Shape& shape, CaseLine& line);

struct CaseReport {
  int64_t passed = 0, total = 0;  // expected values
  std::vector<CaseLine> lines;    // in the order of the cases
  int64_t rules = 0, rules_hit = 0;
  struct Unhit {
    std::string owner, id, words;
    int64_t rule = 0;  // its row, counted from 1
  };
  std::vector<Unhit> unhit;  // rules that no case hit
};
void fields(Shape& shape, CaseReport::Unhit& unhit);
void fields(Shape& shape, CaseReport& report);

// Every case on the loaded policy. Errors: faults of the cases themselves; a case that fails is an answer.
Result<CaseReport> run_draft_cases(const dmn::Policy& policy, const kernel::Version& champion,
                                   const std::vector<DraftCase>& cases, Timestamp now);

// Equal values: numbers by value ("0.10" is 0.1), objects whatever their order.
bool same_value(const Json& a, const Json& b);

}  // namespace puhui::workbench
