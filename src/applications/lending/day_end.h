// DayEnd: the end of a date for all open loans, in chunks of one transaction each. A marker moves with every chunk, so
// that a run that was cut off anywhere goes on where it stood, and a day that was run is never run again.
#pragma once

#include "applications/lending/day_report.h"
#include "applications/lending/loan_day.h"
#include "applications/lending/month_table.h"
#include "applications/lending/product_shelf.h"
#include "ground/base/verb.h"

namespace puhui::lending {

inline constexpr size_t kChunkLoans = 8'192;  // some 100 ms of the store's writer, 10 MB of memory
inline constexpr int kCatchUpDaysMax = 800;   // in one call

struct DayEndNeeds {
  Store& store;
  LoanBook& book;
  ProductShelf& products;
  const Clock& clock;
};

class DayEnd {
 public:
  explicit DayEnd(DayEndNeeds needs, size_t chunk_loans = kChunkLoans) : needs_(needs), chunk_loans_(chunk_loans) {}

  struct Run {
    DayReport report;  // of the day asked for
    int days = 0;      // that had to be run, earlier ones among them; 0: it was run before
    double seconds = 0;
  };
  // Runs what is missing up to the day, one day after another; the first one ever is the day asked for. conflict for
  // a day before the first; exhausted when more than kCatchUpDaysMax are missing.
  Result<Run> run(Date day, Progress& progress);

 private:
  struct Chunk;
  Result<DayReport> run_day(Date day, Progress& progress);
  Result<DayMarker> run_chunk(Transaction& tx, Date day);
  Result<void> step(Transaction& tx, const Loan& loan, Date day, Chunk& chunk);
  Result<void> post(Transaction& tx, Date day, const LoanId& after, const Chunk& chunk);
  Result<bool> ties(Transaction& tx, const DayReport& report) const;
  Result<bool> ties_exactly(Transaction& tx) const;

  DayEndNeeds needs_;
  size_t chunk_loans_;
};

}  // namespace puhui::lending
