// Files made to hurt: each is refused when it loads or stops at a named limit, with its place.
#include <gtest/gtest.h>

#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {
namespace {

using feel::Value;

std::string model_of(std::string_view body) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m" id="m">)" +
         std::string(body) + "</definitions>";
}

std::string fault_of(const std::string& xml, const CompileOptions& options = {}) {
  const NoFunctions host;
  const auto policy = Policy::compile(xml, host, options);
  return policy ? "no fault" : policy.error().text();
}

std::string decision(const std::string& id, const std::string& requires_id, const std::string& text) {
  const std::string needs = requires_id.empty() ? ""
                                                : "<informationRequirement><requiredDecision href='#" + requires_id +
                                                      "'/></informationRequirement>";
  return "<decision id='" + id + "' name='" + id + "'>" + needs + "<literalExpression><text>" + text +
         "</text></literalExpression></decision>";
}

// What the last of the decisions answers, or why it is null.
std::string answer_of(const std::string& xml, const std::string& name) {
  const NoFunctions host;
  const auto policy = Policy::compile(xml, host);
  if (!policy) return "fault: " + policy.error().text();
  Scratch scratch;
  const Value value = policy->evaluate_one(*policy->decision(name), {}, scratch);
  return value.is_null() ? explain(value.cause()) : text_of(value).substr(0, 100);
}

TEST(Hostile, DecisionsThatDoubleWhatTheyRequireStop) {
  std::string body = decision("d0", "", "[1]");
  for (int i = 1; i < 60; ++i) {
    const std::string before = "d" + std::to_string(i - 1);
    body += decision("d" + std::to_string(i), before, "[" + before + ", " + before + "]");
  }
  const std::string said = answer_of(model_of(body), "d59");
  EXPECT_NE(said.find("the limit of values inside one value is reached"), std::string::npos) << said;
  EXPECT_NE(said.find("limit reached at d"), std::string::npos) << said;  // with the element that went too far
}

TEST(Hostile, TablesThatDoubleWhatTheyRequireStop) {
  std::string body = decision("d0", "", "[1]");
  for (int i = 1; i < 60; ++i) {
    const std::string before = "d" + std::to_string(i - 1);
    const std::string id = "d" + std::to_string(i);
    body +=
        "<decision id='" + id + "' name='" + id + "'><informationRequirement><requiredDecision href='#" + before +
        "'/></informationRequirement><decisionTable><input><inputExpression><text>1</text></inputExpression></input>"
        "<output name='a'/><output name='b'/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>" +
        before + "</text></outputEntry><outputEntry><text>" + before +
        "</text></outputEntry></rule></decisionTable></decision>";
  }
  const std::string said = answer_of(model_of(body), "d59");
  EXPECT_NE(said.find("the limit of values inside one value is reached"), std::string::npos) << said;
}

