// Gradient boosting trained by libxgboost, and its own predictions for comparing. Nothing of xgboost's headers
// shows here. Scoring is ensemble.h: training gives a model as JSON, and we read that.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ground/base/result.h"

namespace puhui::models {

struct BoostingTraining {
  int rounds = 300;
  int depth_max = 5;
  double learning_rate = 0.03;
  double row_share = 0.7;      // drawn a round
  double feature_share = 0.3;  // drawn a tree
  double hessian_min = 20;     // in a leaf (min_child_weight)
  double l2 = 10;
  double split_gain_min = 0;
  int bins_max = 256;
  int early_stopping_rounds = 0;  // 0: none. Else a tenth of the training rows is held aside to watch
  // One a feature by name: +1 risk only rises with it, -1 only falls. Others are free.
  std::vector<std::pair<std::string, int>> monotone;
};

// Row-major float32, NaN missing.
struct FloatRows {
  std::span<const float> values;
  size_t feature_count = 0;
  size_t row_count() const { return feature_count == 0 ? 0 : values.size() / feature_count; }
};

struct BoostingRequest {
  FloatRows rows;
  std::span<const uint8_t> bad;
  std::vector<int> monotone;  // one a feature, or empty
  FloatRows watch_rows;       // for early stopping
  std::span<const uint8_t> watch_bad;
  uint64_t seed = 1;
};

struct BoostedTrees {
  std::string json;  // the library's own format
  int rounds = 0;    // kept
};

// Runs on one thread whatever the machine has, so that the same request gives the same bytes.
Result<BoostedTrees> boost(const BoostingRequest& request, const BoostingTraining& training);

std::string xgboost_version();

// The library as a peer: loaded from a model's JSON. Not safe on several threads.
class XgboostPeer {
 public:
  static Result<XgboostPeer> load(const std::string& json);
  XgboostPeer(XgboostPeer&&) noexcept;
  ~XgboostPeer();
  // In-place prediction of the margin (log-odds) of each row.
  Result<std::vector<float>> margins(FloatRows rows);
  // In-place prediction of probabilities; a view into the library's memory until the next call.
  Result<std::span<const float>> probabilities(FloatRows rows);
  // Exact TreeSHAP: row_count × (feature_count + 1), the last is the base.
  Result<std::vector<float>> contributions(FloatRows rows);

 private:
  struct State;
  explicit XgboostPeer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::models
