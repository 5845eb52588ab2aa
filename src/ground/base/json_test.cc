#include "ground/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/text.h"

namespace puhui {
namespace {

using testing::HasSubstr;

TEST(Json, ReadsEveryKindOfValue) {
  const Json value = parse_json(R"( {"a": null, "b": [true, false, -1.50e+3, "x"], "": {}} )").value();
  EXPECT_TRUE(value.find("a")->is_null());
  EXPECT_EQ(value.find("b")->list()->size(), 4u);
  EXPECT_EQ((*value.find("b")->list())[2].number()->text, "-1.50e+3") << "a number keeps its text";
  EXPECT_EQ(value.find("")->kind(), "an object");
  EXPECT_EQ(value.find("none"), nullptr);
  EXPECT_EQ(print_json(value), R"({"a":null,"b":[true,false,-1.50e+3,"x"],"":{}})");
}

TEST(Json, KeepsTheOrderOfNames) {
  EXPECT_EQ(print_json(parse_json(R"({"z":1,"a":2,"m":3})").value()), R"({"z":1,"a":2,"m":3})");
}

// RFC 8259: what stands in no JSON.
TEST(Json, RefusesWhatIsNoJson) {
  for (const std::string& wrong : {std::string(""),
                                   std::string(" "),
                                   std::string("nul"),
                                   std::string("True"),
                                   std::string("01"),
                                   std::string("-"),
                                   std::string("+1"),
                                   std::string("1."),
                                   std::string(".5"),
                                   std::string("1e"),
                                   std::string("0x10"),
                                   std::string("NaN"),
                                   std::string("Infinity"),
                                   std::string("'a'"),
                                   std::string("\"a"),
                                   std::string("\"\\x\""),
                                   std::string("\"\\u12\""),
                                   std::string("\"\n\""),
                                   std::string("\"\0\"", 3),
                                   std::string("[1,]"),
                                   std::string("[,1]"),
                                   std::string("[1 2]"),
                                   std::string("{\"a\":1,}"),
                                   std::string("{a:1}"),
                                   std::string("{\"a\"}"),
                                   std::string("{\"a\" 1}"),
                                   std::string("[1"),
                                   std::string("]"),
                                   std::string("1 2"),
                                   std::string("// c\n1"),
                                   std::string("[1] // c"),
                                   std::string("\xEF\xBB\xBF"
                                               "1"),
                                   std::string("\"\xFF\""),
                                   std::string("\"\xED\xA0\x80\""),
                                   std::string("\"\\ud800\""),
                                   std::string("\"\\ud800\\u0041\"")}) {
    EXPECT_FALSE(parse_json(wrong)) << wrong;
  }
}

TEST(Json, ReadsEscapesAndWritesThemBack) {
  const Json value = parse_json(R"("\" \\ \/ \b \f \n \r \t \u0041 \u00e9 \ud834\udd1e")").value();
  EXPECT_EQ(*value.text(), "\" \\ / \b \f \n \r \t A é 𝄞");
  EXPECT_EQ(print_json(value), R"("\" \\ / \u0008 \u000c \n \r \t A é 𝄞")");
  EXPECT_EQ(parse_json(print_json(value)).value(), value);
}

TEST(Json, WhatIsPrintedIsAlwaysUtf8) {
  EXPECT_EQ(print_json(Json("a\xFF"
                            "b\xE6\x99")),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_TRUE(parse_json(print_json(Json(std::string("\0\xC0\x1F", 3)))));
}

TEST(Json, ANameTwiceIsAFault) {
  const auto result = parse_json("{\"a\":1,\n \"b\":{\"c\":1,\"c\":2}}");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("the name 'c' stands twice"));
  EXPECT_THAT(result.error().text(), HasSubstr("line 2"));
  EXPECT_FALSE(parse_json(R"({"":1,"":2})"));
  EXPECT_FALSE(parse_json(R"({"\u0061":1,"a":2})")) << "names are compared as they read";
}

TEST(Json, FaultsSayLineAndColumn) {
  EXPECT_THAT(parse_json("[1,\n 2,\n  x]").error().faults[0].where, "line 3, column 3");
  EXPECT_THAT(parse_json("x").error().faults[0].where, "line 1, column 1");
  EXPECT_THAT(parse_json("{} \n x").error().faults[0].where, "line 2, column 2");
}

TEST(Json, DepthAndSizeHaveLimits) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_FALSE(parse_json(nested(65)));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  EXPECT_TRUE(parse_json(nested(3), {.depth_max = 3}));
  EXPECT_FALSE(parse_json(nested(4), {.depth_max = 3}));
  const auto large = parse_json("[1,2,3]", {.bytes_max = 6});
  EXPECT_EQ(large.error().code, ErrorCode::exhausted);
  EXPECT_THAT(large.error().text(), HasSubstr("at most 6 bytes of JSON, came 7"));
}

TEST(Json, NumbersKeepEveryDigit) {
  for (const char* text : {"0", "-0", "1.10", "12345678901234567890123456789012345",
                           "0.1000000000000000055511151231257827", "1E400", "-1e-400"}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(print_json(*value), text);
  }
}

TEST(Json, WholeNumbersAreExactInAnyForm) {
  const std::pair<const char*, int64_t> whole[] = {{"0", 0},
                                                   {"-0", 0},
                                                   {"5.00", 5},
                                                   {"1e3", 1'000},
                                                   {"1.5e1", 15},
                                                   {"1500e-2", 15},
                                                   {"0e999999", 0},
                                                   {"9007199254740993.0", 9'007'199'254'740'993},
                                                   {"9223372036854775807", std::numeric_limits<int64_t>::max()},
                                                   {"-9223372036854775808", std::numeric_limits<int64_t>::min()},
                                                   {"-9.223372036854775808e18", std::numeric_limits<int64_t>::min()},
                                                   {"0.000001e6", 1}};
  for (const auto& [text, value] : whole) EXPECT_EQ(Json(Json::Number{text}).as_int64(), value) << text;
  for (const char* text :
       {"0.5", "1e-1", "9223372036854775808", "9223372036854775807.5", "1e19", "1e999999999999999999", "1e20000000"}) {
    EXPECT_FALSE(Json(Json::Number{text}).as_int64()) << text;
  }
  EXPECT_FALSE(Json("5").as_int64()) << "a text is no number";
  EXPECT_FALSE(Json(Json::Number{"1e400"}).as_double());
}

TEST(Json, IndentedReadsBackTheSame) {
  const Json value = parse_json(R"({"a":[],"b":{},"c":[1,{"d":[2]}]})").value();
  EXPECT_EQ(parse_json(print_json_pretty(value)).value(), value);
  EXPECT_EQ(
      print_json_pretty(value),
      "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": [\n        2\n      ]\n    }\n  ]\n}");
}

TEST(Json, SetReplacesAndPushAppends) {
  Json value;
  value.set("a", 1);
  value.set("b", Json());
  value.set("a", "one");
  Json list;
  list.push(2.5);
  value.set("c", std::move(list));
  EXPECT_EQ(print_json(value), R"({"a":"one","b":null,"c":[2.5]})");
}

TEST(JsonDeathTest, HasNoNan) { EXPECT_DEATH(Json(std::nan("")), "no NaN"); }

// Many names must not cost their square: hostile input is ordinary input.
TEST(Json, AHundredThousandNamesAreRead) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += (i ? ",\"n" : "\"n") + std::to_string(i) + "\":0";
  EXPECT_EQ(parse_json(text + "}").value().object()->size(), 100'000u);
  EXPECT_FALSE(parse_json(text + ",\"n5\":1}"));
}

}  // namespace
}  // namespace puhui
