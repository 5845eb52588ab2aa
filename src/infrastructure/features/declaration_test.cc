#include "infrastructure/features/declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puhui::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kFields = R"([
  {"name": "customer", "type": "key"}, {"name": "terminal", "type": "key"}, {"name": "device", "type": "key"},
  {"name": "amount", "type": "number", "places": 2}, {"name": "channel", "type": "text"},
  {"name": "abroad", "type": "boolean"}, {"name": "sex", "type": "text", "sealed": true}])";

Result<FeatureSet> parse(std::string_view features, std::string_view more = "") {
  return FeatureSet::parse(R"({"name": "card", "event": "payment", "fields": )" + std::string(kFields) +
                           R"(, "features": [)" + std::string(features) + "]" + std::string(more) + "}");
}

std::string fault_of(std::string_view feature, std::string_view more = "") {
  const auto set = parse(feature, more);
  return set ? "no fault" : set.error().text();
}

TEST(Duration, is_a_number_and_a_unit) {
  EXPECT_EQ(parse_duration("90s"), 90'000'000);
  EXPECT_EQ(parse_duration("10m"), 600'000'000);
  EXPECT_EQ(parse_duration("1h"), 3'600'000'000);
  EXPECT_EQ(parse_duration("30d"), int64_t{30} * 86'400'000'000);
  EXPECT_EQ(parse_duration("0s"), 0);
  EXPECT_EQ(parse_duration("all"), INT64_MAX);
  EXPECT_EQ(parse_duration("36525d"), kDurationMax);
  for (const char* wrong : {"", "s", "1", "-1s", "1.5h", "1w", "1 h", "h1", "36526d", "99999999999999999999d", "All"})
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
}

TEST(Timing, fills_the_hop_in) {
  const auto hop = [](std::string window, std::string half_life = "", bool exact = false) {
    return timing_of({.window = std::move(window), .exact = exact, .half_life = std::move(half_life)}).hop_us;
  };
  EXPECT_EQ(hop("1h"), 60'000'000);
  EXPECT_EQ(hop("7d"), 10'080'000'000);
  EXPECT_EQ(hop("100s"), 1'000'000);
  EXPECT_EQ(hop("10s"), 1'000'000);
  EXPECT_EQ(hop("all"), 1'000'000);
  EXPECT_EQ(hop("all", "1h"), 60'000'000);
  EXPECT_EQ(hop("1h", "", true), 1);
}

TEST(FeatureSet, reads_what_is_right_and_its_digest_hangs_on_all_of_it) {
  const std::string count = R"({"name": "n_1h", "aggregate": "count", "entity": "customer", "window": "1h"})";
  const std::string mean =
      R"({"name": "mean_7d", "aggregate": "mean", "entity": "customer", "of": "amount", "window": "7d",
          "where": "channel = \"web\" and amount > 5", "empty": "0"})";
  const std::string share = R"({"name": "share", "aggregate": "expression", "expression": "amount / mean_7d + hour"})";
  const auto set = parse(count + "," + mean + "," + share);
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(set->find_feature("share"), 2u);
  EXPECT_EQ(set->find_field("amount"), 3u);
  EXPECT_EQ(set->find_field("mean_7d"), std::nullopt);
  EXPECT_EQ(set->digest(), parse(count + "," + mean + "," + share)->digest());
  EXPECT_NE(set->digest(), parse(count + "," + mean)->digest());
}

TEST(FeatureSet, names_the_place_of_each_fault) {
  const auto set = parse(R"(
    {"name": "a b", "aggregate": "count", "entity": "customer", "window": "1h"},
    {"name": "amount", "aggregate": "count", "entity": "customer", "window": "1h"},
    {"name": "f2", "aggregate": "mean", "entity": "custmer", "window": "1x"},
    {"name": "f3", "aggregate": "sum", "entity": "amount", "of": "sex", "window": "1h", "hop": "2h"},
    {"name": "f4", "aggregate": "distinct", "entity": "customer", "of": "amount", "window": "1h", "empty": "x"},
    {"name": "f5", "aggregate": "ewma", "entity": "customer", "of": "amount", "window": "all", "exact": true},
    {"name": "f6", "aggregate": "expression", "expression": "1", "entity": "customer", "window": "1h"},
    {"name": "f7", "aggregate": "graph", "entity": "customer", "measure": "fan_in", "window": "1h"})");
  ASSERT_FALSE(set);
  EXPECT_THAT(
      set.error().text(),
      AllOf(HasSubstr("features/0/name: expected a name of letters"),
            HasSubstr("features/1/name: 'amount' stands twice"),
            HasSubstr("features/2/entity: 'custmer' is no field of this set; did you mean 'customer'?"),
            HasSubstr("features/2/of: is required"), HasSubstr("features/2/window: expected a duration"),
            HasSubstr("features/3/entity: expected a key field, 'amount' is a number"),
            HasSubstr("features/3/of: 'sex' is sealed"), HasSubstr("features/3/hop: expected at most the window")));
  EXPECT_THAT(
      set.error().text(),
      AllOf(HasSubstr("features/4/of: expected a key field, 'amount' is a number"),
            HasSubstr("features/4/empty: expected a number"), HasSubstr("features/5/half_life: is required"),
            HasSubstr("features/5/exact: is not of an ewma"), HasSubstr("features/6/entity: is not of an expression"),
            HasSubstr("features/7/measure: needs account, counterparty and amount")));
}

TEST(FeatureSet, lets_formulas_read_what_they_may) {
  const auto where = [](std::string formula) {
    return fault_of(R"({"name": "f", "aggregate": "count", "entity": "customer", "window": "1h", "where": ")" +
                    formula + "\"}");
  };
  EXPECT_EQ(where("terminal = device and amount > 5 and hour < 6"), "no fault");
  EXPECT_THAT(where("sex = 1"), AllOf(HasSubstr("features/0/where"), HasSubstr("sealed fields are read by nothing")));
  EXPECT_THAT(where("amont > 5"), AllOf(HasSubstr("features/0/where"), HasSubstr("came 'amont'")));
  EXPECT_THAT(where("amount >"), HasSubstr("features/0/where"));
  const auto expression = [](std::string formula) {
    return fault_of(R"({"name": "a", "aggregate": "expression", "expression": ")" + formula +
                    R"("}, {"name": "b", "aggregate": "expression", "expression": "a + 1"})");
  };
  EXPECT_EQ(expression("if abroad and weekday > 5 then amount else at.day"), "no fault");
  EXPECT_THAT(expression("b"), HasSubstr("features by later expressions alone"));
  EXPECT_THAT(expression("customer"), HasSubstr("keys by filters alone"));
}

