#include "infrastructure/dmn/reader.h"

#include <pugixml.hpp>

#include "ground/base/text.h"
#include "infrastructure/feel/scope.h"

namespace puhui::dmn {
namespace {

using feel::normalized_name;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Turns byte offsets of the file into lines and columns.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') starts_.push_back(at + 1);
    }
  }
  void place(size_t offset, Spot& spot) const {
    const auto after = std::ranges::upper_bound(starts_, offset);
    const auto line = static_cast<size_t>(after - starts_.begin());
    spot.line = static_cast<uint32_t>(line);
    spot.column = static_cast<uint32_t>(offset - starts_[line - 1] + 1);
  }

 private:
  std::string_view text_;
  std::vector<size_t> starts_{0};
};

class Reader {
 public:
  explicit Reader(std::string_view xml) : lines_(xml) {}

  Model model(const pugi::xml_node& root);
  Faults faults;

 private:
  Spot spot_of(const pugi::xml_node& node) const {
    Spot spot{.id = id_of(node)};
    const ptrdiff_t offset = node.offset_debug();
    if (offset > 0) lines_.place(static_cast<size_t>(offset) - 1, spot);
    return spot;
  }
  // Of an element others refer to: by its own id, or by its name where it has none.
  Spot own_spot(const pugi::xml_node& node) const {
    Spot spot = spot_of(node);
    if (!node.attribute("id")) spot.id = name_of(node);
    return spot;
  }
  // The nearest element's id: cells and texts are found by their rule or table.
  static std::string id_of(pugi::xml_node node) {
    for (; node; node = node.parent()) {
      if (const auto id = node.attribute("id")) return id.value();
    }
    return "";
  }
  static pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    for (const pugi::xml_node& at : node.children()) {
      if (at.type() == pugi::node_element && local_name(at) == name) return at;
    }
    return {};
  }
  template <class Visit>
  static void each(const pugi::xml_node& node, std::string_view name, Visit visit) {
    for (const pugi::xml_node& at : node.children()) {
      if (at.type() == pugi::node_element && local_name(at) == name) visit(at);
    }
  }
  static std::string href_of(const pugi::xml_node& node) { return node.attribute("href").value(); }
  static std::string name_of(const pugi::xml_node& node) { return normalized_name(node.attribute("name").value()); }
  // Type references may carry the prefix of an older schema: "feel:number".
  static std::string type_of(const pugi::xml_node& node) {
    std::string_view type = trim(node.attribute("typeRef").value());
    if (type.empty()) type = trim(child(node, "typeRef").text().get());
    const size_t colon = type.find(':');
    return normalized_name(colon == std::string_view::npos ? type : type.substr(colon + 1));
  }

  Text text_of(const pugi::xml_node& parent) const;
  BoxedPtr boxed_in(const pugi::xml_node& parent);
  BoxedPtr boxed(const pugi::xml_node& node);
  void check_language(const pugi::xml_node& node);
  BoxedPtr missing(const pugi::xml_node& parent, std::string_view what);
  void context(const pugi::xml_node& node, Boxed& out);
  void invocation(const pugi::xml_node& node, Boxed& out);
  void function(const pugi::xml_node& node, Boxed& out);
  void relation(const pugi::xml_node& node, Boxed& out);
  void parts(const pugi::xml_node& node, Boxed& out, std::initializer_list<std::string_view> names);
  void table(const pugi::xml_node& node, Table& out);
  void hit_policy(const pugi::xml_node& node, Table& out);
  ItemDefinition item(const pugi::xml_node& node);
  void decision(const pugi::xml_node& node, Model& out);
  void knowledge_model(const pugi::xml_node& node, Model& out);
  void service(const pugi::xml_node& node, Model& out);

  Lines lines_;
};

Text Reader::text_of(const pugi::xml_node& parent) const {
  const pugi::xml_node node = child(parent, "text");
  if (!node) return {.text = "", .spot = spot_of(parent), .given = false};
  Text text{.text = "", .spot = spot_of(node), .given = true};
  bool first = true;
  for (const pugi::xml_node& part : node.children()) {
    if (part.type() != pugi::node_pcdata && part.type() != pugi::node_cdata) continue;
    if (first && part.offset_debug() >= 0) lines_.place(static_cast<size_t>(part.offset_debug()), text.spot);
    first = false;
    text.text += part.value();
  }
  return text;
}

