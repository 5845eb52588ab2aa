#include "applications/lending/state.h"

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr uint8_t kVersion = 1;     // of the bytes
constexpr uint8_t kNoEvent = 0xFF;  // in place of the last event's kind

constexpr std::string_view kStatusNames[] = {"signed", "active", "paid_off", "charged_off"};

}  // namespace

std::string_view name_of(Status status) { return kStatusNames[static_cast<size_t>(status)]; }

void UnpaidList::add(Date due, int64_t principal_minor, int64_t interest_minor) {
  if (principal_minor == 0 && interest_minor == 0) return;
  CHECK(count_ == 0 || due >= items_[count_ - 1].due, "instalments fall due in order");
  if (count_ == 0 || (due != items_[count_ - 1].due && count_ < kUnpaidMax)) items_[count_++] = {due, 0, 0};
  items_[count_ - 1].principal_minor += principal_minor;
  items_[count_ - 1].interest_minor += interest_minor;
}

void UnpaidList::drop_empty() {
  size_t kept = 0;
  for (size_t i = 0; i < count_; ++i) {
    if (items_[i].principal_minor != 0 || items_[i].interest_minor != 0) items_[kept++] = items_[i];
  }
  count_ = kept;
}

int64_t State::principal_minor() const {
  int64_t out = plan.principal_minor;
  for (const Unpaid& item : unpaid.items()) out += item.principal_minor;
  return out;
}

int State::days_past_due() const { return unpaid.empty() ? 0 : days_between(unpaid.items().front().due, date()); }

State open(const Contract& contract) {
  State state;
  state.plan = open_plan(contract);
  return state;
}

PairAmounts owed(const State& state) {
  PairAmounts out{};
  const auto at = [&](Timing timing, Component component) -> int64_t& { return out[Pair{timing, component}.index()]; };
  at(Timing::past_due, Component::penalty) = state.penalty.minor;
  at(Timing::past_due, Component::fee) = state.fee_past_due_minor;
  at(Timing::due, Component::fee) = state.fee_due_minor;
  for (const Unpaid& item : state.unpaid.items()) {
    const Timing timing = item.due < state.date() ? Timing::past_due : Timing::due;
    at(timing, Component::principal) += item.principal_minor;
    at(timing, Component::interest) += item.interest_minor;
  }
  at(Timing::in_advance, Component::principal) = state.plan.principal_minor;
  at(Timing::in_advance, Component::interest) = state.plan.interest.minor;
  return out;
}

Books books_of(const State& state) {
  Books books;
  books[AccountKind::cash] = state.totals.cash_minor;
  books[AccountKind::customer_credit] = -state.credit_minor;
  books[AccountKind::interest_income] = -state.totals.interest_income_minor;
  books[AccountKind::penalty_income] = -state.totals.penalty_income_minor;
  books[AccountKind::fee_income] = -state.totals.fee_income_minor;
  books[AccountKind::write_off_expense] = state.totals.write_off_minor;
  books[AccountKind::recovery_income] = -state.totals.recovery_minor;
  if (state.status == Status::charged_off) return books;  // the claim is kept beside the books
  books[AccountKind::loan_principal] = state.principal_minor();
  books[AccountKind::interest_receivable] = state.plan.interest.minor;
  for (const Unpaid& item : state.unpaid.items()) books[AccountKind::interest_receivable] += item.interest_minor;
  books[AccountKind::penalty_receivable] = state.penalty.minor;
  books[AccountKind::fee_receivable] = state.fee_past_due_minor + state.fee_due_minor;
  return books;
}

