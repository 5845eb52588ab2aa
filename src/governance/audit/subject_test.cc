#include "governance/audit/audit_for_test.h"
#include "governance/audit/subject_data.h"

namespace puhui::audit {
namespace {

class SubjectTest : public AuditTest {
 protected:
  static inline const Caller kOfficer{"officer", {"*"}}, kClerk{"clerk", {"subject.*"}};
  Id128 entity_of(const evidence::StoredRecord& record) {
    return evidence::decode_circumstances(record.circumstances)->entity;
  }
  std::string first_break() {
    const auto report = log_->verify(quiet_);
    return report->first_break ? report->first_break->what : "whole";
  }
};

TEST_P(SubjectTest, gets_every_decision_about_them_also_those_the_index_has_not_seen) {
  const auto version = grant(table_proposal());
  decide(version, 5);
  follow();
  decided_ = 0;  // the same people again
  decide(version, 5);
  const auto data = subject_data(*needs_, {7, 3}, kOfficer);
  ASSERT_TRUE(data) << data.error().text();
  ASSERT_EQ(data->decisions.size(), 2u);
  EXPECT_EQ(data->decisions[0].id, decisions()[7].id) << "the last first";
  EXPECT_EQ(data->decisions[0].facts[2].value, "13800138000");
  EXPECT_EQ(data->decisions[0].facts[3].value, "sealed");
  const auto masked = subject_data(*needs_, {7, 3}, kClerk);
  EXPECT_EQ(masked->decisions[0].facts[2].shown, "masked");
  EXPECT_EQ(log_->records(), 13u) << "permit, ten decisions, and an act for each time data was handed out";
}

TEST_P(SubjectTest, a_letter_tells_the_reasons_and_the_rights_in_both_languages) {
  decide(grant(table_proposal()), 60);
  for (const auto& record : decisions()) {
    if (evidence::decode_judgement(record.judgement)->reasons.empty()) continue;
    const auto zh = explanation_letter(*needs_, {record.id, Language::zh}, kClerk);
    const auto en = explanation_letter(*needs_, {record.id, Language::en}, kClerk);
    ASSERT_TRUE(zh && en);
    EXPECT_NE(zh->text.find("1. "), std::string::npos);
    EXPECT_NE(zh->text.find("第二十四条"), std::string::npos);
    EXPECT_NE(en->text.find("22(3)"), std::string::npos);
    EXPECT_NE(en->text.find(record.id.text()), std::string::npos);
    EXPECT_EQ(en->text.find("13800138000"), std::string::npos);
    return;
  }
  FAIL() << "nobody was refused";
}

TEST_P(SubjectTest, a_request_is_due_by_the_days_its_law_names) {
  const auto at = [](std::string_view text) { return *parse_timestamp(text); };
  EXPECT_EQ(due_at(Law::pipl, at("2026-01-31T10:00:00Z")), at("2026-03-02T10:00:00Z"));
  EXPECT_EQ(due_at(Law::gdpr, at("2026-01-31T10:00:00Z")), at("2026-02-28T10:00:00Z"));
}

TEST_P(SubjectTest, a_request_waits_becomes_overdue_and_is_answered_once) {
  decide(grant(table_proposal()), 2);
  const auto record = decisions()[1];
  const auto asked = open_request(
      *needs_, {entity_of(record), record.id, RequestKind::human_review, Law::pipl, "<b>please</b>"}, "clerk");
  ASSERT_TRUE(asked) << asked.error().text();
  auto waiting = list_requests(*needs_, {true, 50, ""});
  ASSERT_EQ(waiting->requests.size(), 1u);
  EXPECT_FALSE(waiting->requests[0].overdue);
  clock_.advance_us(int64_t{31} * 86'400 * 1'000'000);
  EXPECT_TRUE(list_requests(*needs_, {true, 50, ""})->requests[0].overdue);
  const auto answered = answer_request(*needs_, {asked->id, RequestAnswer::granted, "a person looked again"}, "li");
  ASSERT_TRUE(answered) << answered.error().text();
  EXPECT_TRUE(list_requests(*needs_, {true, 50, ""})->requests.empty());
  const auto again = answer_request(*needs_, {asked->id, RequestAnswer::refused, "no"}, "li");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(subject_data(*needs_, entity_of(record), kOfficer)->requests[0].answer_words, "a person looked again");
  EXPECT_EQ(first_break(), "whole");
}

TEST_P(SubjectTest, nobody_asks_about_another_persons_decision) {
  decide(grant(table_proposal()), 2);
  const auto all = decisions();
  const auto asked =
      open_request(*needs_, {entity_of(all[0]), all[1].id, RequestKind::explanation, Law::gdpr, "why"}, "clerk");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, ErrorCode::invalid);
  EXPECT_FALSE(
      open_request(*needs_, {entity_of(all[0]), std::nullopt, RequestKind::explanation, Law::gdpr, "why"}, "c"));
}

TEST_P(SubjectTest, a_granted_erasure_erases_their_facts_and_the_chain_stays_whole) {
  const auto version = grant(table_proposal());
  decide(version, 3);
  decided_ = 0;
  decide(version, 3);
  follow();
  const auto asked =
      open_request(*needs_, {{7, 2}, std::nullopt, RequestKind::erasure, Law::gdpr, "forget me"}, "clerk");
  ASSERT_TRUE(asked);
  ASSERT_TRUE(answer_request(*needs_, {asked->id, RequestAnswer::granted, "done"}, "li"));
  int erased = 0;
  for (const auto& record : decisions()) {
    EXPECT_EQ(record.facts.has_value(), entity_of(record) != (Id128{7, 2}));
    erased += !record.facts;
  }
  EXPECT_EQ(erased, 2);
  EXPECT_EQ(first_break(), "whole");
  const auto data = subject_data(*needs_, {7, 2}, kOfficer);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_EQ(data->decisions.size(), 2u) << "the judgements stay";
}

INSTANTIATE_TEST_SUITE_P(Engines, SubjectTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::audit
