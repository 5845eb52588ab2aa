// Cases from their first alert to their closing, on both engines.
#include <gmock/gmock.h>

#include <thread>

#include "infrastructure/cases/office_for_test.h"

namespace puhui::cases {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class CasesTest : public OfficeTest {
 protected:
  // Proposed by bo, confirmed by anna.
  void close(CaseId id, Verdict verdict) {
    ASSERT_TRUE(office_->propose(id, verdict, "It is as it looks.", "bo"));
    const auto closed = office_->confirm(id, "anna");
    ASSERT_TRUE(closed) << closed.error().text();
  }
};

TEST_P(CasesTest, alerts_on_one_subject_gather_in_one_case_that_has_an_owner_from_its_first_moment) {
  raise(draft("Li", "p1", 200'00));
  raise(draft("Li", "p2", 300'00));
  raise(draft("Wang", "p3"));
  EXPECT_EQ(case_of("p1"), case_of("p2"));
  EXPECT_NE(case_of("p1"), case_of("p3"));
  const Case one = page(case_of("p1")).one;
  EXPECT_EQ(one.owner, "queue:fraud");
  EXPECT_EQ(one.state, CaseState::open);
  EXPECT_EQ(one.alerts, 2);
  EXPECT_EQ(one.expected_loss_minor, 250'00);
  expect_counts_right();
}

TEST_P(CasesTest, the_same_alert_again_is_the_one_that_stands_also_after_its_verdict_and_a_restart) {
  const AlertId first = raise(draft("Li", "p1"));
  EXPECT_EQ(raise(draft("Li", "p1", 999'00)), first);
  AlertDraft other = draft("Li", "p1");
  other.kind = "NEW_DEVICE";
  EXPECT_NE(raise(other), first);
  AlertDraft apart = draft("Li", "Y");  // application, kind and reference do not run into each other
  apart.kind = "VELOCIT";
  EXPECT_NE(raise(apart), first);
  close(page(alert("Y").in_case).one.id, Verdict::dismissed);
  open();
  EXPECT_EQ(raise(draft("Li", "p1")), first);
  expect_counts_right();
}

TEST_P(CasesTest, every_fault_of_a_draft_is_named_and_nothing_is_kept) {
  AlertDraft bad = draft("", "p1", -5);
  bad.probability_ppb = 1'000'000'001;
  bad.currency = "XXQ";
  const auto raised = store_->write([&](Transaction& tx) -> Result<void> {
    TRY(office_->raise(tx, bad));
    return {};
  });
  ASSERT_FALSE(raised);
  for (const char* what : {"subject", "amount_minor", "probability_ppb", "currency"}) {
    EXPECT_THAT(raised.error().text(), HasSubstr(what));
  }
  EXPECT_THAT(queued(), IsEmpty());
}

TEST_P(CasesTest, the_queue_is_ranked_by_expected_loss_then_age_and_says_what_lies_below) {
  raise(draft("A", "p1", 10'00));
  raise(draft("B", "p2", 90'00));
  raise(draft("C", "p3", 50'00));
  raise(draft("D", "p4", 50'00));
  AlertDraft other = draft("E", "p5", 70'00);
  other.application = "aml";
  raise(other);
  EXPECT_THAT(queued(), ElementsAre("p2", "p5", "p3", "p4", "p1"));
  const QueueAnswer two = queue({.application = "fraud", .capacity = 2});
  EXPECT_EQ(two.alerts.size(), 2u);
  EXPECT_EQ(two.expected_loss_minor, 70'00);
  EXPECT_EQ(two.below, 2);
  EXPECT_EQ(two.expected_loss_below_minor, 30'00);
  ASSERT_TRUE(office_->assign(case_of("p1"), "bo", "bo"));
  EXPECT_THAT(queued({.owner = "bo"}), ElementsAre("p1"));
  EXPECT_THAT(queued({.application = "fraud", .owner = "queue:fraud"}), ElementsAre("p2", "p3", "p4"));
  EXPECT_THAT(queued({.owner = "nobody"}), IsEmpty());
  expect_counts_right();
}

TEST_P(CasesTest, a_case_is_closed_by_two_people_and_both_acts_are_in_the_evidence) {
  raise(draft("Li", "p1"));
  raise(draft("Li", "p2"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->assign(id, "bo", "bo"));
  ASSERT_TRUE(office_->note(id, "The card was cloned.", "bo"));
  ASSERT_TRUE(office_->propose(id, Verdict::confirmed, "Two devices at once.", "bo"));
  EXPECT_THAT(queued(), IsEmpty()) << "what waits for a second person waits in nobody's queue";
  EXPECT_EQ(office_->confirm(id, "bo").error().code, ErrorCode::forbidden);
  EXPECT_THAT(told(), IsEmpty());
  const auto closed = office_->confirm(id, "anna");
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(closed->state, CaseState::closed);
  EXPECT_EQ(closed->closed_by, "anna");
  EXPECT_EQ(closed->open_alerts, 0);
  EXPECT_THAT(told(), ElementsAre("p1 confirmed by anna", "p2 confirmed by anna"));
  EXPECT_THAT(happened(id),
              ElementsAre("opened by fraud", "assigned by bo", "noted by bo", "proposed by bo", "closed by anna"));
  EXPECT_THAT(acts(), ElementsAre(HasSubstr("note bo: case " + id.text() + " (fraud) assigned to bo"),
                                  HasSubstr("noted; words "), HasSubstr("review bo: case " + id.text()),
                                  HasSubstr("review anna: case " + id.text() + " (fraud) closed as confirmed")));
  for (const std::string& act : acts()) EXPECT_EQ(act.find("cloned"), std::string::npos) << act;
  EXPECT_EQ(office_->confirm(id, "anna").error().code, ErrorCode::conflict);
  EXPECT_EQ(office_->propose(id, Verdict::dismissed, "No.", "bo").error().code, ErrorCode::conflict);
  expect_counts_right();
}

TEST_P(CasesTest, when_the_application_cannot_take_the_verdict_the_closing_fails_as_a_whole) {
  raise(draft("Li", "p1"));
  raise(draft("Li", "p2"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->propose(id, Verdict::confirmed, "It is.", "bo"));
  const size_t acts_before = acts().size();
  deaf_to_ = "p2";
  EXPECT_FALSE(office_->confirm(id, "anna"));
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_EQ(page(id).one.state, CaseState::proposed);
  EXPECT_FALSE(alert("p1").verdict);
  deaf_to_.clear();
  ASSERT_TRUE(office_->confirm(id, "anna"));
  EXPECT_EQ(told().size(), 2u);
  expect_counts_right();
}

TEST_P(CasesTest, of_two_people_who_take_the_same_case_at_once_one_has_it_and_the_other_is_told_who) {
  for (int round = 0; round < 10; ++round) {
    const std::string reference = "p" + std::to_string(round);
    raise(draft("subject " + reference, reference));
    const CaseId id = case_of(reference);
    std::vector<Result<Case>> answers(2, fail(ErrorCode::internal, "not asked"));
    std::thread one([&] { answers[0] = office_->assign(id, "bo", "bo"); });
    std::thread two([&] { answers[1] = office_->assign(id, "anna", "anna"); });
    one.join();
    two.join();
    ASSERT_NE(answers[0].has_value(), answers[1].has_value());
    const std::string owner = page(id).one.owner;
    EXPECT_EQ(owner, answers[0] ? "bo" : "anna");
    EXPECT_THAT((answers[0] ? answers[1] : answers[0]).error().text(), HasSubstr(owner + " has taken this case"));
  }
  expect_counts_right();
}

TEST_P(CasesTest, a_case_is_handed_on_by_others_and_put_back_into_a_queue) {
  raise(draft("Li", "p1"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->assign(id, "bo", "bo"));
  ASSERT_TRUE(office_->assign(id, "anna", "chen"));
  EXPECT_EQ(page(id).one.owner, "anna");
  const auto back = office_->assign(id, "queue:night", "anna");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->state, CaseState::open);
  EXPECT_THAT(queued({.owner = "queue:night"}), ElementsAre("p1"));
  EXPECT_EQ(office_->assign(id, "", "anna").error().code, ErrorCode::invalid);
  EXPECT_EQ(office_->assign(id, "deadline", "anna").error().code, ErrorCode::forbidden);
  EXPECT_EQ(office_->note(id, "x", "queue:fraud").error().code, ErrorCode::forbidden);
  expect_counts_right();
}

TEST_P(CasesTest, a_new_alert_does_not_slip_under_a_verdict_that_was_proposed_before_it) {
  raise(draft("Li", "p1"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->propose(id, Verdict::dismissed, "A holiday.", "bo"));
  raise(draft("Li", "p2"));
  EXPECT_NE(case_of("p2"), id);
  ASSERT_TRUE(office_->confirm(id, "anna"));
  EXPECT_FALSE(alert("p2").verdict);
  EXPECT_THAT(queued(), ElementsAre("p2"));
}

TEST_P(CasesTest, what_is_sent_back_waits_again_where_it_was) {
  raise(draft("Li", "p1"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->assign(id, "bo", "bo"));
  ASSERT_TRUE(office_->propose(id, Verdict::dismissed, "A holiday.", "bo"));
  const auto back = office_->send_back(id, "Ask the customer.", "anna");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->state, CaseState::assigned);
  EXPECT_FALSE(back->verdict);
  EXPECT_EQ(back->proposed_by, "");
  EXPECT_THAT(queued({.owner = "bo"}), ElementsAre("p1"));
  ASSERT_TRUE(office_->propose(id, Verdict::confirmed, "They did not pay.", "anna"));
  EXPECT_TRUE(office_->confirm(id, "bo")) << "who proposed first may confirm what another proposed then";
  expect_counts_right();
}

TEST_P(CasesTest, a_reopened_case_keeps_its_history_and_its_next_verdict_is_told_again) {
  raise(held("Li", "p1", 30));
  const CaseId id = case_of("p1");
  close(id, Verdict::dismissed);
  const auto again = office_->reopen(id, "A chargeback came.", "bo");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->state, CaseState::open);
  EXPECT_EQ(again->open_alerts, 1);
  EXPECT_THAT(queued(), ElementsAre("p1"));
  clock_.advance_us(kDayUs);
  EXPECT_EQ(office_->sweep(), 0u) << "what it waited for was answered: no deadline comes back";
  close(id, Verdict::confirmed);
  EXPECT_THAT(told(), ElementsAre("p1 dismissed by anna", "p1 confirmed by anna"));
  EXPECT_THAT(happened(id), ElementsAre("opened by fraud", "proposed by bo", "closed by anna", "reopened by bo",
                                        "proposed by bo", "closed by anna"));
  expect_counts_right();
}

TEST_P(CasesTest, what_the_application_settles_leaves_the_queue_and_an_untaken_case_closes_with_its_last) {
  raise(draft("Li", "p1"));
  raise(draft("Li", "p2"));
  raise(draft("Wang", "p3"));
  ASSERT_TRUE(office_->assign(case_of("p3"), "bo", "bo"));
  const auto settle = [&](const char* reference) {
    return store_->write(
        [&](Transaction& tx) { return office_->settle(tx, "fraud", reference, Verdict::dismissed, "anna"); });
  };
  ASSERT_TRUE(settle("p1"));
  EXPECT_THAT(queued(), UnorderedElementsAre("p2", "p3"));
  EXPECT_EQ(page(case_of("p1")).one.state, CaseState::open);
  ASSERT_TRUE(settle("p1")) << "again changes nothing";
  ASSERT_TRUE(settle("p2"));
  EXPECT_EQ(page(case_of("p1")).one.state, CaseState::closed);
  ASSERT_TRUE(settle("p3"));
  EXPECT_EQ(page(case_of("p3")).one.state, CaseState::assigned) << "what somebody took, they finish";
  EXPECT_THAT(told(), IsEmpty()) << "it is the application that said so";
  ASSERT_TRUE(settle("never raised"));
  expect_counts_right();
}

TEST_P(CasesTest, snoozed_alerts_are_kept_and_counted_but_never_queued_until_the_snooze_ends_by_time) {
  const auto snoozed = office_->snooze({"fraud", "VELOCITY", "Li"}, 10, "A known shop.", "anna");
  ASSERT_TRUE(snoozed) << snoozed.error().text();
  raise(held("Li", "p1", 30));
  AlertDraft other = draft("Li", "p2");
  other.kind = "NEW_DEVICE";
  raise(other);
  raise(draft("Wang", "p3"));
  EXPECT_TRUE(alert("p1").snoozed);
  EXPECT_THAT(queued(), UnorderedElementsAre("p2", "p3"));
  EXPECT_EQ(case_of("p1"), case_of("p2"));
  ASSERT_TRUE(office_->assign(case_of("p1"), "bo", "bo"));
  EXPECT_THAT(queued({.owner = "bo"}), ElementsAre("p2")) << "a snoozed one does not come with its case either";
  const auto counted = summary();
  int64_t kept_out = 0;
  for (const KindCount& kind : counted.kinds) kept_out += kind.snoozed;
  EXPECT_EQ(kept_out, 1);
  clock_.advance_us(40 * kMinuteUs);
  EXPECT_EQ(office_->sweep(), 1u) << "a snooze silences people, not a deadline";
  EXPECT_THAT(told(), ElementsAre("p1 overdue"));
  clock_.advance_us(10 * kDayUs);
  raise(draft("Li", "p4"));
  EXPECT_FALSE(alert("p4").snoozed);
  EXPECT_EQ(office_->wake({"fraud", "VELOCITY", "Li"}, "anna").error().code, ErrorCode::not_found);
  expect_counts_right();
}

TEST_P(CasesTest, a_snooze_lasts_at_most_ninety_days_and_can_be_ended_before) {
  EXPECT_EQ(office_->snooze({"fraud", "VELOCITY", "Li"}, 91, "x", "anna").error().code, ErrorCode::invalid);
  EXPECT_EQ(office_->snooze({"fraud", "VELOCITY", "Li"}, 0, "x", "anna").error().code, ErrorCode::invalid);
  EXPECT_FALSE(office_->snooze({"nobody", "VELOCITY", "Li"}, 5, "x", "anna"));
  ASSERT_TRUE(office_->snooze({"fraud", "VELOCITY", "Li"}, 90, "x", "anna"));
  ASSERT_TRUE(office_->wake({"fraud", "VELOCITY", "Li"}, "bo"));
  raise(draft("Li", "p1"));
  EXPECT_FALSE(alert("p1").snoozed);
  for (const std::string& act : acts()) EXPECT_EQ(act.find("Li"), std::string::npos) << act;
}

TEST_P(CasesTest, no_alert_with_a_deadline_stays_in_limbo) {
  raise(held("Li", "p1", 30));
  raise(held("Wang", "p2", 30));
  raise(held("Zhao", "p3", 90));
  raise(draft("Sun", "p4"));
  ASSERT_TRUE(office_->assign(case_of("p2"), "bo", "bo"));
  EXPECT_EQ(office_->sweep(), 0u);
  clock_.advance_us(31 * kMinuteUs);
  EXPECT_EQ(office_->sweep(), 2u);
  EXPECT_THAT(told(), UnorderedElementsAre("p1 overdue", "p2 overdue"));
  EXPECT_EQ(alert("p1").verdict, Verdict::unclear);
  EXPECT_EQ(alert("p1").judged_by, "deadline");
  EXPECT_EQ(page(case_of("p1")).one.state, CaseState::closed);
  EXPECT_FALSE(alert("p2").verdict) << "the payment was answered, not the question somebody works on";
  EXPECT_THAT(queued(), UnorderedElementsAre("p2", "p3", "p4"));
  EXPECT_EQ(office_->sweep(), 0u) << "once each";
  EXPECT_THAT(happened(case_of("p1")), ElementsAre("opened by fraud", "deadline passed by deadline"));
  EXPECT_THAT(acts(), Contains(HasSubstr("passed unanswered")));
  close(case_of("p2"), Verdict::confirmed);
  EXPECT_THAT(told(), Contains("p2 confirmed by anna"));
  expect_counts_right();
}

TEST_P(CasesTest, one_that_cannot_be_swept_is_named_and_comes_again_and_does_not_hold_up_the_others) {
  raise(held("Li", "p1", 30));
  raise(held("Wang", "p2", 30));
  clock_.advance_us(kDayUs);
  deaf_to_ = "p1";
  const auto swept = office_->sweep();
  ASSERT_FALSE(swept);
  EXPECT_EQ(swept.error().code, ErrorCode::unavailable);
  EXPECT_THAT(swept.error().text(), HasSubstr(alert("p1").id.text()));
  EXPECT_THAT(told(), ElementsAre("p2 overdue"));
  deaf_to_.clear();
  EXPECT_EQ(office_->sweep(), 1u);
  EXPECT_THAT(told(), ElementsAre("p2 overdue", "p1 overdue"));
  expect_counts_right();
}

TEST_P(CasesTest, a_crash_in_the_middle_of_sweeping_answers_each_hold_once) {
  for (int i = 0; i < 20; ++i) raise(held("S" + std::to_string(i), "p" + std::to_string(i), 30));
  clock_.advance_us(kDayUs);
  for (const StoreFaults::Step step :
       {StoreFaults::Step::closure, StoreFaults::Step::flush, StoreFaults::Step::commit}) {
    faults_.arm(step);
    (void)office_->sweep();
    open();
  }
  ASSERT_TRUE(office_->sweep());
  EXPECT_EQ(told().size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(alert("p" + std::to_string(i)).verdict, Verdict::unclear);
  expect_counts_right();
}

TEST_P(CasesTest, a_crash_between_two_peoples_acts_keeps_what_was_done_and_no_more) {
  raise(draft("Li", "p1"));
  const CaseId id = case_of("p1");
  ASSERT_TRUE(office_->propose(id, Verdict::confirmed, "It is.", "bo"));
  faults_.arm(StoreFaults::Step::commit);
  EXPECT_FALSE(office_->confirm(id, "anna"));
  open();
  EXPECT_EQ(page(id).one.state, CaseState::proposed);
  EXPECT_THAT(told(), IsEmpty());
  ASSERT_TRUE(office_->confirm(id, "anna"));
  EXPECT_THAT(told(), ElementsAre("p1 confirmed by anna"));
  EXPECT_EQ(acts().size(), 2u);
}

TEST_P(CasesTest, a_flood_on_one_subject_opens_further_cases_so_that_no_verdict_reaches_too_many) {
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    for (int i = 0; i < 1001; ++i) TRY(office_->raise(tx, draft("Li", "p" + std::to_string(i))));
    return {};
  }));
  EXPECT_EQ(page(case_of("p0")).one.alerts, 1000);
  EXPECT_NE(case_of("p1000"), case_of("p0"));
  expect_counts_right();
}

TEST_P(CasesTest, amounts_beyond_reason_rank_first_and_overflow_nothing) {
  for (int i = 0; i < 3; ++i) raise(draft("S" + std::to_string(i), "p" + std::to_string(i), INT64_MAX));
  EXPECT_EQ(queue().expected_loss_minor, 3 * kExpectedLossMinorMax);
  EXPECT_EQ(alert("p0").amount_minor, INT64_MAX);
}

TEST_P(CasesTest, the_summary_shows_what_waits_what_is_late_and_which_kind_is_noisy) {
  for (int i = 0; i < 10; ++i) {
    const std::string reference = "p" + std::to_string(i);
    AlertDraft one = draft("S" + reference, reference);
    one.kind = i < 5 ? "NOISY" : "SHARP";
    raise(one);
    close(case_of(reference), i == 0 || i >= 5 ? Verdict::confirmed : Verdict::dismissed);
  }
  raise(held("Li", "late", 10));
  ASSERT_TRUE(office_->assign(case_of("late"), "bo", "bo"));
  clock_.advance_us(20 * kMinuteUs);
  raise(held("Wang", "soon", 30));
  raise(held("Zhao", "later", 90));
  ASSERT_TRUE(office_->propose(case_of("later"), Verdict::unclear, "Nothing to see.", "bo"));
  ASSERT_TRUE(office_->sweep());
  const SummaryAnswer counted = summary();
  ASSERT_EQ(counted.applications.size(), 1u);
  const ApplicationCount& fraud = counted.applications[0];
  EXPECT_EQ(fraud.open, 1);
  EXPECT_EQ(fraud.assigned, 1);
  EXPECT_EQ(fraud.proposed, 1);
  EXPECT_EQ(fraud.closed, 10);
  EXPECT_EQ(fraud.waiting, 2);
  EXPECT_EQ(fraud.overdue, 1);
  EXPECT_EQ(fraud.due_within_hour, 1);
  ASSERT_EQ(counted.kinds.size(), 3u);
  EXPECT_EQ(counted.kinds[0].kind, "NOISY");
  EXPECT_EQ(counted.kinds[0].precision_ppm, 200'000);
  EXPECT_EQ(counted.kinds[1].kind, "SHARP");
  EXPECT_EQ(counted.kinds[1].precision_ppm, 1'000'000);
  EXPECT_LT(*counted.kinds[1].precision_low_ppm, 700'000) << "five of five is not yet sure";
  EXPECT_FALSE(counted.kinds[2].precision_ppm);
  clock_.advance_us(31 * kDayUs);
  EXPECT_EQ(summary().applications[0].closed, 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, CasesTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::cases
