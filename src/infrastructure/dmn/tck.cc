#include "infrastructure/dmn/tck.h"

#include <pugixml.hpp>

#include "ground/base/text.h"
#include "infrastructure/feel/scope.h"

namespace puhui::dmn {
namespace {

using feel::Entry;
using feel::Kind;
using feel::Value;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& at : node.children()) {
    if (local_name(at) == name) return at;
  }
  return {};
}

std::string_view attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& at : node.attributes()) {
    const std::string_view full = at.name();
    if (full == name ||
        (full.size() > name.size() && full.ends_with(name) && full[full.size() - name.size() - 1] == ':')) {
      return at.value();
    }
  }
  return {};
}

// Hand-written cases leave the type out: what reads as a number or a boolean is one.
Value untyped_value(std::string_view text, std::string_view raw, feel::Arena& arena) {
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  const auto number = feel::Decimal::parse(text);
  return number ? Value::number(*number) : Value::string(arena.copy(raw));
}

// A <value xsi:type="xsd:…">: the schema's simple types as FEEL has them.
Value simple_value(const pugi::xml_node& node, feel::Arena& arena) {
  if (attribute(node, "nil") == "true") return Value::null();
  const std::string_view raw = node.text().get();
  std::string_view type = attribute(node, "type");
  type = type.substr(type.find(':') == std::string_view::npos ? 0 : type.find(':') + 1);
  const std::string_view text = trim(raw);
  if (type == "boolean") return Value::boolean(text == "true" || text == "1");
  if (type == "decimal" || type == "double" || type == "integer" || type == "float" || type == "int" ||
      type == "long") {
    const auto number = feel::Decimal::parse(text);
    return number ? Value::number(*number) : Value::null();
  }
  if (type == "date") {
    if (const auto date = feel::parse_date(text)) return Value::date(*date);
  }
  if (type == "time") {
    if (const auto time = feel::parse_time(text)) return Value::time(*time);
  }
  if (type == "dateTime") {
    if (const auto at = feel::parse_date_time(text)) return Value::date_time(*at);
  }
  if (type == "duration") {
    if (const auto months = feel::parse_months(text)) return Value::months(*months);
    if (const auto duration = feel::parse_duration(text)) return Value::duration(*duration);
  }
  if (type.empty()) return untyped_value(text, raw, arena);
  return Value::string(arena.copy(raw));
}

Value value_of(const pugi::xml_node& node, feel::Arena& arena, int depth = 0) {
  constexpr int kDepthMax = 64;
  if (depth > kDepthMax || attribute(node, "nil") == "true") return Value::null();
  if (const pugi::xml_node value = child(node, "value")) return simple_value(value, arena);
  if (const pugi::xml_node list = child(node, "list")) {
    if (attribute(list, "nil") == "true") return Value::null();
    std::vector<Value> items;
    for (const pugi::xml_node& item : list.children()) {
      if (local_name(item) == "item") items.push_back(value_of(item, arena, depth + 1));
    }
    auto* copy = arena.array<Value>(items.size());
    std::ranges::copy(items, copy);
    return Value::list({copy, items.size()});
  }
  std::vector<Entry> entries;
  for (const pugi::xml_node& component : node.children()) {
    if (local_name(component) != "component") continue;
    entries.push_back({arena.copy(component.attribute("name").value()), value_of(component, arena, depth + 1)});
  }
  if (entries.empty()) return Value::null();
  auto* copy = arena.array<Entry>(entries.size());
  std::ranges::copy(entries, copy);
  return Value::context({copy, entries.size()});
}

bool agrees(const Value& expected, const Value& came);

bool lists_agree(std::span<const Value> expected, std::span<const Value> came) {
  return std::ranges::equal(expected, came, agrees);
}

bool contexts_agree(const Value& expected, const Value& came) {
  if (expected.as_context().size() != came.as_context().size()) return false;
  return std::ranges::all_of(expected.as_context(), [&](const Entry& entry) {
    const Value* other = came.find(entry.name);
    return other != nullptr && agrees(entry.value, *other);
  });
}

bool agrees(const Value& expected, const Value& came) {
  if (expected.is_number() && came.is_number()) {
    const auto distance = subtract(expected.as_number(), came.as_number());
    return distance && distance->magnitude() <= feel::Decimal::scaled(1, -8);
  }
  // Values that XML has no type for (ranges, functions) are expected as their text.
  if (expected.kind() != came.kind())
    return expected.is_string() && !came.is_null() && expected.as_string() == text_of(came);
  if (expected.kind() == Kind::list) return lists_agree(expected.as_list(), came.as_list());
  if (expected.kind() == Kind::context) return contexts_agree(expected, came);
  return identical(expected, came);
}

