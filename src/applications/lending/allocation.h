// Allocation: how money spreads over the twelve pairs, and what follows when something owed is
// gone. Used by position.cc and apply.cc only.
#pragma once

#include "applications/lending/state.h"

namespace puhui::lending {

enum class Scope : uint8_t { what_is_due, all };  // without or with what is in advance

// Takes at most `minor` of the pair, oldest instalment first; answers how much it took.
int64_t take(Pair pair, int64_t minor, State& state);
// Goes over the pairs in the contract's order until `left_minor` is used up.
PairAmounts allocate(const AllocationOrder& order, Scope scope, int64_t& left_minor, State& state);
// What was paid ahead pays what is due now.
PairAmounts use_credit(const Contract& contract, State& state);
// After any payment: drops what is paid, forgets late interest of grace days that were kept, sets
// the status.
void settle(const Contract& contract, State& state);

int64_t sum_of(const PairAmounts& amounts);

}  // namespace puhui::lending
