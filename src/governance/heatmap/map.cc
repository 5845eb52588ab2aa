#include "governance/heatmap/map.h"

#include <algorithm>

#include "governance/heatmap/activities.h"
#include "governance/heatmap/blocks.h"
#include "governance/heatmap/meter.h"
#include "governance/heatmap/risk.h"

namespace puhui::heatmap {

namespace {

constexpr int64_t kMillion = 1'000'000;

// What a cell's value is made of.
struct Known {
  Measure measure;
  bool has_price = false;
  const std::map<std::string, int64_t>* overridden = nullptr;  // by block
};

std::optional<int64_t> value_of(const CellView& cell, const Known& known) {
  const Use& use = cell.use;
  const auto a_call = [&](int64_t whole, int64_t factor) -> std::optional<int64_t> {
    if (use.calls == 0) return std::nullopt;
    return multiply_divide(whole, factor, use.calls, Rounding::half_even);
  };
  if (cell.use_cases.empty() && use == Use{}) return std::nullopt;
  switch (known.measure) {
    case Measure::calls: return use.calls;
    case Measure::cpu: return use.cpu_ns;
    case Measure::tokens: return use.tokens;
    case Measure::cost: return known.has_price ? std::optional(use.cost_nano) : std::nullopt;
    case Measure::latency: return use.calls == 0 ? std::nullopt : std::optional(use.latency_p99_us);
    case Measure::errors: return use.errors;
    case Measure::risk: return cell.risk.score;
    case Measure::cost_per_decision: return known.has_price ? a_call(use.cost_nano, 1) : std::nullopt;
    case Measure::override_rate: break;
  }
  if (!known.overridden) return std::nullopt;
  const auto found = known.overridden->find(cell.block);
  return a_call(found == known.overridden->end() ? 0 : found->second, kMillion);
}

std::string unit_of(Measure measure, const std::string& currency) {
  const std::string money = "thousand-millionths of a unit of " + currency;
  switch (measure) {
    case Measure::calls: return "judgements";
    case Measure::cpu: return "nanoseconds of CPU";
    case Measure::tokens: return "tokens";
    case Measure::cost: return money;
    case Measure::latency: return "microseconds, 99th percentile of the slowest minute";
    case Measure::errors: return "errors";
    case Measure::risk: return "0 none, 1 low to 9 high";
    case Measure::cost_per_decision: return money + " a decision";
    case Measure::override_rate: break;
  }
  return "millionths of the decisions";
}

std::map<std::string, std::vector<evidence::UseCase>> by_block(const std::vector<evidence::UseCase>& use_cases) {
  std::map<std::string, std::vector<evidence::UseCase>> out;
  for (const evidence::UseCase& use_case : use_cases) out[block_of(use_case)].push_back(use_case);
  return out;
}

// Empty for the bank's own work and for names that nobody declares any more.
std::string block_of_account(const std::string& account, const std::vector<evidence::UseCase>& use_cases) {
  for (const evidence::UseCase& use_case : use_cases) {
    if (use_case.name == without_scope(account)) return block_of(use_case);
  }
  return "";
}

template <size_t count>
std::vector<Heading> headings(const std::array<Named, count>& names, char first) {
  std::vector<Heading> out;
  for (size_t i = 0; i < count; ++i) {
    out.push_back({std::string(1, static_cast<char>(first + static_cast<char>(i))), std::string(names[i].en),
                   std::string(names[i].zh)});
  }
  return out;
}

// Each account's use in a block's cell, or among the activities.
Result<std::vector<CellView>> cells_of(Reader& reader, const MapNeeds& needs, std::span<const Tile> over,
                                       std::map<std::string, Use>& activities) {
  std::map<std::string, Use> blocks_use;
  TRY(each_use(reader, over, [&](const UseRow& row) -> Result<void> {
    const std::string block = block_of_account(row.account, needs.use_cases);
    (block.empty() ? activities[row.account] : blocks_use[block]).add(row.use);
    return {};
  }));
  const auto matters = TRY(open_matters(reader));
  const auto declared = by_block(needs.use_cases);
  std::vector<CellView> out;
  for (const Block& block : blocks()) {
    CellView& cell = out.emplace_back();
    cell.block = block.key();
    cell.domain = cell.block.substr(0, 1);
    cell.kind = cell.block.substr(1);
    cell.en = block.name.en;
    cell.zh = block.name.zh;
    cell.tier = block.tier;
    cell.use = blocks_use[cell.block];
    std::vector<evidence::UseCase> here;
    if (const auto found = declared.find(cell.block); found != declared.end()) here = found->second;
    for (const evidence::UseCase& use_case : here) cell.use_cases.push_back(use_case.name);
    cell.risk = risk_of(here, matters);
  }
  return out;
}

std::map<std::string, int64_t> overridden_by_block(const MapNeeds& needs) {
  std::map<std::string, int64_t> out;
  for (const auto& [use_case, count] : *needs.overridden) out[block_of_account(use_case, needs.use_cases)] += count;
  return out;
}

}  // namespace

Result<ShowAnswer> show(Reader& reader, const MapNeeds& needs, const ShowRequest& request, Timestamp now) {
  const Span span = TRY(span_of(request.from, request.to, now, 1));
  const auto over = tiles(span, now);
  ShowAnswer out;
  out.measure = request.measure;
  out.from = over.front().span.from;
  out.to = over.back().span.to;
  for (const Tile& tile : over) {
    out.from = std::min(out.from, tile.span.from);
    out.to = std::max(out.to, tile.span.to);
  }
  out.domains = headings(domains(), '1');
  out.kinds = headings(kinds(), 'A');
  std::map<std::string, Use> activities;
  out.cells = TRY(cells_of(reader, needs, over, activities));
  for (const auto& [name, use] : activities) {
    const Named words = words_of_activity(name);
    out.activities.push_back({name, std::string(words.en), std::string(words.zh), use});
    out.activities_cpu_ns += use.cpu_ns;
  }
  const auto prices = TRY(read_prices(reader));
  if (!prices.empty()) out.currency = prices.front().currency;
  out.unit = unit_of(request.measure, prices.empty() ? "money" : out.currency);
  std::map<std::string, int64_t> overridden;
  Known known{request.measure, !prices.empty(), nullptr};
  if (request.measure == Measure::override_rate && needs.overridden) {
    overridden = overridden_by_block(needs);
    known.overridden = &overridden;
  }
  for (CellView& cell : out.cells) {
    cell.value = value_of(cell, known);
    out.cells_cpu_ns += cell.use.cpu_ns;
  }
  Balance balance = TRY(read_process(reader, over));
  balance.accounts_cpu_ns = out.cells_cpu_ns + out.activities_cpu_ns;
  out.process_cpu_ns = balance.process_cpu_ns;
  out.unattributed_cpu_ns = balance.unattributed_cpu_ns();
  out.unattributed_ppm = balance.unattributed_ppm();
  out.at = balance.counted_at;
  return out;
}

}  // namespace puhui::heatmap
