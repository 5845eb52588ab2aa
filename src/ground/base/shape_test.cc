#include "ground/base/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/schema.h"
#include "ground/base/shape_generator.h"

namespace puhui {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

enum class Method { equal_instalments, equal_principal, bullet };
std::span<const std::string_view> names_of(const Method*) {
  static constexpr std::string_view kNames[] = {"equal_instalments", "equal_principal", "bullet"};
  return kNames;
}

struct Fee {
  std::string name;
  Money amount;
  bool operator==(const Fee&) const = default;
};
void fields(Shape& s, Fee& f) {
  s.field("name", f.name, {.help = "what it is for", .min = 1, .max = 20});
  s.field("amount", f.amount, {.help = "what it costs"});
}

struct Terms {
  Id128 loan;
  Money amount;
  Currency currency;
  Rate rate;
  Date first_due;
  Timestamp agreed_at;
  Digest policy;
  Method method = Method::equal_instalments;
  int32_t months = 0;
  uint8_t grace_days = 0;
  double score = 0;
  bool signed_ = false;
  std::string note = "as usual";
  std::optional<Date> closed_on;
  std::vector<Fee> fees;
  std::vector<int64_t> payments_minor;
  bool operator==(const Terms&) const = default;
};
void fields(Shape& s, Terms& t) {
  s.field("loan", t.loan);
  s.field("amount", t.amount, {.help = "what is lent", .example = "1200.00 CNY"});
  s.field("currency", t.currency);
  s.field("rate", t.rate);
  s.field("first_due", t.first_due);
  s.field("agreed_at", t.agreed_at);
  s.field("policy", t.policy);
  s.field("method", t.method, {.help = "how it is paid back"});
  s.field("months", t.months, {.help = "how long", .min = 1, .max = 60});
  s.field("grace_days", t.grace_days);
  s.field("score", t.score, {.min = -1000, .max = 1000});
  s.field("signed", t.signed_);
  s.field("note", t.note, {.max = 40, .optional = true});
  s.field("closed_on", t.closed_on);
  s.field("fees", t.fees, {.max = 3});
  s.field("payments_minor", t.payments_minor, {.min = 1});
}

Json good() {
  Terms terms = generate<Terms>(RandomStream(Random(61), 0, 0));
  terms.fees = {{"paper", Money{5, *Currency::parse("CNY")}}};
  terms.months = 12;
  return to_json(terms);
}

std::vector<std::string> places(const Result<Terms>& result) {
  std::vector<std::string> out;
  for (const Fault& fault : result.error().faults) out.push_back(fault.where);
  return out;
}

std::string only_message(const Json& json) {
  const auto result = read_json<Terms>(json);
  return result ? "no fault" : result.error().text();
}

TEST(Shape, WhatIsWrittenReadsBackTheSame) {
  for (uint64_t row = 0; row < 2'000; ++row) {
    const Terms terms = generate<Terms>(RandomStream(Random(62), 0, row));
    const Json json = to_json(terms);
    const auto back = read_json<Terms>(parse_json(print_json(json)).value());
    ASSERT_TRUE(back) << "row " << row << ": " << back.error().text();
    ASSERT_EQ(*back, terms) << "row " << row << ": " << print_json(json);
  }
}

TEST(ShapeGenerator, ReachesTheEdgesAndKeepsTheNotes) {
  std::set<int32_t> months;
  std::set<size_t> fees;
  bool closed = false, open = false;
  for (uint64_t row = 0; row < 2'000; ++row) {
    const Terms terms = generate<Terms>(RandomStream(Random(63), 0, row));
    months.insert(terms.months), fees.insert(terms.fees.size());
    (terms.closed_on ? closed : open) = true;
    ASSERT_LE(terms.note.size(), 40u);
    ASSERT_FALSE(terms.payments_minor.empty());
  }
  EXPECT_EQ(*months.begin(), 1);
  EXPECT_EQ(*months.rbegin(), 60);
  EXPECT_THAT(fees, ElementsAre(0u, 1u, 2u, 3u));
  EXPECT_TRUE(closed && open);
}

TEST(JsonReader, ReportsEveryFaultWithItsPlace) {
  Json json = good();
  json.set("amount", "12.345 CNY");
  json.set("rate", 0.24);
  json.set("method", "monthly");
  json.set("months", 61);
  json.set("grace_days", 256);
  json.set("signed", "yes");
  json.set("fees", parse_json(R"([{"name":"","amount":"1.00 CNY"},{"name":"a"},7])").value());
  json.set("payments_minor", Json::List{});
  EXPECT_THAT(places(read_json<Terms>(json)),
              UnorderedElementsAre("amount", "rate", "method", "months", "grace_days", "signed", "fees/0/name",
                                   "fees/1/amount", "fees/2", "payments_minor"));
}

TEST(JsonReader, SaysWhatWasExpectedAndWhatCame) {
  const auto message = [](const char* name, Json value) {
    Json json = good();
    json.set(name, std::move(value));
    return only_message(json);
  };
  EXPECT_THAT(message("months", 61), HasSubstr("months: expected a whole number from 1 to 60, came 61"));
  EXPECT_THAT(message("months", 1.5), HasSubstr("from 1 to 60, came 1.5"));
  EXPECT_THAT(message("months", "12"), HasSubstr("expected a whole number, came a text"));
  EXPECT_THAT(message("score", 1000.5), HasSubstr("expected a number from -1000 to 1000, came 1000.5"));
  EXPECT_THAT(message("score", Json::Number{"1e400"}), HasSubstr("came 1e400"));
  EXPECT_THAT(message("method", "monthly"),
              HasSubstr("expected one of equal_instalments, equal_principal, bullet, came 'monthly'"));
  EXPECT_THAT(message("note", std::string(41, 'x')), HasSubstr("expected at most 40 bytes, came 41"));
  EXPECT_THAT(message("loan", "x"), HasSubstr("expected an id of 32 hex digits"));
  EXPECT_THAT(message("fees", Json::List(4, Json(1))), HasSubstr("expected at most 3 items, came 4"));
  EXPECT_THAT(message("first_due", "2026-02-30"), HasSubstr("expected a calendar day"));
  EXPECT_EQ(message("months", 1.0), "no fault") << "1.0 is whole";
}

TEST(JsonReader, AnUnknownNameSuggestsTheOneMeant) {
  Json json = good();
  json.set("amuont", "1.00 CNY");
  json.set("birthday", "x");
  const std::string text = only_message(json);
  EXPECT_THAT(text, HasSubstr("amuont: is not a known field; did you mean 'amount'?"));
  EXPECT_THAT(text, HasSubstr("birthday: is not a known field"));
}

TEST(JsonReader, MissingAndNullAreTheSame) {
  Json json = good();
  json.set("amount", Json());
  json.set("note", Json());
  json.set("closed_on", Json());
  EXPECT_EQ(only_message(json), "invalid: amount: is required: what is lent");
  json.set("amount", "1.00 CNY");
  EXPECT_EQ(read_json<Terms>(json).value().note, "as usual") << "an optional field keeps the struct's default";
  EXPECT_FALSE(read_json<Terms>(json).value().closed_on);
}

TEST(JsonReader, AnotherKindOfValueAtTheRootIsOneFault) {
  for (const char* wrong : {"7", "[]", "\"x\"", "null", "true"}) {
    const auto result = read_json<Terms>(parse_json(wrong).value());
    ASSERT_FALSE(result) << wrong;
    EXPECT_THAT(result.error().text(), HasSubstr("expected an object")) << wrong;
    EXPECT_EQ(result.error().faults.size(), 1u) << result.error().text();
  }
}

const Json& property(const Json& schema, std::string_view name) { return *schema.find("properties")->find(name); }

TEST(Schema, SaysWhatTheReaderTakes) {
  const Json schema = schema_of<Terms>();
  EXPECT_EQ(*schema.find("type")->text(), "object");
  EXPECT_EQ(print_json(*schema.find("additionalProperties")), "false");
  EXPECT_EQ(schema.find("required")->list()->size(), 14u) << "all but note and closed_on";
  EXPECT_EQ(print_json(property(schema, "months")),
            R"({"type":"integer","minimum":1,"maximum":60,"description":"how long"})");
  EXPECT_EQ(print_json(property(schema, "grace_days")), R"({"type":"integer","minimum":0,"maximum":255})");
  EXPECT_EQ(print_json(property(schema, "score")), R"({"type":"number","minimum":-1000,"maximum":1000})");
  EXPECT_EQ(print_json(property(schema, "note")), R"({"type":"string","maxLength":40})");
  EXPECT_EQ(
      print_json(property(schema, "method")),
      R"({"type":"string","enum":["equal_instalments","equal_principal","bullet"],"description":"how it is paid back"})");
  EXPECT_EQ(print_json(property(schema, "payments_minor")),
            R"({"type":"array","minItems":1,"items":{"type":"integer"}})");
  const Json& fee = *property(schema, "fees").find("items");
  EXPECT_EQ(print_json(*fee.find("required")), R"(["name","amount"])");
  EXPECT_EQ(print_json(*property(fee, "name").find("minLength")), "1");
}

TEST(TextForm, EveryExampleReads) {
  const auto reads = [](const TextForm& form, void* value) { return form.parse(form.example, value).has_value(); };
  Terms t;
  EXPECT_TRUE(reads(form_of(&t.loan), &t.loan));
  EXPECT_TRUE(reads(form_of(&t.amount), &t.amount));
  EXPECT_TRUE(reads(form_of(&t.currency), &t.currency));
  EXPECT_TRUE(reads(form_of(&t.rate), &t.rate));
  EXPECT_TRUE(reads(form_of(&t.first_due), &t.first_due));
  EXPECT_TRUE(reads(form_of(&t.agreed_at), &t.agreed_at));
}

}  // namespace
}  // namespace puhui
