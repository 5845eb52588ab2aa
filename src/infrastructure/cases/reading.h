// Reading cases, for verbs and pages. Subjects come as they are: the verbs mask them.
#pragma once

#include "ground/store/store.h"
#include "infrastructure/cases/case_shapes.h"

namespace puhui::cases {

// The alerts people should look at first: most expected loss, among equals the oldest. Reads `capacity` rows of each owner
// asked for, however many wait.
Result<QueueAnswer> read_queue(Reader& reader, const QueueRequest& request);

struct CaseQuery {
  ListRequest request;
  std::optional<CaseId> after;  // those opened before it
  Timestamp now;
};
Result<std::vector<Case>> find_cases(Reader& reader, const CaseQuery& query);  // the newest first
Result<CasePage> read_page(Reader& reader, CaseId id);                         // not_found

// What an application raised under that reference, the oldest first.
Result<std::vector<Alert>> alerts_about(Reader& reader, std::string_view application, std::string_view reference);

struct SnoozeQuery {
  std::optional<std::string> application;
  std::optional<Id128> after;
  int64_t limit = 50;
  Timestamp now;
};
struct Snoozes {
  std::vector<Snooze> snoozes;
  std::optional<Id128> next;
};
Result<Snoozes> find_snoozes(Reader& reader, const SnoozeQuery& query);

inline constexpr int64_t kSummaryDays = 30;
Result<SummaryAnswer> read_summary(Reader& reader, const SummaryRequest& request, Timestamp now);

}  // namespace puhui::cases
