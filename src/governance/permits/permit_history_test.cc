#include "governance/permits/permit_history.h"

#include <gmock/gmock.h>

#include "governance/incidents/switches.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::permits {
namespace {

using kernel::TestProposal;
using ::testing::HasSubstr;

const std::string kUseCase(kernel::kTestUseCase);

std::vector<Migration> tables() {
  std::vector<Migration> out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

class PermitHistoryTest : public kernel::KernelTest {
 protected:
  PermitHistoryTest() : KernelTest(tables()), needs_{*store_, *log_, *kernel_, clock_} {}

  Digest grant_cap(const std::string& cap) {
    clock_.advance_us(1'000'000);
    TestProposal proposal;
    proposal.cap = cap;
    return grant(proposal)->digest();
  }
  std::vector<PermitSpan> history(std::optional<Timestamp> before = {}, int64_t limit = 50) {
    std::vector<PermitSpan> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(permit_history(reader, kUseCase, before, limit));
      return {};
    }));
    return out;
  }
  size_t alerts() {
    size_t out = 0;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader)).size();
      return {};
    }));
    return out;
  }

  PermitNeeds needs_;
};

TEST_P(PermitHistoryTest, spans_follow_each_other_without_a_gap) {
  const Digest first = grant_cap("0.10"), second = grant_cap("0.20");
  const auto spans = history();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].permit, second);
  EXPECT_FALSE(spans[0].until);
  EXPECT_EQ(spans[1].permit, first);
  EXPECT_EQ(spans[1].until, spans[0].from);
  EXPECT_THAT(spans[0].signed_by, ::testing::ElementsAre("anna", "bo"));
  const auto older = history(spans[0].from, 1);
  ASSERT_EQ(older.size(), 1u);
  EXPECT_EQ(older[0].permit, first);
}

TEST_P(PermitHistoryTest, a_rollback_puts_the_one_before_back_and_waits_for_another_persons_review) {
  const Digest first = grant_cap("0.10"), second = grant_cap("0.20");
  clock_.advance_us(1'000'000);
  const auto rollback = roll_back(needs_, kUseCase, "twice the losses", "anna");
  ASSERT_TRUE(rollback) << rollback.error().text();
  EXPECT_EQ(rollback->from, second);
  EXPECT_EQ((*kernel_->in_force(kUseCase))->digest(), first);
  EXPECT_TRUE(history()[0].reinstated);
  EXPECT_EQ(alerts(), 1u);
  const RollbackReview review{kUseCase, rollback->at, "It was right: the feed was broken."};
  EXPECT_EQ(review_rollback(needs_, review, "anna").error().code, ErrorCode::forbidden);
  const auto reviewed = review_rollback(needs_, review, "bo");
  ASSERT_TRUE(reviewed) << reviewed.error().text();
  EXPECT_EQ(reviewed->reviewed_by, "bo");
  EXPECT_EQ(alerts(), 0u);
  EXPECT_EQ(review_rollback(needs_, review, "carl").error().code, ErrorCode::conflict);
}

TEST_P(PermitHistoryTest, without_a_champion_before_nothing_is_rolled_back) {
  grant_cap("0.10");
  const auto rollback = roll_back(needs_, kUseCase, "why", "anna");
  ASSERT_FALSE(rollback);
  EXPECT_THAT(rollback.error().text(), HasSubstr("no permit decided before"));
}

TEST_P(PermitHistoryTest, an_expired_champion_is_not_put_back) {
  const Digest first = grant_cap("0.10");
  clock_.advance_us(3'599'000'000);
  const Digest second = grant_cap("0.20");
  clock_.advance_us(10'000'000);
  EXPECT_FALSE(roll_back(needs_, kUseCase, "why", "anna"));
  EXPECT_EQ((*kernel_->in_force(kUseCase))->digest(), second);
  EXPECT_NE(first, second);
}

INSTANTIATE_TEST_SUITE_P(Engines, PermitHistoryTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::permits
