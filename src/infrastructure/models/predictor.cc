#include "infrastructure/models/predictor.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/federated_model.h"
#include "infrastructure/models/foreign_form.h"
#include "infrastructure/models/model.h"
#include "infrastructure/models/pmml.h"
#include "infrastructure/models/predictor_form.h"

namespace puhui::models {

namespace {

constexpr double kNumberEnd = 1e24;

// Our own model behind the common face: probability of the event, and score points.
class PuhuiForm final : public PredictorForm {
 public:
  explicit PuhuiForm(Model model) : model_(std::move(model)) {
    format = ModelFormat::puhui;
    if (const Json* named = model_.card().find("name"); named != nullptr && named->text() != nullptr) {
      name = *named->text();
    }
    model_names = {name};
    for (const Input& input : model_.inputs()) {
      const bool text = input.type == ColumnType::categorical;
      inputs.push_back(
          {input.name, text ? FieldType::text : FieldType::number, !input.missing_allowed, input.categories});
    }
    outputs = {{"probability", FieldType::number, true}, {"score", FieldType::number, false}};
  }

  Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const override {
    thread_local std::vector<double> row;
    row.resize(in.size());
    for (size_t i = 0; i < in.size(); ++i) row[i] = TRY(cell(in[i], i));
    const Score score = model_.score(row);
    out.values[0] = ModelNumber{score.probability.ppb};
    out.values[1] = ModelNumber{__int128{score.score_points} * Rate::kOne};
    return {};
  }

 private:
  Result<double> cell(const PredictorValue& value, size_t input) const {
    const Input& column = model_.inputs()[input];
    double out = kMissing;
    if (const auto* text = std::get_if<std::string_view>(&value); text != nullptr) {
      out = TRY(model_.encode(input, *text));
    } else if (const auto* number = std::get_if<double>(&value);
               number != nullptr && column.type == ColumnType::categorical && !std::isnan(*number)) {
      out = TRY(model_.encode(input, format_double(*number)));
    } else {
      out = TRY(number_of(value, column.name));
    }
    if (std::isnan(out) && !column.missing_allowed) {
      return fail(ErrorCode::invalid, column.name, "expected a value: the model was never trained without it");
    }
    return out;
  }

  Model model_;
};

// By the first bytes that are no blanks or byte order mark.
ModelFormat format_of(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.starts_with("PUHUIMOD")) return ModelFormat::puhui;
  if (bytes.starts_with(kFederatedMagic)) return ModelFormat::federated;
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return ModelFormat::puhui;
  bytes.remove_prefix(first);
  if (bytes.front() == '<') return ModelFormat::pmml;
  if (bytes.front() == '{') return ModelFormat::xgboost;
  if (bytes.starts_with("tree")) return ModelFormat::lightgbm;
  return ModelFormat::puhui;
}

}  // namespace

std::string_view name_of(ModelFormat format) {
  switch (format) {
    case ModelFormat::puhui: return "puhui";
    case ModelFormat::pmml: return "pmml";
    case ModelFormat::xgboost: return "xgboost";
    case ModelFormat::lightgbm: return "lightgbm";
    case ModelFormat::federated: return "federated";
  }
  return "";
}

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::number: return "number";
    case FieldType::text: return "string";
    case FieldType::boolean: return "boolean";
    case FieldType::date: return "date";
  }
  return "";
}

std::optional<ModelNumber> ModelNumber::from_double(double value) {
  if (!(std::fabs(value) < kNumberEnd)) return std::nullopt;
  // The whole part is exact; the rest keeps its bits, so that only one rounding happens.
  const double whole = std::trunc(value);
  const double rest = std::nearbyint((value - whole) * 1e9);
  return ModelNumber{static_cast<__int128>(whole) * Rate::kOne + static_cast<__int128>(rest)};
}

