#include "infrastructure/feel/type.h"

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/function.h"
#include "infrastructure/feel/run.h"

namespace puhui::feel {

const Type::Field* Type::field(std::string_view field_name) const {
  for (const Field& field : fields) {
    if (field.name == field_name) return &field;
  }
  return nullptr;
}

Types::Types() {
  types_.emplace_back().name = "Any";
  for (size_t i = 0; i < std::size(basic_); ++i) {
    Type& type = types_.emplace_back();
    type.any = false;
    type.kind = static_cast<Kind>(i);
    type.name = name_of(type.kind);
    type.open = true;
    basic_[i] = &type;
  }
}

const Type* Types::list_of(const Type* element) {
  Type* type = make();
  type->any = false;
  type->kind = Kind::list;
  type->element = element;
  type->name = "list<" + element->name + ">";
  return type;
}

const Type* Types::range_of(const Type* element) {
  Type* type = make();
  type->any = false;
  type->kind = Kind::range;
  type->element = element;
  type->name = "range<" + element->name + ">";
  return type;
}

const Type* Types::built_in(std::string_view name) const {
  static constexpr std::pair<std::string_view, Kind> kNames[] = {
      {"null", Kind::null},
      {"Null", Kind::null},
      {"boolean", Kind::boolean},
      {"number", Kind::number},
      {"string", Kind::string},
      {"date", Kind::date},
      {"time", Kind::time},
      {"date and time", Kind::date_time},
      {"dateTime", Kind::date_time},
      {"years and months duration", Kind::years_months},
      {"yearMonthDuration", Kind::years_months},
      {"days and time duration", Kind::days_time},
      {"dayTimeDuration", Kind::days_time},
      {"list", Kind::list},
      {"context", Kind::context},
      {"range", Kind::range},
      {"function", Kind::function},
  };
  if (name == "Any" || name == "any") return any();
  for (const auto& [known, kind] : kNames) {
    if (known == name) return of(kind);
  }
  return nullptr;
}

namespace {

bool element_conforms(const Value& value, const Type* type, bool null_allowed) {
  if (type == nullptr || type->any) return true;
  return null_allowed && value.is_null() ? true : is_instance(value, *type);
}

bool context_is_instance(const Value& value, const Type& type) {
  for (const Type::Field& field : type.fields) {
    const Value* entry = value.find(field.name);
    if (entry == nullptr || !element_conforms(*entry, field.type, true)) return false;
  }
  return true;
}

bool function_is_instance(const Value& value, const Type& type) {
  if (type.result == nullptr) return true;
  const Function& function = value.as_function();
  const Builtin* builtin = function.code->builtin;
  if (builtin != nullptr) return row_for(builtin->name, type.parameters.size()) != nullptr;
  return function.code->parameters.size() == type.parameters.size();
}

}  // namespace

bool is_instance(const Value& value, const Type& type) {
  if (type.any) return true;
  if (value.kind() != type.kind) return false;
  switch (type.kind) {
    case Kind::list:
      return std::ranges::all_of(value.as_list(),
                                 [&](const Value& item) { return element_conforms(item, type.element, true); });
    case Kind::context: return context_is_instance(value, type);
    case Kind::range: {
      const Range& range = value.as_range();
      return (!range.low_bounded || element_conforms(range.low, type.element, false)) &&
             (!range.high_bounded || element_conforms(range.high, type.element, false));
    }
    case Kind::function: return function_is_instance(value, type);
    default: return true;
  }
}

bool conforms(const Value& value, const Type& type) { return value.is_null() || is_instance(value, type); }

std::optional<Value> coerce(const Value& value, const Type& type, Run& run, const Place& place) {
  if (conforms(value, type)) return value;
  if (type.kind == Kind::list && (type.element == nullptr || conforms(value, *type.element))) {
    return run.list({&value, 1}, place);
  }
  if (value.kind() == Kind::list && value.as_list().size() == 1 && conforms(value.as_list()[0], type)) {
    return value.as_list()[0];
  }
  if (type.kind == Kind::date_time && value.kind() == Kind::date) {
    return Value::date_time(join(value.as_date(), TimeOfDay{0, 0, Zone::offset(0)}));
  }
  return std::nullopt;
}

std::string text_of(const Type& type) { return type.name.empty() ? std::string(name_of(type.kind)) : type.name; }

}  // namespace puhui::feel
