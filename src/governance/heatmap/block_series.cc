// One block over time: its points, each version's part, this week against the last, today's quotas.
#include <algorithm>

#include "governance/heatmap/blocks.h"
#include "governance/heatmap/map.h"
#include "governance/heatmap/meter.h"
#include "governance/heatmap/risk.h"
#include "infrastructure/compute/quota.h"

namespace puhui::heatmap {

namespace {

constexpr int64_t kMillion = 1'000'000, kDayUs = 86'400'000'000;

Step step_for(Span span) {
  const int64_t us = span.to.microseconds - span.from.microseconds;
  return us <= 6 * microseconds_of(Step::hour) ? Step::minute : us <= 14 * kDayUs ? Step::hour : Step::day;
}

struct InBlock {
  const std::vector<evidence::UseCase>& use_cases;
  std::string block;
  bool operator()(std::string_view account) const {
    return std::ranges::any_of(use_cases, [&](const evidence::UseCase& use_case) {
      return use_case.name == without_scope(account) && block_of(use_case) == block;
    });
  }
};

std::optional<int64_t> change_ppm(int64_t now, int64_t before) {
  if (before == 0) return std::nullopt;
  return multiply_divide(now - before, kMillion, before, Rounding::half_even);
}

Result<Use> used_in(Reader& reader, const InBlock& in_block, Span span, Timestamp now) {
  Use out;
  TRY(each_use(reader, tiles(span, now), [&](const UseRow& row) -> Result<void> {
    if (in_block(row.account)) out.add(row.use);
    return {};
  }));
  return out;
}

Result<TrendView> trend_of(Reader& reader, const InBlock& in_block, Timestamp now) {
  const Span this_week = TRY(span_of(std::nullopt, std::nullopt, now, 7));
  const Span last_week{{this_week.from.microseconds - 7 * kDayUs}, this_week.from};
  TrendView out;
  out.this_week = TRY(used_in(reader, in_block, this_week, now));
  out.last_week = TRY(used_in(reader, in_block, last_week, now));
  out.calls_change_ppm = change_ppm(out.this_week.calls, out.last_week.calls);
  out.cpu_change_ppm = change_ppm(out.this_week.cpu_ns, out.last_week.cpu_ns);
  out.cost_change_ppm = change_ppm(out.this_week.cost_nano, out.last_week.cost_nano);
  return out;
}

Result<std::vector<BlockQuotaView>> quotas_of(Reader& reader, const InBlock& in_block, Timestamp now) {
  std::vector<BlockQuotaView> out;
  for (const compute::QuotaView& quota : TRY(compute::read_quotas(reader, now))) {
    if (!in_block(quota.use_case)) continue;
    out.push_back({quota.use_case, quota.cpu_seconds_day, quota.tokens_day, quota.used_cpu_ns, quota.used_tokens,
                   quota.borrowed_cpu_ns});
  }
  return out;
}

Result<void> add_points(Reader& reader, const InBlock& in_block, const Tile& tile, BlockAnswer& out) {
  std::map<std::pair<std::string, std::string>, Use> versions;
  TRY(each_use(reader, {&tile, 1}, [&](const UseRow& row) -> Result<void> {
    if (!in_block(row.account)) return {};
    if (out.points.size() == kPointsMax) {
      return fail(ErrorCode::exhausted, "step",
                  "expected at most " + std::to_string(kPointsMax) + " points; ask for a longer step");
    }
    out.points.push_back({row.moment, row.account, row.version, row.use});
    versions[{row.account, row.version}].add(row.use);
    return {};
  }));
  std::stable_sort(out.points.begin(), out.points.end(),
                   [](const PointView& a, const PointView& b) { return a.at < b.at; });
  int64_t cpu_ns = 0;
  for (const auto& [version, use] : versions) cpu_ns += use.cpu_ns;
  for (const auto& [version, use] : versions) {
    const int64_t share = cpu_ns == 0 ? 0 : multiply_divide(use.cpu_ns, kMillion, cpu_ns, Rounding::half_even);
    out.use_cases.push_back({version.first, version.second, use, share});
  }
  return {};
}

}  // namespace

Result<BlockAnswer> show_block(Reader& reader, const MapNeeds& needs, const BlockRequest& request, Timestamp now) {
  const Block* block = find_block(request.block);
  if (!block) return fail(ErrorCode::not_found, "block", "expected 1A to 9E, came '" + request.block + "'");
  const Span span = TRY(span_of(request.from, request.to, now, 1));
  BlockAnswer out;
  out.block = request.block;
  out.en = block->name.en;
  out.zh = block->name.zh;
  out.tier = block->tier;
  out.step = request.step.value_or(step_for(span));
  const Tile tile = tiles_of(out.step, span).front();
  out.from = tile.span.from;
  out.to = tile.span.to;
  const InBlock in_block{needs.use_cases, out.block};
  TRY(add_points(reader, in_block, tile, out));
  out.trend = TRY(trend_of(reader, in_block, now));
  out.quotas = TRY(quotas_of(reader, in_block, now));
  std::vector<evidence::UseCase> here;
  std::ranges::copy_if(needs.use_cases, std::back_inserter(here),
                       [&](const evidence::UseCase& use_case) { return block_of(use_case) == out.block; });
  out.risk = risk_of(here, TRY(open_matters(reader)));
  if (const auto prices = TRY(read_prices(reader)); !prices.empty()) out.currency = prices.front().currency;
  out.at = TRY(read_process(reader, {&tile, 1})).counted_at;
  return out;
}

}  // namespace puhui::heatmap
