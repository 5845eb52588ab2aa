// What the heat map's verbs ask and answer: the 45 cells, one block over time, and the figures of the whole machine.
#pragma once

#include "ground/base/shape.h"

namespace puhui::heatmap {

enum class Measure : uint8_t { calls, cpu, tokens, cost, latency, errors, risk, cost_per_decision, override_rate };
std::span<const std::string_view> names_of(const Measure*);
enum class Step : uint8_t { minute, hour, day };
std::span<const std::string_view> names_of(const Step*);

// The largest answers: a block's points, and how far back anybody may ask at once.
inline constexpr size_t kPointsMax = 20'000;
inline constexpr int64_t kRangeDaysMax = 3660;

// What was used, by whomever. Latencies are the largest of the minutes' quantiles.
struct Use {
  int64_t calls = 0, errors = 0, cpu_ns = 0, tokens = 0, cost_nano = 0, latency_p50_us = 0, latency_p99_us = 0;
  bool operator==(const Use&) const = default;
  void add(const Use& other);
};
void fields(Shape& shape, Use& use);

struct ShowRequest {
  Measure measure = Measure::calls;
  std::optional<Timestamp> from, to;
};
void fields(Shape& shape, ShowRequest& request);

// A row or a column of the map, in both languages.
struct Heading {
  std::string key, en, zh;  // key: "1" … "9", "A" … "E"
};
void fields(Shape& shape, Heading& heading);

struct RiskView {
  int64_t score = 0;             // 0 nothing stands here, 1 low … 9 high
  std::string level;             // "none", "low", "medium", "high"
  std::vector<std::string> why;  // "tier 1", "drift (severity 1): lending.approval/person_revolving income"
};
void fields(Shape& shape, RiskView& risk);

struct CellView {
  std::string block, domain, kind, en, zh;  // "3A"
  int tier = 3;                             // the usual one: 1 high … 3 low
  std::optional<int64_t> value;             // of the measure asked for; absent where nothing stands or nothing is known
  std::vector<std::string> use_cases;       // declared here
  Use use;
  RiskView risk;
};
void fields(Shape& shape, CellView& cell);

// One account that is no block's: the bank's own work, or a use case nobody declares any more.
struct ActivityView {
  std::string name, en, zh;
  Use use;
};
void fields(Shape& shape, ActivityView& activity);

struct ShowAnswer {
  Measure measure = Measure::calls;
  std::string unit, currency;
  Timestamp from, to, at;
  std::vector<Heading> domains, kinds;
  std::vector<CellView> cells;  // 45, by domain and kind
  std::vector<ActivityView> activities;
  int64_t cells_cpu_ns = 0, activities_cpu_ns = 0, unattributed_cpu_ns = 0, process_cpu_ns = 0;
  int64_t unattributed_ppm = 0;
};
void fields(Shape& shape, ShowAnswer& answer);

struct BlockRequest {
  std::string block;
  std::optional<Timestamp> from, to;
  std::optional<Step> step;
};
void fields(Shape& shape, BlockRequest& request);

struct PointView {
  Timestamp at;
  std::string use_case, permit;
  Use use;
};
void fields(Shape& shape, PointView& point);

struct UseCaseView {
  std::string use_case, permit;
  Use use;
  int64_t cpu_share_ppm = 0;  // of the block
};
void fields(Shape& shape, UseCaseView& view);

// This week and the one before it, up to the moment of the answer.
struct TrendView {
  Use this_week, last_week;
  std::optional<int64_t> calls_change_ppm, cpu_change_ppm, cost_change_ppm;  // absent without a week before
};
void fields(Shape& shape, TrendView& trend);

struct BlockQuotaView {
  std::string use_case;
  int64_t cpu_seconds_day = 0, tokens_day = 0, used_cpu_ns = 0, used_tokens = 0, borrowed_cpu_ns = 0;
};
void fields(Shape& shape, BlockQuotaView& quota);

struct BlockAnswer {
  std::string block, en, zh, currency;
  int tier = 3;
  Step step = Step::hour;
  Timestamp from, to, at;
  std::vector<PointView> points;       // by moment, use case and permit
  std::vector<UseCaseView> use_cases;  // the whole range
  TrendView trend;
  std::vector<BlockQuotaView> quotas;  // of today
  RiskView risk;
};
void fields(Shape& shape, BlockAnswer& answer);

struct SummaryRequest {
  std::optional<Timestamp> from, to;
};
void fields(Shape& shape, SummaryRequest& request);

struct ShareView {
  std::string name;
  int64_t cpu_ns = 0, share_ppm = 0;
};
void fields(Shape& shape, ShareView& share);

// How many days until the used share of the machine's CPU reaches all of it, if it goes on as it went.
struct ForecastView {
  std::optional<int64_t> days, days_low, days_high;  // absent: too little history, or it does not grow
  int64_t slope_ppm_a_day = 0;
  std::string en, zh;  // the same in words
};
void fields(Shape& shape, ForecastView& forecast);

struct SummaryAnswer {
  Timestamp from, to, at;
  Use total;  // of use cases and activities
  int64_t process_cpu_ns = 0, unattributed_cpu_ns = 0, unattributed_ppm = 0;
  int64_t herfindahl_ppm = 0;  // of use cases by CPU: a million is one alone
  std::vector<ShareView> top;  // the three largest use cases
  int64_t cores = 0;           // available to the process
  int64_t used_p95_ppm = 0;    // of the cores, in the busiest minutes
  int64_t headroom_ppm = 0;    // a million less that
  ForecastView forecast;
  int64_t decisions = 0;
  std::optional<int64_t> override_rate_ppm, cost_per_decision_nano;
  std::string currency;
};
void fields(Shape& shape, SummaryAnswer& answer);

struct PriceRequest {
  std::optional<int64_t> cpu_second_nano, token_nano;
  std::optional<Currency> currency;
};
void fields(Shape& shape, PriceRequest& request);

struct PriceView {
  int64_t cpu_second_nano = 0, token_nano = 0;
  std::string currency, set_by;
  Timestamp since;
};
void fields(Shape& shape, PriceView& price);

struct PriceAnswer {
  std::vector<PriceView> prices;  // the newest first; the first is in force
  Timestamp at;
};
void fields(Shape& shape, PriceAnswer& answer);

}  // namespace puhui::heatmap
