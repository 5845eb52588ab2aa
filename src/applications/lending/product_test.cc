#include "applications/lending/product.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace puhui::lending {
namespace {

// The policies that ship lie at the root of the checkout, above wherever the tests are run or were
// compiled.
std::filesystem::path policies() {
  for (const std::filesystem::path& start : {std::filesystem::current_path(), std::filesystem::absolute(__FILE__)}) {
    for (auto folder = start; folder.has_relative_path(); folder = folder.parent_path()) {
      if (std::filesystem::exists(folder / "policies" / "person_revolving" / "product.json"))
        return folder / "policies";
    }
  }
  return {};
}

std::string shipped(std::string_view name) {
  std::ifstream in(policies() / name / "product.json");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

constexpr std::string_view kShipped[] = {"person_revolving", "firm_term", "uci_credit_card"};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Product, TheShippedOnesAreWholeAndNamedByTheirFolder) {
  for (const std::string_view name : kShipped) {
    const auto product = parse_product(shipped(name));
    ASSERT_TRUE(product.has_value()) << name << ": " << product.error().text();
    EXPECT_EQ(product->name, name);
    EXPECT_TRUE(is_permutation_of_pairs(product->terms.allocation));
    EXPECT_LE(product->costs.floor, product->costs.cap);
  }
  EXPECT_EQ(parse_product(shipped("uci_credit_card"))->currency.code(), "TWD");
}

TEST(Product, ItsCanonicalPrintReadsBackAndFixesTheHash) {
  for (const std::string_view name : kShipped) {
    const std::string text = shipped(name);
    const auto product = parse_product(text);
    ASSERT_TRUE(product.has_value());
    const std::string print = print_product(*product);
    const auto again = parse_product(print);
    ASSERT_TRUE(again.has_value()) << again.error().text();
    EXPECT_EQ(*again, *product);
    EXPECT_EQ(print_product(*again), print);
    EXPECT_EQ(print, text) << name << " is not shipped in its canonical form";
  }
  const std::string text = shipped("firm_term");
  const auto percent = parse_product(replaced(text, "\"lgd\": \"0.45\"", "\"lgd\":  \"45%\""));
  ASSERT_TRUE(percent.has_value());
  EXPECT_EQ(percent->hash(), parse_product(text)->hash());
  const auto other = parse_product(replaced(text, "\"lgd\": \"0.45\"", "\"lgd\": \"0.46\""));
  EXPECT_NE(other->hash(), percent->hash());
}

TEST(Product, EveryFaultIsReportedWithItsPlace) {
  std::string text = shipped("firm_term");
  text = replaced(text, "\"equal_instalment\"", "\"equal_instalments\"");
  text = replaced(text, "\"grace_days\": 5", "\"grace_days\": 500");
  text = replaced(text, "\"past_due interest\"", "\"due interest\"");
  text = replaced(text, "\"cap\": \"0.154\"", "\"cap\": \"0.01\"");
  text = replaced(text, "\"fee_rate\"", "\"fee_rat\"");
  text = replaced(text, "\"CNY\"", "\"CNX\"");
  const auto product = parse_product(text);
  ASSERT_FALSE(product.has_value());
  EXPECT_EQ(product.error().code, ErrorCode::invalid);
  const std::string faults = product.error().text();
  for (const std::string_view place : {"repayment/method", "late/grace_days", "allocation", "costs/cap",
                                       "prepayment/fee_rate", "prepayment/fee_rat", "currency"}) {
    EXPECT_TRUE(std::ranges::any_of(product.error().faults, [&](const Fault& fault) { return fault.where == place; }))
        << place << " in " << faults;
  }
  EXPECT_NE(faults.find("did you mean 'fee_rate'"), std::string::npos) << faults;
}

TEST(Product, KindsOfWrongTextAreRefused) {
  EXPECT_FALSE(parse_product("[]"));
  EXPECT_FALSE(parse_product("{}"));
  EXPECT_FALSE(parse_product("{"));
  EXPECT_FALSE(parse_product(replaced(shipped("firm_term"), "\"term\"", "\"revolving\"")));
  EXPECT_FALSE(parse_product(replaced(shipped("firm_term"), "\"floor\": \"0.034\"", "\"floor\": 0.034")));
  EXPECT_FALSE(parse_product(std::string(kProductBytesMax + 1, ' ')));
}

TEST(Product, FirstDueDatesFollowTheBillingDay) {
  auto product = *parse_product(shipped("person_revolving"));
  const auto day = [](std::string_view text) { return *Date::parse(text); };
  ASSERT_EQ(product.billing_day, 20);
  EXPECT_EQ(product.first_due(day("2025-01-05")), day("2025-01-20"));
  EXPECT_EQ(product.first_due(day("2025-01-15")),
            day("2025-02-20"));  // five days would be too near
  EXPECT_EQ(product.first_due(day("2025-01-31")), day("2025-02-20"));
  product.billing_day = 0;
  EXPECT_EQ(product.first_due(day("2025-01-31")), day("2025-02-28"));
  product.terms.due_rule = DueRule::end_of_month;
  EXPECT_EQ(product.first_due(day("2025-01-05")), day("2025-01-31"));
  EXPECT_EQ(product.first_due(day("2025-01-25")), day("2025-02-28"));
}

TEST(Product, ThePolicyGetsItsCostParametersByName) {
  const auto inputs = policy_inputs(*parse_product(shipped("person_revolving")));
  ASSERT_EQ(inputs.size(), 14u);
  EXPECT_EQ(inputs[0].first, "product funding rate");
  EXPECT_EQ(print_json(inputs[0].second), "0.025");
  EXPECT_EQ(inputs[9].first, "product amount min");
  EXPECT_EQ(print_json(inputs[9].second), "50000");
  EXPECT_EQ(inputs[12].first, "exploration_rate");
  EXPECT_EQ(print_json(inputs[12].second), "0");
  EXPECT_EQ(policy_inputs(*parse_product(shipped("firm_term"))).size(), 12u);
}

TEST(Product, AShareOfRefusalsIsLetPassOnlyUnderADailyCapAndAtMostATenth) {
  Json json = *parse_json(shipped("person_revolving"));
  const auto with = [&](const char* exploration) {
    json.set("exploration", *parse_json(exploration));
    return parse_product(print_json(json));
  };
  const auto set = with(R"({"rate": "0.03", "daily_max": 20})");
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(set->exploration->daily_max, 20);
  EXPECT_EQ(*parse_product(print_product(*set)), *set);
  EXPECT_FALSE(with(R"({"rate": "0.03", "daily_max": 0})"));
  EXPECT_FALSE(with(R"({"rate": "0.2", "daily_max": 20})"));
  EXPECT_FALSE(with(R"({"rate": "0.03"})"));
}

}  // namespace
}  // namespace puhui::lending
