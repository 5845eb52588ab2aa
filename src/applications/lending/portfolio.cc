#include "applications/lending/portfolio.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kStageNames[kStages] = {"one", "two", "three"};
constexpr std::string_view kClosed = "closed", kChargedOff = "charged_off";

std::string_view column_name(int column) {
  if (column == static_cast<int>(RollTable::closed)) return kClosed;
  return column == static_cast<int>(RollTable::charged_off) ? kChargedOff : bucket_name(column);
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

}  // namespace

void fields(Shape& shape, DayEndRequest& request) {
  shape.field("date", request.date, {.help = "the day to end; days before it that are missing are run first"});
  shape.field(
      "ahead", request.ahead,
      {.help = "also a day that has not come yet, to try a bank out: day-ends never go back", .optional = true});
}

void fields(Shape& shape, BucketLine& line) {
  shape.field("bucket", line.bucket, {.help = "M0 to M6+"});
  shape.field("loans", line.loans);
  shape.field("principal", line.principal);
}

void fields(Shape& shape, StageLine& line) {
  shape.field("stage", line.stage, {.help = "of expected loss"});
  shape.field("loans", line.loans);
  shape.field("principal", line.principal);
  shape.field("allowance", line.allowance, {.help = "expected loss held"});
}

void fields(Shape& shape, BookView& view) {
  shape.field("product", view.product);
  shape.field("loans", view.loans, {.help = "open ones"});
  shape.field("principal", view.principal, {.help = "outstanding"});
  shape.field("interest", view.interest, {.help = "accrued on the day"});
  shape.field("penalty", view.penalty, {.help = "late interest accrued on the day"});
  shape.field("charged_off_loans", view.charged_off_loans, {.help = "on the day"});
  shape.field("charged_off", view.charged_off, {.help = "their principal"});
  shape.field("allowance", view.allowance, {.help = "expected loss held"});
  shape.field("allowance_change", view.allowance_change, {.help = "on the day"});
  shape.field("buckets", view.buckets);
  shape.field("stages", view.stages);
}

std::vector<BookView> views_of(const DayReport& report) {
  std::vector<BookView> out;
  for (const auto& [key, book] : report.books) {
    const auto money = [&](int64_t minor) { return Money{minor, key.currency}; };
    BookView& view = out.emplace_back();
    view.product = key.product;
    view.loans = book.open().loans;
    view.principal = money(book.open().principal_minor);
    view.interest = money(book.interest_minor);
    view.penalty = money(book.penalty_minor);
    view.charged_off_loans = book.charged_off.loans;
    view.charged_off = money(book.charged_off.principal_minor);
    view.allowance = money(book.allowance_minor());
    view.allowance_change = money(book.allowance_change_minor);
    for (int i = 0; i < kBuckets; ++i) {
      const Count& count = book.buckets[static_cast<size_t>(i)];
      view.buckets.push_back({std::string(bucket_name(i)), count.loans, money(count.principal_minor)});
    }
    for (size_t i = 0; i < kStages; ++i) {
      view.stages.push_back({std::string(kStageNames[i]), book.stages[i].loans, money(book.stages[i].principal_minor),
                             money(book.stage_allowance_minor[i])});
    }
  }
  return out;
}

void fields(Shape& shape, DayEndAnswer& answer) {
  shape.field("date", answer.date);
  shape.field("days_run", answer.days_run, {.help = "now, missing earlier ones among them; 0: it was run before"});
  shape.field("loans", answer.loans, {.help = "open ones after the day"});
  shape.field("ties", answer.ties,
              {.help = "receivables, allowance and principal of the loans are those of the ledger"});
  shape.field("untied_loans", answer.untied_loans, {.help = "whose principal is another in the ledger"});
  shape.field("seconds", answer.seconds);
  shape.field("books", answer.books, {.help = "by product and currency"});
}

DayEndAnswer answer_of(const DayEnd::Run& run) {
  DayEndAnswer answer;
  answer.date = run.report.day;
  answer.days_run = run.days;
  answer.ties = run.report.ties;
  answer.seconds = run.seconds;
  answer.books = views_of(run.report);
  for (const auto& [key, book] : run.report.books) {
    answer.loans += book.open().loans;
    answer.untied_loans += book.untied_loans;
  }
  return answer;
}

namespace {

std::string tell(const BookView& view) {
  std::string out = "  " + view.product + ": " + std::to_string(view.loans) + " loans, principal " +
                    view.principal.text() + ", allowance " + view.allowance.text() + "\n";
  for (const BucketLine& line : view.buckets) {
    if (line.loans == 0) continue;
    out += "    " + padded(line.bucket, 4) + padded(std::to_string(line.loans), 12) +
           padded(line.principal.text(), 24) + "\n";
  }
  for (const StageLine& line : view.stages) {
    if (line.loans == 0) continue;
    out += "    stage " + line.stage + ": " + std::to_string(line.loans) + " loans, principal " +
           line.principal.text() + ", allowance " + line.allowance.text() + "\n";
  }
  return out;
}

}  // namespace

