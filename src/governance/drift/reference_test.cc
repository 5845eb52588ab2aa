#include "governance/drift/reference.h"

#include <gtest/gtest.h>

namespace puhui::drift {
namespace {

using evidence::FactType;
using evidence::FactValue;
using evidence::Number;

Frame frozen(FactType type, const std::vector<FactValue>& values) {
  std::vector<Values> rows;
  for (const FactValue& value : values) rows.push_back({value});
  std::vector<const Values*> lent;
  for (const Values& row : rows) lent.push_back(&row);
  return freeze({{"field", FieldKind::fact, type}}, lent)[0];
}

std::vector<FactValue> whole_numbers(int from, int to) {
  std::vector<FactValue> out;
  for (int i = from; i <= to; ++i) out.emplace_back(Number::whole(i));
  return out;
}

TEST(Reference, NumbersOfManyValuesAreCutAtDeciles) {
  auto values = whole_numbers(1, 1000);
  values.insert(values.end(), 25, FactValue());
  const Frame frame = frozen(FactType::number, values);
  EXPECT_FALSE(frame.by_value);
  EXPECT_EQ(frame.edges, (std::vector<double>{100, 200, 300, 400, 500, 600, 700, 800, 900}));
  EXPECT_EQ(frame.rows, (std::vector<uint64_t>{100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 25}));
  EXPECT_EQ(frame.label(0), "up to 100");
  EXPECT_EQ(frame.label(1), "(100, 200]");
  EXPECT_EQ(frame.label(9), "above 900");
  EXPECT_EQ(frame.label(10), "absent");
  EXPECT_EQ(frame.bin_of(Number::whole(200)), 1u);
  EXPECT_EQ(frame.bin_of(Number::whole(-5)), 0u);
}

// A constant has no decile to move over, so a number of few values is counted by value: a new one is 'other'.
TEST(Reference, NumbersOfFewValuesAreCountedByValueSoThatANewOneShows) {
  const Frame frame = frozen(FactType::number, std::vector<FactValue>(500, Number::whole(36)));
  EXPECT_TRUE(frame.by_value);
  ASSERT_EQ(frame.bins(), 3u);
  EXPECT_EQ(frame.label(0), "36");
  EXPECT_EQ(frame.label(1), "other");
  EXPECT_EQ(frame.bin_of(Number::whole(24)), 1u);
}

TEST(Reference, ATextThatFewHaveNeverStandsInTheReference) {
  std::vector<FactValue> values(300, FactValue(std::string("farmer")));
  values.insert(values.end(), kKnownValueRowsMin, FactValue(std::string("baker")));
  values.insert(values.end(), kKnownValueRowsMin - 1, FactValue(std::string("13800138000")));
  const Frame frame = frozen(FactType::text, values);
  EXPECT_EQ(frame.texts, (std::vector<std::string>{"baker", "farmer"}));
  EXPECT_EQ(frame.rows, (std::vector<uint64_t>{kKnownValueRowsMin, 300, kKnownValueRowsMin - 1, 0}));
}

TEST(Reference, OfVeryManyTextsTheMostCommonFiftyAreKnown) {
  std::vector<FactValue> values;
  for (uint64_t i = 0; i < 60; ++i) values.insert(values.end(), 20 + i, FactValue("t" + std::to_string(100 + i)));
  const Frame frame = frozen(FactType::text, values);
  ASSERT_EQ(frame.texts.size(), kKnownValuesMax);
  EXPECT_EQ(frame.texts.front(), "t110");
}

TEST(Reference, DatesAndBooleansHaveTheirWords) {
  std::vector<FactValue> days;
  for (int i = 0; i < 400; ++i) days.emplace_back(Date{20'000 + i});
  const Frame frame = frozen(FactType::date, days);
  EXPECT_EQ(frame.label(0), "up to " + Date{20'039}.text());
  const Frame yes = frozen(FactType::boolean, std::vector<FactValue>(100, FactValue(true)));
  EXPECT_EQ(yes.label(yes.bin_of(FactValue(true))), "true");
  EXPECT_EQ(yes.label(yes.bin_of(FactValue(false))), "other");
}

TEST(Reference, WhatIsErasedIsCountedNowhere) {
  std::vector<Values> rows(50, Values{FactValue(Number::whole(1))});
  rows.resize(80, Values{std::nullopt});
  std::vector<const Values*> lent;
  for (const Values& row : rows) lent.push_back(&row);
  const Frame frame = freeze({{"field", FieldKind::fact, FactType::number}}, lent)[0];
  EXPECT_EQ(frame.rows, (std::vector<uint64_t>{50, 0, 0}));
}

TEST(Reference, ItsBytesReadBackAndKeepTheirDigest) {
  Reference reference;
  reference.use_case = "lending.approval/test";
  reference.rows = 1000, reference.first_record = 2, reference.last_record = 1001;
  reference.frames = {frozen(FactType::number, whole_numbers(1, 1000)),
                      frozen(FactType::text, std::vector<FactValue>(100, FactValue(std::string("x"))))};
  const auto again = Reference::parse(reference.bytes());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, reference);
  EXPECT_EQ(again->bytes(), reference.bytes());
  EXPECT_FALSE(Reference::parse("{}"));
}

}  // namespace
}  // namespace puhui::drift
