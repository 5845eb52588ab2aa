#include "governance/heatmap/meter.h"

#include <thread>

#include "governance/incidents/alert.h"
#include "infrastructure/compute/quota.h"

namespace puhui::heatmap {

namespace {

constexpr std::string_view kMeteringAlert = "metering", kQuotaAlert = "quota";
constexpr int64_t kMillion = 1'000'000;

Result<void> add_all(Transaction& tx, const CpuUseReader::Reading& reading, const PriceView& price, Timestamp now) {
  const auto cores = static_cast<int64_t>(std::max(1u, std::thread::hardware_concurrency()));
  for (const Step step : {Step::minute, Step::hour, Step::day}) {
    const Timestamp moment = floor_to(step, now);
    for (const CpuUse& use : reading.uses) {
      UseRow row{use.account->name(), use.account->version(), step, moment, {}};
      row.use = {.calls = use.calls,
                 .errors = use.errors,
                 .cpu_ns = use.cpu_ns,
                 .tokens = use.tokens,
                 .cost_nano = cost_nano(price, use.cpu_ns, use.tokens),
                 .latency_p50_us = use.latency_p50_ns / 1000,
                 .latency_p99_us = use.latency_p99_ns / 1000};
      TRY(add_use(tx, row));
    }
    TRY(add_process(tx, {step, moment, reading.process_ns, cores, now}));
  }
  return {};
}

std::string percent(int64_t ppm) { return std::to_string(ppm / 10'000) + "." + std::to_string(ppm / 1000 % 10) + " %"; }

Result<void> look_for_unattributed(Transaction& tx, Timestamp now) {
  const Timestamp minute = floor_to(Step::minute, now);
  const int64_t us = microseconds_of(Step::minute);
  const Tile tile{Step::minute, {{minute.microseconds - (kAlarmMinutes - 1) * us}, {minute.microseconds + us}}};
  const Balance balance = TRY(read_balance(tx, {&tile, 1}));
  if (balance.process_cpu_ns < kAlarmCpuNsMin) return {};
  const int64_t ppm = balance.unattributed_ppm();
  if (ppm <= kUnattributedPpmMax) return incidents::settle(tx, kMeteringAlert, "", "unattributed", now);
  const std::string share = percent(ppm);
  return incidents::raise(tx,
                          {std::string(kMeteringAlert), "", "unattributed", ppm > 5 * kUnattributedPpmMax ? 1 : 2,
                           share + " of the CPU has no owner: some work runs outside every account",
                           share + " 的处理器时间没有归属：有工作未记入任何账户"},
                          now);
}

Result<void> look_at_quota(Transaction& tx, const compute::QuotaView& quota, Timestamp now) {
  const auto look = [&](std::string_view subject, std::string_view subject_zh, int64_t ppm) -> Result<void> {
    if (ppm < compute::kQuotaAlarmPpm) return incidents::settle(tx, kQuotaAlert, quota.use_case, subject, now);
    const std::string share = percent(ppm);
    return incidents::raise(tx,
                            {std::string(kQuotaAlert), quota.use_case, std::string(subject), ppm >= kMillion ? 1 : 2,
                             share + " of today's " + std::string(subject) + " quota is used",
                             "今日" + std::string(subject_zh) + "配额已用 " + share},
                            now);
  };
  TRY(look("CPU", "处理器", quota.used_cpu_ppm));
  return look("token", "词元", quota.used_tokens_ppm);
}

}  // namespace

int64_t Balance::unattributed_ppm() const {
  if (process_cpu_ns <= 0) return 0;
  return multiply_divide(unattributed_cpu_ns(), kMillion, process_cpu_ns, Rounding::half_even);
}

Result<Balance> read_balance(Reader& reader, std::span<const Tile> tiles) {
  Balance out = TRY(read_process(reader, tiles));
  TRY(each_use(reader, tiles, [&](const UseRow& row) -> Result<void> {
    out.accounts_cpu_ns += row.use.cpu_ns;
    return {};
  }));
  return out;
}

Result<Balance> read_process(Reader& reader, std::span<const Tile> tiles) {
  Balance out;
  TRY(each_process(reader, tiles, [&](const ProcessRow& row) -> Result<void> {
    out.process_cpu_ns += row.cpu_ns;
    out.cores = row.cores;
    out.counted_at = std::max(out.counted_at, row.counted_at);
    return {};
  }));
  return out;
}

Result<void> Meter::count() {
  const std::lock_guard lock(mutex_);
  const CpuScope charged(needs_.cpu.activity("metering"));
  const Timestamp now = needs_.clock.now();
  const auto reading = uses_.read();
  const bool new_hour = floor_to(Step::hour, now) != last_hour_;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto prices = TRY(read_prices(tx));
    TRY(add_all(tx, reading, prices.empty() ? PriceView{} : prices.front(), now));
    TRY(look_for_unattributed(tx, now));
    for (const compute::QuotaView& quota : TRY(compute::read_quotas(tx, now))) TRY(look_at_quota(tx, quota, now));
    if (new_hour) TRY(forget_old(tx, now));
    return {};
  }));
  uses_.keep();
  last_hour_ = floor_to(Step::hour, now);
  return {};
}

}  // namespace puhui::heatmap
