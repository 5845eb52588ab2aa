// How the office reads its rows: shared by its parts.
#pragma once

#include "infrastructure/federation/office.h"

namespace puhui::federation {

// What was told to `partner` (empty: to each) over all jobs, by partner and code.
Result<std::vector<LeakageView>> read_leakage(Reader& reader, const std::string& partner);
Result<std::vector<LeakageView>> read_leakage_of_job(Reader& reader, const std::string& job);
LeakageView view_of(const Leak& leak);
Result<void> keep_certificate(Transaction& tx, const channel::Certificate& certificate);
Result<std::optional<ModelView>> read_card(Reader& reader, const std::string& job);
Result<std::vector<SignedBy>> read_approvals(Reader& reader, const std::string& job);
Result<std::vector<RunView>> read_runs(Reader& reader, const std::string& job, int64_t limit);
// not_found when there is none.
Result<KeptJob> read_job(Reader& reader, const std::string& hash);
Result<JobView> view_of(Reader& reader, const KeptJob& job);

}  // namespace puhui::federation
