#include "infrastructure/compute/quota.h"

#include <gtest/gtest.h>

#include "ground/store/test_store.h"

namespace puhui::compute {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000, kDayUs = 86'400'000'000, kMillion = 1'000'000;
constexpr Timestamp kNoon{20'000 * kDayUs + kDayUs / 2};

struct Place {
  explicit Place(const std::string& engine)
      : at(engine), store(open_store(at.where(), migrations(), {clock, nullptr}).value()) {}
  void write(const std::function<Result<void>(Transaction&)>& closure) {
    const auto done = store->write(closure);
    EXPECT_TRUE(done) << (done ? "" : done.error().text());
  }
  std::vector<QuotaView> quotas(Timestamp now) {
    std::vector<QuotaView> out;
    EXPECT_TRUE(store->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_quotas(reader, now));
      return {};
    }));
    return out;
  }
  TestStore at;
  ManualClock clock{kNoon};
  std::unique_ptr<Store> store;
};

void use(Place& place, CpuAccount& account, int64_t cpu_ns, int64_t tokens, Timestamp now) {
  const std::vector<CpuUse> uses{{.account = &account, .tokens = tokens, .cpu_ns = cpu_ns}};
  place.write([&](Transaction& tx) { return add_used(tx, uses, now); });
}

TEST(Quota, CountsWhatWasUsedTodayOfItselfAndItsScopes) {
  for (const std::string& engine : test_engines()) {
    Place place(engine);
    CpuAccounts accounts;
    place.write([](Transaction& tx) -> Result<void> {
      TRY(put_quota(tx, {"lending.approval", 100, 1000, 0}, "anna", kNoon));
      return put_quota(tx, {"lending.approval/firm", 50, 0, 250'000}, "anna", kNoon);
    });
    CpuAccount &person = accounts.account("lending.approval/person", "1"),
               &firm = accounts.account("lending.approval/firm"), &store = accounts.activity("store");
    use(place, person, 20 * kSecondNs, 900, kNoon);
    use(place, person, 5 * kSecondNs, 0, kNoon);
    use(place, person, 40 * kSecondNs, 0, {kNoon.microseconds - kDayUs});
    use(place, firm, 60 * kSecondNs, 0, kNoon);
    use(place, store, 70 * kSecondNs, 0, kNoon);
    const auto quotas = place.quotas(kNoon);
    ASSERT_EQ(quotas.size(), 2u);
    EXPECT_EQ(quotas[0].used_cpu_ns, 25 * kSecondNs) << "not yesterday's, not the firm's own, not the store's";
    EXPECT_EQ(quotas[0].used_cpu_ppm, 250'000);
    EXPECT_EQ(quotas[0].used_tokens_ppm, 900'000);
    EXPECT_EQ(quotas[0].lendable_cpu_ns, 25 * kSecondNs) << "half the day is over and a quarter used";
    EXPECT_EQ(quotas[1].borrowed_cpu_ns, 10 * kSecondNs);
    EXPECT_EQ(quotas[1].lendable_cpu_ns, 0);
    EXPECT_EQ(dominant_share_ppm(quotas, "lending.approval/person"), 900'000) << "its tokens";
    EXPECT_EQ(dominant_share_ppm(quotas, "fraud.card"), kMillion);
    EXPECT_EQ(place.quotas({kNoon.microseconds + kDayUs})[1].used_cpu_ns, 0) << "a new day";
  }
}

QuotaView quota_of_seconds(const std::string& use_case, int64_t seconds, int64_t used, int64_t kept_ppm = 0) {
  QuotaView quota;
  quota.use_case = use_case;
  quota.cpu_seconds_day = seconds;
  quota.kept_share_ppm = kept_ppm;
  quota.used_cpu_ns = used * kSecondNs;
  quota.borrowed_cpu_ns = std::max<int64_t>(0, used - seconds) * kSecondNs;
  quota.lendable_cpu_ns = lendable_cpu_ns(quota, kMillion / 2);
  return quota;
}

TEST(Quota, BorrowsOnlyWhatOthersLeaveIdleAndDoNotKeep) {
  const auto leave = [](int64_t idle_used, int64_t kept_ppm, int64_t own_used) {
    return leave_of({quota_of_seconds("a", 100, own_used), quota_of_seconds("b", 100, idle_used, kept_ppm)}, "a");
  };
  EXPECT_EQ(leave(50, 0, 99), Leave::own);
  EXPECT_EQ(leave(10, 0, 100), Leave::borrowed) << "b could have used 50 by noon and used 10";
  EXPECT_EQ(leave(10, 0, 139), Leave::borrowed);
  EXPECT_EQ(leave(10, 0, 140), Leave::none) << "all that b left is borrowed";
  EXPECT_EQ(leave(10, 500'000, 120), Leave::none) << "b keeps half of what it leaves idle";
  EXPECT_EQ(leave(50, 0, 100), Leave::none) << "b left nothing";
  EXPECT_EQ(leave_of({quota_of_seconds("b", 100, 0)}, "nobody's"), Leave::own) << "nobody limited it";
}

TEST(Quota, LendsNoTokens) {
  QuotaView quota = quota_of_seconds("a", 100, 0);
  quota.tokens_day = 1000;
  quota.used_tokens = 1000;
  EXPECT_EQ(leave_of({quota, quota_of_seconds("b", 100, 0)}, "a"), Leave::none);
}

TEST(Quota, OfAScopeGoesBeforeItsNames) {
  const std::vector<QuotaView> quotas{quota_of_seconds("a", 1, 1), quota_of_seconds("a/x", 2, 0)};
  EXPECT_EQ(quota_of(quotas, "a/x")->cpu_seconds_day, 2);
  EXPECT_EQ(quota_of(quotas, "a/y")->cpu_seconds_day, 1);
  EXPECT_EQ(quota_of(quotas, "b"), nullptr);
}

}  // namespace
}  // namespace puhui::compute
