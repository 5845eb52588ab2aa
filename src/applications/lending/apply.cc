// What each kind of event does to a loan. Every rule here leaves the books at zero sum; apply()
// CHECKs it.
#include "applications/lending/allocation.h"
#include "applications/lending/position.h"
#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr size_t kDueFee = Pair{Timing::due, Component::fee}.index();
constexpr size_t kPrincipalAhead = Pair{Timing::in_advance, Component::principal}.index();

// The parts of apply() at work on one event: the state is a copy that is kept only on success.
struct Step {
  const Contract& contract;
  const Event& event;
  State& state;
  Outcome& outcome;
  const Terms& terms() const { return contract.terms; }
};

std::unexpected<Error> refuse(const Step& step, std::string why) {
  return fail(ErrorCode::conflict, step.event.id.text(),
              std::string(name_of(step.event.kind)) + " on " + step.event.date.text() + ": " + why);
}

Result<void> draw(const Step& step) {
  State& state = step.state;
  if (state.status == Status::charged_off || state.status == Status::paid_off || state.plan.terms_left == 0) {
    return refuse(step, "expected a loan that still runs, came one that is " + std::string(name_of(state.status)));
  }
  const int64_t used = step.contract.kind == ProductKind::term ? state.drawn_minor : state.principal_minor();
  if (step.event.amount_minor > step.contract.principal_minor - used) {
    return refuse(step, "expected at most " + std::to_string(step.contract.principal_minor - used) +
                            " minor units still to draw, came " + std::to_string(step.event.amount_minor));
  }
  state.plan.principal_minor += step.event.amount_minor;
  state.drawn_minor += step.event.amount_minor;
  state.totals.cash_minor -= step.event.amount_minor;
  state.status = Status::active;
  set_level(step.terms(), state.plan);
  return {};
}

// Rounds the running period's interest now, as its due date would: the borrower leaves without a
// fraction.
void close_period(const Step& step) {
  Accrual& interest = step.state.plan.interest;
  const int64_t whole = rounded(step.terms().day_count, step.terms().rounding, interest);
  step.outcome.advanced.interest_minor += whole - interest.minor;
  step.state.totals.interest_income_minor += whole - interest.minor;
  interest = {whole, 0};
}

void keep_rest(const Step& step, int64_t left_minor) {
  step.state.credit_minor += left_minor;
  step.outcome.credit_minor = left_minor;
}

// What had been paid ahead pays what the event made due.
void spend_credit(const Step& step) {
  const PairAmounts paid = use_credit(step.contract, step.state);
  for (size_t i = 0; i < kPairs; ++i) step.outcome.advanced.from_credit[i] += paid[i];
  if (step.state.status == Status::charged_off) step.state.totals.recovery_minor += sum_of(paid);
}

void receive_claim(const Step& step) {
  int64_t left = step.event.amount_minor;
  step.outcome.allocated = allocate(step.terms().allocation, Scope::all, left, step.state);
  step.state.totals.cash_minor += step.event.amount_minor;
  step.state.totals.recovery_minor += step.event.amount_minor - left;
  keep_rest(step, left);
}

void repay(const Step& step) {
  const bool line = step.contract.kind == ProductKind::revolving;
  const bool all = line && step.event.amount_minor >= payoff_minor(step.contract, step.state);
  if (all) close_period(step);
  // On a line what was paid too much before pays along, as the payoff says; on a term loan it waits for the next due date.
  int64_t left = step.event.amount_minor + (line ? std::exchange(step.state.credit_minor, 0) : 0);
  step.outcome.allocated = allocate(step.terms().allocation, line ? Scope::all : Scope::what_is_due, left, step.state);
  step.state.totals.cash_minor += step.event.amount_minor;
  keep_rest(step, left);
}

int64_t prepayment_fee(const Terms& terms, int64_t principal_minor) {
  return multiply_divide(principal_minor, terms.prepayment.fee_rate.ppb, Rate::kOne, terms.rounding);
}

// The principal that `minor` pays ahead, when its fee comes out of the same money.
int64_t principal_less_fee(const Terms& terms, int64_t minor) {
  int64_t principal = multiply_divide(minor, Rate::kOne, Rate::kOne + terms.prepayment.fee_rate.ppb, Rounding::up);
  while (principal > 0 && principal + prepayment_fee(terms, principal) > minor) --principal;
  return principal;
}

