#include "ground/base/schema.h"

namespace puhui {

namespace {
constexpr int64_t kNoMin = std::numeric_limits<int64_t>::min(), kNoMax = std::numeric_limits<int64_t>::max();
}

bool SchemaWriter::open_field(std::string_view name, const Note& note, bool required, bool) {
  Json& parent = open_.back().schema;
  if (required) {
    if (!parent.find("required")) parent.set("required", Json::List{});
    for (auto& [key, value] : *parent.object()) {
      if (key == "required") value.push(Json(name));
    }
  }
  open_.push_back({std::string(name), note, Json::Object{}});
  return true;
}

void SchemaWriter::close_field() {
  Open done = std::move(open_.back());
  open_.pop_back();
  if (!done.note.help.empty()) done.schema.set("description", done.note.help);
  if (!done.note.example.empty()) done.schema.set("examples", Json::List{Json(done.note.example)});
  for (auto& [key, value] : *open_.back().schema.object()) {
    if (key == "properties") value.set(done.name, std::move(done.schema));
  }
}

void SchemaWriter::open_object() {
  type("object");
  open_.back().schema.set("properties", Json::Object{});
  open_.back().schema.set("additionalProperties", false);
}

void SchemaWriter::close_object() {}

size_t SchemaWriter::open_list(size_t) {
  type("array");
  const Note& note = open_.back().note;
  if (note.min != kNoMin) open_.back().schema.set("minItems", note.min);
  if (note.max != kNoMax) open_.back().schema.set("maxItems", note.max);
  return 1;
}

void SchemaWriter::close_item() {
  Json item = std::move(open_.back().schema);
  open_.pop_back();
  open_.back().schema.set("items", std::move(item));
}

void SchemaWriter::integer(int64_t&, int64_t type_min, int64_t type_max) {
  type("integer");
  const Note& note = open_.back().note;
  const int64_t min = std::max(type_min, note.min), max = std::min(type_max, note.max);
  if (min != kNoMin) open_.back().schema.set("minimum", min);
  if (max != kNoMax) open_.back().schema.set("maximum", max);
}

void SchemaWriter::real(double&) {
  type("number");
  const Note& note = open_.back().note;
  if (note.min != kNoMin) open_.back().schema.set("minimum", note.min);
  if (note.max != kNoMax) open_.back().schema.set("maximum", note.max);
}

void SchemaWriter::text(std::string&) {
  type("string");
  const Note& note = open_.back().note;
  // Bounds are bytes and JSON Schema counts characters: at most `max` characters, and more than none.
  if (note.min > 0) open_.back().schema.set("minLength", 1);
  if (note.max != kNoMax) open_.back().schema.set("maxLength", note.max);
}

void SchemaWriter::coded(const TextForm& form, void*) {
  type("string");
  open_.back().schema.set("format", form.name);
  open_.back().schema.set("examples", Json::List{Json(form.example)});
}

void SchemaWriter::choice(int64_t&, std::span<const std::string_view> names) {
  type("string");
  Json::List values;
  for (const std::string_view name : names) values.emplace_back(name);
  open_.back().schema.set("enum", std::move(values));
}

}  // namespace puhui
