#include "infrastructure/features/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puhui::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

FeatureSet set_of_all() {
  const auto set = FeatureSet::parse(R"({"name": "card", "event": "payment", "fields": [
    {"name": "customer", "type": "key", "required": true, "personal": true},
    {"name": "amount", "type": "number", "places": 2, "required": true},
    {"name": "channel", "type": "text"},
    {"name": "abroad", "type": "boolean"},
    {"name": "sex", "type": "text", "sealed": true}], "features": []})");
  EXPECT_TRUE(set) << set.error().text();
  return *set;
}

Result<Event> read(std::string_view json) { return read_event(set_of_all(), *parse_json(json)); }

TEST(Event, reads_numbers_from_json_numbers_and_texts_alike) {
  for (const char* amount : {"42.5", "\"42.50\"", "42.500", "4.25e1", "\"425e-1\""}) {
    const auto event = read(std::string(R"({"customer": "c1", "amount": )") + amount + "}");
    ASSERT_TRUE(event) << amount << event.error().text();
    EXPECT_EQ(event->values[1], (FieldValue{.present = true, .number = 4250})) << amount;
    EXPECT_FALSE(event->values[2].present);
  }
}

TEST(Event, names_every_fault_at_once) {
  const auto event =
      read(R"({"customre": "c1", "amount": 1.005, "channel": 5, "abroad": "yes", "sex": null, "zzz": 1})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().faults.size(), 6u) << event.error().text();
  EXPECT_THAT(event.error().text(),
              AllOf(HasSubstr("customre: is no field of a payment; did you mean 'customer'?"),
                    HasSubstr("customer: is required, came nothing"),
                    HasSubstr("amount: expected a number with at most 2 decimals, came '1.005'"),
                    HasSubstr("channel: expected a text, came a number"),
                    HasSubstr("abroad: expected a boolean, came a text"), HasSubstr("zzz: is no field of a payment")));
}

TEST(Event, bounds_numbers_and_texts) {
  const auto reads = [](std::string customer, std::string amount, std::string channel) {
    const std::string_view texts[] = {customer, amount, channel, "", ""};
    const auto event = read_event(set_of_all(), std::span<const std::string_view>(texts));
    return event ? std::string() : event.error().text();
  };
  EXPECT_EQ(reads("c", "10000000000", ""), "");
  EXPECT_EQ(reads("c", "-10000000000.00", ""), "");
  EXPECT_THAT(reads("c", "10000000000.01", ""), HasSubstr("amount: expected at most 10000000000.00 either way"));
  EXPECT_THAT(reads("c", "1e17", ""), HasSubstr("amount: expected at most"));
  EXPECT_THAT(reads("c", "-1e18", ""), HasSubstr("amount: expected a number"));
  EXPECT_EQ(reads(std::string(64, 'k'), "1", std::string(256, 't')), "");
  EXPECT_THAT(
      reads(std::string(65, 'k'), "1", std::string(257, 't')),
      AllOf(HasSubstr("customer: expected at most 64 bytes, came 65"), HasSubstr("channel: expected at most 256")));
  EXPECT_THAT(reads("\xFF", "1", ""), HasSubstr("customer: expected UTF-8"));
}

TEST(Event, comes_back_from_its_bytes) {
  const FeatureSet set = set_of_all();
  auto event = *read(R"({"customer": "客户", "amount": -3, "abroad": false, "channel": "web"})");
  event.id = {7, 9};
  event.at = {1'533'686'400'123'456};
  const std::string bytes = encode(set, event);
  const auto again = decode_event(set, bytes);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, event);
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode_event(set, std::string_view(bytes).substr(0, cut))) << cut;
  EXPECT_FALSE(decode_event(set, bytes + '\0'));
}

TEST(Event, written_before_a_field_was_added_has_it_absent) {
  FeatureSet before = set_of_all();
  Event event = *read(R"({"customer": "c1", "amount": 3})");
  before.fields.pop_back();
  event.values.pop_back();
  const auto again = decode_event(set_of_all(), encode(before, event));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->values.size(), 5u);
  EXPECT_FALSE(again->values[4].present);
}

TEST(Event, fields_become_facts_of_their_type) {
  const FeatureSet set = set_of_all();
  const auto event = *read(R"({"customer": "c1", "amount": 42.50, "abroad": true})");
  EXPECT_EQ(fact_of(set.fields[0], event.values[0]), evidence::FactValue("c1"));
  EXPECT_EQ(fact_of(set.fields[1], event.values[1]), evidence::FactValue(evidence::Number{425, 1}));
  EXPECT_EQ(fact_of(set.fields[2], event.values[2]), evidence::FactValue());
  EXPECT_EQ(fact_of(set.fields[3], event.values[3]), evidence::FactValue(true));
}

}  // namespace
}  // namespace puhui::features
