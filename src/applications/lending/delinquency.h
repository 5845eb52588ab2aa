// Delinquency: buckets by days past due, and what monthly snapshots tell: roll rates and vintages.
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "applications/lending/contract.h"

namespace puhui::lending {

inline constexpr int kBuckets = static_cast<int>(kBucketEdges) + 1;

int bucket_of(int days_past_due, const BucketEdges& edges);  // 0 … 7
std::string_view bucket_name(int bucket);                    // "M0" … "M6", "M6+"

// One loan at one month's end.
struct Snapshot {
  LoanId loan;
  Date month_end;
  Date opened_on;
  int bucket = 0;
  bool charged_off = false;
  int64_t principal_minor = 0;  // outstanding; at charge-off what was written off
};

struct Count {
  int64_t loans = 0;
  int64_t principal_minor = 0;
  bool operator==(const Count&) const = default;
};

// Where the loans of each bucket were one month later; weights are the principal at the start.
struct RollTable {
  enum Column { closed = kBuckets, charged_off = kBuckets + 1, columns };  // after the buckets
  std::array<std::array<Count, columns>, kBuckets> cells{};
  Count from(int bucket) const;
  // Share of the bucket's principal (parts per billion, half-even) that went to the column; zero of
  // an empty bucket.
  Rate rate(int bucket, int column) const;
};
// Loans of the first span looked up in the second; one that is missing there was closed. Either in
// any order.
RollTable roll_table(std::span<const Snapshot> month, std::span<const Snapshot> next_month);

// Loans by month of opening and months on book: how many were ever as bad as `bad_bucket`.
struct VintageCell {
  Count seen;      // loans with a snapshot at or before that age
  Count ever_bad;  // of those; principal when first bad
};
using VintageTable = std::map<std::pair<Date, int>, VintageCell>;  // (first of the month of opening, months on book)
VintageTable vintage_table(std::vector<Snapshot> snapshots, int bad_bucket);

}  // namespace puhui::lending