namespace {

void encode_amounts(std::initializer_list<int64_t> amounts, ByteWriter& out) {
  for (const int64_t amount : amounts) out.unsigned_varint(static_cast<uint64_t>(amount));
}

void encode_plan(const Contract& contract, const Plan& plan, ByteWriter& out) {
  encode_amounts({plan.principal_minor, plan.rate.ppb, plan.interest.minor, plan.interest.carry}, out);
  out.unsigned_varint(static_cast<uint64_t>(days_between(contract.opened_on, plan.period_start)));
  out.unsigned_varint(static_cast<uint64_t>(days_between(plan.period_start, plan.accrued_to)));
  out.unsigned_varint(static_cast<uint64_t>(days_between(contract.opened_on, plan.due_anchor)));
  encode_amounts({plan.due_index, plan.terms_left, plan.interest_only_left, plan.level_minor}, out);
}

void encode_unpaid(const State& state, ByteWriter& out) {
  out.unsigned_varint(state.unpaid.items().size());
  Date after = state.date();
  for (size_t i = state.unpaid.items().size(); i-- > 0;) {  // newest first: small distances
    const Unpaid& item = state.unpaid.items()[i];
    out.unsigned_varint(static_cast<uint64_t>(days_between(item.due, after)));
    encode_amounts({item.principal_minor, item.interest_minor}, out);
    after = item.due;
  }
}

// Reads what is checked against a bound, and rejects what lies outside.
class Reading {
 public:
  explicit Reading(std::string_view bytes) : in(bytes) {}
  int64_t amount(int64_t max = kSumMax) { return within(static_cast<int64_t>(in.unsigned_varint()), 0, max); }
  int64_t signed_sum() { return within(in.signed_varint(), -kSumMax, kSumMax); }
  int number(int max) { return static_cast<int>(amount(max)); }
  int64_t within(int64_t value, int64_t min, int64_t max) {
    if (value < min || value > max) in.reject();
    return in.ok() ? value : 0;
  }
  ByteReader in;
};

constexpr int kDaysMax = 200'000;
constexpr int64_t kPrincipalMax = 10 * kAmountMinorMax;  // a line's limit and payments taken back

Plan decode_plan(const Contract& contract, Reading& read) {
  Plan plan;
  plan.principal_minor = read.amount(kPrincipalMax);
  plan.rate.ppb = read.amount(kRateMax.ppb);
  plan.interest.minor = read.amount();
  plan.interest.carry = read.amount(carry_unit(contract.terms.day_count) - 1);
  plan.period_start = contract.opened_on.plus_days(read.number(kDaysMax));
  plan.accrued_to = plan.period_start.plus_days(read.number(kDaysMax));
  plan.due_anchor = contract.opened_on.plus_days(read.number(kDaysMax));
  plan.due_index = read.number(kTermsMax + 1);
  plan.terms_left = read.number(kTermsMax);
  plan.interest_only_left = read.number(kTermsMax);
  plan.level_minor = read.amount();
  plan.next_due = next_due_of(contract.terms, plan);
  if (plan.next_due <= plan.accrued_to) read.in.reject();
  return plan;
}

UnpaidList decode_unpaid(Date date, Reading& read) {
  std::array<Unpaid, kUnpaidMax> newest_first;
  const int count = read.number(kUnpaidMax);
  for (int i = 0; i < count; ++i) {
    const int days = read.number(kDaysMax);
    if (i > 0 && days == 0) read.in.reject();
    date = date.plus_days(-days);
    const int64_t principal_minor = read.amount(kPrincipalMax), interest_minor = read.amount(kSumMax / 5);
    newest_first[static_cast<size_t>(i)] = {date, principal_minor, interest_minor};
    if (principal_minor == 0 && interest_minor == 0) read.in.reject();
  }
  UnpaidList out;
  for (int i = count; read.in.ok() && i-- > 0;) {
    const Unpaid& item = newest_first[static_cast<size_t>(i)];
    out.add(item.due, item.principal_minor, item.interest_minor);
  }
  return out;
}

EventOrder decode_order(const Contract& contract, Reading& read) {
  const uint8_t kind = read.in.u8();
  if (kind == kNoEvent) return {};
  if (kind >= kEventKinds) read.in.reject();
  if (!read.in.ok()) return {};
  const Date date = contract.opened_on.plus_days(read.number(kDaysMax));
  const EventId id(read.in.id());
  if (id.is_zero()) read.in.reject();
  return {date, static_cast<EventKind>(kind), id};
}

}  // namespace

std::string encode(const Contract& contract, const State& state) {
  ByteWriter out;
  out.u8(kVersion);
  out.u8(static_cast<uint8_t>(state.status));
  encode_plan(contract, state.plan, out);
  encode_unpaid(state, out);
  encode_amounts({state.penalty.minor, state.penalty.carry, state.penalty_held_minor, state.fee_past_due_minor,
                  state.fee_due_minor, state.credit_minor, state.drawn_minor},
                 out);
  const Totals& totals = state.totals;
  for (const int64_t sum : {totals.cash_minor, totals.interest_income_minor, totals.penalty_income_minor,
                            totals.fee_income_minor, totals.write_off_minor, totals.recovery_minor}) {
    out.signed_varint(sum);
  }
  if (state.last_event.id.is_zero()) {
    out.u8(kNoEvent);
  } else {
    out.u8(static_cast<uint8_t>(state.last_event.kind));
    out.unsigned_varint(static_cast<uint64_t>(days_between(contract.opened_on, state.last_event.date)));
    out.id(state.last_event.id);
  }
  return out.take();
}

Result<State> decode_state(const Contract& contract, std::string_view bytes) {
  Reading read(bytes);
  State state;
  if (read.in.u8() != kVersion) read.in.reject();
  state.status = static_cast<Status>(read.within(read.in.u8(), 0, 3));
  state.plan = decode_plan(contract, read);
  state.unpaid = decode_unpaid(state.plan.accrued_to, read);
  state.penalty.minor = read.amount();
  state.penalty.carry = read.amount(carry_unit(contract.terms.day_count) - 1);
  state.penalty_held_minor = read.amount();
  state.fee_past_due_minor = read.amount();
  state.fee_due_minor = read.amount();
  state.credit_minor = read.amount();
  state.drawn_minor = read.amount();
  Totals& totals = state.totals;
  for (int64_t* sum : {&totals.cash_minor, &totals.interest_income_minor, &totals.penalty_income_minor,
                       &totals.fee_income_minor, &totals.write_off_minor, &totals.recovery_minor}) {
    *sum = read.signed_sum();
  }
  state.last_event = decode_order(contract, read);
  if (read.in.ok() && books_of(state).sum() != 0) read.in.reject();
  TRY(read.in.finish("a loan's state"));
  return state;
}

}  // namespace puhui::lending
