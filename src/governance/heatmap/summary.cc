#include "governance/heatmap/summary.h"

#include <algorithm>
#include <thread>

#include "governance/heatmap/forecast.h"
#include "governance/heatmap/meter.h"
#include "ground/base/cpu_account.h"

namespace puhui::heatmap {

namespace {

constexpr int64_t kMillion = 1'000'000, kMinuteNs = 60'000'000'000, kDayUs = 86'400'000'000;
constexpr size_t kTopUseCases = 3;

int64_t part_ppm(int64_t part, int64_t whole) {
  return whole <= 0 ? 0 : multiply_divide(part, kMillion, whole, Rounding::half_even);
}

// Shares of use cases, the largest first, and the sum of their squares.
void concentrate(const std::map<std::string, int64_t>& cpu_ns_by_use_case, SummaryAnswer& out) {
  int64_t whole_ns = 0;
  for (const auto& [name, cpu_ns] : cpu_ns_by_use_case) whole_ns += cpu_ns;
  for (const auto& [name, cpu_ns] : cpu_ns_by_use_case) {
    out.top.push_back({name, cpu_ns, part_ppm(cpu_ns, whole_ns)});
    const int64_t share = out.top.back().share_ppm;
    out.herfindahl_ppm += multiply_divide(share, share, kMillion, Rounding::half_even);
  }
  std::stable_sort(out.top.begin(), out.top.end(),
                   [](const ShareView& a, const ShareView& b) { return a.cpu_ns > b.cpu_ns; });
  if (out.top.size() > kTopUseCases) out.top.resize(kTopUseCases);
}

// The 95th percentile by nearest rank; 0 of none.
int64_t p95_of(std::vector<int64_t>& values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[(values.size() * 95 + 99) / 100 - 1];
}

int64_t used_ppm(const ProcessRow& row) { return part_ppm(row.cpu_ns, kMinuteNs * std::max<int64_t>(1, row.cores)); }

// Minutes in which a process ran; those in which none did say nothing about the machine.
Result<std::map<int64_t, std::vector<int64_t>>> minutes_by_day(Reader& reader, Span span) {
  std::map<int64_t, std::vector<int64_t>> out;
  TRY(each_process(reader, tiles_of(Step::minute, span), [&](const ProcessRow& row) -> Result<void> {
    out[row.moment.microseconds / kDayUs].push_back(used_ppm(row));
    return {};
  }));
  return out;
}

Result<void> look_ahead(Reader& reader, Span span, Timestamp now, SummaryAnswer& out) {
  std::vector<int64_t> minutes;
  for (auto& [day, used] : TRY(minutes_by_day(reader, span))) minutes.insert(minutes.end(), used.begin(), used.end());
  out.used_p95_ppm = p95_of(minutes);
  out.headroom_ppm = std::max<int64_t>(0, kMillion - out.used_p95_ppm);
  std::vector<BusyDay> days;
  const Span history = TRY(span_of(std::nullopt, std::nullopt, now, kMinuteRowsDays));
  for (auto& [day, used] : TRY(minutes_by_day(reader, history))) days.push_back({day, p95_of(used)});
  out.forecast = forecast_of(days);
  return {};
}

}  // namespace

Result<SummaryAnswer> summarise(Reader& reader, const MapNeeds& needs, const SummaryRequest& request, Timestamp now) {
  const Span span = TRY(span_of(request.from, request.to, now, kSummaryDays));
  const auto over = tiles(span, now);
  SummaryAnswer out;
  out.from = over.front().span.from;
  out.to = over.front().span.to;
  for (const Tile& tile : over) {
    out.from = std::min(out.from, tile.span.from);
    out.to = std::max(out.to, tile.span.to);
  }
  std::map<std::string, int64_t> cpu_ns_by_use_case;
  int64_t cost_nano = 0;
  TRY(each_use(reader, over, [&](const UseRow& row) -> Result<void> {
    out.total.add(row.use);
    if (row.account.starts_with(kActivityPrefix)) return {};
    cpu_ns_by_use_case[row.account] += row.use.cpu_ns;
    out.decisions += row.use.calls;
    cost_nano += row.use.cost_nano;
    return {};
  }));
  concentrate(cpu_ns_by_use_case, out);
  Balance balance = TRY(read_process(reader, over));
  balance.accounts_cpu_ns = out.total.cpu_ns;
  out.process_cpu_ns = balance.process_cpu_ns;
  out.unattributed_cpu_ns = balance.unattributed_cpu_ns();
  out.unattributed_ppm = balance.unattributed_ppm();
  out.at = balance.counted_at;
  out.cores = static_cast<int64_t>(std::max(1u, std::thread::hardware_concurrency()));
  TRY(look_ahead(reader, span, now, out));
  if (needs.overridden && out.decisions > 0) {
    int64_t overridden = 0;
    for (const auto& [use_case, count] : *needs.overridden) overridden += count;
    out.override_rate_ppm = part_ppm(overridden, out.decisions);
  }
  if (const auto prices = TRY(read_prices(reader)); !prices.empty()) {
    out.currency = prices.front().currency;
    if (out.decisions > 0) {
      out.cost_per_decision_nano = multiply_divide(cost_nano, 1, out.decisions, Rounding::half_even);
    }
  }
  return out;
}

}  // namespace puhui::heatmap
