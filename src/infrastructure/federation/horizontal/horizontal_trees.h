// Trees that clients grow together, and the file they leave: XGBoost's JSON, which models::Predictor reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/federation/boosting/splits.h"

namespace puhui::federation {

// A node with left == 0 is a leaf; else its children stand at left and left + 1.
struct HorizontalNode {
  uint32_t left = 0;
  SplitCandidate split;
  float threshold = 0;
  GradientSum total;  // over all clients' rows
  int64_t leaf = 0;   // in units of 2^-scale
};
using HorizontalTree = std::vector<HorizontalNode>;

void write(ByteWriter& out, const HorizontalTree& tree);
// Rejects what no tree over these columns can be.
HorizontalTree read_horizontal_tree(ByteReader& in, const BoostingColumns& columns);
// Where the row comes to lie.
size_t leaf_of(const HorizontalTree& tree, const BoostingColumns& columns, size_t row);

struct HorizontalScales {
  int leaf = 0, hessian = 0;  // leaves count in 2^-leaf, hessians in 2^-hessian
};
// objective binary:logistic; base 0; leaves and thresholds as float32.
std::string xgboost_json(const std::vector<std::string>& columns, const std::vector<HorizontalTree>& trees,
                         HorizontalScales scales);

}  // namespace puhui::federation
