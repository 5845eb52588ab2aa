// Batch against Policy::evaluate, row by row: values, texts, causes and rule hits, over random policies and rows.
#include "infrastructure/dmn/batch.h"

#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui::dmn {
namespace {

using feel::Value;

const NoFunctions kNone;

// A model that knows how it was asked; answers the sum of its arguments, or nothing.
class Adder final : public HostFunction, public Functions {
 public:
  struct Call final : HostCall {
    explicit Call(const Adder& of) : adder(of) {}
    Value call(std::span<const Value> args, feel::Arena&, Trace*) const override {
      ++adder.single_calls;
      return sum(args);
    }
    void call_many(std::span<const Value> args, feel::Arena&, std::span<Value> out) const override {
      ++adder.many_calls;
      const size_t parameters = args.size() / out.size();
      for (size_t i = 0; i < out.size(); ++i) out[i] = sum(args.subspan(i * parameters, parameters));
    }
    static Value sum(std::span<const Value> args) {
      if (!args[0].is_number() || !args[1].is_number()) return Value::missing();
      return Value::number(*add(args[0].as_number(), args[1].as_number()));
    }
    const Adder& adder;
  };
  Result<std::unique_ptr<const HostCall>> bind(std::span<const std::string>) const override {
    return std::unique_ptr<const HostCall>(new Call(*this));
  }
  const HostFunction* find_model(std::string_view, std::string_view) const override { return this; }
  mutable int single_calls = 0;
  mutable int many_calls = 0;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

struct Input {
  const char* name;
  const char* type;
};
constexpr Input kInputs[] = {{"a", "number"}, {"b", "number"},  {"d", "date"},   {"g", "tGrade"},
                             {"l", "tList"},  {"p", "boolean"}, {"s", "string"}, {"x", "Any"}};

// FEEL of a depth, with operators and functions that have a form over columns and such that have none.
class Writer {
 public:
  explicit Writer(RandomStream& random) : random_(random) {}

