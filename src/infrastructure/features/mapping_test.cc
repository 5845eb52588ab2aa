#include "infrastructure/features/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/date.h"
#include "infrastructure/features/features_for_test.h"

namespace puhui::features {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kMapping = R"({
  "title": "payments", "id": "no", "time": {"column": "day", "unit": "day", "origin": "2024-02-28T00:00:00Z"},
  "missing": ["NA"],
  "fields": [{"field": "customer", "column": "who"}, {"field": "amount", "column": "yuan", "multiplier": "0.01"},
             {"field": "country", "constant": "CN"}],
  "label": {"column": "bad", "bad": "1", "good": "0", "delay": "7d"}, "extra": ["note"]})";

EventMapping mapping(std::string_view json = kMapping) {
  auto read = parse_event_mapping(json);
  EXPECT_TRUE(read) << read.error().text();
  return read ? *read : EventMapping{};
}

struct Seen {
  std::vector<MappedEvent> events;  // their views are gone
  std::vector<std::string> keys, notes;
  Result<MappedRows> rows;
};

Seen read(std::string csv, models::BadRows bad_rows = models::BadRows::refuse, const EventMapping& by = mapping()) {
  Seen out;
  const auto set = test_set();
  out.rows = each_mapped_event(models::from_text(std::move(csv)), by, *set, {bad_rows},
                               [&](const MappedEvent& event) -> Result<void> {
                                 out.events.push_back(event);
                                 out.keys.emplace_back(event.key);
                                 out.notes.emplace_back(event.extra.at(0));
                                 return {};
                               });
  return out;
}

