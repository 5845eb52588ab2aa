#include "applications/aml/account_verbs.h"

#include <cmath>
#include <fstream>

#include "applications/aml/account_features.h"
#include "ground/base/text.h"
#include "infrastructure/models/csv.h"

namespace puhui::aml {

namespace {

struct AccountsRequest {
  std::string transactions, nodes, out;
  std::string from = "from", to = "to", amount = "amount", time = "time";
  std::string account = "account", known_bad;
  int64_t amount_places = 2;
  int64_t window = AccountFeatureSettings{}.window;
  int64_t near_ppm = AccountFeatureSettings{}.near_ppm, loss_ppm = AccountFeatureSettings{}.loss_ppm;
};
void fields(Shape& shape, AccountsRequest& request) {
  shape.field("transactions", request.transactions,
              {.help = "the CSV of transfers (gzip and zstd too)", .min = 1, .max = 4096});
  shape.field("nodes", request.nodes,
              {.help = "a CSV of accounts, also such as have no transfer", .max = 4096, .optional = true});
  shape.field("out", request.out, {.help = "the CSV of accounts to write", .min = 1, .max = 4096});
  shape.field("from", request.from, {.help = "column of the paying account", .min = 1, .max = 256, .optional = true});
  shape.field("to", request.to, {.help = "column of the paid account", .min = 1, .max = 256, .optional = true});
  shape.field("amount", request.amount, {.help = "column of the amount", .min = 1, .max = 256, .optional = true});
  shape.field("time", request.time,
              {.help = "column of the time, a whole number of any unit", .min = 1, .max = 256, .optional = true});
  shape.field("account", request.account,
              {.help = "column of the account in the nodes file", .min = 1, .max = 256, .optional = true});
  shape.field("known_bad", request.known_bad,
              {.help = "column of the nodes file that says what was known when the features are made: 1 bad, 0 good, "
                       "empty nothing",
               .max = 256,
               .optional = true});
  shape.field("amount_places", request.amount_places,
              {.help = "decimals of an amount", .min = 0, .max = 6, .optional = true});
  shape.field("window", request.window,
              {.help = "of bursts, cycles and passing on, in the time column's unit", .min = 1, .optional = true});
  shape.field("near_ppm", request.near_ppm,
              {.help = "amounts this near are almost equal", .min = 0, .max = 1'000'000, .optional = true});
  shape.field("loss_ppm", request.loss_ppm,
              {.help = "what each transfer on may keep back", .min = 0, .max = 999'999, .optional = true});
}

struct AccountsAnswer {
  std::string out;
  int64_t accounts = 0, transfers = 0, self_transfers = 0, columns = 0, bytes = 0;
};
void fields(Shape& shape, AccountsAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file"});
  shape.field("accounts", answer.accounts, {.help = "rows written"});
  shape.field("transfers", answer.transfers, {.help = "read, but for those to oneself"});
  shape.field("self_transfers", answer.self_transfers, {.help = "to oneself: counted, in no column"});
  shape.field("columns", answer.columns, {.help = "of features"});
  shape.field("bytes", answer.bytes);
}

std::string tell(const AccountsAnswer& answer) {
  return with_thousands(answer.accounts) + " accounts with " + std::to_string(answer.columns) + " features of " +
         with_thousands(answer.transfers) + " transfers written to " + answer.out + "\n";
}

Result<Known> known_of(std::string_view text, const models::CsvRow& row, const std::string& column) {
  if (text.empty()) return Known::nothing;
  if (text == "0") return Known::good;
  if (text == "1") return Known::bad;
  return fail(ErrorCode::invalid, row.place(),
              column + ": expected 1, 0 or nothing, came '" + std::string(cut_utf8(text, 40)) + "'");
}

// The accounts of the nodes file, and what was known of them when that is asked for.
Result<std::vector<Known>> read_nodes(const AccountsRequest& request, AccountBook& book) {
  auto csv = TRY(models::CsvReader::open(TRY(models::open_file(request.nodes))));
  const size_t account = TRY(csv.column(request.account));
  const size_t label = request.known_bad.empty() ? account : TRY(csv.column(request.known_bad));
  std::vector<Known> out;
  Faults faults;
  for (models::CsvRow row; TRY(csv.next(row));) {
    if (row.fault || row.fields[account].empty()) {
      faults.add(row.place(), row.fault ? row.fault->message : request.account + ": expected an account, came none");
      continue;
    }
    const uint32_t number = book.number_of(row.fields[account]);
    if (book.accounts() > kBookAccountsMax) {
      return fail(ErrorCode::exhausted, row.place(),
                  "expected at most " + with_thousands(kBookAccountsMax) + " accounts, came more");
    }
    if (request.known_bad.empty()) continue;
    const auto known = known_of(row.fields[label], row, request.known_bad);
    if (!known) faults.add("", known.error());
    if (out.size() <= number) out.resize(book.accounts(), Known::nothing);
    if (known) out[number] = *known;
  }
  TRY(std::move(faults).result());
  if (!request.known_bad.empty()) out.resize(book.accounts(), Known::nothing);
  return out;
}

// Names with a comma, a quote or a line end stand in quotes (RFC 4180).
std::string cell_of(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

Result<int64_t> write_table(const std::string& path, const AccountBook& book, const AccountColumns& columns,
                            Progress& progress) {
  constexpr uint32_t kSliceRows = 10'000;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return fail(ErrorCode::unavailable, path, "cannot be written; does its folder exist?");
  std::string text = "account";
  for (const AccountColumn& column : columns) text += "," + column.name;
  text += "\n";
  int64_t bytes = 0;
  for (uint32_t account = 0; account <= book.accounts(); ++account) {
    if (account % kSliceRows == 0 || account == book.accounts()) {
      file.write(text.data(), static_cast<std::streamsize>(text.size()));
      bytes += static_cast<int64_t>(std::exchange(text, {}).size());
      progress.step("accounts written", account, book.accounts());
    }
    if (account == book.accounts()) break;
    text += cell_of(book.names.name(account));
    for (const AccountColumn& column : columns) {
      const double value = column.values[account];
      text += ',';
      if (!std::isnan(value)) text += format_double(value);
    }
    text += "\n";
  }
  file.close();
  if (!file) return fail(ErrorCode::unavailable, path, "could not be written; is the disk full?");
  return bytes;
}

Result<AccountsAnswer> accounts(const VerbCall& call, const AccountsRequest& request) {
  if (!request.known_bad.empty() && request.nodes.empty()) {
    return fail(ErrorCode::invalid, "known_bad", "names a column of the nodes file, but none came: give --nodes");
  }
  const BookColumns columns{request.from, request.to, request.amount, request.time,
                            static_cast<int>(request.amount_places)};
  call.progress.step("reading transfers", 0, 0);
  auto source = TRY(models::open_file(request.transactions));
  auto read = read_book(std::move(source), columns);
  if (!read) return fail(at(request.transactions, std::move(read).error()));
  AccountBook& book = *read;
  std::vector<Known> known;
  if (!request.nodes.empty()) {
    auto nodes = read_nodes(request, book);
    if (!nodes) return fail(at(request.nodes, std::move(nodes).error()));
    known = *std::move(nodes);
  }
  book.close(request.near_ppm);
  call.progress.step("computing features", 0, 0);
  const AccountFeatureSettings settings{
      .window = request.window, .near_ppm = request.near_ppm, .loss_ppm = request.loss_ppm};
  const AccountColumns table = account_features(book, known, settings);
  const int64_t bytes = TRY(write_table(request.out, book, table, call.progress));
  return AccountsAnswer{request.out,
                        book.accounts(),
                        static_cast<int64_t>(book.transfers.size()),
                        static_cast<int64_t>(book.self_transfers),
                        static_cast<int64_t>(table.size()),
                        bytes};
}

}  // namespace

std::vector<Verb> account_verbs() {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<AccountsRequest, AccountsAnswer>(
      {.noun = "aml",
       .verb = "accounts",
       .help = "Write a table of accounts with what a CSV of transfers says of each, for a model to be trained on.",
       .effect = Effect::read,
       .repeat_key = "",
       .storeless = true,
       .local_only = true},
      accounts, tell));
  return verbs;
}

}  // namespace puhui::aml
