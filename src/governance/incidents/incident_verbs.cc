#include "governance/incidents/incident_verbs.h"

namespace puhui::incidents {

namespace {

struct AlertList {
  std::optional<std::string> kind, use_case;
  std::optional<bool> open;
  int64_t limit = 50;
  std::optional<Id128> after;
};
void fields(Shape& shape, AlertList& list) {
  shape.field("kind", list.kind, {.help = "only of this kind: drift, decay, fairness, validation …", .max = 32});
  shape.field("use_case", list.use_case, {.help = "only of this use case", .max = 128});
  shape.field("open", list.open, {.help = "true: only open ones; false: only settled ones"});
  shape.field("limit", list.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", list.after, {.help = "`next` of the page before"});
}

struct Alerts {
  std::vector<OpenAlert> alerts;
  std::optional<Id128> next;
  Timestamp at;
};
void fields(Shape& shape, Alerts& alerts) {
  shape.field("alerts", alerts.alerts, {.help = "the newest first"});
  shape.field("next", alerts.next, {.help = "ask with it as `after` for what follows; absent: that was all"});
  shape.field("at", alerts.at, {.help = "the moment it speaks of"});
}

struct OfAlert {
  Id128 id;
};
void fields(Shape& shape, OfAlert& of) { shape.field("id", of.id, {.help = "the alert"}); }

struct OpenIncident {
  int64_t severity = 3;
  std::string use_case, what_happened, key;
  std::optional<Id128> alert;
};
void fields(Shape& shape, OpenIncident& open) {
  shape.field("severity", open.severity, {.help = "1 high, 2 medium, 3 low", .min = 1, .max = 3});
  shape.field("use_case", open.use_case, {.help = "where; empty: the whole bank", .max = 128, .optional = true});
  shape.field("what_happened", open.what_happened,
              {.help = "in words", .min = 1, .max = kIncidentTextBytesMax, .personal = true});
  shape.field("alert", open.alert, {.help = "the alert it comes from"});
  shape.field("key", open.key,
              {.help = "the client's own: the same once more opens no second one", .max = 128, .optional = true});
}

struct NoteIncident {
  Id128 id;
  std::string text;
  Closing known;
};
void fields(Shape& shape, NoteIncident& note) {
  shape.field("id", note.id, {.help = "the incident"});
  shape.field("text", note.text,
              {.help = "what there is to say", .min = 1, .max = kIncidentTextBytesMax, .personal = true});
  shape.field("root_cause", note.known.root_cause,
              {.help = "why it happened, when that is known", .max = kIncidentTextBytesMax, .optional = true});
  shape.field("measure", note.known.measure,
              {.help = "what is done about it, when that is known", .max = kIncidentTextBytesMax, .optional = true});
}

struct AssignIncident {
  Id128 id;
  std::string person;
};
void fields(Shape& shape, AssignIncident& assign) {
  shape.field("id", assign.id, {.help = "the incident"});
  shape.field("person", assign.person, {.help = "who shall work on it", .min = 1, .max = kPersonNameBytesMax});
}

struct CloseIncident {
  Id128 id;
  Closing closing;
};
void fields(Shape& shape, CloseIncident& close) {
  shape.field("id", close.id, {.help = "the incident"});
  shape.field(
      "root_cause", close.closing.root_cause,
      {.help = "why it happened; may be left out when it was noted", .max = kIncidentTextBytesMax, .optional = true});
  shape.field("measure", close.closing.measure,
              {.help = "what was done about it; may be left out when it was noted",
               .max = kIncidentTextBytesMax,
               .optional = true});
}

struct OfIncident {
  Id128 id;
};
void fields(Shape& shape, OfIncident& of) { shape.field("id", of.id, {.help = "the incident"}); }

struct IncidentList {
  std::optional<bool> open;
  std::optional<std::string> use_case, assigned_to;
  int64_t limit = 50;
  std::optional<Id128> after;
};
void fields(Shape& shape, IncidentList& list) {
  shape.field("open", list.open, {.help = "true: only open ones; false: only closed ones"});
  shape.field("use_case", list.use_case, {.help = "only of this use case", .max = 128});
  shape.field("assigned_to", list.assigned_to, {.help = "only this person's", .max = kPersonNameBytesMax});
  shape.field("limit", list.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", list.after, {.help = "`next` of the page before"});
}

struct Incidents {
  std::vector<Incident> incidents;
  std::optional<Id128> next;
  Timestamp at;
};
void fields(Shape& shape, Incidents& incidents) {
  shape.field("incidents", incidents.incidents, {.help = "the newest first, without their notes"});
  shape.field("next", incidents.next, {.help = "ask with it as `after` for what follows; absent: that was all"});
  shape.field("at", incidents.at, {.help = "the moment it speaks of"});
}

Result<Alerts> list_alerts(const IncidentNeeds& needs, const AlertList& list) {
  AlertQuery query{list.kind.value_or(""), list.use_case.value_or(""), list.open, std::nullopt, list.limit};
  if (list.after) query.after = AlertId(*list.after);
  Alerts out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.alerts = TRY(find_alerts(reader, query));
    return {};
  }));
  if (out.alerts.size() == static_cast<size_t>(list.limit)) out.next = out.alerts.back().id;
  return out;
}

Result<OpenAlert> acknowledge(const IncidentNeeds& needs, Id128 id, const std::string& by) {
  const Timestamp now = needs.clock.now();
  OpenAlert out;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(incidents::acknowledge(tx, AlertId(id), by, now));
    ActBy{needs.evidence, by, now}.record(
        evidence::RecordKind::incident,
        "alert " + id.text() + " (" + out.kind + " " + out.use_case + " " + out.subject + ") acknowledged");
    return {};
  }));
  return out;
}

