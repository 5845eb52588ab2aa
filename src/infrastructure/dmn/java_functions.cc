#include "infrastructure/dmn/java_functions.h"

#include <charconv>
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/dmn/java_format.h"
#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/run.h"

namespace puhui::dmn {
namespace {

using feel::CauseCode;
using feel::Decimal;
using feel::Kind;
using feel::Place;
using feel::RoundingMode;
using feel::Run;
using feel::Value;
using Args = std::span<const Value>;

// One letter a type, so that a row of the table is a line: y byte, h short, i int, l long, f float, d double, b boolean,
// c char, s String, o Object, v Object… (the last parameter only).
struct TypeName {
  std::string_view name;
  char letter;
};
constexpr TypeName kTypes[] = {{"byte", 'y'},
                               {"short", 'h'},
                               {"int", 'i'},
                               {"long", 'l'},
                               {"float", 'f'},
                               {"double", 'd'},
                               {"boolean", 'b'},
                               {"char", 'c'},
                               {"java.lang.String", 's'},
                               {"java.lang.Object", 'o'},
                               {"java.lang.Byte", 'y'},
                               {"java.lang.Short", 'h'},
                               {"java.lang.Integer", 'i'},
                               {"java.lang.Long", 'l'},
                               {"java.lang.Float", 'f'},
                               {"java.lang.Double", 'd'},
                               {"java.lang.Boolean", 'b'},
                               {"java.lang.Character", 'c'},
                               {"[Ljava.lang.Object;", 'v'},
                               {"java.lang.Object[]", 'v'},
                               {"java.lang.Object...", 'v'}};

// The number as that type holds it; nullopt when it does not.
std::optional<Decimal> narrowed(const Decimal& number, char type) {
  const auto whole_up_to = [&](int bits) -> std::optional<Decimal> {
    const auto whole = number.as_int64();
    if (!whole) return std::nullopt;
    const int64_t limit = bits == 64 ? INT64_MAX : (int64_t{1} << (bits - 1)) - 1;
    return *whole <= limit && *whole >= -limit - 1 ? std::optional(number) : std::nullopt;
  };
  switch (type) {
    case 'y': return whole_up_to(8);
    case 'h': return whole_up_to(16);
    case 'i': return whole_up_to(32);
    case 'l': return whole_up_to(64);
    case 'd': return Decimal::from_double(number.as_double());
    default: break;
  }
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, static_cast<float>(number.as_double()));
  return Decimal::parse({text, end.ptr});
}

Value number_or_null(const std::optional<Decimal>& number, char type, Run& run, const Place& place) {
  const auto fit = number ? narrowed(*number, type) : std::nullopt;
  return fit ? Value::number(*fit) : run.fail(CauseCode::arithmetic, place, {"the result is no number in range"});
}

// Sines and logarithms differ in their last bit from one machine's mathematics to another's: 15 digits are the same.
Value rounded_double(double result, Run& run, const Place& place) {
  if (!std::isfinite(result)) return run.fail(CauseCode::arithmetic, place, {"the result is no number in range"});
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, result, std::chars_format::scientific, 14);
  return Value::number(*Decimal::parse({text, end.ptr}));
}

struct Call {
  Args args;
  std::string_view types;
  Run& run;
  const Place& place;
  const Decimal& number(size_t i) const { return args[i].as_number(); }
  double real(size_t i) const { return number(i).as_double(); }
  Value answer(const std::optional<Decimal>& result, char type) const {
    return number_or_null(result, type, run, place);
  }
};

template <double (*kFunction)(double)>
Value real_function(const Call& c) {
  return rounded_double(kFunction(c.real(0)), c.run, c.place);
}
Value power(const Call& c) { return rounded_double(std::pow(c.real(0), c.real(1)), c.run, c.place); }
Value angle(const Call& c) { return rounded_double(std::atan2(c.real(0), c.real(1)), c.run, c.place); }
Value square_root(const Call& c) { return c.answer(Decimal::from_double(std::sqrt(c.real(0))), 'd'); }
Value largest(const Call& c) { return c.args[c.number(0) < c.number(1) ? 1 : 0]; }
Value smallest(const Call& c) { return c.args[c.number(1) < c.number(0) ? 1 : 0]; }
Value magnitude(const Call& c) { return c.answer(c.number(0).magnitude(), c.types[0]); }
Value sign(const Call& c) { return Value::number(c.number(0).sign()); }
Value floor_of(const Call& c) { return Value::number(floor(c.number(0))); }
Value ceiling_of(const Call& c) { return Value::number(ceiling(c.number(0))); }
Value rint(const Call& c) { return c.answer(round_to(c.number(0), 0, RoundingMode::half_even), 'd'); }
Value round_half_up(const Call& c) {
  const auto raised = add(c.number(0), Decimal::scaled(5, -1));
  return c.answer(raised ? std::optional(floor(*raised)) : std::nullopt, c.types[0] == 'f' ? 'i' : 'l');
}
Value floor_modulo(const Call& c) { return c.answer(modulo(c.number(0), c.number(1)), c.types[0]); }
Value sum_of(const Call& c) { return c.answer(add(c.number(0), c.number(1)), c.types[0]); }
Value itself(const Call& c) { return c.args[0]; }

