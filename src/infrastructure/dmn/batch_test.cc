// Batch against Policy::evaluate, row by row: values, texts, causes and rule hits.
#include "infrastructure/dmn/batch.h"

#include <gtest/gtest.h>

namespace puhui::dmn {
namespace {

using feel::Value;

const NoFunctions kNone;

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
