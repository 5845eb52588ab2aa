// Incident: what people make of something that went wrong: noted, assigned, closed with its root cause and the measure
// taken. Every step is an act in the evidence, in the same transaction.
#pragma once

#include <string>
#include <vector>

#include "governance/incidents/alert.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::incidents {

inline constexpr int64_t kIncidentTextBytesMax = 8192;
inline constexpr int64_t kPersonNameBytesMax = 64;

struct IncidentId : Id<struct IncidentTag> {
  using Id::Id;
};

struct Incident {
  IncidentId id;
  int64_t severity = 3;       // 1 high … 3 low
  std::string use_case;       // empty: the whole bank
  std::string what_happened;  // in words
  std::optional<AlertId> alert;
  std::string opened_by, assigned_to;  // assigned_to empty: nobody yet
  Timestamp opened_at;
  std::string root_cause, measure;  // both are needed to close it
  std::string closed_by;
  std::optional<Timestamp> closed_at;
  struct Note {
    Timestamp at;
    std::string by, text;
  };
  std::vector<Note> notes;  // in order; only `incident show` lists them
};
void fields(Shape& shape, Incident::Note& note);
void fields(Shape& shape, Incident& incident);

// Who acts, and when: the caller's name and the moment go into the evidence.
struct ActBy {
  evidence::EvidenceLog& evidence;
  std::string_view person;
  Timestamp at;
  void record(evidence::RecordKind kind, std::string words) const;  // in a store closure
};

struct NewIncident {
  int64_t severity = 3;
  std::string use_case, what_happened;
  std::optional<AlertId> alert;
  std::string key;  // the client's own: the same once more opens no second one
};
struct Closing {
  std::string root_cause, measure;  // empty: as noted before
};

// In a store closure each. not_found; conflict: it is closed, or the key opened another.
Result<Incident> open_incident(Transaction& tx, const NewIncident& incident, const ActBy& by);
Result<Incident> note_incident(Transaction& tx, IncidentId id, const std::string& text, const Closing& known,
                               const ActBy& by);
Result<Incident> assign_incident(Transaction& tx, IncidentId id, const std::string& person, const ActBy& by);
Result<Incident> close_incident(Transaction& tx, IncidentId id, const Closing& closing, const ActBy& by);
// The open incident of this alert, or a new one in its words.
Result<Incident> open_from_alert(Transaction& tx, const OpenAlert& alert, const ActBy& by);

struct IncidentQuery {
  std::optional<bool> open;
  std::string use_case, assigned_to;  // empty: any
  std::optional<IncidentId> after;    // those opened before this one
  int64_t limit = 50;
};
Result<std::vector<Incident>> find_incidents(Reader& reader, const IncidentQuery& query);  // the newest first
Result<Incident> read_incident(Reader& reader, IncidentId id);                             // with its notes; not_found

}  // namespace puhui::incidents
