// GeneralRegressionModel: parameters that are products of factors and covariates (the predictor-to-parameter matrix),
// their coefficients, and a link: linear, generalized linear, multinomial and ordinal models.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

enum class GeneralKind : uint8_t { linear, generalized, multinomial, ordinal };
enum class LinkFunction : uint8_t { identity, log, logit, probit, cloglog, loglog, cauchit, logc, power };

// A cell of the predictor-to-parameter matrix: a covariate to a power, or whether a factor has a value.
struct ParameterFactor {
  uint32_t slot = 0;
  bool is_factor = false;
  Cell value;  // of a factor
  double power = 1;
};
struct GeneralParameter {
  std::vector<ParameterFactor> factors;  // none: the intercept
  double shared = 0;                     // its coefficient for every category
  // Beyond that, one a category that has any; a category that only Targets names has none.
  std::vector<double> by_category;
};

class GeneralRegression final : public PmmlModel {
 public:
  GeneralKind kind = GeneralKind::linear;
  LinkFunction link = LinkFunction::identity;
  double link_power = 1, offset = 0;
  std::optional<uint32_t> offset_slot;
  std::vector<GeneralParameter> parameters;
  uint32_t reference = kNone;  // the category whose predictor is 0

 protected:
  void run(Machine& machine, Answer& answer) const override {
    // Not the machine's scratch: a field that is asked for below may be computed with it.
    std::vector<double>& predictors = answer.confidences;
    run_with(predictors, machine, answer);
    predictors.clear();
  }

 private:
  void run_with(std::vector<double>& predictors, Machine& machine, Answer& answer) const {
    if (!predict(machine, predictors)) return;
    if (function == MiningFunction::regression) {
      answer.value = Cell::of(inverse(predictors[0]));
      if (answer.value.is_invalid) machine.fault(ErrorCode::invalid, place, "the prediction is no finite number");
      return;
    }
    answer.probabilities.assign(categories.size(), 0);
    if (kind == GeneralKind::multinomial) {
      take_softmax(predictors, answer.probabilities);
    } else if (kind == GeneralKind::ordinal) {
      double before = 0;
      for (size_t i = 0; i < categories.size(); ++i) {
        const double up_to = i + 1 == categories.size() ? 1 : inverse(predictors[i]);
        answer.probabilities[i] = up_to - std::exchange(before, up_to);
      }
    } else {
      const size_t event = reference == 0 ? 1 : 0;
      answer.probabilities[event] = inverse(predictors[event]);
      answer.probabilities[1 - event] = 1 - answer.probabilities[event];
    }
    for (const double p : answer.probabilities) {
      if (std::isfinite(p)) continue;
      machine.fault(ErrorCode::invalid, place, "a probability is no finite number");
      return answer.probabilities.clear();
    }
    choose(answer);
  }

  // One linear predictor a category (one, for a number); false where a value is missing.
  bool predict(Machine& machine, std::vector<double>& out) const {
    double constant = offset;
    if (offset_slot) {
      const auto x = number_in(machine.value(*offset_slot));
      if (!x) return false;
      constant += *x;
    }
    out.assign(std::max<size_t>(categories.size(), 1), constant);
    for (const GeneralParameter& parameter : parameters) {
      double product = 1;
      for (const ParameterFactor& factor : parameter.factors) {
        const Cell& cell = machine.value(factor.slot);
        if (cell.is_missing()) return false;
        if (factor.is_factor) {
          product *= equal(cell, factor.value) ? 1 : 0;
          continue;
        }
        const auto x = number_in(cell);
        if (!x) return false;
        product *= factor.power == 1 ? *x : std::pow(*x, factor.power);
      }
      for (size_t c = 0; c < out.size(); ++c) {
        out[c] += product * (parameter.shared + (c < parameter.by_category.size() ? parameter.by_category[c] : 0));
      }
    }
    return true;
  }

