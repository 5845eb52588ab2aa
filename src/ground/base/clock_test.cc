#include "ground/base/clock.h"

#include <gtest/gtest.h>

#include "ground/base/date.h"

namespace puhui {
namespace {

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock({5});
  EXPECT_EQ(clock.now().microseconds, 5);
  EXPECT_EQ(clock.now().microseconds, 5);
  clock.advance_us(-7);
  EXPECT_EQ(clock.now().microseconds, -2);
  clock.set({9});
  EXPECT_EQ(clock.now().microseconds, 9);
}

TEST(SystemClock, TellsMicrosecondsSince1970) {
  const Timestamp now = SystemClock().now();
  EXPECT_GT(date_of(now), *Date::from_civil(2024, 1, 1));
  EXPECT_LT(date_of(now), *Date::from_civil(2200, 1, 1));
}

TEST(MonotonicNs, NeverGoesBack) {
  int64_t last = monotonic_ns();
  for (int i = 0; i < 1'000; ++i) {
    const int64_t now = monotonic_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace puhui
