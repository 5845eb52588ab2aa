#include "infrastructure/models/pmml_predicate.h"

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

Truth holds(PredicateKind kind, std::partial_ordering order) {
  if (order == std::partial_ordering::unordered) {
    // Values of kinds that cannot be compared are not equal; which is larger nobody can say.
    return kind == PredicateKind::equal ? Truth::no : kind == PredicateKind::not_equal ? Truth::yes : Truth::unknown;
  }
  switch (kind) {
    case PredicateKind::less: return truth(order < 0);
    case PredicateKind::less_or_equal: return truth(order <= 0);
    case PredicateKind::greater: return truth(order > 0);
    case PredicateKind::greater_or_equal: return truth(order >= 0);
    case PredicateKind::equal: return truth(order == 0);
    default: return truth(order != 0);
  }
}

}  // namespace

PredicateId PredicateBook::add(Predicate predicate) {
  predicates_.push_back(predicate);
  return static_cast<PredicateId>(predicates_.size() - 1);
}

PredicateId PredicateBook::add_compound(PredicateKind kind, const std::vector<PredicateId>& children) {
  Predicate predicate{.kind = kind};
  predicate.first = static_cast<uint32_t>(children_.size());
  predicate.count = static_cast<uint32_t>(children.size());
  children_.insert(children_.end(), children.begin(), children.end());
  return add(predicate);
}

PredicateId PredicateBook::add_set(Predicate predicate, const std::vector<Cell>& values) {
  predicate.first = static_cast<uint32_t>(sets_.size());
  sets_.emplace_back(values.begin(), values.end());
  return add(predicate);
}

Truth PredicateBook::test_comparison(const Predicate& predicate, const Cell& cell, Machine& machine) const {
  if (!predicate.is_ranked) return holds(predicate.kind, compare(cell, predicate.value));
  const Domain* domain = machine.program().slots[predicate.slot].domain;
  const auto listed = domain->values.find(cell);
  if (listed == domain->values.end()) return Truth::unknown;
  return holds(predicate.kind, static_cast<double>(listed->second.rank) <=> predicate.value.number);
}

// and, or, xor as Kleene's; surrogate: the first that is known.
Truth PredicateBook::test_compound(const Predicate& predicate, Machine& machine, Trail& trail) const {
  const auto children = std::span(children_).subspan(predicate.first, predicate.count);
  Truth out = truth(predicate.kind == PredicateKind::both);
  if (predicate.kind == PredicateKind::surrogate) out = Truth::unknown;
  for (size_t i = 0; i < children.size(); ++i) {
    const Truth each = test(children[i], machine, trail);
    switch (predicate.kind) {
      case PredicateKind::both:
        if (each == Truth::no) return Truth::no;
        out = std::min(out, each);
        break;
      case PredicateKind::either:
        if (each == Truth::yes) return Truth::yes;
        out = std::max(out, each);
        break;
      case PredicateKind::different:
        if (each == Truth::unknown) return Truth::unknown;
        out = truth(out != each);
        break;
      default:
        if (each == Truth::unknown) continue;
        if (i > 0) ++trail.surrogates;
        return each;
    }
  }
  return out;
}

Truth PredicateBook::test(PredicateId id, Machine& machine, Trail& trail) const {
  const Predicate& predicate = predicates_[id];
  switch (predicate.kind) {
    case PredicateKind::always: return Truth::yes;
    case PredicateKind::never: return Truth::no;
    case PredicateKind::both:
    case PredicateKind::either:
    case PredicateKind::different:
    case PredicateKind::surrogate: return test_compound(predicate, machine, trail);
    default: break;
  }
  const Cell& cell = machine.value(predicate.slot);
  if (predicate.kind == PredicateKind::is_missing) return truth(cell.is_missing());
  if (predicate.kind == PredicateKind::is_not_missing) return truth(!cell.is_missing());
  if (cell.is_missing()) return Truth::unknown;
  if (predicate.kind == PredicateKind::is_in) return truth(sets_[predicate.first].contains(cell));
  if (predicate.kind == PredicateKind::is_not_in) return truth(!sets_[predicate.first].contains(cell));
  if (cell.kind == CellKind::number && predicate.value.kind == CellKind::number && !predicate.is_ranked) {
    return holds(predicate.kind, cell.number <=> predicate.value.number);
  }
  return test_comparison(predicate, cell, machine);
}