TEST(EventMapping, makes_events_of_rows) {
  const Seen seen = read(
      "no,day,who,yuan,terminal,bad,note\n"
      "a,0,c1,12345,t1,0,first\n"
      "b,1.5,,NA,t2,1,\"a, b\"\n"
      "c,2,c2,-3,,,\n");
  ASSERT_TRUE(seen.rows) << seen.rows.error().text();
  EXPECT_EQ(seen.rows->rows, 3u);
  EXPECT_EQ(seen.rows->labelled, 2u);
  EXPECT_EQ(seen.rows->bad, 1u);
  EXPECT_THAT(seen.keys, ElementsAre("a", "b", "c"));
  EXPECT_THAT(seen.notes, ElementsAre("first", "a, b", ""));
  const BatchEvent &a = seen.events[0].event, &b = seen.events[1].event, &c = seen.events[2].event;
  EXPECT_EQ(text_of(a.event.at), "2024-02-28T00:00:00.000000Z");
  EXPECT_EQ(a.event.values[0].text, "c1");
  EXPECT_EQ(a.event.values[1].text, "t1") << "a field without a source is its own column";
  EXPECT_EQ(a.event.values[2].number, 12'345) << "123.45";
  EXPECT_EQ(a.event.values[3].text, "CN");
  EXPECT_FALSE(a.event.values[5].present) << "a field with neither is absent";
  EXPECT_EQ(text_of(*a.label_at), "2024-03-06T00:00:00.000000Z");
  EXPECT_EQ(text_of(b.event.at), "2024-02-29T12:00:00.000000Z");
  EXPECT_TRUE(b.bad);
  EXPECT_FALSE(b.event.values[0].present);
  EXPECT_FALSE(b.event.values[2].present);
  EXPECT_EQ(c.event.values[2].number, -3);
  EXPECT_EQ(c.label_at, std::nullopt) << "its end is not known";
  EXPECT_EQ(a.event.id, event_id("a"));
  EXPECT_NE(a.event.id, b.event.id);
}

constexpr std::string_view kBadRows =
    "no,day,who,yuan,terminal,bad,note\n"
    "a,0,c1,1,t1,0,\n"
    ",x,c1,many,t1,2,\n"
    "c,1,c1\n"
    "d,99999999999999,c1,1,t1,0,\n"
    "e,1,c1,1,t1,0,\n";

TEST(EventMapping, names_every_bad_row_and_gives_nothing_after_the_first) {
  const Seen seen = read(std::string(kBadRows));
  ASSERT_FALSE(seen.rows);
  EXPECT_EQ(seen.events.size(), 1u);
  EXPECT_THAT(
      seen.rows.error().text(),
      AllOf(HasSubstr("row 2 (line 3), no: expected the event's key, came nothing"),
            HasSubstr("row 2 (line 3), day: expected whole microseconds as a number of the mapping's unit, came 'x'"),
            HasSubstr("row 2 (line 3), yuan: expected a number of at most 18 digits, came 'many'"),
            HasSubstr("row 2 (line 3), bad: expected '1', '0' or nothing, came '2'"), HasSubstr("row 3 (line 4)"),
            HasSubstr("row 4 (line 5), day: expected"), HasSubstr("3 bad rows: correct them, or skip bad rows")));
}

TEST(EventMapping, counts_bad_rows_that_are_to_be_passed_over) {
  const Seen seen = read(std::string(kBadRows), models::BadRows::skip);
  ASSERT_TRUE(seen.rows) << seen.rows.error().text();
  EXPECT_THAT(seen.keys, ElementsAre("a", "e"));
  EXPECT_EQ(seen.rows->skipped, 3u);
  EXPECT_EQ(seen.rows->rows, 2u);
  EXPECT_THAT(seen.rows->faults.at(0).where, HasSubstr("row 2"));
}

TEST(EventMapping, names_columns_that_the_file_has_not) {
  const Seen seen = read("no,day,who,yuan,terminal,bda,note\n");
  ASSERT_FALSE(seen.rows);
  EXPECT_THAT(seen.rows.error().text(), HasSubstr("label/column: 'bad': no such column in the header"));
}

TEST(EventMapping, names_what_the_set_does_not_know) {
  const auto faults = [](std::string_view json) {
    auto checked = check(mapping(json), *test_set());
    return checked ? std::string() : checked.error().text();
  };
  EXPECT_THAT(faults(R"({"id": "no", "time": {"column": "t"}, "label": {"column": "l", "bad": "1", "delay": "soon"},
    "fields": [{"field": "custmer", "column": "a"}, {"field": "amount"}, {"field": "country", "column": "a", "multiplier": "2"},
               {"field": "abroad", "column": "a", "constant": "b"}, {"field": "abroad", "column": "a"}],
    "oracle": {"id": "x", "columns": [{"feature": "count_1g", "column": "c", "divisor": "0", "tolerance": "-1"}]}})"),
              AllOf(HasSubstr("fields/0/field: the set has no field 'custmer'; did you mean 'customer'?"),
                    HasSubstr("fields/1: expected a column or a constant, came neither"),
                    HasSubstr("fields/2/multiplier: only a number can be multiplied"),
                    HasSubstr("fields/3: expected a column or a constant, came both"),
                    HasSubstr("fields/4/field: 'abroad' has a source already"),
                    HasSubstr("label/delay: expected a duration like 7d or 12h, came 'soon'"),
                    HasSubstr("oracle/columns/0/feature: the set has no feature 'count_1g'; did you mean 'count_1h'?"),
                    HasSubstr("oracle/columns/0/divisor"), HasSubstr("oracle/columns/0/tolerance")));
  EXPECT_EQ(faults(kMapping), "");
}

TEST(EventMapping, reads_times_as_texts) {
  const EventMapping by = mapping(R"({"id": "no", "time": {"column": "when"}, "extra": ["no"]})");
  const Seen seen = read("no,when\n1,2024-02-29T01:02:03.000004+08:00\n", models::BadRows::refuse, by);
  ASSERT_TRUE(seen.rows) << seen.rows.error().text();
  EXPECT_EQ(text_of(seen.events[0].event.event.at), "2024-02-28T17:02:03.000004Z");
}

TEST(EventMapping, ends_with_the_visitors_error) {
  const auto rows = each_mapped_event(
      models::from_text("no,when\n1,2024-02-29T01:02:03Z\n"), mapping(R"({"id": "no", "time": {"column": "when"}})"),
      *test_set(), {}, [](const MappedEvent&) -> Result<void> { return fail(ErrorCode::exhausted, "enough"); });
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace puhui::features
