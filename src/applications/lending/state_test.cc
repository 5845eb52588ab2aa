#include "applications/lending/state.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"
#include "applications/lending/position.h"

namespace puhui::lending {
namespace {

State late_state(const Contract& contract) {
  State state = open(contract);
  EXPECT_TRUE(apply(contract, examples::event_of(EventKind::drawdown, "2025-01-15", 12'000'000, 1), state).has_value());
  EXPECT_TRUE(apply(contract, examples::event_of(EventKind::fee, "2025-03-20", 1'000, 2), state).has_value());
  advance(contract, examples::day("2025-08-10"), state);
  return state;
}

TEST(State, ACurrentLoanTakesUnderAHundredBytesAndALateOneUnderTwoHundred) {
  const Contract contract = examples::term_loan();
  State state = open(contract);
  ASSERT_TRUE(apply(contract, examples::event_of(EventKind::drawdown, "2025-01-15", 12'000'000, 1), state).has_value());
  advance(contract, examples::day("2025-02-10"), state);
  EXPECT_LE(encode(contract, state).size(), 100u);
  const State late = late_state(contract);
  EXPECT_EQ(late.unpaid.items().size(), 6u);
  EXPECT_LE(encode(contract, late).size(), 200u);
  EXPECT_EQ(decode_state(contract, encode(contract, late)), late);
}

TEST(State, CutOrChangedBytesAreCorruptOrAnotherBalancedState) {
  const Contract contract = examples::term_loan();
  const std::string bytes = encode(contract, late_state(contract));
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ(decode_state(contract, bytes.substr(0, cut)).error().code, ErrorCode::corrupt) << cut;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; value += 3) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(value);
      const auto state = decode_state(contract, changed);
      if (state) {
        EXPECT_EQ(books_of(*state).sum(), 0);
      } else {
        EXPECT_EQ(state.error().code, ErrorCode::corrupt);
      }
    }
  }
}

TEST(State, ALastEventWithoutAnIdIsCorrupt) {
  const Contract contract = examples::term_loan();
  State state = open(contract);
  std::string bytes = encode(contract, state);
  bytes.back() = static_cast<char>(EventKind::drawdown);
  bytes += std::string(17, '\0');
  EXPECT_EQ(decode_state(contract, bytes).error().code, ErrorCode::corrupt);
}

TEST(State, AnUnpaidListBeyondItsLengthKeepsEverySum) {
  UnpaidList list;
  for (int i = 0; i < 30; ++i) list.add({100 + i}, 10, 1);
  EXPECT_EQ(list.items().size(), kUnpaidMax);
  EXPECT_EQ(list.items().front().due, Date{100});
  int64_t principal = 0;
  for (const Unpaid& item : list.items()) principal += item.principal_minor;
  EXPECT_EQ(principal, 300);
}

}  // namespace
}  // namespace puhui::lending
