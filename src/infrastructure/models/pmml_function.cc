#include "infrastructure/models/pmml_function.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_function_text.h"

namespace puhui::models {

namespace {

using Cells = std::span<const Cell>;

template <double (*F)(double)>
Cell unary(Cells a, Machine&) {
  const auto x = number_in(a[0]);
  return x ? Cell::of(F(*x)) : Cell::invalid();
}
template <double (*F)(double, double)>
Cell binary(Cells a, Machine&) {
  const auto x = number_in(a[0]), y = number_in(a[1]);
  return x && y ? Cell::of(F(*x, *y)) : Cell::invalid();
}

double plus(double x, double y) { return x + y; }
double minus(double x, double y) { return x - y; }
double times(double x, double y) { return x * y; }
double over(double x, double y) { return y == 0 ? NAN : x / y; }
double modulo(double x, double y) { return y == 0 ? NAN : x - y * std::floor(x / y); }
double power(double x, double y) { return std::pow(x, y); }
double threshold(double x, double y) { return x > y ? 1 : 0; }
double hypotenuse(double x, double y) { return std::hypot(x, y); }
double log10_of(double x) { return x > 0 ? std::log10(x) : NAN; }
double ln(double x) { return x > 0 ? std::log(x) : NAN; }
double ln_1p(double x) { return x > -1 ? std::log1p(x) : NAN; }
double root(double x) { return x >= 0 ? std::sqrt(x) : NAN; }
double magnitude(double x) { return std::fabs(x); }
double e_to(double x) { return std::exp(x); }
double e_to_minus_1(double x) { return std::expm1(x); }
double down(double x) { return std::floor(x); }
double up(double x) { return std::ceil(x); }
double round_half_up(double x) { return std::floor(x + 0.5); }
double round_half_even(double x) { return std::nearbyint(x); }
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double tangent(double x) { return std::tan(x); }
double arc_sine(double x) { return std::asin(x); }
double arc_cosine(double x) { return std::acos(x); }
double arc_tangent(double x) { return std::atan(x); }
double sine_h(double x) { return std::sinh(x); }
double cosine_h(double x) { return std::cosh(x); }
double tangent_h(double x) { return std::tanh(x); }
double error_function(double x) { return std::erf(x); }
double standard_normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double standard_normal_pdf(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }

Cell normal(Cells a, double (*standard)(double), bool is_density) {
  const auto x = number_in(a[0]), mean = number_in(a[1]), deviation = number_in(a[2]);
  if (!x || !mean || !deviation || *deviation <= 0) return Cell::invalid();
  return Cell::of(standard((*x - *mean) / *deviation) / (is_density ? *deviation : 1));
}
Cell normal_cdf(Cells a, Machine&) { return normal(a, standard_normal_cdf, false); }
Cell normal_pdf(Cells a, Machine&) { return normal(a, standard_normal_pdf, true); }

// Aggregates pass over missing values; of nothing they are missing.
enum class Aggregate : uint8_t { min, max, sum, average, product, median };
template <Aggregate K>
Cell aggregate(Cells a, Machine& machine) {
  auto& numbers = machine.numbers;
  numbers.clear();
  for (const Cell& cell : a) {
    if (cell.is_missing()) continue;
    const auto x = number_in(cell);
    if (!x) return Cell::invalid();
    numbers.push_back(*x);
  }
  if (numbers.empty()) return {};
  double out = K == Aggregate::product ? 1 : 0;
  if constexpr (K == Aggregate::min) return Cell::of(*std::min_element(numbers.begin(), numbers.end()));
  if constexpr (K == Aggregate::max) return Cell::of(*std::max_element(numbers.begin(), numbers.end()));
  if constexpr (K == Aggregate::median) {
    std::sort(numbers.begin(), numbers.end());
    const size_t half = numbers.size() / 2;
    return Cell::of(numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2);
  }
  for (const double x : numbers) out = K == Aggregate::product ? out * x : out + x;
  return Cell::of(K == Aggregate::average ? out / static_cast<double>(numbers.size()) : out);
}

Cell equals(Cells a, Machine&) { return Cell::of_flag(equal(a[0], a[1])); }
Cell differs(Cells a, Machine&) { return Cell::of_flag(!equal(a[0], a[1])); }
template <bool (*Holds)(std::partial_ordering)>
Cell ordered(Cells a, Machine&) {
  const auto order = compare(a[0], a[1]);
  return order == std::partial_ordering::unordered ? Cell::invalid() : Cell::of_flag(Holds(order));
}
bool is_less(std::partial_ordering order) { return order < 0; }
bool is_at_most(std::partial_ordering order) { return order <= 0; }
bool is_more(std::partial_ordering order) { return order > 0; }
bool is_at_least(std::partial_ordering order) { return order >= 0; }

// Three-valued, as in compound predicates: one false decides an `and` whatever is missing.
template <bool Deciding>
Cell logical(Cells a, Machine&) {
  bool some_missing = false;
  for (const Cell& cell : a) {
    if (cell.is_missing()) {
      some_missing = true;
      continue;
    }
    const auto value =
        number_in(cell.kind == CellKind::text ? cell_of(cell.text, {DataType::boolean}).value_or(Cell()) : cell);
    if (!value) return Cell::invalid();
    if ((*value != 0) == Deciding) return Cell::of_flag(Deciding);
  }
  return some_missing ? Cell() : Cell::of_flag(!Deciding);
}
Cell negation(Cells a, Machine&) {
  const auto value =
      number_in(a[0].kind == CellKind::text ? cell_of(a[0].text, {DataType::boolean}).value_or(Cell()) : a[0]);
  return value ? Cell::of_flag(*value == 0) : Cell::invalid();
}

Cell is_missing(Cells a, Machine&) { return Cell::of_flag(a[0].is_missing()); }
Cell is_not_missing(Cells a, Machine&) { return Cell::of_flag(!a[0].is_missing()); }
Cell is_valid(Cells a, Machine&) { return Cell::of_flag(!a[0].is_missing() && !a[0].is_invalid); }
Cell is_not_valid(Cells a, Machine&) { return Cell::of_flag(a[0].is_missing() || a[0].is_invalid); }

bool is_among_rest(Cells a) {
  return std::any_of(a.begin() + 1, a.end(), [&](const Cell& cell) { return equal(a[0], cell); });
}
Cell is_in(Cells a, Machine&) { return a[0].is_missing() ? Cell() : Cell::of_flag(is_among_rest(a)); }
Cell is_not_in(Cells a, Machine&) { return a[0].is_missing() ? Cell() : Cell::of_flag(!is_among_rest(a)); }

constexpr auto kStrict = BuiltIn::Missing::strict, kSeen = BuiltIn::Missing::seen;
constexpr auto kNumber = DataType::float64, kFlag = DataType::boolean, kText = DataType::string;
constexpr uint16_t kMany = kArgumentsMax;

constexpr BuiltIn kFunctions[] = {
    {"+", 2, 2, kNumber, kStrict, binary<plus>},
    {"-", 2, 2, kNumber, kStrict, binary<minus>},
    {"*", 2, 2, kNumber, kStrict, binary<times>},
    {"/", 2, 2, kNumber, kStrict, binary<over>},
    {"modulo", 2, 2, kNumber, kStrict, binary<modulo>},
    {"pow", 2, 2, kNumber, kStrict, binary<power>},
    {"threshold", 2, 2, kNumber, kStrict, binary<threshold>},
    {"hypot", 2, 2, kNumber, kStrict, binary<hypotenuse>},
    {"min", 1, kMany, kNumber, kSeen, aggregate<Aggregate::min>},
    {"max", 1, kMany, kNumber, kSeen, aggregate<Aggregate::max>},
    {"sum", 1, kMany, kNumber, kSeen, aggregate<Aggregate::sum>},
    {"avg", 1, kMany, kNumber, kSeen, aggregate<Aggregate::average>},
    {"median", 1, kMany, kNumber, kSeen, aggregate<Aggregate::median>},
    {"product", 1, kMany, kNumber, kSeen, aggregate<Aggregate::product>},
    {"log10", 1, 1, kNumber, kStrict, unary<log10_of>},
    {"ln", 1, 1, kNumber, kStrict, unary<ln>},
    {"ln1p", 1, 1, kNumber, kStrict, unary<ln_1p>},
    {"sqrt", 1, 1, kNumber, kStrict, unary<root>},
    {"abs", 1, 1, kNumber, kStrict, unary<magnitude>},
    {"exp", 1, 1, kNumber, kStrict, unary<e_to>},
    {"expm1", 1, 1, kNumber, kStrict, unary<e_to_minus_1>},
    {"floor", 1, 1, DataType::integer, kStrict, unary<down>},
    {"ceil", 1, 1, DataType::integer, kStrict, unary<up>},
    {"round", 1, 1, DataType::integer, kStrict, unary<round_half_up>},
    {"rint", 1, 1, DataType::integer, kStrict, unary<round_half_even>},
    {"sin", 1, 1, kNumber, kStrict, unary<sine>},
    {"cos", 1, 1, kNumber, kStrict, unary<cosine>},
    {"tan", 1, 1, kNumber, kStrict, unary<tangent>},
    {"asin", 1, 1, kNumber, kStrict, unary<arc_sine>},
    {"acos", 1, 1, kNumber, kStrict, unary<arc_cosine>},
    {"atan", 1, 1, kNumber, kStrict, unary<arc_tangent>},
    {"sinh", 1, 1, kNumber, kStrict, unary<sine_h>},
    {"cosh", 1, 1, kNumber, kStrict, unary<cosine_h>},
    {"tanh", 1, 1, kNumber, kStrict, unary<tangent_h>},
    {"erf", 1, 1, kNumber, kStrict, unary<error_function>},
    {"stdNormalCDF", 1, 1, kNumber, kStrict, unary<standard_normal_cdf>},
    {"stdNormalPDF", 1, 1, kNumber, kStrict, unary<standard_normal_pdf>},
    {"normalCDF", 3, 3, kNumber, kStrict, normal_cdf},
    {"normalPDF", 3, 3, kNumber, kStrict, normal_pdf},
    {"isMissing", 1, 1, kFlag, kSeen, is_missing},
    {"isNotMissing", 1, 1, kFlag, kSeen, is_not_missing},
    {"isValid", 1, 1, kFlag, kSeen, is_valid},
    {"isNotValid", 1, 1, kFlag, kSeen, is_not_valid},
    {"equal", 2, 2, kFlag, kStrict, equals},
    {"notEqual", 2, 2, kFlag, kStrict, differs},
    {"lessThan", 2, 2, kFlag, kStrict, ordered<is_less>},
    {"lessOrEqual", 2, 2, kFlag, kStrict, ordered<is_at_most>},
    {"greaterThan", 2, 2, kFlag, kStrict, ordered<is_more>},
    {"greaterOrEqual", 2, 2, kFlag, kStrict, ordered<is_at_least>},
    {"and", 2, kMany, kFlag, kSeen, logical<false>},
    {"or", 2, kMany, kFlag, kSeen, logical<true>},
    {"not", 1, 1, kFlag, kStrict, negation},
    {"isIn", 2, kMany, kFlag, kSeen, is_in},
    {"isNotIn", 2, kMany, kFlag, kSeen, is_not_in},
    {"uppercase", 1, 1, kText, kStrict, uppercase},
    {"lowercase", 1, 1, kText, kStrict, lowercase},
    {"stringLength", 1, 1, DataType::integer, kStrict, string_length},
    {"substring", 3, 3, kText, kStrict, substring},
    {"trimBlanks", 1, 1, kText, kStrict, trim_blanks},
    {"concat", 2, kMany, kText, kStrict, concat},
    {"formatNumber", 2, 2, kText, kStrict, format_number},
    {"formatDatetime", 2, 2, kText, kStrict, format_datetime},
    {"dateDaysSinceYear", 2, 2, DataType::integer, kStrict, days_since_year},
    {"dateSecondsSinceYear", 2, 2, DataType::integer, kStrict, seconds_since_year},
    {"dateSecondsSinceMidnight", 1, 1, DataType::integer, kStrict, seconds_since_midnight},
};

}  // namespace

const BuiltIn* find_built_in(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &BuiltIn::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace puhui::models
