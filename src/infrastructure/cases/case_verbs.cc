#include "infrastructure/cases/case_verbs.h"

#include "ground/base/log.h"
#include "infrastructure/cases/reading.h"

namespace puhui::cases {

namespace {

// Subjects are personal data: without the right they are shown so that two can be told apart, and no more.
template <class T>
T shown(T one, const Caller& caller) {
  if (!caller.may(kPersonalPermission)) one.subject = masked(one.subject);
  return one;
}
template <class T>
void show_all(std::vector<T>& all, const Caller& caller) {
  for (T& one : all) one = shown(std::move(one), caller);
}

Result<Id128> cursor(const std::string& after) {
  const auto id = Id128::parse(after);
  if (!id) return fail(ErrorCode::invalid, "after", "expected the `next` of a page before, came '" + after + "'");
  return *id;
}

Result<QueueAnswer> queue(const VerbNeeds& needs, const VerbCall& call, const QueueRequest& request) {
  QueueAnswer out;
  const Timestamp now = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_queue(reader, request));
    return {};
  }));
  out.at = now;
  show_all(out.alerts, call.caller);
  return out;
}

Result<ListAnswer> list(const VerbNeeds& needs, const VerbCall& call, const ListRequest& request) {
  // Whoever may not see subjects may not find out by asking for one after the other either.
  if (request.subject && !call.caller.may(kPersonalPermission)) {
    return fail(ErrorCode::forbidden, "subject", "to ask for a subject needs evidence.personal");
  }
  CaseQuery query{request, std::nullopt, needs.clock.now()};
  if (request.after) query.after = CaseId(TRY(cursor(*request.after)));
  ListAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.cases = TRY(find_cases(reader, query));
    return {};
  }));
  out.at = query.now;
  if (static_cast<int64_t>(out.cases.size()) == request.limit) out.next = out.cases.back().id.text();
  show_all(out.cases, call.caller);
  return out;
}

Result<CasePage> show(const VerbNeeds& needs, const VerbCall& call, const OfCase& of) {
  CasePage out;
  const Timestamp now = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_page(reader, CaseId(of.id)));
    return {};
  }));
  out.at = now;
  out.one = shown(std::move(out.one), call.caller);
  show_all(out.alerts, call.caller);
  return out;
}

Result<SnoozeListAnswer> list_snoozes(const VerbNeeds& needs, const VerbCall& call, const SnoozeListRequest& request) {
  SnoozeQuery query{request.application, std::nullopt, request.limit, needs.clock.now()};
  if (request.after) query.after = TRY(cursor(*request.after));
  SnoozeListAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    Snoozes found = TRY(find_snoozes(reader, query));
    out.snoozes = std::move(found.snoozes);
    if (found.next) out.next = found.next->text();
    return {};
  }));
  out.at = query.now;
  show_all(out.snoozes, call.caller);
  return out;
}

Result<SummaryAnswer> summary(const VerbNeeds& needs, const SummaryRequest& request) {
  SummaryAnswer out;
  const Timestamp now = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_summary(reader, request, now));
    return {};
  }));
  return out;
}

// A verb that changes one case and answers it as it is then.
template <class In>
Verb change(const VerbNeeds* needs, std::string verb, std::string help,
            Result<Case> (*act)(Office&, const In&, const std::string& by)) {
  return make_verb<In, Case>(
      {.noun = "case", .verb = std::move(verb), .help = std::move(help), .effect = Effect::write, .words = {"id"}},
      [needs, act](const VerbCall& call, const In& in) -> Result<Case> {
        return shown(TRY(act(needs->office, in, call.caller.name)), call.caller);
      });
}

void add_reading(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(make_verb<QueueRequest, QueueAnswer>(
      {.noun = "case", .verb = "queue", .help = "The alerts to look at first, by expected loss, and what lies below."},
      [needs](const VerbCall& call, const QueueRequest& in) { return queue(*needs, call, in); }));
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      {.noun = "case", .verb = "list", .help = "List cases, the newest first."},
      [needs](const VerbCall& call, const ListRequest& in) { return list(*needs, call, in); }));
  verbs.push_back(make_verb<OfCase, CasePage>(
      {.noun = "case", .verb = "show", .help = "Show one case with its alerts and what happened.", .words = {"id"}},
      [needs](const VerbCall& call, const OfCase& in) { return show(*needs, call, in); }));
  verbs.push_back(make_verb<SnoozeListRequest, SnoozeListAnswer>(
      {.noun = "case", .verb = "snoozes", .help = "List what is snoozed now, the last begun first."},
      [needs](const VerbCall& call, const SnoozeListRequest& in) { return list_snoozes(*needs, call, in); }));
  verbs.push_back(make_verb<SummaryRequest, SummaryAnswer>(
      {.noun = "case", .verb = "summary", .help = "Count what waits, what is late, and how often each kind was right."},
      [needs](const VerbCall&, const SummaryRequest& in) { return summary(*needs, in); }));
}

void add_working(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(change<AssignRequest>(needs, "assign",
                                        "Take a case, hand it to a person, or put it back into a queue.",
                                        [](Office& office, const AssignRequest& in, const std::string& by) {
                                          return office.assign(CaseId(in.id), in.to.empty() ? by : in.to, by);
                                        }));
  verbs.push_back(change<WordsRequest>(needs, "note", "Add to a case what is known by now.",
                                       [](Office& office, const WordsRequest& in, const std::string& by) {
                                         return office.note(CaseId(in.id), in.words, by);
                                       }));
  verbs.push_back(change<ProposeRequest>(needs, "propose", "Say what was found; another person confirms it.",
                                         [](Office& office, const ProposeRequest& in, const std::string& by) {
                                           return office.propose(CaseId(in.id), in.verdict, in.words, by);
                                         }));
  verbs.push_back(change<OfCase>(
      needs, "confirm", "Close a case with the verdict that another person proposed.",
      [](Office& office, const OfCase& in, const std::string& by) { return office.confirm(CaseId(in.id), by); }));
  verbs.push_back(change<WordsRequest>(needs, "return", "Send a proposed verdict back to be looked at again.",
                                       [](Office& office, const WordsRequest& in, const std::string& by) {
                                         return office.send_back(CaseId(in.id), in.words, by);
                                       }));
  verbs.push_back(change<WordsRequest>(needs, "reopen", "Open a closed case again, with all its alerts.",
                                       [](Office& office, const WordsRequest& in, const std::string& by) {
                                         return office.reopen(CaseId(in.id), in.words, by);
                                       }));
}

void add_snoozing(std::vector<Verb>& verbs, const VerbNeeds* needs) {
  verbs.push_back(make_verb<SnoozeRequest, Snooze>(
      {.noun = "case",
       .verb = "snooze",
       .help = "Keep one kind of alert about one subject out of the queue for some days.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const SnoozeRequest& in) -> Result<Snooze> {
        return shown(
            TRY(needs->office.snooze({in.application, in.kind, in.subject}, in.days, in.why, call.caller.name)),
            call.caller);
      }));
  verbs.push_back(make_verb<WakeRequest, Snooze>(
      {.noun = "case", .verb = "wake", .help = "End a snooze before its time.", .effect = Effect::write},
      [needs](const VerbCall& call, const WakeRequest& in) -> Result<Snooze> {
        return shown(TRY(needs->office.wake({in.application, in.kind, in.subject}, call.caller.name)), call.caller);
      }));
}

}  // namespace

std::vector<Verb> case_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  add_reading(verbs, needs);
  add_working(verbs, needs);
  add_snoozing(verbs, needs);
  return verbs;
}

}  // namespace puhui::cases
