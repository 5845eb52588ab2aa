#include "infrastructure/dmn/policy.h"

#include <gtest/gtest.h>

namespace puhui::dmn {
namespace {

using feel::Value;

const NoFunctions kNone;

std::string model_of(std::string_view body) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m" id="m">)" +
         std::string(body) + "</definitions>";
}

std::string input_of(std::string_view name, std::string_view type) {
  const std::string n(name);
  return "<inputData id='i_" + n + "' name='" + n + "'><variable name='" + n + "' typeRef='" + std::string(type) +
         "'/></inputData>";
}

std::string needs_input(std::string_view name) {
  return "<informationRequirement><requiredInput href='#i_" + std::string(name) + "'/></informationRequirement>";
}

Policy compiled(const std::string& xml, const Functions& host = kNone) {
  auto policy = Policy::compile(xml, host);
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return *std::move(policy);
}

std::string fault_of(const std::string& xml, const CompileOptions& options = {}) {
  const NoFunctions host;
  const auto policy = Policy::compile(xml, host, options);
  return policy ? "no fault" : policy.error().text();
}

// One table over the inputs a (number) and b (string); rules as rows of cells.
std::string table_of(std::string_view hit, std::vector<std::vector<std::string>> rules, std::string_view outputs = "") {
  std::string xml = input_of("a", "number") + input_of("b", "string") + "<decision id='d' name='D'>" +
                    "<variable name='D'/>" + needs_input("a") + needs_input("b") + "<decisionTable id='t' " +
                    std::string(hit) + "><input id='c1'><inputExpression><text>a</text></inputExpression></input>" +
                    "<input id='c2'><inputExpression><text>b</text></inputExpression></input>";
  xml += outputs.empty() ? "<output id='o'/>" : std::string(outputs);
  int number = 0;
  for (const auto& cells : rules) {
    xml += "<rule id='r" + std::to_string(++number) + "'>";
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string tag = i < 2 ? "inputEntry" : "outputEntry";
      std::string text;
      for (const char c : cells[i]) text += c == '<' ? "&lt;" : std::string(1, c);
      xml += "<" + tag + "><text>" + text + "</text></" + tag + ">";
    }
    xml += "</rule>";
  }
  return model_of(xml + "</decisionTable></decision>");
}

std::string decide(const Policy& policy, const Value& a, const Value& b, Trace* trace = nullptr) {
  Scratch scratch;
  const Value inputs[] = {a, b};
  return text_of(policy.evaluate(inputs, scratch, trace)[0]);
}

std::string why(const Policy& policy, const Value& a, const Value& b) {
  Scratch scratch;
  const Value inputs[] = {a, b};
  const Value value = policy.evaluate(inputs, scratch)[0];
  return value.is_null() ? explain(value.cause()) : "not null: " + text_of(value);
}

const Value kX = Value::string("x");

TEST(Policy, UniqueAnswersTheOneRuleOrSaysWhyNot) {
  const Policy policy =
      compiled(table_of("hitPolicy='UNIQUE'", {{"<5", "-", "1"}, {"[5..10]", "\"x\"", "2"}, {">8", "-", "3"}}));
  EXPECT_EQ(decide(policy, Value::number(3), kX), "1");
  EXPECT_EQ(decide(policy, Value::number(5), kX), "2");
  EXPECT_EQ(why(policy, Value::number(9), kX),
            "rules contradict each other at t 1:457: expected one rule to match, came rules 2, 3");
  EXPECT_EQ(why(policy, Value::number(6), Value::string("y")),
            "no rule matched at t 1:457: no rule for a = 6, b = \"y\"");
  EXPECT_EQ(why(policy, Value::missing(), kX),
            "no rule matched at t 1:457: no rule for a = null, b = \"x\"; because missing at i_a 1:101: input a is not "
            "given");
}

TEST(Policy, FirstStopsAtTheFirstAndTraceNamesIt) {
  const Policy policy = compiled(table_of("hitPolicy='FIRST'", {{"<5", "-", "1"}, {"<10", "-", "2"}, {"-", "-", "3"}}));
  Trace trace;
  EXPECT_EQ(decide(policy, Value::number(7), kX, &trace), "2");
  ASSERT_EQ(trace.hits.size(), 1u);
  EXPECT_EQ(policy.rules()[trace.hits[0]].id, "r2");
  EXPECT_EQ(policy.rules()[trace.hits[0]].owner, "D");
  EXPECT_EQ(policy.rules()[trace.hits[0]].number, 2u);
}

