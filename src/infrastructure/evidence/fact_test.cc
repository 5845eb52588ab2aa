#include "infrastructure/evidence/fact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui::evidence {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kEighteenNines = 999'999'999'999'999'999;

// The value of a text by the schoolbook: digits and a power of ten, zeros stripped from both ends.
struct Plain {
  bool well_formed = false;
  bool negative = false;
  std::string digits;  // without leading or trailing zeros; empty is zero
  size_t written = 0;  // digits from the first that is not zero to the last written
  int64_t power = 0;
  int64_t exponent = 0;  // as written
};

Plain plain_of(std::string text) {
  Plain out;
  int64_t exponent = 0;
  if (const size_t e = text.find_first_of("eE"); e != std::string::npos) {
    const std::string power = text.substr(e + 1);
    const size_t sign = !power.empty() && (power[0] == '-' || power[0] == '+') ? 1 : 0;
    if (power.size() == sign || power.size() > sign + 4) return out;
    for (size_t i = sign; i < power.size(); ++i) {
      if (power[i] < '0' || power[i] > '9') return out;
      exponent = exponent * 10 + (power[i] - '0');
    }
    if (power[0] == '-') exponent = -exponent;
    text.resize(e);
  }
  if (text.starts_with('-')) {
    out.negative = true;
    text.erase(0, 1);
  }
  const size_t point = text.find('.');
  std::string all = text.substr(0, point);
  const std::string behind = point == std::string::npos ? "" : text.substr(point + 1);
  if (point != std::string::npos && behind.empty()) return out;
  all += behind;
  if (all.empty() || all.find_first_not_of("0123456789") != std::string::npos) return out;
  out.well_formed = true;
  out.exponent = exponent;
  out.power = exponent - static_cast<int64_t>(behind.size());
  all.erase(0, std::min(all.find_first_not_of('0'), all.size()));
  out.written = all.size();
  while (all.ends_with('0')) {
    all.pop_back();
    ++out.power;
  }
  out.digits = all;
  return out;
}

// Whether a plain number is one that fits: at most 18 digits, at most 18 of them behind the point.
bool fits(const Plain& plain) {
  if (plain.digits.empty()) return true;
  return plain.power >= -18 && static_cast<int64_t>(plain.digits.size()) + std::max<int64_t>(0, plain.power) <= 18 &&
         plain.digits.size() <= 18;
}

// What parse made of it, as digits and a power of ten.
void expect_equal(const Number& number, const Plain& plain, const std::string& text) {
  std::string digits = std::to_string(number.coefficient);
  EXPECT_EQ(digits.starts_with('-'), plain.negative && !plain.digits.empty()) << text;
  std::erase(digits, '-');
  int64_t power = -number.places;
  while (digits.ends_with('0') && digits.size() > 1) {
    digits.pop_back();
    ++power;
  }
  if (plain.digits.empty()) {
    EXPECT_EQ(number, Number{}) << text;
    return;
  }
  EXPECT_EQ(digits, plain.digits) << text;
  EXPECT_EQ(power, plain.power) << text;
  EXPECT_TRUE(number.places == 0 || number.coefficient % 10 != 0) << text << " is not in its one form";
}

TEST(Number, reads_what_the_schoolbook_reads_and_nothing_else) {
  constexpr std::string_view kAlphabet = "00112345678999..--+eE ";
  RandomStream stream(Random(11), 1, 1);
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    const uint64_t length = 1 + stream.below(24);
    // Half of the texts are digits with at most one point, so that most of those are numbers.
    const bool tame = stream.chance(0.5);
    for (uint64_t c = 0; c < length; ++c)
      text += tame ? "0123456789"[stream.below(10)] : kAlphabet[stream.below(kAlphabet.size())];
    if (tame && stream.chance(0.7)) text.insert(stream.below(text.size()), ".");
    if (tame && stream.chance(0.3)) text += "e" + std::to_string(static_cast<int64_t>(stream.below(40)) - 20);
    const Plain plain = plain_of(text);
    const auto number = Number::parse(text);
    if (!number) {
      EXPECT_FALSE(plain.well_formed && fits(plain) && plain.written <= 18 && std::abs(plain.exponent) <= 18) << text;
      continue;
    }
    ++read;
    ASSERT_TRUE(plain.well_formed) << text;
    ASSERT_TRUE(fits(plain)) << text;
    expect_equal(*number, plain, text);
    EXPECT_EQ(Number::parse(number->text()), number) << text;
  }
  EXPECT_GT(read, 20'000);
}

