#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

Value number_or(const std::optional<Decimal>& result, Run& run, const Place& place, std::string_view why) {
  return result ? Value::number(*result) : run.fail(CauseCode::arithmetic, place, {why});
}

template <RoundingMode kMode>
Value rounded(Run& run, Args args, const Place& place) {
  int64_t places = 0;
  if (given(args, 1)) {
    const auto wanted = args[1].as_number().rounded_int64(RoundingMode::down);
    if (!wanted || *wanted < -6111 || *wanted > 6176) {
      return wrong_argument(run, place, {"a scale is between -6111 and 6176, came ", args[1].as_number().text()});
    }
    places = *wanted;
  }
  return number_or(round_to(args[0].as_number(), static_cast<int>(places), kMode), run, place, "out of range");
}

Value absolute(Run& run, Args args, const Place& place) {
  const Value& n = args[0];
  switch (n.kind()) {
    case Kind::number: return Value::number(n.as_number().magnitude());
    case Kind::years_months: return Value::months(std::abs(n.as_months()));
    case Kind::days_time: return n.as_duration().second < 0 ? Value::duration(negated(n.as_duration())) : n;
    default:
      return run.fail(CauseCode::wrong_type, place, {"abs expects a number or a duration, came ", name_of(n.kind())});
  }
}

Value modulo_of(Run& run, Args args, const Place& place) {
  return number_or(modulo(args[0].as_number(), args[1].as_number()), run, place, "modulo by zero");
}
Value square_root_of(Run& run, Args args, const Place& place) {
  return number_or(square_root(args[0].as_number()), run, place, "sqrt of a negative number");
}
Value logarithm_of(Run& run, Args args, const Place& place) {
  return number_or(natural_logarithm(args[0].as_number()), run, place, "log of a number that is not positive");
}
Value exponential_of(Run& run, Args args, const Place& place) {
  return number_or(exponential(args[0].as_number()), run, place, "exp is out of range");
}

bool is_multiple_of_two(const Decimal& n) { return modulo(n, Decimal(2))->is_zero(); }

Value odd(Run&, Args args, const Place&) {
  const Decimal& n = args[0].as_number();
  return Value::boolean(n.is_integer() && !is_multiple_of_two(n));
}
Value even(Run&, Args args, const Place&) { return Value::boolean(is_multiple_of_two(args[0].as_number())); }

Value negation(Run& run, Args args, const Place& place) {
  if (args[0].kind() == Kind::boolean) return Value::boolean(!args[0].as_boolean());
  return run.fail(CauseCode::wrong_type, place, {"not expects a boolean, came ", name_of(args[0].kind())},
                  args[0].is_null() ? &args[0].cause() : nullptr);
}

// "1.000,5" with its separators given: grouping " ", "," or "."; decimal "." or ","; either may be null.
Value number_of(Run& run, Args args, const Place& place) {
  if (!args[0].is_string()) {
    return run.fail(CauseCode::wrong_type, place, {"number expects a string, came ", name_of(args[0].kind())},
                    args[0].is_null() ? &args[0].cause() : nullptr);
  }
  std::string text(args[0].as_string());
  std::string_view group;
  std::string_view point;
  const auto separator = [&](size_t i, std::string_view& out) {
    if (!given(args, i) || args[i].is_null()) return true;
    if (!args[i].is_string()) return false;
    out = args[i].as_string();
    return true;
  };
  if (!separator(1, group) || !separator(2, point) || (!group.empty() && group == point) ||
      (given(args, 1) && args[1].is_string() && group != " " && group != "," && group != ".") ||
      (given(args, 2) && args[2].is_string() && point != "," && point != ".")) {
    return wrong_argument(run, place, {"number expects different separators: ' ', ',' or '.' and ',' or '.'"});
  }
  if (!group.empty()) std::erase(text, group.front());
  if (point == ",") {
    if (text.find('.') != std::string::npos) return wrong_argument(run, place, {"expected a number, came ", text});
    std::ranges::replace(text, ',', '.');
  }
  const auto number = Decimal::parse(text.starts_with("-.") || text.starts_with(".") ? text : text);
  return number ? Value::number(*number) : wrong_argument(run, place, {"expected a number, came \"", text, "\""});
}

constexpr Builtin kRows[] = {
    {"decimal", "n/n,scale/n", 2, 'n', rounded<RoundingMode::half_even>},
    {"floor", "n/n,scale/n", 1, 'n', rounded<RoundingMode::floor>},
    {"ceiling", "n/n,scale/n", 1, 'n', rounded<RoundingMode::ceiling>},
    {"round up", "n/n,scale/n", 2, 'n', rounded<RoundingMode::up>},
    {"round down", "n/n,scale/n", 2, 'n', rounded<RoundingMode::down>},
    {"round half up", "n/n,scale/n", 2, 'n', rounded<RoundingMode::half_up>},
    {"round half down", "n/n,scale/n", 2, 'n', rounded<RoundingMode::half_down>},
    {"abs", "n/a", 1, '1', absolute},
    {"modulo", "dividend/n,divisor/n", 2, 'n', modulo_of},
    {"sqrt", "number/n", 1, 'n', square_root_of},
    {"log", "number/n", 1, 'n', logarithm_of},
    {"exp", "number/n", 1, 'n', exponential_of},
    {"odd", "number/n", 1, 'b', odd},
    {"even", "number/n", 1, 'b', even},
    {"not", "negand/z", 1, 'b', negation},
    {"number", "from/z,grouping separator/z,decimal separator/z", 1, 'n', number_of},
};

}  // namespace

std::span<const Builtin> number_builtins() { return kRows; }

}  // namespace puhui::feel
