// Jobs as they lie in the store: what is run for whom, and how it ended. Nothing of the queue is only in memory.
#pragma once

#include <string>
#include <vector>

#include "ground/store/store.h"
#include "infrastructure/compute/compute_shapes.h"

namespace puhui::compute {

struct JobRow {
  JobView view;
  std::string input;  // JSON
};

// Gives it its number. exhausted: kJobsWaitingMax wait already.
Result<int64_t> insert_job(Transaction& tx, const JobRow& row);
// State, moments, cost and end of `view`.
Result<void> update_job(Transaction& tx, const JobView& view);
// not_found.
Result<JobRow> read_job(Reader& reader, int64_t job);
// Those of these states, the oldest first.
Result<std::vector<JobRow>> read_jobs_in(Reader& reader, std::initializer_list<JobState> states);
// The newest first, without their answers.
Result<std::vector<JobView>> list_jobs(Reader& reader, const JobsRequest& request);

}  // namespace puhui::compute
