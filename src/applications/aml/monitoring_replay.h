// Replay of transfers: a file through log, detectors, kernel and cases, as if each came now; with a truth file, how right it was.
#pragma once

#include "applications/aml/monitoring_verbs.h"

namespace puhui::aml {

inline constexpr std::string_view kReplayAuthor = "aml replay";

// Which column is which; names of a CSV's header. `at` may hold moments, or whole units of time since `at_from`.
struct TransferMapping {
  std::string key = "key", at = "at", from = "from", to = "to", amount = "amount_minor", currency = "currency";
  int64_t at_unit_seconds = 0;  // 0: `at` is a moment as RFC 3339 has it
  Timestamp at_from{0};
  int64_t amount_places = 0;  // decimals of the amount column beyond minor units: 2 when it holds "12.30"
  std::string default_currency = "CNY";
};
void fields(Shape& shape, TransferMapping& mapping);

// Grants a permit signed by two people made for this run when none is in force. conflict when another than a replay's permit is.
Result<AmlReplayReport> replay(const MonitoringVerbNeeds& needs, const AmlReplayRequest& request,
                               const std::string& caller, Progress& progress);

}  // namespace puhui::aml
