// XGBoost's saved models: gbtree, dart and gblinear, numbers and categories, from JSON or UBJ.
#include <cmath>
#include <limits>

#include "ground/base/text.h"
#include "infrastructure/models/foreign_document.h"
#include "infrastructure/models/foreign_form.h"

namespace puhui::models {

namespace {

using Document = ForeignDocument;

// How an objective's margin becomes an answer, and its base score a margin.
struct Objective {
  std::string_view name;
  Link link = Link::identity;
  enum class Base : uint8_t { identity, logit, logarithm } base = Base::identity;
};
constexpr auto kIdentity = Objective::Base::identity, kLogit = Objective::Base::logit,
               kLog = Objective::Base::logarithm;
constexpr Objective kObjectives[] = {{"reg:squarederror", Link::identity, kIdentity},
                                     {"reg:linear", Link::identity, kIdentity},
                                     {"reg:squaredlogerror", Link::identity, kIdentity},
                                     {"reg:absoluteerror", Link::identity, kIdentity},
                                     {"reg:pseudohubererror", Link::identity, kIdentity},
                                     {"reg:quantileerror", Link::identity, kIdentity},
                                     {"reg:logistic", Link::sigmoid, kLogit},
                                     {"binary:logistic", Link::sigmoid, kLogit},
                                     {"binary:logitraw", Link::identity, kIdentity},
                                     {"binary:hinge", Link::step, kIdentity},
                                     {"count:poisson", Link::exponential, kLog},
                                     {"reg:gamma", Link::exponential, kLog},
                                     {"reg:tweedie", Link::exponential, kLog},
                                     {"survival:cox", Link::exponential, kLog},
                                     {"survival:aft", Link::exponential, kLog},
                                     {"rank:pairwise", Link::identity, kIdentity},
                                     {"rank:ndcg", Link::identity, kIdentity},
                                     {"rank:map", Link::identity, kIdentity},
                                     {"multi:softmax", Link::softmax, kIdentity},
                                     {"multi:softprob", Link::softmax, kIdentity}};

class XgboostReader {
 public:
  explicit XgboostReader(const Document& root) : root_(root) {}
  Result<std::unique_ptr<ForeignForm>> read();

 private:
  using Where = std::initializer_list<std::string_view>;
  void fault(std::string where, std::string message) { faults_.add(std::move(where), std::move(message)); }
  double number(Where path, std::optional<double> otherwise = std::nullopt);
  std::string text(Where path);
  void read_features(ForeignForm& form);
  void read_base(ForeignForm& form);
  void read_linear(const Document& booster, ForeignForm& form);
  void read_trees(const Document& booster, const Document* weights, ForeignForm& form);
  ForeignTree read_tree(const Document& tree, const std::string& where, double weight);
  std::vector<uint32_t> read_categories(const Document& tree, const std::string& where, size_t nodes);
  // A member of a tree: as many numbers as it has nodes.
  const std::vector<double>* numbers(const Document& tree, std::string_view name, const std::string& where,
                                     size_t count);
  uint32_t column(const TreeColumn& column);

