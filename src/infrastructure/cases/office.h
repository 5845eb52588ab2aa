// Office: opens, hands out and closes cases. Every change is an act in the evidence in the same transaction.
#pragma once

#include <functional>
#include <map>

#include "ground/store/store.h"
#include "infrastructure/cases/case.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::cases {

std::vector<Migration> migrations();

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
  void attend(std::string application, Judged judged, Overdue overdue);  // before the first alert

  // In a store closure: in the subject's open case, or a new one. Repeated with the same application, kind and reference:
  // the alert that stands.
  Result<AlertId> raise(Transaction& tx, const AlertDraft& draft);
  // The application itself settled what the alert was about (a hold released): leaves the queue, stays in the case.
  Result<void> settle(Transaction& tx, std::string_view application, std::string_view reference, Verdict verdict,
                      std::string_view by);

  Result<void> assign(CaseId id, std::string_view to, std::string_view by);
  Result<void> note(CaseId id, std::string_view words, std::string_view by);
  Result<void> propose(CaseId id, Verdict verdict, std::string_view words, std::string_view by);
  Result<void> confirm(CaseId id, std::string_view by);  // forbidden: the proposer
  Result<void> send_back(CaseId id, std::string_view words, std::string_view by);
  Result<void> reopen(CaseId id, std::string_view words, std::string_view by);

  Result<void> snooze(const Snooze& snooze);  // at most kSnoozeDaysMax days
  Result<void> wake(std::string_view application, std::string_view kind, std::string_view subject, std::string_view by);

  // Those whose deadline passed: Overdue is called for each, then they are settled. Answers how many. A chore, each second.
  Result<uint64_t> sweep();

 private:
  OfficeNeeds needs_;
  struct Attendant {
    Judged judged;
    Overdue overdue;
  };
  std::map<std::string, Attendant, std::less<>> attendants_;
};

inline constexpr int kSnoozeDaysMax = 90;

// Reading, for verbs and pages: newest or most expected loss first.
struct Ranked {
  std::vector<Alert> queue;         // within the capacity
  int64_t below = 0;                // alerts below the line
  int64_t expected_loss_minor = 0;  // of the queue
  int64_t expected_loss_below_minor = 0;
};

}  // namespace puhui::cases
