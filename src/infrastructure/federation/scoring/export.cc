#include "infrastructure/federation/scoring/export.h"

#include "infrastructure/federation/boosting/model_part.h"
#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/logistic/fixed_point.h"
#include "infrastructure/federation/logistic/model_part.h"

namespace puhui::federation {

namespace {

models::FederatedTree exported_tree(const GuestPart& part, const PartTree& tree) {
  const std::vector<int64_t> expected = expectations(tree);
  models::FederatedTree out;
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const PartNode& node = tree.nodes[i];
    models::FederatedNode& made = out.nodes.emplace_back();
    made.left = node.left;
    made.value = expected[i];
    if (node.is_leaf()) continue;
    made.party = node.party;
    made.split = node.split;
    if (node.party > 0) continue;
    const PartSplit& split = part.splits[node.split];
    made.split = split.column;
    made.threshold = split.threshold;
    made.missing_left = split.missing_left;
  }
  return out;
}

Result<models::FederatedModel> exported_trees(std::string_view bytes) {
  const GuestPart part = TRY(read_guest_part(bytes));
  if (part.objective == Objective::multi_class) {
    return fail(ErrorCode::invalid, "objective",
                "expected binary or regression, came multi_class: a policy needs one answer; score such a model with "
                "'federation score'");
  }
  models::FederatedModel out;
  out.kind = models::FederatedKind::trees;
  out.answer =
      part.objective == Objective::binary ? models::FederatedAnswer::probability : models::FederatedAnswer::value;
  out.scale = part.scale;
  out.base = part.bases[0];
  out.columns = part.columns;
  for (size_t p = 1; p < part.parties.size(); ++p) out.peers.push_back({part.parties[p], part.host_splits[p - 1]});
  for (const PartTree& tree : part.trees) out.trees.push_back(exported_tree(part, tree));
  return out;
}

Result<models::FederatedModel> exported_linear(std::string_view bytes) {
  const LogisticModelPart part = TRY(read_logistic_part(bytes));
  if (part.role != Role::guest) return fail(ErrorCode::invalid, "part", "expected the guest's, came the host's");
  models::FederatedModel out;
  out.kind = models::FederatedKind::linear;
  out.scale = kWeightBits;
  out.base = part.base;
  for (const LogisticColumn& column : part.columns) {
    out.columns.push_back(column.name);
    out.weights.push_back({column.mean, column.deviation, column.weight});
  }
  out.peers.push_back({part.peer, 0});
  out.peer_slope = part.slope;
  out.value_bits = kValueBits;
  out.value_max = kValueMax;
  return out;
}

}  // namespace

Result<models::FederatedModel> exported_model(const Job& job, const Digest& hash, std::string_view part) {
  if (job.kind != JobKind::vertical_boosting && job.kind != JobKind::vertical_logistic) {
    return fail(ErrorCode::invalid, "kind", "expected a vertical model: those of other jobs are whole at every house");
  }
  auto out = TRY(job.kind == JobKind::vertical_boosting ? exported_trees(part) : exported_linear(part));
  out.name = job.name;
  out.job = hash;
  return out;
}

}  // namespace puhui::federation