Result<void> prepay(const Step& step) {
  State& state = step.state;
  const Terms& terms = step.terms();
  if (step.contract.kind == ProductKind::revolving) return repay(step), Result<void>{};
  if (!terms.prepayment.allowed) return refuse(step, "the contract allows no prepayment; book a repayment");
  const bool all = step.event.amount_minor >= payoff_minor(step.contract, state);
  if (all) close_period(step);
  const int64_t ahead_minor = state.plan.principal_minor;
  int64_t left = step.event.amount_minor + std::exchange(state.credit_minor, 0);
  PairAmounts& allocated = step.outcome.allocated;
  allocated = allocate(terms.allocation, Scope::all, left, state);
  // What reached the principal in advance pays its fee too; whoever pays everything brought the fee
  // on top.
  const int64_t reached = allocated[kPrincipalAhead];
  const int64_t principal = all ? reached : principal_less_fee(terms, reached);
  const int64_t fee = prepayment_fee(terms, principal);
  allocated[kPrincipalAhead] = principal;
  allocated[kDueFee] += fee;
  left += reached - principal - fee;
  state.plan.principal_minor = ahead_minor - principal;
  state.totals.fee_income_minor += fee;
  state.totals.cash_minor += step.event.amount_minor;
  keep_rest(step, left);
  if (terms.prepayment.rule == PrepaymentRule::reduce_instalment) set_level(terms, state.plan);
  return {};
}

void charge_fee(const Step& step) {
  step.state.fee_due_minor += step.event.amount_minor;
  if (step.state.status != Status::charged_off) step.state.totals.fee_income_minor += step.event.amount_minor;
  spend_credit(step);
}

// Gives up at most what is owed of the component: a payment that arrived with an earlier date may
// leave less.
void waive(const Step& step) {
  State& state = step.state;
  int64_t left = step.event.amount_minor;
  for (const Timing timing : {Timing::past_due, Timing::due, Timing::in_advance}) {
    const Pair pair = {timing, step.event.component};
    step.outcome.allocated[pair.index()] = take(pair, left, state);
    left -= step.outcome.allocated[pair.index()];
  }
  const int64_t waived = step.event.amount_minor - left;
  if (state.status == Status::charged_off) return;
  switch (step.event.component) {
    case Component::penalty: state.totals.penalty_income_minor -= waived; break;
    case Component::fee: state.totals.fee_income_minor -= waived; break;
    case Component::interest: state.totals.interest_income_minor -= waived; break;
    case Component::principal:
      state.totals.write_off_minor += waived;
      set_level(step.terms(), state.plan);
      break;
  }
}

// The money goes back and what it had paid is owed again, due today.
Result<void> take_back(const Step& step) {
  State& state = step.state;
  const Event& event = step.event;
  std::array<int64_t, kComponents> parts = event.parts;
  int64_t rest = event.amount_minor;
  for (const int64_t part : parts) rest -= part;
  const int64_t from_credit = std::min(rest, state.credit_minor);
  state.credit_minor -= from_credit;
  const auto part = [&](Component component) -> int64_t& { return parts[static_cast<size_t>(component)]; };
  part(Component::principal) += rest - from_credit;
  if (part(Component::principal) > state.drawn_minor - state.principal_minor()) {
    return refuse(step, "expected at most " + std::to_string(state.drawn_minor - state.principal_minor()) +
                            " minor units of principal paid before, came " +
                            std::to_string(part(Component::principal)));
  }
  state.unpaid.add(event.date, part(Component::principal), part(Component::interest));
  state.fee_due_minor += part(Component::fee);
  state.penalty.minor += part(Component::penalty);
  state.totals.cash_minor -= event.amount_minor;
  if (state.status == Status::charged_off) {
    const int64_t claim = event.amount_minor - from_credit;
    const int64_t recovered = std::min(claim, state.totals.recovery_minor);
    state.totals.recovery_minor -= recovered;
    state.totals.write_off_minor += claim - recovered;
  }
  for (size_t i = 0; i < kComponents; ++i)
    step.outcome.allocated[Pair{Timing::due, static_cast<Component>(i)}.index()] = parts[i];
  spend_credit(step);
  return {};
}

