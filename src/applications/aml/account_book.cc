#include "applications/aml/account_book.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/csv.h"

namespace puhui::aml {

namespace {

// Accounts' transfers by counting: they come in time order and stay in it.
void make_side(const std::vector<BookTransfer>& transfers, uint32_t accounts, uint32_t BookTransfer::*end,
               BookSide& side) {
  side.first.assign(accounts + size_t{1}, 0);
  for (const BookTransfer& transfer : transfers) ++side.first[transfer.*end + size_t{1}];
  for (size_t a = 0; a < accounts; ++a) side.first[a + 1] += side.first[a];
  side.transfers.resize(transfers.size());
  std::vector<size_t> next(side.first.begin(), side.first.end() - 1);
  for (uint32_t i = 0; i < transfers.size(); ++i) side.transfers[next[transfers[i].*end]++] = i;
}

bool near(int64_t a, int64_t b, int64_t near_ppm) {
  const __int128 distance = static_cast<__int128>(a) - b;
  return (distance < 0 ? -distance : distance) * 1'000'000 <= static_cast<__int128>(std::max(a, b)) * near_ppm;
}

void make_pairs(const std::vector<BookTransfer>& transfers, uint32_t accounts, uint32_t BookTransfer::*other,
                int64_t near_ppm, BookSide& side) {
  side.first_pair.assign(1, 0);
  std::vector<uint32_t> mine;
  for (uint32_t account = 0; account < accounts; ++account) {
    mine.assign(side.of(account).begin(), side.of(account).end());
    std::stable_sort(mine.begin(), mine.end(),
                     [&](uint32_t a, uint32_t b) { return transfers[a].*other < transfers[b].*other; });
    for (size_t i = 0; i < mine.size(); ++i) {
      const BookTransfer& transfer = transfers[mine[i]];
      const bool same = i > 0 && transfers[mine[i - 1]].*other == transfer.*other;
      if (!same) side.pairs.push_back({.other = transfer.*other});
      BookPair& pair = side.pairs.back();
      ++pair.transfers;
      if (__builtin_add_overflow(pair.amount_minor, transfer.amount_minor, &pair.amount_minor)) {
        pair.amount_minor = INT64_MAX;
      }
      if (same && near(transfers[mine[i - 1]].amount_minor, transfer.amount_minor, near_ppm)) ++pair.near_repeats;
    }
    side.first_pair.push_back(side.pairs.size());
  }
}

struct Cells {
  size_t from = 0, to = 0, amount = 0, at = 0;
};

Result<Cells> cells_of(const models::CsvReader& csv, const BookColumns& columns) {
  Faults faults;
  Cells out;
  const std::pair<const std::string*, size_t*> wanted[] = {
      {&columns.from, &out.from}, {&columns.to, &out.to}, {&columns.amount, &out.amount}, {&columns.at, &out.at}};
  for (const auto& [name, place] : wanted) {
    const auto found = csv.column(*name);
    if (found) *place = *found;
    if (!found) faults.add("", found.error());
  }
  TRY(std::move(faults).result());
  return out;
}

void read_row(const models::CsvRow& row, const Cells& cells, int places, AccountBook& book, Faults& faults) {
  if (row.fault) return faults.add(row.place(), row.fault->message);
  const std::string_view from = row.fields[cells.from], to = row.fields[cells.to];
  const auto amount = parse_fixed(row.fields[cells.amount], places);
  auto at = parse_int64(row.fields[cells.at]);
  if (at && (*at > kBookTimeMax || *at < -kBookTimeMax)) at.reset();
  if (from.empty() || to.empty())
    faults.add(row.place(), "expected the account paid from and the one paid to, came none");
  if (!amount || *amount < 0) {
    faults.add(row.place(), "amount: expected at least 0 with at most " + std::to_string(places) + " decimals, came '" +
                                std::string(cut_utf8(row.fields[cells.amount], 40)) + "'");
  }
  if (!at) {
    faults.add(row.place(), "time: expected a whole number of steps, days or seconds, came '" +
                                std::string(cut_utf8(row.fields[cells.at], 40)) + "'");
  }
  if (from.empty() || to.empty() || !amount || *amount < 0 || !at) return;
  if (from == to) {
    ++book.self_transfers;
    return;
  }
  const uint32_t payer = book.number_of(from), payee = book.number_of(to);
  book.transfers.push_back({*at, *amount, payer, payee});
}

}  // namespace

uint32_t AccountBook::number_of(std::string_view account) {
  const auto known = names.find(account);
  return known ? *known : names.add(account);
}

void AccountBook::close(int64_t near_ppm) {
  std::stable_sort(transfers.begin(), transfers.end(),
                   [](const BookTransfer& a, const BookTransfer& b) { return a.at < b.at; });
  make_side(transfers, accounts(), &BookTransfer::from, out);
  make_side(transfers, accounts(), &BookTransfer::to, in);
  make_pairs(transfers, accounts(), &BookTransfer::to, near_ppm, out);
  make_pairs(transfers, accounts(), &BookTransfer::from, near_ppm, in);
}

Result<AccountBook> read_book(std::unique_ptr<models::ByteSource> source, const BookColumns& columns) {
  models::CsvReader csv = TRY(models::CsvReader::open(std::move(source)));
  const Cells cells = TRY(cells_of(csv, columns));
  AccountBook book;
  Faults faults;
  for (models::CsvRow row; TRY(csv.next(row));) {
    read_row(row, cells, columns.amount_places, book, faults);
    if (book.transfers.size() > kBookTransfersMax || book.accounts() > kBookAccountsMax) {
      return fail(ErrorCode::exhausted, row.place(),
                  "expected at most " + with_thousands(kBookTransfersMax) + " transfers of " +
                      with_thousands(kBookAccountsMax) + " accounts, came more; take a shorter time");
    }
  }
  TRY(std::move(faults).result());
  return book;
}

}  // namespace puhui::aml
