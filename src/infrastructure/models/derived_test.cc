#include "infrastructure/models/derived.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace puhui::models {
namespace {

using ::testing::HasSubstr;

double run(Derived derived, std::vector<double> values) {
  std::vector<std::string> names;
  for (size_t i = 0; i < values.size(); ++i) names.push_back("x" + std::to_string(i));
  derived.name = "y";
  derived.of = names;
  const auto program = DerivedProgram::bind({derived}, names);
  EXPECT_TRUE(program.has_value()) << program.error().text();
  values.push_back(0);
  program->run(values);
  return values.back();
}

TEST(Derived, EachKindIsItsDefinitionAndMissingNumbersAreLeftOut) {
  const double none = NAN;
  EXPECT_EQ(run({.kind = DerivedKind::ratio}, {6, 3}), 2);
  EXPECT_TRUE(std::isnan(run({.kind = DerivedKind::ratio}, {6, 0})));
  EXPECT_TRUE(std::isnan(run({.kind = DerivedKind::difference}, {6, none})));
  EXPECT_EQ(run({.kind = DerivedKind::sum}, {6, none, 1}), 7);
  EXPECT_EQ(run({.kind = DerivedKind::mean}, {6, none, 2}), 4);
  EXPECT_EQ(run({.kind = DerivedKind::minimum}, {6, none, 2}), 2);
  EXPECT_EQ(run({.kind = DerivedKind::maximum}, {6, none, 2}), 6);
  EXPECT_EQ(run({.kind = DerivedKind::count_at_least, .at = 2}, {6, none, 2, 1}), 2);
  EXPECT_EQ(run({.kind = DerivedKind::count_at_most, .at = 2}, {6, none, 2, 1}), 2);
  EXPECT_EQ(run({.kind = DerivedKind::first_at_least, .at = 2}, {1, none, 2, 6}), 2);
  EXPECT_EQ(run({.kind = DerivedKind::first_at_least, .at = 9}, {1, none, 2, 6}), 4);
  EXPECT_EQ(run({.kind = DerivedKind::slope}, {1, none, 5}), 2);
  EXPECT_TRUE(std::isnan(run({.kind = DerivedKind::slope}, {1, none})));
  EXPECT_TRUE(std::isnan(run({.kind = DerivedKind::sum}, {none, none})));
  EXPECT_TRUE(std::isnan(run({.kind = DerivedKind::ratio}, {1e300, 1e-300})));  // infinite: no number
}

TEST(Derived, DeclarationsReadBackAndEveryFaultIsNamed) {
  const auto json = *parse_json(R"([{"name": "u", "kind": "ratio", "of": ["a", "b"]},
                                    {"name": "late", "kind": "count_at_least", "of": ["u", "a"], "at": 0.5}])");
  const auto derived = parse_derived(json);
  ASSERT_TRUE(derived.has_value()) << derived.error().text();
  EXPECT_EQ(*parse_derived(to_json(*derived)), *derived);
  EXPECT_TRUE(DerivedProgram::bind(*derived, {"a", "b"}).has_value());
  const auto misspelt = DerivedProgram::bind({{.name = "v", .kind = DerivedKind::sum, .of = {"incme"}}}, {"income"});
  EXPECT_THAT(misspelt.error().text(), HasSubstr("did you mean 'income'"));

  const auto bad = parse_derived(*parse_json(R"([{"name": "", "kind": "power", "of": 3, "colour": 1}, 7])"));
  EXPECT_EQ(bad.error().faults.size(), 5u);
  EXPECT_FALSE(
      parse_derived(*parse_json(R"([{"name": "x", "kind": "ratio", "of": ["a", "b"], "at": 1}])")).has_value());
  EXPECT_FALSE(DerivedProgram::bind({{.name = "a", .kind = DerivedKind::sum, .of = {"a"}}}, {"a"}).has_value());
  EXPECT_FALSE(DerivedProgram::bind({{.name = "c", .kind = DerivedKind::ratio, .of = {"a"}}}, {"a"}).has_value());
}

}  // namespace
}  // namespace puhui::models
