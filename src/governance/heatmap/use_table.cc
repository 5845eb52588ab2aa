#include "governance/heatmap/use_table.h"

#include <algorithm>

namespace puhui::heatmap {

namespace {

constexpr int64_t kMinuteUs = 60'000'000, kHourUs = 60 * kMinuteUs, kDayUs = 24 * kHourUs;

int64_t number_of(Step step) { return static_cast<int64_t>(step); }

Timestamp ceil_to(Step step, Timestamp at) {
  const Timestamp floor = floor_to(step, at);
  return floor == at ? at : Timestamp{floor.microseconds + microseconds_of(step)};
}

}  // namespace

std::vector<Migration> migrations() {
  return {{"heatmap", 1,
           "CREATE TABLE heatmap_account(account {text} NOT NULL PRIMARY KEY) {clustered};"
           "CREATE TABLE heatmap_use(account {text} NOT NULL, step {int} NOT NULL, moment {int} NOT NULL,"
           " version {text} NOT NULL, calls {int} NOT NULL, errors {int} NOT NULL, cpu_ns {int} NOT NULL,"
           " tokens {int} NOT NULL, cost_nano {int} NOT NULL, latency_p50_us {int} NOT NULL,"
           " latency_p99_us {int} NOT NULL, PRIMARY KEY (account, step, moment, version)) {clustered};"
           "CREATE TABLE heatmap_process(step {int} NOT NULL, moment {int} NOT NULL, cpu_ns {int} NOT NULL,"
           " cores {int} NOT NULL, counted_at {int} NOT NULL, PRIMARY KEY (step, moment)) {clustered};"
           "CREATE TABLE heatmap_price(since {int} NOT NULL PRIMARY KEY, cpu_second_nano {int} NOT NULL,"
           " token_nano {int} NOT NULL, currency {text} NOT NULL, set_by {text} NOT NULL) {clustered}"}};
}

int64_t microseconds_of(Step step) { return step == Step::minute ? kMinuteUs : step == Step::hour ? kHourUs : kDayUs; }

Timestamp floor_to(Step step, Timestamp at) {
  const int64_t us = microseconds_of(step), rest = at.microseconds % us;
  return {at.microseconds - (rest < 0 ? rest + us : rest)};
}

// The smaller and the larger of two are said by CASE: the engines name those functions differently.
Result<void> add_use(Transaction& tx, const UseRow& row) {
  TRY(tx.execute("INSERT INTO heatmap_account(account) VALUES (?) ON CONFLICT (account) DO NOTHING", {row.account}));
  const Use& use = row.use;
  TRY(tx.execute(
      "INSERT INTO heatmap_use(account, step, moment, version, calls, errors, cpu_ns, tokens, cost_nano,"
      " latency_p50_us, latency_p99_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (account, step, moment, version) DO UPDATE SET calls = heatmap_use.calls + excluded.calls,"
      " errors = heatmap_use.errors + excluded.errors, cpu_ns = heatmap_use.cpu_ns + excluded.cpu_ns,"
      " tokens = heatmap_use.tokens + excluded.tokens, cost_nano = heatmap_use.cost_nano + excluded.cost_nano,"
      " latency_p50_us = CASE WHEN excluded.latency_p50_us > heatmap_use.latency_p50_us"
      " THEN excluded.latency_p50_us ELSE heatmap_use.latency_p50_us END,"
      " latency_p99_us = CASE WHEN excluded.latency_p99_us > heatmap_use.latency_p99_us"
      " THEN excluded.latency_p99_us ELSE heatmap_use.latency_p99_us END",
      {row.account, number_of(row.step), row.moment.microseconds, row.version, use.calls, use.errors, use.cpu_ns,
       use.tokens, use.cost_nano, use.latency_p50_us, use.latency_p99_us}));
  return {};
}

Result<void> add_process(Transaction& tx, const ProcessRow& row) {
  TRY(
      tx.execute("INSERT INTO heatmap_process(step, moment, cpu_ns, cores, counted_at) VALUES (?, ?, ?, ?, ?)"
                 " ON CONFLICT (step, moment) DO UPDATE SET cpu_ns = heatmap_process.cpu_ns + excluded.cpu_ns,"
                 " cores = excluded.cores, counted_at = CASE WHEN excluded.counted_at > heatmap_process.counted_at"
                 " THEN excluded.counted_at ELSE heatmap_process.counted_at END",
                 {number_of(row.step), row.moment.microseconds, row.cpu_ns, row.cores, row.counted_at.microseconds}));
  return {};
}

Result<Span> span_of(std::optional<Timestamp> from, std::optional<Timestamp> to, Timestamp now, int64_t days) {
  Span out;
  // The minute that runs belongs to what is known now.
  out.to = to ? ceil_to(Step::minute, *to) : Timestamp{floor_to(Step::minute, now).microseconds + kMinuteUs};
  out.from = floor_to(Step::minute, from.value_or(Timestamp{out.to.microseconds - days * kDayUs}));
  if (out.from >= out.to) {
    return fail(ErrorCode::invalid, "from",
                "expected a moment before 'to', " + text_of(out.to) + ", came " + text_of(out.from));
  }
  if (out.to.microseconds - out.from.microseconds > kRangeDaysMax * kDayUs) {
    return fail(ErrorCode::invalid, "from",
                "expected at most " + std::to_string(kRangeDaysMax) + " days; ask for a shorter range");
  }
  return out;
}

std::vector<Tile> tiles_of(Step step, Span span) {
  return {{step, {floor_to(step, span.from), ceil_to(step, span.to)}}};
}

std::vector<Tile> tiles(Span span, Timestamp now) {
  // Where finer rows may be gone, the span widens to the coarser step's.
  for (const auto& [step, days] : {std::pair(Step::hour, kMinuteRowsDays), std::pair(Step::day, kHourRowsDays)}) {
    const int64_t kept_from = now.microseconds - days * kDayUs;
    if (span.from.microseconds < kept_from) span.from = floor_to(step, span.from);
    if (span.to.microseconds < kept_from) span.to = ceil_to(step, span.to);
  }
  std::vector<Tile> out;
  // What the next coarser step cannot cover whole, at either end.
  Span left = span;
  for (const auto& [fine, coarse] : {std::pair(Step::minute, Step::hour), std::pair(Step::hour, Step::day)}) {
    const Span inner{ceil_to(coarse, left.from), floor_to(coarse, left.to)};
    if (inner.from >= inner.to) {
      if (left.from < left.to) out.push_back({fine, left});
      return out;
    }
    if (left.from < inner.from) out.push_back({fine, {left.from, inner.from}});
    if (inner.to < left.to) out.push_back({fine, {inner.to, left.to}});
    left = inner;
  }
  out.push_back({Step::day, left});
  return out;
}

namespace {

UseRow use_row(const Row& row, const std::string& account, Step step) {
  UseRow out{account, std::string(row.text(1)), step, {row.integer(0)}, {}};
  out.use = {.calls = row.integer(2),
             .errors = row.integer(3),
             .cpu_ns = row.integer(4),
             .tokens = row.integer(5),
             .cost_nano = row.integer(6),
             .latency_p50_us = row.integer(7),
             .latency_p99_us = row.integer(8)};
  return out;
}

}  // namespace

// Account by account, as the key begins: there are tens of them, and a row is found without a scan.
Result<void> each_use(Reader& reader, std::span<const Tile> tiles,
                      const std::function<Result<void>(const UseRow&)>& visit) {
  std::vector<std::string> accounts;
  TRY(reader.each("SELECT account FROM heatmap_account ORDER BY account", {}, [&](const Row& row) -> Result<void> {
    accounts.emplace_back(row.text(0));
    return {};
  }));
  for (const std::string& account : accounts) {
    for (const Tile& tile : tiles) {
      TRY(reader.each(
          "SELECT moment, version, calls, errors, cpu_ns, tokens, cost_nano, latency_p50_us, latency_p99_us"
          " FROM heatmap_use WHERE account = ? AND step = ? AND moment >= ? AND moment < ? ORDER BY moment, version",
          {account, number_of(tile.step), tile.span.from.microseconds, tile.span.to.microseconds},
          [&](const Row& row) { return visit(use_row(row, account, tile.step)); }));
    }
  }
  return {};
}

Result<void> each_process(Reader& reader, std::span<const Tile> tiles,
                          const std::function<Result<void>(const ProcessRow&)>& visit) {
  for (const Tile& tile : tiles) {
    TRY(reader.each(
        "SELECT moment, cpu_ns, cores, counted_at FROM heatmap_process"
        " WHERE step = ? AND moment >= ? AND moment < ? ORDER BY moment",
        {number_of(tile.step), tile.span.from.microseconds, tile.span.to.microseconds}, [&](const Row& row) {
          return visit({tile.step, {row.integer(0)}, row.integer(1), row.integer(2), {row.integer(3)}});
        }));
  }
  return {};
}

Result<void> forget_old(Transaction& tx, Timestamp now) {
  for (const auto& [step, days] : {std::pair(Step::minute, kMinuteRowsDays), std::pair(Step::hour, kHourRowsDays)}) {
    // A whole day more than the range that `tiles` reads by this step.
    const int64_t before = floor_to(Step::day, now).microseconds - (days + 1) * kDayUs;
    TRY(tx.execute("DELETE FROM heatmap_use WHERE step = ? AND moment < ?", {number_of(step), before}));
    TRY(tx.execute("DELETE FROM heatmap_process WHERE step = ? AND moment < ?", {number_of(step), before}));
  }
  return {};
}

Result<std::vector<PriceView>> read_prices(Reader& reader) {
  std::vector<PriceView> out;
  TRY(reader.each(
      "SELECT since, cpu_second_nano, token_nano, currency, set_by FROM heatmap_price"
      " ORDER BY since DESC LIMIT 100",
      {}, [&](const Row& row) -> Result<void> {
        out.push_back(
            {row.integer(1), row.integer(2), std::string(row.text(3)), std::string(row.text(4)), {row.integer(0)}});
        return {};
      }));
  return out;
}

Result<void> put_price(Transaction& tx, const PriceView& price) {
  TRY(
      tx.execute("INSERT INTO heatmap_price(since, cpu_second_nano, token_nano, currency, set_by)"
                 " VALUES (?, ?, ?, ?, ?)",
                 {price.since.microseconds, price.cpu_second_nano, price.token_nano, price.currency, price.set_by}));
  return {};
}

int64_t cost_nano(const PriceView& price, int64_t cpu_ns, int64_t tokens) {
  constexpr int64_t kSecondNs = 1'000'000'000;
  return multiply_divide(cpu_ns, price.cpu_second_nano, kSecondNs, Rounding::half_even) + tokens * price.token_nano;
}

}  // namespace puhui::heatmap
