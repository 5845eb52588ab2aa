#include "infrastructure/models/ensemble.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

constexpr int kLeafBits = 28;  // |leaf · 2^scale| stays below 2^28: sums of explanations keep inside int32
constexpr int kScaleMin = 10, kScaleMax = 40;  // at least: a margin in millionths fits int64
constexpr uint32_t kDefaultLeftBit = 0x8000'0000u;
constexpr int64_t kBaseMax = int64_t{1} << 52;

uint64_t packed(const TreeNode& node) {
  const uint32_t feature = node.feature | (node.default_left ? kDefaultLeftBit : 0);
  return uint64_t{feature} << 32 | std::bit_cast<uint32_t>(node.threshold);
}

// How deep the tree is, and the sum over its leaves of their depths.
struct Depths {
  int deepest = 0;
  size_t steps = 0;
};
Depths depths_of(const Tree& tree) {
  std::vector<int> depths(tree.nodes.size(), 0);
  Depths out;
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const TreeNode& node = tree.nodes[i];
    out.deepest = std::max(out.deepest, depths[i]);
    if (node.is_leaf()) {
      out.steps += static_cast<size_t>(depths[i]);
    } else {
      depths[node.left] = depths[node.right] = depths[i] + 1;
    }
  }
  return out;
}

// Every fault that would make walking the tree go astray.
std::optional<std::string> fault_of(const Tree& tree, size_t feature_count) {
  const size_t count = tree.nodes.size();
  if (count == 0 || count > kTreeNodesMax)
    return "expected 1 to " + std::to_string(kTreeNodesMax) + " nodes, came " + std::to_string(count);
  std::vector<uint8_t> has_parent(count, 0);
  for (size_t i = 0; i < count; ++i) {
    const TreeNode& node = tree.nodes[i];
    if (!(node.cover >= 0) || std::isinf(node.cover))
      return "node " + std::to_string(i) + ": expected a cover of 0 or more";
    if (node.is_leaf()) {
      if (std::abs(int64_t{node.leaf}) >= int64_t{1} << kLeafBits)
        return "node " + std::to_string(i) + ": the leaf is too large";
      continue;
    }
    if (node.feature >= feature_count) return "node " + std::to_string(i) + ": no such feature";
    if (!std::isfinite(node.threshold)) return "node " + std::to_string(i) + ": expected a finite threshold";
    for (const uint32_t child : {node.left, node.right}) {
      if (child <= i || child >= count || has_parent[child]++ != 0)
        return "node " + std::to_string(i) + ": its children are wrong";
    }
  }
  if (std::count(has_parent.begin(), has_parent.end(), 0) != 1) return "some nodes hang nowhere";
  if (depths_of(tree).deepest > kTreeDepthMax) return "expected at most " + std::to_string(kTreeDepthMax) + " levels";
  return std::nullopt;
}

// Breadth first from the root, children side by side: the order in which `write` and `read` go.
Tree in_order(const Tree& tree) {
  Tree out;
  std::vector<uint32_t> order = {0};
  for (size_t i = 0; i < order.size(); ++i) {
    TreeNode node = tree.nodes[order[i]];
    if (!node.is_leaf()) {
      const auto [left, right] = std::pair(node.left, node.right);
      node.left = static_cast<uint32_t>(order.size());
      node.right = node.left + 1;
      order.push_back(left), order.push_back(right);
    }
    out.nodes.push_back(node);
  }
  return out;
}

}  // namespace

int Tree::depth() const { return depths_of(*this).deepest; }

