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
           "CREATE INDEX incidents_alert_about ON incidents_alert (use_case, kind, subject)"}};
}

}  // namespace puhui::incidents