  std::string number(int depth) {
    if (depth == 0) return pick({"a", "b", "1", "2.5", "0", "-3", "0.1", "x", "100"});
    switch (random_.below(16)) {
      case 0: return "(" + number(depth - 1) + " + " + number(depth - 1) + ")";
      case 1: return "(" + number(depth - 1) + " - " + number(depth - 1) + ")";
      case 2: return number(depth - 1) + " * " + number(depth - 1);
      case 3: return "(" + number(depth - 1) + " / " + number(depth - 1) + ")";
      case 4: return "(if " + boolean(depth - 1) + " then " + number(depth - 1) + " else " + number(depth - 1) + ")";
      case 5:
        return "decimal(" + number(depth - 1) + " / " + number(depth - 1) + ", " + pick({"2", "0", "4", "a"}) + ")";
      case 6: return "max(" + number(depth - 1) + ", " + number(depth - 1) + ")";
      case 7: return "sum(l)";
      case 8: return "l[1]";
      case 9: return "count(for i in 1..3 return i * " + number(depth - 1) + ")";
      case 10: return "{m: " + number(depth - 1) + ", n: m + 1}.n";
      case 11: return "double it(" + number(depth - 1) + ")";
      case 12: return "model(" + number(depth - 1) + ", " + number(depth - 1) + ")";
      case 13: return "string length(" + text(depth - 1) + ")";
      case 14: return "-" + pick({"a", "b", "x"});
      default: return "floor(" + number(depth - 1) + ")";
    }
  }
  std::string boolean(int depth) {
    if (depth == 0) return pick({"p", "true", "a > b", "s = \"red\"", "x", "g = \"A\""});
    switch (random_.below(9)) {
      case 0: return "(" + boolean(depth - 1) + " and " + boolean(depth - 1) + ")";
      case 1: return "(" + boolean(depth - 1) + " or " + boolean(depth - 1) + ")";
      case 2: return "(" + number(depth - 1) + pick({" < ", " <= ", " = ", " != ", " >= "}) + number(depth - 1) + ")";
      case 3: return "(" + number(depth - 1) + " between " + number(depth - 1) + " and " + number(depth - 1) + ")";
      case 4: return "(" + number(depth - 1) + " in (< 3, [5..8], " + pick({"a", "b", "null"}) + "))";
      case 5: return "(d < date(\"2024-06-01\"))";
      case 6: return "(some i in l satisfies i > " + number(depth - 1) + ")";
      case 7: return "not(" + boolean(depth - 1) + ")";
      default: return "(" + text(depth - 1) + " = " + text(depth - 1) + ")";
    }
  }
  std::string text(int depth) {
    if (depth == 0) return pick({"s", "\"red\"", "\"blue\"", "g", "x"});
    switch (random_.below(3)) {
      case 0: return "(" + text(depth - 1) + " + " + text(depth - 1) + ")";
      case 1: return "upper case(" + text(depth - 1) + ")";
      default:
        return "(if " + boolean(depth - 1) + " then " + text(depth - 1) + " else string(" + number(depth - 1) + "))";
    }
  }
  std::string any(int depth) {
    switch (random_.below(4)) {
      case 0: return boolean(depth);
      case 1: return text(depth);
      case 2: return "{k: " + number(depth) + ", t: " + text(depth) + "}";
      default: return number(depth);
    }
  }
  std::string table() {
    const bool two = random_.below(3) == 0;
    static constexpr const char* kPolicies[] = {"UNIQUE",
                                                "FIRST",
                                                "ANY",
                                                "COLLECT",
                                                "RULE ORDER",
                                                "COLLECT' aggregation='SUM",
                                                "COLLECT' aggregation='MAX",
                                                "PRIORITY",
                                                "COLLECT' aggregation='COUNT"};
    const std::string policy =
        two ? pick({"UNIQUE", "FIRST", "RULE ORDER"}) : kPolicies[random_.below(std::size(kPolicies))];
    std::string xml = "<decisionTable hitPolicy='" + policy + "'>";
    for (const std::string& input : {number(1), std::string("s"), std::string("p")}) {
      xml += "<input><inputExpression><text>" + escaped(input) + "</text></inputExpression>";
      if (input == "s" && random_.below(2) == 0) xml += "<inputValues><text>\"red\",\"blue\"</text></inputValues>";
      xml += "</input>";
    }
    xml += "<output name='o'" + std::string(random_.below(2) == 0 ? " typeRef='number'" : "") +
           "><outputValues><text>5,4,3,2,1,7</text></outputValues></output>";
    if (two) xml += "<output name='q'/>";
    for (uint64_t r = 2 + random_.below(5); r > 0; --r) {
      xml += "<rule>" + cell(pick({"-", "< 3", ">= 2", "[1..5]", "2.5", "> a", "not(3)", "null"})) +
             cell(pick({"-", "\"red\"", "\"red\",\"blue\"", "starts with(?, \"r\")"})) +
             cell(pick({"-", "-", "true", "false"}));
      xml += output(pick({"5", "4", "3", "2", "1.50", "a + 1", "\"no number\"", "null"}));
      if (two) xml += output(any(1));
      xml += "</rule>";
    }
    return xml + "</decisionTable>";
  }

