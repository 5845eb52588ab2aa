#include "infrastructure/federation/horizontal/horizontal_privacy.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr uint64_t kSigmaMax = uint64_t{1} << 27;
constexpr double kMultiplierMin = 0.2, kMultiplierMax = 100;
constexpr uint64_t kSamplingStreams = uint64_t{1} << 62;

// ln(e^a + e^b)
double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return std::isinf(most) ? most : most + std::log1p(std::exp(std::min(a, b) - most));
}
double log_binomial(int n, int k) { return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0); }

// exp(-numerator / denominator) for any size: whole units first.
bool chance_exp_any(SecretBits& bits, Wide numerator, Wide denominator) {
  for (; numerator > denominator; numerator -= denominator) {
    if (!chance_exp(bits, 1, 1)) return false;
  }
  return chance_exp(bits, numerator, denominator);
}

}  // namespace

// Integer orders: E over the mixture expands into α + 1 Gaussian moments.
double sampled_gaussian_divergence(double share, double multiplier, int order) {
  CHECK(share >= 0 && share <= 1 && multiplier > 0 && order >= 2, "a share of rows, noise, and an order from 2 on");
  const double alpha = order;
  if (share == 0) return 0;
  if (share == 1) return alpha / (2 * multiplier * multiplier);
  double sum = -HUGE_VAL;
  for (int k = 0; k <= order; ++k) {
    const double moment = static_cast<double>(k) * (k - 1) / (2 * multiplier * multiplier);
    sum = log_sum(sum, log_binomial(order, k) + k * std::log(share) + (alpha - k) * std::log1p(-share) + moment);
  }
  return std::max(0.0, sum) / (alpha - 1);
}

PrivacyAccount::PrivacyAccount() : divergences_(kRenyiOrderMax - 1, 0) {}

void PrivacyAccount::spend(double share, double multiplier, uint64_t rounds) {
  if (rounds == 0) return;
  if (last_.empty() || last_share_ != share || last_multiplier_ != multiplier) {
    last_.clear();
    for (int order = 2; order <= kRenyiOrderMax; ++order) {
      last_.push_back(sampled_gaussian_divergence(share, multiplier, order));
    }
    last_share_ = share, last_multiplier_ = multiplier;
  }
  for (size_t i = 0; i < last_.size(); ++i) divergences_[i] += static_cast<double>(rounds) * last_[i];
}

double PrivacyAccount::epsilon(double delta) const {
  if (divergences_[0] == 0) return 0;
  double least = HUGE_VAL;
  for (int order = 2; order <= kRenyiOrderMax; ++order) {
    const double alpha = order;
    const double here = divergences_[static_cast<size_t>(order - 2)] + std::log1p(-1 / alpha) -
                        (std::log(delta) + std::log(alpha)) / (alpha - 1);
    least = std::min(least, here);
  }
  return std::max(0.0, least);
}

int64_t discrete_gaussian(SecretBits& bits, uint64_t sigma) {
  CHECK(sigma >= 1 && sigma <= kSigmaMax, "noise of a size that is drawn exactly");
  const Wide square = static_cast<Wide>(sigma) * sigma;
  const uint64_t scale = sigma + 1;
  for (;;) {
    const int64_t drawn = discrete_laplace(bits, 1, scale);
    const auto size = static_cast<Wide>(drawn < 0 ? -drawn : drawn);
    // (|x| - sigma² / scale)² / 2 sigma²
    const Wide scaled = size * scale;
    const Wide away = scaled > square ? scaled - square : square - scaled;
    if (away >> 61 != 0) continue;  // beyond 128 sigma: it does not come
    if (chance_exp_any(bits, away * away, 2 * square * scale * scale)) return drawn;
  }
}

HorizontalPrivacy::HorizontalPrivacy(const Job& job)
    : terms_(job.privacy),
      shares_(static_cast<uint64_t>(std::max<int64_t>(3, job.clients_min)) - 1),
      seed_(fresh_noise_seed()) {}

bool HorizontalPrivacy::plan(const HorizontalBudget& budget) {
  if (!is_on()) return true;
  const auto fits = [&](double multiplier) {
    PrivacyAccount account = account_;
    account.spend(budget.share, multiplier, budget.rounds);
    return account.epsilon(terms_.delta) <= terms_.epsilon * budget.epsilon_part;
  };
  double low = kMultiplierMin, high = kMultiplierMax;
  if (!fits(high)) return false;
  if (fits(low)) high = low;
  while (high - low > 1e-3 * high) {
    const double middle = (low + high) / 2;
    (fits(middle) ? high : low) = middle;
  }
  multiplier_ = high;
  return true;
}

bool HorizontalPrivacy::affords(double share) const {
  if (!is_on()) return true;
  PrivacyAccount account = account_;
  account.spend(share, multiplier_);
  return account.epsilon(terms_.delta) <= terms_.epsilon * (1 + 1e-9);
}

void HorizontalPrivacy::spend(double share) {
  if (is_on()) account_.spend(share, multiplier_);
}

void HorizontalPrivacy::add_share(std::span<uint64_t> words, uint64_t round, double sensitivity_units) const {
  if (!is_on()) return;
  const double share = sigma_units(sensitivity_units) / std::sqrt(static_cast<double>(shares_));
  const auto sigma = static_cast<uint64_t>(std::ceil(std::max(1.0, share)));
  SecretBits bits(seed_, round);
  for (uint64_t& word : words) word += static_cast<uint64_t>(discrete_gaussian(bits, sigma));
}

bool HorizontalPrivacy::takes_part(uint64_t round, uint64_t row, double share) const {
  if (share >= 1) return true;
  SecretBits bits(seed_, kSamplingStreams + (round << 24) + row);
  return std::ldexp(static_cast<double>(bits.bits64() >> 11), -53) < share;
}

void HorizontalPrivacy::write(ByteWriter& out) const {
  out.u8(is_on() ? 1 : 0);
  if (!is_on()) return;
  out.raw({reinterpret_cast<const char*>(seed_.data()), seed_.size()});
  out.real(multiplier_);
  for (const double divergence : account_.divergences()) out.real(divergence);
}

void HorizontalPrivacy::read(ByteReader& in) {
  if (in.u8() != (is_on() ? 1 : 0)) return in.reject();
  if (!is_on()) return;
  const std::string_view seed = in.raw(seed_.size());
  if (!in.ok()) return;
  std::ranges::copy(seed, seed_.begin());
  multiplier_ = in.real();
  std::vector<double> divergences;
  for (int order = 2; order <= kRenyiOrderMax; ++order) divergences.push_back(in.real());
  account_.restore(std::move(divergences));
  if (!(multiplier_ >= 0) || !std::isfinite(multiplier_)) in.reject();
}

}  // namespace puhui::federation
