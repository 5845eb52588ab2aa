// Event: what happens to a loan after signing. Append-only; what a borrower owes is a pure function
// of the contract and its events in the order of `order_of`, whatever order they arrived in.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "applications/lending/contract.h"

namespace puhui::lending {

using EventId = Id<struct LoanEventTag>;

// In the order they apply within one day. The numbers are stored. Never renumbered once released.
enum class EventKind : uint8_t {
  rate_change,  // the contract rate from this day on
  drawdown,     // money to the borrower
  fee,          // owed from this day on
  waiver,       // part of a component is given up
  repayment,    // pays what is past due and due; the rest waits for the next due date (a line: pays
                // it back at once)
  recovery,     // money on a charged-off loan
  prepayment,   // pays all that is owed and then principal in advance, by the contract's rule
  chargeback,   // a payment was taken back by the payer's bank
  refund,       // money the borrower had paid too much, paid back
  re_age,       // what is past due becomes not due; new due dates
  re_amortise,  // the instalment anew over the terms left, or over `terms`
  charge_off,   // the loan is written off; the claim stays
};
inline constexpr size_t kEventKinds = 12;

struct Event {
  EventId id;  // chosen by the client: the same id is the same event
  EventKind kind = EventKind::repayment;
  Date date;
  int64_t amount_minor = 0;                  // zero for the kinds that move no money
  Component component = Component::penalty;  // waiver: of what
  std::array<int64_t, kComponents> parts{};  // chargeback: what the payment had paid; the rest was credit
  Rate rate;                                 // rate_change
  Date first_due;                            // re_age
  int terms = 0;                             // re_age, re_amortise (0: those left)
  bool operator==(const Event&) const = default;
};

// Where an event stands among a loan's events: by day, then kind, then id.
struct EventOrder {
  Date date = {std::numeric_limits<int32_t>::min()};  // before any event
  EventKind kind = EventKind::rate_change;
  EventId id;
  auto operator<=>(const EventOrder&) const = default;
};
inline EventOrder order_of(const Event& event) { return {event.date, event.kind, event.id}; }

// Every fault an event has by itself, against its contract; what needs the loan's state is found
// when it is applied.
Result<void> check(const Contract& contract, const Event& event);

std::string encode(const Event& event);  // about 25 bytes
Result<Event> decode_event(std::string_view bytes);

std::string_view name_of(EventKind);

}  // namespace puhui::lending
