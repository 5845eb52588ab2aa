#include "ground/base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/check.h"

namespace puhui {
namespace {

Result<int> half(int whole) {
  if (whole % 2 != 0)
    return fail(ErrorCode::invalid, "whole", "expected an even number, came " + std::to_string(whole));
  return whole / 2;
}

Result<int> quarter(int whole) { return TRY(half(TRY(half(whole)))); }

Result<void> only_even(int whole) {
  TRY(half(whole));
  return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().text(), "invalid: whole: expected an even number, came 3");
  EXPECT_TRUE(only_even(2));
  EXPECT_FALSE(only_even(3));
}

TEST(Result, TryMovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> Result<int> {
    const auto owned = TRY(make());
    return *owned;
  };
  EXPECT_EQ(use().value(), 7);
}

TEST(Result, AtPutsThePlaceInFront) {
  EXPECT_EQ(at("policy.dmn", Error{ErrorCode::invalid, {{"line 3", "a"}, {"", "b"}}}).text(),
            "invalid: policy.dmn: line 3: a; policy.dmn: b");
}

TEST(Faults, ReportEveryFaultInTheOrderFound) {
  Faults faults;
  EXPECT_TRUE(faults.none());
  faults.add("amount", "is required");
  faults.add("terms", half(3).error());
  EXPECT_EQ(faults.size(), 2u);
  EXPECT_EQ(std::move(faults).result(ErrorCode::conflict).error().text(),
            "conflict: amount: is required; terms: whole: expected an even number, came 3");
  EXPECT_TRUE(Faults().result());
}

TEST(Faults, BeyondTheLimitAreCountedNotKept) {
  Faults faults;
  for (int i = 0; i < 1'000; ++i) faults.add("row " + std::to_string(i), "is wrong");
  const auto result = std::move(faults).result();
  EXPECT_EQ(result.error().faults.size(), 101u);
  EXPECT_EQ(result.error().faults.back().message, "and 900 more faults");
}

TEST(ErrorCode, EachHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
    names.insert(name_of(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), 8u);
}

TEST(CheckDeathTest, StopsAndSaysWhy) {
  EXPECT_DEATH(CHECK(1 + 1 == 3, "sums hold"), "1 \\+ 1 == 3 does not hold: sums hold");
  CHECK(true, "this one holds");
}

}  // namespace
}  // namespace puhui
