#include "applications/lending/delinquency.h"

#include <algorithm>
#include <tuple>

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kBucketNames[kBuckets] = {"M0", "M1", "M2", "M3", "M4", "M5", "M6", "M6+"};

Date month_of(Date date) { return *Date::from_civil(date.year(), date.month(), 1); }

int months_between(Date from, Date to) { return (to.year() - from.year()) * 12 + to.month() - from.month(); }

void add(const Snapshot& snapshot, Count& count) {
  count.loans += 1;
  count.principal_minor += snapshot.principal_minor;
}

std::vector<const Snapshot*> by_loan(std::span<const Snapshot> snapshots) {
  std::vector<const Snapshot*> out;
  for (const Snapshot& snapshot : snapshots) out.push_back(&snapshot);
  std::ranges::sort(out, {}, [](const Snapshot* snapshot) { return snapshot->loan; });
  return out;
}

}  // namespace

int bucket_of(int days_past_due, const BucketEdges& edges) {
  return static_cast<int>(std::ranges::upper_bound(edges, days_past_due) - edges.begin());
}

std::string_view bucket_name(int bucket) {
  CHECK(bucket >= 0 && bucket < kBuckets, "a bucket is M0 to M6+");
  return kBucketNames[bucket];
}

Count RollTable::from(int bucket) const {
  Count out;
  for (const Count& cell : cells[static_cast<size_t>(bucket)]) {
    out.loans += cell.loans;
    out.principal_minor += cell.principal_minor;
  }
  return out;
}

Rate RollTable::rate(int bucket, int column) const {
  const int64_t whole = from(bucket).principal_minor;
  if (whole == 0) return {};
  const int64_t part = cells[static_cast<size_t>(bucket)][static_cast<size_t>(column)].principal_minor;
  return {multiply_divide(part, Rate::kOne, whole, Rounding::half_even)};
}

RollTable roll_table(std::span<const Snapshot> month, std::span<const Snapshot> next_month) {
  RollTable table;
  const auto later = by_loan(next_month);
  for (const Snapshot& snapshot : month) {
    if (snapshot.charged_off) continue;  // it rolls nowhere any more
    const auto found =
        std::ranges::lower_bound(later, snapshot.loan, {}, [](const Snapshot* one) { return one->loan; });
    int column = RollTable::closed;
    if (found != later.end() && (*found)->loan == snapshot.loan) {
      column = (*found)->charged_off ? static_cast<int>(RollTable::charged_off) : (*found)->bucket;
    }
    add(snapshot, table.cells[static_cast<size_t>(snapshot.bucket)][static_cast<size_t>(column)]);
  }
  return table;
}

VintageTable vintage_table(std::vector<Snapshot> snapshots, int bad_bucket) {
  std::ranges::sort(snapshots, {}, [](const Snapshot& one) { return std::tuple(one.loan, one.month_end); });
  std::map<Date, int> age_max;  // how far each vintage has been seen
  for (const Snapshot& one : snapshots) {
    int& age = age_max[month_of(one.opened_on)];
    age = std::max(age, months_between(one.opened_on, one.month_end));
  }
  VintageTable table;
  for (size_t i = 0; i < snapshots.size();) {
    const Snapshot& first = snapshots[i];
    const Snapshot* bad = nullptr;
    for (; i < snapshots.size() && snapshots[i].loan == first.loan; ++i) {
      if (bad == nullptr && (snapshots[i].charged_off || snapshots[i].bucket >= bad_bucket)) bad = &snapshots[i];
    }
    const Date vintage = month_of(first.opened_on);
    for (int age = months_between(first.opened_on, first.month_end); age <= age_max[vintage]; ++age) {
      VintageCell& cell = table[{vintage, age}];
      add(first, cell.seen);
      if (bad != nullptr && months_between(bad->opened_on, bad->month_end) <= age) add(*bad, cell.ever_bad);
    }
  }
  return table;
}

}  // namespace puhui::lending
