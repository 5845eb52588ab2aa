#include "applications/lending/day_report.h"

#include "ground/base/bytes.h"

namespace puhui::lending {

namespace {

constexpr uint8_t kVersion = 1;  // of the bytes

Count& operator+=(Count& sum, const Count& other) {
  sum.loans += other.loans;
  sum.principal_minor += other.principal_minor;
  return sum;
}

// Each number of a BookDay once, for writing and reading alike.
template <class Visit>
void each_number(BookDay& day, const Visit& visit) {
  const auto count = [&](Count& one) { visit(one.loans), visit(one.principal_minor); };
  visit(day.interest_minor), visit(day.penalty_minor);
  count(day.charged_off);
  visit(day.allowance_change_minor);
  for (Count& bucket : day.buckets) count(bucket);
  for (Count& stage : day.stages) count(stage);
  for (int64_t& allowance : day.stage_allowance_minor) visit(allowance);
  visit(day.interest_receivable_minor), visit(day.penalty_receivable_minor), visit(day.fee_receivable_minor);
  visit(day.untied_loans);
}

}  // namespace

Count BookDay::open() const {
  Count out;
  for (const Count& bucket : buckets) out += bucket;
  return out;
}

int64_t BookDay::allowance_minor() const {
  int64_t out = 0;
  for (const int64_t allowance : stage_allowance_minor) out += allowance;
  return out;
}

BookDay& BookDay::operator+=(const BookDay& other) {
  BookDay added = other;
  std::vector<int64_t> numbers;
  each_number(added, [&](int64_t& number) { numbers.push_back(number); });
  size_t next = 0;
  each_number(*this, [&](int64_t& number) { number += numbers[next++]; });
  return *this;
}

std::string encode(const DayReport& report) {
  ByteWriter out;
  out.u8(kVersion);
  out.u8(report.ties ? 1 : 0);
  out.unsigned_varint(report.books.size());
  for (const auto& [key, book] : report.books) {
    out.text(key.product);
    out.unsigned_varint(key.currency.number());
    BookDay numbers = book;
    each_number(numbers, [&](int64_t& number) { out.signed_varint(number); });
  }
  return out.take();
}

Result<DayReport> decode_day_report(Date day, std::string_view bytes) {
  ByteReader in(bytes);
  DayReport report;
  report.day = day;
  if (in.u8() != kVersion) in.reject();
  report.ties = in.u8() != 0;
  const size_t books = in.count(2);
  if (books > kBooksMax) in.reject();
  for (size_t i = 0; in.ok() && i < books; ++i) {
    BookKey key;
    key.product = std::string(in.text());
    const uint64_t currency = in.unsigned_varint();
    if (currency > 999 || !Currency::is_known(static_cast<uint16_t>(currency))) in.reject();
    if (!in.ok()) break;
    key.currency = Currency::from_number(static_cast<uint16_t>(currency));
    each_number(report.books[key], [&](int64_t& number) { number = in.signed_varint(); });
  }
  TRY(in.finish("a day's report"));
  return report;
}

Result<std::optional<DayMarker>> find_day(Reader& reader, Date day) {
  std::optional<DayMarker> found;
  TRY(reader.each("SELECT cursor, loans, finished, report FROM lending_day WHERE day = ?", {int64_t{day.days}},
                  [&](const Row& row) -> Result<void> {
                    DayMarker marker{LoanId(row.id(0)), row.integer(1), row.integer(2) != 0, {}};
                    marker.report = TRY(decode_day_report(day, row.bytes(3)));
                    found = std::move(marker);
                    return {};
                  }));
  return found;
}

Result<void> write_day(Transaction& tx, const DayMarker& marker) {
  const std::string cursor = marker.cursor.bytes(), report = encode(marker.report);
  TRY(tx.execute(
      "INSERT INTO lending_day (day, cursor, loans, finished, report) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (day) DO UPDATE SET cursor = excluded.cursor, loans = excluded.loans, "
      "finished = excluded.finished, report = excluded.report",
      {int64_t{marker.report.day.days}, BytesView{cursor}, marker.loans, int64_t{marker.finished}, BytesView{report}}));
  return {};
}

namespace {

std::optional<Date> date_of_days(std::optional<int64_t> days) {
  if (!days) return std::nullopt;
  return Date{static_cast<int32_t>(*days)};
}

}  // namespace

Result<std::optional<Date>> last_day(Reader& reader) {
  return date_of_days(TRY(reader.integer("SELECT max(day) FROM lending_day")));
}

Result<std::optional<Date>> last_finished_day(Reader& reader) {
  return date_of_days(TRY(reader.integer("SELECT max(day) FROM lending_day WHERE finished = 1")));
}

}  // namespace puhui::lending
