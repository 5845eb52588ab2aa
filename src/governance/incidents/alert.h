// Alert: something governance measured that a person should look at, kept until it is settled. Whoever measures
// raises; the heat map and today's page read. An incident is what people make of it (incident.h).
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "ground/store/store.h"

namespace puhui::incidents {

std::vector<Migration> migrations();  // of alerts, incidents and switches

inline constexpr std::array<std::string_view, 10> kAlertKinds{
    "drift", "decay", "fairness", "explanation", "metering", "replay", "chain", "validation", "quota", "promotion"};
inline constexpr size_t kAlertNameBytesMax = 256, kAlertTextBytesMax = 2048, kOpenAlertsMax = 10'000;

struct Alert {
  std::string kind;      // one of kAlertKinds
  std::string use_case;  // "lending.approval/person_revolving"; empty: the whole bank
  std::string subject;   // what of it: a feature, a model, a group …; empty: the use case itself
  int64_t severity = 3;  // 1 high … 3 low
  std::string en, zh;    // what is the matter, in one sentence
};

struct AlertId : Id<struct AlertTag> {
  using Id::Id;
};

struct OpenAlert : Alert {
  AlertId id;
  Timestamp raised_at, refreshed_at;
  int64_t times = 1;  // how often it was raised since raised_at
  std::string acknowledged_by;
  std::optional<Timestamp> acknowledged_at;
  std::optional<Timestamp> settled_at;  // none while it is open
};
void fields(Shape& shape, OpenAlert& alert);

// An open alert of the same kind, use case and subject is refreshed (severity, words, moment), not doubled; its
// acknowledgement falls away only when it grew more severe. invalid: unknown kind, severity or length.
Result<void> raise(Transaction& tx, const Alert& alert, Timestamp at);
// It is over; without an open one nothing happens.
Result<void> settle(Transaction& tx, std::string_view kind, std::string_view use_case, std::string_view subject,
                    Timestamp at);
// The most severe first, then the oldest.
Result<std::vector<OpenAlert>> open_alerts(Reader& reader);

// What `alert list` asks for.
struct AlertQuery {
  std::string kind, use_case;  // empty: any
  std::optional<bool> open;
  std::optional<AlertId> after;  // those older than this one
  int64_t limit = 50;
};
Result<std::vector<OpenAlert>> find_alerts(Reader& reader, const AlertQuery& query);  // the newest first
Result<std::optional<OpenAlert>> find_alert(Reader& reader, AlertId id);
// Someone has seen it and looks after it. not_found; conflict when it is settled.
Result<OpenAlert> acknowledge(Transaction& tx, AlertId id, std::string_view by, Timestamp at);

}  // namespace puhui::incidents
