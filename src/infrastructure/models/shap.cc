#include "infrastructure/models/shap.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ground/base/check.h"
#include "infrastructure/models/quadrature.h"

namespace puhui::models {

namespace {

constexpr uint32_t kDefaultLeftBit = 0x8000'0000u;

// Without branches: which way a row goes cannot be foretold. 1 or 0.
uint32_t goes_left(float threshold, uint32_t feature, const float* row) {
  const float x = row[feature & ~kDefaultLeftBit];
  return static_cast<uint32_t>(x < threshold) | (static_cast<uint32_t>(x != x) & feature >> 31);
}

// For a leaf of distinct features with cover shares z and satisfied splits o (0 or 1), the Shapley value of feature s
// is value · (o_s - z_s) · integral over t in [0, 1] of the product over the other features of (1 - t) z + t o:
// the integral of t^k (1 - t)^(d-1-k) is Shapley's weight of a coalition of k.
void leaf_values(double value, std::span<const double> shares, const uint8_t* satisfied, const Quadrature& quadrature,
                 double* out) {
  const size_t count = shares.size();
  double factors[kTreeDepthMax + 1], before[kTreeDepthMax + 1];
  std::fill(out, out + count, 0.0);
  for (size_t q = 0; q < quadrature.points.size(); ++q) {
    const double t = quadrature.points[q];
    before[0] = 1;
    for (size_t s = 0; s < count; ++s) {
      factors[s] = (1 - t) * shares[s] + (satisfied[s] != 0 ? t : 0);
      before[s + 1] = before[s] * factors[s];
    }
    double after = quadrature.weights[q];
    for (size_t s = count; s-- > 0;) {
      out[s] += before[s] * after;
      after *= factors[s];
    }
  }
  for (size_t s = 0; s < count; ++s) out[s] *= value * ((satisfied[s] != 0 ? 1.0 : 0.0) - shares[s]);
}

// A leaf of a tree with the way to it: what tables and the general way are both built from.
struct WayStep {
  uint32_t node = 0;
  bool left = false;
};
struct Way {
  uint32_t leaf = 0;
  std::vector<WayStep> steps;
  std::vector<uint32_t> features;  // distinct, in order of first sight
  std::vector<uint32_t> slots;     // a step's place in features
  std::vector<double> shares;      // a feature's: product over its steps of the cover that goes this way
  double share = 1;                // of all
};

double share_of(const Tree& tree, const WayStep& step) {
  const TreeNode& node = tree.nodes[step.node];
  const double left = static_cast<double>(tree.nodes[node.left].cover),
               right = static_cast<double>(tree.nodes[node.right].cover);
  if (!(left + right > 0)) return 0.5;
  return (step.left ? left : right) / (left + right);
}

std::vector<Way> ways_of(const Tree& tree) {
  std::vector<Way> out;
  std::vector<WayStep> steps;
  auto descend = [&](auto& self, uint32_t at) -> void {
    const TreeNode& node = tree.nodes[at];
    if (!node.is_leaf()) {
      for (const bool left : {true, false}) {
        steps.push_back({at, left});
        self(self, left ? node.left : node.right);
        steps.pop_back();
      }
      return;
    }
    Way way{.leaf = at, .steps = steps, .features = {}, .slots = {}, .shares = {}};
    for (const WayStep& step : steps) {
      const uint32_t feature = tree.nodes[step.node].feature;
      auto found = std::find(way.features.begin(), way.features.end(), feature);
      way.slots.push_back(static_cast<uint32_t>(found - way.features.begin()));
      if (found == way.features.end()) way.features.push_back(feature), way.shares.push_back(1);
      const double share = share_of(tree, step);
      way.shares[way.slots.back()] *= share;
      way.share *= share;
    }
    out.push_back(std::move(way));
  };
  descend(descend, 0);
  return out;
}

}  // namespace

void round_to_total(std::span<const double> exact, int64_t total, std::span<int64_t> rounded) {
  CHECK(exact.size() == rounded.size(), "one rounded number an exact one");
  if (exact.empty()) return;
  int64_t left = total;
  for (size_t i = 0; i < exact.size(); ++i) {
    rounded[i] = static_cast<int64_t>(std::floor(exact[i]));
    left -= rounded[i];
  }
  const auto count = static_cast<int64_t>(exact.size());
  const int64_t each = left >= 0 ? left / count : -((-left + count - 1) / count);
  for (int64_t& number : rounded) number += each;
  left -= each * count;
  // Few numbers, few left over: the largest remainder is looked for anew each time.
  std::vector<uint8_t> raised(exact.size(), 0);
  for (; left > 0; --left) {
    size_t best = exact.size();
    for (size_t i = 0; i < exact.size(); ++i) {
      if (raised[i] != 0) continue;
      if (best == exact.size() || exact[i] - std::floor(exact[i]) > exact[best] - std::floor(exact[best])) best = i;
    }
    raised[best] = 1;
    ++rounded[best];
  }
}

class TreeExplainer::Builder {
 public:
  explicit Builder(TreeExplainer& out) : out_(out) {}

