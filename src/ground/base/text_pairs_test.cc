#include "ground/base/text_pairs.h"

#include <gtest/gtest.h>

#include "ground/base/verb.h"

namespace puhui {
namespace {

enum class Pace { slow, fast };
std::span<const std::string_view> names_of(const Pace*) {
  static constexpr std::string_view kNames[] = {"slow", "fast"};
  return kNames;
}

struct Line {
  std::string what;
  int64_t count = 0;
};
void fields(Shape& s, Line& line) {
  s.field("what", line.what);
  s.field("count", line.count);
}

struct Terms {
  Rate rate;
  std::optional<Date> from;
};
void fields(Shape& s, Terms& t) {
  s.field("rate", t.rate, {.help = "a year"});
  s.field("from", t.from);
}

struct Order {
  Money amount;
  int32_t months = 12;
  double weight = 0;
  bool urgent = false;
  Pace pace = Pace::slow;
  Terms terms;
  std::vector<std::string> tags;
  std::vector<int64_t> sizes;
  std::vector<Line> lines;
  Json extra;
};
void fields(Shape& s, Order& o) {
  s.field("amount", o.amount);
  s.field("months", o.months, {.min = 1, .max = 360, .optional = true});
  s.field("weight", o.weight, {.optional = true});
  s.field("urgent", o.urgent, {.optional = true});
  s.field("pace", o.pace, {.optional = true});
  s.field("terms", o.terms);
  s.field("tags", o.tags, {.max = 3, .optional = true});
  s.field("sizes", o.sizes, {.optional = true});
  s.field("lines", o.lines, {.optional = true});
  s.field("extra", o.extra, {.optional = true});
}

const ShapeWalk kOrder = [](Shape& s) {
  Order scratch;
  s.value(scratch);
};

Result<Json> read(std::vector<TextPair> pairs, Json start = {}) {
  return json_of_pairs(kOrder, input_fields(kOrder), pairs, std::move(start));
}

const InputField& field(const std::vector<InputField>& all, std::string_view path) {
  for (const InputField& f : all) {
    if (f.path == path) return f;
  }
  static const InputField none;
  return none;
}

TEST(TextPairs, each_field_is_listed_with_its_kind_and_standard) {
  const auto all = input_fields(kOrder);
  EXPECT_EQ(field(all, "amount").type, "money");
  EXPECT_TRUE(field(all, "amount").required);
  EXPECT_EQ(field(all, "amount").standard, "");
  EXPECT_EQ(field(all, "months").standard, "12");
  EXPECT_EQ(field(all, "months").max, 360);
  EXPECT_EQ(field(all, "pace").choices, (std::vector<std::string>{"slow", "fast"}));
  EXPECT_EQ(field(all, "terms").kind, InputField::Kind::object);
  EXPECT_TRUE(field(all, "terms.rate").required);
  EXPECT_FALSE(field(all, "terms.from").required);
  EXPECT_TRUE(field(all, "tags").list);
  EXPECT_TRUE(field(all, "lines").list);
  EXPECT_EQ(field(all, "lines").kind, InputField::Kind::object);
  EXPECT_EQ(field(all, "lines.what").path, "") << "what stands in a list has no name of its own";
}

TEST(TextPairs, texts_become_the_kinds_that_the_shape_names) {
  const auto json = read({{"amount", "12.00 CNY"},
                          {"months", "24"},
                          {"weight", "1.5e0"},
                          {"urgent", "true"},
                          {"pace", "fast"},
                          {"terms.rate", "0.24"},
                          {"tags", "a"},
                          {"tags", "7"},
                          {"sizes", "[1,2]"},
                          {"sizes", "3"},
                          {"lines", R"({"what":"x","count":2})"},
                          {"extra", "word"}});
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ(print_json(*json),
            R"({"amount":"12.00 CNY","months":24,"weight":1.5e0,"urgent":true,"pace":"fast","terms":{"rate":"0.24"},)"
            R"("tags":["a","7"],"sizes":[1,2,3],"lines":[{"what":"x","count":2}],"extra":"word"})");
}

TEST(TextPairs, an_object_may_come_as_json_and_a_field_be_set_on_top) {
  const auto json = read({{"amount", "1.00 CNY"}, {"terms", R"({"rate":"0.1"})"}, {"terms.from", "2026-02-28"}});
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ(print_json(*json->find("terms")), R"({"rate":"0.1","from":"2026-02-28"})");
}

TEST(TextPairs, pairs_win_over_the_start) {
  const Json start = *parse_json(R"({"amount":"1.00 CNY","tags":["old"],"terms":{"rate":"0.1"}})");
  const auto json = read({{"amount", "2.00 CNY"}, {"tags", "new"}}, start);
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ(print_json(*json), R"({"amount":"2.00 CNY","tags":["new"],"terms":{"rate":"0.1"}})");
}

TEST(TextPairs, every_fault_is_reported_once_with_its_place) {
  const auto json = read({{"amuont", "1"},
                          {"months", "many"},
                          {"months", "3"},
                          {"urgent", "yes"},
                          {"weight", "01"},
                          {"pace", "idle"},
                          {"sizes", "[1,"},
                          {"tags", "a"},
                          {"tags", "b"},
                          {"tags", "c"},
                          {"tags", "d"}});
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::invalid);
  std::string all;
  for (const Fault& f : json.error().faults) all += f.where + ": " + f.message + "\n";
  EXPECT_EQ(all,
            "amuont: is not a known field; did you mean 'amount'?\n"
            "months: expected a whole number, came 'many'\n"
            "months: stands more than once; give one value\n"
            "urgent: expected true or false, came 'yes'\n"
            "weight: expected a number, came '01'\n"
            "sizes: expected a whole number, came '[1,'\n"
            "amount: is required\n"
            "pace: expected one of slow, fast, came 'idle'\n"
            "terms: is required\n"
            "tags: expected at most 3 items, came 4\n");
}

TEST(TextPairs, a_number_that_json_cannot_hold_is_refused) {
  for (const char* text : {"", "+1", "01", "1.", ".5", "0x10", "NaN", "1e", "Infinity", "1 "}) {
    EXPECT_FALSE(read({{"amount", "1.00 CNY"}, {"terms.rate", "0.1"}, {"weight", text}})) << text;
  }
}

TEST(TextPairs, bytes_that_are_not_utf8_are_refused) {
  const auto json = read({{"amount", "1.00 CNY"}, {"terms.rate", "0.1"}, {"tags", "\xff"}});
  ASSERT_FALSE(json);
  EXPECT_NE(json.error().text().find("expected UTF-8"), std::string::npos);
}

TEST(TextPairs, a_field_below_what_is_no_object_is_a_fault) {
  const auto json = read({{"amount", "1.00 CNY"}, {"terms.rate", "0.1"}}, *parse_json(R"({"terms":7})"));
  ASSERT_FALSE(json);
  EXPECT_NE(json.error().text().find("expected an object around it, came a number"), std::string::npos);
}

}  // namespace
}  // namespace puhui