Result<Ensemble> Ensemble::make(size_t feature_count, int scale, int64_t base, std::vector<Tree> trees) {
  Faults faults;
  if (feature_count == 0 || feature_count > kEnsembleFeaturesMax)
    faults.add("features", "expected 1 to " + std::to_string(kEnsembleFeaturesMax));
  if (scale < kScaleMin || scale > kScaleMax) faults.add("scale", "expected 10 to " + std::to_string(kScaleMax));
  if (std::abs(base) > kBaseMax) faults.add("base", "it is too large");
  if (trees.size() > kTreesMax) faults.add("trees", "expected at most " + std::to_string(kTreesMax));
  size_t nodes = 0, steps = 0;
  for (size_t i = 0; i < trees.size(); ++i) {
    nodes += trees[i].nodes.size();
    if (auto fault = fault_of(trees[i], feature_count)) {
      faults.add("trees/" + std::to_string(i), *std::move(fault));
    } else {
      steps += depths_of(trees[i]).steps;
    }
  }
  if (nodes > kEnsembleNodesMax)
    faults.add("trees", "expected at most " + std::to_string(kEnsembleNodesMax) + " nodes together");
  if (steps > kEnsembleStepsMax) faults.add("trees", "their leaves lie too deep to be explained in memory");
  TRY(std::move(faults).result(ErrorCode::corrupt));
  Ensemble out;
  out.feature_count_ = feature_count;
  out.scale_ = scale;
  out.base_ = base;
  for (Tree& tree : trees) out.trees_.push_back(in_order(tree));
  out.pack();
  return out;
}

std::optional<int> Ensemble::scale_for(double leaf_largest) {
  int scale = kScaleMax;
  while (scale >= kScaleMin && !(std::ldexp(leaf_largest, scale) < std::ldexp(1.0, kLeafBits) - 1)) --scale;
  return scale < kScaleMin ? std::nullopt : std::optional(scale);
}

double Ensemble::unit() const { return std::ldexp(1.0, -scale_); }

void Ensemble::pack() {
  std::vector<std::vector<uint32_t>> by_depth(kPaddedDepthMax + 1);
  for (uint32_t i = 0; i < trees_.size(); ++i) {
    const int depth = trees_[i].depth();
    if (depth > kPaddedDepthMax) {
      deep_.push_back(i);
    } else {
      by_depth[static_cast<size_t>(depth)].push_back(i);
    }
  }
  for (const auto& members : by_depth) {
    for (size_t begin = 0; begin < members.size(); begin += kGroup) {
      pack_group(std::span(members).subspan(begin, std::min(kGroup, members.size() - begin)));
    }
  }
}

// A leaf above the last level becomes a subtree whose leaves are all equal, so that any way through it is right.
void Ensemble::pack_group(std::span<const uint32_t> members) {
  const auto depth = static_cast<uint32_t>(trees_[members[0]].depth());
  const size_t inner = (size_t{1} << depth) - 1;
  groups_.push_back({depth, nodes_.size(), leaves_.size()});
  nodes_.resize(nodes_.size() + inner * kGroup, 0);
  leaves_.resize(leaves_.size() + (inner + 1) * kGroup, 0);
  for (size_t lane = 0; lane < members.size(); ++lane) {
    const auto& nodes = trees_[members[lane]].nodes;
    std::vector<uint32_t> at(2 * inner + 1, 0);  // which node stands at a heap place
    for (size_t place = 0; place < at.size(); ++place) {
      const TreeNode& node = nodes[at[place]];
      if (place >= inner) {
        leaves_[groups_.back().first_leaf + (place - inner) * kGroup + lane] = node.leaf;
        continue;
      }
      if (!node.is_leaf()) nodes_[groups_.back().first_node + place * kGroup + lane] = packed(node);
      at[2 * place + 1] = node.is_leaf() ? at[place] : node.left;
      at[2 * place + 2] = node.is_leaf() ? at[place] : node.right;
    }
  }
}

int64_t Ensemble::margin_by_definition(std::span<const float> row) const {
  CHECK(row.size() == feature_count_, "a row has one number a feature");
  int64_t sum = base_;
  for (const Tree& tree : trees_) {
    const TreeNode* node = tree.nodes.data();
    while (!node->is_leaf()) {
      const float x = row[node->feature];
      const bool left = std::isnan(x) ? node->default_left : x < node->threshold;
      node = &tree.nodes[left ? node->left : node->right];
    }
    sum += node->leaf;
  }
  return sum;
}

