#include "infrastructure/feel/value.h"

#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/function.h"

namespace puhui::feel {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default: out += c;
    }
  }
  return out + "\"";
}

// As it would be written: quoted when it holds what no name can.
std::string entry_name(std::string_view name) {
  size_t at = 0;
  while (at < name.size()) {
    size_t length = std::max(name_part_length(name, at), space_length(name, at));
    if (length == 0 && std::string_view("./-'+*").find(name[at]) != std::string_view::npos) length = 1;
    if (length == 0) break;
    at += length;
  }
  const bool is_name = at == name.size() && name_start_length(name, 0) != 0;
  return is_name ? std::string(name) : quoted(name);
}

std::string range_text(const Range& range) {
  if (range.form != Range::Form::interval) {
    return (range.form == Range::Form::equal ? "(=" : "(!=") + text_of(range.low) + ")";
  }
  if (!range.low_bounded) return (range.high_closed ? "(<=" : "(<") + text_of(range.high) + ")";
  if (!range.high_bounded) return (range.low_closed ? "(>=" : "(>") + text_of(range.low) + ")";
  return (range.low_closed ? "[" : "(") + text_of(range.low) + ".." + text_of(range.high) +
         (range.high_closed ? "]" : ")");
}

std::string function_text(const Function& function) {
  std::string text = "function(";
  for (const auto& parameter : function.code->parameters) {
    if (text.back() != '(') text += ", ";
    text += parameter.name;
  }
  return text + ")";
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "boolean";
    case Kind::number: return "number";
    case Kind::string: return "string";
    case Kind::date: return "date";
    case Kind::time: return "time";
    case Kind::date_time: return "date and time";
    case Kind::years_months: return "years and months duration";
    case Kind::days_time: return "days and time duration";
    case Kind::list: return "list";
    case Kind::context: return "context";
    case Kind::range: return "range";
    case Kind::function: return "function";
  }
  return "unknown";
}

Value Value::date(Date day) {
  return date(CivilDate{day.year(), static_cast<uint8_t>(day.month()), static_cast<uint8_t>(day.day())});
}

const Value* Value::find(std::string_view name) const {
  if (kind() != Kind::context) return nullptr;
  for (const Entry& entry : as_context()) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}

std::string text_of(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return "null";
    case Kind::boolean: return value.as_boolean() ? "true" : "false";
    case Kind::number: return value.as_number().text();
    case Kind::string: return quoted(value.as_string());
    case Kind::date: return text_of(value.as_date());
    case Kind::time: return text_of(value.as_time());
    case Kind::date_time: return text_of(value.as_date_time());
    case Kind::years_months: return text_of_months(value.as_months());
    case Kind::days_time: return text_of(value.as_duration());
    case Kind::list: {
      std::string text = "[";
      for (const Value& item : value.as_list()) text += (text.size() > 1 ? ", " : "") + text_of(item);
      return text + "]";
    }
    case Kind::context: {
      std::string text = "{";
      for (const Entry& entry : value.as_context()) {
        text += (text.size() > 1 ? ", " : "") + entry_name(entry.name) + ": " + text_of(entry.value);
      }
      return text + "}";
    }
    case Kind::range: return range_text(value.as_range());
    case Kind::function: return function_text(value.as_function());
  }
  return "";
}

std::string string_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : text_of(value);
}

Json to_json(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return {};
    case Kind::boolean: return value.as_boolean();
    case Kind::number: return Json::Number{value.as_number().text()};
    case Kind::list: {
      Json::List items;
      for (const Value& item : value.as_list()) items.push_back(to_json(item));
      return items;
    }
    case Kind::context: {
      Json::Object members;
      for (const Entry& entry : value.as_context()) members.emplace_back(entry.name, to_json(entry.value));
      return members;
    }
    default: return string_of(value);
  }
}