template <char kType>
Value number_from_text(const Call& c) {
  constexpr bool kIsWhole = kType != 'f' && kType != 'd';
  const std::string_view text = kIsWhole ? c.args[0].as_string() : trim(c.args[0].as_string());
  const bool digits_only = text.find_first_not_of("+-0123456789") == std::string_view::npos;
  const auto number = kIsWhole && !digits_only ? std::nullopt : Decimal::parse(text);
  const auto fit = number ? narrowed(*number, kType) : std::nullopt;
  if (fit) return Value::number(*fit);
  return c.run.fail(CauseCode::wrong_argument, c.place,
                    {"expected the text of a number in range, came \"", text, "\""});
}

Value boolean_from_text(const Call& c) { return Value::boolean(to_lower_ascii(c.args[0].as_string()) == "true"); }
Value text_of_any(const Call& c) { return c.run.string(string_of(c.args[0]), c.place); }

Value format(const Call& c) {
  Args rest = c.args.subspan(1);
  if (rest.size() == 1 && rest[0].kind() == Kind::list) rest = rest[0].as_list();
  const auto text = java_format(c.args[0].as_string(), rest);
  if (text) return c.run.string(*text, c.place);
  return c.run.fail(CauseCode::wrong_argument, c.place, {text.error().faults.front().message});
}

struct Method {
  std::string_view class_name;
  std::string_view name;
  std::string_view types;  // alternatives of this method, apart by spaces
  Value (*code)(const Call& call);
};

constexpr std::string_view kMath = "java.lang.Math";
constexpr Method kMethods[] = {
    {kMath, "abs", "i l f d", magnitude},
    {kMath, "max", "ii ll ff dd", largest},
    {kMath, "min", "ii ll ff dd", smallest},
    {kMath, "signum", "f d", sign},
    {kMath, "floor", "d", floor_of},
    {kMath, "ceil", "d", ceiling_of},
    {kMath, "rint", "d", rint},
    {kMath, "round", "f d", round_half_up},
    {kMath, "floorMod", "ii ll", floor_modulo},
    {kMath, "sqrt", "d", square_root},
    {kMath, "cbrt", "d", real_function<std::cbrt>},
    {kMath, "pow", "dd", power},
    {kMath, "exp", "d", real_function<std::exp>},
    {kMath, "log", "d", real_function<std::log>},
    {kMath, "log10", "d", real_function<std::log10>},
    {kMath, "sin", "d", real_function<std::sin>},
    {kMath, "cos", "d", real_function<std::cos>},
    {kMath, "tan", "d", real_function<std::tan>},
    {kMath, "asin", "d", real_function<std::asin>},
    {kMath, "acos", "d", real_function<std::acos>},
    {kMath, "atan", "d", real_function<std::atan>},
    {kMath, "atan2", "dd", angle},
    {"java.lang.Byte", "valueOf", "y", itself},
    {"java.lang.Byte", "valueOf", "s", number_from_text<'y'>},
    {"java.lang.Byte", "parseByte", "s", number_from_text<'y'>},
    {"java.lang.Short", "valueOf", "h", itself},
    {"java.lang.Short", "valueOf", "s", number_from_text<'h'>},
    {"java.lang.Short", "parseShort", "s", number_from_text<'h'>},
    {"java.lang.Integer", "valueOf", "i", itself},
    {"java.lang.Integer", "valueOf", "s", number_from_text<'i'>},
    {"java.lang.Integer", "parseInt", "s", number_from_text<'i'>},
    {"java.lang.Integer", "max", "ii", largest},
    {"java.lang.Integer", "min", "ii", smallest},
    {"java.lang.Integer", "sum", "ii", sum_of},
    {"java.lang.Long", "valueOf", "l", itself},
    {"java.lang.Long", "valueOf", "s", number_from_text<'l'>},
    {"java.lang.Long", "parseLong", "s", number_from_text<'l'>},
    {"java.lang.Float", "valueOf", "f", itself},
    {"java.lang.Float", "valueOf", "s", number_from_text<'f'>},
    {"java.lang.Float", "parseFloat", "s", number_from_text<'f'>},
    {"java.lang.Double", "valueOf", "d", itself},
    {"java.lang.Double", "valueOf", "s", number_from_text<'d'>},
    {"java.lang.Double", "parseDouble", "s", number_from_text<'d'>},
    {"java.math.BigDecimal", "valueOf", "d l", itself},
    {"java.lang.Boolean", "valueOf", "b", itself},
    {"java.lang.Boolean", "valueOf", "s", boolean_from_text},
    {"java.lang.Boolean", "parseBoolean", "s", boolean_from_text},
    {"java.lang.Character", "valueOf", "c", itself},
    {"java.lang.String", "valueOf", "c", itself},
    {"java.lang.String", "valueOf", "b i l o", text_of_any},
    {"java.lang.String", "format", "sv", format},
};

