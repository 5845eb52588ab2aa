#include "infrastructure/federation/psi/aggregate_terms.h"

#include <algorithm>
#include <cmath>

namespace puhui::federation {

namespace {

constexpr uint64_t kMicros = 1'000'000;
constexpr int kClipBits = 40;
// exp(-28) is below 2^-40: a count's noise of so many scales is cut off, once in that many jobs.
constexpr uint64_t kTailScales = 28;

}  // namespace

Result<AggregateTerms> AggregateTerms::of(const Job& job) {
  if (job.parties.size() != 2 || job.parties[0].role != Role::guest || job.parties[1].role != Role::host) {
    return fail(ErrorCode::invalid, "parties", "expected a guest and one host after it");
  }
  AggregateTerms out;
  out.columns = job.parties[1].columns.size();
  if (out.columns > kSumColumnsMax) {
    return fail(
        ErrorCode::invalid, "parties/1/columns",
        "expected at most " + std::to_string(kSumColumnsMax) + " columns to sum, came " + std::to_string(out.columns));
  }
  if (!(job.privacy.clip > 0) || !(job.privacy.clip <= 1e9)) {
    return fail(ErrorCode::invalid, "privacy.clip", "expected a bound of one row's value above 0, at most 1e9");
  }
  out.point_bits = kClipBits - 1 - std::ilogb(job.privacy.clip);
  if (out.point_bits > 200) return fail(ErrorCode::invalid, "privacy.clip", "expected a bound above 2^-160");
  out.clip = static_cast<int64_t>(std::ceil(std::ldexp(job.privacy.clip, out.point_bits)));
  const double epsilon = job.conversion.epsilon;
  if (!(epsilon >= 0) || epsilon > 1e6) {
    return fail(ErrorCode::invalid, "conversion.epsilon", "expected a number from 0 to 1e6");
  }
  if (epsilon == 0) return out;
  out.epsilon_micros = static_cast<uint64_t>(std::floor(epsilon * static_cast<double>(kMicros)));
  const uint64_t half = out.epsilon_micros == 0
                            ? kDummiesMax
                            : (kTailScales * kMicros * out.shares() + out.epsilon_micros - 1) / out.epsilon_micros;
  if (2 * half > kDummiesMax) {
    return fail(ErrorCode::invalid, "conversion.epsilon",
                "expected at least " + std::to_string(kTailScales * 2 * out.shares()) + "/" +
                    std::to_string(kDummiesMax) + " for so many columns; less would drown every count");
  }
  out.dummies = 2 * half;
  out.epsilon = static_cast<double>(out.epsilon_micros) / static_cast<double>(kMicros);
  out.delta = std::ldexp(1, -40);
  return out;
}

int64_t AggregateTerms::fixed(float value) const {
  if (std::isnan(value)) return 0;
  const double scaled = std::round(std::ldexp(static_cast<double>(value), point_bits));
  const auto bound = static_cast<double>(clip);
  return static_cast<int64_t>(std::clamp(scaled, -bound, bound));
}

double AggregateTerms::real(int64_t fixed_sum) const { return std::ldexp(static_cast<double>(fixed_sum), -point_bits); }

// One row more or less moves a sum by at most the clip, and the count by one.
int64_t AggregateTerms::noise(const NoiseSeed& seed, size_t column) const {
  if (epsilon_micros == 0) return 0;
  SecretBits bits(seed, column);
  return discrete_laplace(bits, epsilon_micros, Wide{static_cast<uint64_t>(clip)} * kMicros * shares());
}

uint64_t AggregateTerms::dummies_of(const NoiseSeed& seed, uint64_t bucket) const {
  if (epsilon_micros == 0) return 0;
  SecretBits bits(seed, columns + 1 + bucket);
  const auto half = static_cast<int64_t>(dummies / 2);
  return static_cast<uint64_t>(
      half + std::clamp(discrete_laplace(bits, epsilon_micros, Wide{kMicros} * shares()), -half, half));
}

}  // namespace puhui::federation
