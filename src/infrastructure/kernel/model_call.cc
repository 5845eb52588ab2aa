#include "infrastructure/kernel/model_call.h"

#include "ground/base/text.h"

namespace puhui::kernel {

namespace {

class ModelCallSite final : public dmn::HostCall {
 public:
  ModelCallSite(size_t place, const models::Model& model, std::vector<size_t> argument_of_input)
      : place_(place), model_(model), argument_of_input_(std::move(argument_of_input)) {}

  feel::Value call(std::span<const feel::Value> args, feel::Arena& arena, dmn::Trace* trace) const override {
    ModelTrace local;
    auto& to = trace ? static_cast<ModelTrace&>(*trace) : local;
    ModelTrace::Call& call = to.add_call();
    if (const auto refused = read_row(args, arena, call.row)) {
      --to.models_used;  // it was not asked
      return *refused;
    }
    call.model = place_;
    call.score = model_.score(call.row);
    return answer(call.score, arena);
  }

  // Rows that can be asked are scored together.
  void call_kept(std::span<const feel::Value> args, feel::Arena& arena, std::span<const uint32_t> rows,
                 dmn::RowCalls& kept, std::span<feel::Value> out) const override {
    auto& to = static_cast<ModelRowCalls&>(kept);
    const size_t parameters = rows.empty() ? 0 : args.size() / rows.size();
    std::vector<size_t> asked;
    std::vector<double> cells, row;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (const auto refused = read_row(args.subspan(i * parameters, parameters), arena, row)) {
        out[i] = *refused;
        continue;
      }
      asked.push_back(i);
      cells.insert(cells.end(), row.begin(), row.end());
    }
    std::vector<models::Score> scores(asked.size());
    model_.score_batch(cells, scores);
    for (size_t a = 0; a < asked.size(); ++a) {
      ModelTrace::Call& call = to.of_chunk_row(rows[asked[a]]).add_call();
      const auto from = cells.begin() + static_cast<ptrdiff_t>(a * row.size());
      call.model = place_;
      call.row.assign(from, from + static_cast<ptrdiff_t>(row.size()));
      call.score = scores[a];
      out[asked[a]] = answer(scores[a], arena);
    }
  }

 private:
  // The model's row of these arguments; or the null that says why it cannot be asked.
  std::optional<feel::Value> read_row(std::span<const feel::Value> args, feel::Arena& arena,
                                      std::vector<double>& row) const {
    row.resize(argument_of_input_.size());
    for (size_t i = 0; i < row.size(); ++i) {
      const char* fault = nullptr;
      row[i] = cell(i, args[argument_of_input_[i]], &fault);
      if (fault) return unavailable(fault, model_.inputs()[i].name, arena);
    }
    return std::nullopt;
  }

  static feel::Value answer(const models::Score& score, feel::Arena& arena) {
    auto* entries = arena.array<feel::Entry>(2);
    if (!entries) return feel::Value::missing();
    entries[0] = {"probability", feel::Value::number(feel::Decimal::from_rate(score.probability))};
    entries[1] = {"score", feel::Value::number(score.score_points)};
    return feel::Value::context({entries, 2});
  }

  double cell(size_t input, const feel::Value& value, const char** fault) const {
    const models::Input& spec = model_.inputs()[input];
    if (value.is_null()) {
      if (!spec.missing_allowed) *fault = "is missing, and the model was never trained without it";
      return models::kMissing;
    }
    if (spec.type == models::ColumnType::numeric) {
      if (value.is_number()) return value.as_number().as_double();
      if (value.kind() == feel::Kind::boolean) return value.as_boolean() ? 1 : 0;
      *fault = "is no number";
      return models::kMissing;
    }
    std::string number;  // categories such as 1, 2, 3 come as numbers from a policy
    std::string_view text;
    if (value.is_string()) {
      text = value.as_string();
    } else if (value.is_number()) {
      text = number = value.as_number().text();
    } else {
      *fault = "is no text";
      return models::kMissing;
    }
    return model_.encode(input, text).value_or(models::kMissing);
  }

  static feel::Value unavailable(const char* fault, const std::string& input, feel::Arena& arena) {
    auto* cause = arena.array<feel::Cause>(1);
    if (!cause) return feel::Value::missing();
    const std::string message = "model input '" + input + "' " + fault;
    *cause = {feel::CauseCode::unavailable, arena.copy(message), {}, nullptr};
    return feel::Value::null(cause);
  }

  size_t place_;
  const models::Model& model_;
  std::vector<size_t> argument_of_input_;
};

}  // namespace

Result<std::unique_ptr<const dmn::HostCall>> ModelFunction::bind(std::span<const std::string> parameter_names) const {
  Faults faults;
  // A policy may pass more than this model reads: a scorecard that left a feature out still fits.
  const std::vector<std::string> parameters(parameter_names.begin(), parameter_names.end());
  std::vector<size_t> argument_of_input;
  for (const models::Input& input : model_->inputs()) {
    const auto found = std::find(parameters.begin(), parameters.end(), input.name);
    if (found == parameters.end()) {
      const std::string meant = nearest(input.name, parameters);
      faults.add(name_, "needs its input '" + input.name + "', which the policy does not pass" +
                            (meant.empty() ? "" : "; is it the parameter '" + meant + "'?"));
    }
    argument_of_input.push_back(static_cast<size_t>(found - parameters.begin()));
  }
  TRY(std::move(faults).result());
  return std::unique_ptr<const dmn::HostCall>(new ModelCallSite(place_, *model_, std::move(argument_of_input)));
}

}  // namespace puhui::kernel