std::string tell(const DayEndAnswer& answer) {
  std::string out = "The end of " + answer.date.text() + ": " + std::to_string(answer.loans) + " loans";
  out += answer.days_run == 0 ? ", run before\n" : ", " + std::to_string(answer.days_run) + " days run\n";
  for (const BookView& view : answer.books) {
    out += tell(view);
    out += "    on the day: interest " + view.interest.text() + ", late interest " + view.penalty.text() +
           ", charged off " + std::to_string(view.charged_off_loans) + " loans of " + view.charged_off.text() +
           ", allowance " + view.allowance_change.text() + "\n";
  }
  return out + (answer.ties ? "The loans tie with the ledger.\n"
                            : "THE LOANS DO NOT TIE WITH THE LEDGER: stop booking and find out why.\n");
}

void fields(Shape& shape, RollLine& line) {
  shape.field("product", line.product);
  shape.field("from", line.from, {.help = "bucket at the month's end before"});
  shape.field("to", line.to, {.help = "bucket now, closed or charged_off"});
  shape.field("loans", line.loans);
  shape.field("rate", line.rate, {.help = "share of the principal there"});
}

void fields(Shape& shape, VintageLine& line) {
  shape.field("product", line.product);
  shape.field("opened", line.opened, {.help = "first of the month of opening"});
  shape.field("months_on_book", line.months_on_book);
  shape.field("loans", line.loans, {.help = "seen so far"});
  shape.field("bad_loans", line.bad_loans, {.help = "ever in stage three or charged off"});
  shape.field("bad_rate", line.bad_rate, {.help = "of the loans"});
}

void fields(Shape& shape, PortfolioAnswer& answer) {
  shape.field("date", answer.date, {.help = "of the last day-end"});
  shape.field("books", answer.books, {.help = "by product and currency"});
  shape.field("month_end", answer.month_end, {.help = "the last one, to which the roll rates lead"});
  shape.field("rolls", answer.rolls, {.help = "where the loans of each bucket were a month later"});
  shape.field("vintages", answer.vintages, {.help = "by month of opening and months on book"});
}

namespace {

void add_rolls(const MonthTables& tables, PortfolioAnswer& answer) {
  for (const auto& [key, table] : tables.rolls) {
    for (int from = 0; from < kBuckets; ++from) {
      for (int to = 0; to < static_cast<int>(RollTable::columns); ++to) {
        const Count& cell = table.cells[static_cast<size_t>(from)][static_cast<size_t>(to)];
        if (cell.loans == 0) continue;
        answer.rolls.push_back({key.product, std::string(bucket_name(from)), std::string(column_name(to)), cell.loans,
                                table.rate(from, to)});
      }
    }
  }
}

void add_vintages(const MonthTables& tables, PortfolioAnswer& answer) {
  for (const auto& [key, table] : tables.vintages) {
    for (const auto& [where, cell] : table) {
      const Rate bad{cell.seen.loans == 0
                         ? 0
                         : multiply_divide(cell.ever_bad.loans, Rate::kOne, cell.seen.loans, Rounding::half_even)};
      answer.vintages.push_back({key.product, where.first, where.second, cell.seen.loans, cell.ever_bad.loans, bad});
    }
  }
}

}  // namespace

Result<PortfolioAnswer> portfolio(Reader& reader) {
  PortfolioAnswer answer;
  answer.date = TRY(last_finished_day(reader));
  if (answer.date) answer.books = views_of(TRY(find_day(reader, *answer.date))->report);
  if (const auto tables = TRY(read_month_tables(reader))) {
    answer.month_end = tables->month_end;
    add_rolls(*tables, answer);
    add_vintages(*tables, answer);
  }
  return answer;
}

std::string tell(const PortfolioAnswer& answer) {
  if (!answer.date) return "No day-end was run yet: 'lending day-end --date DAY'.\n";
  std::string out = "After the end of " + answer.date->text() + "\n";
  for (const BookView& view : answer.books) out += tell(view);
  if (answer.month_end) out += "Roll rates to " + answer.month_end->text() + ", of the principal a month before\n";
  for (const RollLine& line : answer.rolls) {
    out += "  " + line.product + "  " + line.from + " to " + line.to + "  " + padded(std::to_string(line.loans), 10) +
           padded(line.rate.percent(), 10) + "\n";
  }
  if (!answer.vintages.empty()) out += "Vintages: loans ever in stage three or charged off\n";
  for (const VintageLine& line : answer.vintages) {
    out += "  " + line.product + "  " + line.opened.text().substr(0, 7) + " at month " +
           std::to_string(line.months_on_book) + "  " + padded(std::to_string(line.bad_loans), 8) + " of " +
           std::to_string(line.loans) + padded(line.bad_rate.percent(), 10) + "\n";
  }
  return out;
}

}  // namespace puhui::lending
