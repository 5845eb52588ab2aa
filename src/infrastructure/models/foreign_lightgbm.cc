// LightGBM's model text (version v2 to v4): numbers with its three kinds of missing, and categories. Trees with linear
// leaves are refused.
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "ground/base/text.h"
#include "infrastructure/models/foreign_form.h"

namespace puhui::models {

namespace {

constexpr size_t kLinesMax = 8'000'000;

struct Line {
  size_t number = 0;
  std::string_view value;
};
// A block of `key=value` lines.
using Block = std::map<std::string_view, Line>;

std::string line_at(size_t number) { return "line " + std::to_string(number); }

class LightgbmReader {
 public:
  explicit LightgbmReader(std::string_view text) : text_(text) {}
  Result<std::unique_ptr<ForeignForm>> read();

 private:
  void fault(size_t line, std::string message) { faults_.add(line_at(line), std::move(message)); }
  void split_blocks();
  const Line* find(const Block& block, std::string_view key);
  double number(const Block& block, std::string_view key, std::optional<double> otherwise = std::nullopt);
  std::vector<double> numbers(const Block& block, std::string_view key, size_t count);
  void read_header(ForeignForm& form);
  void read_objective(ForeignForm& form);
  ForeignTree read_tree(const Block& block, size_t index);
  void read_split(const Block& block, ForeignNode& node, double feature, double threshold, int decision);
  uint32_t column(const TreeColumn& column);

