#include "applications/lending/position.h"

#include "applications/lending/allocation.h"
#include "applications/lending/delinquency.h"
#include "ground/base/check.h"

namespace puhui::lending {

namespace {

// Late interest runs on what is unpaid from its due date on; it is owed once the grace days have
// passed.
void accrue_penalty(const Terms& terms, Date until, State& state) {
  if (state.unpaid.empty()) return;
  int64_t base_minor = 0;
  for (const Unpaid& item : state.unpaid.items()) {
    base_minor += item.principal_minor;
    if (terms.penalty_base == PenaltyBase::overdue_instalment) base_minor += item.interest_minor;
  }
  const Plan& plan = state.plan;
  const int64_t units = day_units(terms.day_count, plan.period_start, plan.accrued_to, until);
  Accrual held = {state.penalty_held_minor, state.penalty.carry};
  accrue(terms.day_count, base_minor, {plan.rate.ppb + terms.penalty_over.ppb}, units, held);
  state.penalty_held_minor = held.minor;
  state.penalty.carry = held.carry;
}

void accrue_days(const Terms& terms, Date until, State& state, Advanced& out) {
  state.fee_past_due_minor += state.fee_due_minor;
  state.fee_due_minor = 0;
  if (state.status == Status::charged_off) {
    state.plan.accrued_to = until;
    return;
  }
  accrue_penalty(terms, until, state);
  const int64_t interest_before = state.plan.interest.minor;
  accrue_to(terms, until, state.plan);
  const int64_t interest = state.plan.interest.minor - interest_before;
  out.interest_minor += interest;
  state.totals.interest_income_minor += interest;
  if (state.penalty_held_minor != 0 && state.days_past_due() > terms.grace_days) {
    out.penalty_minor += state.penalty_held_minor;
    state.totals.penalty_income_minor += state.penalty_held_minor;
    state.penalty.minor += state.penalty_held_minor;
    state.penalty_held_minor = 0;
  }
}

void take_due(const Contract& contract, State& state, Advanced& out) {
  const Due due = fall_due(contract.terms, state.plan);
  out.interest_minor += due.rounding_minor;
  state.totals.interest_income_minor += due.rounding_minor;
  state.unpaid.add(state.date(), due.principal_minor, due.interest_minor);
  out.fell_due_minor += due.principal_minor + due.interest_minor;
  const PairAmounts paid = use_credit(contract, state);
  for (size_t i = 0; i < kPairs; ++i) out.from_credit[i] += paid[i];
  settle(contract, state);
}

}  // namespace

Advanced advance(const Contract& contract, Date to, State& state) {
  CHECK(to >= state.date(), "a state advances forward");
  Advanced out;
  while (true) {
    const Date until = std::min(to, state.plan.next_due);
    if (until > state.date()) accrue_days(contract.terms, until, state, out);
    if (state.plan.next_due > to) return out;
    take_due(contract, state, out);
  }
}

int64_t payoff_minor(const Contract& contract, const State& state) {
  const Terms& terms = contract.terms;
  int64_t out = sum_of(owed(state));
  if (state.status != Status::charged_off) {
    out += rounded(terms.day_count, terms.rounding, state.plan.interest) - state.plan.interest.minor;
    if (contract.kind == ProductKind::term) {
      out += multiply_divide(state.plan.principal_minor, terms.prepayment.fee_rate.ppb, Rate::kOne, terms.rounding);
    }
  }
  return std::max<int64_t>(out - state.credit_minor, 0);
}

namespace {

int64_t available_minor(const Contract& contract, const State& state) {
  if (state.status == Status::charged_off || state.status == Status::paid_off || state.plan.terms_left == 0) return 0;
  const int64_t used = contract.kind == ProductKind::term ? state.drawn_minor : state.principal_minor();
  return std::max<int64_t>(contract.principal_minor - used, 0);
}

int64_t next_due_minor(const Contract& contract, Plan plan) {
  if (plan.terms_left == 0) return 0;
  accrue_to(contract.terms, plan.next_due, plan);
  const Due due = fall_due(contract.terms, plan);
  return due.principal_minor + due.interest_minor;
}

}  // namespace

Position position_of(const Contract& contract, const BucketEdges& edges, const State& state) {
  Position out;
  out.date = state.date();
  out.status = state.status;
  out.principal_minor = state.principal_minor();
  out.interest_accrued_minor = state.plan.interest.minor;
  const PairAmounts amounts = owed(state);
  for (size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    out.due[i] = amounts[Pair{Timing::due, component}.index()];
    out.past_due[i] = amounts[Pair{Timing::past_due, component}.index()];
  }
  out.credit_minor = state.credit_minor;
  out.available_minor = available_minor(contract, state);
  out.days_past_due = state.days_past_due();
  out.bucket = bucket_of(out.days_past_due, edges);
  out.next_due = state.plan.next_due;
  out.next_due_minor = next_due_minor(contract, state.plan);
  out.payoff_minor = payoff_minor(contract, state);
  return out;
}

}  // namespace puhui::lending
