#include "applications/lending/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "applications/lending/product.h"
#include "applications/lending/shipped_examples.h"

namespace puhui::lending {
namespace {

using evidence::FactSchema;
using evidence::FactType;
using evidence::Number;
using testing::HasSubstr;

FactSchema small_schema() {
  FactSchema schema;
  schema.facts = {{.name = "amount_minor", .required = true},
                  {.name = "months", .required = true},
                  {.name = "income"},
                  {.name = "city", .type = FactType::text},
                  {.name = "member", .type = FactType::boolean},
                  {.name = "born_on", .type = FactType::date},
                  {.name = "age", .sealed = true}};
  return schema;
}

Mapping small_mapping() {
  Mapping mapping;
  mapping.product = "example";
  mapping.applicant_id = "id";
  mapping.requested_amount_minor = "amount_minor";
  mapping.term_months = "months";
  mapping.facts = {{.fact = "amount_minor", .column = "amount", .multiplier = "100"},
                   {.fact = "months", .constant = "12"}};
  mapping.model.features = {"income", "city", "member"};
  return mapping;
}

std::string faults_of(const Mapping& mapping) {
  const auto result = check(mapping, small_schema());
  return result ? "" : result.error().text();
}

TEST(Mapping, OneThatIsWellHasNoFault) { EXPECT_EQ(faults_of(small_mapping()), ""); }

TEST(Mapping, AFactNobodyKnowsIsNamedWithTheNearest) {
  Mapping mapping = small_mapping();
  mapping.facts.push_back({.fact = "incme", .column = "x"});
  EXPECT_THAT(faults_of(mapping), HasSubstr("facts/2/fact: there is no fact 'incme'; did you mean 'income'?"));
}

TEST(Mapping, AFactTwiceTwoSourcesAndNoSourceAreEachToldWithTheirPlace) {
  Mapping mapping = small_mapping();
  mapping.facts.push_back({.fact = "months", .column = "x"});
  mapping.facts.push_back({.fact = "income", .column = "x", .constant = "1"});
  mapping.facts.push_back({.fact = "city"});
  const std::string faults = faults_of(mapping);
  EXPECT_THAT(faults, HasSubstr("facts/2: 'months' is mapped twice"));
  EXPECT_THAT(faults, HasSubstr("facts/3: has a column and a constant"));
  EXPECT_THAT(faults, HasSubstr("facts/4: has no source"));
}

TEST(Mapping, AMultiplierMustBeANumberOfANumber) {
  Mapping mapping = small_mapping();
  mapping.facts[0].multiplier = "a hundred";
  mapping.facts.push_back({.fact = "city", .multiplier = "2"});
  mapping.facts.push_back({.fact = "income", .multiplier = "0.00"});
  const std::string faults = faults_of(mapping);
  EXPECT_THAT(faults, HasSubstr("facts/0/multiplier: expected a number"));
  EXPECT_THAT(faults, HasSubstr("facts/2/multiplier: 'city' is no number"));
  EXPECT_THAT(faults, HasSubstr("facts/3/multiplier: is zero"));
}

TEST(Mapping, AConstantIsTypedAsItsFact) {
  Mapping mapping = small_mapping();
  mapping.facts[1].constant = "a year";
  EXPECT_THAT(faults_of(mapping), HasSubstr("facts/1/constant: expected a number"));
  mapping.facts[1].constant = "";
  EXPECT_THAT(faults_of(mapping), HasSubstr("facts/1/constant: is required"));
}

TEST(Mapping, ASealedFactIsNeitherAFeatureNorBehindOne) {
  Mapping mapping = small_mapping();
  mapping.model.features.push_back("age");
  mapping.model.derived = *parse_json(R"([{"name": "age_income", "kind": "ratio", "of": ["income", "age"]}])");
  mapping.model.features.push_back("age_income");
  const std::string faults = faults_of(mapping);
  EXPECT_THAT(faults, HasSubstr("model/features/3: 'age' is sealed"));
  EXPECT_THAT(faults, HasSubstr("model/derived/age_income: 'age' is sealed"));
}

TEST(Mapping, FeaturesMustExistOnceAndBeReadable) {
  Mapping mapping = small_mapping();
  mapping.model.features = {"income", "income", "born_on", "incom"};
  const std::string faults = faults_of(mapping);
  EXPECT_THAT(faults, HasSubstr("model/features/1: 'income' stands twice"));
  EXPECT_THAT(faults, HasSubstr("model/features/2: 'born_on' is a day"));
  EXPECT_THAT(faults,
              HasSubstr("model/features/3: there is no fact or derived feature 'incom'; did you mean 'income'?"));
}

TEST(Mapping, WhatIsAskedForMustBeAPlainNumber) {
  Mapping mapping = small_mapping();
  mapping.requested_amount_minor = "city";
  mapping.term_months = "age";
  const std::string faults = faults_of(mapping);
  EXPECT_THAT(faults, HasSubstr("requested_amount_minor: 'city' must be a number"));
  EXPECT_THAT(faults, HasSubstr("term_months: 'age' must be a number that is not sealed"));
}

TEST(Mapping, TheFileIsReadWithEveryFaultOfIt) {
  const auto mapping =
      parse_mapping(R"({"product": "p", "applicant_id": 7, "model": {"kind": "forest", "features": []}})");
  ASSERT_FALSE(mapping.has_value());
  const std::string faults = mapping.error().text();
  EXPECT_THAT(faults, HasSubstr("applicant_id"));
  EXPECT_THAT(faults, HasSubstr("model/kind"));
  EXPECT_THAT(faults, HasSubstr("model/features"));
  EXPECT_THAT(faults, HasSubstr("requested_amount_minor"));
  EXPECT_THAT(faults, HasSubstr("term_months"));
}

TEST(Mapping, NumbersMultiplyExactlyOrNotAtAll) {
  const auto product = [](std::string_view a, std::string_view b) -> std::string {
    const auto out = multiply(*Number::parse(a), *Number::parse(b));
    return out ? out->text() : "none";
  };
  EXPECT_EQ(product("12.34", "100"), "1234");
  EXPECT_EQ(product("0.1", "0.1"), "0.01");
  EXPECT_EQ(product("-2.5", "0.4"), "-1");
  EXPECT_EQ(product("0", "100"), "0");
  EXPECT_EQ(product("999999999999999999", "1"), "999999999999999999");
  EXPECT_EQ(product("999999999999999999", "10"), "none");
  EXPECT_EQ(product("0.000000001", "0.0000000001"), "none");
  EXPECT_EQ(multiply(*Number::parse("0.5"), *Number::parse("2")), Number::whole(1));
}

TEST(Mapping, TheShippedOnesFitTheirFactsAndProducts) {
  for (const std::string_view name : examples::kShippedProducts) {
    const auto schema = parse_facts(examples::shipped_file(name, "facts.json"));
    ASSERT_TRUE(schema.has_value()) << name << ": " << schema.error().text();
    const auto mapping = parse_mapping(examples::shipped_file(name, "mapping.json"));
    ASSERT_TRUE(mapping.has_value()) << name << ": " << mapping.error().text();
    const auto checked = check(*mapping, *schema);
    EXPECT_TRUE(checked.has_value()) << name << ": " << checked.error().text();
    EXPECT_EQ(mapping->product, name);
    const auto product = parse_product(examples::shipped_file(name, "product.json"));
    ASSERT_TRUE(product.has_value()) << name << ": " << product.error().text();
    const FactSource* term = mapping->find(mapping->term_months);
    if (term == nullptr || !term->constant) continue;
    EXPECT_THAT(product->terms_months, testing::Contains(std::stoi(*term->constant))) << name;
  }
}

TEST(Mapping, TheShippedFactsSealWhatALenderMayNotLookAt) {
  const auto sealed = [](std::string_view product, std::string_view fact) {
    const auto schema = *parse_facts(examples::shipped_file(product, "facts.json"));
    return schema.facts.at(*schema.find(fact)).sealed;
  };
  for (const auto fact : {"sex", "age", "marital_status", "region_group"})
    EXPECT_TRUE(sealed("person_revolving", fact));
  for (const auto fact : {"owner_sex", "owner_age", "owner_region_group"}) EXPECT_TRUE(sealed("firm_term", fact));
  for (const auto fact : {"SEX", "AGE", "MARRIAGE"}) EXPECT_TRUE(sealed("uci_credit_card", fact));
  EXPECT_FALSE(sealed("uci_credit_card", "EDUCATION"));
}

// The value of the attribute that follows in the text, which moves on behind it; empty at the end.
std::string_view next_attribute(std::string_view& text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find('"'));
}

TEST(Mapping, EveryInputOfAShippedPolicyIsAnUnsealedFactOfItsTypeOrTheProducts) {
  for (const std::string_view product : examples::kShippedProducts) {
    const auto schema = *parse_facts(examples::shipped_file(product, "facts.json"));
    const std::string policy = examples::shipped_file(product, "policy.dmn");
    std::string_view rest = policy;
    int facts = 0;
    while (!next_attribute(rest, "<inputData id=\"").empty()) {
      const auto name = next_attribute(rest, "name=\"");
      const auto type = next_attribute(rest, "typeRef=\"");
      if (name.starts_with("product ") || name == "exploration_rate") continue;
      const auto place = schema.find(name);
      ASSERT_TRUE(place.has_value()) << product << ": " << name;
      const evidence::FactSpec& spec = schema.facts[*place];
      EXPECT_FALSE(spec.sealed) << product << ": " << name;
      constexpr std::string_view kTypes[] = {"boolean", "number", "string", "date"};
      EXPECT_EQ(type, kTypes[static_cast<size_t>(spec.type)]) << product << ": " << name;
      facts += 1;
    }
    EXPECT_GT(facts, 20) << product;
  }
}

}  // namespace
}  // namespace puhui::lending