namespace {

PredicateId compile(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PredicateBook& book);

PredicateId compile_simple(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PredicateBook& book) {
  static constexpr std::pair<std::string_view, PredicateKind> kOperators[] = {
      {"equal", PredicateKind::equal},          {"notEqual", PredicateKind::not_equal},
      {"lessThan", PredicateKind::less},        {"lessOrEqual", PredicateKind::less_or_equal},
      {"greaterThan", PredicateKind::greater},  {"greaterOrEqual", PredicateKind::greater_or_equal},
      {"isMissing", PredicateKind::is_missing}, {"isNotMissing", PredicateKind::is_not_missing}};
  Predicate out;
  const PmmlField field = compiler.field(scope, node, "field");
  compiler.xml.required(node, "operator");
  out.kind = compiler.xml.choice(node, "operator", kOperators);
  out.slot = field.slot;
  if (out.kind == PredicateKind::is_missing || out.kind == PredicateKind::is_not_missing) return book.add(out);
  out.value = compiler.constant(node, compiler.xml.required(node, "value"), field.type);
  const bool orders = out.kind != PredicateKind::equal && out.kind != PredicateKind::not_equal;
  if (orders && field.optype == OpType::ordinal && field.domain != nullptr && field.domain->lists_valid) {
    const auto listed = field.domain->values.find(out.value);
    if (listed == field.domain->values.end()) {
      compiler.xml.fault(node, "expected one of the ordinal field's listed values");
    } else {
      out.is_ranked = true;
      out.value = Cell::of(listed->second.rank);
    }
  }
  return book.add(out);
}

PredicateId compile_set(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PredicateBook& book) {
  static constexpr std::pair<std::string_view, PredicateKind> kOperators[] = {{"isIn", PredicateKind::is_in},
                                                                              {"isNotIn", PredicateKind::is_not_in}};
  const PmmlField field = compiler.field(scope, node, "field");
  compiler.xml.required(node, "booleanOperator");
  Predicate out{.kind = compiler.xml.choice(node, "booleanOperator", kOperators), .slot = field.slot};
  std::vector<Cell> values;
  if (const pugi::xml_node array = compiler.xml.required_child(node, "Array")) {
    for (const std::string& token : compiler.xml.array(array)) {
      values.push_back(compiler.constant(array, token, field.type));
    }
  }
  return book.add_set(out, values);
}

PredicateId compile_compound(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                             PredicateBook& book) {
  static constexpr std::pair<std::string_view, PredicateKind> kOperators[] = {{"and", PredicateKind::both},
                                                                              {"or", PredicateKind::either},
                                                                              {"xor", PredicateKind::different},
                                                                              {"surrogate", PredicateKind::surrogate}};
  compiler.xml.required(node, "booleanOperator");
  const PredicateKind kind = compiler.xml.choice(node, "booleanOperator", kOperators);
  std::vector<PredicateId> children;
  compiler.xml.each_element(
      node, [&](const pugi::xml_node& child) { children.push_back(compile(compiler, scope, child, book)); });
  if (children.size() < 2) compiler.xml.fault(node, "expected at least two predicates inside");
  return book.add_compound(kind, children);
}

bool is_predicate(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  return name == "SimplePredicate" || name == "SimpleSetPredicate" || name == "CompoundPredicate" || name == "True" ||
         name == "False";
}

PredicateId compile(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PredicateBook& book) {
  const std::string_view name = local_name(node);
  if (name == "SimplePredicate") return compile_simple(compiler, scope, node, book);
  if (name == "SimpleSetPredicate") return compile_set(compiler, scope, node, book);
  if (name == "CompoundPredicate") return compile_compound(compiler, scope, node, book);
  if (name == "True") return book.add({.kind = PredicateKind::always});
  if (name != "False") compiler.xml.fault(node, "expected a predicate");
  return book.add({.kind = PredicateKind::never});
}

}  // namespace

PredicateId compile_predicate_in(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& parent,
                                 PredicateBook& book) {
  for (const pugi::xml_node& at : parent.children()) {
    if (at.type() == pugi::node_element && is_predicate(at)) return compile(compiler, scope, at, book);
  }
  compiler.xml.fault(parent, "expected a predicate inside");
  return book.add({.kind = PredicateKind::never});
}

}  // namespace puhui::models