TEST(FeatureSet, ties_graph_measures_to_the_graphs_fields) {
  const std::string graph =
      R"(, "account": "customer", "counterparty": "terminal", "amount": "amount", "links": ["device"])";
  const auto measure = [&](std::string parts) {
    return fault_of(R"({"name": "g", "aggregate": "graph", "window": "7d", )" + parts + "}", graph);
  };
  EXPECT_EQ(measure(R"("measure": "fan_in", "entity": "terminal")"), "no fault");
  EXPECT_EQ(measure(R"("measure": "sharers", "entity": "customer", "link": "device")"), "no fault");
  EXPECT_THAT(measure(R"("measure": "sharers", "entity": "customer", "link": "terminal")"),
              HasSubstr("features/0/link"));
  EXPECT_THAT(measure(R"("measure": "cycle", "entity": "terminal")"), HasSubstr("features/0/entity"));
  EXPECT_THAT(measure(R"("measure": "reach", "entity": "customer", "exact": true)"), HasSubstr("features/0/exact"));
  EXPECT_THAT(fault_of("", R"(, "account": "amount", "links": ["device", "device"])"),
              AllOf(HasSubstr("account: expected a key field"), HasSubstr("links/1: 'device' stands twice")));
}

TEST(FeatureSet, refuses_more_than_its_limits) {
  std::string fields;
  for (size_t i = 0; i <= kFieldsMax; ++i)
    fields += (i == 0 ? "" : ",") + std::string(R"({"name": "f)") + std::to_string(i) + R"(", "type": "key"})";
  EXPECT_FALSE(FeatureSet::parse(R"({"name": "x", "event": "e", "features": [], "fields": [)" + fields + "]}"));
  std::string features;
  for (size_t i = 0; i <= kEntitiesMax; ++i) {
    const std::string n = std::to_string(i);
    features += (i == 0 ? "" : ",") + std::string(R"({"name": "n)") + n +
                R"(", "aggregate": "count", "window": "1h", "entity": "f)" + n + "\"}";
  }
  fields.clear();
  for (size_t i = 0; i < 12; ++i)
    fields += (i == 0 ? "" : ",") + std::string(R"({"name": "f)") + std::to_string(i) + R"(", "type": "key"})";
  const auto many = FeatureSet::parse(R"({"name": "x", "event": "e", "features": [)" + features + R"(], "fields": [)" +
                                      fields + "]}");
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text(), HasSubstr("at most 8 different entities"));
  EXPECT_FALSE(FeatureSet::parse(std::string(kDeclarationBytesMax + 1, ' ')));
}

}  // namespace
}  // namespace puhui::features