std::string ModelNumber::text() const {
  const bool negative = billionths < 0;
  auto left = negative ? -static_cast<unsigned __int128>(billionths) : static_cast<unsigned __int128>(billionths);
  auto below = static_cast<uint64_t>(left % Rate::kOne);
  left /= Rate::kOne;
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(left % 10))), left /= 10;
  while (left != 0);
  if (below != 0) {
    std::string decimals = std::to_string(below);
    decimals.insert(0, 9 - decimals.size(), '0');
    decimals.erase(decimals.find_last_not_of('0') + 1);
    out += "." + decimals;
  }
  return negative ? "-" + out : out;
}

Result<double> number_of(const PredictorValue& value, const std::string& field) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1.0 : 0.0;
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return std::numeric_limits<double>::quiet_NaN();
  if (const auto number = parse_double(trim(*text))) return *number;
  return fail(ErrorCode::invalid, field, "expected a number, came '" + std::string(cut_utf8(*text, 40)) + "'");
}

Result<OutputValue> number_output(double value, const std::string& name) {
  if (const auto number = ModelNumber::from_double(value)) return OutputValue(*number);
  return fail(ErrorCode::invalid, name, "the model's answer is no finite number below 1e24; check the inputs' sizes");
}

std::optional<size_t> place_of(const std::vector<PredictorInput>& inputs, std::string_view name) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == name) return i;
  }
  return std::nullopt;
}

Predictor::Predictor(FormPtr form) : form_(std::move(form)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::parse(std::string_view bytes, std::string_view model_name) {
  if (bytes.size() > kForeignBytesMax) {
    return fail(ErrorCode::exhausted, "expected a model file of at most " + std::to_string(kForeignBytesMax) +
                                          " bytes, came " + std::to_string(bytes.size()));
  }
  switch (format_of(bytes)) {
    case ModelFormat::pmml: return Predictor(TRY(read_pmml(bytes, model_name)));
    case ModelFormat::puhui: break;
    case ModelFormat::xgboost: return named(TRY(read_xgboost(bytes)), model_name);
    case ModelFormat::lightgbm: return named(TRY(read_lightgbm(bytes)), model_name);
    case ModelFormat::federated: return named(TRY(federated_form(bytes)), model_name);
  }
  return named(std::make_unique<PuhuiForm>(TRY(Model::parse(bytes))), model_name);
}

Result<Predictor> Predictor::named(FormPtr form, std::string_view model_name) {
  const auto& names = form->model_names;
  if (!model_name.empty() && std::find(names.begin(), names.end(), model_name) == names.end()) {
    return fail(ErrorCode::not_found, "the file has no model named '" + std::string(model_name) + "'");
  }
  return Predictor(std::move(form));
}

ModelFormat Predictor::format() const { return form_->format; }
const std::string& Predictor::name() const { return form_->name; }
const std::vector<std::string>& Predictor::model_names() const { return form_->model_names; }
const std::vector<PredictorInput>& Predictor::inputs() const { return form_->inputs; }
const std::vector<PredictorOutput>& Predictor::outputs() const { return form_->outputs; }
const std::vector<PredictorPeer>& Predictor::peers() const { return form_->peers; }
std::optional<size_t> Predictor::input_named(std::string_view name) const { return place_of(form_->inputs, name); }

Result<void> Predictor::predict(std::span<const PredictorValue> in, Prediction& out) const {
  CHECK(in.size() == form_->inputs.size(), "one value an input");
  out.values.assign(form_->outputs.size(), OutputValue());
  out.reason_codes.clear();
  out.texts.clear();
  for (size_t i = 0; i < in.size(); ++i) {
    const auto* text = std::get_if<std::string_view>(&in[i]);
    if (text == nullptr || text->size() <= kPredictorTextMax) continue;
    return fail(ErrorCode::exhausted, form_->inputs[i].name,
                "expected a text of at most " + std::to_string(kPredictorTextMax) + " bytes");
  }
  return form_->predict(in, out);
}

}  // namespace puhui::models
