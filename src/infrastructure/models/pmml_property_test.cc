// Random trees, scorecards and regressions: the compiled program against a plain reading of the document itself, element
// by element, on random rows with missing values.
#include <cmath>
#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

constexpr std::string_view kColours[] = {"red", "green", "blue"};

// The plain reader: asks the document anew for every row.
struct Plain {
  std::map<std::string, double> numbers;       // x0, x1, … where not missing
  std::map<std::string, std::string> colours;  // c where not missing

  // 1 true, 0 false, -1 unknown
  int test(const pugi::xml_node& node) const {
    const std::string name = node.name();
    if (name == "True") return 1;
    if (name == "False") return 0;
    if (name == "CompoundPredicate") return compound(node);
    const std::string field = node.attribute("field").value();
    const bool missing = !numbers.contains(field) && !colours.contains(field);
    if (name == "SimpleSetPredicate") {
      if (missing) return -1;
      std::istringstream tokens(node.child("Array").text().get());
      bool found = false;
      for (std::string token; tokens >> token;) {
        found |= colours.contains(field) ? colours.at(field) == token : numbers.at(field) == std::stod(token);
      }
      return found == (std::string(node.attribute("booleanOperator").value()) == "isIn") ? 1 : 0;
    }
    const std::string kind = node.attribute("operator").value();
    if (kind == "isMissing") return missing ? 1 : 0;
    if (kind == "isNotMissing") return missing ? 0 : 1;
    if (missing) return -1;
    if (colours.contains(field)) {
      const bool same = colours.at(field) == node.attribute("value").value();
      return same == (kind == "equal") ? 1 : 0;
    }
    const double x = numbers.at(field), y = std::stod(node.attribute("value").value());
    const bool holds = kind == "equal"         ? x == y
                       : kind == "notEqual"    ? x != y
                       : kind == "lessThan"    ? x < y
                       : kind == "lessOrEqual" ? x <= y
                       : kind == "greaterThan" ? x > y
                                               : x >= y;
    return holds ? 1 : 0;
  }

  int compound(const pugi::xml_node& node) const {
    const std::string kind = node.attribute("booleanOperator").value();
    std::vector<int> each;
    for (const pugi::xml_node& child : node.children()) each.push_back(test(child));
    const auto some = [&](int value) { return std::count(each.begin(), each.end(), value); };
    if (kind == "and") return some(0) > 0 ? 0 : some(-1) > 0 ? -1 : 1;
    if (kind == "or") return some(1) > 0 ? 1 : some(-1) > 0 ? -1 : 0;
    if (kind == "xor") return some(-1) > 0 ? -1 : static_cast<int>(some(1) % 2);
    for (const int value : each) {
      if (value != -1) return value;
    }
    return -1;
  }

  static pugi::xml_node predicate(const pugi::xml_node& node) { return node.first_child(); }

  std::string tree(const pugi::xml_node& model) const {
    const std::string strategy = model.attribute("missingValueStrategy").value();
    const bool last = std::string(model.attribute("noTrueChildStrategy").value()) == "returnLastPrediction";
    pugi::xml_node at = model.child("Node");
    while (at.child("Node")) {
      pugi::xml_node chosen;
      bool unknown = false;
      for (const pugi::xml_node& child : at.children("Node")) {
        const int truth = test(predicate(child));
        unknown = truth == -1 && strategy != "none";
        if (truth == 1) chosen = child;
        if (truth == 1 || unknown) break;
      }
      if (unknown && strategy == "nullPrediction") return "missing";
      if (unknown && strategy == "lastPrediction") return at.attribute("score").value();
      if (unknown) chosen = at.find_child_by_attribute("Node", "id", at.attribute("defaultChild").value());
      if (!chosen) return last ? at.attribute("score").value() : "missing";
      at = chosen;
    }
    return at.attribute("score").value();
  }