BoxedPtr Reader::missing(const pugi::xml_node& parent, std::string_view what) {
  faults.add(where_of(spot_of(parent)), "expected " + std::string(what) + " inside <" + parent.name() + ">");
  return std::make_unique<Boxed>();
}

BoxedPtr Reader::boxed_in(const pugi::xml_node& parent) {
  for (const pugi::xml_node& at : parent.children()) {
    if (at.type() != pugi::node_element) continue;
    if (BoxedPtr found = boxed(at)) return found;
  }
  return nullptr;
}

// S-FEEL is a part of FEEL; B-FEEL answers otherwise where FEEL has no answer, so it is none of ours.
void Reader::check_language(const pugi::xml_node& node) {
  const std::string_view language = trim(node.attribute("expressionLanguage").value());
  if (language.empty()) return;
  const std::string lower = to_lower_ascii(language);
  const bool is_feel = lower.find("feel") != std::string::npos && lower.find("b-feel") == std::string::npos;
  if (is_feel) return;
  faults.add(where_of(spot_of(node)), "expected FEEL as the expression language, came '" + std::string(language) + "'");
}

BoxedPtr Reader::boxed(const pugi::xml_node& node) {
  using Kind = Boxed::Kind;
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {{"literalExpression", Kind::literal},
                                                                 {"decisionTable", Kind::table},
                                                                 {"context", Kind::context},
                                                                 {"invocation", Kind::invocation},
                                                                 {"functionDefinition", Kind::function},
                                                                 {"list", Kind::list},
                                                                 {"relation", Kind::relation},
                                                                 {"conditional", Kind::conditional},
                                                                 {"filter", Kind::filter},
                                                                 {"for", Kind::for_loop},
                                                                 {"some", Kind::some},
                                                                 {"every", Kind::every}};
  const std::string_view name = local_name(node);
  const auto* kind = std::ranges::find(kKinds, name, &std::pair<std::string_view, Kind>::first);
  if (kind == std::end(kKinds)) return nullptr;
  auto out = std::make_unique<Boxed>();
  out->kind = kind->second;
  out->spot = spot_of(node);
  out->type_ref = type_of(node);
  check_language(node);
  switch (out->kind) {
    case Kind::literal: out->text = text_of(node); break;
    case Kind::table: table(node, out->table); break;
    case Kind::context: context(node, *out); break;
    case Kind::invocation: invocation(node, *out); break;
    case Kind::function: function(node, *out); break;
    case Kind::relation: relation(node, *out); break;
    case Kind::conditional: parts(node, *out, {"if", "then", "else"}); break;
    case Kind::filter: parts(node, *out, {"in", "match"}); break;
    case Kind::for_loop: parts(node, *out, {"in", "return"}); break;
    case Kind::some:
    case Kind::every: parts(node, *out, {"in", "satisfies"}); break;
    case Kind::list:
      for (const pugi::xml_node& at : node.children()) {
        if (BoxedPtr item_value = boxed(at)) out->children.push_back(std::move(item_value));
      }
  }
  return out;
}

void Reader::parts(const pugi::xml_node& node, Boxed& out, std::initializer_list<std::string_view> names) {
  if (const auto variable = node.attribute("iteratorVariable")) out.names.push_back(normalized_name(variable.value()));
  for (const std::string_view name : names) {
    const pugi::xml_node part = child(node, name);
    BoxedPtr value = part ? boxed_in(part) : nullptr;
    out.children.push_back(value ? std::move(value) : missing(node, "<" + std::string(name) + "> with an expression"));
  }
}

void Reader::context(const pugi::xml_node& node, Boxed& out) {
  each(node, "contextEntry", [&](const pugi::xml_node& entry) {
    const pugi::xml_node variable = child(entry, "variable");
    out.names.push_back(variable ? name_of(variable) : "");
    out.type_refs.push_back(variable ? type_of(variable) : "");
    BoxedPtr value = boxed_in(entry);
    out.children.push_back(value ? std::move(value) : missing(entry, "an expression"));
  });
}

