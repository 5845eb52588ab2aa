#include "infrastructure/evidence/fact.h"

#include <set>

#include "ground/base/text.h"

namespace puhui::evidence {

namespace {

constexpr int64_t kPowersOfTen[] = {1ll,
                                    10ll,
                                    100ll,
                                    1000ll,
                                    10000ll,
                                    100000ll,
                                    1000000ll,
                                    10000000ll,
                                    100000000ll,
                                    1000000000ll,
                                    10000000000ll,
                                    100000000000ll,
                                    1000000000000ll,
                                    10000000000000ll,
                                    100000000000000ll,
                                    1000000000000000ll,
                                    10000000000000000ll,
                                    100000000000000000ll,
                                    1000000000000000000ll};
constexpr int kDigitsMax = 18;

}  // namespace

double Number::as_double() const {
  return static_cast<double>(coefficient) / static_cast<double>(kPowersOfTen[places]);
}

std::string Number::text() const { return format_fixed(coefficient, places); }

std::optional<Number> Number::parse(std::string_view text) {
  int64_t exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    const bool plus = power.starts_with('+');
    if (plus) power.remove_prefix(1);
    const auto parsed = parse_int64(power);
    if (!parsed || (plus && power.starts_with('-')) || *parsed < -kDigitsMax || *parsed > kDigitsMax)
      return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  int64_t coefficient = 0, places = -exponent;
  int digits = 0;
  bool point = false, any = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    if (coefficient != 0 || c != '0') ++digits;
    if (digits > kDigitsMax) {
      if (c != '0' || !point) return std::nullopt;
      continue;  // zeros behind the point beyond the last kept digit
    }
    coefficient = coefficient * 10 + (c - '0');
    if (point) ++places;
  }
  if (!any || text.ends_with('.')) return std::nullopt;
  while (places > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --places;
  }
  while (places < 0) {
    if (coefficient >= kPowersOfTen[kDigitsMax - 1]) return std::nullopt;  // the next digit would be the 19th
    coefficient *= 10;
    ++places;
  }
  if (places > kDigitsMax) return std::nullopt;
  return Number{negative ? -coefficient : coefficient, static_cast<int8_t>(places)};
}

std::span<const std::string_view> names_of(const FactType*) {
  static constexpr std::string_view kNames[] = {"boolean", "number", "text", "date"};
  return kNames;
}

std::string text_of(const FactValue& value) {
  struct Printer {
    std::string operator()(std::monostate) const { return "absent"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(const Number& v) const { return v.text(); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(Date v) const { return v.text(); }
  };
  return std::visit(Printer{}, value);
}

// Tag byte: 0 absent, 1 false, 2 true, 3 text, 4 date, 16 + places a number.
void write(ByteWriter& to, const FactValue& value) {
  if (const auto* b = std::get_if<bool>(&value)) return to.u8(*b ? 2 : 1);
  if (const auto* n = std::get_if<Number>(&value)) {
    to.u8(static_cast<uint8_t>(16 + n->places));
    return to.signed_varint(n->coefficient);
  }
  if (const auto* t = std::get_if<std::string>(&value)) {
    to.u8(3);
    return to.text(*t);
  }
  if (const auto* d = std::get_if<Date>(&value)) {
    to.u8(4);
    return to.signed_varint(d->days);
  }
  to.u8(0);
}

namespace {

// One number has one form, or equal facts would hash apart.
bool is_canonical(const Number& number) {
  const bool fits = number.coefficient < kPowersOfTen[kDigitsMax] && number.coefficient > -kPowersOfTen[kDigitsMax];
  return fits && (number.places == 0 || number.coefficient % 10 != 0);
}

}  // namespace

FactValue read_fact(ByteReader& from) {
  const uint8_t tag = from.u8();
  switch (tag) {
    case 0: return std::monostate();
    case 1: return false;
    case 2: return true;
    case 3: return std::string(from.text());
    case 4: {
      const int64_t days = from.signed_varint();
      if (days != static_cast<int32_t>(days)) from.reject();
      return Date{static_cast<int32_t>(days)};
    }
    default: break;
  }
  if (tag < 16 || tag > 16 + kDigitsMax) {
    from.reject();
    return std::monostate();
  }
  const Number number{from.signed_varint(), static_cast<int8_t>(tag - 16)};
  if (!is_canonical(number)) from.reject();
  return number;
}

void fields(Shape& shape, AskedFact& asked) {
  shape.field("model", asked.model, {.help = "the federated model that reads it", .min = 1, .max = 128});
  shape.field("party", asked.party, {.help = "who is asked", .min = 1, .max = 64});
  shape.field("by", asked.by, {.help = "the fact that names the subject to that party", .min = 1, .max = 128});
}

void fields(Shape& shape, FactSpec& spec) {
  shape.field("name", spec.name, {.help = "as the policy and the models call it", .min = 1, .max = 128});
  shape.field("type", spec.type, {.help = "what its values are"});
  shape.field("required", spec.required, {.help = "absent is a fault", .optional = true});
  shape.field("personal", spec.personal, {.help = "masked without the right to see it", .optional = true});
  shape.field("sealed", spec.sealed, {.help = "never reaches policy or model", .optional = true});
  shape.field("help", spec.help, {.help = "what it means, with its unit", .max = 512, .optional = true});
  shape.field("asked", spec.asked, {.help = "of a partner, before the judgement"});
}

void fields(Shape& shape, FactSchema& schema) {
  shape.field("facts", schema.facts, {.help = "in the order they are kept", .min = 1, .max = kFactsMax});
}

std::optional<size_t> FactSchema::find(std::string_view name) const {
  for (size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].name == name) return i;
  }
  return std::nullopt;
}

