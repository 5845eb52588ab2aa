// Secure sums over conversations, and what happens when a round is asked for again.
#include <gtest/gtest.h>

#include "infrastructure/federation/horizontal/horizontal_for_test.h"

namespace puhui::federation {
namespace {

class SecureSumRounds : public testing::Test {
 protected:
  static constexpr size_t kCount = 5;
  SecureSumParties all_{kCount};
  Job job_ = horizontal_job(JobKind::horizontal_logistic, kCount, {"x"});
  PartyData data_;
  MemoryFiles files_;
  HorizontalQuiet progress_;
  std::vector<LeakageBook> leakage_{kCount};

  // One party sends so many messages only.
  std::vector<Result<SecureSum>> round(size_t lost = SIZE_MAX, size_t lost_after = 0) {
    const auto sends = [&](size_t party) { return party == lost ? lost_after : SIZE_MAX; };
    return each_on_a_thread<SecureSum>(kCount, sends, [&](Conversation& with, size_t self) -> Result<SecureSum> {
      const StageNeeds needs{job_,
                             data_,
                             self,
                             files_,
                             "work/" + std::to_string(self),
                             leakage_[self],
                             progress_,
                             &all_.signatories[self]};
      TRY(files_.make_folder(needs.work_folder));
      return secure_sum(needs, with, "test", 0, all_.inputs[self]);
    });
  }
};

TEST_F(SecureSumRounds, TellAllClientsTheSum) {
  for (const auto& sum : round()) {
    ASSERT_TRUE(sum) << sum.error().text();
    EXPECT_EQ(sum->sums, all_.sum_of({0, 1, 2, 3, 4}));
  }
}

TEST_F(SecureSumRounds, AskedForAgainTellTheSameSumAndOpenNothing) {
  ASSERT_TRUE(round(3, 2)[0]);  // without the third client
  const auto again = round();
  for (const auto& sum : again) {
    ASSERT_TRUE(sum) << sum.error().text();
    EXPECT_EQ(sum->sums, all_.sum_of({0, 1, 2, 4}));
  }
}

TEST_F(SecureSumRounds, AskedForAgainByAHubThatForgotAreNotOpenedForOthers) {
  ASSERT_TRUE(round(3, 2)[0]);
  ASSERT_TRUE(files_.remove("work/0/secure-sums"));
  const auto again = round();
  ASSERT_FALSE(again[1]);
  EXPECT_EQ(again[1].error().code, ErrorCode::forbidden) << again[1].error().text();
  EXPECT_FALSE(again[0]);
}

// The hub broke off when some had opened their shares and it did not know the sum yet.
TEST_F(SecureSumRounds, BrokenOffWhileOpeningAreRepeatedForTheSameClients) {
  const auto first = round(0, 4 * 3 + 2);  // two clients hear all signatures, two do not
  ASSERT_FALSE(first[0]);
  const auto again = round();
  for (const auto& sum : again) {
    ASSERT_TRUE(sum) << sum.error().text();
    EXPECT_EQ(sum->sums, all_.sum_of({0, 1, 2, 3, 4}));
  }
}

TEST_F(SecureSumRounds, RefuseABookThatIsDamaged) {
  ASSERT_TRUE(round()[0]);
  ASSERT_TRUE(files_.write("work/0/secure-sums", "\x01gone"));
  const auto again = round();
  ASSERT_FALSE(again[0]);
  EXPECT_EQ(again[0].error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace puhui::federation