void Reader::invocation(const pugi::xml_node& node, Boxed& out) {
  BoxedPtr function_called = boxed_in(node);
  out.names.emplace_back();
  out.children.push_back(function_called ? std::move(function_called) : missing(node, "a function to call"));
  each(node, "binding", [&](const pugi::xml_node& binding) {
    out.names.push_back(name_of(child(binding, "parameter")));
    BoxedPtr value = boxed_in(binding);
    if (value == nullptr) {  // a parameter bound to nothing is null
      value = std::make_unique<Boxed>();
      value->spot = value->text.spot = spot_of(binding);
      value->text.text = "null";
    }
    out.children.push_back(std::move(value));
  });
}

void Reader::function(const pugi::xml_node& node, Boxed& out) {
  const std::string kind = to_lower_ascii(node.attribute("kind").value());
  if (kind == "java" || kind == "j") out.function_kind = FunctionKind::java;
  if (kind == "pmml" || kind == "p") out.function_kind = FunctionKind::pmml;
  each(node, "formalParameter", [&](const pugi::xml_node& parameter) {
    out.parameters.push_back({name_of(parameter), type_of(parameter)});
  });
  BoxedPtr body = boxed_in(node);
  out.children.push_back(body ? std::move(body) : missing(node, "a body"));
}

void Reader::relation(const pugi::xml_node& node, Boxed& out) {
  each(node, "column", [&](const pugi::xml_node& column) { out.names.push_back(name_of(column)); });
  each(node, "row", [&](const pugi::xml_node& row) {
    size_t cells = 0;
    for (const pugi::xml_node& at : row.children()) {
      BoxedPtr cell = boxed(at);
      if (cell == nullptr) continue;
      ++cells;
      out.children.push_back(std::move(cell));
    }
    if (cells != out.names.size()) {
      faults.add(where_of(spot_of(row)), "expected " + std::to_string(out.names.size()) +
                                             " cells, one a column, came " + std::to_string(cells));
      out.children.resize(out.children.size() - cells);
    }
  });
}

void Reader::hit_policy(const pugi::xml_node& node, Table& out) {
  static constexpr std::pair<std::string_view, HitPolicy> kPolicies[] = {{"", HitPolicy::unique},
                                                                         {"UNIQUE", HitPolicy::unique},
                                                                         {"FIRST", HitPolicy::first},
                                                                         {"PRIORITY", HitPolicy::priority},
                                                                         {"ANY", HitPolicy::any},
                                                                         {"COLLECT", HitPolicy::collect},
                                                                         {"RULE ORDER", HitPolicy::rule_order},
                                                                         {"OUTPUT ORDER", HitPolicy::output_order}};
  static constexpr std::pair<std::string_view, Aggregation> kAggregations[] = {{"", Aggregation::none},
                                                                               {"SUM", Aggregation::sum},
                                                                               {"COUNT", Aggregation::count},
                                                                               {"MIN", Aggregation::min},
                                                                               {"MAX", Aggregation::max}};
  const std::string_view policy = node.attribute("hitPolicy").value();
  const auto* found = std::ranges::find(kPolicies, policy, &std::pair<std::string_view, HitPolicy>::first);
  if (found != std::end(kPolicies))
    out.hit_policy = found->second;
  else
    faults.add(where_of(spot_of(node)), "expected a hit policy, came '" + std::string(policy) + "'");
  const std::string_view aggregation = node.attribute("aggregation").value();
  const auto* known = std::ranges::find(kAggregations, aggregation, &std::pair<std::string_view, Aggregation>::first);
  if (known != std::end(kAggregations))
    out.aggregation = known->second;
  else
    faults.add(where_of(spot_of(node)), "expected SUM, COUNT, MIN or MAX, came '" + std::string(aggregation) + "'");
}