  // Fits into tables when it is shallow and there is room.
  void add(const Tree& tree, size_t table_bytes_max) {
    const auto depth = static_cast<uint32_t>(std::max(2, tree.depth()));
    const auto ways = ways_of(tree);
    if (ways.size() == 1) {
      out_.base_ += tree.nodes[ways[0].leaf].leaf;
      return;
    }
    const size_t bytes = (size_t{1} << (depth - 2)) * (size_t{1} << (depth + 1)) * kWidth * sizeof(int32_t);
    if (depth <= kTableDepthMax && out_.table_bytes() + bytes <= table_bytes_max) {
      add_tabled(tree, ways, depth);
    } else {
      add_general(tree, ways);
    }
  }

 private:
  const Quadrature& quadrature(size_t feature_count) {
    const size_t points = std::max<size_t>(1, (feature_count + 1) / 2);
    if (quadratures_.size() <= points) quadratures_.resize(points + 1);
    if (quadratures_[points].points.empty()) quadratures_[points] = gauss_legendre(points);
    return quadratures_[points];
  }

  // A leaf's values for every set of satisfied features: the set is a bit mask over its slots.
  std::vector<double> values_by_mask(const Way& way, double value) {
    const size_t count = way.features.size();
    std::vector<double> out((size_t{1} << count) * count);
    for (size_t mask = 0; mask < size_t{1} << count; ++mask) {
      uint8_t satisfied[kTableDepthMax];
      for (size_t s = 0; s < count; ++s) satisfied[s] = (mask >> s & 1) != 0 ? 1 : 0;
      leaf_values(value, way.shares, satisfied, quadrature(count), out.data() + mask * count);
    }
    return out;
  }

  void add_tabled(const Tree& tree, const std::vector<Way>& ways, uint32_t depth) {
    TabledTree tabled{.depth = depth, .first_split = out_.splits_.size(), .first_block = out_.blocks_.size()};
    const size_t inner = (size_t{1} << depth) - 1;
    out_.splits_.resize(tabled.first_split + inner);
    std::vector<uint32_t> place_of(tree.nodes.size(), 0);
    for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
      const TreeNode& node = tree.nodes[i];
      if (node.is_leaf()) continue;
      place_of[node.left] = 2 * place_of[i] + 1, place_of[node.right] = 2 * place_of[i] + 2;
      out_.splits_[tabled.first_split + place_of[i]] = {node.threshold,
                                                        node.feature | (node.default_left ? kDefaultLeftBit : 0)};
    }
    // A leaf above the bottom belongs to the leftmost block under it; blocks without a leaf are left out.
    const auto first_block_place = static_cast<uint32_t>((size_t{1} << (depth - 2)) - 1);
    std::vector<std::vector<const Way*>> ways_of_block(size_t{1} << (depth - 2));
    for (const Way& way : ways) {
      uint32_t place = place_of[way.leaf];
      while (place < first_block_place) place = 2 * place + 1;
      while (place > 2 * first_block_place) place = (place - 1) / 2;
      ways_of_block[place - first_block_place].push_back(&way);
    }
    for (uint32_t b = 0; b < ways_of_block.size(); ++b) {
      if (!ways_of_block[b].empty()) add_block(tree, place_of, ways_of_block[b], depth, first_block_place + b);
    }
    tabled.block_count = out_.blocks_.size() - tabled.first_block;
    out_.tabled_.push_back(tabled);
  }

  // Bit of the index that says whether a step is satisfied, and what it must be. See `explain_tabled`.
  struct IndexBit {
    uint32_t bit;
    bool value;
  };
  static IndexBit index_bit(uint32_t split_place, bool left, uint32_t block_place, uint32_t depth) {
    if (split_place == block_place) return {0, left};
    if (split_place == 2 * block_place + 1) return {1, left};
    if (split_place == 2 * block_place + 2) return {2, left};
    // Above: the bit of the split just over the block is 3, the root's is the highest; set when it points here.
    const auto level = static_cast<uint32_t>(std::bit_width(split_place + 1) - 1);
    return {3 + (depth - 3 - level), true};
  }

