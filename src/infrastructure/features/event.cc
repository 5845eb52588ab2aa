#include "infrastructure/features/event.h"

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::features {

namespace {

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 40)) + "'"; }

std::string expected_number(const Field& field) {
  if (field.places == 0) return "a whole number";
  return "a number with at most " + std::to_string(field.places) + " decimals";
}

Result<FieldValue> read_number(const Field& field, std::string_view text) {
  const auto parsed = evidence::Number::parse(text);
  if (!parsed || parsed->places > field.places)
    return fail(ErrorCode::invalid, field.name, "expected " + expected_number(field) + ", came " + quoted(text));
  int64_t value = parsed->coefficient;
  bool fits = value >= -kValueMax && value <= kValueMax;
  for (int i = parsed->places; fits && i < field.places; ++i) {
    value *= 10;
    fits = value >= -kValueMax && value <= kValueMax;
  }
  if (!fits) {
    return fail(ErrorCode::invalid, field.name,
                "expected at most " + format_fixed(kValueMax, field.places) + " either way, came " + quoted(text));
  }
  return FieldValue{.present = true, .number = value};
}

Result<FieldValue> read_text(const Field& field, std::string_view text) {
  const size_t bytes_max = field.type == FieldType::key ? kKeyBytesMax : kTextBytesMax;
  if (text.size() > bytes_max) {
    return fail(ErrorCode::invalid, field.name,
                "expected at most " + std::to_string(bytes_max) + " bytes, came " + std::to_string(text.size()));
  }
  if (first_invalid_utf8(text)) return fail(ErrorCode::invalid, field.name, "expected UTF-8 text");
  return FieldValue{.present = true, .text = std::string(text)};
}

// One text as the field's type; empty: absent.
Result<FieldValue> read_value(const Field& field, std::string_view text) {
  if (text.empty()) {
    if (field.required) return fail(ErrorCode::invalid, field.name, "is required, came nothing");
    return FieldValue{};
  }
  switch (field.type) {
    case FieldType::number: return read_number(field, text);
    case FieldType::boolean:
      if (text == "true" || text == "1") return FieldValue{.present = true, .number = 1};
      if (text == "false" || text == "0") return FieldValue{.present = true, .number = 0};
      return fail(ErrorCode::invalid, field.name, "expected true or false, came " + quoted(text));
    case FieldType::key:
    case FieldType::text: break;
  }
  return read_text(field, text);
}

// The text of a JSON scalar of the kind that the field takes. Numbers may come as texts, as they do where a sender's
// own numbers are binary.
Result<std::string_view> scalar_text(const Field& field, const Json& value) {
  if (value.is_null()) return std::string_view();
  if (const auto* text = value.text(); text != nullptr && field.type != FieldType::boolean) return *text;
  if (const auto* number = value.number(); number != nullptr && field.type == FieldType::number) return number->text;
  if (const bool* flag = value.boolean(); flag != nullptr && field.type == FieldType::boolean)
    return std::string_view(*flag ? "true" : "false");
  const std::string_view type = names_of(&field.type)[static_cast<size_t>(field.type)];
  const std::string expected = field.type == FieldType::key ? "a key, as text" : "a " + std::string(type);
  return fail(ErrorCode::invalid, field.name, "expected " + expected + ", came " + std::string(value.kind()));
}

}  // namespace