TEST(Policy, AnyWantsAgreement) {
  const Policy policy =
      compiled(table_of("hitPolicy='ANY'", {{"<5", "-", "1"}, {"<10", "-", "1"}, {"-", "\"x\"", "2"}}));
  EXPECT_EQ(decide(policy, Value::number(3), Value::string("y")), "1");
  EXPECT_EQ(decide(policy, Value::number(3), kX), "null");
}

TEST(Policy, CollectListsOrAggregates) {
  const std::vector<std::vector<std::string>> rules{{"<5", "-", "1"}, {"<10", "-", "5"}, {"-", "\"x\"", "3"}};
  const auto with = [&](std::string_view hit, int64_t a) {
    return decide(compiled(table_of(hit, rules)), Value::number(a), kX);
  };
  EXPECT_EQ(with("hitPolicy='COLLECT'", 3), "[1, 5, 3]");
  EXPECT_EQ(with("hitPolicy='COLLECT' aggregation='SUM'", 3), "9");
  EXPECT_EQ(with("hitPolicy='COLLECT' aggregation='MIN'", 3), "1");
  EXPECT_EQ(with("hitPolicy='COLLECT' aggregation='MAX'", 3), "5");
  EXPECT_EQ(with("hitPolicy='COLLECT' aggregation='COUNT'", 7), "2");
  EXPECT_EQ(with("hitPolicy='RULE ORDER'", 7), "[5, 3]");
  EXPECT_EQ(decide(compiled(table_of("hitPolicy='COLLECT'", rules)), Value::number(50), Value::string("y")), "[]");
}

TEST(Policy, PriorityFollowsTheOrderOfOutputValues) {
  const std::string outputs =
      "<output id='o'><outputValues><text>\"high\",\"middle\",\"low\"</text></outputValues></output>";
  const std::vector<std::vector<std::string>> rules{
      {"-", "-", "\"low\""}, {">5", "-", "\"high\""}, {">1", "-", "\"middle\""}};
  EXPECT_EQ(decide(compiled(table_of("hitPolicy='PRIORITY'", rules, outputs)), Value::number(7), kX), "\"high\"");
  EXPECT_EQ(decide(compiled(table_of("hitPolicy='OUTPUT ORDER'", rules, outputs)), Value::number(7), kX),
            "[\"high\", \"middle\", \"low\"]");
}

TEST(Policy, SeveralOutputsAreAContextAndDefaultsFillIn) {
  const std::string outputs =
      "<output id='o1' name='grade' "
      "typeRef='string'><defaultOutputEntry><text>\"F\"</text></defaultOutputEntry></output>"
      "<output id='o2' name='points' typeRef='number'/>";
  const Policy policy = compiled(table_of("hitPolicy='UNIQUE'", {{"<5", "-", "\"A\"", "10 + a"}}, outputs));
  EXPECT_EQ(decide(policy, Value::number(3), kX), "{grade: \"A\", points: 13}");
  EXPECT_EQ(decide(policy, Value::number(9), kX), "{grade: \"F\", points: null}");
}

TEST(Policy, CellsMaySpeakOfOtherNamesAndOfTheInputItself) {
  const Policy policy = compiled(table_of("hitPolicy='FIRST'", {{"string length(b), > 100", "-", "1"},
                                                                {"-", "starts with(?, \"x\")", "2"},
                                                                {"not(3, [7..9))", "-", "3"},
                                                                {"null", "-", "4"}}));
  EXPECT_EQ(decide(policy, Value::number(1), kX), "1");
  EXPECT_EQ(decide(policy, Value::number(101), Value::string("yy")), "1");
  EXPECT_EQ(decide(policy, Value::number(3), Value::string("xyz")), "1");
  EXPECT_EQ(decide(policy, Value::number(4), Value::string("xyz")), "2");
  EXPECT_EQ(decide(policy, Value::number(4), Value::string("yy")), "3");
  EXPECT_EQ(decide(policy, Value::missing(), Value::string("yy")), "4");
  EXPECT_EQ(decide(policy, Value::number(7), Value::string("yy")), "null");
}

TEST(Policy, InputsOfAWrongTypeAreNullsThatSaySo) {
  const Policy policy = compiled(table_of("hitPolicy='FIRST'", {{"<5", "-", "1"}}));
  EXPECT_EQ(why(policy, Value::string("much"), kX),
            "no rule matched at t 1:457: no rule for a = null, b = \"x\"; because wrong type at i_a 1:101: input a "
            "expects number, came \"much\"");
}