  double inverse(double y) const {
    constexpr double kPi = 3.14159265358979323846;
    switch (link) {
      case LinkFunction::identity: return y;
      case LinkFunction::log: return std::exp(y);
      case LinkFunction::logit: return sigmoid(y);
      case LinkFunction::probit: return 0.5 * std::erfc(-y / std::sqrt(2.0));
      case LinkFunction::cloglog: return 1 - std::exp(-std::exp(y));
      case LinkFunction::loglog: return std::exp(-std::exp(-y));
      case LinkFunction::cauchit: return 0.5 + std::atan(y) / kPi;
      case LinkFunction::logc: return 1 - std::exp(y);
      case LinkFunction::power: return link_power == 0 ? std::exp(y) : std::pow(y, 1 / link_power);
    }
    return y;
  }

  void take_softmax(const std::vector<double>& predictors, std::vector<double>& out) const {
    double largest = -HUGE_VAL, sum = 0;
    const auto of = [&](size_t c) { return c == reference ? 0 : predictors[c]; };
    for (size_t c = 0; c < out.size(); ++c) largest = std::max(largest, of(c));
    for (size_t c = 0; c < out.size(); ++c) sum += out[c] = std::exp(of(c) - largest);
    for (double& p : out) p /= sum;
  }
};

class GeneralReader {
 public:
  GeneralReader(PmmlCompiler& compiler, PmmlScope& scope, GeneralRegression& model)
      : compiler_(compiler), scope_(scope), model_(model) {}

  void read(const pugi::xml_node& node) {
    XmlReader::each(compiler_.xml.required_child(node, "ParameterList"), "Parameter", [&](const pugi::xml_node& at) {
      const std::string_view name = compiler_.xml.required(at, "name");
      if (!places_.try_emplace(name, model_.parameters.size()).second)
        compiler_.xml.fault(at, "the parameter is named twice");
      model_.parameters.emplace_back();
    });
    XmlReader::each(XmlReader::child(node, "FactorList"), "Predictor",
                    [&](const pugi::xml_node& at) { factors_.insert(compiler_.xml.required(at, "name")); });
    XmlReader::each(XmlReader::child(node, "CovariateList"), "Predictor",
                    [&](const pugi::xml_node& at) { covariates_.insert(compiler_.xml.required(at, "name")); });
    XmlReader::each(XmlReader::child(node, "PPMatrix"), "PPCell", [&](const pugi::xml_node& at) { read_factor(at); });
    const pugi::xml_node matrix = compiler_.xml.required_child(node, "ParamMatrix");
    // Categories first: every parameter then has a place for each.
    const bool classifies = model_.function == MiningFunction::classification;
    if (classifies && XmlReader::has(node, "targetReferenceCategory")) {
      model_.reference = category_in(node, "targetReferenceCategory");
    }
    XmlReader::each(matrix, "PCell", [&](const pugi::xml_node& at) {
      if (classifies && XmlReader::has(at, "targetCategory")) (void)category_in(at, "targetCategory");
    });
    XmlReader::each(matrix, "PCell", [&](const pugi::xml_node& at) { read_coefficient(at, classifies); });
  }

 private:
  uint32_t category_in(const pugi::xml_node& node, const char* attribute) {
    return category(model_, compiler_.constant(node, XmlReader::text(node, attribute), model_.target_type));
  }
  GeneralParameter* parameter(const pugi::xml_node& node) {
    const auto found = places_.find(compiler_.xml.required(node, "parameterName"));
    if (found != places_.end()) return &model_.parameters[found->second];
    compiler_.xml.fault(node, "expected parameterName to be in the ParameterList");
    return nullptr;
  }
  void read_factor(const pugi::xml_node& node) {
    GeneralParameter* to = parameter(node);
    const std::string_view name = compiler_.xml.required(node, "predictorName");
    if (XmlReader::has(node, "targetCategory")) {
      return compiler_.xml.fault(node, "a predictor-to-parameter matrix by category is not run");
    }
    const PmmlField field = compiler_.field(scope_, node, "predictorName");
    ParameterFactor out{.slot = field.slot, .is_factor = factors_.contains(name), .value = {}};
    if (!out.is_factor && !covariates_.contains(name)) {
      return compiler_.xml.fault(node, "expected predictorName in the FactorList or the CovariateList");
    }
    if (out.is_factor) {
      out.value = compiler_.constant(node, compiler_.xml.required(node, "value"), field.type);
    } else {
      out.power = compiler_.xml.required_number(node, "value");
    }
    if (to != nullptr) to->factors.push_back(out);
  }
  void read_coefficient(const pugi::xml_node& node, bool classifies) {
    GeneralParameter* to = parameter(node);
    const double beta = compiler_.xml.required_number(node, "beta");
    if (to == nullptr) return;
    if (!classifies || !XmlReader::has(node, "targetCategory")) {
      to->shared += beta;
      return;
    }
    const uint32_t place = category_in(node, "targetCategory");
    to->by_category.resize(model_.categories.size(), 0);
    to->by_category[place] += beta;
  }

