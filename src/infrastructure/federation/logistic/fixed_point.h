// The integers of vertical logistic regression: standardised values, partial scores, the polynomial that stands for the
// sigmoid, and how a party's share of a gradient splits into its own part and sums over the peer's numbers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ground/base/random.h"
#include "ground/base/result.h"

namespace puhui::federation {

// sigmoid(z) is taken for 1/2 + first·z + third·z³ (both in 2^-24) with z = s + t, the two partial scores. The residual is
//   d = sigmoid(z) - y = [p(s) - y + 1/2] + p(t) + 3·third·(s²·t + s·t²),   p(s) = first·s + third·s³,
// so that a party with partial score s needs of its peer, a row, p(t), t and t² (only p(t) where third is 0): three numbers
// times its own x, 3·third·x·s² and 3·third·x·s. The party that has the labels puts -y + 1/2 into its p.
struct SigmoidPolynomial {
  int64_t first = 0, third = 0;
  size_t terms() const { return third == 0 ? 1 : 3; }
};
// "cubic": least squares on [-8, 8] (off by .114 at most; 1/2 ± 1/2 is met at ±4); "linear": the tangent at 0. `invalid` else.
Result<SigmoidPolynomial> sigmoid_polynomial(std::string_view name);

inline constexpr int kValueBits = 16;                          // standardised values count in 2^-16
inline constexpr int32_t kValueMax = 126 << (kValueBits - 4);  // 7.875 deviations; what is further counts as that
inline constexpr int kTrainingScoreBits = 12;                  // partial scores in training, 2^-12
inline constexpr int64_t kTrainingScoreMax = int64_t{4} << kTrainingScoreBits;
inline constexpr int kGradientBits = 19;  // of every product of a factor and a term

// One row's numbers for the peer: p(t) in 2^-15, t in 2^-12, t² in 2^-10. Each below 2^17 in size.
struct RowTerms {
  int32_t value = 0, score = 0, square = 0;
  bool operator==(const RowTerms&) const = default;
};
inline constexpr int64_t kTermMax = (int64_t{1} << 17) - 1, kTermSquareMax = int64_t{1} << 14;
inline constexpr int32_t kLabelHalf = 1 << 14;  // 1/2 in 2^-15

int64_t clipped_score(int64_t score);  // 2^-24 → 2^-12, held inside ±kTrainingScoreMax
RowTerms row_terms(const SigmoidPolynomial& polynomial, int64_t score);

// What one (row, column) multiplies the peer's terms by: x in 2^-4, 3·third·x·s² in 2^-7, 3·third·x·s in 2^-9. At most 127 in size:
// one digit of the sums over ciphertexts. Rounded up or down by `dither`, uniform over 64 bits, so that no sum is biased.
struct RowFactors {
  int32_t by_value = 0, by_score = 0, by_square = 0;
  bool operator==(const RowFactors&) const = default;
};
inline constexpr int32_t kFactorMax = 127;
RowFactors row_factors(const SigmoidPolynomial& polynomial, int32_t x, int64_t score, uint64_t dither);

// NaN and constant columns (deviation 0) are 0: the mean.
int32_t standardised(float value, double mean, double deviation);

// The rows of an epoch in the order in which batches take them: the same at both parties.
std::vector<uint32_t> epoch_order(Random random, uint64_t epoch, size_t rows);

}  // namespace puhui::federation
