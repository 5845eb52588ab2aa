// Analysis: what is wrong with a decision table before anyone is decided by it: inputs no rule answers (gaps), rules that
// answer the same input (overlaps), rules that can never answer (dead). Exact over the tests against constants.
//
// Columns count as independent, also where two ask about the same fact. Rules with a test that is not against constants
// are left out and named; a gap may then be theirs. Values of another kind than a column's rules speak of are no gap,
// and null is one only where a rule of the column asks for null.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {

struct AnalysisLimits {
  size_t gaps_max = 50;              // boxes reported a table
  size_t overlaps_max = 100;         // pairs reported a table
  size_t pairs_max = 4'000'000;      // pairs kept to find covered rules
  uint64_t steps_max = 100'000'000;  // of each of the three searches a table; a step takes some nanoseconds
  size_t states_max = 200'000;       // kept by one search: a state takes some hundred bytes
};

struct RuleName {
  uint32_t number = 0;  // 1-based, as people count rows
  std::string id;       // the rule element's, or ""
  bool operator==(const RuleName&) const = default;
};

// A region of inputs: for each column the FEEL unary tests that describe it, "-" where it does not matter. Texts that
// neither rules nor allowed values name are told in words: "any other text".
struct Gap {
  std::vector<std::string> tests;
  std::string text;  // "score: [600..650), grade: \"C\""
};

struct Overlap {
  // error: the hit policy has no answer there. notice: the better rule hides a part of the other's.
  enum class Weight { error, notice } weight = Weight::error;
  RuleName first;
  RuleName second;
  std::vector<std::string> example;  // an input both rules answer: a value a column, as text
  std::string text;
};

struct DeadRule {
  RuleName rule;
  std::string why;
};

struct TableReport {
  std::string table_id;
  std::string owner;
  std::string hit_policy;
  std::vector<std::string> inputs;
  std::vector<Gap> gaps;
  std::vector<Overlap> overlaps;
  std::vector<DeadRule> dead;
  std::vector<RuleName> left_out;  // rules with a test that is not against constants
  // False when rules or columns were left out or a search was cut short: then `notes` say which.
  bool exact = true;
  bool cut_short = false;
  std::vector<std::string> notes;
};

// One report a table, in Policy::tables() order. Seconds for 16,369 rules.
std::vector<TableReport> analyse(const Policy& policy, const AnalysisLimits& limits = {});

}  // namespace puhui::dmn
