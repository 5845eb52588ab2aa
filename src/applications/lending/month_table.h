// The counts of month ends: buckets, roll rates and vintages, summed while the day-end walks over the loans. They take a
// few hundred rows a month, whatever the number of loans; loan by loan the same follows from delinquency.h's snapshots.
#pragma once

#include <map>

#include "applications/lending/delinquency.h"
#include "applications/lending/loan_book.h"
#include "applications/lending/loan_table.h"

namespace puhui::lending {

// Numbers are stored. Never renumbered once released.
enum class TallyKind : uint8_t {
  bucket = 0,  // day: the month's end; a: bucket; b: stage
  roll = 1,    // day: the later month's end; a: bucket at the one before; b: bucket now, or RollTable::charged_off
  seen = 2,    // day: first of the month of opening; a: months on book when first seen
  bad = 3,     // the same; a: months on book when first bad
};

struct TallyKey {
  BookKey book;
  TallyKind kind = TallyKind::bucket;
  Date day;
  int a = 0, b = 0;
  auto operator<=>(const TallyKey&) const = default;
};

// What one transaction adds to the counts.
class Tallies {
 public:
  // At the end of the month's last day: counts the loan and marks in its standing what was seen.
  void month_end(const Contract& contract, int64_t own_principal_minor, Date day, Standing& standing);
  // A loan written off on that day, with our principal before: it leaves the roll and is bad for good.
  void charge_off(const Contract& contract, int64_t own_principal_minor, Date day, Standing& standing);
  Result<void> write(Transaction& tx) const;

 private:
  void first_seen(const Contract& contract, Count count, Date month_end, const Standing& standing);
  void add(const TallyKey& key, Count count);
  std::map<TallyKey, Count> counts_;
};

struct MonthTables {
  Date month_end;                      // the last one that was counted
  std::map<BookKey, RollTable> rolls;  // from the month end before to it; a loan that is not there any more was closed
  std::map<BookKey, VintageTable> vintages;
};
// nullopt before the first month's end.
Result<std::optional<MonthTables>> read_month_tables(Reader& reader);

}  // namespace puhui::lending
