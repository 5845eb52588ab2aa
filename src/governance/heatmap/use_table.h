// The heat map's tables: what each account used by minute, hour and day, what the process used, and prices. Every
// use is added to all three steps at once, so a long range reads few rows and still sums to the nanosecond.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "governance/heatmap/heatmap_shapes.h"
#include "ground/store/store.h"

namespace puhui::heatmap {

std::vector<Migration> migrations();

// Finer rows than these are let go; a range that reaches back beyond them begins at its whole hour, or day.
inline constexpr int64_t kMinuteRowsDays = 35, kHourRowsDays = 400;

int64_t microseconds_of(Step step);
Timestamp floor_to(Step step, Timestamp at);

struct UseRow {
  std::string account, version;
  Step step = Step::minute;
  Timestamp moment;  // where the step begins
  Use use;
};
// Adds to what stands there.
Result<void> add_use(Transaction& tx, const UseRow& row);

struct ProcessRow {
  Step step = Step::minute;
  Timestamp moment;
  int64_t cpu_ns = 0;
  int64_t cores = 0;
  Timestamp counted_at;
};
Result<void> add_process(Transaction& tx, const ProcessRow& row);

// [from, to) on whole minutes.
struct Span {
  Timestamp from, to;
};
// `to` is now when absent, `from` `days` before it. invalid: the wrong way round, or more than kRangeDaysMax.
Result<Span> span_of(std::optional<Timestamp> from, std::optional<Timestamp> to, Timestamp now, int64_t days);

// Rows that cover the span once: whole days, then hours, then minutes at its edges; `now` says which are still kept.
struct Tile {
  Step step;
  Span span;
};
std::vector<Tile> tiles(Span span, Timestamp now);
// One step only.
std::vector<Tile> tiles_of(Step step, Span span);

Result<void> each_use(Reader& reader, std::span<const Tile> tiles,
                      const std::function<Result<void>(const UseRow&)>& visit);
// In the order of the moments within a tile.
Result<void> each_process(Reader& reader, std::span<const Tile> tiles,
                          const std::function<Result<void>(const ProcessRow&)>& visit);

// Deletes rows older than they are kept.
Result<void> forget_old(Transaction& tx, Timestamp now);

// The newest first.
Result<std::vector<PriceView>> read_prices(Reader& reader);
Result<void> put_price(Transaction& tx, const PriceView& price);
// In thousand-millionths of the currency's unit.
int64_t cost_nano(const PriceView& price, int64_t cpu_ns, int64_t tokens);

}  // namespace puhui::heatmap
