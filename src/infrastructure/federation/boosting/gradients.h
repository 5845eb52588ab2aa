// Gradients of the objective as integers of one scale for all rows, so that a sum over any rows in any order is exact, and is
// the same in the clear and under encryption. Base and margins are whole multiples of 2^-scale.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/job.h"

namespace puhui::federation {

// First and second derivative of one row, or their sums over rows.
struct GradientSum {
  int64_t g = 0, h = 0;
  GradientSum& operator+=(GradientSum other) { return g += other.g, h += other.h, *this; }
  GradientSum operator-(GradientSum other) const { return {g - other.g, h - other.h}; }
  bool operator==(const GradientSum&) const = default;
};

// g stands for g · 2^-g_bits, h for h · 2^-h_bits; one row has |g| <= 2^g_top and 0 < h <= 2^h_top.
struct GradientScale {
  int g_bits = 0, h_bits = 0;
  int g_top = 0, h_top = 0;
};

// Bounds of what the job may ask for: `invalid` names each that is outside.
Result<void> check_boosting_terms(const BoostingTerms& terms);

using Margins = std::vector<std::vector<int64_t>>;  // one list an output

class BoostingObjective {
 public:
  // `invalid`: labels outside the objective, naming the first row; no rows.
  static Result<BoostingObjective> make(const BoostingTerms& terms, std::span<const double> labels);

  size_t rows() const { return labels_.size(); }
  size_t outputs() const { return bases_.size(); }
  int scale() const { return scale_; }
  const std::vector<int64_t>& bases() const { return bases_; }
  const GradientScale& gradient_scale() const { return gradient_scale_; }
  Margins first_margins() const;
  // Of one output, one a row; the margins are those of the round's beginning.
  std::vector<GradientSum> gradients(const Margins& margins, size_t output) const;

 private:
  BoostingObjective() = default;
  Objective objective_ = Objective::binary;
  std::span<const double> labels_;
  int scale_ = 0;
  std::vector<int64_t> bases_;
  GradientScale gradient_scale_;
};

// The rows a tree is grown on, ascending.
struct RowSample {
  bool all = true;
  std::vector<uint32_t> rows;
};
// GOSS (Ke et al. 2017): all rows with large |g| (ties by a hash of the row), some of the others drawn; the drawn are weighed
// up in `gradients`, the rest become 0.
RowSample sample_rows(const BoostingTerms& terms, uint64_t tree, std::vector<GradientSum>& gradients);

// How many rows sample_rows keeps: what a host holds the guest to.
size_t sampled_count(const BoostingTerms& terms, size_t rows);

// From basic operations alone, so that every machine has the same bits. Relative error below 1e-15.
double steady_exp(double x);
double steady_sigmoid(double x);
std::vector<double> steady_softmax(std::span<const double> margins);

}  // namespace puhui::federation
