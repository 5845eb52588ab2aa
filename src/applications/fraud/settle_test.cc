// How what waits ends: by a person, by its customer, by a verdict, by its deadline; and what becomes known of a payment.
#include "applications/fraud/desk_for_test.h"

namespace puhui::fraud {
namespace {

class SettleTest : public DeskTest {};

TEST_P(SettleTest, a_hold_has_an_owner_a_deadline_and_an_alert_from_its_first_moment) {
  const Answered answered = hold("p");
  ASSERT_TRUE(answered.deadline);
  EXPECT_EQ(answered.deadline->microseconds, clock_.now().microseconds + 30 * kMinuteUs);
  const auto raised = alerts("p");
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].deadline, answered.deadline);
  EXPECT_EQ(raised[0].subject, "c-p");
  EXPECT_EQ(raised[0].amount_minor, 40'000);
  const auto holds = read_json<HoldsAnswer>(must("holds", Json::Object{})).value();
  ASSERT_EQ(holds.holds.size(), 1u);
  EXPECT_EQ(holds.holds[0].owner, "queue:fraud");
  EXPECT_EQ(holds.holds[0].then, Action::block);
  EXPECT_FALSE(holds.holds[0].reasons.empty());
}

TEST_P(SettleTest, a_person_releases_a_hold_once_and_that_says_nothing_of_fraud) {
  const Answered answered = hold("p");
  ASSERT_TRUE(desk_->release("card_payment", "p", Action::approve, "called her", "bo"));
  const auto twice = desk_->release("card_payment", "p", Action::block, "no", "anna");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  EXPECT_TRUE(read_json<HoldsAnswer>(must("holds", Json::Object{}))->holds.empty());
  const PaymentView view = page("p");
  EXPECT_EQ(view.hold_state, "answered");
  EXPECT_EQ(view.answered_by, "bo");
  EXPECT_EQ(view.payment.settled_as, Action::approve);
  EXPECT_FALSE(view.payment.fraud);
  EXPECT_FALSE(outcome(answered));
  EXPECT_EQ(acts("called her").size(), 1u);
  EXPECT_EQ(alerts("p")[0].verdict, cases::Verdict::dismissed);
}

TEST_P(SettleTest, only_what_waits_can_be_answered) {
  judge("a", payment("anna", 100));
  const auto approved = desk_->release("card_payment", "a", Action::block, "why", "bo");
  ASSERT_FALSE(approved);
  EXPECT_EQ(approved.error().code, ErrorCode::conflict);
  EXPECT_EQ(desk_->release("card_payment", "none", Action::block, "why", "bo").error().code, ErrorCode::not_found);
  EXPECT_EQ(desk_->answer("card_payment", "a", true, "till").error().code, ErrorCode::conflict);
  hold("h");
  EXPECT_EQ(desk_->release("card_payment", "h", Action::block, " ", "bo").error().code, ErrorCode::invalid);
  EXPECT_EQ(desk_->release("card_payment", "h", Action::hold, "why", "bo").error().code, ErrorCode::invalid);
}

TEST_P(SettleTest, a_hold_nobody_answered_is_answered_by_its_deadline_and_recorded) {
  hold("p");
  clock_.advance_us(30 * kMinuteUs - 1);
  EXPECT_EQ(desk_->sweep().value(), 0u);
  clock_.advance_us(1);
  EXPECT_EQ(desk_->sweep().value(), 1u);
  EXPECT_EQ(desk_->sweep().value(), 0u);
  const PaymentView view = page("p");
  EXPECT_EQ(view.hold_state, "overdue");
  EXPECT_EQ(view.payment.settled_as, Action::block);
  EXPECT_EQ(acts("nobody answered in time").size(), 1u);
}

TEST_P(SettleTest, the_cases_own_sweep_answers_it_the_same_way) {
  hold("p");
  clock_.advance_us(31 * kMinuteUs);
  EXPECT_EQ(office_->sweep().value(), 1u);
  EXPECT_EQ(page("p").payment.settled_as, Action::block);
  EXPECT_EQ(desk_->sweep().value(), 0u);
  EXPECT_EQ(acts("nobody answered in time").size(), 1u);
}

TEST_P(SettleTest, a_scheme_may_let_unanswered_holds_go) {
  SchemeFolder kind = folder();
  kind.scheme_text = replaced(kind.scheme_text, R"("then": "block")", R"("then": "approve")");
  grant_scheme(kind);
  hold("p");
  clock_.advance_us(31 * kMinuteUs);
  EXPECT_EQ(desk_->sweep().value(), 1u);
  EXPECT_EQ(page("p").payment.settled_as, Action::approve);
}

TEST_P(SettleTest, a_challenge_passed_goes_on_and_one_failed_is_blocked_with_an_alert) {
  challenge("p");
  challenge("f");
  EXPECT_TRUE(alerts("p").empty());
  EXPECT_EQ(desk_->answer("card_payment", "p", true, "till")->action, Action::approve);
  EXPECT_EQ(desk_->answer("card_payment", "f", false, "till")->action, Action::block);
  EXPECT_TRUE(alerts("p").empty());
  ASSERT_EQ(alerts("f").size(), 1u);
  EXPECT_EQ(alerts("f")[0].kind, "challenge_failed");
  EXPECT_EQ(desk_->answer("card_payment", "f", false, "till")->action, Action::block);  // the same again
  EXPECT_EQ(desk_->answer("card_payment", "f", true, "till").error().code, ErrorCode::conflict);
  EXPECT_EQ(alerts("f").size(), 1u);
}

TEST_P(SettleTest, a_challenge_nobody_answered_is_a_failed_one) {
  challenge("p");
  clock_.advance_us(15 * kMinuteUs);
  EXPECT_EQ(desk_->sweep().value(), 1u);
  EXPECT_EQ(page("p").payment.settled_as, Action::block);
}

TEST_P(SettleTest, a_confirmed_verdict_blocks_what_waits_and_labels_it) {
  const Answered answered = hold("p");
  const cases::CaseId id = alerts("p")[0].in_case;
  ASSERT_TRUE(office_->assign(id, "anna", "anna"));
  EXPECT_EQ(read_json<HoldsAnswer>(must("holds", Json::Object{}))->holds[0].owner, "anna");
  ASSERT_TRUE(office_->propose(id, cases::Verdict::confirmed, "stolen card", "anna"));
  EXPECT_EQ(page("p").hold_state, "open");
  ASSERT_TRUE(office_->confirm(id, "bo"));
  EXPECT_EQ(page("p").payment.settled_as, Action::block);
  ASSERT_TRUE(outcome(answered));
  EXPECT_EQ(outcome(answered)->value, 1);
  judge("next", payment("c-p", 100));
  EXPECT_EQ(feature("next", "customer_frauds_30d"), "1");
}

TEST_P(SettleTest, a_dismissed_verdict_lets_it_go_and_labels_it_good) {
  const Answered answered = hold("p");
  const cases::CaseId id = alerts("p")[0].in_case;
  ASSERT_TRUE(office_->assign(id, "anna", "anna"));
  ASSERT_TRUE(office_->propose(id, cases::Verdict::dismissed, "her birthday", "anna"));
  ASSERT_TRUE(office_->confirm(id, "bo"));
  EXPECT_EQ(page("p").payment.settled_as, Action::approve);
  EXPECT_EQ(outcome(answered)->value, 0);
}

TEST_P(SettleTest, a_label_reaches_stream_outcome_and_page_and_another_replaces_it_everywhere) {
  const Answered answered = judge("p", payment("anna", 100));
  clock_.advance_us(kDayUs);
  EXPECT_EQ(label("p", true).value(), std::nullopt);
  EXPECT_EQ(label("p", true).value(), true);  // said again: nothing
  judge("q", payment("anna", 100));
  EXPECT_EQ(feature("q", "customer_frauds_30d"), "1");
  EXPECT_EQ(outcome(answered)->value, 1);
  clock_.advance_us(kMinuteUs);
  EXPECT_EQ(label("p", false).value(), true);
  judge("r", payment("anna", 100));
  EXPECT_EQ(feature("r", "customer_frauds_30d"), "0");
  EXPECT_EQ(outcome(answered)->value, 0);
  const PaymentView view = page("p");
  ASSERT_EQ(view.labels.size(), 2u);
  EXPECT_TRUE(view.labels[0].fraud);
  EXPECT_FALSE(view.labels[1].fraud);
  EXPECT_EQ(label("none", true).error().code, ErrorCode::not_found);
}

TEST_P(SettleTest, a_label_in_the_batch_of_its_payment_finds_its_event) {
  const Guard guard = desk_->guard("card_payment", entity_of("anna")).value();
  auto event = features::read_event(*guard.features, payment("anna", 100));
  ASSERT_TRUE(event);
  event->at = clock_.now();
  std::promise<void> go;
  store_->write_later(
      [&](Transaction&) -> Result<void> {
        go.get_future().wait();
        return {};
      },
      [](Result<void>) {});
  desk_->judge_later(guard, *event, "p", "till", clock_.now(),
                     [](Result<Answered> answered) { EXPECT_TRUE(answered); });
  std::thread labels([&] { EXPECT_TRUE(label("p", true)); });
  go.set_value();
  labels.join();
  judge("q", payment("anna", 100));
  EXPECT_EQ(feature("q", "customer_frauds_30d"), "1");
}

TEST_P(SettleTest, payments_are_listed_newest_first_by_action_subject_label_and_page) {
  for (int i = 0; i < 5; ++i) judge("a" + std::to_string(i), payment("anna", 100));
  judge("b", payment("bo", 100));
  challenge("c");
  ASSERT_TRUE(label("a1", true));
  const auto listed = [&](Json::Object request) {
    std::string out;
    const auto answer = read_json<PaymentsAnswer>(must("payments", std::move(request)));
    for (const PaymentLine& line : answer->payments) {
      out += (out.empty() ? "" : " ") + line.key;
    }
    return out;
  };
  EXPECT_EQ(listed({{"subject", "anna"}}), "a4 a3 a2 a1 a0");
  EXPECT_EQ(listed({{"action", "challenge"}}), "c");
  EXPECT_EQ(listed({{"labelled", "fraud"}}), "a1");
  EXPECT_EQ(listed({{"subject", "anna"}, {"labelled", "none"}}), "a4 a3 a2 a0");
  const auto page =
      read_json<PaymentsAnswer>(must("payments", Json::Object{{"subject", "anna"}, {"limit", 2}})).value();
  ASSERT_TRUE(page.next);
  EXPECT_EQ(listed({{"subject", "anna"}, {"limit", 2}, {"after", *page.next}}), "a2 a1");
  EXPECT_EQ(listed({{"from", text_of(Timestamp{clock_.now().microseconds + kDayUs})}}), "");
}

TEST_P(SettleTest, whose_a_payment_is_stays_masked_without_the_right_to_see_it) {
  judge("p", payment("anna-lindqvist", 100, {{"device", "phone-of-anna"}}));
  const Caller clerk{"clerk", {"fraud.*"}};
  for (const Json& answer : {must("payments", Json::Object{}, clerk),
                             must("payment", Json::Object{{"scheme", "card_payment"}, {"key", "p"}}, clerk)}) {
    EXPECT_EQ(print_json(answer).find("anna-lindqvist"), std::string::npos);
    EXPECT_EQ(print_json(answer).find("phone-of-anna"), std::string::npos);
  }
  EXPECT_NE(print_json(must("payments", Json::Object{})).find("anna-lindqvist"), std::string::npos);
}

TEST_P(SettleTest, schemes_count_their_day_and_their_holds) {
  judge("a", payment("anna", 100));
  hold("h");
  const auto schemes = read_json<SchemesAnswer>(must("schemes", Json::Object{}))->schemes;
  ASSERT_EQ(schemes.size(), 1u);
  EXPECT_EQ(schemes[0].open_holds, 1);
  EXPECT_EQ(schemes[0].events, 10);
  int64_t payments = 0;
  for (const ActionCount& count : schemes[0].last_day) payments += count.payments;
  EXPECT_EQ(payments, 10);
}

INSTANTIATE_TEST_SUITE_P(Engines, SettleTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace puhui::fraud
