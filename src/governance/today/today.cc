#include "governance/today/today.h"

#include <algorithm>
#include <map>

#include "governance/audit/review_log.h"
#include "governance/audit/subject_requests.h"

namespace puhui::today {

namespace {

constexpr int64_t kDayUs = 86'400'000'000, kDueSoonDays = 7;

struct Asked {
  int64_t limit = 100;
};
void fields(Shape& shape, Asked& asked) {
  shape.field("limit", asked.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
}

struct Count {
  std::string kind;
  int64_t count = 0;
};
void fields(Shape& shape, Count& count) {
  shape.field("kind", count.kind, {.help = "what kind of matter"});
  shape.field("count", count.count, {.help = "how many of them wait, also beyond the limit"});
}

struct Today {
  std::vector<Matter> matters;
  std::vector<Count> counts;
  Timestamp at;
};
void fields(Shape& shape, Today& today) {
  shape.field("matters", today.matters, {.help = "the most severe first, then the oldest"});
  shape.field("counts", today.counts, {.help = "by kind"});
  shape.field("at", today.at, {.help = "the moment it speaks of"});
}

// A night that failed is an alert of replay or chain; an overdue validation has a list of its own.
std::string kind_of(const incidents::OpenAlert& alert) {
  if (alert.kind == "replay" || alert.kind == "chain") return "night";
  return alert.kind == "validation" && alert.subject.starts_with("overdue ") ? "validation" : "alert";
}

Result<void> add_alerts(Reader& reader, const Caller& caller, std::vector<Matter>& out) {
  for (incidents::OpenAlert& alert : TRY(incidents::open_alerts(reader))) {
    if (!alert.acknowledged_by.empty()) continue;
    std::string kind = kind_of(alert);
    if (!caller.may(kind == "validation" ? "inventory.validate" : "alert.acknowledge")) continue;
    out.push_back({std::move(kind), alert.id.text(), std::move(alert.use_case), std::move(alert.en),
                   std::move(alert.zh), alert.raised_at, alert.severity});
  }
  return {};
}

Result<void> add_incidents(Reader& reader, const Caller& caller, std::vector<Matter>& out) {
  if (!caller.may("incident.note")) return {};
  incidents::IncidentQuery query;
  query.open = true;
  query.limit = kMattersReadMax;
  for (incidents::Incident& incident : TRY(incidents::find_incidents(reader, query))) {
    const bool is_mine = incident.assigned_to == caller.name;
    if (!is_mine && !incident.assigned_to.empty()) continue;
    out.push_back({"incident", incident.id.text(), std::move(incident.use_case),
                   (is_mine ? "Yours: " : "Nobody works on it yet: ") + incident.what_happened,
                   (is_mine ? "由您处理：" : "尚未分派：") + incident.what_happened, incident.opened_at,
                   incident.severity});
  }
  return {};
}

Result<void> add_requests(Reader& reader, const Caller& caller, Timestamp now, std::vector<Matter>& out) {
  if (!caller.may("subject.answer")) return {};
  for (const audit::SubjectRequestRow& row : TRY(audit::open_requests(reader, now))) {
    const std::string kind(names_of(&row.kind)[static_cast<size_t>(row.kind)]), due = text_of(row.due_at);
    const bool is_soon = row.due_at.microseconds - now.microseconds < kDueSoonDays * kDayUs;
    out.push_back({"right", row.id.text(), "", "A subject asks (" + kind + "); the answer is due by " + due + ".",
                   "主体权利请求（" + kind + "），须于 " + due + " 前答复。", row.opened_at,
                   row.overdue ? 1
                   : is_soon   ? 2
                               : 3});
  }
  return {};
}

Result<void> add_reviews(const TodayNeeds& needs, const Caller& caller, std::vector<Matter>& out) {
  if (!caller.may("decision.review")) return {};
  audit::ReviewListRequest request;
  request.open = true;
  request.limit = kMattersReadMax;
  const auto listed = TRY(audit::list_reviews(needs.audit, request));
  for (const audit::ReviewRow& row : listed.reviews) {
    if (row.by == caller.name) continue;  // escalated to somebody else
    out.push_back({"review", row.decision.text(), "", row.by + " escalated a decision: " + row.why,
                   row.by + " 上报了一项决策：" + row.why, row.at, 2});
  }
  return {};
}

Result<void> add_proposals(const TodayNeeds& needs, const Caller& caller, std::vector<Matter>& out) {
  if (!caller.may("proposal.approve")) return {};
  for (const permits::Proposal& proposal : TRY(needs.proposals.to_sign(caller.name))) {
    const std::string count =
        std::to_string(proposal.approvals.size()) + " / " + std::to_string(proposal.approvals_needed);
    out.push_back({"proposal", proposal.id.text(), proposal.use_case,
                   proposal.author + " asks for your signature (" + count + ").",
                   proposal.author + " 请您签署（" + count + "）。", proposal.submitted_at, 2});
  }
  return {};
}

Result<void> add_lifts(const TodayNeeds& needs, const Caller& caller, std::vector<Matter>& out) {
  if (!caller.may("switch.lift")) return {};
  for (const incidents::Switch& one : TRY(needs.switches.lifts_asked(caller.name))) {
    out.push_back({"lift", one.name, one.use_cases.empty() ? "" : one.use_cases.front().use_case,
                   one.lift_asked_by + " asks to lift the stop of " + one.name + ": " + one.lift_why,
                   one.lift_asked_by + " 请求恢复 " + one.name + "：" + one.lift_why, *one.lift_asked_at, 1});
  }
  return {};
}

Result<Today> show(const TodayNeeds& needs, const Caller& caller, int64_t limit) {
  Today out;
  out.at = needs.audit.clock.now();
  out.matters = TRY(matters(needs, caller));
  std::map<std::string, int64_t> counts;
  for (const Matter& matter : out.matters) ++counts[matter.kind];
  for (const auto& [kind, count] : counts) out.counts.push_back({kind, count});
  if (out.matters.size() > static_cast<size_t>(limit)) out.matters.resize(static_cast<size_t>(limit));
  return out;
}

}  // namespace

void fields(Shape& shape, Matter& matter) {
  shape.field("kind", matter.kind, {.help = "proposal, alert, incident, validation, right, lift, review or night"});
  shape.field("id", matter.id, {.help = "of that kind: what a page links to"});
  shape.field("use_case", matter.use_case, {.help = "where; empty: the whole bank"});
  shape.field("en", matter.en, {.help = "what is to be done", .personal = true});
  shape.field("zh", matter.zh, {.help = "what is to be done, in Chinese", .personal = true});
  shape.field("since", matter.since, {.help = "since when it waits"});
  shape.field("severity", matter.severity, {.help = "1 high, 2 medium, 3 low"});
}

Result<std::vector<Matter>> matters(const TodayNeeds& needs, const Caller& caller) {
  std::vector<Matter> out;
  TRY(needs.audit.store.read([&](Reader& reader) -> Result<void> {
    TRY(add_alerts(reader, caller, out));
    TRY(add_incidents(reader, caller, out));
    return add_requests(reader, caller, needs.audit.clock.now(), out);
  }));
  TRY(add_reviews(needs, caller, out));
  TRY(add_proposals(needs, caller, out));
  TRY(add_lifts(needs, caller, out));
  std::stable_sort(out.begin(), out.end(), [](const Matter& a, const Matter& b) {
    return std::tie(a.severity, a.since) < std::tie(b.severity, b.since);
  });
  return out;
}

std::vector<Verb> today_verbs(const TodayNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<Asked, Today>(
      {.noun = "today", .verb = "show", .help = "Show what needs you now, by what you may do."},
      [needs](const VerbCall& call, const Asked& asked) { return show(*needs, call.caller, asked.limit); }));
  return verbs;
}

}  // namespace puhui::today
