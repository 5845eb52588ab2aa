// Check: whether a policy may be put forward: every fault with its place, and what its tables leave open, decide twice or
// never decide.
#pragma once

#include <string>
#include <vector>

#include "infrastructure/workbench/policy_source.h"

namespace puhui::workbench {

struct CheckRequest {
  PolicySource source;
  bool strict = false;  // refuse what a table's hit policy forbids too
};
void fields(Shape& shape, CheckRequest& request);

struct VariableView {
  std::string name, type;
  std::vector<std::string> allowed;
};
void fields(Shape& shape, VariableView& view);

struct TableView {
  std::string id, owner, hit_policy, strategy;
  int64_t rules = 0, inputs = 0, outputs = 0;
  std::vector<std::string> faults;   // what the hit policy forbids: UNIQUE rules that overlap
  std::vector<std::string> notices;  // gaps, rules never decided by, what the report left out
};
void fields(Shape& shape, TableView& view);

struct CheckAnswer {
  std::string name;
  Digest digest;
  std::vector<VariableView> inputs, decisions;
  std::vector<TableView> tables;
  std::vector<std::string> models;
};
void fields(Shape& shape, CheckAnswer& answer);
std::string tell(const CheckAnswer& answer);

// invalid: every fault of the file, with element id, line and column; when strict, every table's faults as well.
Result<CheckAnswer> check(const VerbCall& call, const CheckRequest& request);

}  // namespace puhui::workbench