  std::string scorecard(const pugi::xml_node& model) const {
    double sum = model.attribute("initialScore").as_double();
    for (const pugi::xml_node& characteristic : model.child("Characteristics").children()) {
      bool met = false;
      for (const pugi::xml_node& attribute : characteristic.children("Attribute")) {
        if (met || test(predicate(attribute)) != 1) continue;
        met = true;
        sum += attribute.attribute("partialScore").as_double();
      }
      if (!met) return "refused";
    }
    return ModelNumber::from_double(sum)->text();
  }

  std::string regression(const pugi::xml_node& model) const {
    const pugi::xml_node table = model.child("RegressionTable");
    double sum = table.attribute("intercept").as_double();
    for (const pugi::xml_node& term : table.children()) {
      const std::string field = term.attribute("name").value(), kind = term.name();
      const double coefficient = term.attribute("coefficient").as_double();
      if (kind == "CategoricalPredictor") {
        if (colours.contains(field) && colours.at(field) == term.attribute("value").value()) sum += coefficient;
      } else {
        if (!numbers.contains(field)) return "missing";
        sum += coefficient * std::pow(numbers.at(field), term.attribute("exponent").as_double(1));
      }
    }
    return ModelNumber::from_double(sum)->text();
  }
};

class Drawer {
 public:
  explicit Drawer(uint64_t seed) : random(Random(seed), 5, 0) {}
  RandomStream random;

  std::string number() { return std::to_string(static_cast<int>(random.below(9)) - 4); }
  std::string number_name() { return "x" + std::to_string(random.below(3)); }
  std::string colour() { return std::string(kColours[random.below(3)]); }

  std::string predicate(int depth) {
    const uint64_t kind = random.below(depth > 0 ? 10 : 7);
    if (kind == 0) return random.chance(0.7) ? "<True/>" : "<False/>";
    if (kind == 1) {
      return "<SimpleSetPredicate field=\"c\" booleanOperator=\"" +
             std::string(random.chance(0.5) ? "isIn" : "isNotIn") + "\"><Array type=\"string\">" + colour() + " " +
             colour() + "</Array></SimpleSetPredicate>";
    }
    if (kind == 2) {
      return "<SimplePredicate field=\"c\" operator=\"" + std::string(random.chance(0.5) ? "equal" : "notEqual") +
             "\" value=\"" + colour() + "\"/>";
    }
    if (kind == 3) {
      return "<SimplePredicate field=\"" + number_name() + "\" operator=\"" +
             (random.chance(0.5) ? "isMissing" : "isNotMissing") + "\"/>";
    }
    if (kind < 7) {
      static constexpr std::string_view kOperators[] = {"equal",       "notEqual",    "lessThan",
                                                        "lessOrEqual", "greaterThan", "greaterOrEqual"};
      return "<SimplePredicate field=\"" + number_name() + "\" operator=\"" + std::string(kOperators[random.below(6)]) +
             "\" value=\"" + number() + "\"/>";
    }
    static constexpr std::string_view kKinds[] = {"and", "or", "xor", "surrogate"};
    std::string out = "<CompoundPredicate booleanOperator=\"" + std::string(kKinds[random.below(4)]) + "\">";
    for (uint64_t i = 0; i < 2 + random.below(2); ++i) out += predicate(depth - 1);
    return out + "</CompoundPredicate>";
  }

  std::string node(int depth, const std::string& id) {
    const uint64_t children = depth == 0 ? 0 : random.below(4);
    std::string inside;
    for (uint64_t i = 0; i < children; ++i) inside += node(depth - 1, id + std::to_string(i));
    return "<Node id=\"" + id + "\" score=\"" + number() + "\"" +
           (children == 0 ? "" : " defaultChild=\"" + id + std::to_string(random.below(children)) + "\"") + ">" +
           (id == "n" ? "<True/>" : predicate(2)) + inside + "</Node>";
  }

  Plain row() {
    Plain out;
    for (int i = 0; i < 3; ++i) {
      if (random.chance(0.75)) out.numbers["x" + std::to_string(i)] = static_cast<int>(random.below(9)) - 4;
    }
    if (random.chance(0.75)) out.colours["c"] = colour();
    return out;
  }
};

