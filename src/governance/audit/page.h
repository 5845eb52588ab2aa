// DecisionPage: one recorded decision on one page that a customer-service person can read out: the outcome and its
// reasons in words, the facts, the way through the policy's tables, what each feature weighed, who allowed it.
// kernel::DecisionView is its core; here stands what takes more than the record and its version.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/audit/review.h"
#include "ground/base/shape.h"
#include "infrastructure/evidence/record.h"

namespace puhui::audit {

enum class Language : uint8_t { en, zh };
std::span<const std::string_view> names_of(const Language*);

inline constexpr size_t kTableRowsShownMax = 200;  // beyond it the rows next to those that hit
inline constexpr size_t kCellBytesShownMax = 512;

struct PageRequest {
  Id128 id;
  Language language = Language::en;
};
void fields(Shape& shape, PageRequest& request);

struct PageReason {
  std::string code, source, words;
  int64_t amount = 0;
};
void fields(Shape& shape, PageReason& reason);

struct PageFact {
  std::string name, help, value;
  std::string shown;  // "plain", "masked", "sealed"
};
void fields(Shape& shape, PageFact& fact);

struct PageOutput {
  std::string name, value;
};
void fields(Shape& shape, PageOutput& output);

struct PageRule {
  int64_t number = 0;
  std::vector<std::string> cells;  // inputs, then outputs
  bool hit = false;
};
void fields(Shape& shape, PageRule& rule);

struct PageTable {
  std::string name, hit_policy;
  std::vector<std::string> inputs, outputs;
  int64_t rules_total = 0;
  std::vector<PageRule> rules;
  std::vector<std::string> in_words;  // the rules that hit
};
void fields(Shape& shape, PageTable& table);

struct PageContribution {
  std::string feature, words;
  int64_t amount = 0;
};
void fields(Shape& shape, PageContribution& contribution);

struct PageModel {
  std::string name, digest, kind, unit;
  Rate probability;
  int64_t score = 0, base = 0, total = 0;
  std::vector<PageContribution> contributions;
  std::string note;  // why there are none
};
void fields(Shape& shape, PageModel& model);

struct PageSignature {
  std::string person;
  Timestamp at;
};
void fields(Shape& shape, PageSignature& signature);

struct PagePermit {
  Digest digest;
  int64_t tier = 1;
  std::string author, build, conditions;
  Timestamp made_at, expires_at;
  std::vector<PageSignature> signed_by;
  std::vector<PageOutput> thresholds;
};
void fields(Shape& shape, PagePermit& permit);

struct PageShadow {
  Id128 id;
  Digest permit;
  std::string outcome;
  std::vector<std::string> reasons;
  bool agrees = false;
};
void fields(Shape& shape, PageShadow& shadow);

struct PageChain {
  int64_t node = 0, number = 0;
  Digest link;
  std::optional<Digest> link_before;
};
void fields(Shape& shape, PageChain& chain);

struct PageLabel {
  std::string name;
  int64_t value = 0;
  Timestamp known_at;
};
void fields(Shape& shape, PageLabel& label);

struct DecisionPage {
  Id128 id;
  Timestamp at;
  std::string use_case, outcome, outcome_words, summary;
  std::vector<PageReason> reasons;
  std::vector<PageFact> facts;
  std::string facts_state;
  std::vector<PageOutput> outputs;
  std::vector<PageTable> path;
  std::vector<PageModel> models;
  int64_t cpu_ns = 0, overhead_ns = 0;
  PagePermit permit;
  std::string arm, human, caller;
  Id128 entity;
  std::vector<PageShadow> shadows;
  PageChain chain;
  std::vector<PageLabel> labels;
  std::vector<ReviewRow> reviews;
  Timestamp read_at;
};
void fields(Shape& shape, DecisionPage& page);
std::string tell(const DecisionPage& page);

}  // namespace puhui::audit
