// Jurisdiction: which attributes are compared by which measures within which limits, from which day on. A file each,
// versioned by date: a report says whose rules of which day it used (policies/jurisdictions/README.md).
#pragma once

#include <string>
#include <vector>

#include "governance/fairness/fairness_shapes.h"
#include "ground/base/files.h"

namespace puhui::fairness {

inline constexpr std::string_view kJurisdictionFolder = "policies/jurisdictions";
inline constexpr size_t kJurisdictionBytesMax = size_t{1} << 20, kJurisdictionsMax = 64, kRuleVersionsMax = 64;

struct AttributeRule {
  std::string attribute;
  std::vector<std::string> facts;  // its names among the sealed facts; the first that a use case has is taken
  std::vector<int64_t> bands;      // where a number's next group begins, ascending; empty: each value is a group
};
void fields(Shape& shape, AttributeRule& rule);

struct MeasureRule {
  Measure measure = Measure::approval_difference;
  double limit = 0;      // least ratio, or largest difference
  int64_t rows_min = 0;  // decisions a group needs
  bool binding = false;  // the rule has this number; else it is the bank's own
  std::string rule;
};
void fields(Shape& shape, MeasureRule& rule);

struct Rules {
  Date effective_from;
  std::string title, source;
  std::vector<AttributeRule> attributes;
  std::vector<MeasureRule> measures;
  std::vector<DutyView> duties;
};
void fields(Shape& shape, Rules& rules);

struct Jurisdiction {
  std::string name;
  bool measured_nightly = false;
  Digest digest;                // of the file
  std::vector<Rules> versions;  // by the day they hold from

  // The version that holds on this day; nullptr before the first.
  const Rules* at(Date day) const;
  const Rules* after(const Rules& rules) const;
};
void fields(Shape& shape, Jurisdiction& jurisdiction);

// not_found names those there are; invalid with every fault of the file.
Result<Jurisdiction> read_jurisdiction(const Files& files, const std::string& folder, const std::string& name);
Result<Jurisdiction> parse_jurisdiction(std::string_view text);
Result<std::vector<Jurisdiction>> read_jurisdictions(const Files& files, const std::string& folder);

// "under 25", "25-39", "62 and over"; a group that is no number stays itself.
std::string band_of(const std::string& group, const std::vector<int64_t>& bands);

}  // namespace puhui::fairness