TEST(Policy, DecisionsFollowWhatTheyRequire) {
  const Policy policy = compiled(model_of(
      input_of("a", "number") +
      "<decision id='d2' name='Second'><variable name='Second' typeRef='number'/>"
      "<informationRequirement><requiredDecision href='#d1'/></informationRequirement>"
      "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
      "<literalExpression><text>double of(First) + 1</text></literalExpression></decision>"
      "<decision id='d1' name='First'><variable name='First' typeRef='number'/>" +
      needs_input("a") +
      "<literalExpression><text>a * 10</text></literalExpression></decision>"
      "<businessKnowledgeModel id='k' name='double of'><encapsulatedLogic><formalParameter name='n' typeRef='number'/>"
      "<literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"));
  ASSERT_EQ(policy.decisions().size(), 2u);
  EXPECT_EQ(policy.decisions()[0].name, "First");
  Scratch scratch;
  const Value inputs[] = {Value::number(4)};
  const auto answers = policy.evaluate(inputs, scratch);
  EXPECT_EQ(text_of(answers[1]), "81");
  EXPECT_EQ(text_of(policy.evaluate_one(*policy.decision("Second"), inputs, scratch)), "81");
}

TEST(Policy, BoxedContextsAndInvocations) {
  const Policy policy = compiled(
      model_of(input_of("a", "number") + "<decision id='d' name='D'><variable name='D'/>" + needs_input("a") +
               "<context id='c'>"
               "<contextEntry><variable name='f'/><functionDefinition><formalParameter name='x'/>"
               "<literalExpression><text>x + 1</text></literalExpression></functionDefinition></contextEntry>"
               "<contextEntry><variable name='y'/><invocation><literalExpression><text>f</text></literalExpression>"
               "<binding><parameter "
               "name='x'/><literalExpression><text>a</text></literalExpression></binding></invocation></contextEntry>"
               "<contextEntry><literalExpression><text>y * 2</text></literalExpression></contextEntry>"
               "</context></decision>"));
  Scratch scratch;
  const Value inputs[] = {Value::number(4)};
  EXPECT_EQ(text_of(policy.evaluate(inputs, scratch)[0]), "10");
}

TEST(Policy, ItemDefinitionsCheckTypesAndAllowedValues) {
  const Policy policy = compiled(model_of(
      "<itemDefinition "
      "name='tGrade'><typeRef>string</typeRef><allowedValues><text>\"A\",\"B\"</text></allowedValues></itemDefinition>"
      "<itemDefinition name='tLoan'><itemComponent name='amount'><typeRef>number</typeRef></itemComponent>"
      "<itemComponent name='grade of it'><typeRef>tGrade</typeRef></itemComponent></itemDefinition>" +
      input_of("a", "tLoan") + "<decision id='d' name='D'><variable name='D' typeRef='tGrade'/>" + needs_input("a") +
      "<literalExpression><text>a.grade of it</text></literalExpression></decision>"));
  EXPECT_EQ(policy.inputs()[0].kind, feel::Kind::context);
  EXPECT_EQ(policy.decisions()[0].allowed, (std::vector<std::string>{"A", "B"}));
  Scratch scratch;
  const auto with = [&](const char* grade) {
    const feel::Entry loan[] = {{"amount", Value::number(5)}, {"grade of it", Value::string(grade)}};
    const Value inputs[] = {Value::context(loan)};
    const Value answer = policy.evaluate(inputs, scratch)[0];
    return answer.is_null() ? explain(answer.cause()) : text_of(answer);
  };
  EXPECT_EQ(with("B"), "\"B\"");
  EXPECT_NE(with("Q").find("input a expects an allowed value of tLoan, came \"Q\""), std::string::npos) << with("Q");
}

// A model that answers a tenth of its argument.
class Tenth final : public HostFunction, public Functions {
 public:
  struct Call final : HostCall {
    Value call(std::span<const Value> args, feel::Arena& arena, Trace*) const override {
      auto* entries = arena.array<feel::Entry>(1);
      if (!args[0].is_number()) return args[0];
      entries[0] = {"probability", Value::number(*divide(args[0].as_number(), feel::Decimal(10)))};
      return Value::context({entries, 1});
    }
  };
  Result<std::unique_ptr<const HostCall>> bind(std::span<const std::string> names) const override {
    if (names.size() != 1 || names[0] != "income") return fail(ErrorCode::invalid, "expected the parameter income");
    return std::unique_ptr<const HostCall>(new Call);
  }
  const HostFunction* find_model(std::string_view, std::string_view model) const override {
    return model == "pd" ? this : nullptr;
  }
};

std::string model_policy(std::string_view model, std::string_view parameter) {
  const std::string p(parameter);
  return model_of(
      input_of("a", "number") + "<decision id='d' name='D'><variable name='D'/>" + needs_input("a") +
      "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
      "<literalExpression><text>score(a).probability</text></literalExpression></decision>"
      "<businessKnowledgeModel id='k' name='score'><encapsulatedLogic kind='PMML'><formalParameter name='" +
      p +
      "' typeRef='number'/><context>"
      "<contextEntry><variable "
      "name='document'/><literalExpression><text>\"model:pd\"</text></literalExpression></contextEntry>"
      "<contextEntry><variable name='model'/><literalExpression><text>\"" +
      std::string(model) +
      "\"</text></literalExpression></contextEntry></context></encapsulatedLogic></businessKnowledgeModel>");
}

