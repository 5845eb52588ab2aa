// Office: opens, hands out and closes cases. What people do is an act in the evidence in the same transaction.
#pragma once

#include <functional>
#include <map>

#include "ground/store/store.h"
#include "infrastructure/cases/case.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::cases {

std::vector<Migration> migrations();

inline constexpr int kSnoozeDaysMax = 90;
inline constexpr std::string_view kDeadlineName = "deadline";         // who judges when nobody did
inline constexpr int64_t kExpectedLossMinorMax = 10'000'000'000'000;  // of one alert: what is more ranks the same

struct OfficeNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const Clock& clock;
};

class Office {
 public:
  explicit Office(OfficeNeeds needs) : needs_(needs) {}

  // Called in the closure that confirms a verdict, once for each open alert of the case; an error fails the closing.
  using Judged = std::function<Result<void>(Transaction&, const Alert&, Verdict, std::string_view by)>;
  // Called for an alert whose deadline passed unanswered: does what was declared for that, never nothing.
  using Overdue = std::function<Result<void>(Transaction&, const Alert&)>;
  // `application` "aml", or one kind of its alerts, "aml/screening": the nearer one is told. Before the first alert.
  void attend(std::string application, Judged judged, Overdue overdue);

  // In a store closure: in the case where the subject's alerts gather, or a new one. Repeated with the same application,
  // kind and reference: the alert that stands. invalid: every fault of the draft.
  Result<AlertId> raise(Transaction& tx, const AlertDraft& draft);
  // The application itself settled what its open alerts of that reference were about (a hold released): they leave the
  // queue and stay in their case; one that nobody has taken closes when none is left. Judged is not called.
  Result<void> settle(Transaction& tx, std::string_view application, std::string_view reference, Verdict verdict,
                      std::string_view by);

  // Each answers the case as it is then. not_found; conflict: its state does not allow it.
  // `to` a person, or a queue ("queue:fraud"). Nobody takes for themselves what another person has: conflict.
  Result<Case> assign(CaseId id, std::string_view to, std::string_view by);
  Result<Case> note(CaseId id, std::string_view words, std::string_view by);
  Result<Case> propose(CaseId id, Verdict verdict, std::string_view words, std::string_view by);
  Result<Case> confirm(CaseId id, std::string_view by);  // forbidden: the proposer
  Result<Case> send_back(CaseId id, std::string_view words, std::string_view by);
  // All its alerts are open again: the next verdict replaces the first.
  Result<Case> reopen(CaseId id, std::string_view words, std::string_view by);

  struct SnoozeAbout {
    std::string application, kind, subject;
  };
  Result<Snooze> snooze(const SnoozeAbout& about, int64_t days, std::string_view why, std::string_view by);
  Result<Snooze> wake(const SnoozeAbout& about, std::string_view by);  // not_found: none lasts

  // Those whose deadline passed, in a closure each: Overdue is called; then an alert whose case nobody has taken is
  // settled as unclear by "deadline", one that somebody works on stays open for a verdict. Answers how many; what failed
  // is named and comes again. A chore, each second.
  Result<uint64_t> sweep();

 private:
  struct Attendant {
    Judged judged;
    Overdue overdue;
  };
  Result<const Attendant*> attendant(std::string_view application, std::string_view kind) const;
  void record(evidence::RecordKind kind, std::string words, std::string_view by) const;
  // One act on one case in a transaction of its own.
  using Act = std::function<Result<void>(Transaction&, Case&, Timestamp)>;
  Result<Case> act(CaseId id, const Act& change);
  Result<void> judge_all(Transaction& tx, Case& one, std::string_view by, Timestamp at);
  Result<bool> overdue(Transaction& tx, AlertId id);

  OfficeNeeds needs_;
  std::map<std::string, Attendant, std::less<>> attendants_;
};

}  // namespace puhui::cases
