#include "infrastructure/kernel/predictor_call.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/kernel/model_call.h"

namespace puhui::kernel {

namespace {

using feel::Value;
using models::Predictor;
using models::PredictorValue;

constexpr size_t kNotPassed = SIZE_MAX;

feel::Decimal decimal_of(const models::ModelNumber& number) {
  const auto small = static_cast<int64_t>(number.billionths);
  if (small == number.billionths) return feel::Decimal::scaled(small, -9).normalized();
  return feel::Decimal::parse(number.text()).value_or(feel::Decimal());
}

class PredictorCallSite final : public dmn::HostCall {
 public:
  PredictorCallSite(std::shared_ptr<const Predictor> predictor, std::vector<size_t> argument_of_input,
                    std::optional<size_t> place)
      : predictor_(std::move(predictor)), argument_of_input_(std::move(argument_of_input)), place_(place) {}

  Value call(std::span<const Value> args, feel::Arena& arena, dmn::Trace* trace) const override {
    Asked asked;
    return ask(args, arena, trace, asked);
  }
  void call_many(std::span<const Value> args, feel::Arena& arena, std::span<Value> out) const override {
    Asked asked;  // one for all rows: after the first nothing is allocated
    const size_t parameters = out.empty() ? 0 : args.size() / out.size();
    for (size_t r = 0; r < out.size(); ++r)
      out[r] = ask(args.subspan(r * parameters, parameters), arena, nullptr, asked);
  }
  void call_kept(std::span<const Value> args, feel::Arena& arena, std::span<const uint32_t> rows, dmn::RowCalls& kept,
                 std::span<Value> out) const override {
    Asked asked;
    const size_t parameters = rows.empty() ? 0 : args.size() / rows.size();
    for (size_t r = 0; r < rows.size(); ++r) {
      auto& trace = static_cast<ModelRowCalls&>(kept).of_chunk_row(rows[r]);
      out[r] = ask(args.subspan(r * parameters, parameters), arena, &trace, asked);
    }
  }

 private:
  struct Asked {
    std::vector<PredictorValue> row;
    models::Prediction prediction;
  };

  Value ask(std::span<const Value> args, feel::Arena& arena, dmn::Trace* trace, Asked& asked) const {
    auto& [row, prediction] = asked;
    row.assign(argument_of_input_.size(), PredictorValue());
    for (size_t i = 0; i < row.size(); ++i) {
      if (argument_of_input_[i] == kNotPassed) continue;
      const Value& value = args[argument_of_input_[i]];
      switch (value.kind()) {
        case feel::Kind::null: break;
        case feel::Kind::boolean: row[i] = value.as_boolean(); break;
        case feel::Kind::number: row[i] = value.as_number().as_double(); break;
        case feel::Kind::string: row[i] = value.as_string(); break;
        case feel::Kind::date:
        case feel::Kind::time:
        case feel::Kind::date_time: row[i] = arena.copy(string_of(value)); break;
        default:
          return unavailable("model field '" + predictor_->inputs()[i].name +
                                 "' expects a number, a text or a boolean," + " came a " +
                                 std::string(name_of(value.kind())),
                             arena);
      }
    }
    if (const auto predicted = predictor_->predict(row, prediction); !predicted) {
      return unavailable(predicted.error().text(), arena);
    }
    if (place_ && trace != nullptr) keep(prediction, static_cast<ModelTrace&>(*trace));
    return answer(prediction, arena);
  }

  void keep(const models::Prediction& prediction, ModelTrace& trace) const {
    ModelTrace::Call& call = trace.add_call();
    call = {*place_, {}, {}};
    const auto& outputs = predictor_->outputs();
    const auto primary = std::ranges::find_if(outputs, &models::PredictorOutput::is_primary) - outputs.begin();
    const auto* number = std::get_if<models::ModelNumber>(&prediction.values[static_cast<size_t>(primary)]);
    if (number == nullptr) return;
    if (number->billionths >= 0 && number->billionths <= Rate::kOne) {
      call.score.probability = {static_cast<int64_t>(number->billionths)};
    } else {
      call.score.score_points = decimal_of(*number).rounded_int64(feel::RoundingMode::half_even).value_or(0);
    }
  }

  static Value unavailable(const std::string& message, feel::Arena& arena) {
    auto* cause = arena.array<feel::Cause>(1);
    if (cause == nullptr) return Value::missing();
    *cause = {feel::CauseCode::unavailable, arena.copy(message), {}, nullptr};
    return Value::null(cause);
  }

  static Value value_of(const models::OutputValue& output, feel::Arena& arena) {
    if (const auto* number = std::get_if<models::ModelNumber>(&output)) return Value::number(decimal_of(*number));
    if (const auto* text = std::get_if<std::string_view>(&output)) return Value::string(arena.copy(*text));
    if (const auto* truth = std::get_if<bool>(&output)) return Value::boolean(*truth);
    return unavailable("the model gave no answer", arena);
  }

  Value answer(const models::Prediction& prediction, feel::Arena& arena) const {
    const bool has_reasons = !prediction.reason_codes.empty();
    if (prediction.values.size() == 1 && !has_reasons) return value_of(prediction.values[0], arena);
    const size_t count = prediction.values.size() + (has_reasons ? 1 : 0);
    auto* entries = arena.array<feel::Entry>(count);
    auto* codes = arena.array<Value>(prediction.reason_codes.size());
    if (entries == nullptr || codes == nullptr) return Value::missing();
    for (size_t i = 0; i < prediction.values.size(); ++i) {
      entries[i] = {predictor_->outputs()[i].name, value_of(prediction.values[i], arena)};
    }
    for (size_t i = 0; i < prediction.reason_codes.size(); ++i) {
      codes[i] = Value::string(arena.copy(prediction.reason_codes[i]));
    }
    if (has_reasons) entries[count - 1] = {"reasonCodes", Value::list({codes, prediction.reason_codes.size()})};
    return Value::context({entries, count});
  }

  std::shared_ptr<const Predictor> predictor_;
  std::vector<size_t> argument_of_input_;
  std::optional<size_t> place_;
};

}  // namespace

Result<std::unique_ptr<const dmn::HostCall>> PredictorFunction::bind(
    std::span<const std::string> parameter_names) const {
  Faults faults;
  const std::vector<std::string> parameters(parameter_names.begin(), parameter_names.end());
  std::vector<std::string> fields;
  for (const models::PredictorInput& input : predictor_->inputs()) fields.push_back(input.name);
  for (const std::string& parameter : parameters) {
    // A policy may pass more than a model of ours reads: one trained anew without a feature still fits.
    if (predictor_->format() == models::ModelFormat::puhui || predictor_->input_named(parameter)) continue;
    const std::string meant = nearest(parameter, fields);
    faults.add(name_, "has no field '" + parameter + "'" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  std::vector<size_t> argument_of_input;
  for (const models::PredictorInput& input : predictor_->inputs()) {
    const auto found = std::find(parameters.begin(), parameters.end(), input.name);
    const bool passed = found != parameters.end();
    if (!passed && input.required) {
      faults.add(name_, "needs its field '" + input.name + "', which the policy does not pass");
    }
    argument_of_input.push_back(passed ? static_cast<size_t>(found - parameters.begin()) : kNotPassed);
  }
  TRY(std::move(faults).result());
  return std::unique_ptr<const dmn::HostCall>(new PredictorCallSite(predictor_, std::move(argument_of_input), place_));
}

}  // namespace puhui::kernel
