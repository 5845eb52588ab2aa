// Judging one payment, on the writer's thread: event, features, facts, judgement, evidence, row, alert.
#include "applications/fraud/desk_state.h"
#include "applications/fraud/shadow.h"
#include "ground/base/check.h"

namespace puhui::fraud {

using evidence::FactValue;

namespace {

Answered answer_of(const PaymentRow& row) {
  Answered out;
  out.decision = row.decision;
  out.action = row.action;
  out.late = row.late;
  out.deadline = row.deadline;
  out.probability_ppb = row.probability_ppb;
  out.has_probability = row.has_probability;
  out.reasons = row.reasons;
  return out;
}

// The same payment again, or another under its key.
Result<Answered> repeated(const PaymentRow& row, const Id128& content, std::optional<Timestamp> at) {
  if (row.content != content || (at && *at != row.at)) {
    return fail(ErrorCode::conflict, "key",
                "it stands for another payment, of " + text_of(row.at) + ": send this one with a key of its own");
  }
  Answered out = answer_of(row);
  out.repeated = true;
  return out;
}

void take_probability(const evidence::Judgement& judgement, PaymentRow& row) {
  constexpr std::string_view kProbability = "Probability";
  if (const auto rate = kernel::rate_of(judgement, kProbability); rate && rate->ppb >= 0 && rate->ppb <= Rate::kOne) {
    row.probability_ppb = rate->ppb;
    row.has_probability = true;
    return;
  }
  for (const evidence::ModelScore& model : judgement.models) {
    if (model.name != kModelName) continue;
    row.probability_ppb = model.probability_ppb;
    row.has_probability = true;
  }
}

constexpr int64_t kMinuteUs = 60'000'000;

std::optional<Timestamp> deadline_of(const Scheme& scheme, Action action, Timestamp now) {
  if (action == Action::hold) return Timestamp{now.microseconds + scheme.hold.minutes * kMinuteUs};
  if (action == Action::challenge) return Timestamp{now.microseconds + scheme.challenge_minutes * kMinuteUs};
  return std::nullopt;
}

}  // namespace

std::vector<FactValue> Desk::facts_of(const Submitted& submitted, features::Standing standing) const {
  const FactPlan& plan = *submitted.guard.plan;
  const features::FeatureSet& set = *submitted.guard.features;
  const features::Event& event = submitted.read->event;
  std::vector<FactValue> out;
  out.reserve(plan.sources.size());
  for (const FactPlan::Source& source : plan.sources) {
    switch (source.from) {
      case FactPlan::From::field:
        out.push_back(features::fact_of(set.fields[source.place], event.values[source.place]));
        break;
      case FactPlan::From::feature: out.push_back(features::fact_of(state_->seen[source.place])); break;
      case FactPlan::From::late: out.emplace_back(standing == features::Standing::late); break;
      case FactPlan::From::self_transfer: {
        const features::FieldValue& from = event.values[*plan.account];
        const features::FieldValue& to = event.values[*plan.counterparty];
        out.emplace_back(from.present && to.present && from.text == to.text);
        break;
      }
      case FactPlan::From::kernel: out.emplace_back(); break;
    }
  }
  return out;
}

Result<void> Desk::raise_alert(Transaction& tx, const Submitted& submitted, const PaymentRow& row) {
  const std::string code = row.reasons.empty() ? std::string(kNotJudgedReason) : row.reasons.front().code;
  kernel::ReasonText words = words_of(submitted.guard.choice.version.get(), code);
  cases::AlertDraft draft;
  draft.application = kApplicationName;
  draft.kind = code;
  draft.subject = submitted.subject;
  draft.subject_kind = submitted.guard.scheme->subject;
  draft.decision = row.decision;
  draft.probability_ppb = row.probability_ppb;
  draft.amount_minor = std::max<int64_t>(0, row.amount_minor);
  draft.currency = submitted.guard.scheme->currency;
  if (row.action == Action::hold) draft.deadline = row.deadline;
  draft.en = std::move(words.en);
  draft.zh = std::move(words.zh);
  draft.reference = reference_of(row);
  TRY(needs_.cases.raise(tx, draft));
  return {};
}

Result<Answered> Desk::judge_in(Transaction& tx, const Submitted& submitted) {
  const Guard& guard = submitted.guard;
  const features::Event& event = submitted.read->event;
  if (const auto before = TRY(guard.book->find_in_closure(tx, submitted.key))) {
    return repeated(*before, submitted.content, submitted.at_given ? std::optional(event.at) : std::nullopt);
  }
  if (guard.book->payments() >= kKeysMax) {
    return fail(ErrorCode::exhausted, guard.book->scheme(),
                "expected fewer than " + std::to_string(kKeysMax) + " payments: give the scheme a store of its own");
  }
  state_->seen.assign(guard.features->features.size(), {});
  const auto observed = TRY(guard.stream->observe(tx, *guard.features, event, state_->seen));

  PaymentRow row;
  row.scheme = guard.book->scheme();
  row.seq = observed.seq;
  row.key = submitted.key;
  row.content = submitted.content;
  row.at = event.at;
  row.judged_at = submitted.now;
  row.entity = submitted.entity;
  row.amount_minor = event.values[guard.plan->amount].number;
  row.late = observed.standing == features::Standing::late;
  auto shadowed = decide(tx, submitted, facts_of(submitted, observed.standing), row);
  row.deadline = deadline_of(*guard.scheme, row.action, row.judged_at);
  if (row.deadline) TRY(insert_waiting(tx, row));
  if (row.action == Action::hold || row.action == Action::block) TRY(raise_alert(tx, submitted, row));
  Answered out = answer_of(row);
  guard.book->add(std::move(row), submitted.read, std::move(shadowed));
  return out;
}

// From here on nothing may fail: the event stands in the stream, so a payment without an answer is one for a person.
std::optional<Shadowed> Desk::decide(Transaction& tx, const Submitted& submitted, std::vector<FactValue> facts,
                                     PaymentRow& row) {
  const Guard& guard = submitted.guard;
  kernel::Request request;
  request.version = guard.choice.version;
  request.entity = submitted.entity;
  request.facts = std::move(facts);
  request.caller = submitted.caller;
  request.at = submitted.now;
  request.to_human = guard.choice.to_human;
  request.shadow = guard.choice.shadow;
  std::string why = "its version was signed with other features than the stream computes";
  if (!guard.unfit) {
    const auto draft = needs_.kernel.judge(std::move(request), state_->workspace);
    const auto action = draft ? action_of_outcome(kernel::outcome_of(draft->judgement())) : std::nullopt;
    if (action) {
      row.action = *action;
      row.decision = needs_.kernel.record(tx, *draft).id();
      row.reasons = draft->judgement().reasons;
      take_probability(draft->judgement(), row);
      return shadowed_of(*draft);
    }
    why = draft ? "the policy's outcome '" + std::string(kernel::outcome_of(draft->judgement())) +
                      "' is none of approve, challenge, hold, block"
                : draft.error().text();
  }
  evidence::Circumstances circumstances;
  circumstances.at = submitted.now;
  circumstances.entity = submitted.entity;
  circumstances.caller = submitted.caller;
  circumstances.human = evidence::HumanRole::in_the_loop;
  row.action = Action::hold;
  row.decision = needs_.evidence.append_act(
      evidence::RecordKind::note, "payment " + reference_of(row) + " held for a person, it could not be judged: " + why,
      circumstances);
  row.reasons = {{std::string(kNotJudgedReason), evidence::ReasonSource::policy, 0}};
  row.event = features::encode(*guard.features, submitted.read->event);
  return std::nullopt;
}

}  // namespace puhui::fraud
