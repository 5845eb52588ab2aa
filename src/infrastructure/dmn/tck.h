// Tck: runs the conformance kit's case files against policies: the form in which modellers keep their own tests too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {

struct CaseResult {
  size_t case_number = 0;  // its place in the file: ids are not always of one case alone
  std::string case_id;
  std::string node;  // the decision, business knowledge model or service asked
  bool passed = false;
  std::string expected;
  std::string came;  // with the cause when it is null
};

// The model's name a case file asks for: <modelName>.
Result<std::string> case_model_name(std::string_view cases_xml);

// Every result node of every case. Numbers may differ by 1e-8, as the kit's runners allow. `rule_hits`, where given, gets
// one more for each of Policy::rules() each time it hit: what the cases cover.
Result<std::vector<CaseResult>> run_cases(std::string_view cases_xml, const Policy& policy, Scratch& scratch,
                                          std::span<uint64_t> rule_hits = {});

// The same nodes when there is no policy to ask: none passes, each says why.
Result<std::vector<CaseResult>> refuse_cases(std::string_view cases_xml, const std::string& why);

}  // namespace puhui::dmn
