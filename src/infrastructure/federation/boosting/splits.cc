#include "infrastructure/federation/boosting/splits.h"

#include <algorithm>
#include <cmath>

namespace puhui::federation {

namespace {

constexpr double kGainMin = 1e-6;  // XGBoost's: below it a gain is rounding

}  // namespace

GainRule::GainRule(const BoostingTerms& terms, const GradientScale& scale)
    : l2_(std::ldexp(terms.l2, scale.h_bits)),
      gain_min_(std::ldexp(std::max(terms.split_gain_min, kGainMin), 2 * scale.g_bits - scale.h_bits)),
      learning_rate_(terms.learning_rate),
      hessian_min_(static_cast<int64_t>(std::ceil(std::ldexp(terms.hessian_min, scale.h_bits)))),
      leaf_rows_min_(static_cast<size_t>(terms.leaf_rows_min)),
      scale_(scale) {}

double GainRule::score(GradientSum sum) const {
  const auto g = static_cast<double>(sum.g);
  return g * g / (static_cast<double>(sum.h) + l2_);
}

std::optional<double> GainRule::gain(GradientSum side, GradientSum total) const {
  const GradientSum other = total - side;
  if (side.h < std::max<int64_t>(1, hessian_min_) || other.h < std::max<int64_t>(1, hessian_min_)) return std::nullopt;
  const double gain = (score(side) + score(other)) - score(total);
  return gain >= gain_min_ ? std::optional(gain) : std::nullopt;
}

int64_t GainRule::leaf(GradientSum total, int scale) const {
  if (total.h <= 0) return 0;  // a sample that holds no row
  const double weight = -static_cast<double>(total.g) / (static_cast<double>(total.h) + l2_) * learning_rate_;
  const double units = std::nearbyint(std::ldexp(weight, scale + scale_.h_bits - scale_.g_bits));
  return static_cast<int64_t>(
      std::clamp(units, -static_cast<double>(kBoostedLeafMax), static_cast<double>(kBoostedLeafMax)));
}

bool GainRule::may_split(GradientSum total, size_t rows) const {
  return rows >= 2 * leaf_rows_min_ && total.h / 2 >= hessian_min_;
}

std::vector<uint32_t> count_bins(const BoostingColumns& columns, std::span<const uint32_t> rows) {
  std::vector<uint32_t> counts(columns.count() * columns.stride, 0);
  for (const uint32_t row : rows) {
    const uint8_t* bins = columns.bins.data() + row * columns.count();
    for (size_t c = 0; c < columns.count(); ++c) ++counts[c * columns.stride + bins[c]];
  }
  return counts;
}

std::vector<SplitCandidate> split_candidates(const BoostingColumns& columns, std::span<const uint32_t> counts,
                                             size_t leaf_rows_min) {
  std::vector<SplitCandidate> out;
  for (size_t c = 0; c < columns.count(); ++c) {
    const auto of_column = counts.subspan(c * columns.stride, columns.stride);
    const size_t last = columns.cuts[c].size(), missing = of_column[columns.missing_bin(c)];
    size_t right = 0, left = 0;
    for (size_t bin = 0; bin <= last; ++bin) right += of_column[bin];
    for (size_t bin = 0; bin <= last; ++bin) {
      if (of_column[bin] == 0) continue;
      left += of_column[bin], right -= of_column[bin];
      const auto take = [&](bool missing_left, size_t left_rows, size_t right_rows) {
        if (left_rows < leaf_rows_min || right_rows < leaf_rows_min) return;
        out.push_back({static_cast<uint32_t>(c), static_cast<uint8_t>(bin), missing_left});
      };
      if (missing == 0) {
        take(left >= right, left, right);
      } else {
        take(false, left, right + missing);
        take(true, left + missing, right);
      }
    }
  }
  return out;
}

bool goes_left(const BoostingColumns& columns, const SplitCandidate& candidate, size_t row) {
  const uint8_t bin = columns.bin(row, candidate.column);
  return bin == columns.missing_bin(candidate.column) ? candidate.missing_left : bin <= candidate.cut;
}

PartSplit as_part_split(const BoostingColumns& columns, const SplitCandidate& candidate) {
  return {candidate.column, columns.threshold(candidate.column, candidate.cut), candidate.missing_left};
}

std::optional<BestSplit> best_split(const BoostingColumns& columns, std::span<const uint32_t> rows,
                                    std::span<const GradientSum> gradients, GradientSum total, const GainRule& rule) {
  std::vector<GradientSum> sums(columns.count() * columns.stride);
  for (const uint32_t row : rows) {
    const uint8_t* bins = columns.bins.data() + row * columns.count();
    for (size_t c = 0; c < columns.count(); ++c) sums[c * columns.stride + bins[c]] += gradients[row];
  }
  std::optional<BestSplit> best;
  GradientSum left;
  size_t column = SIZE_MAX, summed = 0;
  for (const SplitCandidate& candidate : split_candidates(columns, count_bins(columns, rows), rule.leaf_rows_min())) {
    const GradientSum* of_column = sums.data() + candidate.column * columns.stride;
    if (candidate.column != column) column = candidate.column, left = {}, summed = 0;
    for (; summed <= candidate.cut; ++summed) left += of_column[summed];
    GradientSum side = left;
    if (candidate.missing_left) side += of_column[columns.missing_bin(column)];
    const auto gain = rule.gain(side, total);
    if (gain && (!best || *gain > best->gain)) best = BestSplit{*gain, candidate};
  }
  return best;
}

}  // namespace puhui::federation
