// Cases: what a policy's author expects of it, in the conformance kit's form; and the kit itself, folder by folder.
#pragma once

#include <string>
#include <vector>

#include "infrastructure/workbench/policy_source.h"

namespace puhui::workbench {

struct TestRequest {
  PolicySource source;
  std::string cases;       // the case file on the caller's disk
  std::string cases_text;  // or its text
};
void fields(Shape& shape, TestRequest& request);

// Rules of one table that no case hit.
struct Uncovered {
  std::string owner;
  int64_t rules = 0;             // of the table
  std::vector<int64_t> missing;  // as people count rows
};
void fields(Shape& shape, Uncovered& uncovered);

struct TestAnswer {
  int64_t passed = 0, total = 0;
  int64_t rules = 0, rules_hit = 0;
  std::vector<Uncovered> uncovered;
};
void fields(Shape& shape, TestAnswer& answer);
std::string tell(const TestAnswer& answer);

// invalid when a case fails: each with what was expected and what came.
Result<TestAnswer> test(const VerbCall& call, const TestRequest& request, Timestamp now);

struct TckRequest {
  std::string dir, csv;
};
void fields(Shape& shape, TckRequest& request);

struct TckAnswer {
  int64_t passed = 0, total = 0;                    // cases of the scored levels
  int64_t unscored_passed = 0, unscored_total = 0;  // of folders the kit does not score ("non-compliant")
  std::vector<std::string> failures;
};
void fields(Shape& shape, TckAnswer& answer);
std::string tell(const TckAnswer& answer);  // its last line is "passed P of N"

// Every case file below a folder, against the models beside it; a case passes when all its result nodes do. Writes the
// kit's result table: folder, case file, case, SUCCESS or ERROR, what came.
Result<TckAnswer> run_kit(const VerbCall& call, const TckRequest& request, Timestamp now);

}  // namespace puhui::workbench