  void add_block(const Tree& tree, const std::vector<uint32_t>& place_of, const std::vector<const Way*>& ways,
                 uint32_t depth, uint32_t place) {
    struct Part {
      std::vector<double> by_mask;
      std::vector<IndexBit> bits;   // a step's
      std::vector<size_t> columns;  // a slot's column in the block
    };
    std::vector<uint32_t> features;
    std::vector<Part> parts;
    double mean = 0;
    for (const Way* way : ways) {
      const double value = tree.nodes[way->leaf].leaf;
      mean += value * way->share;
      Part part{values_by_mask(*way, value), {}, {}};
      for (const WayStep& step : way->steps)
        part.bits.push_back(index_bit(place_of[step.node], step.left, place, depth));
      for (const uint32_t feature : way->features) {
        const auto found = std::find(features.begin(), features.end(), feature);
        part.columns.push_back(static_cast<size_t>(found - features.begin()));
        if (found == features.end()) features.push_back(feature);
      }
      parts.push_back(std::move(part));
    }
    CHECK(features.size() <= kWidth, "a block sees the splits above it and its own three");
    Block block{.place = place, .table = out_.tables_.size()};
    block.features.fill(static_cast<uint16_t>(out_.feature_count_));
    std::copy(features.begin(), features.end(), block.features.begin());
    out_.blocks_.push_back(block);
    const auto mean_rounded = static_cast<int64_t>(std::nearbyint(mean));
    out_.base_ += mean_rounded;

    for (uint32_t index = 0; index < uint32_t{1} << (depth + 1); ++index) {
      double exact[kWidth] = {};
      int64_t total = -mean_rounded;
      for (size_t p = 0; p < parts.size(); ++p) {
        const Way& way = *ways[p];
        size_t mask = (size_t{1} << way.features.size()) - 1;
        for (size_t i = 0; i < way.steps.size(); ++i) {
          const IndexBit bit = parts[p].bits[i];
          if (((index >> bit.bit & 1) != 0) != bit.value) mask &= ~(size_t{1} << way.slots[i]);
        }
        if (mask + 1 == size_t{1} << way.features.size()) total += tree.nodes[way.leaf].leaf;
        const double* values = parts[p].by_mask.data() + mask * way.features.size();
        for (size_t s = 0; s < way.features.size(); ++s) exact[parts[p].columns[s]] += values[s];
      }
      int64_t rounded[kWidth] = {};
      round_to_total(std::span(exact, features.size()), total, std::span(rounded, features.size()));
      for (const int64_t number : rounded) out_.tables_.push_back(static_cast<int32_t>(number));
    }
  }

  void add_general(const Tree& tree, const std::vector<Way>& ways) {
    GeneralTree general{
        .first_leaf = out_.leaves_.size(), .leaf_count = ways.size(), .first_feature = out_.tree_features_.size()};
    double mean = 0;
    std::vector<uint32_t> features;
    for (const Way& way : ways) {
      const int32_t value = tree.nodes[way.leaf].leaf;
      mean += value * way.share;
      out_.leaves_.push_back({value, static_cast<uint32_t>(way.features.size()), out_.steps_.size(), way.steps.size(),
                              out_.slot_features_.size()});
      for (size_t i = 0; i < way.steps.size(); ++i) {
        const TreeNode& node = tree.nodes[way.steps[i].node];
        out_.steps_.push_back({{node.threshold, node.feature | (node.default_left ? kDefaultLeftBit : 0)},
                               way.slots[i],
                               way.steps[i].left});
      }
      features.insert(features.end(), way.features.begin(), way.features.end());
      out_.slot_features_.insert(out_.slot_features_.end(), way.features.begin(), way.features.end());
      out_.slot_shares_.insert(out_.slot_shares_.end(), way.shares.begin(), way.shares.end());
      out_.points_max_ = std::max(out_.points_max_, (way.features.size() + 1) / 2);
    }
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
    general.feature_count = features.size();
    out_.tree_features_.insert(out_.tree_features_.end(), features.begin(), features.end());
    general.mean = static_cast<int64_t>(std::nearbyint(mean));
    out_.base_ += general.mean;
    out_.general_.push_back(general);
  }

  TreeExplainer& out_;
  std::vector<Quadrature> quadratures_;  // by number of points
};

TreeExplainer::TreeExplainer(const Ensemble& ensemble, size_t table_bytes_max)
    : feature_count_(ensemble.feature_count()), base_(ensemble.base()) {
  Builder builder(*this);
  for (const Tree& tree : ensemble.trees()) builder.add(tree, table_bytes_max);
  for (size_t points = 1; points <= points_max_; ++points) quadratures_.push_back(gauss_legendre(points));
}

