// Rows: a case and an alert as they lie in the store, and the one place that moves an alert in and out of the queue.
#pragma once

#include "ground/store/store.h"
#include "infrastructure/cases/case_shapes.h"

namespace puhui::cases {

inline constexpr int64_t kAlertsOfCaseMax =
    1000;  // then a new case opens: a verdict reaches all of one in one transaction

// Columns in the order that read_case and read_alert expect, from column 0.
inline constexpr std::string_view kCaseColumns =
    "id, application, subject, subject_kind, currency, state, owner, opened_at, changed_at, deadline, alerts, "
    "open_alerts, expected_loss_minor, proposed_by, closed_by, verdict";
inline constexpr std::string_view kAlertColumns =
    "id, in_case, application, kind, subject, subject_kind, decision, probability_ppb, amount_minor, currency, "
    "expected_loss_minor, deadline, raised_at, en, zh, reference, snoozed, verdict, judged_by, judged_at, owner";
Case read_case(const Row& row);
Waiting read_alert(const Row& row);  // without its case's state

// `where` follows the columns: "WHERE id = ? …".
Result<std::vector<Case>> read_cases(Reader& reader, const std::string& where, std::span<const Param> params);
Result<std::vector<Waiting>> read_alerts(Reader& reader, const std::string& where, std::span<const Param> params);

bool is_queue(std::string_view owner);              // "queue:…" instead of a person
bool waits_in_queue(const Case& one);               // open or assigned: somebody must look
Result<Case> find_case(Reader& reader, CaseId id);  // not_found

// Into the queue's count of that application, owner and kind; or out of it, with negative numbers.
struct Waits {
  int64_t alerts = 0, expected_loss_minor = 0;
};
Result<void> count_waiting(Transaction& tx, const Case& one, std::string_view kind, const Waits& more);

// Writes what changed of a case (never id, application, subject, currency) and moves its open alerts to where `after`
// says that they wait.
Result<void> change_case(Transaction& tx, const Case& before, const Case& after);

// Gives one open alert its verdict; its case (changed, not written) counts one less.
Result<void> judge_alert(Transaction& tx, Case& one, const Waiting& alert, Verdict verdict, std::string_view by,
                         Timestamp at);

Result<void> add_event(Transaction& tx, CaseId id, const CaseEvent& event);

}  // namespace puhui::cases