TEST(Hostile, ChainsOfRequirementsAreBounded) {
  std::string body = decision("d0", "", "1");
  for (int i = 1; i < 20'000; ++i) body += decision("d" + std::to_string(i), "d" + std::to_string(i - 1), "1");
  EXPECT_NE(fault_of(model_of(body)).find("at most 10000 decisions, came 20000"), std::string::npos);
  for (const bool leaf_first : {true, false}) {
    std::string chain = decision("d2000", "", "1");
    for (int i = 1999; i >= 0; --i) {
      const std::string one = decision("d" + std::to_string(i), "d" + std::to_string(i + 1), "1");
      if (leaf_first)
        chain += one;
      else
        chain.insert(0, one);
    }
    const std::string said = fault_of(model_of(chain));
    EXPECT_NE(said.find("require each other at most 500 deep"), std::string::npos) << said.substr(0, 300);
    EXPECT_NE(said.find("element d"), std::string::npos);
  }
}

TEST(Hostile, ItemDefinitionsThatHoldThemselvesOrEachOtherWithoutEndAreRefused) {
  const std::string itself =
      "<itemDefinition id='t' name='t'><typeRef>u</typeRef></itemDefinition>"
      "<itemDefinition id='u' name='u'><typeRef>t</typeRef></itemDefinition>";
  EXPECT_NE(fault_of(model_of(itself)).find("is defined by itself"), std::string::npos) << fault_of(model_of(itself));
  std::string chain;
  for (int i = 0; i < 20'000; ++i) {
    chain += "<itemDefinition id='t" + std::to_string(i) + "' name='t" + std::to_string(i) + "'><typeRef>t" +
             std::to_string(i + 1) + "</typeRef></itemDefinition>";
  }
  chain += "<itemDefinition name='t20000'><typeRef>number</typeRef></itemDefinition>";
  const std::string said = fault_of(model_of(chain));
  EXPECT_NE(said.find("expected types at most 200 inside each other"), std::string::npos) << said.substr(0, 300);
  EXPECT_NE(said.find("line 1, column"), std::string::npos);
}

// A tree may hold itself in a list: a value of it ends, so it is allowed.
TEST(Hostile, ItemDefinitionsMayHoldThemselvesInLists) {
  const std::string tree =
      "<itemDefinition name='tree'><itemComponent name='v'><typeRef>number</typeRef></itemComponent>"
      "<itemComponent name='kids' isCollection='true'><typeRef>tree</typeRef></itemComponent></itemDefinition>"
      "<decision id='d' name='D'><variable name='D' typeRef='tree'/><literalExpression><text>"
      "{v: 1, kids: [{v: 2, kids: []}]}</text></literalExpression></decision>";
  EXPECT_EQ(answer_of(model_of(tree), "D"), "{v: 1, kids: [{v: 2, kids: []}]}");
}

TEST(Hostile, ImportsInACircleAreReadOnce) {
  const auto importing = [](std::string_view own, std::string_view other) {
    std::string xml = "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='";
    xml.append(own).append("'><import name='o' namespace='").append(other);
    return xml.append(
        "' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/><decision id='d' name='D'>"
        "<literalExpression><text>1</text></literalExpression></decision></definitions>");
  };
  const std::string b = importing("urn:b", "urn:a");
  CompileOptions options;
  options.imported = {b};
  EXPECT_EQ(fault_of(importing("urn:a", "urn:b"), options), "no fault");
}

TEST(Hostile, FunctionsThatCallEachOtherWithoutEndStopAtTheDepth) {
  const std::string functions =
      "<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic><formalParameter name='n'/>"
      "<literalExpression id='e'><text>f(n + 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
      "<decision id='d' name='D'><knowledgeRequirement><requiredKnowledge href='#f'/></knowledgeRequirement>"
      "<literalExpression><text>f(1)</text></literalExpression></decision>";
  const std::string said = answer_of(model_of(functions), "D");
  EXPECT_NE(said.find("limit reached at e 1:"), std::string::npos) << said;
  EXPECT_NE(said.find("the limit of calls inside calls"), std::string::npos) << said;
}

TEST(Hostile, EntitiesAndEncodingsDoNotPass) {
  EXPECT_NE(fault_of("<!DOCTYPE definitions SYSTEM \"file:///etc/passwd\"><definitions/>").find("no document type"),
            std::string::npos);
  std::string bomb = "<?xml version='1.0'?><!DOCTYPE z [<!ENTITY a 'aaaaaaaaaa'>";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb.append("<!ENTITY ").append(1, c).append(" '&").append(1, static_cast<char>(c - 1)).append(";&");
    bomb.append(1, static_cast<char>(c - 1)).append(";'>");
  }
  EXPECT_NE(fault_of(bomb + "]><definitions>&j;</definitions>").find("no document type"), std::string::npos);
  EXPECT_EQ(answer_of(model_of(decision("d", "", "\"&unknown;\"")), "d"), "\"&unknown;\"");  // no entity is known
  EXPECT_NE(fault_of(std::string("\0\0\0", 3)).find("expected"), std::string::npos);
}

TEST(Hostile, OtherExpressionLanguagesAreRefused) {
  const auto in = [](std::string_view language) {
    std::string xml = "<decision id='d' name='D'><literalExpression id='e' expressionLanguage='";
    return fault_of(model_of(xml.append(language).append("'><text>1</text></literalExpression></decision>")));
  };
  EXPECT_EQ(in("https://www.omg.org/spec/DMN/20230324/FEEL/"), "no fault");
  EXPECT_EQ(in("http://www.omg.org/spec/FEEL/20140401"), "no fault");
  EXPECT_EQ(in("feel"), "no fault");
  EXPECT_NE(in("https://www.omg.org/spec/DMN/20240513/B-FEEL/").find("expected FEEL as the expression language"),
            std::string::npos);
  EXPECT_NE(in("groovy").find("element e, line 1, column"), std::string::npos);
}

TEST(Hostile, LoadingDoesNotComputeForEver) {
  std::string body;
  for (int i = 0; i < 200; ++i) {
    body += decision(
        "d" + std::to_string(i), "",
        "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\") or matches(\"a\", \"((a{900}){50})\")");
  }
  EXPECT_EQ(fault_of(model_of(body)), "no fault");
}

}  // namespace
}  // namespace puhui::dmn
