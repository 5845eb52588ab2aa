// What the verbs of cases are asked and answer.
#pragma once

#include "infrastructure/cases/case.h"

namespace puhui::cases {

struct QueueRequest {
  std::optional<std::string> application, owner;
  int64_t capacity = 50;
};
void fields(Shape& shape, QueueRequest& request);

// An alert that waits, with who has its case.
struct Waiting : Alert {
  std::string owner;
  CaseState state = CaseState::open;
};
void fields(Shape& shape, Waiting& waiting);

// `expected_loss_minor` is that of the alerts listed; `below` counts those under the line, and what they may cost.
struct QueueAnswer {
  std::vector<Waiting> alerts;
  int64_t expected_loss_minor = 0, below = 0, expected_loss_below_minor = 0;
  Timestamp at;
};
void fields(Shape& shape, QueueAnswer& answer);

struct ListRequest {
  std::optional<std::string> application, owner, subject;
  std::optional<CaseState> state;
  std::optional<bool> overdue;
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, ListRequest& request);

struct ListAnswer {
  std::vector<Case> cases;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer);

struct OfCase {
  Id128 id;
};
void fields(Shape& shape, OfCase& of);

// One case with all that is known of it.
struct CasePage {
  Case one;
  std::vector<Alert> alerts;      // the newest first
  std::vector<CaseEvent> events;  // in order
  Timestamp at;
};
void fields(Shape& shape, CasePage& page);

struct AssignRequest {
  Id128 id;
  std::string to;  // empty: to whoever asks
};
void fields(Shape& shape, AssignRequest& request);

struct WordsRequest {
  Id128 id;
  std::string words;
};
void fields(Shape& shape, WordsRequest& request);

struct ProposeRequest {
  Id128 id;
  Verdict verdict = Verdict::unclear;
  std::string words;
};
void fields(Shape& shape, ProposeRequest& request);

struct SnoozeRequest {
  std::string application, kind, subject, why;
  int64_t days = 7;
};
void fields(Shape& shape, SnoozeRequest& request);

struct WakeRequest {
  std::string application, kind, subject;
};
void fields(Shape& shape, WakeRequest& request);

struct SnoozeListRequest {
  std::optional<std::string> application;
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, SnoozeListRequest& request);

struct SnoozeListAnswer {
  std::vector<Snooze> snoozes;  // those that last, the last begun first
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, SnoozeListAnswer& answer);

struct SummaryRequest {
  std::optional<std::string> application;
};
void fields(Shape& shape, SummaryRequest& request);

struct ApplicationCount {
  std::string application;
  int64_t open = 0, assigned = 0, proposed = 0;  // cases
  int64_t closed = 0;                            // in the last 30 days
  int64_t waiting = 0, expected_loss_minor = 0;  // alerts in the queue
  int64_t overdue = 0;                           // cases
  int64_t due_within_hour = 0;                   // alerts
};
void fields(Shape& shape, ApplicationCount& count);

// How often a kind of alert was right in the last 30 days: a noisy rule shows.
struct KindCount {
  std::string application, kind;
  int64_t confirmed = 0, dismissed = 0, unclear = 0;  // verdicts of the last 30 days
  int64_t waiting = 0;                                // in the queue now
  int64_t snoozed = 0;                                // by snoozes that lasted in the last 30 days
  std::optional<int64_t> precision_ppm, precision_low_ppm, precision_high_ppm;  // absent without a verdict
};
void fields(Shape& shape, KindCount& count);

struct SummaryAnswer {
  std::vector<ApplicationCount> applications;
  std::vector<KindCount> kinds;  // the least precise first
  Timestamp at;
};
void fields(Shape& shape, SummaryAnswer& answer);

}  // namespace puhui::cases
