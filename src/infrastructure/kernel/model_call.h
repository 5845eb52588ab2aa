// ModelFunction: a registered model as a function a policy can call; every call leaves its row and score in the
// trace, so that the kernel can explain it and the evidence can name it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infrastructure/dmn/functions.h"
#include "infrastructure/models/model.h"

namespace puhui::kernel {

// What the models of one evaluation were asked and answered. The kernel passes no other Trace to a policy.
struct ModelTrace : dmn::Trace {
  struct Call {
    size_t model = 0;  // its place in the version's models
    models::Score score;
    std::vector<double> row;  // empty for a model that was brought from elsewhere
  };
  std::vector<Call> models;  // the first models_used of them; kept beyond that for their memory
  size_t models_used = 0;
  Call& add_call() {
    if (models_used == models.size()) models.emplace_back();
    return models[models_used++];
  }
  void clear_all() {
    clear();
    models_used = 0;
  }
};

// The same of a batch: a ModelTrace a row. The kernel passes no other RowCalls to a policy.
class ModelRowCalls final : public dmn::RowCalls {
 public:
  void begin(size_t first, size_t rows) override {
    first_ = first;
    if (rows_.size() < first + rows) rows_.resize(first + rows);
    for (size_t row = first; row < first + rows; ++row) rows_[row].clear_all();
  }
  ModelTrace& of_chunk_row(uint32_t row) { return rows_[first_ + row]; }
  const ModelTrace& of_row(size_t row) const { return rows_[row]; }

 private:
  size_t first_ = 0;
  std::vector<ModelTrace> rows_;
};

// Binds by input name. The answer is a context {probability, score}; a value that is of the wrong kind, or missing
// where the model was never trained on missing, is a null that says so.
class ModelFunction final : public dmn::HostFunction {
 public:
  ModelFunction(std::string name, size_t place, std::shared_ptr<const models::Model> model)
      : name_(std::move(name)), place_(place), model_(std::move(model)) {}
  Result<std::unique_ptr<const dmn::HostCall>> bind(std::span<const std::string> parameter_names) const override;

 private:
  std::string name_;
  size_t place_;
  std::shared_ptr<const models::Model> model_;
};

}  // namespace puhui::kernel
