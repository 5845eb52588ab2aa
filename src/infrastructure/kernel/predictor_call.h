// PredictorFunction: a model file of any kind (PMML, XGBoost, LightGBM, our own) as a function a policy can call. The
// governed models of a permit, whose calls are kept and explained, are ModelFunction's (model_call.h).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "infrastructure/dmn/functions.h"
#include "infrastructure/models/predictor.h"

namespace puhui::kernel {

// Binds by field name. A model with one output answers its value; one with several answers a context of them by name;
// reason codes, where the model gives any, stand in it as the list "reasonCodes". A field the policy does not pass is
// missing. A value the model refuses is a null that says so.
class PredictorFunction final : public dmn::HostFunction {
 public:
  // With a `place` among a version's models each call is kept in the ModelTrace that the kernel then passes: its answer
  // as the probability where it lies in 0 to 1, else as the score, rounded to a whole number.
  PredictorFunction(std::string name, std::shared_ptr<const models::Predictor> predictor,
                    std::optional<size_t> place = std::nullopt)
      : name_(std::move(name)), predictor_(std::move(predictor)), place_(place) {}
  Result<std::unique_ptr<const dmn::HostCall>> bind(std::span<const std::string> parameter_names) const override;

 private:
  std::string name_;
  std::shared_ptr<const models::Predictor> predictor_;
  std::optional<size_t> place_;
};

}  // namespace puhui::kernel
