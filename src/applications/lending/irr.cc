#include "applications/lending/irr.h"

#include <algorithm>
#include <cmath>

namespace puhui::lending {

namespace {

constexpr int64_t kE15 = 1'000'000'000'000'000;
constexpr int64_t kPeriodRateMax = 10 * kE15 - 1;
constexpr int kValueBits = 40;  // present values carry 2^-40 of a minor unit: 2^63 of them still fit 128 bits

using Wide = unsigned __int128;

// value · factor / 2^64, rounded down.
Wide scaled(Wide value, uint64_t factor) {
  const auto high = static_cast<uint64_t>(value >> 64), low = static_cast<uint64_t>(value);
  return static_cast<Wide>(high) * factor + (static_cast<Wide>(low) * factor >> 64);
}

// (1 + rate)^-periods as a fraction of 2^64. Rounding down everywhere keeps it monotone in the
// rate.
uint64_t discount(uint64_t one_period, int64_t periods) {
  uint64_t out = ~0ull;
  for (uint64_t power = one_period; periods > 0; periods >>= 1) {
    if ((periods & 1) != 0) out = static_cast<uint64_t>(scaled(out, power));
    power = static_cast<uint64_t>(scaled(power, power));
  }
  return out;
}

// Amounts of one direction, by rising period, one a period.
using Side = std::vector<Flow>;

Wide present_value(const Side& side, uint64_t one_period) {
  Wide value = 0;
  for (size_t i = side.size(); i-- > 0;) {
    value += static_cast<Wide>(side[i].amount_minor) << kValueBits;
    const int64_t gap = side[i].period - (i == 0 ? 0 : side[i - 1].period);
    if (gap == 1) {
      value = scaled(value, one_period);
    } else if (gap > 1) {
      value = scaled(value, discount(one_period, gap));
    }
  }
  return value;
}

struct Sides {
  Side paid_out, repaid;
  int64_t out_minor = 0, back_minor = 0;
};

Result<Sides> sides_of(std::vector<Flow> flows) {
  if (flows.size() > kFlowsMax) {
    return fail(ErrorCode::exhausted, "flows", "expected at most " + std::to_string(kFlowsMax) + " payments");
  }
  std::ranges::sort(flows, {}, &Flow::period);
  Sides out;
  for (const Flow& flow : flows) {
    const bool paid_out = flow.amount_minor > 0;
    Side& side = paid_out ? out.paid_out : out.repaid;
    int64_t& total = paid_out ? out.out_minor : out.back_minor;
    if (flow.period < 0 || flow.period > 1'000'000 || std::abs(flow.amount_minor) > kE15 * 1'000 ||
        __builtin_add_overflow(total, std::abs(flow.amount_minor), &total)) {
      return fail(ErrorCode::invalid, "flows",
                  "expected periods of 0 to 1000000 and amounts below 2^63 in all, came " +
                      std::to_string(flow.amount_minor) + " in period " + std::to_string(flow.period));
    }
    if (flow.amount_minor == 0) continue;
    if (!side.empty() && side.back().period == flow.period) {
      side.back().amount_minor += std::abs(flow.amount_minor);
    } else {
      side.push_back({flow.period, std::abs(flow.amount_minor)});
    }
  }
  if (out.out_minor == 0 || out.back_minor < out.out_minor) {
    return fail(ErrorCode::invalid, "flows",
                "expected at least as much repaid as paid out, came " + std::to_string(out.back_minor) + " against " +
                    std::to_string(out.out_minor));
  }
  return out;
}

uint64_t one_period_discount(int64_t rate_e15) {
  if (rate_e15 == 0) return ~0ull;
  return static_cast<uint64_t>((static_cast<Wide>(kE15) << 64) / static_cast<Wide>(kE15 + rate_e15));
}

// Newton's method in floating point: only where the exact bracketing starts.
int64_t guess_e15(const Sides& sides) {
  double rate = 0.01;
  for (int round = 0; round < 20; ++round) {
    double value = 0, slope = 0;
    for (const Side* side : {&sides.paid_out, &sides.repaid}) {
      const double sign = side == &sides.paid_out ? 1 : -1;
      double factor = 1;
      int64_t at = 0;
      for (const Flow& flow : *side) {
        for (; at < flow.period && flow.period - at <= 4; ++at) factor /= 1 + rate;
        if (at < flow.period)
          factor *= std::exp(-static_cast<double>(flow.period - at) * std::log1p(rate)), at = flow.period;
        value += sign * factor * static_cast<double>(flow.amount_minor);
        slope -= sign * factor * static_cast<double>(flow.amount_minor) * static_cast<double>(flow.period) / (1 + rate);
      }
    }
    const double next = slope > 0 ? rate - value / slope : rate;
    if (!std::isfinite(next) || next < 0 || next > 9) return kE15 / 100;
    if (std::fabs(next - rate) < 1e-15) break;
    rate = next;
  }
  return static_cast<int64_t>(rate * 1e15);
}

}  // namespace

Result<int64_t> period_irr_e15(const std::vector<Flow>& flows) {
  const Sides sides = TRY(sides_of(flows));
  if (sides.back_minor == sides.out_minor) return 0;
  // At this rate, are the repayments still worth at least what was paid out?
  const auto earns = [&](int64_t rate_e15) {
    const uint64_t factor = one_period_discount(rate_e15);
    return present_value(sides.repaid, factor) >= present_value(sides.paid_out, factor);
  };
  int64_t low = 0, high = kPeriodRateMax;
  const int64_t guess = std::clamp<int64_t>(guess_e15(sides), 1, kPeriodRateMax - 1);
  for (int64_t step = 1'000; step < kE15; step *= 1'000) {
    const int64_t below = std::max<int64_t>(guess - step, 0), above = std::min(guess + step, kPeriodRateMax);
    if ((below == 0 || earns(below)) && !earns(above)) {
      low = below, high = above;
      break;
    }
  }
  if (high == kPeriodRateMax && earns(high)) {
    return fail(ErrorCode::exhausted, "flows",
                "expected a rate below 1,000 % a period: the repayments are worth more even there");
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (earns(middle) ? low : high) = middle;
  }
  return low;
}

namespace {

// (1 + rate)^periods − 1 in parts per billion; saturates at the largest rate.
Rate compounded(int64_t rate_e15, int periods) {
  constexpr auto kOne = static_cast<Wide>(kE15);
  Wide power = kOne;
  for (int i = 0; i < periods; ++i) {
    power = (power * static_cast<Wide>(kE15 + rate_e15) + kOne / 2) / kOne;
    if (power > static_cast<Wide>(1'000'000) * kOne) return {std::numeric_limits<int64_t>::max()};
  }
  return {divide(static_cast<__int128>(power - kOne), kE15 / Rate::kOne, Rounding::half_even)};
}

Result<AnnualRates> annual(const std::vector<Flow>& flows, int periods_a_year) {
  const int64_t rate_e15 = TRY(period_irr_e15(flows));
  const Rate nominal = {
      divide(static_cast<__int128>(rate_e15) * periods_a_year, kE15 / Rate::kOne, Rounding::half_even)};
  return AnnualRates{nominal, compounded(rate_e15, periods_a_year)};
}

std::vector<Flow> flows_of(const Schedule& schedule, Drawdown drawdown, int64_t fee_minor, auto period_of) {
  std::vector<Flow> out = {{0, drawdown.amount_minor - fee_minor}};
  for (size_t i = 0; i < schedule.size(); ++i) out.push_back({period_of(i), -schedule[i].total_minor()});
  return out;
}

}  // namespace

Result<AnnualRates> annual_irr_of_months(const std::vector<Flow>& flows) { return annual(flows, 12); }
Result<AnnualRates> annual_irr_of_days(const std::vector<Flow>& flows) { return annual(flows, 365); }

std::vector<Flow> flows_by_day(const Schedule& schedule, Drawdown drawdown, int64_t fee_minor) {
  return flows_of(schedule, drawdown, fee_minor,
                  [&](size_t i) { return int64_t{days_between(drawdown.date, schedule[i].due)}; });
}

std::vector<Flow> flows_by_period(const Schedule& schedule, Drawdown drawdown, int64_t fee_minor) {
  return flows_of(schedule, drawdown, fee_minor, [](size_t i) { return static_cast<int64_t>(i) + 1; });
}

}  // namespace puhui::lending