TEST(Number, keeps_eighteen_digits_and_refuses_the_nineteenth) {
  EXPECT_EQ(Number::parse("999999999999999999"), Number::whole(kEighteenNines));
  EXPECT_EQ(Number::parse("-999999999999999999"), Number::whole(-kEighteenNines));
  EXPECT_EQ(Number::parse("0.999999999999999999"), (Number{kEighteenNines, 18}));
  EXPECT_EQ(Number::parse("1e17"), Number::whole(100'000'000'000'000'000));
  EXPECT_EQ(Number::parse("1000000000000000000"), std::nullopt);
  EXPECT_EQ(Number::parse("1e18"), std::nullopt);
  EXPECT_EQ(Number::parse("0.0000000000000000001"), std::nullopt);
  EXPECT_EQ(Number::parse("0.10000000000000000000000"), (Number{1, 1}));
}

TEST(Number, refuses_what_only_looks_like_one) {
  for (const char* text : {"",   "-",   ".",   "5.",  "5.e1", "+5",  "1e",   "1e+",      "1e+-5", "1e--5", "e5", "1 ",
                           " 1", "1,5", "0x1", "NaN", "nan",  "inf", "-inf", "Infinity", "1e1e1", "1..2",  "１"}) {
    EXPECT_EQ(Number::parse(text), std::nullopt) << text;
  }
}

TEST(Number, becomes_the_nearest_double) {
  for (const char* text : {"0.1", "-0.3", "123456.789", "0.000000001", "9007199254740991", "1e-18"}) {
    EXPECT_EQ(Number::parse(text)->as_double(), std::stod(text)) << text;
  }
}

FactSchema schema_of_all() {
  return {{{"known", FactType::boolean, true, false, false, ""},
           {"income", FactType::number, true, true, false, ""},
           {"city", FactType::text, false, true, false, ""},
           {"since", FactType::date, false, false, false, ""},
           {"age", FactType::number, false, true, true, ""}}};
}

Result<std::vector<FactValue>> read(std::string_view json) { return schema_of_all().read(*parse_json(json)); }

TEST(FactSchema, types_each_value_and_keeps_absence_apart) {
  const auto facts = read(R"({"since": "2026-02-28", "income": 1250.50, "known": false, "city": null})");
  ASSERT_TRUE(facts) << facts.error().text();
  const std::vector<FactValue> expected{false, Number{12505, 1}, std::monostate(), Date::parse("2026-02-28").value(),
                                        std::monostate()};
  EXPECT_EQ(*facts, expected);
}

TEST(FactSchema, names_every_fault_of_an_input_at_once) {
  const auto facts =
      read(R"({"known": "true", "citty": "Wuhan", "since": "2026-02-30", "age": "41", "income": 1e30, "zzz": 1})");
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::invalid);
  EXPECT_EQ(facts.error().faults.size(), 6u) << facts.error().text();
  EXPECT_THAT(facts.error().text(), AllOf(HasSubstr("known: expected a boolean, came a text"),
                                          HasSubstr("citty: is not a fact of this use case; did you mean 'city'?"),
                                          HasSubstr("since: expected a day such as '2026-02-28', came '2026-02-30'"),
                                          HasSubstr("age: expected a number, came a text"),
                                          HasSubstr("income: expected a number of at most 18 digits, came '1e30'"),
                                          HasSubstr("zzz: is not a fact of this use case")));
}

TEST(FactSchema, wants_what_is_required_and_an_object) {
  const auto missing = read(R"({"known": null})");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().faults.size(), 2u);
  EXPECT_THAT(missing.error().text(), AllOf(HasSubstr("known: is required"), HasSubstr("income: is required")));
  const auto list = read("[1, 2]");
  ASSERT_FALSE(list);
  EXPECT_THAT(list.error().text(), HasSubstr("expected facts as an object of names and values, came a list"));
}