void TreeExplainer::explain(std::span<const float> row, std::span<int64_t> values) const {
  CHECK(row.size() == feature_count_ && values.size() == feature_count_, "one number and one value a feature");
  thread_local std::vector<int64_t> sums;  // one more than features: unused columns of blocks go there
  sums.assign(feature_count_ + 1, 0);
  explain_tabled(row.data(), sums.data());
  explain_general(row.data(), sums.data());
  std::copy(sums.begin(), sums.end() - 1, values.begin());
}

void TreeExplainer::explain_tabled(const float* row, int64_t* values) const {
  constexpr size_t kBlocksMax = size_t{1} << (kTableDepthMax - 2);
  // Entries lie far apart in memory: those of the next tree are fetched while this tree's are added.
  const int32_t* entries[2][kBlocksMax];
  const auto look_up = [&](const TabledTree& tree, const int32_t** found) {
    const Split* splits = splits_.data() + tree.first_split;
    const uint32_t inner = (1u << tree.depth) - 1;
    uint64_t left = 0;
    for (uint32_t i = 0; i < inner; ++i) left |= uint64_t{goes_left(splits[i].threshold, splits[i].feature, row)} << i;
    const auto bit = [&](uint32_t place) { return static_cast<uint32_t>(left >> place & 1); };
    uint32_t above[2 * kBlocksMax];  // for each place down to the blocks: which splits above it point to it
    above[0] = 0;
    for (uint32_t place = 0; place < (1u << (tree.depth - 2)) - 1; ++place) {
      above[2 * place + 1] = above[place] << 1 | bit(place);
      above[2 * place + 2] = above[place] << 1 | (bit(place) ^ 1);
    }
    for (size_t b = 0; b < tree.block_count; ++b) {
      const Block& block = blocks_[tree.first_block + b];
      const uint32_t p = block.place;
      const uint32_t index = above[p] << 3 | bit(2 * p + 2) << 2 | bit(2 * p + 1) << 1 | bit(p);
      found[b] = tables_.data() + block.table + size_t{index} * kWidth;
      __builtin_prefetch(found[b]);
    }
  };
  if (!tabled_.empty()) look_up(tabled_[0], entries[0]);
  for (size_t t = 0; t < tabled_.size(); ++t) {
    if (t + 1 < tabled_.size()) look_up(tabled_[t + 1], entries[(t + 1) % 2]);
    for (size_t b = 0; b < tabled_[t].block_count; ++b) {
      const Block& block = blocks_[tabled_[t].first_block + b];
      const int32_t* entry = entries[t % 2][b];
      for (size_t k = 0; k < kWidth; ++k) values[block.features[k]] += entry[k];
    }
  }
}

void TreeExplainer::explain_general(const float* row, int64_t* values) const {
  if (general_.empty()) return;
  thread_local std::vector<double> exact;  // by feature; only the tree's own are touched
  thread_local std::vector<double> of_tree;
  thread_local std::vector<int64_t> rounded;
  exact.assign(feature_count_, 0);
  for (const GeneralTree& tree : general_) {
    int64_t reached = 0;
    for (size_t l = 0; l < tree.leaf_count; ++l) {
      const Leaf& leaf = leaves_[tree.first_leaf + l];
      uint8_t satisfied[kTreeDepthMax];
      double found[kTreeDepthMax];
      std::fill(satisfied, satisfied + leaf.slot_count, uint8_t{1});
      bool here = true;
      for (size_t i = 0; i < leaf.step_count; ++i) {
        const Step& step = steps_[leaf.first_step + i];
        if ((goes_left(step.split.threshold, step.split.feature, row) != 0) != step.goes_left)
          satisfied[step.slot] = 0, here = false;
      }
      if (here) reached = leaf.value;
      leaf_values(leaf.value, std::span(slot_shares_).subspan(leaf.first_slot, leaf.slot_count), satisfied,
                  quadratures_[(leaf.slot_count + 1) / 2 - 1], found);
      for (size_t s = 0; s < leaf.slot_count; ++s) exact[slot_features_[leaf.first_slot + s]] += found[s];
    }
    const auto features = std::span(tree_features_).subspan(tree.first_feature, tree.feature_count);
    of_tree.resize(features.size());
    rounded.resize(features.size());
    for (size_t i = 0; i < features.size(); ++i) of_tree[i] = std::exchange(exact[features[i]], 0.0);
    round_to_total(of_tree, reached - tree.mean, rounded);
    for (size_t i = 0; i < features.size(); ++i) values[features[i]] += rounded[i];
  }
}

}  // namespace puhui::models
