// How what waits is answered: by a person, by its customer, by a case's verdict, or by its deadline.
#include "applications/fraud/desk_state.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr int64_t kSweptAtOnceMax = 1000;
constexpr std::string_view kChallengePassed = "its customer passed the challenge";
constexpr std::string_view kChallengeFailed = "its customer failed the challenge";

std::string_view name_of(Action action) { return names_of(&action)[static_cast<size_t>(action)]; }

cases::Verdict verdict_of(Action action) {
  return action == Action::approve ? cases::Verdict::dismissed : cases::Verdict::confirmed;
}

Error answered_already(const Settled& settled) {
  return {ErrorCode::conflict,
          {{"key", "it was answered with " + std::string(name_of(settled.action)) + " by " + settled.by + " at " +
                       text_of(settled.at)}}};
}

Error does_not_wait(const PaymentRow& row, std::string_view expected) {
  return {ErrorCode::conflict,
          {{"key", "expected a payment answered with " + std::string(expected) + ", this one was answered with " +
                       std::string(name_of(row.action))}}};
}

}  // namespace

// The row, the act in the evidence; alerts are their caller's.
Result<void> Desk::settle_in(Transaction& tx, const PaymentRow& row, const Settled& settled) {
  TRY(insert_settled(tx, row, settled));
  evidence::Circumstances circumstances;
  circumstances.at = settled.at;
  circumstances.entity = row.entity;
  circumstances.caller = settled.by;
  const bool by_itself = settled.by == kDeadlineName;
  circumstances.human = by_itself ? evidence::HumanRole::none : evidence::HumanRole::in_the_loop;
  needs_.evidence.append_act(by_itself ? evidence::RecordKind::note : evidence::RecordKind::review,
                             "payment " + reference_of(row) + ", " + std::string(name_of(row.action)) +
                                 " by decision " + row.decision.text() + ", answered with " +
                                 std::string(name_of(settled.action)) + ": " + settled.why,
                             circumstances);
  return {};
}

Result<Settled> Desk::release(std::string_view scheme, std::string_view key, Action action, std::string_view why,
                              std::string_view by) {
  if (action != Action::approve && action != Action::block) {
    return fail(ErrorCode::invalid, "action", "expected approve or block, came " + std::string(name_of(action)));
  }
  if (trim(why).empty() || why.size() > kWhyBytesMax) {
    return fail(ErrorCode::invalid, "why", "expected why, in 1 to " + std::to_string(kWhyBytesMax) + " bytes");
  }
  const Book* const of = book(scheme);
  if (of == nullptr) return fail(ErrorCode::not_found, "scheme", "there is no scheme '" + std::string(scheme) + "'");
  Settled settled{action, std::string(by), std::string(why), needs_.clock.now()};
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto row = TRY(of->find_in_closure(tx, key));
    if (!row) return fail(ErrorCode::not_found, "key", "no payment of " + std::string(scheme) + " has that key");
    if (row->action != Action::hold) return fail(does_not_wait(*row, "hold"));
    if (const auto before = TRY(find_settled(tx, scheme, row->seq))) return fail(answered_already(*before));
    TRY(settle_in(tx, *row, settled));
    return needs_.cases.settle(tx, kApplicationName, reference_of(*row), verdict_of(action), by);
  }));
  return settled;
}

Result<void> Desk::fail_challenge(Transaction& tx, const PaymentRow& row, std::string_view subject) {
  const std::string_view code = row.reasons.empty() ? std::string_view(kNotJudgedReason) : row.reasons.front().code;
  const auto in_force = needs_.kernel.in_force(book(row.scheme)->scope());
  kernel::ReasonText words = words_of(in_force ? in_force->get() : nullptr, code);
  const auto scheme = this->scheme(row.scheme);
  cases::AlertDraft draft;
  draft.application = kApplicationName;
  draft.kind = "challenge_failed";
  draft.subject = subject;
  draft.subject_kind = scheme ? (*scheme)->subject : "subject";
  draft.decision = row.decision;
  draft.probability_ppb = row.probability_ppb;
  draft.amount_minor = std::max<int64_t>(0, row.amount_minor);
  draft.currency = scheme ? (*scheme)->currency : "CNY";
  draft.en = "The challenge was failed. " + words.en;
  draft.zh = "身份验证未通过。" + words.zh;
  draft.reference = reference_of(row);
  TRY(needs_.cases.raise(tx, draft));
  return {};
}

