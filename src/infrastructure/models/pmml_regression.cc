// RegressionModel: linear predictors with the standard's normalisations, for numbers and for categories.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/pmml_compiler.h"
#include "infrastructure/models/pmml_function.h"

namespace puhui::models {

namespace {

enum class Normalization : uint8_t { none, simplemax, softmax, logit, probit, cloglog, exp, loglog, cauchit };

struct NumericTerm {
  uint32_t slot = 0;
  double coefficient = 0, exponent = 1;
};
// Coefficients of a categorical field's values; a missing or other value adds nothing.
struct CategoricalTerm {
  uint32_t slot = 0;
  std::unordered_map<Cell, double, CellHash, CellEqual> coefficients;
};
struct ProductTerm {
  double coefficient = 0;
  std::vector<ExpressionPtr> factors;
};
struct RegressionTable {
  double intercept = 0;
  uint32_t category = 0;
  std::vector<NumericTerm> numeric;
  std::vector<CategoricalTerm> categorical;
  std::vector<ProductTerm> products;
  // The other category of two: its probability is what the first leaves.
  bool is_trivial() const { return intercept == 0 && numeric.empty() && categorical.empty() && products.empty(); }
};

double standard_normal(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// The inverse of the link function.
double normalized(Normalization method, double y) {
  constexpr double kPi = 3.14159265358979323846;
  switch (method) {
    case Normalization::softmax:
    case Normalization::logit: return sigmoid(y);
    case Normalization::probit: return standard_normal(y);
    case Normalization::cloglog: return 1 - std::exp(-std::exp(y));
    case Normalization::exp: return std::exp(y);
    case Normalization::loglog: return std::exp(-std::exp(-y));
    case Normalization::cauchit: return 0.5 + std::atan(y) / kPi;
    default: return y;
  }
}

class RegressionModel final : public PmmlModel {
 public:
  Normalization normalization = Normalization::none;
  bool is_ordinal = false;
  std::vector<RegressionTable> tables;

 protected:
  void run(Machine& machine, Answer& answer) const override {
    if (function == MiningFunction::regression) {
      const auto y = predictor(tables[0], machine);
      if (!y) return;
      answer.value = Cell::of(normalized(normalization, *y));
      if (answer.value.is_invalid) machine.fault(ErrorCode::invalid, place, "the prediction is no finite number");
      return;
    }
    answer.probabilities.assign(categories.size(), 0);
    for (const RegressionTable& table : tables) {
      const auto y = predictor(table, machine);
      if (!y) return answer.probabilities.clear();
      answer.probabilities[table.category] = *y;
    }
    if (is_ordinal) {
      cumulate(answer.probabilities);
    } else {
      normalize(answer.probabilities);
    }
    for (const double p : answer.probabilities) {
      if (!std::isfinite(p)) {
        machine.fault(ErrorCode::invalid, place, "a probability is no finite number");
        return answer.probabilities.clear();
      }
    }
    choose(answer);
  }

 private:
  // nullopt where a numeric value or a factor is missing.
  static std::optional<double> predictor(const RegressionTable& table, Machine& machine) {
    double y = table.intercept;
    for (const NumericTerm& term : table.numeric) {
      const auto x = number_in(machine.value(term.slot));
      if (!x) return std::nullopt;
      y += term.coefficient * (term.exponent == 1 ? *x : std::pow(*x, term.exponent));
    }
    for (const CategoricalTerm& term : table.categorical) {
      const auto found = term.coefficients.find(machine.value(term.slot));
      if (found != term.coefficients.end()) y += found->second;
    }
    for (const ProductTerm& term : table.products) {
      double product = term.coefficient;
      for (const auto& factor : term.factors) {
        const auto x = number_in(factor->evaluate(machine));
        if (!x) return std::nullopt;
        product *= *x;
      }
      y += product;
    }
    return y;
  }

  double linear(std::span<const double> y, size_t table) const { return y[tables[table].category]; }

  // Of two categories with one trivial table the other table says all. Else softmax and simplemax make the
  // probabilities sum to 1, `none` takes them as they are, and other links are brought to that sum.
  void normalize(std::vector<double>& y) const {
    if (normalization == Normalization::softmax) return take_softmax(y);
    if (tables.size() == 2 && normalization != Normalization::simplemax &&
        tables[0].is_trivial() != tables[1].is_trivial()) {
      const RegressionTable& known = tables[tables[0].is_trivial() ? 1 : 0];
      const RegressionTable& other = tables[tables[0].is_trivial() ? 0 : 1];
      y[known.category] = normalized(normalization, y[known.category]);
      y[other.category] = 1 - y[known.category];
      return;
    }
    if (normalization == Normalization::none) return;
    double sum = 0;
    for (const RegressionTable& table : tables) {
      double& p = y[table.category];
      if (normalization != Normalization::simplemax) p = normalized(normalization, p);
      sum += p;
    }
    for (const RegressionTable& table : tables) y[table.category] /= sum;
  }

  void take_softmax(std::vector<double>& y) const {
    double largest = -HUGE_VAL, sum = 0;
    for (size_t i = 0; i < tables.size(); ++i) largest = std::max(largest, linear(y, i));
    for (size_t i = 0; i < tables.size(); ++i) sum += std::exp(linear(y, i) - largest);
    for (const RegressionTable& table : tables) y[table.category] = std::exp(y[table.category] - largest) / sum;
  }

  // An ordinal target: the link gives cumulative probabilities, whose differences are the categories'.
  void cumulate(std::vector<double>& y) const {
    double before = 0;
    for (size_t i = 0; i < tables.size(); ++i) {
      const double up_to = i + 1 == tables.size() ? 1 : normalized(normalization, linear(y, i));
      y[tables[i].category] = up_to - before;
      before = up_to;
    }
  }
};

RegressionTable read_table(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                           RegressionModel& model) {
  RegressionTable table{.intercept = compiler.xml.required_number(node, "intercept")};
  if (model.function == MiningFunction::classification) {
    table.category =
        category(model, compiler.constant(node, compiler.xml.required(node, "targetCategory"), model.target_type));
  }
  XmlReader::each(node, "NumericPredictor", [&](const pugi::xml_node& term) {
    NumericTerm out{.slot = compiler.field(scope, term, "name").slot,
                    .coefficient = compiler.xml.required_number(term, "coefficient"),
                    .exponent = compiler.xml.number(term, "exponent", 1)};
    table.numeric.push_back(out);
  });
  std::unordered_map<uint32_t, size_t> places;  // of a field's coefficients
  XmlReader::each(node, "CategoricalPredictor", [&](const pugi::xml_node& term) {
    const PmmlField field = compiler.field(scope, term, "name");
    const Cell value = compiler.constant(term, compiler.xml.required(term, "value"), field.type);
    const auto place = places.try_emplace(field.slot, table.categorical.size());
    if (place.second) table.categorical.push_back({.slot = field.slot, .coefficients = {}});
    auto& coefficients = table.categorical[place.first->second].coefficients;
    if (!coefficients.try_emplace(value, compiler.xml.required_number(term, "coefficient")).second) {
      compiler.xml.fault(term, "the value has a coefficient already");
    }
  });
  XmlReader::each(node, "PredictorTerm", [&](const pugi::xml_node& term) {
    ProductTerm out{.coefficient = compiler.xml.required_number(term, "coefficient"), .factors = {}};
    XmlReader::each(term, "FieldRef", [&](const pugi::xml_node& factor) {
      out.factors.push_back(compile_expression(compiler, scope, factor, {}).expression);
    });
    if (out.factors.empty()) compiler.xml.fault(term, "expected at least one FieldRef inside");
    table.products.push_back(std::move(out));
  });
  return table;
}

void check(PmmlCompiler& compiler, const pugi::xml_node& node, const RegressionModel& model) {
  const size_t count = model.tables.size();
  if (model.function == MiningFunction::regression) {
    if (count != 1) compiler.xml.fault(node, "expected one RegressionTable, came " + std::to_string(count));
    if (model.normalization == Normalization::simplemax) {
      compiler.xml.fault(node, "simplemax is for classification");
    }
    return;
  }
  if (count < 2)
    compiler.xml.fault(node, "expected a RegressionTable for each category, came " + std::to_string(count));
  if (model.normalization == Normalization::exp) compiler.xml.fault(node, "exp is for regression");
  std::unordered_set<uint32_t> seen;
  for (const RegressionTable& table : model.tables) {
    if (!seen.insert(table.category).second) compiler.xml.fault(node, "two tables have one targetCategory");
  }
}

}  // namespace

PmmlModelBuilt compile_regression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, Normalization> kMethods[] = {
      {"none", Normalization::none},   {"simplemax", Normalization::simplemax}, {"softmax", Normalization::softmax},
      {"logit", Normalization::logit}, {"probit", Normalization::probit},       {"cloglog", Normalization::cloglog},
      {"exp", Normalization::exp},     {"loglog", Normalization::loglog},       {"cauchit", Normalization::cauchit}};
  auto model = std::make_unique<RegressionModel>();
  begin_model(compiler, scope, node, *model);
  model->normalization = compiler.xml.choice(node, "normalizationMethod", kMethods);
  const auto target = compiler.dictionary.find(model->target);
  model->is_ordinal = model->function == MiningFunction::classification && target != compiler.dictionary.end() &&
                      target->second.optype == OpType::ordinal && model->normalization != Normalization::softmax &&
                      model->normalization != Normalization::simplemax;
  XmlReader::each(node, "RegressionTable", [&](const pugi::xml_node& table) {
    model->tables.push_back(read_table(compiler, scope, table, *model));
  });
  check(compiler, node, *model);
  return model;
}

}  // namespace puhui::models
