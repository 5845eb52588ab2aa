// The tables of cases.
#include "infrastructure/cases/office.h"

namespace puhui::cases {

// An alert's id is made of its application, kind and reference, so the key is what makes raising it twice harmless.
// `queued` is 1 while it waits in the queue, `due` 1 while its deadline is to be kept (2: it passed, and somebody still
// works on it): indexes over those alone stay small however many were judged. cases_waiting counts the queue, so that what lies below the line need not be read.
std::vector<Migration> migrations() {
  return {
      {"cases", 1,
       "CREATE TABLE cases_case (id {id} NOT NULL PRIMARY KEY, application {text} NOT NULL, "
       "subject {text} NOT NULL, subject_kind {text} NOT NULL, currency {text} NOT NULL, state {int} NOT NULL, "
       "owner {text} NOT NULL, opened_at {int} NOT NULL, changed_at {int} NOT NULL, deadline {int}, "
       "alerts {int} NOT NULL, open_alerts {int} NOT NULL, expected_loss_minor {int} NOT NULL, "
       "proposed_by {text} NOT NULL, closed_by {text} NOT NULL, verdict {int}, closed_at {int}, "
       "events {int} NOT NULL);"
       "CREATE INDEX cases_case_subject ON cases_case (subject, application, currency);"
       "CREATE INDEX cases_case_state ON cases_case (state, id, application);"
       "CREATE INDEX cases_case_owner ON cases_case (owner, id);"
       "CREATE INDEX cases_case_deadline ON cases_case (deadline) WHERE deadline IS NOT NULL;"
       "CREATE INDEX cases_case_closed ON cases_case (closed_at, application) WHERE closed_at IS NOT NULL;"
       "CREATE TABLE cases_alert (id {id} NOT NULL PRIMARY KEY, in_case {id} NOT NULL, "
       "application {text} NOT NULL, kind {text} NOT NULL, subject {text} NOT NULL, subject_kind {text} NOT NULL, "
       "decision {id} NOT NULL, probability_ppb {int} NOT NULL, amount_minor {int} NOT NULL, "
       "currency {text} NOT NULL, expected_loss_minor {int} NOT NULL, deadline {int}, raised_at {int} NOT NULL, "
       "en {text} NOT NULL, zh {text} NOT NULL, reference {text} NOT NULL, snoozed {int} NOT NULL, "
       "verdict {int}, judged_by {text} NOT NULL, judged_at {int}, owner {text} NOT NULL, queued {int} NOT NULL, "
       "due {int} NOT NULL);"
       "CREATE INDEX cases_alert_case ON cases_alert (in_case);"
       "CREATE INDEX cases_alert_reference ON cases_alert (reference, application);"
       "CREATE INDEX cases_alert_queue ON cases_alert (application, owner, expected_loss_minor DESC, raised_at, id) "
       "WHERE queued = 1;"
       "CREATE INDEX cases_alert_due ON cases_alert (deadline, id) WHERE due = 1;"
       "CREATE INDEX cases_alert_judged ON cases_alert (judged_at) WHERE judged_at IS NOT NULL;"
       "CREATE TABLE cases_waiting (application {text} NOT NULL, owner {text} NOT NULL, kind {text} NOT NULL, "
       "alerts {int} NOT NULL, expected_loss_minor {int} NOT NULL, "
       "PRIMARY KEY (application, owner, kind)) {clustered};"
       "CREATE TABLE cases_event (in_case {id} NOT NULL, number {int} NOT NULL, happened_at {int} NOT NULL, "
       "by_whom {text} NOT NULL, what {text} NOT NULL, words {text} NOT NULL, "
       "PRIMARY KEY (in_case, number)) {clustered};"
       "CREATE TABLE cases_snooze (subject {text} NOT NULL, application {text} NOT NULL, kind {text} NOT NULL, "
       "id {id} NOT NULL, began_at {int} NOT NULL, until_at {int} NOT NULL, by_whom {text} NOT NULL, "
       "why {text} NOT NULL, alerts {int} NOT NULL, PRIMARY KEY (subject, application, kind)) {clustered};"
       "CREATE INDEX cases_snooze_id ON cases_snooze (id)"}};
}

}  // namespace puhui::cases