  PmmlCompiler& compiler_;
  PmmlScope& scope_;
  GeneralRegression& model_;
  std::unordered_map<std::string_view, size_t> places_;
  std::unordered_set<std::string_view> factors_, covariates_;
};

void check(PmmlCompiler& compiler, const pugi::xml_node& node, const GeneralRegression& model) {
  if (model.function == MiningFunction::regression) {
    if (model.kind == GeneralKind::multinomial || model.kind == GeneralKind::ordinal) {
      compiler.xml.fault(node, "multinomial and ordinal models are for classification");
    }
    return;
  }
  if (model.kind == GeneralKind::linear) compiler.xml.fault(node, "linear models are for regression");
  if (model.kind == GeneralKind::generalized && model.categories.size() != 2) {
    compiler.xml.fault(node, "expected two categories, came " + std::to_string(model.categories.size()));
  }
  if (model.categories.size() < 2) compiler.xml.fault(node, "expected at least two categories");
  if (model.kind != GeneralKind::ordinal && model.reference == PmmlModel::kNone) {
    compiler.xml.fault(node, "expected the attribute 'targetReferenceCategory'");
  }
}

}  // namespace

PmmlModelBuilt compile_general_regression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, GeneralKind> kKinds[] = {
      {"regression", GeneralKind::linear},
      {"generalLinear", GeneralKind::linear},
      {"generalizedLinear", GeneralKind::generalized},
      {"multinomialLogistic", GeneralKind::multinomial},
      {"ordinalMultinomial", GeneralKind::ordinal}};
  static constexpr std::pair<std::string_view, LinkFunction> kLinks[] = {
      {"identity", LinkFunction::identity}, {"log", LinkFunction::log},         {"logit", LinkFunction::logit},
      {"probit", LinkFunction::probit},     {"cloglog", LinkFunction::cloglog}, {"loglog", LinkFunction::loglog},
      {"cauchit", LinkFunction::cauchit},   {"logc", LinkFunction::logc},       {"power", LinkFunction::power}};
  auto model = std::make_unique<GeneralRegression>();
  begin_model(compiler, scope, node, *model);
  compiler.xml.required(node, "modelType");
  model->kind = compiler.xml.choice(node, "modelType", kKinds);
  if (model->kind == GeneralKind::generalized) {
    compiler.xml.required(node, "linkFunction");
    model->link = compiler.xml.choice(node, "linkFunction", kLinks);
    model->link_power = compiler.xml.number(node, "linkParameter", 1);
  }
  if (model->kind == GeneralKind::ordinal) {
    compiler.xml.required(node, "cumulativeLink");
    model->link = compiler.xml.choice(node, "cumulativeLink", kLinks);
  }
  if (XmlReader::has(node, "trialsValue") || XmlReader::has(node, "trialsVariable")) {
    compiler.xml.fault(node, "models of several trials are not run");
  }
  model->offset = compiler.xml.number(node, "offsetValue", 0);
  if (XmlReader::has(node, "offsetVariable")) model->offset_slot = compiler.field(scope, node, "offsetVariable").slot;
  GeneralReader(compiler, scope, *model).read(node);
  check(compiler, node, *model);
  return model;
}

}  // namespace puhui::models