TEST(Policy, CallsAModelByTheNameOfARegisteredFunction) {
  const Tenth host;
  const auto policy = Policy::compile(model_policy("pd", "income"), host);
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  Scratch scratch;
  Trace trace;
  const Value inputs[] = {Value::number(3)};
  EXPECT_EQ(text_of(policy->evaluate(inputs, scratch, &trace)[0]), "0.3");
  EXPECT_EQ(trace.calls.size(), 1u);
  const Value none[] = {Value::missing()};
  EXPECT_TRUE(policy->evaluate(none, scratch)[0].is_null());
  EXPECT_FALSE(Policy::compile(model_policy("other", "income"), host).has_value());
  EXPECT_FALSE(Policy::compile(model_policy("pd", "age"), host).has_value());
}

TEST(Policy, EveryFaultIsReportedWithItsPlace) {
  const std::string xml = model_of(
      input_of("a", "nummer") + "<decision id='d' name='D'><variable name='D'/>" + needs_input("a") +
      "<literalExpression id='e'><text>a +\n* 2</text></literalExpression></decision>"
      "<decision id='e2' name='E'><informationRequirement><requiredInput href='#gone'/></informationRequirement>"
      "<literalExpression id='x'><text>incom</text></literalExpression></decision>");
  const std::string fault = fault_of(xml);
  EXPECT_NE(fault.find("element i_a, line 1, column 101: expected the name of a type, came 'nummer'"),
            std::string::npos)
      << fault;
  EXPECT_NE(fault.find("element e, line 2, column 1: expected a value, came '*'"), std::string::npos) << fault;
  EXPECT_NE(fault.find("came '#gone'"), std::string::npos) << fault;
  EXPECT_NE(fault.find("expected a known name, came 'incom'"), std::string::npos) << fault;
}

TEST(Policy, CyclesEntitiesDepthAndSizeAreRefused) {
  const std::string cycle = model_of(
      "<decision id='a' name='A'><informationRequirement><requiredDecision href='#b'/></informationRequirement>"
      "<literalExpression><text>B</text></literalExpression></decision>"
      "<decision id='b' name='B'><informationRequirement><requiredDecision href='#a'/></informationRequirement>"
      "<literalExpression><text>A</text></literalExpression></decision>");
  EXPECT_NE(fault_of(cycle).find("expected no decision to require itself, but A requires B requires A"),
            std::string::npos)
      << fault_of(cycle);
  EXPECT_NE(fault_of("<!DOCTYPE d [<!ENTITY e 'x'>]><definitions/>").find("no document type"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  for (int i = 0; i < 1000; ++i) deep += "</a>";
  EXPECT_NE(fault_of(deep).find("depth"), std::string::npos);
  CompileOptions small;
  small.limits.xml_bytes_max = 10;
  EXPECT_NE(fault_of(cycle, small).find("at most 10 bytes"), std::string::npos);
  EXPECT_NE(fault_of("<definitions").find("well-formed"), std::string::npos);
  EXPECT_NE(fault_of("<html/>").find("<definitions>"), std::string::npos);
}

TEST(Policy, DigestNamesTheBytes) {
  const std::string xml = table_of("", {{"-", "-", "1"}});
  EXPECT_EQ(compiled(xml).digest(), sha256(xml));
}

TEST(Policy, ServicesAreFunctionsOverTheirInputs) {
  const Policy policy = compiled(model_of(
      input_of("a", "number") + "<decision id='d1' name='First'><variable name='First' typeRef='number'/>" +
      needs_input("a") +
      "<literalExpression><text>a * 10</text></literalExpression></decision>"
      "<decision id='d2' name='Second'><variable name='Second'/><knowledgeRequirement><requiredKnowledge href='#s'/>"
      "</knowledgeRequirement><literalExpression><text>svc(3) + svc(4)</text></literalExpression></decision>"
      "<decisionService id='s' name='svc'><outputDecision href='#d1'/><inputData href='#i_a'/></decisionService>"));
  Scratch scratch;
  EXPECT_EQ(text_of(policy.evaluate_one(*policy.decision("Second"), {}, scratch)), "70");
  const feel::Entry arguments[] = {{"a", Value::number(7)}};
  EXPECT_EQ(text_of(policy.invoke("svc", arguments, scratch)), "70");
}

}  // namespace
}  // namespace puhui::dmn