constexpr std::string_view kSchema =
    "<MiningSchema><MiningField name=\"x0\"/><MiningField name=\"x1\"/><MiningField name=\"x2\"/><MiningField "
    "name=\"c\"/></MiningSchema>";

template <class Expected>
void expect_agreement(Drawer& drawer, const std::string& model, Expected expected) {
  const std::string text = pmml_document(
      number_field("x0") + number_field("x1") + number_field("x2") + text_field("c", {"red", "green", "blue"}), model);
  const Predictor p = parsed(text);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(text.c_str()));
  const pugi::xml_node root = document.document_element().last_child();
  for (int i = 0; i < 60; ++i) {
    const Plain plain = drawer.row();
    Given given;
    for (const auto& [name, value] : plain.numbers) given.emplace_back(name, value);
    for (const auto& [name, value] : plain.colours) given.emplace_back(name, std::string_view(value));
    const std::string answer = ask(p, given);
    const std::string wanted = expected(plain, root);
    ASSERT_EQ(answer.starts_with("invalid") ? "refused" : answer, wanted) << text;
  }
}

TEST(PmmlProperty, RandomTreesAnswerAsThePlainReading) {
  static constexpr std::string_view kStrategies[] = {"none", "lastPrediction", "nullPrediction", "defaultChild"};
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drawer drawer(seed);
    const std::string strategy(kStrategies[seed % 4]);
    const std::string no_true = drawer.random.chance(0.5) ? "returnLastPrediction" : "returnNullPrediction";
    expect_agreement(drawer,
                     "<TreeModel functionName=\"regression\" missingValueStrategy=\"" + strategy +
                         "\" noTrueChildStrategy=\"" + no_true + "\">" + std::string(kSchema) + drawer.node(4, "n") +
                         "</TreeModel>",
                     [](const Plain& plain, const pugi::xml_node& model) { return plain.tree(model); });
  }
}

TEST(PmmlProperty, RandomScorecardsAnswerAsThePlainReading) {
  for (uint64_t seed = 1000; seed < 1200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drawer drawer(seed);
    std::string card = "<Scorecard functionName=\"regression\" useReasonCodes=\"false\" initialScore=\"" +
                       drawer.number() + "\">" + std::string(kSchema) + "<Characteristics>";
    for (uint64_t i = 0; i < 1 + drawer.random.below(6); ++i) {
      card += "<Characteristic>";
      for (uint64_t a = 0; a < 1 + drawer.random.below(4); ++a) {
        card += "<Attribute partialScore=\"" + drawer.number() + ".25\">" + drawer.predicate(2) + "</Attribute>";
      }
      if (drawer.random.chance(0.9)) card += "<Attribute partialScore=\"1\"><True/></Attribute>";
      card += "</Characteristic>";
    }
    expect_agreement(drawer, card + "</Characteristics></Scorecard>",
                     [](const Plain& plain, const pugi::xml_node& model) { return plain.scorecard(model); });
  }
}

TEST(PmmlProperty, RandomRegressionsAnswerAsThePlainReading) {
  for (uint64_t seed = 2000; seed < 2200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drawer drawer(seed);
    std::string terms;
    for (uint64_t i = 0; i < drawer.random.below(5); ++i) {
      terms += "<NumericPredictor name=\"" + drawer.number_name() + "\" coefficient=\"" + drawer.number() +
               ".5\" exponent=\"" + std::to_string(1 + drawer.random.below(3)) + "\"/>";
    }
    for (const std::string_view colour : kColours) {
      if (drawer.random.chance(0.6)) {
        terms += "<CategoricalPredictor name=\"c\" value=\"" + std::string(colour) + "\" coefficient=\"" +
                 drawer.number() + "\"/>";
      }
    }
    expect_agreement(drawer,
                     "<RegressionModel functionName=\"regression\">" + std::string(kSchema) +
                         "<RegressionTable intercept=\"" + drawer.number() + "\">" + terms +
                         "</RegressionTable></RegressionModel>",
                     [](const Plain& plain, const pugi::xml_node& model) { return plain.regression(model); });
  }
}

}  // namespace
}  // namespace puhui::models
