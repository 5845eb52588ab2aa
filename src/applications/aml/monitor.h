// Monitor: judges every transfer as it comes. In one store closure a transfer enters the log and the detectors, each finding
// becomes a governed decision, an alert opens a case. After any end the detectors stand again from the last snapshot and the log.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "applications/aml/detectors.h"
#include "applications/aml/finding_table.h"
#include "applications/aml/monitoring_policy.h"
#include "ground/base/log.h"
#include "infrastructure/cases/office.h"

namespace puhui::aml {

inline constexpr std::string_view kMonitoringApplication = "aml";  // of its alerts
inline constexpr int64_t kAheadMinutesMax = 5;                     // a transfer beyond the clock is refused
inline constexpr uint64_t kSnapshotEvery = 200'000;                // transfers

struct MonitorNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  cases::Office& cases;
  const Clock& clock;
  Log& log;
};

// What a transfer is judged with: looked up before the closure, valid for its permit.
struct Watch {
  kernel::Choice choice;
  std::shared_ptr<const TypologySettings> settings;
  Digest settings_digest;  // of the file
};

struct Watched {
  uint64_t seq = 0;
  Standing standing = Standing::accepted;
  bool repeated = false;
  std::vector<FindingRow> findings;  // made or grown by this transfer
};

class Monitor : public Participant {
 public:
  // Joins the store and attends to the verdicts on its alerts.
  explicit Monitor(MonitorNeeds needs, DetectorLimits limits = {});

  // forbidden: no permit for aml.monitoring/transfers is in force.
  Result<Watch> watch() const;
  // Durable when it returns. The same key again: what was answered; with another content: conflict.
  Result<Watched> transfer(const TransferRequest& request, std::string_view caller);
  // The same for many (replays): queues the closure; `done` comes on the writer thread.
  void transfer_later(const Watch& watch, TransferRequest request, std::string caller,
                      std::function<void(Result<Watched>)> done);

  // Writes what the detectors know, so that the next start reads only the log behind it; a chore.
  Result<void> snapshot();
  Result<void> snapshot_when_due();
  Result<DetectorCounts> counts();

  void begin_closure() override { closure_start_ = pending_.size(); }
  void undo_closure() override;
  Result<void> flush(Transaction& tx) override;
  void committed() override;
  void aborted() override;

 private:
  Result<Watched> observe(Transaction& tx, const Watch& watch, const TransferRequest& request, std::string_view caller);
  Result<Watched> answered_before(Transaction& tx, uint64_t seq, Id128 content, const TransferRequest& request);
  Result<void> stand(Transaction& tx, const Watch& watch);
  Result<std::optional<uint64_t>> restore(Transaction& tx, const Watch& watch);
  Result<FindingRow> take(Transaction& tx, const Watch& watch, const Finding& finding, uint64_t seq,
                          std::string_view caller);
  Result<void> judge(Transaction& tx, const Watch& watch, const Finding& finding, std::string_view caller,
                     FindingRow& row);
  Result<void> raise(Transaction& tx, const Watch& watch, FindingRow& row);
  Result<void> judged(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict);

  MonitorNeeds needs_;
  DetectorLimits limits_;
  mutable std::mutex watched_;  // guards the settings last read
  mutable std::optional<std::pair<Digest, std::shared_ptr<const TypologySettings>>> read_;

  // The writer thread's.
  std::optional<Detectors> detectors_;  // none: to be rebuilt from the log
  Digest standing_with_;                // settings of detectors_
  std::vector<LoggedTransfer> pending_;
  std::unordered_map<Id128, size_t, IdHash> pending_keys_;  // their places
  size_t closure_start_ = 0;
  uint64_t last_seq_ = 0;  // in the log and pending_; 0 before the first
  bool counted_ = false;   // last_seq_ was read from the store
  uint64_t snapshot_seq_ = 0;
  std::vector<Finding> found_;
  kernel::Workspace workspace_;
};

}  // namespace puhui::aml
