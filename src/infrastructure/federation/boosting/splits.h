// Splits of one node: which candidates a party's columns have, what each gains, and which is best. Sums are exact integers and
// are made doubles once, in one order, so that all who compute a gain have the same bits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "infrastructure/federation/boosting/columns.h"
#include "infrastructure/federation/boosting/gradients.h"
#include "infrastructure/federation/boosting/model_part.h"

namespace puhui::federation {

class GainRule {
 public:
  GainRule(const BoostingTerms& terms, const GradientScale& scale);
  // What the node gains by sending rows of this sum one way and the rest the other; nullopt where that is no split: too little on
  // a side, or too little gained. The same bits whichever of the two sides is given.
  std::optional<double> gain(GradientSum side, GradientSum total) const;
  // -G / (H + l2) · learning rate, in units of 2^-scale.
  int64_t leaf(GradientSum total, int scale) const;
  bool may_split(GradientSum total, size_t rows) const;
  size_t leaf_rows_min() const { return leaf_rows_min_; }

 private:
  double score(GradientSum sum) const;
  double l2_, gain_min_, learning_rate_;
  int64_t hessian_min_;
  size_t leaf_rows_min_;
  GradientScale scale_;
};

// Bins 0…cut go left.
struct SplitCandidate {
  uint32_t column = 0;
  uint8_t cut = 0;
  bool missing_left = false;
  bool operator==(const SplitCandidate&) const = default;
};

// Rows in each bin of each column: counts[column · stride + bin].
std::vector<uint32_t> count_bins(const BoostingColumns& columns, std::span<const uint32_t> rows);
// In the order of (column, cut, missing right before left), which settles ties. Those that send too few rows one way or the same
// rows as the one before are left out. Where nothing is missing, a missing value will go with the more rows.
std::vector<SplitCandidate> split_candidates(const BoostingColumns& columns, std::span<const uint32_t> counts,
                                             size_t leaf_rows_min);
bool goes_left(const BoostingColumns& columns, const SplitCandidate& candidate, size_t row);
PartSplit as_part_split(const BoostingColumns& columns, const SplitCandidate& candidate);

struct BestSplit {
  double gain = 0;
  SplitCandidate candidate;
};
// The first of the largest gain. `rows`: of the node, that the tree is grown on; `gradients` of all rows.
std::optional<BestSplit> best_split(const BoostingColumns& columns, std::span<const uint32_t> rows,
                                    std::span<const GradientSum> gradients, GradientSum total, const GainRule& rule);

}  // namespace puhui::federation
