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
  const FunctionCode& code = *value.as_function().code;
  if (code.builtin != nullptr) return row_for(code.builtin->name, type.parameters.size()) != nullptr;
  if (code.parameters.size() != type.parameters.size()) return false;
  for (size_t i = 0; i < code.parameters.size(); ++i) {
    const Type* takes = code.parameters[i].type;
    if (takes != nullptr && !conforms(*type.parameters[i], *takes)) return false;
  }
  const Type* yields = code.result != nullptr ? code.result : code.known;
  return yields == nullptr || yields->any || conforms(*yields, *type.result);
}

// Item definitions may hold themselves in lists, and share their parts: what agrees so far is taken to agree.
constexpr int kTypesComparedMax = 2000;

bool conforms_within(const Type& type, const Type& wanted, int& left);

bool element_type_conforms(const Type* type, const Type* wanted, int& left) {
  if (wanted == nullptr || wanted->any) return true;
  return type != nullptr && conforms_within(*type, *wanted, left);
}

bool function_type_conforms(const Type& type, const Type& wanted, int& left) {
  if (wanted.result == nullptr) return true;
  if (type.result == nullptr || type.parameters.size() != wanted.parameters.size()) return false;
  for (size_t i = 0; i < type.parameters.size(); ++i) {
    if (!conforms_within(*wanted.parameters[i], *type.parameters[i], left)) return false;
  }
  return type.result->any || conforms_within(*type.result, *wanted.result, left);
}

bool conforms_within(const Type& type, const Type& wanted, int& left) {
  if (wanted.any || &type == &wanted || left-- <= 0) return true;
  if (type.any || type.kind != wanted.kind) return false;
  switch (type.kind) {
    case Kind::list:
    case Kind::range: return element_type_conforms(type.element, wanted.element, left);
    case Kind::context:
      return std::ranges::all_of(wanted.fields, [&](const Type::Field& field) {
        const Type::Field* own = type.field(field.name);
        return own != nullptr && conforms_within(*own->type, *field.type, left);
      });
    case Kind::function: return function_type_conforms(type, wanted, left);
    default: return true;
  }
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

bool conforms(const Type& type, const Type& wanted) {
  int left = kTypesComparedMax;
  return conforms_within(type, wanted, left);
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