Result<Settled> Desk::answer(std::string_view scheme, std::string_view key, bool passed, std::string_view by) {
  const Book* const of = book(scheme);
  if (of == nullptr) return fail(ErrorCode::not_found, "scheme", "there is no scheme '" + std::string(scheme) + "'");
  Settled settled{passed ? Action::approve : Action::block, std::string(by),
                  std::string(passed ? kChallengePassed : kChallengeFailed), needs_.clock.now()};
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto row = TRY(of->find_in_closure(tx, key));
    if (!row) return fail(ErrorCode::not_found, "key", "no payment of " + std::string(scheme) + " has that key");
    if (row->action != Action::challenge) return fail(does_not_wait(*row, "challenge"));
    if (const auto before = TRY(find_settled(tx, scheme, row->seq))) {
      if (before->why != settled.why) return fail(answered_already(*before));
      settled = *before;  // the same answer again
      return {};
    }
    TRY(settle_in(tx, *row, settled));
    if (passed) return {};
    return fail_challenge(tx, *row, TRY(subject_of(*row)));
  }));
  return settled;
}

// Its scheme's declared answer; a challenge that nobody answered was not passed.
Result<void> Desk::overdue_in(Transaction& tx, const PaymentRow& row, Timestamp now) {
  const auto scheme = this->scheme(row.scheme);
  Settled settled{Action::block, std::string(kDeadlineName), "nobody answered in time", now};
  if (row.action == Action::hold && scheme) settled.action = (*scheme)->hold.then;
  return settle_in(tx, row, settled);
}

Result<uint64_t> Desk::sweep() {
  uint64_t swept = 0;
  const Timestamp now = needs_.clock.now();
  Faults faults;
  for (const std::string& name : schemes()) {
    const Book* const of = book(name);
    std::vector<Waiting> due;
    TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
      due = TRY(overdue(reader, name, now, kSweptAtOnceMax));
      return {};
    }));
    for (const Waiting& waiting : due) {
      auto done = needs_.store.write([&](Transaction& tx) -> Result<void> {
        const auto row = TRY(of->at_in_closure(tx, waiting.seq));
        CHECK(row.has_value(), "what waits was judged");
        if (TRY(find_settled(tx, name, waiting.seq))) return {};  // a moment ago
        TRY(overdue_in(tx, *row, now));
        if (row->action != Action::hold) return {};
        return needs_.cases.settle(tx, kApplicationName, reference_of(*row), cases::Verdict::unclear, kDeadlineName);
      });
      if (done) {
        ++swept;
      } else {
        faults.add(name, std::move(done).error());
      }
    }
  }
  TRY(std::move(faults).result());
  return swept;
}

Result<std::optional<PaymentRow>> Desk::payment_of(Transaction& tx, std::string_view reference) const {
  const size_t slash = reference.find('/');
  const Book* const of = slash == std::string_view::npos ? nullptr : book(reference.substr(0, slash));
  if (of == nullptr) return std::optional<PaymentRow>();
  return of->find_in_closure(tx, reference.substr(slash + 1));
}

// A verdict is a label; and where the payment still waits, its answer.
Result<void> Desk::judged(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view by) {
  const auto row = TRY(payment_of(tx, alert.reference));
  if (!row) return fail(ErrorCode::not_found, alert.reference, "no payment has that key");
  if (verdict == cases::Verdict::unclear) return {};
  const bool fraud = verdict == cases::Verdict::confirmed;
  const Timestamp now = needs_.clock.now();
  TRY(label_row(tx, *row, fraud, std::max(now, row->at), by));  // an event may lie a little ahead of the clock
  if (!row->deadline || TRY(find_settled(tx, row->scheme, row->seq))) return {};
  return settle_in(tx, *row,
                   {fraud ? Action::block : Action::approve, std::string(by), "by the verdict on its case", now});
}

Result<void> Desk::alert_overdue(Transaction& tx, const cases::Alert& alert) {
  const auto row = TRY(payment_of(tx, alert.reference));
  if (!row) return fail(ErrorCode::not_found, alert.reference, "no payment has that key");
  if (TRY(find_settled(tx, row->scheme, row->seq))) return {};
  return overdue_in(tx, *row, needs_.clock.now());
}

}  // namespace puhui::fraud
