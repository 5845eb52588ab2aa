#include "applications/lending/allocation.h"

#include <algorithm>
#include <numeric>

namespace puhui::lending {

namespace {

int64_t take_from(int64_t& amount, int64_t minor) {
  const int64_t taken = std::min(amount, minor);
  amount -= taken;
  return taken;
}

int64_t take_unpaid(Pair pair, int64_t minor, State& state) {
  int64_t left = minor;
  for (Unpaid& item : state.unpaid.items()) {
    if ((item.due < state.date()) != (pair.timing == Timing::past_due)) continue;
    left -= take_from(pair.component == Component::principal ? item.principal_minor : item.interest_minor, left);
  }
  return minor - left;
}

bool is_past_due(const State& state) {
  return !state.unpaid.empty() && state.unpaid.items().front().due < state.date();
}

}  // namespace

int64_t sum_of(const PairAmounts& amounts) { return std::accumulate(amounts.begin(), amounts.end(), int64_t{0}); }

int64_t take(Pair pair, int64_t minor, State& state) {
  switch (pair.component) {
    case Component::penalty: return pair.timing == Timing::past_due ? take_from(state.penalty.minor, minor) : 0;
    case Component::fee:
      if (pair.timing == Timing::past_due) return take_from(state.fee_past_due_minor, minor);
      return pair.timing == Timing::due ? take_from(state.fee_due_minor, minor) : 0;
    case Component::principal:
      if (pair.timing == Timing::in_advance) return take_from(state.plan.principal_minor, minor);
      return take_unpaid(pair, minor, state);
    case Component::interest:
      if (pair.timing == Timing::in_advance) return take_from(state.plan.interest.minor, minor);
      return take_unpaid(pair, minor, state);
  }
  return 0;
}

PairAmounts allocate(const AllocationOrder& order, Scope scope, int64_t& left_minor, State& state) {
  PairAmounts out{};
  for (const Pair& pair : order) {
    if (left_minor == 0) break;
    if (scope == Scope::what_is_due && pair.timing == Timing::in_advance) continue;
    out[pair.index()] = take(pair, left_minor, state);
    left_minor -= out[pair.index()];
  }
  return out;
}

PairAmounts use_credit(const Contract& contract, State& state) {
  if (state.credit_minor == 0) return {};
  return allocate(contract.terms.allocation, Scope::what_is_due, state.credit_minor, state);
}

void settle(const Contract& contract, State& state) {
  state.unpaid.drop_empty();
  if (!is_past_due(state)) {
    state.penalty_held_minor = 0;
    state.penalty.carry = 0;
  }
  if (state.status == Status::charged_off || state.drawn_minor == 0) return;
  const bool may_end = contract.kind == ProductKind::term || state.plan.terms_left == 0;
  const bool ended = may_end && sum_of(owed(state)) == 0;
  state.status = ended ? Status::paid_off : Status::active;
  if (ended) state.plan.interest.carry = 0;
}

}  // namespace puhui::lending