  const Document& root_;
  Faults faults_;
  size_t features_ = 0, groups_ = 1;
  const Objective* objective_ = nullptr;
  std::vector<TreeColumn> columns_;
  std::vector<uint32_t> words_;
  std::vector<uint32_t> plain_columns_;  // of each feature; UINT32_MAX: none yet
};

std::string joined(std::initializer_list<std::string_view> path) {
  return join(std::vector<std::string>(path.begin(), path.end()), "/");
}

double XgboostReader::number(Where path, std::optional<double> otherwise) {
  const Document* found = root_.at(path);
  if (found == nullptr && otherwise) return *otherwise;
  const auto value = found == nullptr ? std::nullopt : found->as_number();
  if (!value) fault(joined(path), "expected a number, as XGBoost 1.0 and later saves it");
  return value.value_or(0);
}

std::string XgboostReader::text(Where path) {
  const Document* found = root_.at(path);
  if (found != nullptr && found->kind == Document::Kind::text) return found->text;
  fault(joined(path), "expected a text, as XGBoost 1.0 and later saves it");
  return "";
}

void XgboostReader::read_features(ForeignForm& form) {
  const double features = number({"learner", "learner_model_param", "num_feature"});
  const double classes = number({"learner", "learner_model_param", "num_class"}, 0);
  const double targets = number({"learner", "learner_model_param", "num_target"}, 1);
  if (!(features >= 1) || features > kForeignFeaturesMax || std::trunc(features) != features) {
    return fault("learner/learner_model_param/num_feature", "expected 1 to " + std::to_string(kForeignFeaturesMax));
  }
  const double groups = std::max({classes, targets, 1.0});
  if (groups > kForeignGroupsMax || std::trunc(groups) != groups || (classes > 1 && targets > 1)) {
    return fault("learner/learner_model_param/num_class",
                 "expected at most " + std::to_string(kForeignGroupsMax) + " classes or targets");
  }
  features_ = static_cast<size_t>(features);
  groups_ = static_cast<size_t>(groups);
  const Document* names = root_.at({"learner", "feature_names"});
  const size_t named = names == nullptr ? 0 : names->list.size();
  if (named != 0 && named != features_) {
    fault("learner/feature_names", "expected " + std::to_string(features_) + " names, came " + std::to_string(named));
  }
  for (size_t i = 0; i < features_; ++i) {
    std::string name = named == features_ ? names->list[i].text : "f" + std::to_string(i);
    form.inputs.push_back({std::move(name), FieldType::number, false, {}});
  }
  plain_columns_.assign(features_, UINT32_MAX);
}

// "5E-1"; from 3.1 on "[5E-1]", one a class.
void XgboostReader::read_base(ForeignForm& form) {
  const Document* saved = root_.at({"learner", "learner_model_param", "base_score"});
  std::vector<double> scores;
  if (saved != nullptr && saved->kind == Document::Kind::text && saved->text.starts_with('[') &&
      saved->text.ends_with(']')) {
    const std::string_view inside = std::string_view(saved->text).substr(1, saved->text.size() - 2);
    for (const auto part : split(inside, ',')) scores.push_back(parse_double(trim(part)).value_or(NAN));
  } else if (saved != nullptr) {
    scores.push_back(saved->as_number().value_or(NAN));
  }
  if (scores.size() == 1) scores.resize(groups_, scores[0]);
  if (scores.size() != groups_)
    return fault("learner/learner_model_param/base_score", "expected a number, or one a class");
  for (const double score : scores) {
    const auto single = static_cast<float>(score);
    float margin = single;
    if (objective_->base == kLogit) margin = -std::log(1.0F / single - 1.0F);
    if (objective_->base == kLog) margin = std::log(single);
    if (!std::isfinite(margin))
      fault("learner/learner_model_param/base_score", "expected a base score that the objective has a margin for");
    form.base.push_back(static_cast<double>(margin));
  }
}

void XgboostReader::read_linear(const Document& booster, ForeignForm& form) {
  const Document* weights = booster.at({"model", "weights"});
  const size_t expected = (features_ + 1) * groups_;
  if (weights == nullptr || weights->numbers.size() != expected) {
    return fault("gradient_booster/model/weights", "expected " + std::to_string(expected) + " numbers");
  }
  for (const double weight : weights->numbers) {
    if (!std::isfinite(static_cast<float>(weight)))
      return fault("gradient_booster/model/weights", "expected finite numbers");
    form.linear.push_back(static_cast<float>(weight));
  }
}

const std::vector<double>* XgboostReader::numbers(const Document& tree, std::string_view name, const std::string& where,
                                                  size_t count) {
  static const std::vector<double> kNone;
  const Document* found = tree.find(name);
  if (found != nullptr && found->kind == Document::Kind::numbers && (count == 0 || found->numbers.size() == count)) {
    return &found->numbers;
  }
  if (found != nullptr && count == 0 && found->kind == Document::Kind::list && found->list.empty()) return &kNone;
  fault(where + "/" + std::string(name),
        count == 0 ? std::string("expected numbers") : "expected " + std::to_string(count) + " numbers");
  return nullptr;
}

uint32_t XgboostReader::column(const TreeColumn& column) {
  columns_.push_back(column);
  return static_cast<uint32_t>(columns_.size() - 1);
}

// The column of each node that splits by categories; UINT32_MAX for the others.
std::vector<uint32_t> XgboostReader::read_categories(const Document& tree, const std::string& where, size_t nodes) {
  std::vector<uint32_t> out(nodes, UINT32_MAX);
  const Document* types = tree.find("split_type");
  if (types == nullptr || std::ranges::find(types->numbers, 1.0) == types->numbers.end()) return out;
  const auto* categories = numbers(tree, "categories", where, 0);
  const auto* owners = numbers(tree, "categories_nodes", where, 0);
  if (categories == nullptr || owners == nullptr) return out;
  const auto* begins = numbers(tree, "categories_segments", where, owners->size());
  const auto* sizes = numbers(tree, "categories_sizes", where, owners->size());
  const auto* features = numbers(tree, "split_indices", where, nodes);
  if (begins == nullptr || sizes == nullptr || features == nullptr) return out;
  for (size_t i = 0; i < owners->size(); ++i) {
    const double node = (*owners)[i], begin = (*begins)[i], size = (*sizes)[i];
    const bool fits = node >= 0 && node < static_cast<double>(nodes) && begin >= 0 && size >= 0 &&
                      begin + size <= static_cast<double>(categories->size());
    if (!fits) return fault(where + "/categories_nodes", "a segment lies beyond the categories"), out;
    const auto own = std::span(*categories).subspan(static_cast<size_t>(begin), static_cast<size_t>(size));
    double largest = -1;
    for (const double category : own) {
      if (!(category >= 0) || category >= kForeignCategoryMax || std::trunc(category) != category) {
        return fault(where + "/categories", "expected whole numbers below " + std::to_string(kForeignCategoryMax)), out;
      }
      largest = std::max(largest, category);
    }
    TreeColumn set{.kind = TreeColumn::Kind::inside_set, .is_float32 = true};
    const double feature = (*features)[static_cast<size_t>(node)];
    set.input = feature >= 0 && feature < static_cast<double>(features_) ? static_cast<uint32_t>(feature) : UINT32_MAX;
    set.first_word = static_cast<uint32_t>(words_.size());
    set.word_count = static_cast<uint32_t>(largest + 1 + 31) / 32;
    if (words_.size() + set.word_count > kForeignCategoryWordsMax) {
      return fault(where + "/categories", "the sets of categories are too large together"), out;
    }
    words_.resize(words_.size() + set.word_count, 0);
    for (const double category : own) {
      const auto bit = static_cast<uint32_t>(category);
      words_[set.first_word + bit / 32] |= 1u << (bit % 32);
    }
    out[static_cast<size_t>(node)] = column(set);
  }
  return out;
}

// A category in the set goes right, in XGBoost; a number below the threshold left.
ForeignTree XgboostReader::read_tree(const Document& tree, const std::string& where, double weight) {
  weight = static_cast<double>(static_cast<float>(weight));  // JSON writes the shortest text of a float32
  ForeignTree out;
  const Document* first = tree.find("left_children");
  const size_t count = first == nullptr ? 0 : first->numbers.size();
  if (count == 0 || count > kForeignNodesMax)
    return fault(where + "/left_children", "expected 1 to " + std::to_string(kForeignNodesMax) + " nodes"), out;
  if (const Document* vector = tree.at({"tree_param", "size_leaf_vector"});
      vector != nullptr && vector->as_number().value_or(0) > 1) {
    return fault(where + "/tree_param/size_leaf_vector",
                 "trees with a vector in a leaf are not run; train with multi_strategy one_output_per_tree"),
           out;
  }
  const auto* left = numbers(tree, "left_children", where, count);
  const auto* right = numbers(tree, "right_children", where, count);
  const auto* feature = numbers(tree, "split_indices", where, count);
  const auto* condition = numbers(tree, "split_conditions", where, count);
  const auto* default_left = numbers(tree, "default_left", where, count);
  if (left == nullptr || right == nullptr || feature == nullptr || condition == nullptr || default_left == nullptr)
    return out;
  const Document* cover = tree.find("sum_hessian");
  const auto types = read_categories(tree, where, count);
  const Document* split_types = tree.find("split_type");
  for (size_t i = 0; i < count; ++i) {
    ForeignNode node;
    const auto threshold = static_cast<double>(static_cast<float>((*condition)[i]));
    if (cover != nullptr && cover->numbers.size() == count) node.cover = static_cast<float>(cover->numbers[i]);
    if ((*left)[i] < 0) {
      node.threshold = weight == 1 ? threshold : static_cast<double>(static_cast<float>(threshold * weight));
      out.nodes.push_back(node);
      continue;
    }
    const auto child = [&](double index) {
      return index > 0 && index < static_cast<double>(count) ? static_cast<uint32_t>(index) : UINT32_MAX;
    };
    node.left = child((*left)[i]), node.right = child((*right)[i]);
    node.default_left = (*default_left)[i] != 0;
    const double input = (*feature)[i];
    if (!(input >= 0) || input >= static_cast<double>(features_)) {
      return fault(where, "node " + std::to_string(i) + ": no such feature"), out;
    }
    if (types[i] != UINT32_MAX) {
      node.column = types[i];
      node.threshold = 0.5;
    } else {
      if (split_types != nullptr && i < split_types->numbers.size() && split_types->numbers[i] != 0) {
        return fault(where, "node " + std::to_string(i) + ": splits by categories that are not there"), out;
      }
      uint32_t& plain = plain_columns_[static_cast<size_t>(input)];
      if (plain == UINT32_MAX) plain = column({.input = static_cast<uint32_t>(input), .is_float32 = true});
      node.column = plain;
      node.threshold = threshold;
    }
    out.nodes.push_back(node);
  }
  return out;
}

void XgboostReader::read_trees(const Document& booster, const Document* weights, ForeignForm& form) {
  const Document* trees = booster.at({"model", "trees"});
  const Document* groups = booster.at({"model", "tree_info"});
  const bool is_list = trees != nullptr && trees->kind == Document::Kind::list;
  if (!is_list || trees->list.size() > kForeignTreesMax) {
    return fault("gradient_booster/model/trees",
                 "expected a list of at most " + std::to_string(kForeignTreesMax) + " trees");
  }
  const size_t count = trees->list.size();
  if (groups == nullptr || (count != 0 && groups->numbers.size() != count)) {
    return fault("gradient_booster/model/tree_info", "expected one number a tree");
  }
  if (weights != nullptr && count != 0 && weights->numbers.size() != count) {
    return fault("gradient_booster/weight_drop", "expected one number a tree");
  }
  std::vector<ForeignTree> out;
  for (size_t i = 0; i < count; ++i) {
    out.push_back(
        read_tree(trees->list[i], "trees/" + std::to_string(i), weights == nullptr ? 1 : weights->numbers[i]));
    const double group = groups->numbers[i];
    out.back().group = group >= 0 && group < static_cast<double>(groups_) ? static_cast<uint32_t>(group) : UINT32_MAX;
  }
  if (!faults_.none()) return;
  auto made = ForeignTrees::make(features_, std::move(columns_), std::move(words_), std::move(out), groups_,
                                 ForeignTrees::Sum::float32);
  if (!made) return faults_.add("gradient_booster/model", std::move(made).error());
  form.trees = *std::move(made);
}

Result<std::unique_ptr<ForeignForm>> XgboostReader::read() {
  auto form = std::make_unique<ForeignForm>();
  form->format = ModelFormat::xgboost;
  form->model_names = {""};
  const std::string objective = text({"learner", "objective", "name"});
  for (const Objective& known : kObjectives) {
    if (known.name == objective) objective_ = &known;
  }
  if (objective_ == nullptr)
    fault("learner/objective/name", "this objective is not run: '" + std::string(cut_utf8(objective, 60)) + "'");
  read_features(*form);
  if (objective_ != nullptr && objective_->link == Link::softmax && groups_ < 2) {
    fault("learner/learner_model_param/num_class", "expected at least 2 classes for a multi-class objective");
  }
  const std::string booster_name = text({"learner", "gradient_booster", "name"});
  TRY(std::move(faults_).result());
  faults_ = Faults();
  read_base(*form);
  form->link = objective_->link;
  const Document& booster = *root_.at({"learner", "gradient_booster"});
  if (booster_name == "gblinear") {
    read_linear(booster, *form);
  } else if (booster_name == "gbtree") {
    read_trees(booster, nullptr, *form);
  } else if (booster_name == "dart") {
    const Document* inner = booster.find("gbtree");
    const Document* weights = booster.find("weight_drop");
    if (inner == nullptr || weights == nullptr) {
      fault("learner/gradient_booster", "expected gbtree and weight_drop in a dart model");
    } else {
      read_trees(*inner, weights, *form);
    }
  } else {
    fault("learner/gradient_booster/name",
          "expected gbtree, dart or gblinear, came '" + std::string(cut_utf8(booster_name, 60)) + "'");
  }
  TRY(std::move(faults_).result());
  form->list_outputs();
  return form;
}

}  // namespace

Result<std::unique_ptr<ForeignForm>> read_xgboost(std::string_view bytes) {
  const Document root = TRY(Document::parse(bytes));
  return XgboostReader(root).read();
}

}  // namespace puhui::models
