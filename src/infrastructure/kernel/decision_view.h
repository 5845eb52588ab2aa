// DecisionView: one recorded decision as a person reads it: outcome, reasons in words, facts (masked), cost.
#pragma once

#include "ground/base/shape.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

struct NamedText {
  std::string name, value;
};
struct ReasonView {
  std::string code, source, en, zh;
  int64_t amount = 0;
};
struct ModelView {
  std::string name, digest;
  Rate probability;
  int64_t score = 0;
};

struct DecisionView {
  Id128 id;
  Timestamp at;
  std::string use_case, outcome, human, caller;
  Id128 entity;
  std::vector<ReasonView> reasons;
  std::vector<NamedText> outputs;
  std::vector<ModelView> models;
  std::vector<std::string> rules_hit;  // "Admission, rule 3"
  std::vector<NamedText> facts;        // personal ones masked, sealed ones withheld
  std::string facts_state;             // "kept" or "erased by retention"
  Digest permit, link;
  int64_t cpu_us = 0, overhead_us = 0;
};
void fields(Shape& shape, DecisionView& view);

enum class PersonalFacts { masked, shown };
Result<DecisionView> view_of(const evidence::StoredRecord& record, const Version& version, PersonalFacts personal);
// For a terminal.
std::string tell(const DecisionView& view);

}  // namespace puhui::kernel
