#include "applications/lending/joint.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

TEST(Joint, EverySplitIsExactAndTheResidueGoesToTheNamedSide) {
  EXPECT_EQ(split({Rate::from_percent(70), Residue::own}, 101), (Split{31, 70}));
  EXPECT_EQ(split({Rate::from_percent(70), Residue::partner}, 101), (Split{30, 71}));
  EXPECT_EQ(split({Rate::from_percent(70), Residue::own}, -101), (Split{-31, -70}));
  RandomStream random(Random(3), 0, 0);
  for (int i = 0; i < 2'000; ++i) {
    const Partner partner = {{static_cast<int64_t>(random.below(Rate::kOne + 1))},
                             static_cast<Residue>(random.below(2))};
    const auto amount = static_cast<int64_t>(random.below(kAmountMinorMax));
    const Split parts = split(partner, amount);
    ASSERT_EQ(parts.own_minor + parts.partner_minor, amount);
    ASSERT_GE(parts.own_minor, 0);
    ASSERT_GE(parts.partner_minor, 0);
  }
}

TEST(Joint, ThePartnersScheduleRepaysItsPart) {
  for (uint64_t row = 0; row < 200; ++row) {
    RandomStream random(Random(3), 1, row);
    const Contract contract = examples::random_contract(random);
    const Partner partner = {{static_cast<int64_t>(random.below(Rate::kOne + 1))},
                             static_cast<Residue>(random.below(2))};
    const Schedule schedule = schedule_of(contract), theirs = partner_schedule(partner, schedule);
    ASSERT_EQ(theirs.size(), schedule.size());
    int64_t principal = 0;
    for (size_t i = 0; i < schedule.size(); ++i) {
      principal += theirs[i].principal_minor;
      ASSERT_GE(theirs[i].principal_minor, 0);
      ASSERT_LE(theirs[i].principal_minor, schedule[i].principal_minor);
      ASSERT_GE(theirs[i].interest_minor, 0);
      ASSERT_LE(theirs[i].interest_minor, schedule[i].interest_minor);
    }
    ASSERT_EQ(principal, split(partner, contract.principal_minor).partner_minor) << "row " << row;
    ASSERT_EQ(theirs.back().balance_minor, 0);
  }
}

TEST(Joint, OwnBooksTieWithWhatThePartnerIsOwed) {
  Books whole;
  whole[AccountKind::cash] = 333;
  whole[AccountKind::loan_principal] = 1'001;
  whole[AccountKind::interest_receivable] = 77;
  whole[AccountKind::interest_income] = -1'411;
  const Books own = own_books({Rate::from_percent(80), Residue::own}, whole);
  EXPECT_EQ(own.sum(), 0);
  EXPECT_EQ(own[AccountKind::cash], 333);
  EXPECT_EQ(own[AccountKind::loan_principal], 201);
  EXPECT_EQ(own[AccountKind::interest_income], -283);
  EXPECT_EQ(own[AccountKind::partner_payable], -(333 + 201 + 16 - 283));
  EXPECT_EQ(own_books({}, whole), whole);
}

}  // namespace
}  // namespace puhui::lending
