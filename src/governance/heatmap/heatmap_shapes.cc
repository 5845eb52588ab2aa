#include "governance/heatmap/heatmap_shapes.h"

namespace puhui::heatmap {

std::span<const std::string_view> names_of(const Measure*) {
  static constexpr std::string_view kNames[] = {
      "calls", "cpu", "tokens", "cost", "latency", "errors", "risk", "cost_per_decision", "override_rate"};
  return kNames;
}

std::span<const std::string_view> names_of(const Step*) {
  static constexpr std::string_view kNames[] = {"minute", "hour", "day"};
  return kNames;
}

void Use::add(const Use& other) {
  calls += other.calls;
  errors += other.errors;
  cpu_ns += other.cpu_ns;
  tokens += other.tokens;
  cost_nano += other.cost_nano;
  latency_p50_us = std::max(latency_p50_us, other.latency_p50_us);
  latency_p99_us = std::max(latency_p99_us, other.latency_p99_us);
}

void fields(Shape& shape, Use& use) {
  shape.field("calls", use.calls, {.help = "judgements of a use case, calls of an activity"});
  shape.field("errors", use.errors, {.help = "calls that failed; a refusal is no error"});
  shape.field("cpu_ns", use.cpu_ns, {.help = "nanoseconds of CPU"});
  shape.field("tokens", use.tokens, {.help = "as model servers count them"});
  shape.field("cost_nano", use.cost_nano, {.help = "thousand-millionths of the currency's unit"});
  shape.field("latency_p50_us", use.latency_p50_us, {.help = "median microseconds of the slowest minute"});
  shape.field("latency_p99_us", use.latency_p99_us, {.help = "99th percentile, microseconds, of the slowest minute"});
}

namespace {

constexpr std::string_view kFromHelp = "start, rounded down to its minute; a day before 'to' when absent";
constexpr std::string_view kToHelp = "end (exclusive), rounded up to its minute; now when absent";

}  // namespace

void fields(Shape& shape, ShowRequest& request) {
  shape.field("measure", request.measure, {.help = "what colours the cells", .optional = true});
  shape.field("from", request.from, {.help = kFromHelp});
  shape.field("to", request.to, {.help = kToHelp});
}

void fields(Shape& shape, Heading& heading) {
  shape.field("key", heading.key, {.help = "1 to 9, or A to E"});
  shape.field("en", heading.en, {.help = "in English"});
  shape.field("zh", heading.zh, {.help = "in Chinese"});
}

void fields(Shape& shape, RiskView& risk) {
  shape.field("score", risk.score, {.help = "0 nothing stands here, 1 low to 9 high"});
  shape.field("level", risk.level, {.help = "none, low, medium or high"});
  shape.field("why", risk.why, {.help = "what the score comes from, the worst first"});
}

void fields(Shape& shape, CellView& cell) {
  shape.field("block", cell.block, {.help = "domain and kind", .example = "3A"});
  shape.field("domain", cell.domain);
  shape.field("kind", cell.kind);
  shape.field("en", cell.en, {.help = "what usually stands here, in English"});
  shape.field("zh", cell.zh, {.help = "what usually stands here, in Chinese"});
  shape.field("tier", cell.tier, {.help = "the usual risk tier: 1 high, 2 medium, 3 low"});
  shape.field("value", cell.value, {.help = "of the measure asked for, in its unit; absent where nothing is known"});
  shape.field("use_cases", cell.use_cases, {.help = "declared in this block"});
  shape.field("use", cell.use);
  shape.field("risk", cell.risk);
}

void fields(Shape& shape, ActivityView& activity) {
  shape.field("name", activity.name, {.help = "the account"});
  shape.field("en", activity.en, {.help = "in English"});
  shape.field("zh", activity.zh, {.help = "in Chinese"});
  shape.field("use", activity.use);
}

void fields(Shape& shape, ShowAnswer& answer) {
  shape.field("measure", answer.measure);
  shape.field("unit", answer.unit, {.help = "of the cells' values"});
  shape.field("currency", answer.currency, {.help = "of costs"});
  shape.field("from", answer.from);
  shape.field("to", answer.to, {.help = "exclusive"});
  shape.field("at", answer.at, {.help = "up to when the machine's use has been counted"});
  shape.field("domains", answer.domains, {.help = "the nine rows"});
  shape.field("kinds", answer.kinds, {.help = "the five columns"});
  shape.field("cells", answer.cells, {.help = "45, by domain and kind; empty ones stay"});
  shape.field("activities", answer.activities, {.help = "the bank's own work, and accounts no use case declares"});
  shape.field("cells_cpu_ns", answer.cells_cpu_ns, {.help = "nanoseconds of CPU of all cells"});
  shape.field("activities_cpu_ns", answer.activities_cpu_ns, {.help = "nanoseconds of CPU of all activities"});
  shape.field("unattributed_cpu_ns", answer.unattributed_cpu_ns,
              {.help = "nanoseconds of the process's CPU that no account has"});
  shape.field("process_cpu_ns", answer.process_cpu_ns, {.help = "the process's own CPU clock: the three add up to it"});
  shape.field("unattributed_ppm", answer.unattributed_ppm, {.help = "millionths of the process's CPU"});
}

void fields(Shape& shape, BlockRequest& request) {
  shape.field("block", request.block, {.help = "domain and kind", .min = 2, .max = 2, .example = "3A"});
  shape.field("from", request.from, {.help = kFromHelp});
  shape.field("to", request.to, {.help = kToHelp});
  shape.field("step", request.step, {.help = "of the points; by the length of the range when absent"});
}

void fields(Shape& shape, PointView& point) {
  shape.field("at", point.at, {.help = "where the step begins"});
  shape.field("use_case", point.use_case);
  shape.field("permit", point.permit, {.help = "which version: its permit's SHA-256"});
  shape.field("use", point.use);
}

void fields(Shape& shape, UseCaseView& view) {
  shape.field("use_case", view.use_case);
  shape.field("permit", view.permit, {.help = "which version: its permit's SHA-256"});
  shape.field("use", view.use);
  shape.field("cpu_share_ppm", view.cpu_share_ppm, {.help = "millionths of the block's CPU"});
}

void fields(Shape& shape, TrendView& trend) {
  shape.field("this_week", trend.this_week, {.help = "the seven days up to the answer's moment"});
  shape.field("last_week", trend.last_week, {.help = "the seven days before them"});
  shape.field("calls_change_ppm", trend.calls_change_ppm, {.help = "millionths of last week's"});
  shape.field("cpu_change_ppm", trend.cpu_change_ppm, {.help = "millionths of last week's"});
  shape.field("cost_change_ppm", trend.cost_change_ppm, {.help = "millionths of last week's"});
}

void fields(Shape& shape, BlockQuotaView& quota) {
  shape.field("use_case", quota.use_case);
  shape.field("cpu_seconds_day", quota.cpu_seconds_day, {.help = "seconds of CPU a day"});
  shape.field("tokens_day", quota.tokens_day, {.help = "tokens a day; 0: not limited"});
  shape.field("used_cpu_ns", quota.used_cpu_ns, {.help = "nanoseconds of CPU today"});
  shape.field("used_tokens", quota.used_tokens, {.help = "tokens today"});
  shape.field("borrowed_cpu_ns", quota.borrowed_cpu_ns, {.help = "nanoseconds of it that others left idle"});
}

void fields(Shape& shape, BlockAnswer& answer) {
  shape.field("block", answer.block);
  shape.field("en", answer.en);
  shape.field("zh", answer.zh);
  shape.field("tier", answer.tier, {.help = "the usual risk tier"});
  shape.field("currency", answer.currency, {.help = "of costs"});
  shape.field("step", answer.step);
  shape.field("from", answer.from);
  shape.field("to", answer.to, {.help = "exclusive"});
  shape.field("at", answer.at, {.help = "up to when the machine's use has been counted"});
  shape.field("points", answer.points, {.help = "by moment, use case and permit; moments without use are left out"});
  shape.field("use_cases", answer.use_cases, {.help = "each version over the whole range"});
  shape.field("trend", answer.trend);
  shape.field("quotas", answer.quotas, {.help = "of today, where one is set"});
  shape.field("risk", answer.risk);
}

void fields(Shape& shape, SummaryRequest& request) {
  shape.field("from", request.from, {.help = "start; seven days before 'to' when absent"});
  shape.field("to", request.to, {.help = kToHelp});
}

void fields(Shape& shape, ShareView& share) {
  shape.field("name", share.name);
  shape.field("cpu_ns", share.cpu_ns, {.help = "nanoseconds of CPU"});
  shape.field("share_ppm", share.share_ppm, {.help = "millionths of all use cases' CPU"});
}

void fields(Shape& shape, ForecastView& forecast) {
  shape.field("days", forecast.days, {.help = "until the busiest minutes use all cores"});
  shape.field("days_low", forecast.days_low, {.help = "lower end of the 90 % interval"});
  shape.field("days_high", forecast.days_high, {.help = "upper end; absent when it may never come"});
  shape.field("slope_ppm_a_day", forecast.slope_ppm_a_day, {.help = "millionths of all cores, a day"});
  shape.field("en", forecast.en, {.help = "in words"});
  shape.field("zh", forecast.zh, {.help = "in words, in Chinese"});
}

void fields(Shape& shape, SummaryAnswer& answer) {
  shape.field("from", answer.from);
  shape.field("to", answer.to, {.help = "exclusive"});
  shape.field("at", answer.at, {.help = "up to when the machine's use has been counted"});
  shape.field("total", answer.total, {.help = "of use cases and activities"});
  shape.field("process_cpu_ns", answer.process_cpu_ns, {.help = "nanoseconds of the process's CPU"});
  shape.field("unattributed_cpu_ns", answer.unattributed_cpu_ns, {.help = "nanoseconds that no account has"});
  shape.field("unattributed_ppm", answer.unattributed_ppm, {.help = "millionths of the process's CPU"});
  shape.field("herfindahl_ppm", answer.herfindahl_ppm,
              {.help = "concentration of use cases by CPU: a million is one alone"});
  shape.field("top", answer.top, {.help = "the three largest use cases by CPU"});
  shape.field("cores", answer.cores, {.help = "processors this process may use"});
  shape.field("used_p95_ppm", answer.used_p95_ppm, {.help = "millionths of the cores, 95th percentile of the minutes"});
  shape.field("headroom_ppm", answer.headroom_ppm, {.help = "millionths of the cores that are left then"});
  shape.field("forecast", answer.forecast);
  shape.field("decisions", answer.decisions, {.help = "judgements of all use cases"});
  shape.field("override_rate_ppm", answer.override_rate_ppm,
              {.help = "millionths of the decisions that a person decided otherwise"});
  shape.field("cost_per_decision_nano", answer.cost_per_decision_nano,
              {.help = "thousand-millionths of the currency's unit"});
  shape.field("currency", answer.currency, {.help = "of costs"});
}

void fields(Shape& shape, PriceRequest& request) {
  constexpr int64_t kPriceNanoMax = 1'000'000'000'000;
  shape.field("cpu_second_nano", request.cpu_second_nano,
              {.help = "price of a second of CPU in thousand-millionths of the currency's unit; unchanged when absent",
               .min = 0,
               .max = kPriceNanoMax});
  shape.field("token_nano", request.token_nano,
              {.help = "price of a token in thousand-millionths of the currency's unit; unchanged when absent",
               .min = 0,
               .max = kPriceNanoMax});
  shape.field("currency", request.currency, {.help = "unchanged when absent"});
}

void fields(Shape& shape, PriceView& price) {
  shape.field("cpu_second_nano", price.cpu_second_nano, {.help = "thousand-millionths a second of CPU"});
  shape.field("token_nano", price.token_nano, {.help = "thousand-millionths a token"});
  shape.field("currency", price.currency);
  shape.field("set_by", price.set_by, {.help = "who set it"});
  shape.field("since", price.since, {.help = "from when on it counts"});
}

void fields(Shape& shape, PriceAnswer& answer) {
  shape.field("prices", answer.prices, {.help = "the newest first; the first is in force"});
  shape.field("at", answer.at);
}

}  // namespace puhui::heatmap