void Reader::table(const pugi::xml_node& node, Table& out) {
  hit_policy(node, out);
  each(node, "input", [&](const pugi::xml_node& input) {
    const pugi::xml_node expression = child(input, "inputExpression");
    out.inputs.push_back({text_of(expression), type_of(expression), text_of(child(input, "inputValues"))});
    if (!out.inputs.back().expression.given) {
      faults.add(where_of(spot_of(input)), "expected an inputExpression with its text");
    }
  });
  each(node, "output", [&](const pugi::xml_node& output) {
    out.outputs.push_back({name_of(output), type_of(output), text_of(child(output, "outputValues")),
                           text_of(child(output, "defaultOutputEntry"))});
  });
  if (out.outputs.empty()) faults.add(where_of(spot_of(node)), "expected at least one output");
  each(node, "rule", [&](const pugi::xml_node& row) {
    TableRule& rule = out.rules.emplace_back();
    rule.spot = spot_of(row);
    each(row, "inputEntry", [&](const pugi::xml_node& entry) { rule.inputs.push_back(text_of(entry)); });
    each(row, "outputEntry", [&](const pugi::xml_node& entry) { rule.outputs.push_back(text_of(entry)); });
    const auto expect = [&](size_t expected, size_t came, const char* what) {
      if (expected == came) return;
      faults.add(where_of(rule.spot),
                 "expected " + std::to_string(expected) + " " + what + ", one a column, came " + std::to_string(came));
      out.rules.clear();
    };
    const size_t inputs = rule.inputs.size();
    const size_t outputs = rule.outputs.size();
    expect(out.inputs.size(), inputs, "input entries");
    if (!out.rules.empty()) expect(out.outputs.size(), outputs, "output entries");
  });
}

ItemDefinition Reader::item(const pugi::xml_node& node) {
  ItemDefinition out;
  out.spot = spot_of(node);
  out.name = name_of(node);
  out.type_ref = type_of(node);
  out.is_collection = node.attribute("isCollection").as_bool();
  out.allowed = text_of(child(node, "allowedValues"));
  out.constraint = text_of(child(node, "typeConstraint"));
  each(node, "itemComponent", [&](const pugi::xml_node& component) { out.components.push_back(item(component)); });
  if (const pugi::xml_node function_item = child(node, "functionItem")) {
    out.is_function = true;
    out.output_type_ref = normalized_name(function_item.attribute("outputTypeRef").value());
    each(function_item, "parameters", [&](const pugi::xml_node& parameter) {
      out.parameters.push_back({name_of(parameter), type_of(parameter)});
    });
  }
  return out;
}

void Reader::decision(const pugi::xml_node& node, Model& out) {
  Decision& made = out.decisions.emplace_back();
  const pugi::xml_node variable = child(node, "variable");
  made.spot = own_spot(node);
  made.name = name_of(node);
  made.variable = variable && variable.attribute("name") ? name_of(variable) : made.name;
  made.type_ref = type_of(variable);
  made.description = child(node, "description").text().get();
  each(node, "informationRequirement", [&](const pugi::xml_node& requirement) {
    for (const char* kind : {"requiredInput", "requiredDecision"}) {
      each(requirement, kind, [&](const pugi::xml_node& at) { made.requires_information.push_back(href_of(at)); });
    }
  });
  each(node, "knowledgeRequirement", [&](const pugi::xml_node& requirement) {
    each(requirement, "requiredKnowledge",
         [&](const pugi::xml_node& at) { made.requires_knowledge.push_back(href_of(at)); });
  });
  made.logic = boxed_in(node);
}

void Reader::knowledge_model(const pugi::xml_node& node, Model& out) {
  KnowledgeModel& made = out.knowledge_models.emplace_back();
  made.spot = own_spot(node);
  const pugi::xml_node variable = child(node, "variable");
  made.name = name_of(node);
  made.type_ref = type_of(variable);
  each(node, "knowledgeRequirement", [&](const pugi::xml_node& requirement) {
    each(requirement, "requiredKnowledge",
         [&](const pugi::xml_node& at) { made.requires_knowledge.push_back(href_of(at)); });
  });
  const pugi::xml_node logic = child(node, "encapsulatedLogic");
  if (!logic) {
    faults.add(where_of(made.spot), "expected <encapsulatedLogic> in a business knowledge model");
    return;
  }
  made.logic = std::make_unique<Boxed>();
  made.logic->kind = Boxed::Kind::function;
  made.logic->spot = spot_of(logic);
  made.logic->type_ref = type_of(logic);
  function(logic, *made.logic);
}

