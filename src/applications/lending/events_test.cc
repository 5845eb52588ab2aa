#include "applications/lending/events.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

Event full_event(EventKind kind) {
  Event event = examples::event_of(kind, "2025-05-05", 12'345, 7);
  switch (kind) {
    case EventKind::rate_change: event.amount_minor = 0, event.rate = Rate::from_percent(9); break;
    case EventKind::waiver: event.component = Component::interest; break;
    case EventKind::chargeback: event.parts = {1, 2, 12'000, 342}; break;
    case EventKind::re_age:
      event.amount_minor = 0, event.first_due = examples::day("2025-06-05"), event.terms = 6;
      break;
    case EventKind::re_amortise: event.amount_minor = 0, event.terms = 9; break;
    case EventKind::charge_off: event.amount_minor = 0; break;
    default: break;
  }
  return event;
}

TEST(Events, EveryKindSurvivesItsBytes) {
  for (size_t i = 0; i < kEventKinds; ++i) {
    const Event event = full_event(static_cast<EventKind>(i));
    ASSERT_TRUE(check(examples::term_loan(), event).has_value()) << name_of(event.kind);
    const std::string bytes = encode(event);
    EXPECT_LE(bytes.size(), 32u);
    EXPECT_EQ(decode_event(bytes), event) << name_of(event.kind);
    for (size_t cut = 0; cut < bytes.size(); ++cut)
      EXPECT_EQ(decode_event(bytes.substr(0, cut)).error().code, ErrorCode::corrupt);
    EXPECT_EQ(parse_name<EventKind>(name_of(event.kind)), event.kind);
  }
}

TEST(Events, EveryFaultOfAnEventIsReported) {
  Event event;
  event.kind = EventKind::repayment;
  event.date = examples::day("2024-12-31");
  event.amount_minor = -5;
  event.rate = Rate::from_percent(1);
  event.terms = 3;
  event.parts[0] = 1;
  const auto checked = check(examples::term_loan(), event);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().faults.size(), 6u) << checked.error().text();
}

TEST(Events, StandByDayThenKindThenId) {
  const Event fee = examples::event_of(EventKind::fee, "2025-05-05", 1, 9);
  const Event payment = examples::event_of(EventKind::repayment, "2025-05-05", 1, 1);
  const Event earlier = examples::event_of(EventKind::charge_off, "2025-05-04", 0, 99);
  EXPECT_LT(order_of(fee), order_of(payment));
  EXPECT_LT(order_of(earlier), order_of(fee));
  EXPECT_LT(EventOrder{}, order_of(earlier));
}

}  // namespace
}  // namespace puhui::lending
