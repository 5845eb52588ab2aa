#include "infrastructure/federation/conversion/conversion_plan.h"

#include <algorithm>
#include <cmath>

namespace puhui::federation {

namespace {

constexpr uint64_t kMicros = 1'000'000;
// exp(-28) is below 2^-40: noise of so many scales is cut off, once in that many jobs.
constexpr uint64_t kTailScales = 28;
constexpr uint64_t kNumbersOfDraw = uint64_t{1} << 32;

void check_parties(const Job& job, Faults& faults) {
  if (job.parties.size() != 2 || job.parties[0].role != Role::guest || job.parties[1].role != Role::host) {
    faults.add("parties", "expected the advertiser as guest and the platform as host after it");
    return;
  }
  const size_t columns = job.parties[1].columns.size();
  if (columns < 1 || columns > kConversionColumnsMax) {
    faults.add("parties/1/columns", "expected 1 to " + std::to_string(kConversionColumnsMax) +
                                        " columns of clicks, came " + std::to_string(columns));
  }
  if (job.parties[0].columns.size() > 1) {
    faults.add("parties/0/columns", "expected the value of a conversion or nothing, came " +
                                        std::to_string(job.parties[0].columns.size()) + " columns");
  }
}

}  // namespace

Result<ConversionPlan> ConversionPlan::of(const Job& job) {
  Faults faults;
  check_parties(job, faults);
  const double epsilon = job.conversion.epsilon;
  if (!(epsilon > 0) || epsilon > 1e6) {
    faults.add("conversion/epsilon", "expected a number above 0, at most 1e6: conversions are told under noise alone");
  }
  if (!(job.privacy.clip > 0) || !(job.privacy.clip <= 1e9)) {
    faults.add("privacy/clip", "expected a bound of one conversion's value above 0, at most 1e9");
  }
  if (job.conversion.cohort_min < 1) faults.add("conversion/cohort_min", "expected 1 or more");
  if (!(job.logistic.l2 >= 0) || job.logistic.l2 > 1e6) faults.add("logistic/l2", "expected a number from 0 to 1e6");
  TRY(std::move(faults).result());
  ConversionPlan out;
  out.columns = job.parties[1].columns.size();
  out.has_values = !job.parties[0].columns.empty();
  out.bands = out.has_values ? kConversionBands : 1;
  out.value_clip = job.privacy.clip;
  out.cohort_min = static_cast<uint64_t>(job.conversion.cohort_min);
  out.epsilon_micros = static_cast<uint64_t>(std::floor(epsilon * static_cast<double>(kMicros)));
  const uint64_t scale = kTailScales * kMicros * out.click_shares();
  const uint64_t half =
      out.epsilon_micros == 0 ? kConversionDummiesMax : (scale + out.epsilon_micros - 1) / out.epsilon_micros;
  if (2 * half > kConversionDummiesMax) {
    return fail(ErrorCode::invalid, "conversion/epsilon",
                "expected at least " + std::to_string(2 * kTailScales * out.click_shares()) + "/" +
                    std::to_string(kConversionDummiesMax) + "; less would drown every count");
  }
  out.dummies = 2 * half;
  return out;
}

double ConversionPlan::epsilon() const { return static_cast<double>(epsilon_micros) / static_cast<double>(kMicros); }

int64_t ConversionPlan::fixed_value(double value) const {
  if (std::isnan(value)) return 0;
  const double share = std::clamp(value / value_clip, -1.0, 1.0);
  return static_cast<int64_t>(std::nearbyint(std::ldexp(share, kConversionValueBits)));
}

double ConversionPlan::real_value(int64_t fixed) const {
  return std::ldexp(static_cast<double>(fixed), -kConversionValueBits) * value_clip;
}

int64_t ConversionPlan::drawn(const NoiseSeed& seed, ConversionDraw draw, uint64_t number, uint64_t bound,
                              uint64_t shares) const {
  SecretBits bits(seed, static_cast<uint64_t>(draw) * kNumbersOfDraw + number);
  return discrete_laplace(bits, epsilon_micros, Wide{bound} * kMicros * shares);
}

// One label more or less moves all sums together by at most the row's bound: the whole of epsilon for all of them.
int64_t ConversionPlan::training_noise(const NoiseSeed& seed, size_t sum) const {
  return drawn(seed, ConversionDraw::training, sum, static_cast<uint64_t>(row_bound()), 1);
}

int64_t ConversionPlan::label_noise(const NoiseSeed& seed, size_t bin, size_t slot) const {
  const uint64_t bound = slot == 0 ? 1 : uint64_t{1} << kConversionValueBits;
  return drawn(seed, ConversionDraw::report, bin * 2 + slot, bound, slots());
}

int64_t ConversionPlan::click_noise(const NoiseSeed& seed, size_t bin, Told what) const {
  const bool fixed_point = what == told_predicted || what == told_value;
  const uint64_t bound = fixed_point ? uint64_t{1} << kConversionValueBits : 1;
  return drawn(seed, ConversionDraw::report, bin * 4 + what, bound, click_shares());
}

uint64_t ConversionPlan::dummies_of(const NoiseSeed& seed, uint64_t bucket, size_t band) const {
  const auto half = static_cast<int64_t>(dummies / 2);
  const int64_t noise = drawn(seed, ConversionDraw::dummies, bucket * kConversionBands + band, 1, click_shares());
  return static_cast<uint64_t>(half + std::clamp(noise, -half, half));
}

// A discrete Laplace of scale s has variance 2q / (1-q)² with q = exp(-1/s).
double ConversionPlan::converted_deviation() const {
  double variance = 0;
  for (const uint64_t shares : {static_cast<uint64_t>(slots()), click_shares()}) {
    const double q = std::exp(-epsilon() / static_cast<double>(shares));
    variance += 2 * q / ((1 - q) * (1 - q));
  }
  return std::sqrt(variance);
}

}  // namespace puhui::federation
