#include "infrastructure/kernel/version_batch.h"

#include "ground/base/check.h"

namespace puhui::kernel {

BatchWorkspace::BatchWorkspace(std::shared_ptr<const Version> version)
    : version_(std::move(version)),
      batch_(version_->policy(), {.decisions = {}, .row_hits = dmn::BatchOptions::RowHits::kept, .calls = &calls_}),
      columns_(version_->policy().inputs().size()),
      inputs_(columns_.size()),
      row_(version_->policy().decisions().size()) {}

std::vector<Result<evidence::Judgement>> Version::judge_batch(std::span<const std::vector<evidence::FactValue>> rows,
                                                              BatchWorkspace& workspace) const {
  CHECK(workspace.version_.get() == this, "the workspace is this version's");
  for (size_t i = 0; i < sources_.size(); ++i) {
    auto& column = workspace.columns_[i];
    column.clear();
    for (const auto& facts : rows) {
      CHECK(facts.size() == facts_.facts.size(), "facts come in the order of their schema");
      column.push_back(input_of(i, facts));
    }
    workspace.inputs_[i] = column;
  }
  workspace.batch_.evaluate(workspace.inputs_, rows.size());
  std::vector<Result<evidence::Judgement>> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t d = 0; d < workspace.row_.size(); ++d) workspace.row_[d] = workspace.batch_.values(d)[row];
    out.push_back(judgement_of(workspace.row_, workspace.calls_.of_row(row), workspace.batch_.row_hits(row)));
  }
  return out;
}

Result<std::vector<Version::Explained>> Version::explain(std::span<const evidence::FactValue> facts,
                                                         Workspace& workspace) const {
  TRY(judge(facts, workspace));
  std::vector<Explained> out;
  for (size_t i = 0; i < workspace.trace_.models_used; ++i) {
    const ModelTrace::Call& call = workspace.trace_.models[i];
    Explained one{call.model, std::nullopt};
    if (models_[call.model].model) one.explanation = models_[call.model].model->explain(call.row);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace puhui::kernel
