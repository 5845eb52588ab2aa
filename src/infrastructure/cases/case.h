// Alert and Case: what waits for people after an automated judgement raised its hand, shared by the applications that guard.
// Not governance's alerts (governance/incidents), which speak of use cases instead of customers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/shape.h"
#include "infrastructure/evidence/record.h"

namespace puhui::cases {

struct CaseId : Id<struct CaseTag> {
  using Id::Id;
};
struct AlertId : Id<struct AlertTag> {
  using Id::Id;
};

enum class CaseState : uint8_t { open, assigned, proposed, closed };
std::span<const std::string_view> names_of(const CaseState*);
enum class Verdict : uint8_t { confirmed, dismissed, unclear };
std::span<const std::string_view> names_of(const Verdict*);

// What an application says when it raises one.
struct AlertDraft {
  std::string application;      // "fraud", "aml": who is told of the verdict
  std::string kind;             // a rule's, typology's or list's code: what a snooze names
  std::string subject;          // the customer, account or party; alerts on one subject gather in one case
  std::string subject_kind;     // "customer", "account", "party"
  evidence::RecordId decision;  // its evidence
  int64_t probability_ppb = 0;  // that it is what it looks like
  int64_t amount_minor = 0;     // at stake
  std::string currency;
  std::optional<Timestamp> deadline;  // by when somebody must have said yes or no (a held payment)
  std::string en, zh;                 // one sentence for people, without names
  std::string reference;              // the application's own: a payment's key, a match
};

struct Alert : AlertDraft {
  AlertId id;
  CaseId in_case;
  Timestamp at;
  int64_t expected_loss_minor = 0;  // probability × amount, half even
  bool snoozed = false;             // raised while its kind was snoozed for the subject: kept and counted, in no queue
  std::optional<Verdict> verdict;   // none while it is open
  std::string judged_by;            // a person, the application, or "deadline"
  std::optional<Timestamp> judged_at;
};
void fields(Shape& shape, Alert& alert);

struct Case {
  CaseId id;
  std::string application, subject, subject_kind;
  CaseState state = CaseState::open;
  std::string owner;  // the office's queue ("queue:fraud") until a person takes it; never empty
  Timestamp opened_at, changed_at;
  std::optional<Timestamp> deadline;  // the earliest of its open alerts
  int64_t alerts = 0, open_alerts = 0;
  int64_t expected_loss_minor = 0;  // of all its alerts
  std::string currency;             // one a case: alerts in another gather in a case of their own
  std::string proposed_by, closed_by;
  std::optional<Verdict> verdict;  // proposed, then found
};
void fields(Shape& shape, Case& one);

// What happened to it, in order: opened, assigned, noted, proposed, returned, closed, reopened, settled, deadline passed.
struct CaseEvent {
  Timestamp at;
  std::string by, what, words;
};
void fields(Shape& shape, CaseEvent& event);

struct Snooze {
  std::string application, kind, subject;
  Timestamp until;
  std::string by, why;
  int64_t alerts = 0;  // kept out of the queue by it so far
};
void fields(Shape& shape, Snooze& snooze);

inline constexpr int64_t kWordsBytesMax = 4000, kNameBytesMax = 128, kSubjectBytesMax = 256;

}  // namespace puhui::cases
