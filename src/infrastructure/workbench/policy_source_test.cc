#include "infrastructure/workbench/policy_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using testing::HasSubstr;

PolicySource of_file(const std::string& file) {
  PolicySource source;
  source.file = file;
  return source;
}

PolicySource of_text(const std::string& text) {
  PolicySource source;
  source.text = text;
  return source;
}

std::string error_of(const auto& result) { return result ? "no error" : result.error().text(); }

// Calls a model of one field and one output.
std::string calling(const std::string& document) {
  return definitions("calling",
                     input_data("x", "number") +
                         "<businessKnowledgeModel id=\"b\" name=\"Twice\"><variable name=\"Twice\"/>"
                         "<encapsulatedLogic kind=\"PMML\"><formalParameter name=\"x\" typeRef=\"number\"/><context>"
                         "<contextEntry><variable name=\"document\"/><literalExpression><text>\"" +
                         document +
                         "\"</text></literalExpression></contextEntry><contextEntry><variable name=\"model\"/>"
                         "<literalExpression><text>\"twice\"</text></literalExpression></contextEntry></context>"
                         "</encapsulatedLogic></businessKnowledgeModel>"
                         "<decision id=\"d\" name=\"D\"><variable name=\"D\"/>"
                         "<informationRequirement><requiredInput href=\"#i_x\"/></informationRequirement>"
                         "<knowledgeRequirement><requiredKnowledge href=\"#b\"/></knowledgeRequirement>"
                         "<literalExpression><text>Twice(x) + 1</text></literalExpression></decision>");
}

const char* const kTwice =
    "<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\"><Header/><DataDictionary>"
    "<DataField name=\"x\" optype=\"continuous\" dataType=\"double\"/>"
    "<DataField name=\"y\" optype=\"continuous\" dataType=\"double\"/></DataDictionary>"
    "<RegressionModel modelName=\"twice\" functionName=\"regression\"><MiningSchema><MiningField name=\"x\"/>"
    "<MiningField name=\"y\" usageType=\"target\"/></MiningSchema><RegressionTable intercept=\"0\">"
    "<NumericPredictor name=\"x\" coefficient=\"2\"/></RegressionTable></RegressionModel></PMML>";

std::string value_of_d(const LoadedPolicy& loaded, int64_t x) {
  dmn::Scratch scratch;
  const std::vector<feel::Value> inputs = {feel::Value::number(x)};
  const feel::Value value = loaded.policy().evaluate_one(*loaded.policy().decision("D"), inputs, scratch);
  return text_of(value) + (value.is_null() ? " <- " + explain(value.cause()) : "");
}

TEST(PolicySource, a_model_file_is_looked_for_beside_the_policy) {
  Desk desk;
  ASSERT_TRUE(desk.files.make_folder("bank"));
  ASSERT_TRUE(desk.files.write("bank/policy.dmn", calling("twice.pmml")));
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.near, of_file("bank/policy.dmn"))),
              HasSubstr("twice.pmml: there is no such model file beside the policy"));
  ASSERT_TRUE(desk.files.write("bank/twice.pmml", kTwice));
  const auto loaded = LoadedPolicy::load(desk.near, of_file("bank/policy.dmn"));
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(value_of_d(**loaded, 20), "41");
  EXPECT_EQ((*loaded)->models(), std::vector<std::string>{"twice.pmml: pmml model 'twice'"});
}

TEST(PolicySource, a_caller_without_a_disk_sends_texts) {
  Desk desk;
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.far, of_file("policy.dmn"))),
              HasSubstr("forbidden: file: names a file"));
  PolicySource source = of_text(calling("twice.pmml"));
  source.beside.push_back({"twice.pmml", kTwice});
  const auto loaded = LoadedPolicy::load(desk.far, source);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(value_of_d(**loaded, 3), "7");
}