Result<Event> read_event(const FeatureSet& set, const Json& from) {
  if (!from.object())
    return fail(ErrorCode::invalid, "expected a " + set.event + " as an object, came " + std::string(from.kind()));
  Faults faults;
  std::vector<std::string> names;
  for (const Field& field : set.fields) names.push_back(field.name);
  for (const auto& [name, value] : *from.object()) {
    if (set.find_field(name)) continue;
    const std::string meant = nearest(name, names);
    faults.add(name, "is no field of a " + set.event + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  Event event;
  event.values.resize(set.fields.size());
  for (size_t i = 0; i < set.fields.size(); ++i) {
    const Json* value = from.find(set.fields[i].name);
    const auto text = value ? scalar_text(set.fields[i], *value) : Result<std::string_view>(std::string_view());
    auto read = text ? read_value(set.fields[i], *text) : Result<FieldValue>(std::unexpected(text.error()));
    if (read) {
      event.values[i] = *std::move(read);
    } else {
      faults.add("", std::move(read).error());
    }
  }
  TRY(std::move(faults).result());
  return event;
}

Result<Event> read_event(const FeatureSet& set, std::span<const std::string_view> texts) {
  if (texts.size() != set.fields.size()) {
    return fail(ErrorCode::invalid, "expected " + std::to_string(set.fields.size()) + " values of a " + set.event +
                                        ", came " + std::to_string(texts.size()));
  }
  Faults faults;
  Event event;
  event.values.resize(set.fields.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    auto read = read_value(set.fields[i], texts[i]);
    if (read) {
      event.values[i] = *std::move(read);
    } else {
      faults.add("", std::move(read).error());
    }
  }
  TRY(std::move(faults).result());
  return event;
}

evidence::FactValue fact_of(const FeatureValue& value) {
  if (!value.present) return std::monostate();
  return value.number;
}

evidence::FactValue fact_of(const Field& field, const FieldValue& value) {
  if (!value.present) return std::monostate();
  switch (field.type) {
    case FieldType::boolean: return value.number != 0;
    case FieldType::number: {
      evidence::Number number{value.number, static_cast<int8_t>(field.places)};
      while (number.places > 0 && number.coefficient % 10 == 0) {
        number.coefficient /= 10;
        --number.places;
      }
      return number;
    }
    case FieldType::key:
    case FieldType::text: break;
  }
  return value.text;
}

// Form 1: the form's number, id, time, count of fields; then of each field a byte (0 absent, 1 present or false, 2 true) and
// its value: numbers as signed varints, texts with their length.
std::string encode(const FeatureSet& set, const Event& event) {
  CHECK(event.values.size() == set.fields.size(), "an event has a value for each field of its set");
  ByteWriter to;
  to.u8(1);
  to.id(event.id);
  to.signed_varint(event.at.microseconds);
  to.unsigned_varint(event.values.size());
  for (size_t i = 0; i < event.values.size(); ++i) {
    const FieldValue& value = event.values[i];
    const FieldType type = set.fields[i].type;
    if (!value.present) {
      to.u8(0);
    } else if (type == FieldType::boolean) {
      to.u8(value.number != 0 ? 2 : 1);
    } else if (type == FieldType::number) {
      to.u8(1);
      to.signed_varint(value.number);
    } else {
      to.u8(1);
      to.text(value.text);
    }
  }
  return to.take();
}

namespace {

FieldValue decode_value(const Field& field, ByteReader& from) {
  FieldValue value;
  const uint8_t tag = from.u8();
  if (tag == 0) return value;
  const bool flag = field.type == FieldType::boolean;
  if (tag > (flag ? 2 : 1)) from.reject();
  value.present = true;
  if (flag) {
    value.number = tag - 1;
  } else if (field.type == FieldType::number) {
    value.number = from.signed_varint();
    if (value.number < -kValueMax || value.number > kValueMax) from.reject();
  } else {
    const std::string_view text = from.text();
    const size_t bytes_max = field.type == FieldType::key ? kKeyBytesMax : kTextBytesMax;
    if (text.empty() || text.size() > bytes_max || first_invalid_utf8(text)) from.reject();
    value.text = text;
  }
  return value;
}

}  // namespace

Result<Event> decode_event(const FeatureSet& set, std::string_view bytes) {
  ByteReader from(bytes);
  if (from.u8() != 1) from.reject();
  Event event;
  event.id = from.id();
  event.at.microseconds = from.signed_varint();
  if (event.at < kEventTimeMin || event.at > kEventTimeMax) from.reject();
  const size_t count = from.count();
  if (count > set.fields.size()) from.reject();
  event.values.resize(set.fields.size());
  for (size_t i = 0; i < count && from.ok(); ++i) event.values[i] = decode_value(set.fields[i], from);
  TRY(from.finish("an event"));
  return event;
}

}  // namespace puhui::features
