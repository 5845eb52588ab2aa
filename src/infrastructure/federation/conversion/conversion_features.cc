#include "infrastructure/federation/conversion/conversion_features.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "infrastructure/federation/logistic/fixed_point.h"

namespace puhui::federation {

namespace {

constexpr int32_t kConversionOne = int32_t{1} << kConversionFactorBits;

ConversionFeatures::Column described_column(std::string name, std::span<const float> values) {
  ConversionFeatures::Column out{std::move(name)};
  double sum = 0, squares = 0, count = 0;
  for (const float v : values) {
    if (!std::isnan(v)) sum += static_cast<double>(v), count += 1;
  }
  if (count == 0) return out;
  out.mean = sum / count;
  for (const float v : values) {
    if (!std::isnan(v)) squares += (static_cast<double>(v) - out.mean) * (static_cast<double>(v) - out.mean);
  }
  out.deviation = std::sqrt(squares / count);
  // What rounding left of a constant column is no deviation.
  if (!(out.deviation > 1e-7 * std::abs(out.mean)) || !std::isfinite(out.deviation)) out.deviation = 0;
  return out;
}

}  // namespace

ConversionFeatures::ConversionFeatures(const ConversionPlan& plan, const PartyData& data, const NoiseSeed& seed)
    : row_bound_(plan.row_bound()), values_(data.row_count() * plan.columns), held_out_(data.row_count()) {
  for (size_t j = 0; j < plan.columns; ++j) {
    columns_.push_back(described_column(data.columns[j], data.values[j]));
    const auto& [name, mean, deviation] = columns_.back();
    for (size_t i = 0; i < rows(); ++i) {
      values_[i * plan.columns + j] =
          standardised(data.values[j][i], mean, deviation) / (1 << (kValueBits - kConversionFactorBits));
    }
  }
  SecretBits bits(seed, static_cast<uint64_t>(ConversionDraw::split) << 32);
  for (size_t i = 0; i < rows(); ++i) held_out_[i] = bits.below(kConversionHeldOutOneIn) == 0;
}

size_t ConversionFeatures::held_out_rows() const {
  return static_cast<size_t>(std::count(held_out_.begin(), held_out_.end(), true));
}

int64_t ConversionFeatures::size_of(size_t row) const {
  int64_t sum = kConversionOne;
  for (const int32_t value : standardised_row(row)) sum += std::abs(value);
  return sum;
}

// Towards zero, so that what is shortened stays within the bound.
std::vector<int32_t> ConversionFeatures::factors(size_t row) const {
  std::vector<int32_t> out{kConversionOne};
  for (const int32_t value : standardised_row(row)) out.push_back(value);
  const int64_t size = size_of(row);
  if (size <= row_bound_) return out;
  for (int32_t& factor : out) factor = static_cast<int32_t>(factor * row_bound_ / size);
  return out;
}

double ConversionFeatures::weight(size_t row) const {
  const int64_t size = size_of(row);
  return size <= row_bound_ ? 1 : static_cast<double>(row_bound_) / static_cast<double>(size);
}

}  // namespace puhui::federation