TEST(PolicySource, an_external_function_in_an_expression_calls_a_model_too) {
  Desk desk;
  PolicySource source = of_text(definitions(
      "m",
      "<decision id=\"d\" name=\"D\"><variable name=\"D\"/><literalExpression><text>{f: function(x) external "
      "{pmml: {document: \"twice.pmml\", model: \"twice\"}}, r: f(21)}.r</text></literalExpression></decision>"));
  source.beside.push_back({"twice.pmml", kTwice});
  const auto loaded = LoadedPolicy::load(desk.far, source);
  ASSERT_TRUE(loaded) << loaded.error().text();
  dmn::Scratch scratch;
  EXPECT_EQ(text_of((*loaded)->policy().evaluate_one(*(*loaded)->policy().decision("D"), {}, scratch)), "42");
}

TEST(PolicySource, faults_of_a_model_are_told_with_those_of_the_policy) {
  Desk desk;
  PolicySource source = of_text(calling("twice.pmml"));
  source.beside.push_back({"twice.pmml", "<PMML version=\"4.4\">"});
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.far, source)), HasSubstr("twice.pmml: "));
}

TEST(PolicySource, a_governed_model_is_a_null_that_says_so_until_a_file_stands_for_it) {
  Desk desk;
  PolicySource source = of_text(calling("model:pd"));
  const auto without = LoadedPolicy::load(desk.near, source);
  ASSERT_TRUE(without) << without.error().text();
  EXPECT_THAT(value_of_d(**without, 3), HasSubstr("the model 'pd' is bound by a permit"));
  EXPECT_EQ((*without)->models(), std::vector<std::string>{"model:pd: bound by a permit"});
  ASSERT_TRUE(desk.files.write("pd.pmml", kTwice));
  source.model = {"pd=pd.pmml"};
  const auto with = LoadedPolicy::load(desk.near, source);
  ASSERT_TRUE(with) << with.error().text();
  EXPECT_EQ(value_of_d(**with, 3), "7");
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.far, source)), HasSubstr("model: names a file of yours"));
}

TEST(PolicySource, imports_are_found_in_the_folder_also_those_of_imports) {
  Desk desk;
  const std::string import = "<import xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"";
  const auto importing = [&](const std::string& name, const std::string& from, const std::string& text) {
    return definitions(name, import + from + "\" namespace=\"urn:" + from +
                                 "\" importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>"
                                 "<decision id=\"d_" +
                                 name +
                                 "\" name=\"D\"><variable name=\"D\"/>"
                                 "<informationRequirement><requiredDecision href=\"urn:" +
                                 from + "#d_" + from + "\"/></informationRequirement><literalExpression><text>" + text +
                                 "</text></literalExpression></decision>");
  };
  ASSERT_TRUE(desk.files.write("top.dmn", importing("top", "middle", "middle.D + 1")));
  ASSERT_TRUE(desk.files.write("middle.dmn", importing("middle", "base", "base.D * 10")));
  ASSERT_TRUE(
      desk.files.write("base.dmn", definitions("base",
                                               "<decision id=\"d_base\" name=\"D\"><variable name=\"D\"/>"
                                               "<literalExpression><text>4</text></literalExpression></decision>")));
  ASSERT_TRUE(desk.files.write("broken.dmn", "<definitions"));  // not imported, so nobody's fault
  const auto loaded = LoadedPolicy::load(desk.near, of_file("top.dmn"));
  ASSERT_TRUE(loaded) << loaded.error().text();
  dmn::Scratch scratch;
  EXPECT_EQ(text_of((*loaded)->policy().evaluate_one(*(*loaded)->policy().decision("D"), {}, scratch)), "41");
}

TEST(PolicySource, a_file_or_a_text_but_not_both) {
  Desk desk;
  PolicySource source;
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.near, source)), HasSubstr("came neither"));
  source.file = "a.dmn";
  source.text = graded();
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.near, source)), HasSubstr("came both"));
  EXPECT_THAT(error_of(LoadedPolicy::load(desk.near, of_file("a.dmn"))), HasSubstr("not_found"));
}

}  // namespace
}  // namespace puhui::workbench