Value from_json(const Json& json, Arena& arena) {
  if (const bool* boolean = json.boolean()) return Value::boolean(*boolean);
  if (const Json::Number* number = json.number()) {
    const auto decimal = Decimal::parse(number->text);
    return decimal ? Value::number(*decimal) : Value::null();
  }
  if (const std::string* text = json.text()) return Value::string(arena.copy(*text));
  if (const Json::List* list = json.list()) {
    auto* items = arena.array<Value>(list->size());
    if (items == nullptr) return Value::null();
    for (size_t i = 0; i < list->size(); ++i) items[i] = from_json((*list)[i], arena);
    return Value::list({items, list->size()});
  }
  if (const Json::Object* object = json.object()) {
    auto* entries = arena.array<Entry>(object->size());
    if (entries == nullptr) return Value::null();
    for (size_t i = 0; i < object->size(); ++i) {
      entries[i] = {arena.copy((*object)[i].first), from_json((*object)[i].second, arena)};
    }
    return Value::context({entries, object->size()});
  }
  return Value::null();
}

namespace {

const Cause* copy_cause(const Cause* cause, Arena& arena) {
  constexpr int kChainMax = 17;  // one more than explain() shows, so that a copy is explained alike
  Cause* first = nullptr;
  Cause* last = nullptr;
  for (int i = 0; cause != nullptr && i < kChainMax; ++i, cause = cause->from) {
    auto* copy = arena.array<Cause>(1);
    if (copy == nullptr) break;
    new (copy) Cause{cause->code, arena.copy(cause->message), cause->place, nullptr};
    if (last != nullptr) last->from = copy;
    if (first == nullptr) first = copy;
    last = copy;
  }
  return first == nullptr ? &kLiteralNull : first;
}

}  // namespace

Value deep_copy(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::null: return Value::null(copy_cause(&value.cause(), arena));
    case Kind::string: return Value::string(arena.copy(value.as_string()));
    case Kind::list: {
      const auto from = value.as_list();
      auto* items = arena.array<Value>(from.size());
      if (items == nullptr) return Value::null();
      for (size_t i = 0; i < from.size(); ++i) items[i] = deep_copy(from[i], arena);
      return Value::list({items, from.size()});
    }
    case Kind::context: {
      const auto from = value.as_context();
      auto* entries = arena.array<Entry>(from.size());
      if (entries == nullptr) return Value::null();
      for (size_t i = 0; i < from.size(); ++i) {
        entries[i] = {arena.copy(from[i].name), deep_copy(from[i].value, arena)};
      }
      return Value::context({entries, from.size()});
    }
    case Kind::range: {
      auto* range = arena.array<Range>(1);
      if (range == nullptr) return Value::null();
      *range = value.as_range();
      range->low = deep_copy(range->low, arena);
      range->high = deep_copy(range->high, arena);
      return Value::range(range);
    }
    case Kind::function: {
      const Function& from = value.as_function();
      auto* function = arena.array<Function>(1);
      if (function == nullptr) return Value::null();
      auto* captures = arena.array<Value>(from.captures.size());
      if (captures == nullptr) return Value::null();
      const Value copy = Value::function(new (function) Function{from.code, {captures, from.captures.size()}});
      for (size_t i = 0; i < from.captures.size(); ++i) {
        const Value& captured = from.captures[i];
        const bool self = captured.kind() == Kind::function && &captured.as_function() == &from;
        captures[i] = self ? copy : deep_copy(captured, arena);
      }
      return copy;
    }
    default: return value;
  }
}

bool identical(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null: return true;
    case Kind::boolean: return a.as_boolean() == b.as_boolean();
    case Kind::number: return a.as_number() == b.as_number();
    case Kind::string: return a.as_string() == b.as_string();
    case Kind::list: {
      return std::ranges::equal(a.as_list(), b.as_list(), identical);
    }
    case Kind::context: {
      if (a.as_context().size() != b.as_context().size()) return false;
      return std::ranges::all_of(a.as_context(), [&](const Entry& entry) {
        const Value* other = b.find(entry.name);
        return other != nullptr && identical(entry.value, *other);
      });
    }
    case Kind::function: return a.as_function().code == b.as_function().code;
    default: return text_of(a) == text_of(b);
  }
}

}  // namespace puhui::feel
