#include "applications/lending/month_table.h"

namespace puhui::lending {

namespace {

Date month_of(Date date) { return *Date::from_civil(date.year(), date.month(), 1); }

int months_between(Date from, Date to) { return (to.year() - from.year()) * 12 + to.month() - from.month(); }

BookKey book_of(const Contract& contract) { return {contract.product, contract.currency}; }

}  // namespace

void Tallies::add(const TallyKey& key, Count count) {
  Count& sum = counts_[key];
  sum.loans += count.loans;
  sum.principal_minor += count.principal_minor;
}

void Tallies::first_seen(const Contract& contract, Count count, Date month_end, const Standing& standing) {
  if (standing.month.bucket != kNotSeen) return;
  add({book_of(contract), TallyKind::seen, month_of(contract.opened_on), months_between(contract.opened_on, month_end),
       0},
      count);
}

void Tallies::month_end(const Contract& contract, int64_t own_principal_minor, Date day, Standing& standing) {
  const BookKey book = book_of(contract);
  const Count count{1, own_principal_minor};
  MonthMark& mark = standing.month;
  add({book, TallyKind::bucket, day, standing.bucket, static_cast<int>(standing.stage)}, count);
  first_seen(contract, count, day, standing);
  if (mark.bucket != kNotSeen) {
    add({book, TallyKind::roll, day, mark.bucket, standing.bucket}, {1, mark.principal_minor});
  }
  if (!mark.was_bad && standing.stage == Stage::three) {
    add({book, TallyKind::bad, month_of(contract.opened_on), months_between(contract.opened_on, day), 0}, count);
    mark.was_bad = true;
  }
  mark.bucket = standing.bucket;
  mark.principal_minor = own_principal_minor;
}

void Tallies::charge_off(const Contract& contract, int64_t own_principal_minor, Date day, Standing& standing) {
  const BookKey book = book_of(contract);
  const Count count{1, own_principal_minor};
  const Date month_end = day.end_of_month();
  MonthMark& mark = standing.month;
  first_seen(contract, count, month_end, standing);
  if (mark.bucket != kNotSeen) {
    add({book, TallyKind::roll, month_end, mark.bucket, RollTable::charged_off}, {1, mark.principal_minor});
  }
  if (!mark.was_bad) {
    add({book, TallyKind::bad, month_of(contract.opened_on), months_between(contract.opened_on, month_end), 0}, count);
    mark.was_bad = true;
  }
  mark.bucket = standing.bucket;
}

Result<void> Tallies::write(Transaction& tx) const {
  for (const auto& [key, count] : counts_) {
    TRY(
        tx.execute("INSERT INTO lending_tally (product, currency, kind, day, a, b, loans, principal_minor) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (product, currency, kind, day, a, b) DO UPDATE SET "
                   "loans = lending_tally.loans + excluded.loans, "
                   "principal_minor = lending_tally.principal_minor + excluded.principal_minor",
                   {key.book.product, int64_t{key.book.currency.number()}, static_cast<int64_t>(key.kind),
                    int64_t{key.day.days}, int64_t{key.a}, int64_t{key.b}, count.loans, count.principal_minor}));
  }
  return {};
}

namespace {

using Counts = std::map<TallyKey, Count>;

Result<void> read_kind(Reader& reader, TallyKind kind, Date from, Counts& out) {
  return reader.each(
      "SELECT product, currency, day, a, b, loans, principal_minor FROM lending_tally WHERE kind = ? AND day >= ?",
      {static_cast<int64_t>(kind), int64_t{from.days}}, [&](const Row& row) -> Result<void> {
        const int64_t number = row.integer(1);
        if (number < 0 || number > 999 || !Currency::is_known(static_cast<uint16_t>(number)))
          return fail(ErrorCode::corrupt, "lending_tally", "no currency has the number " + std::to_string(number));
        const BookKey book{std::string(row.text(0)), Currency::from_number(static_cast<uint16_t>(number))};
        out[{book, kind, Date{static_cast<int32_t>(row.integer(2))}, static_cast<int>(row.integer(3)),
             static_cast<int>(row.integer(4))}] = {row.integer(5), row.integer(6)};
        return {};
      });
}

bool is_roll(const TallyKey& key) {
  return key.a >= 0 && key.a < kBuckets && key.b >= 0 && key.b < static_cast<int>(RollTable::columns);
}

// What was there at the earlier month's end and did not come back is closed.
std::map<BookKey, RollTable> roll_tables(const Counts& counts, Date earlier, Date later) {
  std::map<BookKey, RollTable> out;
  for (const auto& [key, count] : counts) {
    if (key.kind != TallyKind::roll || key.day != later || !is_roll(key)) continue;
    out[key.book].cells[static_cast<size_t>(key.a)][static_cast<size_t>(key.b)] = count;
  }
  std::map<std::pair<BookKey, int>, Count> then;
  for (const auto& [key, count] : counts) {
    if (key.kind != TallyKind::bucket || key.day != earlier || key.a < 0 || key.a >= kBuckets) continue;
    Count& sum = then[{key.book, key.a}];
    sum.loans += count.loans;
    sum.principal_minor += count.principal_minor;
  }
  for (const auto& [where, count] : then) {
    RollTable& table = out[where.first];
    const Count still = table.from(where.second);
    table.cells[static_cast<size_t>(where.second)][RollTable::closed] = {count.loans - still.loans,
                                                                         count.principal_minor - still.principal_minor};
  }
  return out;
}

// The counts say when a loan was first seen and first bad; the table says how many were so far.
std::map<BookKey, VintageTable> vintage_tables(const Counts& counts, Date month_end) {
  std::map<BookKey, VintageTable> out;
  for (const auto& [key, count] : counts) {
    if (key.kind != TallyKind::seen && key.kind != TallyKind::bad) continue;
    VintageTable& table = out[key.book];
    for (int age = key.a; age <= months_between(key.day, month_end); ++age) {
      VintageCell& cell = table[{key.day, age}];
      Count& sum = key.kind == TallyKind::seen ? cell.seen : cell.ever_bad;
      sum.loans += count.loans;
      sum.principal_minor += count.principal_minor;
    }
  }
  return out;
}

}  // namespace

Result<std::optional<MonthTables>> read_month_tables(Reader& reader) {
  const auto last = TRY(reader.integer("SELECT max(day) FROM lending_tally WHERE kind = 0"));
  if (!last) return std::nullopt;
  MonthTables out;
  out.month_end = Date{static_cast<int32_t>(*last)};
  const Date earlier = month_of(out.month_end).plus_days(-1);
  Counts counts;
  TRY(read_kind(reader, TallyKind::bucket, earlier, counts));
  TRY(read_kind(reader, TallyKind::roll, earlier, counts));
  TRY(read_kind(reader, TallyKind::seen, Date{-1'000'000}, counts));
  TRY(read_kind(reader, TallyKind::bad, Date{-1'000'000}, counts));
  out.rolls = roll_tables(counts, earlier, out.month_end);
  out.vintages = vintage_tables(counts, out.month_end);
  return out;
}

}  // namespace puhui::lending