Result<Incidents> list_incidents(const IncidentNeeds& needs, const IncidentList& list) {
  IncidentQuery query{list.open, list.use_case.value_or(""), list.assigned_to.value_or(""), std::nullopt, list.limit};
  if (list.after) query.after = IncidentId(*list.after);
  Incidents out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.incidents = TRY(find_incidents(reader, query));
    return {};
  }));
  if (out.incidents.size() == static_cast<size_t>(list.limit)) out.next = out.incidents.back().id;
  return out;
}

// One step in a transaction of its own, by the caller, now.
Result<Incident> step(const IncidentNeeds& needs, const VerbCall& call,
                      const std::function<Result<Incident>(Transaction&, const ActBy&)>& act) {
  const ActBy by{needs.evidence, call.caller.name, needs.clock.now()};
  std::optional<Incident> out;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(act(tx, by));
    return {};
  }));
  return *std::move(out);
}

Result<Incident> open_one(Transaction& tx, const OpenIncident& open, const ActBy& by) {
  NewIncident incident{open.severity, open.use_case, open.what_happened, std::nullopt, open.key};
  if (open.alert) {
    incident.alert = AlertId(*open.alert);
    if (!TRY(find_alert(tx, *incident.alert))) {
      return fail(ErrorCode::not_found, "alert", "no alert " + open.alert->text());
    }
  }
  return open_incident(tx, incident, by);
}

}  // namespace

std::vector<Verb> alert_verbs(const IncidentNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<AlertList, Alerts>(
      {.noun = "alert", .verb = "list", .help = "List what governance measured and a person should look at."},
      [needs](const VerbCall&, const AlertList& list) { return list_alerts(*needs, list); }));
  verbs.push_back(make_verb<OfAlert, OpenAlert>(
      {
          .noun = "alert",
          .verb = "acknowledge",
          .help = "Say that you look after an alert; it holds until the matter grows worse.",
          .effect = Effect::write,
      },
      [needs](const VerbCall& call, const OfAlert& of) { return acknowledge(*needs, of.id, call.caller.name); }));
  return verbs;
}

std::vector<Verb> incident_verbs(const IncidentNeeds* needs) {
  std::vector<Verb> verbs;
  const auto writes = [&]<class In>(std::string verb, std::string help, std::string repeat_key, auto act) {
    verbs.push_back(make_verb<In, Incident>({.noun = "incident",
                                             .verb = std::move(verb),
                                             .help = std::move(help),
                                             .effect = Effect::write,
                                             .repeat_key = std::move(repeat_key)},
                                            [needs, act](const VerbCall& call, const In& in) {
                                              return step(*needs, call, [&](Transaction& tx, const ActBy& by) {
                                                return act(tx, in, by);
                                              });
                                            }));
  };
  writes.operator()<OpenIncident>(
      "open", "Open an incident: something went wrong and somebody shall find out why.", "key",
      [](Transaction& tx, const OpenIncident& in, const ActBy& by) { return open_one(tx, in, by); });
  writes.operator()<NoteIncident>("note", "Add to an open incident what is known by now.", "",
                                  [](Transaction& tx, const NoteIncident& in, const ActBy& by) {
                                    return note_incident(tx, IncidentId(in.id), in.text, in.known, by);
                                  });
  writes.operator()<AssignIncident>("assign", "Give an open incident to a person.", "",
                                    [](Transaction& tx, const AssignIncident& in, const ActBy& by) {
                                      return assign_incident(tx, IncidentId(in.id), in.person, by);
                                    });
  writes.operator()<CloseIncident>("close", "Close an incident with its root cause and the measure taken.", "",
                                   [](Transaction& tx, const CloseIncident& in, const ActBy& by) {
                                     return close_incident(tx, IncidentId(in.id), in.closing, by);
                                   });
  verbs.push_back(make_verb<IncidentList, Incidents>(
      {.noun = "incident", .verb = "list", .help = "List incidents, the newest first."},
      [needs](const VerbCall&, const IncidentList& list) { return list_incidents(*needs, list); }));
  verbs.push_back(
      make_verb<OfIncident, Incident>({.noun = "incident", .verb = "show", .help = "Show one incident with its notes."},
                                      [needs](const VerbCall&, const OfIncident& of) -> Result<Incident> {
                                        std::optional<Incident> out;
                                        TRY(needs->store.read([&](Reader& reader) -> Result<void> {
                                          out = TRY(read_incident(reader, IncidentId(of.id)));
                                          return {};
                                        }));
                                        return *std::move(out);
                                      }));
  return verbs;
}

}  // namespace puhui::incidents
