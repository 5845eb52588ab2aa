// DayReport: what a day-end did and how the loans stand after it, by product and currency; kept with the day's marker.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "applications/lending/delinquency.h"
#include "applications/lending/loan_book.h"
#include "ground/store/store.h"

namespace puhui::lending {

inline constexpr size_t kStages = 3;
inline constexpr size_t kBooksMax = 10'000;  // products times currencies

// All amounts are our own part of joint loans: what stands in the ledger.
struct BookDay {
  int64_t interest_minor = 0;  // accrued on the day
  int64_t penalty_minor = 0;   // likewise
  Count charged_off;
  int64_t allowance_change_minor = 0;
  std::array<Count, kBuckets> buckets{};  // open loans after the day
  std::array<Count, kStages> stages{};
  std::array<int64_t, kStages> stage_allowance_minor{};
  int64_t interest_receivable_minor = 0;  // of the open loans: accrued, due and past due
  int64_t penalty_receivable_minor = 0;
  int64_t fee_receivable_minor = 0;
  int64_t untied_loans = 0;  // whose principal is another in the ledger
  bool operator==(const BookDay&) const = default;

  Count open() const;
  int64_t allowance_minor() const;
  BookDay& operator+=(const BookDay& other);
};

struct DayReport {
  Date day;
  bool ties = false;  // receivables, allowance and principal of the loans are those of the ledger
  std::map<BookKey, BookDay> books;
  bool operator==(const DayReport&) const = default;
};

// How far a day's run has come; the report is of the loans up to the cursor.
struct DayMarker {
  LoanId cursor;
  int64_t loans = 0;  // open ones that were visited
  bool finished = false;
  DayReport report;
};

std::string encode(const DayReport& report);
Result<DayReport> decode_day_report(Date day, std::string_view bytes);

Result<std::optional<DayMarker>> find_day(Reader& reader, Date day);
Result<void> write_day(Transaction& tx, const DayMarker& marker);
Result<std::optional<Date>> last_day(Reader& reader);  // the latest that was run or begun
Result<std::optional<Date>> last_finished_day(Reader& reader);

}  // namespace puhui::lending
