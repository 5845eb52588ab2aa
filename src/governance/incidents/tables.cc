// The tables of alerts, incidents and switches.
#include "governance/incidents/alert.h"

namespace puhui::incidents {

std::vector<Migration> migrations() {
  return {{"incidents", 1,
           "CREATE TABLE incidents_alert (use_case {text} NOT NULL, id {id} NOT NULL, kind {text} NOT NULL, "
           "subject {text} NOT NULL, severity {int} NOT NULL, en {text} NOT NULL, zh {text} NOT NULL, "
           "raised_at {int} NOT NULL, refreshed_at {int} NOT NULL, times {int} NOT NULL, "
           "acknowledged_by {text} NOT NULL, acknowledged_at {int}, settled_at {int}, PRIMARY KEY (use_case, id));"
           "CREATE INDEX incidents_alert_id ON incidents_alert (id);"
           "CREATE INDEX incidents_alert_about ON incidents_alert (use_case, kind, subject)"},
          {"incidents", 2,
           "CREATE TABLE incidents_incident (use_case {text} NOT NULL, id {id} NOT NULL, severity {int} NOT NULL, "
           "what_happened {text} NOT NULL, alert {id}, opened_by {text} NOT NULL, opened_at {int} NOT NULL, "
           "assigned_to {text} NOT NULL, root_cause {text} NOT NULL, measure {text} NOT NULL, "
           "closed_by {text} NOT NULL, closed_at {int}, request_key {text} NOT NULL, PRIMARY KEY (use_case, id));"
           "CREATE INDEX incidents_incident_id ON incidents_incident (id);"
           "CREATE TABLE incidents_note (incident {id} NOT NULL, number {int} NOT NULL, noted_at {int} NOT NULL, "
           "by_whom {text} NOT NULL, words {text} NOT NULL, PRIMARY KEY (incident, number));"
           // lifted_at 0: it stands
           "CREATE TABLE incidents_switch (scope {int} NOT NULL, name {text} NOT NULL, stopped_at {int} NOT NULL, "
           "why {text} NOT NULL, by_whom {text} NOT NULL, lift_asked_by {text} NOT NULL, lift_why {text} NOT NULL, "
           "lift_asked_at {int} NOT NULL, lifted_by {text} NOT NULL, lifted_at {int} NOT NULL, "
           "PRIMARY KEY (scope, name, stopped_at));"
           "CREATE TABLE incidents_switched (use_case {text} NOT NULL, scope {int} NOT NULL, name {text} NOT NULL, "
           "stopped_at {int} NOT NULL, fallback {int} NOT NULL, decisions {int} NOT NULL, "
           "PRIMARY KEY (use_case, scope, name, stopped_at));"
           "CREATE TABLE incidents_drill (use_case {text} NOT NULL, drilled_at {int} NOT NULL, passed {int} NOT NULL, "
           "drill {text} NOT NULL, PRIMARY KEY (use_case, drilled_at))"}};
}

}  // namespace puhui::incidents