  std::string_view text_;
  Faults faults_;
  Block header_;
  std::vector<Block> trees_;
  bool is_averaged_ = false, has_end_ = false;
  size_t features_ = 0, groups_ = 1, per_iteration_ = 1;
  std::vector<TreeColumn> columns_;
  std::unordered_map<uint64_t, uint32_t> known_columns_;
  std::vector<uint32_t> words_;
  std::vector<double> boundaries_;  // of the tree being read
  size_t first_tree_word_ = 0;
};

// The header, then a block a tree up to "end of trees"; what follows is the library's own notes.
void LightgbmReader::split_blocks() {
  size_t number = 0;
  for (size_t at = 0; at < text_.size();) {
    const size_t end = std::min(text_.find('\n', at), text_.size());
    std::string_view line = text_.substr(at, end - at);
    at = end + 1;
    if (++number > kLinesMax) return fault(number, "expected at most " + std::to_string(kLinesMax) + " lines");
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "end of trees") {
      has_end_ = true;
      return;
    }
    if (line == "average_output") is_averaged_ = true;
    if (line.starts_with("Tree=")) {
      trees_.emplace_back();
      if (trees_.size() > kForeignTreesMax)
        return fault(number, "expected at most " + std::to_string(kForeignTreesMax) + " trees");
    }
    const size_t equal = line.find('=');
    if (equal == std::string_view::npos) continue;
    Block& block = trees_.empty() ? header_ : trees_.back();
    if (!block.try_emplace(line.substr(0, equal), Line{number, line.substr(equal + 1)}).second) {
      fault(number, "'" + std::string(cut_utf8(line.substr(0, equal), 60)) + "' is given twice");
    }
  }
}

const Line* LightgbmReader::find(const Block& block, std::string_view key) {
  const auto found = block.find(key);
  if (found != block.end()) return &found->second;
  const size_t line = block.empty() ? 1 : std::ranges::min_element(block, {}, [](const auto& entry) {
                                            return entry.second.number;
                                          })->second.number;
  fault(line, "expected '" + std::string(key) + "=' in the block that begins here");
  return nullptr;
}

double LightgbmReader::number(const Block& block, std::string_view key, std::optional<double> otherwise) {
  if (otherwise && !block.contains(key)) return *otherwise;
  const Line* line = find(block, key);
  if (line == nullptr) return 0;
  const auto value = parse_double(trim(line->value));
  if (!value) fault(line->number, "expected a finite number behind '" + std::string(key) + "='");
  return value.value_or(0);
}

std::vector<double> LightgbmReader::numbers(const Block& block, std::string_view key, size_t count) {
  std::vector<double> out;
  const Line* line = find(block, key);
  if (line == nullptr) return std::vector<double>(count, 0);
  for (const std::string_view token : split(trim(line->value), ' ')) {
    if (token.empty()) continue;
    // Borders at infinity are written by some versions as inf.
    const bool is_infinite = token == "inf" || token == "-inf";
    const auto value = is_infinite ? std::optional(token[0] == '-' ? -HUGE_VAL : HUGE_VAL) : parse_double(token);
    if (!value || (is_infinite && key != "threshold")) {
      fault(line->number, "expected finite numbers behind '" + std::string(key) + "='");
      break;
    }
    out.push_back(*value);
  }
  if (out.size() != count) {
    fault(line->number, "expected " + std::to_string(count) + " numbers behind '" + std::string(key) + "=', came " +
                            std::to_string(out.size()));
    out.assign(count, 0);
  }
  return out;
}

void LightgbmReader::read_objective(ForeignForm& form) {
  static constexpr std::pair<std::string_view, Link> kLinks[] = {{"regression", Link::identity},
                                                                 {"regression_l2", Link::identity},
                                                                 {"regression_l1", Link::identity},
                                                                 {"huber", Link::identity},
                                                                 {"fair", Link::identity},
                                                                 {"quantile", Link::identity},
                                                                 {"mape", Link::identity},
                                                                 {"lambdarank", Link::identity},
                                                                 {"rank_xendcg", Link::identity},
                                                                 {"poisson", Link::exponential},
                                                                 {"gamma", Link::exponential},
                                                                 {"tweedie", Link::exponential},
                                                                 {"binary", Link::sigmoid},
                                                                 {"cross_entropy", Link::sigmoid},
                                                                 {"cross_entropy_lambda", Link::log1p_exp},
                                                                 {"multiclass", Link::softmax},
                                                                 {"multiclassova", Link::each_sigmoid},
                                                                 {"custom", Link::identity}};
  const auto given = header_.find("objective");
  if (given == header_.end()) return;  // trained with an objective of its own: the margin is the answer
  const size_t line = given->second.number;
  const auto words = split(trim(given->second.value), ' ');
  const auto* known = std::ranges::find(kLinks, words[0], &std::pair<std::string_view, Link>::first);
  if (known == std::end(kLinks)) {
    return fault(line, "this objective is not run: '" + std::string(cut_utf8(words[0], 60)) + "'");
  }
  form.link = known->second;
  for (const std::string_view word : std::span(words).subspan(1)) {
    if (word == "sqrt" && form.link == Link::identity) form.link = Link::signed_square;
    if (!word.starts_with("sigmoid:")) continue;
    const auto scale = parse_double(word.substr(8));
    if (!scale || *scale <= 0) fault(line, "expected a sigmoid above 0");
    form.scale = scale.value_or(1);
  }
  const bool classes = form.link == Link::softmax || form.link == Link::each_sigmoid;
  if (classes != (groups_ > 1)) fault(line, "expected num_class above 1 for classes, and 1 for all else");
}

void LightgbmReader::read_header(ForeignForm& form) {
  const double groups = number(header_, "num_class", 1);
  const double per_iteration = number(header_, "num_tree_per_iteration", groups);
  const double last_feature = number(header_, "max_feature_idx");
  const auto whole = [](double x, double low, double high) { return x >= low && x <= high && std::trunc(x) == x; };
  if (!whole(groups, 1, kForeignGroupsMax) || per_iteration != groups) {
    return fault(1, "expected num_class between 1 and " + std::to_string(kForeignGroupsMax) +
                        ", and as many trees an iteration");
  }
  if (!whole(last_feature, 0, kForeignFeaturesMax - 1)) {
    return fault(1, "expected max_feature_idx between 0 and " + std::to_string(kForeignFeaturesMax - 1));
  }
  groups_ = per_iteration_ = static_cast<size_t>(groups);
  features_ = static_cast<size_t>(last_feature) + 1;
  const Line* names = find(header_, "feature_names");
  if (names == nullptr) return;
  std::unordered_map<std::string_view, bool> seen;
  for (const std::string_view name : split(trim(names->value), ' ')) {
    if (!seen.try_emplace(name, true).second)
      fault(names->number, "the feature '" + std::string(cut_utf8(name, 60)) + "' is named twice");
    form.inputs.push_back({std::string(name), FieldType::number, false, {}});
  }
  if (form.inputs.size() != features_) {
    fault(names->number,
          "expected " + std::to_string(features_) + " feature names, came " + std::to_string(form.inputs.size()));
  }
}

uint32_t LightgbmReader::column(const TreeColumn& column) {
  const uint64_t key = uint64_t{column.input} << 8 | static_cast<uint64_t>(column.kind);
  const bool is_set = column.kind == TreeColumn::Kind::outside_set;
  if (!is_set) {
    const auto known = known_columns_.find(key);
    if (known != known_columns_.end()) return known->second;
    known_columns_.emplace(key, static_cast<uint32_t>(columns_.size()));
  }
  columns_.push_back(column);
  return static_cast<uint32_t>(columns_.size() - 1);
}

// decision_type: bit 0 categories, bit 1 missing goes left, bits 2 and 3 what is missing: nothing, zero, NaN.
void LightgbmReader::read_split(const Block& block, ForeignNode& node, double feature, double threshold, int decision) {
  const size_t line = block.begin()->second.number;
  if (!(feature >= 0) || feature >= static_cast<double>(features_)) return fault(line, "a split names no such feature");
  TreeColumn split{.input = static_cast<uint32_t>(feature), .is_lightgbm = true};
  node.default_left = (decision & 2) != 0;
  if ((decision & 1) == 0) {
    static constexpr TreeColumn::Kind kKinds[] = {TreeColumn::Kind::nan_is_zero, TreeColumn::Kind::zero_is_missing,
                                                  TreeColumn::Kind::plain};
    if (decision >> 2 > 2) return fault(line, "expected missing type 0, 1 or 2 in decision_type");
    split.kind = kKinds[decision >> 2];
    node.column = column(split);
    // x <= threshold, as x < the next number.
    node.threshold = std::nextafter(threshold, HUGE_VAL);
    return;
  }
  if (!(threshold >= 0) || threshold + 1 >= static_cast<double>(boundaries_.size())) {
    return fault(line, "a split names a set of categories that is not there");
  }
  const auto set = static_cast<size_t>(threshold);
  split.kind = TreeColumn::Kind::outside_set;
  split.first_word = static_cast<uint32_t>(first_tree_word_ + static_cast<size_t>(boundaries_[set]));
  split.word_count = static_cast<uint32_t>(boundaries_[set + 1] - boundaries_[set]);
  node.column = column(split);
  node.threshold = 0.5;
}

ForeignTree LightgbmReader::read_tree(const Block& block, size_t index) {
  ForeignTree out{.nodes = {}, .group = static_cast<uint32_t>(index % per_iteration_)};
  const size_t line = block.begin()->second.number;
  const double leaves = number(block, "num_leaves");
  const double sets = number(block, "num_cat", 0);
  if (number(block, "is_linear", 0) != 0)
    return fault(line, "trees with linear leaves are not run; train with linear_tree=false"), out;
  if (!(leaves >= 1) || leaves > static_cast<double>(text_.size()) || std::trunc(leaves) != leaves) {
    return fault(line, "expected num_leaves of 1 or more"), out;
  }
  if (!(sets >= 0) || sets > static_cast<double>(text_.size()))
    return fault(line, "expected num_cat of 0 or more"), out;
  const auto leaf_count = static_cast<size_t>(leaves), inner = leaf_count - 1;
  const auto values = numbers(block, "leaf_value", leaf_count);
  if (leaf_count == 1) {
    out.nodes.push_back({.threshold = values[0]});
    return out;
  }
  const auto features = numbers(block, "split_feature", inner), thresholds = numbers(block, "threshold", inner);
  const auto decisions = numbers(block, "decision_type", inner);
  const auto left = numbers(block, "left_child", inner), right = numbers(block, "right_child", inner);
  const bool has_counts = block.contains("leaf_count") && block.contains("internal_count");
  const auto leaf_counts = has_counts ? numbers(block, "leaf_count", leaf_count) : std::vector<double>(leaf_count, 0);
  const auto inner_counts = has_counts ? numbers(block, "internal_count", inner) : std::vector<double>(inner, 0);
  boundaries_.clear();
  first_tree_word_ = words_.size();
  if (sets > 0) {
    boundaries_ = numbers(block, "cat_boundaries", static_cast<size_t>(sets) + 1);
    for (size_t i = 0; i < boundaries_.size(); ++i) {
      if (boundaries_[i] < (i == 0 ? 0 : boundaries_[i - 1]))
        return fault(line, "expected cat_boundaries to rise"), out;
    }
    if (boundaries_.back() > static_cast<double>(text_.size()))
      return fault(line, "expected cat_boundaries within cat_threshold"), out;
    const auto bits = numbers(block, "cat_threshold", static_cast<size_t>(boundaries_.back()));
    if (words_.size() + bits.size() > kForeignCategoryWordsMax)
      return fault(line, "the sets of categories are too large together"), out;
    for (const double word : bits) {
      if (!(word >= 0) || word > 4294967295.0) return fault(line, "expected cat_threshold of 32 bits each"), out;
      words_.push_back(static_cast<uint32_t>(word));
    }
  }
  // Inner nodes first, then the leaves: ~leaf stands for leaf.
  const auto child = [&](double at) {
    if (at >= 1 && at < static_cast<double>(inner)) return static_cast<uint32_t>(at);
    if (at < 0 && at >= -leaves) return static_cast<uint32_t>(inner) + static_cast<uint32_t>(-1 - at);
    return UINT32_MAX;
  };
  for (size_t i = 0; i < inner; ++i) {
    ForeignNode node{.left = child(left[i]), .right = child(right[i]), .cover = static_cast<float>(inner_counts[i])};
    read_split(block, node, features[i], thresholds[i], static_cast<int>(std::clamp(decisions[i], 0.0, 255.0)));
    out.nodes.push_back(node);
  }
  for (size_t i = 0; i < leaf_count; ++i)
    out.nodes.push_back({.threshold = values[i], .cover = static_cast<float>(leaf_counts[i])});
  return out;
}

Result<std::unique_ptr<ForeignForm>> LightgbmReader::read() {
  auto form = std::make_unique<ForeignForm>();
  form->format = ModelFormat::lightgbm;
  form->model_names = {""};
  split_blocks();
  if (!has_end_) fault(1, "expected the line 'end of trees': the file is cut off, or no model text of LightGBM");
  if (const auto version = header_.find("version"); version != header_.end()) {
    const std::string_view value = trim(version->second.value);
    if (value != "v2" && value != "v3" && value != "v4") fault(version->second.number, "expected version v2, v3 or v4");
  }
  TRY(std::move(faults_).result());
  faults_ = Faults();
  read_header(*form);
  read_objective(*form);
  TRY(std::move(faults_).result());
  faults_ = Faults();
  if (trees_.size() % per_iteration_ != 0) fault(1, "expected as many trees for every class");
  std::vector<ForeignTree> trees;
  for (size_t i = 0; i < trees_.size(); ++i) trees.push_back(read_tree(trees_[i], i));
  TRY(std::move(faults_).result());
  form->base.assign(groups_, 0);
  if (is_averaged_ && !trees.empty()) form->divisor = static_cast<double>(trees.size() / per_iteration_);
  form->trees = TRY(ForeignTrees::make(features_, std::move(columns_), std::move(words_), std::move(trees), groups_,
                                       ForeignTrees::Sum::float64));
  form->list_outputs();
  return form;
}

}  // namespace

Result<std::unique_ptr<ForeignForm>> read_lightgbm(std::string_view bytes) { return LightgbmReader(bytes).read(); }

}  // namespace puhui::models