Result<void> refund(const Step& step) {
  if (step.event.amount_minor > step.state.credit_minor) {
    return refuse(step, "expected at most the " + std::to_string(step.state.credit_minor) +
                            " minor units paid too much, came " + std::to_string(step.event.amount_minor));
  }
  step.state.credit_minor -= step.event.amount_minor;
  step.state.totals.cash_minor -= step.event.amount_minor;
  return {};
}

Result<void> re_age(const Step& step) {
  State& state = step.state;
  if (state.status != Status::active)
    return refuse(step, "expected an active loan, came one that is " + std::string(name_of(state.status)));
  for (const Unpaid& item : state.unpaid.items()) {
    state.plan.principal_minor += item.principal_minor;
    state.plan.interest.minor += item.interest_minor;
  }
  state.unpaid.clear();
  set_due_dates(step.terms(), step.event.first_due, step.event.terms, state.plan);
  set_level(step.terms(), state.plan);
  return {};
}

Result<void> re_amortise(const Step& step) {
  Plan& plan = step.state.plan;
  if (plan.terms_left == 0) return refuse(step, "expected a loan with instalments to come; use re_age");
  if (step.event.terms != 0) plan.terms_left = step.event.terms;
  set_level(step.terms(), plan);
  return {};
}

void charge_off(const Step& step) {
  State& state = step.state;
  if (state.status != Status::active) return;  // paid before, or written off already: nothing is left in the books
  state.unpaid.add(state.date(), std::exchange(state.plan.principal_minor, 0), state.plan.interest.minor);
  state.plan.interest = {};
  spend_credit(step);
  state.penalty_held_minor = 0;
  state.penalty.carry = 0;
  state.plan.terms_left = 0;
  state.plan.level_minor = 0;
  state.plan.next_due = kNever;
  state.totals.write_off_minor += sum_of(owed(state));
  state.status = Status::charged_off;
}

Result<void> dispatch(const Step& step) {
  const bool charged_off = step.state.status == Status::charged_off;
  switch (step.event.kind) {
    case EventKind::drawdown: return draw(step);
    case EventKind::repayment: return charged_off ? receive_claim(step) : repay(step), Result<void>{};
    case EventKind::prepayment: return charged_off ? (receive_claim(step), Result<void>{}) : prepay(step);
    case EventKind::recovery:
      if (!charged_off) return refuse(step, "expected a charged-off loan; book a repayment");
      return receive_claim(step), Result<void>{};
    case EventKind::fee: return charge_fee(step), Result<void>{};
    case EventKind::waiver: return waive(step), Result<void>{};
    case EventKind::chargeback: return take_back(step);
    case EventKind::refund: return refund(step);
    case EventKind::re_age: return re_age(step);
    case EventKind::re_amortise: return re_amortise(step);
    case EventKind::charge_off: return charge_off(step), Result<void>{};
    case EventKind::rate_change:
      step.state.plan.rate = step.event.rate;
      set_level(step.terms(), step.state.plan);
      return {};
  }
  return refuse(step, "is no kind of event");
}

bool within_limits(const State& state) {
  const Totals& totals = state.totals;
  for (const int64_t sum : {totals.cash_minor, totals.interest_income_minor, totals.penalty_income_minor,
                            totals.fee_income_minor, totals.write_off_minor, totals.recovery_minor, state.credit_minor,
                            state.drawn_minor, state.fee_due_minor, state.fee_past_due_minor}) {
    if (sum > kSumMax || sum < -kSumMax) return false;
  }
  return true;
}

}  // namespace

Result<Outcome> apply(const Contract& contract, const Event& event, State& state) {
  TRY(check(contract, event));
  if (event.date < state.date() || !(state.last_event < order_of(event))) {
    return fail(ErrorCode::conflict, event.id.text(),
                "expected an event on or after " + state.date().text() + " and after the last one, came " +
                    std::string(name_of(event.kind)) + " on " + event.date.text() + "; replay from an earlier state");
  }
  State next = state;
  Outcome outcome;
  outcome.advanced = advance(contract, event.date, next);
  TRY(dispatch({contract, event, next, outcome}));
  settle(contract, next);
  if (!within_limits(next)) {
    return fail(ErrorCode::exhausted, event.id.text(),
                "expected sums of at most " + std::to_string(kSumMax) + " minor units in one loan");
  }
  next.last_event = order_of(event);
  outcome.postings = postings(books_of(state), books_of(next));
  state = next;
  return outcome;
}

}  // namespace puhui::lending
