#include "infrastructure/cases/office.h"

#include <condition_variable>
#include <mutex>

#include "ground/base/check.h"
#include "infrastructure/cases/rows.h"

namespace puhui::cases {

namespace {

constexpr int64_t kPpb = 1'000'000'000;
constexpr int64_t kSweptAtOnce = 512;  // closures in the queue

// What raising needs to know, in one look.
struct Found {
  std::optional<AlertId> stands;
  bool snoozed = false;
  std::optional<Case> gathers;  // id, owner, deadline and state alone
};

// 32 bytes of what names the alert: the first 16 are its id, of the rest a case's is made.
Digest name_of(const AlertDraft& draft) {
  std::string parts;
  for (const std::string* part : {&draft.application, &draft.kind, &draft.reference}) {
    parts += std::to_string(part->size()) + ':' + *part;
  }
  return sha256(parts);
}

AlertId alert_id(const Digest& name) { return AlertId(*Id128::from_bytes(name.view().substr(0, 16))); }

// 48 bits of milliseconds as in every time-ordered id, then 80 of the alert's name.
CaseId case_id(const Digest& name, Timestamp at) {
  Id128 id = *Id128::from_bytes(name.view().substr(16));
  id.high = (static_cast<uint64_t>(at.microseconds / 1000) << 16) | (id.high & 0xFFFF);
  return CaseId(id);
}

Result<void> check(const AlertDraft& draft) {
  Faults faults;
  const auto bounded = [&](std::string_view name, const std::string& text, int64_t bytes_max) {
    if (!text.empty() && text.size() <= static_cast<size_t>(bytes_max)) return;
    faults.add(std::string(name),
               "expected 1 to " + std::to_string(bytes_max) + " bytes, came " + std::to_string(text.size()));
  };
  bounded("kind", draft.kind, kNameBytesMax);
  bounded("subject", draft.subject, kSubjectBytesMax);
  bounded("subject_kind", draft.subject_kind, kNameBytesMax);
  bounded("reference", draft.reference, kSubjectBytesMax);
  bounded("en", draft.en, kWordsBytesMax);
  bounded("zh", draft.zh, kWordsBytesMax);
  if (draft.probability_ppb < 0 || draft.probability_ppb > kPpb) {
    faults.add("probability_ppb", "expected 0 to 1000000000, came " + std::to_string(draft.probability_ppb));
  }
  if (draft.amount_minor < 0) {
    faults.add("amount_minor", "expected 0 or more, came " + std::to_string(draft.amount_minor));
  }
  if (!Currency::parse(draft.currency)) {
    faults.add("currency", "expected an ISO 4217 code, came '" + draft.currency + "'");
  }
  return std::move(faults).result();
}

Result<Found> look(Transaction& tx, const AlertDraft& draft, AlertId id, Timestamp now) {
  Found out;
  TRY(
      tx.each("SELECT a.id, s.until_at, c.id, c.owner, c.deadline, c.state FROM (SELECT 1 AS one) AS one "
              "LEFT JOIN cases_alert AS a ON a.id = ? "
              "LEFT JOIN cases_snooze AS s ON s.subject = ? AND s.application = ? AND s.kind = ? "
              "LEFT JOIN cases_case AS c ON c.subject = ? AND c.application = ? AND c.currency = ? AND c.state < 2 "
              "AND c.alerts < ? ORDER BY c.id DESC LIMIT 1",
              {BytesView{id.bytes()}, draft.subject, draft.application, draft.kind, draft.subject, draft.application,
               draft.currency, kAlertsOfCaseMax},
              [&](const Row& row) -> Result<void> {
                if (!row.is_null(0)) out.stands = AlertId(row.id(0));
                out.snoozed = !row.is_null(1) && row.integer(1) > now.microseconds;
                if (row.is_null(2)) return {};
                out.gathers.emplace();
                out.gathers->id = CaseId(row.id(2));
                out.gathers->owner = row.text(3);
                if (!row.is_null(4)) out.gathers->deadline = Timestamp{row.integer(4)};
                out.gathers->state = static_cast<CaseState>(row.integer(5));
                return {};
              }));
  return out;
}

Param null_or(const std::optional<Timestamp>& at) { return at ? Param(at->microseconds) : Param(); }

Result<Case> open_case(Transaction& tx, const Alert& alert, CaseId id) {
  Case out;
  out.id = id;
  out.application = alert.application;
  out.owner = "queue:" + alert.application;
  TRY(tx.execute(
      "INSERT INTO cases_case (id, application, subject, subject_kind, currency, state, owner, opened_at, changed_at, "
      "deadline, alerts, open_alerts, expected_loss_minor, proposed_by, closed_by, verdict, closed_at, events) "
      "VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 1, 1, ?, '', '', NULL, NULL, 0)",
      {BytesView{id.bytes()}, alert.application, alert.subject, alert.subject_kind, alert.currency, out.owner,
       alert.at.microseconds, alert.at.microseconds, null_or(alert.deadline), alert.expected_loss_minor}));
  return out;
}

Result<Case> join_case(Transaction& tx, const Alert& alert, Case gathers) {
  if (alert.deadline && (!gathers.deadline || *alert.deadline < *gathers.deadline)) gathers.deadline = alert.deadline;
  TRY(tx.execute(
      "UPDATE cases_case SET alerts = alerts + 1, open_alerts = open_alerts + 1, deadline = ?, "
      "changed_at = ?, expected_loss_minor = expected_loss_minor + ? WHERE id = ?",
      {null_or(gathers.deadline), alert.at.microseconds, alert.expected_loss_minor, BytesView{gathers.id.bytes()}}));
  gathers.application = alert.application;
  return gathers;
}

Result<void> insert_alert(Transaction& tx, const Alert& alert, std::string_view owner) {
  TRY(tx.execute(
      "INSERT INTO cases_alert (id, in_case, application, kind, subject, subject_kind, decision, probability_ppb, "
      "amount_minor, currency, expected_loss_minor, deadline, raised_at, en, zh, reference, snoozed, verdict, "
      "judged_by, "
      "judged_at, owner, queued, due) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', NULL, ?, ?, ?)",
      {BytesView{alert.id.bytes()},
       BytesView{alert.in_case.bytes()},
       alert.application,
       alert.kind,
       alert.subject,
       alert.subject_kind,
       BytesView{alert.decision.bytes()},
       alert.probability_ppb,
       alert.amount_minor,
       alert.currency,
       alert.expected_loss_minor,
       null_or(alert.deadline),
       alert.at.microseconds,
       alert.en,
       alert.zh,
       alert.reference,
       alert.snoozed ? 1 : 0,
       owner,
       alert.snoozed ? 0 : 1,
       alert.deadline ? 1 : 0}));
  return {};
}

int64_t expected_loss(const AlertDraft& draft) {
  return std::min(kExpectedLossMinorMax,
                  multiply_divide(draft.amount_minor, draft.probability_ppb, kPpb, Rounding::half_even));
}

// A case that nobody has taken closes with its last open alert; what somebody took, they finish.
Result<void> leave_settled(Transaction& tx, const Case& before, Case& one, const CaseEvent& event, Verdict verdict) {
  one.changed_at = event.at;
  if (one.open_alerts == 0 && one.state == CaseState::open) {
    one.state = CaseState::closed;
    one.verdict = verdict;
    one.closed_by = event.by;
  }
  TRY(change_case(tx, before, one));
  return add_event(tx, one.id, event);
}

}  // namespace

void Office::attend(std::string application, Judged judged, Overdue overdue) {
  attendants_[std::move(application)] = {std::move(judged), std::move(overdue)};
}

Result<const Office::Attendant*> Office::attendant(std::string_view application, std::string_view kind) const {
  auto found = attendants_.find(std::string(application) + "/" + std::string(kind));
  if (found == attendants_.end()) found = attendants_.find(application);
  if (found == attendants_.end()) {
    return fail(ErrorCode::unavailable, "application",
                "this bank has no application '" + std::string(application) + "' that a verdict could be told");
  }
  return &found->second;
}

void Office::record(evidence::RecordKind kind, std::string words, std::string_view by) const {
  evidence::Circumstances circumstances;
  circumstances.at = needs_.clock.now();
  circumstances.caller = by;
  circumstances.human = by == kDeadlineName ? evidence::HumanRole::none : evidence::HumanRole::in_the_loop;
  needs_.evidence.append_act(kind, std::move(words), circumstances);
}

Result<AlertId> Office::raise(Transaction& tx, const AlertDraft& draft) {
  TRY(attendant(draft.application, draft.kind));
  TRY(check(draft));
  const Digest name = name_of(draft);
  Alert alert{draft};
  alert.id = alert_id(name);
  alert.at = needs_.clock.now();
  const Found found = TRY(look(tx, draft, alert.id, alert.at));
  if (found.stands) return *found.stands;
  alert.snoozed = found.snoozed;
  alert.expected_loss_minor = expected_loss(draft);
  const Case in =
      found.gathers ? TRY(join_case(tx, alert, *found.gathers)) : TRY(open_case(tx, alert, case_id(name, alert.at)));
  alert.in_case = in.id;
  TRY(insert_alert(tx, alert, in.owner));
  if (!alert.snoozed) {
    TRY(count_waiting(tx, in, alert.kind, {1, alert.expected_loss_minor}));
  } else {
    TRY(tx.execute("UPDATE cases_snooze SET alerts = alerts + 1 WHERE subject = ? AND application = ? AND kind = ?",
                   {alert.subject, alert.application, alert.kind}));
  }
  return alert.id;
}

Result<void> Office::settle(Transaction& tx, std::string_view application, std::string_view reference, Verdict verdict,
                            std::string_view by) {
  const Timestamp now = needs_.clock.now();
  const Param params[] = {reference, application};
  for (const Waiting& alert :
       TRY(read_alerts(tx, "WHERE reference = ? AND application = ? AND verdict IS NULL ORDER BY id", params))) {
    const Case before = TRY(find_case(tx, alert.in_case));
    Case one = before;
    TRY(judge_alert(tx, one, alert, verdict, by, now));
    const std::string words = alert.kind + " " + std::string(names_of(&verdict)[static_cast<size_t>(verdict)]);
    TRY(leave_settled(tx, before, one, {now, std::string(by), "settled", words}, verdict));
  }
  return {};
}

// Answers whether there was still something to do: the alert may have been judged since it was listed.
Result<bool> Office::overdue(Transaction& tx, AlertId id) {
  const Timestamp now = needs_.clock.now();
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}, now.microseconds};
  const std::string due = "WHERE id = ? AND due = 1 AND deadline <= ?";
  const auto listed = TRY(read_alerts(tx, due, params));
  if (listed.empty()) return false;
  TRY(TRY(attendant(listed[0].application, listed[0].kind))->overdue(tx, listed[0]));
  // The application may have settled it meanwhile, in its own words.
  const auto left = TRY(read_alerts(tx, due, params));
  const Case before = TRY(find_case(tx, listed[0].in_case));
  const std::string what = "case " + before.id.text() + " (" + before.application + "): the deadline of alert " +
                           id.text() + " passed unanswered";
  record(evidence::RecordKind::note, what, kDeadlineName);
  const CaseEvent event{now, std::string(kDeadlineName), "deadline passed", listed[0].kind};
  if (left.empty()) {
    TRY(add_event(tx, before.id, event));
    return true;
  }
  Case one = before;
  if (one.state == CaseState::open) {
    TRY(judge_alert(tx, one, left[0], Verdict::unclear, kDeadlineName, now));
  } else {
    TRY(tx.execute("UPDATE cases_alert SET due = 2 WHERE id = ?", {BytesView{bytes}}));
  }
  TRY(leave_settled(tx, before, one, event, Verdict::unclear));
  return true;
}

