// Properties of any loan under any events: random contracts and streams of events, walked in
// several ways that must agree.
#include <gtest/gtest.h>

#include <numeric>

#include "applications/lending/joint.h"
#include "applications/lending/journal.h"
#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

constexpr uint64_t kLoans = 300;

Event random_event(const Contract& contract, Date date, uint64_t number, RandomStream& random) {
  constexpr EventKind kUsual[] = {
      EventKind::drawdown, EventKind::repayment,   EventKind::repayment,   EventKind::repayment,  EventKind::prepayment,
      EventKind::fee,      EventKind::waiver,      EventKind::rate_change, EventKind::chargeback, EventKind::refund,
      EventKind::re_age,   EventKind::re_amortise, EventKind::charge_off,  EventKind::recovery};
  Event event;
  event.id = examples::event_id(random.below(1u << 30) << 20 | number);
  event.date = date;
  event.kind = kUsual[random.below(std::size(kUsual))];
  if (event.kind == EventKind::charge_off && random.chance(0.7)) event.kind = EventKind::repayment;
  const auto amount = [&] {
    return 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(contract.principal_minor)));
  };
  switch (event.kind) {
    case EventKind::re_age:
      event.first_due = date.plus_days(5 + static_cast<int>(random.below(40)));
      event.terms = 1 + static_cast<int>(random.below(24));
      break;
    case EventKind::re_amortise: event.terms = static_cast<int>(random.below(12)); break;
    case EventKind::rate_change: event.rate = Rate::from_bp(static_cast<int64_t>(random.below(3'000))); break;
    case EventKind::charge_off: break;
    case EventKind::waiver:
      event.component = static_cast<Component>(random.below(4));
      event.amount_minor = 1 + amount() / 20;
      break;
    case EventKind::fee: event.amount_minor = 1 + amount() / 50; break;
    case EventKind::chargeback:
      event.amount_minor = 1 + amount() / 10;
      event.parts[static_cast<size_t>(Component::interest)] = event.amount_minor / 3;
      event.parts[static_cast<size_t>(Component::principal)] = event.amount_minor / 3;
      break;
    case EventKind::prepayment: event.amount_minor = random.chance(0.2) ? 3 * amount() : amount(); break;
    default: event.amount_minor = 1 + amount() / static_cast<int64_t>(1 + random.below(20)); break;
  }
  return event;
}

// A loan's contract and events that all apply, in order; refused ones are left out.
struct Life {
  Contract contract;
  std::vector<Event> events;
  Date end;
};

Life random_life(uint64_t row) {
  RandomStream random(Random(2026), 3, row);
  Life life;
  life.contract = examples::random_contract(random);
  State state = open(life.contract);
  Event first = random_event(life.contract, life.contract.opened_on, 0, random);
  first = {.id = first.id,
           .kind = EventKind::drawdown,
           .date = life.contract.opened_on,
           .amount_minor = std::max<int64_t>(life.contract.principal_minor * 3 / 4, 1)};
  std::vector<Event> tried = {first};
  Date date = life.contract.opened_on;
  const int count = 5 + static_cast<int>(random.below(35));
  for (int i = 1; i < count; ++i) {
    if (random.chance(0.7)) date = date.plus_days(static_cast<int>(random.below(35)));
    tried.push_back(random_event(life.contract, date, static_cast<uint64_t>(i), random));
  }
  std::ranges::sort(tried, {}, order_of);
  for (const Event& event : tried) {
    if (apply(life.contract, event, state)) life.events.push_back(event);
  }
  life.end = date.plus_days(static_cast<int>(random.below(120)));
  return life;
}

void expect_sound(const Contract& contract, const State& state, uint64_t row) {
  SCOPED_TRACE("row " + std::to_string(row) + " on " + state.date().text());
  for (const int64_t amount : owed(state)) ASSERT_GE(amount, 0);
  ASSERT_GE(state.credit_minor, 0);
  ASSERT_GE(state.penalty_held_minor, 0);
  ASSERT_GE(state.totals.recovery_minor, 0);
  ASSERT_GE(payoff_minor(contract, state), 0);
  ASSERT_LE(state.principal_minor(), state.drawn_minor);
  const Books books = books_of(state);
  ASSERT_EQ(books.sum(), 0);
  for (const AccountKind account : {AccountKind::loan_principal, AccountKind::interest_receivable,
                                    AccountKind::penalty_receivable, AccountKind::fee_receivable}) {
    ASSERT_GE(books[account], 0) << name_of(account);
  }
  if (state.status == Status::paid_off) {
    ASSERT_EQ(books[AccountKind::loan_principal], 0);
  }
  const Books own = own_books({Rate::from_percent(30), Residue::own}, books);
  ASSERT_EQ(own.sum(), 0);
  ASSERT_EQ(own[AccountKind::cash], books[AccountKind::cash]);
  const std::string bytes = encode(contract, state);
  ASSERT_LE(bytes.size(), 320u);
  const auto back = decode_state(contract, bytes);
  ASSERT_TRUE(back.has_value()) << back.error().text();
  ASSERT_EQ(*back, state);
}

Books booked(const std::vector<Posting>& postings) {
  Books out;
  for (const Posting& posting : postings)
    out[posting.account] += posting.side == Side::debit ? posting.minor : -posting.minor;
  return out;
}

TEST(LoanLife, DayByDayEqualsOneJumpAndTheBooksTie) {
  size_t events = 0;
  for (uint64_t row = 0; row < kLoans; ++row) {
    const Life life = random_life(row);
    State daily = open(life.contract), jumping = daily;
    Books ledger;  // fed only with what advance and apply report
    size_t next = 0;
    for (Date date = life.contract.opened_on; date <= life.end; date = date.plus_days(1)) {
      const Books before = books_of(daily);
      const Advanced advanced = advance(life.contract, date, daily);
      const int64_t credit_used = std::accumulate(advanced.from_credit.begin(), advanced.from_credit.end(), int64_t{0});
      Books change = books_of(daily);
      change -= before;
      ASSERT_EQ(-change[AccountKind::interest_income], advanced.interest_minor);
      ASSERT_EQ(-change[AccountKind::penalty_income], advanced.penalty_minor);
      ASSERT_EQ(change[AccountKind::customer_credit], credit_used);
      ledger += change;
      for (; next < life.events.size() && life.events[next].date == date; ++next, ++events) {
        const auto outcome = apply(life.contract, life.events[next], daily);
        ASSERT_TRUE(outcome.has_value()) << "row " << row << ": " << outcome.error().text();
        ASSERT_EQ(outcome->advanced.fell_due_minor, 0);
        ledger += booked(outcome->postings);
        ASSERT_TRUE(apply(life.contract, life.events[next], jumping).has_value());
        ASSERT_EQ(daily, jumping) << "row " << row << " after " << name_of(life.events[next].kind) << " on "
                                  << date.text();
      }
      ASSERT_EQ(ledger, books_of(daily)) << "row " << row << " on " << date.text();
      expect_sound(life.contract, daily, row);
      if (HasFatalFailure()) return;
    }
    ASSERT_EQ(next, life.events.size());
    advance(life.contract, life.end, jumping);
    ASSERT_EQ(daily, jumping) << "row " << row;
  }
  EXPECT_GT(events, 10 * kLoans);
}

TEST(LoanLife, APaymentIsAllocatedToTheLastMinorUnit) {
  size_t payments = 0;
  for (uint64_t row = 0; row < kLoans; ++row) {
    const Life life = random_life(row);
    State state = open(life.contract);
    for (const Event& event : life.events) {
      State before = state;
      advance(life.contract, event.date, before);
      const auto outcome = apply(life.contract, event, state);
      ASSERT_TRUE(outcome.has_value());
      if (event.kind != EventKind::repayment && event.kind != EventKind::prepayment &&
          event.kind != EventKind::recovery)
        continue;
      int64_t sum = outcome->credit_minor;
      for (const int64_t part : outcome->allocated) {
        ASSERT_GE(part, 0);
        sum += part;
      }
      const bool takes_credit = event.kind == EventKind::prepayment ||
                                (event.kind == EventKind::repayment && life.contract.kind == ProductKind::revolving);
      const int64_t from_before = takes_credit && before.status != Status::charged_off ? before.credit_minor : 0;
      ASSERT_EQ(sum, event.amount_minor + from_before) << "row " << row << " " << name_of(event.kind);
      payments += 1;
    }
  }
  EXPECT_GT(payments, 3 * kLoans);
}

TEST(LoanLife, TheOrderOfArrivalDoesNotMatter) {
  size_t inserted = 0, complete = 0;
  for (uint64_t row = 0; row < kLoans; ++row) {
    const Life life = random_life(row);
    State straight = open(life.contract);
    ASSERT_TRUE(replay(life.contract, life.events, straight).has_value());
    advance(life.contract, life.end, straight);

    // Late arrivals may be impossible until an earlier one is there (a refund of money not yet
    // paid): then they are sent again.
    std::vector<Event> waiting = life.events;
    RandomStream random(Random(77), 4, row);
    for (size_t i = waiting.size(); i-- > 1;) std::swap(waiting[i], waiting[random.below(i + 1)]);
    Journal journal(life.contract, 1 + random.below(6));
    for (size_t round = 0; !waiting.empty() && round <= life.events.size(); ++round) {
      std::vector<Event> refused;
      for (const Event& event : waiting) {
        const auto added = journal.add(event);
        if (!added) {
          refused.push_back(event);
          continue;
        }
        inserted += added->added == Journal::Added::inserted ? 1 : 0;
        ASSERT_EQ(booked(added->postings).sum(), 0);
      }
      waiting = std::move(refused);
    }
    if (!waiting.empty()) continue;  // a cycle of two that need each other
    ASSERT_EQ(journal.at(life.end), straight) << "row " << row;
    complete += 1;
  }
  EXPECT_GT(complete, kLoans * 8 / 10);
  EXPECT_GT(inserted, 5 * kLoans);
}

TEST(LoanLife, PaymentsInAnyOrderOfArrivalEndInOneState) {
  for (uint64_t row = 0; row < 100; ++row) {
    RandomStream random(Random(5), 6, row);
    const Contract contract = examples::random_contract(random);
    std::vector<Event> events = {{.id = examples::event_id(1),
                                  .kind = EventKind::drawdown,
                                  .date = contract.opened_on,
                                  .amount_minor = contract.principal_minor}};
    for (uint64_t i = 0; i < 20; ++i) {
      events.push_back({.id = examples::event_id(2 + i),
                        .kind = EventKind::repayment,
                        .date = contract.opened_on.plus_days(static_cast<int>(random.below(500))),
                        .amount_minor = 1 + contract.principal_minor / 15});
    }
    std::vector<Event> sorted = events;
    std::ranges::sort(sorted, {}, order_of);
    State straight = open(contract);
    ASSERT_TRUE(replay(contract, sorted, straight).has_value());
    Journal journal(contract, 4);
    for (const Event& event : events) ASSERT_TRUE(journal.add(event).has_value()) << "row " << row;
    ASSERT_EQ(journal.at(straight.date()), straight) << "row " << row;
    const auto again = journal.add(events[7]);
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(again->added, Journal::Added::exists);
    Event other = events[7];
    other.amount_minor += 1;
    ASSERT_EQ(journal.add(other).error().code, ErrorCode::conflict);
  }
}

TEST(LoanLife, PayingThePayoffLeavesNothing) {
  size_t paid = 0;
  for (uint64_t row = 0; row < kLoans; ++row) {
    Life life = random_life(row);
    life.contract.terms.prepayment.allowed = true;
    State state = open(life.contract);
    if (!replay(life.contract, life.events, state)) continue;
    advance(life.contract, life.end, state);
    const int64_t payoff = payoff_minor(life.contract, state);
    if (payoff == 0 || state.status != Status::active) continue;
    Event event = examples::event_of(EventKind::prepayment, state.date().text(), payoff, 1ull << 60);
    const auto outcome = apply(life.contract, event, state);
    ASSERT_TRUE(outcome.has_value()) << outcome.error().text();
    for (const int64_t amount : owed(state)) ASSERT_EQ(amount, 0) << "row " << row;
    ASSERT_EQ(state.credit_minor, 0) << "row " << row;
    State later = state;
    advance(life.contract, state.date().plus_days(400), later);
    for (const int64_t amount : owed(later)) ASSERT_EQ(amount, 0) << "row " << row;
    paid += 1;
  }
  EXPECT_GT(paid, kLoans / 4);
}

TEST(LoanLife, WhatWasPaidTooMuchOnALinePaysAlongWithTheNextPayment) {
  const Contract contract = examples::line_of_credit();
  State state = open(contract);
  uint64_t number = 1;
  const auto happen = [&](EventKind kind, const char* day, int64_t amount_minor) {
    const auto outcome = apply(contract, examples::event_of(kind, day, amount_minor, number++), state);
    ASSERT_TRUE(outcome.has_value()) << outcome.error().text();
  };
  const Date start = contract.opened_on;
  const auto on = [&](int days) { return start.plus_days(days).text(); };
  happen(EventKind::drawdown, on(0).c_str(), 1'000'000);
  happen(EventKind::repayment, on(1).c_str(), 1'500'000);  // pays all and leaves a credit
  ASSERT_GT(state.credit_minor, 0);
  happen(EventKind::drawdown, on(2).c_str(), 2'000'000);
  advance(contract, start.plus_days(3), state);
  happen(EventKind::repayment, on(3).c_str(), payoff_minor(contract, state));
  for (const int64_t amount : owed(state)) EXPECT_EQ(amount, 0);
  EXPECT_EQ(state.credit_minor, 0);
}

}  // namespace
}  // namespace puhui::lending