 private:
  static std::string cell(const std::string& text) {
    return "<inputEntry><text>" + escaped(text) + "</text></inputEntry>";
  }
  static std::string output(const std::string& text) {
    return "<outputEntry><text>" + escaped(text) + "</text></outputEntry>";
  }
  std::string pick(std::initializer_list<const char*> of) { return of.begin()[random_.below(of.size())]; }
  RandomStream& random_;
};

std::string literal(const std::string& text) {
  return "<literalExpression><text>" + escaped(text) + "</text></literalExpression>";
}

std::string random_policy(RandomStream& random) {
  Writer write(random);
  std::string xml =
      "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='m' id='m'>"
      "<itemDefinition name='tGrade'><typeRef>string</typeRef><allowedValues><text>\"A\",\"B\"</text></allowedValues>"
      "</itemDefinition><itemDefinition name='tList' isCollection='true'><typeRef>number</typeRef></itemDefinition>";
  std::string needs =
      "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
      "<knowledgeRequirement><requiredKnowledge href='#h'/></knowledgeRequirement>";
  std::string input_needs;
  for (const Input& input : kInputs) {
    const std::string name = input.name;
    xml += "<inputData id='i_" + name + "' name='" + name + "'><variable name='" + name + "' typeRef='" + input.type +
           "'/></inputData>";
    input_needs += "<informationRequirement><requiredInput href='#i_" + name + "'/></informationRequirement>";
  }
  xml +=
      "<businessKnowledgeModel id='k' name='double it'><encapsulatedLogic><formalParameter name='n' "
      "typeRef='number'/>" +
      literal("n * 2") +
      "</encapsulatedLogic></businessKnowledgeModel>"
      "<businessKnowledgeModel id='h' name='model'><encapsulatedLogic kind='PMML'><formalParameter name='n' "
      "typeRef='number'/>"
      "<formalParameter name='m' typeRef='number'/><context><contextEntry><variable name='document'/>" +
      literal("\"d\"") + "</contextEntry><contextEntry><variable name='model'/>" + literal("\"m\"") +
      "</contextEntry></context></encapsulatedLogic></businessKnowledgeModel>";
  for (int i = 0; i < 4; ++i) {
    const std::string id = "d" + std::to_string(i);
    const bool typed = random.below(3) == 0;
    xml += "<decision id='" + id + "' name='" + id + "'><variable name='" + id + "'" +
           (typed ? " typeRef='number'" : "") + "/>" + input_needs + needs;
    switch (random.below(4)) {
      case 0: xml += write.table(); break;
      case 1: {
        const std::string before = i == 0 ? "a" : "d" + std::to_string(i - 1);
        xml += "<context><contextEntry><variable name='u'/>" + literal(write.number(2)) +
               "</contextEntry><contextEntry><variable "
               "name='v'/>" +
               write.table() + "</contextEntry><contextEntry>" + literal("if u > 3 then v else " + before) +
               "</contextEntry></context>";
        break;
      }
      default: xml += literal(write.any(3));
    }
    xml += "</decision>";
    needs += "<informationRequirement><requiredDecision href='#" + id + "'/></informationRequirement>";
  }
  return xml + "</definitions>";
}

Value random_value(RandomStream& random, std::string_view type) {
  static const std::vector<Value> kLists[] = {
      {}, {Value::number(1)}, {Value::number(5), Value::number(2), Value::number(3)}};
  static constexpr const char* kTexts[] = {"red", "blue", "green", "", "a longer text"};
  if (random.below(12) == 0) return random.below(2) == 0 ? Value::missing() : Value::string("of another type");
  const auto number = [&] {
    return Value::number(
        feel::Decimal::scaled(static_cast<int64_t>(random.below(2000)) - 500, -static_cast<int>(random.below(3))));
  };
  if (type == "number") return number();
  if (type == "date") return Value::date(feel::CivilDate{2024, static_cast<uint8_t>(1 + random.below(12)), 5});
  if (type == "tGrade") return Value::string(random.below(4) == 0 ? "C" : random.below(2) == 0 ? "A" : "B");
  if (type == "tList") return Value::list(kLists[random.below(3)]);
  if (type == "boolean") return Value::boolean(random.below(2) == 0);
  if (type == "string") return Value::string(kTexts[random.below(5)]);
  return random.below(2) == 0 ? number() : Value::string(kTexts[random.below(5)]);
}

// The words of every null inside, and every digit that is kept.
std::string inside_out(const Value& value) {
  switch (value.kind()) {
    case feel::Kind::null: return "null because " + explain(value.cause());
    case feel::Kind::number: return value.as_number().text() + "e" + std::to_string(value.as_number().exponent());
    case feel::Kind::list: {
      std::string text = "[";
      for (const Value& item : value.as_list()) text += inside_out(item) + ", ";
      return text + "]";
    }
    case feel::Kind::context: {
      std::string text = "{";
      for (const feel::Entry& entry : value.as_context())
        text += std::string(entry.name) + ": " + inside_out(entry.value) + ", ";
      return text + "}";
    }
    default: return text_of(value);
  }
}

struct Rows {
  Rows(RandomStream& random, const Policy& policy, size_t rows) : count(rows) {
    for (const Variable& input : policy.inputs()) {
      const std::string_view type = input.type;
      auto& column = columns.emplace_back();
      for (size_t r = 0; r < rows; ++r) column.push_back(random_value(random, type));
    }
    for (const auto& column : columns) spans.emplace_back(column);
  }
  size_t count;
  std::vector<std::vector<Value>> columns;
  std::vector<std::span<const Value>> spans;
};

// Evaluates both ways and compares everything; "" when all is alike.
std::string difference(const Policy& policy, const Rows& rows, const Limits& limits) {
  Batch batch(policy, {.decisions = {}, .row_hits = BatchOptions::RowHits::kept});
  batch.evaluate(rows.spans, rows.count);
  Scratch scratch(limits);
  Trace trace;
  std::vector<uint64_t> hits(policy.rules().size());
  std::vector<Value> row(rows.columns.size());
  for (size_t r = 0; r < rows.count; ++r) {
    for (size_t i = 0; i < row.size(); ++i) row[i] = rows.columns[i][r];
    trace.clear();
    const auto values = policy.evaluate(row, scratch, &trace);
    for (const uint32_t rule : trace.hits) ++hits[rule];
    const std::string where = "row " + std::to_string(r) + ", ";
    for (size_t d = 0; d < values.size(); ++d) {
      const std::string online = inside_out(values[d]);
      const std::string batched = inside_out(batch.values(d)[r]);
      if (online != batched)
        return where + policy.decisions()[d].name + ": online " + online + ", in a batch " + batched;
    }
    if (!std::ranges::equal(trace.hits, batch.row_hits(r))) return where + "the rules hit";
  }
  return std::ranges::equal(hits, batch.rule_hits()) ? "" : "the histogram of rules";
}

TEST(Batch, AnswersWhatOnlineAnswersOverRandomPolicies) {
  const Adder host;
  const Random seed(41);
  int compiled = 0;
  for (uint64_t round = 0; round < 400; ++round) {
    RandomStream random(seed, 0, round);
    const std::string xml = random_policy(random);
    const auto policy = Policy::compile(xml, host);
    if (!policy) continue;
    ++compiled;
    const Rows rows(random, *policy, 1 + random.below(600));
    ASSERT_EQ(difference(*policy, rows, {}), "") << "round " << round << "\n" << xml;
  }
  EXPECT_GT(compiled, 300);
  EXPECT_GT(host.many_calls, 20);
}

TEST(Batch, ARowThatReachesALimitLeavesItsNeighboursAlone) {
  const Adder host;
  const Random seed(42);
  int limited = 0;
  for (const Limits& limits : {Limits{.steps_max = 40}, Limits{.steps_max = 2'000}, Limits{.arena_bytes_max = 40'000},
                               Limits{.steps_max = 400, .depth_max = 1}}) {
    for (uint64_t round = 0; round < 60; ++round) {
      RandomStream random(seed, 0, round);
      const auto policy = Policy::compile(random_policy(random), host, {.limits = limits});
      if (!policy) continue;
      const Rows rows(random, *policy, 1 + random.below(300));
      ASSERT_EQ(difference(*policy, rows, limits), "") << "round " << round;
      ++limited;
    }
  }
  EXPECT_GT(limited, 150);
}

TEST(Batch, OneEndlessRowStopsAloneAndIsTheOnlyOneThatDoes) {
  const auto policy = Policy::compile(
      "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='m' id='m'>"
      "<inputData id='a' name='a'><variable name='a' typeRef='number'/></inputData>"
      "<decision id='d' name='D'><variable name='D'/><informationRequirement><requiredInput "
      "href='#a'/></informationRequirement>" +
          literal("count(for i in 1..a return i)") + "</decision></definitions>",
      kNone, {.limits = {.steps_max = 1'000}});
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  std::vector<Value> column(700, Value::number(3));
  column[300] = Value::number(900'000);
  const std::span<const Value> inputs[] = {column};
  Batch batch(*policy);
  batch.evaluate(inputs, column.size());
  for (size_t r = 0; r < column.size(); ++r) {
    EXPECT_EQ(text_of(batch.values(0)[r]), r == 300 ? "null" : "3") << r;
  }
  EXPECT_NE(explain(batch.values(0)[300].cause()).find("the limit of steps is reached"), std::string::npos);
}

TEST(Batch, ComputesOnlyWhatIsAskedAndWhatThatNeeds) {
  const auto policy = Policy::compile(
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m" id="m">
<inputData id="a" name="a"><variable name="a" typeRef="number"/></inputData>
<decision id="x" name="X"><variable name="X"/><informationRequirement><requiredInput href="#a"/></informationRequirement>
<literalExpression><text>a + 1</text></literalExpression></decision>
<decision id="y" name="Y"><variable name="Y"/><informationRequirement><requiredDecision href="#x"/></informationRequirement>
<literalExpression><text>X * 2</text></literalExpression></decision>
<decision id="z" name="Z"><variable name="Z"/><informationRequirement><requiredInput href="#a"/></informationRequirement>
<literalExpression><text>a * 3</text></literalExpression></decision></definitions>)",
      kNone);
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  Batch batch(*policy, {.decisions = {*policy->decision("Y")}});
  const std::vector<Value> column{Value::number(1), Value::missing(), Value::number(5)};
  const std::span<const Value> inputs[] = {column};
  batch.evaluate(inputs, column.size());
  const auto answers = batch.values(*policy->decision("Y"));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(text_of(answers[0]), "4");
  EXPECT_TRUE(answers[1].is_null());
  EXPECT_EQ(text_of(answers[2]), "12");
  EXPECT_TRUE(batch.values(*policy->decision("Z")).empty());
}

}  // namespace
}  // namespace puhui::dmn
