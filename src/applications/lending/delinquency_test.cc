#include "applications/lending/delinquency.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using examples::day;

Snapshot snapshot(uint64_t loan, std::string_view month_end, int bucket, int64_t principal_minor,
                  std::string_view opened = "2025-01-10") {
  return {LoanId({0, loan}), day(month_end), day(opened), bucket, false, principal_minor};
}

TEST(Delinquency, BucketsBeginAtTheirEdges) {
  EXPECT_EQ(bucket_name(bucket_of(0, kMonthlyBuckets)), "M0");
  EXPECT_EQ(bucket_name(bucket_of(1, kMonthlyBuckets)), "M1");
  EXPECT_EQ(bucket_name(bucket_of(30, kMonthlyBuckets)), "M1");
  EXPECT_EQ(bucket_name(bucket_of(31, kMonthlyBuckets)), "M2");
  EXPECT_EQ(bucket_name(bucket_of(180, kMonthlyBuckets)), "M6");
  EXPECT_EQ(bucket_name(bucket_of(181, kMonthlyBuckets)), "M6+");
}

TEST(Delinquency, RollRatesFollowThePrincipalAndAddToOne) {
  const std::vector<Snapshot> march = {snapshot(1, "2025-03-31", 0, 600), snapshot(2, "2025-03-31", 0, 200),
                                       snapshot(3, "2025-03-31", 0, 200), snapshot(4, "2025-03-31", 6, 50)};
  std::vector<Snapshot> april = {snapshot(4, "2025-04-30", 7, 50), snapshot(2, "2025-04-30", 1, 200),
                                 snapshot(1, "2025-04-30", 0, 550)};
  april[0].charged_off = true;
  const RollTable table = roll_table(march, april);
  EXPECT_EQ(table.rate(0, 0), Rate::from_percent(60));
  EXPECT_EQ(table.rate(0, 1), Rate::from_percent(20));
  EXPECT_EQ(table.rate(0, RollTable::closed), Rate::from_percent(20));
  EXPECT_EQ(table.rate(6, RollTable::charged_off), Rate::from_percent(100));
  EXPECT_EQ(table.rate(3, 4), Rate{});
  EXPECT_EQ(table.from(0), (Count{3, 1'000}));
}

TEST(Delinquency, AVintageNeverGetsBetter) {
  const std::vector<Snapshot> all = {snapshot(1, "2025-01-31", 0, 100), snapshot(1, "2025-02-28", 3, 90),
                                     snapshot(1, "2025-03-31", 0, 80),  snapshot(2, "2025-02-28", 0, 100),
                                     snapshot(2, "2025-03-31", 0, 100), snapshot(3, "2025-02-28", 0, 70, "2025-02-05")};
  const VintageTable table = vintage_table(all, 3);
  const Date january = day("2025-01-01");
  EXPECT_EQ(table.at({january, 0}).seen.loans, 1);
  EXPECT_EQ(table.at({january, 0}).ever_bad, Count{});
  EXPECT_EQ(table.at({january, 1}).seen.loans, 2);
  EXPECT_EQ(table.at({january, 1}).ever_bad, (Count{1, 90}));
  EXPECT_EQ(table.at({january, 2}).ever_bad, (Count{1, 90}));  // it was cured, and still counts
  EXPECT_EQ(table.at({day("2025-02-01"), 0}).seen.principal_minor, 70);
  EXPECT_EQ(table.size(), 4u);
}

}  // namespace
}  // namespace puhui::lending
