// RecordedBacktest: a draft set against the champion on the decisions that were really taken, as the evidence holds them:
// who would be swapped in and out, by which rules, and what became of those people. Nothing is recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/kernel.h"
#include "infrastructure/workbench/backtest.h"

namespace puhui::workbench {

inline constexpr int64_t kRecordedStepMax = 200'000;  // records of one call: a longer history is asked for in steps
inline constexpr size_t kRecordedSegmentsMax = 8;

struct RecordedBacktestRequest {
  std::string policy;  // the draft's DMN
  std::string use_case;
  std::optional<Timestamp> from, to;  // moments of decisions; all when absent
  std::string outcome = std::string(evidence::kDefaultOutcome);
  std::vector<std::string> segment;  // facts that are neither personal nor sealed, or decisions of the champion
  int64_t limit = 50'000;            // records walked in this step
  std::optional<std::string> after;  // a step's `next`
};

// One step's sums; the steps of one history add up, field by field.
struct RecordedBacktestAnswer {
  Swap swap;
  std::vector<SegmentSwap> segments;
  std::vector<RuleChange> rules;
  std::vector<DecisionChange> decisions;
  int64_t undecided_by_policy = 0, undecided_by_against = 0;
  std::vector<std::string> undecided;  // the first causes
  int64_t of_other_permits = 0;        // decided then by another permit, taken again here by the champion
  int64_t erased = 0;                  // facts gone by retention: left out
  int64_t walked = 0, total = 0;       // records of this step; records in the evidence
  int64_t walked_until = 0;            // the number of the last record walked, of `total`
  std::optional<std::string> next;
  Digest champion;
  Timestamp at;
};
void fields(Shape& shape, RecordedBacktestAnswer& answer);

struct RecordedBacktestNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const kernel::Kernel& kernel;
  const Clock& clock;
};

// invalid: the draft does not load in the champion's place, a segment that is not there; forbidden: a segment that is
// personal or sealed, or no champion.
Result<RecordedBacktestAnswer> recorded_backtest(const RecordedBacktestNeeds& needs, Progress& progress,
                                                 const RecordedBacktestRequest& request);

}  // namespace puhui::workbench
