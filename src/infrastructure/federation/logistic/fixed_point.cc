#include "infrastructure/federation/logistic/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr int64_t kCubicFirst = 2'518'603, kCubicThird = -26'726;  // .15012041, -.00159302 in 2^-24
constexpr int64_t kLinearFirst = int64_t{1} << 22;                 // 1/4

int64_t rounded_shift(int64_t value, int bits) { return (value + (int64_t{1} << (bits - 1))) >> bits; }

}  // namespace

Result<SigmoidPolynomial> sigmoid_polynomial(std::string_view name) {
  if (name == "cubic") return SigmoidPolynomial{kCubicFirst, kCubicThird};
  if (name == "linear") return SigmoidPolynomial{kLinearFirst, 0};
  return fail(ErrorCode::invalid, "logistic/sigmoid", "expected cubic or linear, came '" + std::string(name) + "'");
}

int64_t clipped_score(int64_t score) {
  return std::clamp(rounded_shift(score, 24 - kTrainingScoreBits), -kTrainingScoreMax, kTrainingScoreMax);
}

RowTerms row_terms(const SigmoidPolynomial& polynomial, int64_t score) {
  CHECK(score >= -kTrainingScoreMax && score <= kTrainingScoreMax, "partial scores are clipped first");
  // first·s counts in 2^-36, third·s³ in 2^-60: |s³| <= 2^42, |third| < 2^15.
  const int64_t linear = polynomial.first * score;
  const int64_t cubic = rounded_shift(polynomial.third * score * score * score, 24);
  RowTerms out;
  out.value = static_cast<int32_t>(rounded_shift(linear + cubic, 21));
  if (polynomial.third == 0) return out;
  out.score = static_cast<int32_t>(score);
  out.square = static_cast<int32_t>(rounded_shift(score * score, 2 * kTrainingScoreBits - 10));
  return out;
}

RowFactors row_factors(const SigmoidPolynomial& polynomial, int32_t x, int64_t score, uint64_t dither) {
  constexpr int64_t kDither12 = (1 << 12) - 1;
  RowFactors out;
  out.by_value = static_cast<int32_t>((x + static_cast<int64_t>(dither >> 52 & kDither12)) >> 12);
  if (polynomial.third == 0) return out;
  // 3·third (2^-24) · x (2^-16) · s² (2^-10): 2^-50 → 2^-7; and · s (2^-12): 2^-52 → 2^-9. Both lose 43 bits, of which the
  // highest 26 are dithered: |3·third·x·s²| < 2^17 · 2^19 · 2^14.
  constexpr int kLost = 43, kDitherBits = 26;
  constexpr uint64_t kDitherMask = (uint64_t{1} << kDitherBits) - 1;
  const int64_t square = rounded_shift(score * score, 2 * kTrainingScoreBits - 10);
  const int64_t slope = 3 * polynomial.third * x;
  const auto first = static_cast<int64_t>((dither & kDitherMask) << (kLost - kDitherBits));
  const auto second = static_cast<int64_t>((dither >> kDitherBits & kDitherMask) << (kLost - kDitherBits));
  out.by_score = static_cast<int32_t>((slope * square + first) >> kLost);
  out.by_square = static_cast<int32_t>((slope * score + second) >> kLost);
  return out;
}

int32_t standardised(float value, double mean, double deviation) {
  if (std::isnan(value) || !(deviation > 0)) return 0;
  constexpr double kMost = kValueMax;
  const double scaled = (static_cast<double>(value) - mean) / deviation * (1 << kValueBits);
  return static_cast<int32_t>(std::nearbyint(std::clamp(scaled, -kMost, kMost)));
}

std::vector<uint32_t> epoch_order(Random random, uint64_t epoch, size_t rows) {
  constexpr uint64_t kOrderRun = uint64_t{1} << 31;  // apart from the dither's runs
  std::vector<uint32_t> out(rows);
  std::iota(out.begin(), out.end(), 0U);
  RandomStream stream(random, kOrderRun + epoch, 0);
  for (size_t i = rows; i > 1; --i) std::swap(out[i - 1], out[stream.below(i)]);
  return out;
}

}  // namespace puhui::federation