int64_t Ensemble::walk_deep(const float* row) const {
  int64_t sum = 0;
  for (const uint32_t tree : deep_) {
    const TreeNode* nodes = trees_[tree].nodes.data();
    uint32_t at = 0;
    while (nodes[at].left != 0) {
      const float x = row[nodes[at].feature];
      const bool left = x < nodes[at].threshold || (x != x && nodes[at].default_left);
      at = nodes[at].left + (left ? 0 : 1);  // children stand side by side
    }
    sum += nodes[at].leaf;
  }
  return sum;
}

int64_t Ensemble::margin(std::span<const float> row, Walk walk) const {
  int64_t out = 0;
  margins(row, std::span(&out, 1), walk);
  return out;
}

void Ensemble::margins(std::span<const float> rows, std::span<int64_t> out, Walk walk) const {
  CHECK(rows.size() == out.size() * feature_count_, "rows have one number a feature");
  static const Walk best = is_available(Walk::avx512) ? Walk::avx512
                           : is_available(Walk::avx2) ? Walk::avx2
                                                      : Walk::portable;
  if (walk == Walk::best) walk = best;
  CHECK(is_available(walk), "this machine has the instructions asked for");
  walk_padded(rows.data(), out, walk);
  if (deep_.empty()) return;
  for (size_t i = 0; i < out.size(); ++i) out[i] += walk_deep(rows.data() + i * feature_count_);
}

void Ensemble::write(ByteWriter& out) const {
  out.unsigned_varint(feature_count_);
  out.u8(static_cast<uint8_t>(scale_));
  out.signed_varint(base_);
  out.unsigned_varint(trees_.size());
  for (const Tree& tree : trees_) {
    out.unsigned_varint(tree.nodes.size());
    for (const TreeNode& node : tree.nodes) {
      out.u8(static_cast<uint8_t>((node.is_leaf() ? 1 : 0) | (node.default_left ? 2 : 0)));
      out.u32(std::bit_cast<uint32_t>(node.cover));
      if (node.is_leaf()) {
        out.signed_varint(node.leaf);
      } else {
        out.unsigned_varint(node.feature);
        out.u32(std::bit_cast<uint32_t>(node.threshold));
      }
    }
  }
}

Result<Ensemble> Ensemble::read(ByteReader& in) {
  const size_t feature_count = in.unsigned_varint();
  const int scale = in.u8();
  const int64_t base = in.signed_varint();
  std::vector<Tree> trees;
  const size_t tree_count = in.count(7);
  for (size_t t = 0; t < tree_count && in.ok(); ++t) {
    Tree tree;
    const size_t node_count = in.count(6);
    uint32_t next_child = 1;
    for (size_t i = 0; i < node_count && in.ok(); ++i) {
      TreeNode node;
      const uint8_t flags = in.u8();
      if (flags > 3) in.reject();
      node.default_left = (flags & 2) != 0;
      node.cover = std::bit_cast<float>(in.u32());
      if ((flags & 1) != 0) {
        const int64_t leaf = in.signed_varint();
        if (leaf != static_cast<int32_t>(leaf)) in.reject();
        node.leaf = static_cast<int32_t>(leaf);
      } else {
        const uint64_t feature = in.unsigned_varint();
        if (feature >= feature_count) in.reject();
        node.feature = static_cast<uint32_t>(feature);
        node.threshold = std::bit_cast<float>(in.u32());
        node.left = next_child, node.right = next_child + 1;
        next_child += 2;
      }
      tree.nodes.push_back(node);
    }
    trees.push_back(std::move(tree));
  }
  if (!in.ok()) return fail(ErrorCode::corrupt, "expected an ensemble, came other bytes");
  return make(feature_count, scale, base, std::move(trees));
}

