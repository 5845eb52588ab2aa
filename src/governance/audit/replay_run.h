// ReplayRun: recorded decisions taken again, page by page of the evidence, on several threads and in batches. What it
// reports is the same for any number of either.
#pragma once

#include <functional>

#include "governance/audit/audit.h"
#include "governance/audit/replay_shapes.h"

namespace puhui::audit {

struct RecordedDecision {
  const evidence::StoredRecord& record;
  const evidence::Judgement& judgement;
  const evidence::Circumstances& circumstances;
};

struct ReplayPlan {
  std::function<Result<bool>(const RecordedDecision&)> takes;  // asked in the order of the records
  size_t threads = 1;
  size_t batch = 256;
};

struct ReplayOutcome {
  ReplayReport report;
  std::map<std::string, int64_t> different;  // by use case
};

// Over the records that stand when it begins. Errors as Kernel::replay: a record or a version that does not read.
Result<ReplayOutcome> run_replay(const AuditNeeds& needs, const ReplayPlan& plan, Progress& progress);

Result<ReplayReport> replay(const AuditNeeds& needs, const ReplayRequest& request, Progress& progress);

// Of the use case, or of one of its scopes; any when empty.
bool is_of(std::string_view judged, std::string_view use_case);
// Whether a sample of that share holds the record: by its number and the seed alone.
bool is_drawn(uint64_t sequence, double share, uint64_t seed);

}  // namespace puhui::audit