void Reader::service(const pugi::xml_node& node, Model& out) {
  DecisionService& made = out.services.emplace_back();
  made.spot = own_spot(node);
  made.name = name_of(node);
  made.type_ref = type_of(child(node, "variable"));
  each(node, "outputDecision", [&](const pugi::xml_node& at) { made.outputs.push_back(href_of(at)); });
  each(node, "encapsulatedDecision", [&](const pugi::xml_node& at) { made.encapsulated.push_back(href_of(at)); });
  each(node, "inputDecision", [&](const pugi::xml_node& at) { made.input_decisions.push_back(href_of(at)); });
  each(node, "inputData", [&](const pugi::xml_node& at) { made.input_data.push_back(href_of(at)); });
}

Model Reader::model(const pugi::xml_node& root) {
  Model out;
  out.name = root.attribute("name").value();
  out.target = root.attribute("namespace").value();
  check_language(root);
  for (const pugi::xml_node& node : root.children()) {
    const std::string_view name = local_name(node);
    if (name == "import") {
      out.imports.push_back({spot_of(node), name_of(node), node.attribute("namespace").value()});
    } else if (name == "itemDefinition") {
      out.items.push_back(item(node));
    } else if (name == "inputData") {
      const pugi::xml_node variable = child(node, "variable");
      out.inputs.push_back({own_spot(node), name_of(node), type_of(variable), child(node, "description").text().get()});
    } else if (name == "decision") {
      decision(node, out);
    } else if (name == "businessKnowledgeModel") {
      knowledge_model(node, out);
    } else if (name == "decisionService") {
      service(node, out);
    }
  }
  return out;
}

// Walks the whole tree without recursion.
Result<void> check_shape(const pugi::xml_document& document, const Limits& limits) {
  size_t elements = 0;
  size_t depth = 0;
  pugi::xml_node at = document;
  while (true) {
    if (at.type() == pugi::node_doctype) {
      return fail(ErrorCode::invalid, "expected no document type declaration: entities are refused");
    }
    if (++elements > limits.xml_elements_max || depth > limits.xml_depth_max) {
      return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.xml_elements_max) +
                                            " elements and a depth of " + std::to_string(limits.xml_depth_max));
    }
    if (at.first_child()) {
      at = at.first_child();
      ++depth;
      continue;
    }
    while (at != document && !at.next_sibling()) at = at.parent(), --depth;
    if (at == document) return {};
    at = at.next_sibling();
  }
}

}  // namespace

std::string where_of(const Spot& spot) {
  return (spot.id.empty() ? "" : "element " + spot.id + ", ") + "line " + std::to_string(spot.line) + ", column " +
         std::to_string(spot.column);
}

Result<Model> read_model(std::string_view xml, const Limits& limits) {
  if (xml.size() > limits.xml_bytes_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.xml_bytes_max) +
                                          " bytes of XML, came " + std::to_string(xml.size()));
  }
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_doctype);
  Reader reader(xml);
  if (!parsed) {
    Spot spot;
    Lines(xml).place(static_cast<size_t>(std::max<ptrdiff_t>(parsed.offset, 0)), spot);
    return fail(ErrorCode::invalid, where_of(spot), std::string("expected well-formed XML: ") + parsed.description());
  }
  TRY(check_shape(document, limits));
  const pugi::xml_node root = document.document_element();
  if (local_name(root) != "definitions") {
    return fail(ErrorCode::invalid,
                "expected a DMN file, its root <definitions>, came <" + std::string(root.name()) + ">");
  }
  Model model = reader.model(root);
  if (model.decisions.size() > limits.decisions_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.decisions_max) + " decisions, came " +
                                          std::to_string(model.decisions.size()));
  }
  TRY(std::move(reader.faults).result());
  return model;
}

}  // namespace puhui::dmn