TEST(FactSchema, bounds_a_text_and_wants_it_in_UTF_8) {
  const FactSchema schema = schema_of_all();
  const FactSpec& city = schema.facts[2];
  EXPECT_TRUE(schema.parse(city, std::string(kFactTextBytesMax, 'x')));
  const auto long_text = schema.parse(city, std::string(kFactTextBytesMax + 1, 'x'));
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().code, ErrorCode::exhausted);
  EXPECT_THAT(long_text.error().text(), HasSubstr("expected at most 1024 bytes, came 1025"));
  const auto broken = schema.parse(city, "\xFF\xFE");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text(), HasSubstr("expected UTF-8"));
}

TEST(FactSchema, hangs_no_decision_on_a_sealed_fact_and_names_each_once) {
  FactSchema schema = schema_of_all();
  EXPECT_TRUE(schema.check());
  schema.facts[4].required = true;
  schema.facts[3].name = "known";
  const auto faults = schema.check();
  ASSERT_FALSE(faults);
  EXPECT_THAT(faults.error().text(), AllOf(HasSubstr("age: is sealed and required"), HasSubstr("known: stands twice")));
}

TEST(FactSchema, has_at_least_one_fact_and_at_most_the_limit) {
  const auto with = [](size_t count) {
    FactSchema schema;
    for (size_t i = 0; i < count; ++i)
      schema.facts.push_back({"f" + std::to_string(i), FactType::number, false, false, false, ""});
    return read_json<FactSchema>(to_json(schema));
  };
  EXPECT_FALSE(with(0));
  EXPECT_TRUE(with(kFactsMax));
  EXPECT_FALSE(with(kFactsMax + 1));
}

FactValue drawn(RandomStream& stream) {
  switch (stream.below(5)) {
    case 0: return std::monostate();
    case 1: return stream.chance(0.5);
    case 2: return Date{static_cast<int32_t>(stream.next())};
    case 3: return std::string(stream.below(40), static_cast<char>(stream.below(256)));
    default: {
      const auto coefficient =
          static_cast<int64_t>(stream.next() % 1'000'000'000'000'000'000) / (stream.chance(0.5) ? 1 : 1'000'000'007);
      const auto text =
          (stream.chance(0.5) ? "-" : "") + std::to_string(coefficient) + "e-" + std::to_string(stream.below(19));
      return Number::parse(text).value_or(Number{});
    }
  }
}

TEST(Fact, comes_back_as_it_was_written) {
  RandomStream stream(Random(3), 1, 1);
  for (int i = 0; i < 20'000; ++i) {
    const FactValue value = drawn(stream);
    ByteWriter to;
    write(to, value);
    ByteReader from(to.bytes());
    EXPECT_EQ(read_fact(from), value) << "seed 3, value " << i;
    EXPECT_TRUE(from.finish("a fact")) << "seed 3, value " << i;
  }
}

TEST(Fact, has_one_form_in_bytes) {
  const auto refused = [](uint8_t tag, int64_t value) {
    ByteWriter to;
    to.u8(tag);
    to.signed_varint(value);
    ByteReader from(to.bytes());
    read_fact(from);
    return !from.finish("a fact");
  };
  EXPECT_FALSE(refused(16, 10)) << "10 with no places is 10";
  EXPECT_TRUE(refused(17, 10)) << "1.0 is written as 1";
  EXPECT_TRUE(refused(16, kEighteenNines + 1));
  EXPECT_TRUE(refused(16, INT64_MIN));
  EXPECT_TRUE(refused(4, int64_t{1} << 32)) << "a day beyond all calendars";
  EXPECT_TRUE(refused(35, 1)) << "19 places";
  EXPECT_TRUE(refused(5, 1));
}

}  // namespace
}  // namespace puhui::evidence