bool among(std::string_view alternatives, std::string_view types) {
  while (!alternatives.empty()) {
    const size_t space = std::min(alternatives.find(' '), alternatives.size());
    if (alternatives.substr(0, space) == types) return true;
    alternatives.remove_prefix(std::min(space + 1, alternatives.size()));
  }
  return false;
}

// The argument as the method's parameter takes it, or nullopt.
std::optional<Value> fitted(const Value& arg, char type) {
  switch (type) {
    case 'b': return arg.kind() == Kind::boolean ? std::optional(arg) : std::nullopt;
    case 's': return arg.is_string() ? std::optional(arg) : std::nullopt;
    case 'c': {
      if (!arg.is_string()) return std::nullopt;
      const feel::CodePoint one = feel::code_point(arg.as_string(), 0);
      const bool fits = one.length != 0 && one.length == arg.as_string().size() && one.value <= 0xFFFF;
      return fits ? std::optional(arg) : std::nullopt;
    }
    case 'o':
    case 'v': return arg;
    default: break;
  }
  const auto number = arg.is_number() ? narrowed(arg.as_number(), type) : std::nullopt;
  return number ? std::optional(Value::number(*number)) : std::nullopt;
}

std::string_view name_of_type(char letter) { return std::ranges::find(kTypes, letter, &TypeName::letter)->name; }

class JavaCall final : public feel::External {
 public:
  JavaCall(const Method& method, std::string types) : method_(method), types_(std::move(types)) {}
  Value call(Run& run, Args args, const Place& place) const override {
    auto* fit = run.arena.array<Value>(args.size());
    if (fit == nullptr) return run.stop(place, "memory");
    for (size_t i = 0; i < args.size(); ++i) {
      const char type = types_[std::min(i, types_.size() - 1)];
      const auto value = fitted(args[i], type);
      if (!value) {
        return run.fail(
            CauseCode::wrong_type, place,
            {method_.class_name, ".", method_.name, " expects ", name_of_type(type), ", came ", text_of(args[i])},
            args[i].is_null() ? &args[i].cause() : nullptr);
      }
      fit[i] = *value;
    }
    return method_.code({{fit, args.size()}, types_, run, place});
  }

 private:
  const Method& method_;
  std::string types_;
};

// "(double, double)" as letters; nullopt when a type is none we know.
std::optional<std::string> letters_of(std::string_view types) {
  std::string letters;
  while (!trim(types).empty()) {
    const size_t comma = std::min(types.find(','), types.size());
    const auto* known = std::ranges::find(kTypes, trim(types.substr(0, comma)), &TypeName::name);
    if (known == std::end(kTypes)) return std::nullopt;
    letters += known->letter;
    types.remove_prefix(std::min(comma + 1, types.size()));
  }
  return letters;
}

}  // namespace

Result<std::unique_ptr<const feel::External>> java_function(std::string_view class_name, std::string_view signature,
                                                            size_t parameters) {
  const size_t open = signature.find('(');
  const size_t close = signature.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return fail(ErrorCode::invalid,
                "expected a method signature like max(double, double), came '" + std::string(signature) + "'");
  }
  const std::string_view name = trim(signature.substr(0, open));
  const auto letters = letters_of(signature.substr(open + 1, close - open - 1));
  for (const Method& method : kMethods) {
    if (!letters || method.class_name != trim(class_name) || method.name != name || !among(method.types, *letters)) {
      continue;
    }
    const bool variadic = letters->back() == 'v';
    if (variadic ? parameters + 1 < letters->size() : parameters != letters->size()) {
      return fail(ErrorCode::invalid, "expected " + std::to_string(letters->size()) + " parameters for " +
                                          std::string(signature) + ", came " + std::to_string(parameters));
    }
    return std::unique_ptr<const feel::External>(std::make_unique<JavaCall>(method, *letters));
  }
  return fail(ErrorCode::invalid,
              "expected a method of the list of Java functions (there is no Java machine here), came " +
                  std::string(class_name) + "." + std::string(signature));
}

}  // namespace puhui::dmn