Result<FactValue> FactSchema::parse(const FactSpec& spec, std::string_view text) const {
  if (text.empty()) {
    if (spec.required) return fail(ErrorCode::invalid, spec.name, "is required, came nothing");
    return FactValue();
  }
  const auto wrong = [&](std::string_view expected) {
    return fail(ErrorCode::invalid, spec.name,
                "expected " + std::string(expected) + ", came '" + std::string(cut_utf8(text, 40)) + "'");
  };
  switch (spec.type) {
    case FactType::boolean:
      if (text == "true" || text == "1") return FactValue(true);
      if (text == "false" || text == "0") return FactValue(false);
      return wrong("true or false");
    case FactType::number:
      if (const auto number = Number::parse(text)) return FactValue(*number);
      return wrong("a number of at most 18 digits");
    case FactType::date: {
      const auto date = Date::parse(text);
      if (!date) return wrong("a day such as '2026-02-28'");
      return FactValue(*date);
    }
    case FactType::text: break;
  }
  if (text.size() > kFactTextBytesMax) {
    return fail(
        ErrorCode::exhausted, spec.name,
        "expected at most " + std::to_string(kFactTextBytesMax) + " bytes, came " + std::to_string(text.size()));
  }
  if (first_invalid_utf8(text)) return fail(ErrorCode::invalid, spec.name, "expected UTF-8 text");
  return FactValue(std::string(text));
}

namespace {

// The text form of a JSON scalar, whose kind must be the fact's.
Result<std::string> scalar_text(const FactSpec& spec, const Json& value) {
  if (value.is_null()) return std::string();
  const bool kind_fits = spec.type == FactType::boolean  ? value.boolean() != nullptr
                         : spec.type == FactType::number ? value.number() != nullptr
                                                         : value.text() != nullptr;
  if (!kind_fits) {
    const auto type = names_of(&spec.type)[static_cast<size_t>(spec.type)];
    return fail(ErrorCode::invalid, spec.name,
                "expected a " + std::string(type) + ", came " + std::string(value.kind()));
  }
  if (const bool* b = value.boolean()) return std::string(*b ? "true" : "false");
  if (const auto* n = value.number()) return n->text;
  return *value.text();
}

}  // namespace

Result<std::vector<FactValue>> FactSchema::read(const Json& from) const {
  Faults faults;
  std::vector<FactValue> out(facts.size());
  if (!from.object()) {
    return fail(ErrorCode::invalid,
                "expected facts as an object of names and values, came " + std::string(from.kind()));
  }
  std::vector<std::string> names;
  for (const FactSpec& spec : facts) names.push_back(spec.name);
  for (const auto& [name, value] : *from.object()) {
    if (find(name)) continue;
    const std::string meant = nearest(name, names);
    faults.add(name, "is not a fact of this use case" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    const Json* value = from.find(facts[i].name);
    const auto text = value ? scalar_text(facts[i], *value) : Result<std::string>(std::string());
    auto parsed = text ? parse(facts[i], *text) : Result<FactValue>(std::unexpected(text.error()));
    if (parsed) {
      out[i] = *std::move(parsed);
    } else {
      faults.add("", std::move(parsed).error());
    }
  }
  TRY(std::move(faults).result());
  return out;
}

namespace {

void check_asked(const FactSchema& schema, const FactSpec& spec, Faults& faults) {
  if (spec.type != FactType::text || spec.required || spec.sealed) {
    faults.add(spec.name, "is asked of a partner; expected a text that is neither required nor sealed");
  }
  const auto by = schema.find(spec.asked->by);
  if (!by || schema.facts[*by].type != FactType::text || schema.facts[*by].asked || schema.facts[*by].sealed) {
    faults.add(
        spec.name + "/asked/by",
        "expected the name of a text fact that is not sealed and not asked itself, came '" + spec.asked->by + "'");
  }
}

}  // namespace

Result<void> FactSchema::check() const {
  Faults faults;
  std::set<std::string_view> seen;
  for (const FactSpec& spec : facts) {
    if (!seen.insert(spec.name).second) faults.add(spec.name, "stands twice; expected each fact once");
    if (spec.sealed && spec.required)
      faults.add(spec.name, "is sealed and required; a decision may not hang on a sealed fact");
    if (spec.asked) check_asked(*this, spec, faults);
  }
  return std::move(faults).result();
}

}  // namespace puhui::evidence
