#include "governance/audit/replay_run.h"

#include <thread>

#include "ground/base/random.h"
#include "infrastructure/kernel/decision.h"
#include "infrastructure/kernel/replay.h"

namespace puhui::audit {

namespace {

constexpr uint64_t kPageRecords = 16'384;  // read at once, then judged on all threads

// Each thread's Replayer keeps its loaded batches from page to page.
class Team {
 public:
  Team(const kernel::Kernel& kernel, size_t threads, size_t batch) : batch_(batch) {
    for (size_t i = 0; i < std::max<size_t>(1, threads); ++i) members_.emplace_back(kernel);
  }

  // One answer a record, in their order. The first error in that order, if there is one.
  Result<std::vector<kernel::Replayed>> replay(std::span<const evidence::StoredRecord> records) {
    const size_t share = (records.size() + members_.size() - 1) / members_.size();
    std::vector<Result<std::vector<kernel::Replayed>>> parts(members_.size());
    const auto work = [&](size_t i) {
      const size_t from = std::min(records.size(), i * share), count = std::min(share, records.size() - from);
      parts[i] = members_[i].replay(records.subspan(from, count), batch_);
    };
    {
      std::vector<std::jthread> threads;
      for (size_t i = 1; i < members_.size(); ++i) threads.emplace_back(work, i);
      work(0);
    }
    std::vector<kernel::Replayed> out;
    for (auto& part : parts) {
      auto some = TRY(std::move(part));
      out.insert(out.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return out;
  }

 private:
  size_t batch_;
  std::vector<kernel::Replayer> members_;
};

class Tally {
 public:
  Result<void> add(const evidence::StoredRecord& record, const kernel::Replayed& replayed) {
    ReplayReport& report = outcome_.report;
    ++report.decisions;
    if (replayed.erased) {
      ++report.erased;
      return {};
    }
    ++report.replayed;
    ++(replayed.identical ? report.identical : report.different);
    digest_.add(record.id.bytes());
    digest_.add(replayed.judgement.view());
    if (replayed.identical) return {};
    ++outcome_.different[TRY(evidence::decode_judgement(record.judgement)).use_case];
    if (report.differences.size() < kDifferencesToldMax) {
      report.differences.push_back({record.id, replayed.difference});
    }
    return {};
  }

  ReplayOutcome finish() {
    outcome_.report.digest = digest_.digest();
    return std::move(outcome_);
  }

 private:
  ReplayOutcome outcome_;
  Sha256 digest_;
};

}  // namespace

bool is_of(std::string_view judged, std::string_view use_case) {
  return use_case.empty() || judged == use_case ||
         (judged.starts_with(use_case) && judged.size() > use_case.size() && judged[use_case.size()] == '/');
}

bool is_drawn(uint64_t sequence, double share, uint64_t seed) {
  return static_cast<double>(Random(seed).draw(0, sequence, 0) >> 11) * 0x1.0p-53 < share;
}

Result<ReplayOutcome> run_replay(const AuditNeeds& needs, const ReplayPlan& plan, Progress& progress) {
  const uint64_t total = needs.evidence.records();
  Team team(needs.kernel, plan.threads, plan.batch);
  Tally tally;
  std::optional<evidence::RecordId> after;
  for (bool more = total > 0; more;) {
    std::vector<evidence::StoredRecord> page;
    uint64_t read = 0;
    TRY(needs.evidence.each(after, kPageRecords, [&](const evidence::StoredRecord& record) -> Result<void> {
      ++read;
      after = record.id;
      if (record.kind != evidence::RecordKind::decision || record.id.sequence() > total) return {};
      const auto judgement = TRY(evidence::decode_judgement(record.judgement));
      const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
      if (TRY(plan.takes({record, judgement, circumstances}))) page.push_back(record);
      return {};
    }));
    const auto replayed = TRY(team.replay(page));
    for (size_t i = 0; i < page.size(); ++i) TRY(tally.add(page[i], replayed[i]));
    more = read > 0 && after->sequence() < total;
    progress.step("records replayed", after ? std::min(total, after->sequence()) : 0, total);
  }
  return tally.finish();
}

Result<ReplayReport> replay(const AuditNeeds& needs, const ReplayRequest& request, Progress& progress) {
  const uint64_t total = needs.evidence.records();
  const double share =
      request.sample == 0 || total == 0 ? 1.0 : static_cast<double>(request.sample) / static_cast<double>(total);
  ReplayPlan plan;
  plan.threads = static_cast<size_t>(request.threads);
  plan.batch = static_cast<size_t>(request.batch);
  plan.takes = [&](const RecordedDecision& decision) -> Result<bool> {
    const Timestamp at = decision.circumstances.at;
    return is_of(decision.judgement.use_case, request.use_case) && (!request.from || at >= *request.from) &&
           (!request.to || at < *request.to) &&
           (!request.declines_only || kernel::outcome_of(decision.judgement) != kernel::kApprove) &&
           is_drawn(decision.record.id.sequence(), share, static_cast<uint64_t>(request.seed));
  };
  return TRY(run_replay(needs, plan, progress)).report;
}

}  // namespace puhui::audit
