#include "infrastructure/models/foreign_import.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/models/foreign_form.h"
#include "infrastructure/models/model_form.h"
#include "infrastructure/models/predictor.h"

namespace puhui::models {

namespace {

// Each column's thresholds, and its splits as ranks among them.
std::vector<LadderColumn> ladders_of(const ForeignTrees& trees) {
  std::vector<LadderColumn> out;
  for (const TreeColumn& column : trees.columns())
    out.push_back({.feature = column.input, .column = column, .ladder = {}});
  for (const ForeignTree& tree : trees.trees()) {
    for (const ForeignNode& node : tree.nodes) {
      if (node.left != 0) out[node.column].ladder.push_back(node.threshold);
    }
  }
  for (LadderColumn& column : out) {
    std::sort(column.ladder.begin(), column.ladder.end());
    column.ladder.erase(std::unique(column.ladder.begin(), column.ladder.end()), column.ladder.end());
  }
  return out;
}

// Leaves count their covers themselves where the file has none: explanations then weigh every leaf alike.
void fill_covers(std::vector<TreeNode>& nodes) {
  const bool given = std::any_of(nodes.begin(), nodes.end(), [](const TreeNode& node) { return node.cover > 0; });
  for (size_t i = nodes.size(); i-- > 0 && !given;) {
    TreeNode& node = nodes[i];
    node.cover = node.is_leaf() ? 1 : nodes[node.left].cover + nodes[node.right].cover;
  }
}

Result<Ensemble> ensemble_of(const ForeignForm& form, const std::vector<LadderColumn>& columns) {
  const double factor = form.scale / form.divisor;
  double largest = 0;
  for (const ForeignTree& tree : form.trees->trees()) {
    for (const ForeignNode& node : tree.nodes) {
      if (node.left == 0) largest = std::max(largest, std::fabs(node.threshold * factor));
    }
  }
  const auto scale = Ensemble::scale_for(largest);
  if (!scale) return fail(ErrorCode::invalid, "trees", "expected leaves of sane size (log-odds)");
  std::vector<Tree> trees;
  for (const ForeignTree& tree : form.trees->trees()) {
    Tree out;
    for (const ForeignNode& from : tree.nodes) {
      TreeNode node{.left = from.left, .right = from.right, .feature = from.column, .default_left = from.default_left};
      node.cover = std::isfinite(from.cover) ? std::max(from.cover, 0.0F) : 0;
      if (from.left == 0) {
        node.feature = 0;
        node.leaf = static_cast<int32_t>(std::nearbyint(std::ldexp(from.threshold * factor, *scale)));
      } else {
        const auto& ladder = columns[from.column].ladder;
        const auto place = std::lower_bound(ladder.begin(), ladder.end(), from.threshold) - ladder.begin();
        node.threshold = static_cast<float>(place + 1);
      }
      out.nodes.push_back(node);
    }
    fill_covers(out.nodes);
    trees.push_back(std::move(out));
  }
  const double base = std::ldexp(form.base[0] * factor, *scale);
  if (!(std::fabs(base) < 1e15))
    return fail(ErrorCode::invalid, "base", "expected a base score of sane size (log-odds)");
  return Ensemble::make(columns.size(), *scale, static_cast<int64_t>(std::nearbyint(base)), std::move(trees));
}

Json card_of(const ForeignForm& form, std::string_view bytes, std::string_view name) {
  Json::List features;
  for (const PredictorInput& input : form.inputs) features.push_back(Json::Object{{"name", input.name}});
  return Json::Object{{"name", name},
                      {"kind", name_of(ModelKind::boosting)},
                      {"source", Json::Object{{"format", name_of(form.format)},
                                              {"sha256", sha256(bytes).hex()},
                                              {"trees", static_cast<uint64_t>(form.trees->tree_count())}}},
                      {"features", std::move(features)}};
}

}  // namespace

Result<Model> import_model(std::string_view bytes, std::string_view name) {
  const bool is_lightgbm = bytes.starts_with("tree");
  const auto form = TRY(is_lightgbm ? read_lightgbm(bytes) : read_xgboost(bytes));
  if (form->link != Link::sigmoid || form->base.size() != 1 || !form->trees || form->trees->columns().empty()) {
    return fail(ErrorCode::invalid,
                "expected trees for the probability of one event (XGBoost binary:logistic, LightGBM "
                "binary or cross_entropy); call other models as a predictor");
  }
  ModelForm out;
  out.kind = ModelKind::boosting;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < form->inputs.size(); ++i) {
    const std::string& input = form->inputs[i].name;
    out.inputs.push_back({.name = input, .type = ColumnType::numeric, .categories = {}, .missing_allowed = true});
    out.features.push_back(input);
    out.places.push_back(i);
    names.push_back(input);
  }
  out.category_numbers.resize(out.inputs.size());
  out.derived = TRY(DerivedProgram::bind({}, names));
  out.columns = ladders_of(*form->trees);
  out.words = form->trees->words();
  out.ensemble = TRY(ensemble_of(*form, out.columns));
  return ModelBuilder::build(std::move(out), card_of(*form, bytes, name));
}

}  // namespace puhui::models