namespace {

struct DueAlert {
  int64_t deadline = 0;
  AlertId id;
};

Result<std::vector<DueAlert>> read_due(Store& store, Timestamp now, const DueAlert& after) {
  std::vector<DueAlert> out;
  TRY(store.read([&](Reader& reader) {
    return reader.each(
        "SELECT deadline, id FROM cases_alert WHERE due = 1 AND deadline <= ? AND (deadline > ? OR (deadline = ? AND "
        "id > ?)) ORDER BY deadline, id LIMIT ?",
        {now.microseconds, after.deadline, after.deadline, BytesView{after.id.bytes()}, kSweptAtOnce},
        [&](const Row& row) -> Result<void> {
          out.push_back({row.integer(0), AlertId(row.id(1))});
          return {};
        });
  }));
  return out;
}

// Many closures at once, so that they share commits; waits for all of them.
class Together {
 public:
  void write(Store& store, Store::Closure closure, std::function<void(Result<void>)> done) {
    {
      const std::lock_guard lock(mutex_);
      ++waiting_;
    }
    store.write_later(std::move(closure), [this, done = std::move(done)](Result<void> written) {
      const std::lock_guard lock(mutex_);
      done(std::move(written));
      if (--waiting_ == 0) all_done_.notify_all();
    });
  }
  void wait() {
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [this] { return waiting_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_done_;
  int64_t waiting_ = 0;
};

}  // namespace

Result<uint64_t> Office::sweep() {
  const Timestamp now = needs_.clock.now();
  uint64_t swept = 0;
  Faults faults;
  ErrorCode code = ErrorCode::internal;
  DueAlert after{INT64_MIN, {}};
  while (true) {
    const auto due = TRY(read_due(needs_.store, now, after));
    Together together;
    std::vector<uint8_t> done(due.size());  // written on the writer thread, each by its own closure
    for (size_t i = 0; i < due.size(); ++i) {
      together.write(
          needs_.store,
          [this, id = due[i].id, &one = done[i]](Transaction& tx) -> Result<void> {
            one = TRY(overdue(tx, id)) ? 1 : 0;
            return {};
          },
          [&, i](Result<void> written) {
            if (written) {
              swept += done[i];
            } else {
              code = written.error().code;
              faults.add("alert " + due[i].id.text(), written.error());
            }
          });
    }
    together.wait();
    if (static_cast<int64_t>(due.size()) < kSweptAtOnce) break;
    after = due.back();
  }
  TRY(std::move(faults).result(code));
  return swept;
}

}  // namespace puhui::cases
