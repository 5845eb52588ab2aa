#include "infrastructure/federation/logistic/obfuscators_ahead.h"

#include <gtest/gtest.h>

#include <numeric>

namespace puhui::federation {
namespace {

cipher::SecretKey fresh_key() {
  return *cipher::SecretKey::make(cipher::Scheme::okamoto_uchiyama, 2048, *cipher::chosen_kernel());
}

class Told final : public Progress {
 public:
  explicit Told(uint64_t stop_at) : stop_at_(stop_at) {}
  void step(std::string_view, uint64_t done, uint64_t total) override { done_ = done, total_ = total; }
  bool stop_requested() const override { return done_ >= stop_at_; }
  uint64_t done() const { return done_; }
  uint64_t total() const { return total_; }

 private:
  uint64_t stop_at_, done_ = 0, total_ = 0;
};
constexpr uint64_t kNeverStop = ~uint64_t{0};

TEST(ObfuscatorsAhead, MakesWhatIsAskedForAndTellsIt) {
  cipher::SecretKey key = fresh_key();
  ObfuscatorsAhead ahead(key);
  Told progress(kNeverStop);
  ASSERT_TRUE(ahead.make(1500, progress));
  EXPECT_EQ(key.prepared(), 1500u);
  EXPECT_EQ(progress.done(), 1500u);
  EXPECT_EQ(progress.total(), 1500u);
}

TEST(ObfuscatorsAhead, StopsBetweenBlocksWhenAsked) {
  cipher::SecretKey key = fresh_key();
  ObfuscatorsAhead ahead(key);
  Told progress(1);
  const auto made = ahead.make(10'000'000, progress);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::unavailable);
  EXPECT_GT(key.prepared(), 0u);
  EXPECT_LT(key.prepared(), 2'000u);
  EXPECT_EQ(progress.total(), obfuscators_max(key.public_key()));
}

TEST(ObfuscatorsAhead, MakesTheRestWhileThePartyWaits) {
  cipher::SecretKey key = fresh_key();
  Told progress(kNeverStop);
  {
    ObfuscatorsAhead ahead(key);
    ASSERT_TRUE(ahead.make(10, progress));
    ahead.expect(300);
    const ObfuscatorsAhead::Waiting waiting(ahead);
    while (key.prepared() < 300) std::this_thread::yield();
  }
  EXPECT_EQ(key.prepared(), 300u) << "never more than is expected";
}

TEST(ObfuscatorsAhead, MakesNoneWhileThePartyWorks) {
  cipher::SecretKey key = fresh_key();
  {
    ObfuscatorsAhead ahead(key);
    ahead.expect(1'000'000);
    Told progress(kNeverStop);
    ASSERT_TRUE(ahead.make(500, progress));  // some work of the party's own
  }
  EXPECT_EQ(key.prepared(), 500u);
}

TEST(ObfuscatorsAhead, EndsAtOnceThoughMuchIsExpected) {
  cipher::SecretKey key = fresh_key();
  {
    ObfuscatorsAhead ahead(key);
    ahead.expect(obfuscators_max(key.public_key()));
    const ObfuscatorsAhead::Waiting waiting(ahead);
    while (key.prepared() == 0) std::this_thread::yield();
  }
  EXPECT_LT(key.prepared(), obfuscators_max(key.public_key()));
}

TEST(ObfuscatorsAhead, EncryptionBesideItStaysRight) {
  cipher::SecretKey key = fresh_key();
  cipher::Integers values(200, 1);
  std::iota(values.data.begin(), values.data.end(), 1);
  ObfuscatorsAhead ahead(key);
  ahead.expect(500);
  const ObfuscatorsAhead::Waiting waiting(ahead);
  for (int round = 0; round < 3; ++round) {
    const auto opened = key.decrypt(key.encrypt(values), 1, 40);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->data, values.data);
  }
}

}  // namespace
}  // namespace puhui::federation