namespace {

// Members of XGBoost's JSON by path; a fault names the path that is missing or of another kind.
class XgboostJson {
 public:
  XgboostJson(const Json& json, Faults& faults) : root_(json), faults_(faults) {}

  const Json* at(const std::vector<std::string_view>& path) {
    const Json* here = &root_;
    for (const auto step : path) {
      here = here->find(step);
      if (here == nullptr) {
        faults_.add(join({path.begin(), path.end()}, "/"),
                    "expected this member of an XGBoost model; save the model as JSON with XGBoost 1.3 or later");
        return nullptr;
      }
    }
    return here;
  }
  std::string text(const std::vector<std::string_view>& path) {
    const Json* json = at(path);
    return json == nullptr             ? ""
           : json->text() != nullptr   ? *json->text()
           : json->number() != nullptr ? json->number()->text
                                       : "";
  }

 private:
  const Json& root_;
  Faults& faults_;
};

std::optional<float> as_float(const Json& json) {
  if (json.number() == nullptr) return std::nullopt;
  const std::string& text = json.number()->text;
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct RawTree {
  std::vector<int64_t> left, right, feature, default_left;
  std::vector<float> condition, cover;
};

template <class T>
std::vector<T> numbers(const Json& tree, std::string_view name, const std::string& where, Faults& faults) {
  std::vector<T> out;
  const Json* list = tree.find(name);
  if (list == nullptr || list->list() == nullptr)
    return faults.add(where + "/" + std::string(name), "expected a list of numbers"), out;
  for (const Json& item : *list->list()) {
    if constexpr (std::is_same_v<T, float>) {
      const auto value = as_float(item);
      if (!value) return faults.add(where + "/" + std::string(name), "expected numbers in float range"), out;
      out.push_back(*value);
    } else {
      const auto value = item.boolean() != nullptr ? std::optional<int64_t>(*item.boolean() ? 1 : 0) : item.as_int64();
      if (!value) return faults.add(where + "/" + std::string(name), "expected whole numbers"), out;
      out.push_back(*value);
    }
  }
  return out;
}

RawTree raw_tree(const Json& tree, const std::string& where, Faults& faults) {
  RawTree raw{
      numbers<int64_t>(tree, "left_children", where, faults),  numbers<int64_t>(tree, "right_children", where, faults),
      numbers<int64_t>(tree, "split_indices", where, faults),  numbers<int64_t>(tree, "default_left", where, faults),
      numbers<float>(tree, "split_conditions", where, faults), numbers<float>(tree, "sum_hessian", where, faults)};
  const size_t count = raw.left.size();
  for (const size_t size :
       {raw.right.size(), raw.feature.size(), raw.default_left.size(), raw.condition.size(), raw.cover.size()}) {
    if (size != count || count == 0) {
      faults.add(where, "expected lists of one length");
      return {};
    }
  }
  if (const Json* types = tree.find("split_type"); types != nullptr && types->list() != nullptr) {
    for (const Json& type : *types->list()) {
      if (type.as_int64().value_or(1) != 0) {
        faults.add(where, "came a split by categories; train with numbers only");
        break;
      }
    }
  }
  return raw;
}

// Only what hangs on the root: XGBoost leaves pruned nodes in its lists.
Tree tree_of(const RawTree& raw, double scale, const std::string& where, Faults& faults) {
  Tree out;
  std::vector<int64_t> order = {0};
  const auto count = static_cast<int64_t>(raw.left.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<size_t>(order[i]);
    TreeNode node;
    node.cover = raw.cover[from];
    if (raw.left[from] < 0) {
      node.leaf = static_cast<int32_t>(std::nearbyint(static_cast<double>(raw.condition[from]) * scale));
    } else {
      for (const int64_t child : {raw.left[from], raw.right[from]}) {
        if (child <= 0 || child >= count || order.size() >= static_cast<size_t>(count)) {
          faults.add(where, "node " + std::to_string(from) + ": its children are wrong");
          return {};
        }
        order.push_back(child);
      }
      node.left = static_cast<uint32_t>(order.size() - 2);
      node.right = node.left + 1;
      const int64_t feature = raw.feature[from];
      if (feature < 0 || feature > int64_t{kEnsembleFeaturesMax})
        faults.add(where, "node " + std::to_string(from) + ": no such feature");
      node.feature = static_cast<uint32_t>(feature);
      node.default_left = raw.default_left[from] != 0;
      node.threshold = raw.condition[from];
    }
    out.nodes.push_back(node);
  }
  return out;
}

}  // namespace

Result<Ensemble> Ensemble::from_xgboost(const Json& json) {
  Faults faults;
  XgboostJson model(json, faults);
  const std::string booster = model.text({"learner", "gradient_booster", "name"});
  const std::string objective = model.text({"learner", "objective", "name"});
  const auto base = parse_double(model.text({"learner", "learner_model_param", "base_score"}));
  const auto features = parse_int64(model.text({"learner", "learner_model_param", "num_feature"}));
  const Json* list = model.at({"learner", "gradient_booster", "model", "trees"});
  TRY(std::move(faults).result());
  if (booster != "gbtree") faults.add("gradient_booster/name", "expected gbtree, came '" + booster + "'");
  if (objective != "binary:logistic")
    faults.add("objective/name", "expected binary:logistic, came '" + objective + "'");
  if (!base || *base <= 0 || *base >= 1) faults.add("base_score", "expected a probability between 0 and 1");
  if (!features || *features <= 0 || *features > int64_t{kEnsembleFeaturesMax})
    faults.add("num_feature", "expected 1 to " + std::to_string(kEnsembleFeaturesMax));
  if (list->list() == nullptr || list->list()->size() > kTreesMax)
    faults.add("trees", "expected a list of at most " + std::to_string(kTreesMax));
  TRY(std::move(faults).result());

  std::vector<RawTree> raw;
  double largest = 0;
  for (size_t i = 0; i < list->list()->size(); ++i) {
    raw.push_back(raw_tree((*list->list())[i], "trees/" + std::to_string(i), faults));
    for (size_t n = 0; n < raw.back().left.size(); ++n) {
      if (raw.back().left[n] < 0) largest = std::max(largest, std::fabs(static_cast<double>(raw.back().condition[n])));
    }
  }
  const int scale = scale_for(largest).value_or(kScaleMin);
  if (!scale_for(largest))
    faults.add("trees", "expected leaves of sane size (log-odds), came " + format_double(largest));
  TRY(std::move(faults).result());

  std::vector<Tree> trees;
  for (size_t i = 0; i < raw.size(); ++i)
    trees.push_back(tree_of(raw[i], std::ldexp(1.0, scale), "trees/" + std::to_string(i), faults));
  TRY(std::move(faults).result());
  const double margin = std::log(*base / (1 - *base));
  return make(static_cast<size_t>(*features), scale, static_cast<int64_t>(std::nearbyint(std::ldexp(margin, scale))),
              std::move(trees));
}

std::vector<double> xgboost_gains(const Json& json, size_t feature_count) {
  std::vector<double> out(feature_count, 0);
  Faults faults;
  const Json* list = XgboostJson(json, faults).at({"learner", "gradient_booster", "model", "trees"});
  CHECK(list != nullptr && list->list() != nullptr, "gains are asked of a model that was read");
  for (const Json& tree : *list->list()) {
    const auto left = numbers<int64_t>(tree, "left_children", "", faults),
               feature = numbers<int64_t>(tree, "split_indices", "", faults);
    const auto gain = numbers<float>(tree, "loss_changes", "", faults);
    for (size_t i = 0; i < left.size() && i < gain.size(); ++i) {
      if (left[i] >= 0) out[static_cast<size_t>(feature[i])] += static_cast<double>(gain[i]);
    }
  }
  return out;
}

}  // namespace puhui::models
