#include "infrastructure/feel/builtins.h"

#include "infrastructure/feel/operators.h"

namespace puhui::feel {
namespace {

constexpr Cause kNotGiven{CauseCode::missing, "argument not given", {}, nullptr};

std::optional<Kind> kind_of(char type) {
  switch (type) {
    case 's': return Kind::string;
    case 'n': return Kind::number;
    case 'b': return Kind::boolean;
    case 'd': return Kind::date;
    case 't': return Kind::time;
    case 'D': return Kind::date_time;
    case 'l': return Kind::list;
    case 'c': return Kind::context;
    case 'r': return Kind::range;
    case 'f': return Kind::function;
    default: return std::nullopt;
  }
}

Value mismatch(const Builtin& row, std::string_view parameter, std::string_view expected, const Value& came, Run& run,
               const Place& place) {
  return run.fail(CauseCode::wrong_type, place,
                  {row.name, " expects ", expected, " for '", parameter, "', came ", name_of(came.kind())},
                  came.is_null() ? &came.cause() : nullptr);
}

// The argument as the parameter wants it, or nullopt.
std::optional<Value> fitted(const Value& value, char type, Run& run, const Place& place) {
  const auto kind = kind_of(type);
  if (!kind) return type == 'z' || !value.is_null() ? std::optional(value) : std::nullopt;
  if (value.kind() == *kind) return value;
  if (value.is_null()) return std::nullopt;
  if (*kind == Kind::list) return run.list({&value, 1}, place);
  if (value.kind() == Kind::list && value.as_list().size() == 1 && value.as_list()[0].kind() == *kind) {
    return value.as_list()[0];
  }
  if (*kind == Kind::date_time && value.kind() == Kind::date) {
    return Value::date_time(join(value.as_date(), TimeOfDay{0, 0, Zone::offset(0)}));
  }
  return std::nullopt;
}

}  // namespace

Value not_given() { return Value::null(&kNotGiven); }
bool is_not_given(const Value& value) { return value.is_null() && &value.cause() == &kNotGiven; }

Signature signature_of(const Builtin& row) {
  Signature signature;
  std::string_view rest = row.parameters;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    std::string_view parameter = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const size_t slash = parameter.find('/');
    signature.names.push_back(parameter.substr(0, slash));
    signature.types += parameter[slash + 1];
    if (parameter.ends_with("...")) signature.variadic = true;
  }
  return signature;
}

std::span<const std::span<const Builtin>> builtin_tables() {
  static const std::array<std::span<const Builtin>, 8> kTables{
      number_builtins(),     string_builtins(),  regex_builtins(),    list_builtins(),
      statistics_builtins(), context_builtins(), temporal_builtins(), range_builtins()};
  return kTables;
}

std::vector<const Builtin*> builtin_rows(std::string_view name) {
  std::vector<const Builtin*> rows;
  for (const auto& table : builtin_tables()) {
    for (const Builtin& row : table) {
      if (row.name == name) rows.push_back(&row);
    }
  }
  return rows;
}

const Builtin* row_for(std::string_view name, size_t count) {
  for (const Builtin* row : builtin_rows(name)) {
    const Signature signature = signature_of(*row);
    if (count >= row->required && (signature.variadic || count <= signature.names.size())) return row;
  }
  return nullptr;
}

Value call_row(const Builtin& row, const Signature& signature, Run& run, std::span<const Value> args,
               const Place& place) {
  constexpr size_t kParametersMax = 8;
  Value fit[kParametersMax];
  uint64_t work = 0;  // most functions walk over their arguments once
  for (const Value& arg : args) work += Run::walk(arg);
  if (!run.charge(place, work)) return Value::null(run.stopped);
  const size_t fixed = signature.names.size() - (signature.variadic ? 1 : 0);
  size_t count = 0;
  for (; count < std::min(args.size(), fixed); ++count) {
    const Value& arg = args[count];
    if (is_not_given(arg)) {
      fit[count] = arg;
      continue;
    }
    const auto value = fitted(arg, signature.types[count], run, place);
    if (!value) {
      const auto kind = kind_of(signature.types[count]);
      return mismatch(row, signature.names[count], kind ? name_of(*kind) : "a value", arg, run, place);
    }
    fit[count] = *value;
  }
  if (signature.variadic && args.size() >= fixed) {
    fit[count] = run.list(args.subspan(fixed), place);
    if (fit[count++].is_null()) return Value::null(run.stopped);
  }
  return row.code(run, {fit, count}, place);
}

Value call_builtin(const Builtin& any_row, Run& run, std::span<const Value> args, const Place& place) {
  const Builtin* row = row_for(any_row.name, args.size());
  if (row == nullptr) {
    return run.fail(CauseCode::wrong_argument, place,
                    {any_row.name, " does not take ", std::to_string(args.size()), " arguments"});
  }
  return call_row(*row, signature_of(*row), run, args, place);
}

Value wrong_argument(Run& run, const Place& place, std::initializer_list<std::string_view> message) {
  return run.fail(CauseCode::wrong_argument, place, message);
}

}  // namespace puhui::feel