Value ask(const pugi::xml_node& test, const std::string& node, const Policy& policy, std::span<const Entry> given,
          Scratch& scratch, Trace* trace) {
  const std::string_view invocable = test.attribute("invocableName").value();
  const std::string_view type = test.attribute("type").value();
  if (!invocable.empty() && type != "decision")
    return policy.invoke(feel::normalized_name(invocable), given, scratch, trace);
  const auto decision = policy.decision(feel::normalized_name(node));
  if (!decision) return policy.invoke(node, given, scratch, trace);
  std::vector<Value> inputs;
  for (const Variable& input : policy.inputs()) {
    const auto at = std::ranges::find(given, input.name, &Entry::name);
    inputs.push_back(at == given.end() ? Value::missing() : at->value);
  }
  return policy.evaluate_one(*decision, inputs, scratch, trace);
}

Result<pugi::xml_node> root_of(std::string_view xml, pugi::xml_document& document) {
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) return fail(ErrorCode::invalid, std::string("expected well-formed XML: ") + parsed.description());
  if (local_name(document.document_element()) != "testCases") {
    return fail(ErrorCode::invalid, "expected a case file, its root <testCases>");
  }
  return document.document_element();
}

// A decision service answers several outputs as one context; each result node asks for one of them.
Value part_of(const Value& came, const std::string& node) {
  const Value* part = came.find(node);
  return part != nullptr ? *part : came;
}

}  // namespace

Result<std::string> case_model_name(std::string_view cases_xml) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(root_of(cases_xml, document));
  return std::string(trim(child(root, "modelName").text().get()));
}

Result<std::vector<CaseResult>> run_cases(std::string_view cases_xml, const Policy& policy, Scratch& scratch,
                                          std::span<uint64_t> rule_hits) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(root_of(cases_xml, document));
  std::vector<CaseResult> results;
  feel::Arena values;
  Trace trace;
  size_t number = 0;
  for (const pugi::xml_node& test : root.children()) {
    if (local_name(test) != "testCase") continue;
    ++number;
    values.reset();
    std::vector<Entry> given;
    for (const pugi::xml_node& input : test.children()) {
      if (local_name(input) != "inputNode") continue;
      given.push_back({values.copy(feel::normalized_name(input.attribute("name").value())), value_of(input, values)});
    }
    for (const pugi::xml_node& wanted : test.children()) {
      if (local_name(wanted) != "resultNode") continue;
      CaseResult& result = results.emplace_back();
      result.case_number = number;
      result.case_id = test.attribute("id").value();
      result.node = wanted.attribute("name").value();
      trace.clear();
      Value came = ask(test, result.node, policy, given, scratch, rule_hits.empty() ? nullptr : &trace);
      for (const uint32_t rule : trace.hits) ++rule_hits[rule];
      const bool by_name = std::string_view(test.attribute("type").value()) == "decisionService";
      if (by_name) came = part_of(came, result.node);
      const bool error = wanted.attribute("errorResult").as_bool();
      const Value expected = error ? Value::null() : value_of(child(wanted, "expected"), values);
      // A context without components is written as nothing at all.
      const bool empty_context =
          came.kind() == Kind::context && came.as_context().empty() && expected.is_null() && !error;
      result.passed = empty_context || agrees(expected, came);
      result.expected = error ? "error" : text_of(expected);
      result.came = text_of(came) + (came.is_null() ? " <- " + explain(came.cause()) : "");
    }
  }
  return results;
}

Result<std::vector<CaseResult>> refuse_cases(std::string_view cases_xml, const std::string& why) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(root_of(cases_xml, document));
  std::vector<CaseResult> results;
  size_t number = 0;
  for (const pugi::xml_node& test : root.children()) {
    if (local_name(test) != "testCase") continue;
    ++number;
    for (const pugi::xml_node& wanted : test.children()) {
      if (local_name(wanted) != "resultNode") continue;
      results.push_back(
          {number, test.attribute("id").value(), wanted.attribute("name").value(), false, "a value", why});
    }
  }
  return results;
}

}  // namespace puhui::dmn
