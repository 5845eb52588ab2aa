// What the desk promises of one payment: one answer for good, nothing lost, nothing left waiting without an end.
#include "applications/fraud/desk.h"

#include "applications/fraud/desk_for_test.h"

namespace puhui::fraud {
namespace {

TEST_P(DeskTest, an_ordinary_payment_is_approved_by_a_decision_that_replays) {
  const Answered answered = judge("pay-1", payment("anna", 4200, {{"terminal", "t1"}}));
  EXPECT_EQ(answered.action, Action::approve);
  EXPECT_FALSE(answered.late);
  EXPECT_TRUE(answered.reasons.empty());
  EXPECT_EQ(replay_all(), 1u);
  const PaymentView view = page("pay-1");
  EXPECT_EQ(view.payment.amount_minor, 4200);
  EXPECT_EQ(feature("pay-1", "customer_count_1d"), "1");
}

TEST_P(DeskTest, the_same_key_again_gets_its_first_answer_and_counts_once) {
  const Timestamp at = clock_.now();
  const Answered first = judge("pay-1", payment("anna", 4200), at);
  clock_.advance_us(kMinuteUs);
  const Answered again = judge("pay-1", payment("anna", 4200), at);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.decision, first.decision);
  EXPECT_TRUE(judge("pay-1", payment("anna", 4200)).repeated);  // without its time
  judge("pay-2", payment("anna", 100));
  EXPECT_EQ(feature("pay-2", "customer_count_1d"), "2");
}

TEST_P(DeskTest, another_payment_under_a_known_key_is_a_conflict) {
  const Timestamp at = clock_.now();
  judge("pay-1", payment("anna", 4200), at);
  EXPECT_NE(refusal("pay-1", payment("anna", 4300), at).find("conflict: key"), std::string::npos);
  EXPECT_NE(refusal("pay-1", payment("anna", 4200), Timestamp{at.microseconds + 1}).find("conflict"),
            std::string::npos);
}

TEST_P(DeskTest, repeats_in_one_batch_are_found_too_and_a_changed_one_takes_nothing_with_it) {
  const Guard guard = desk_->guard("card_payment", entity_of("anna")).value();
  std::mutex mutex;
  std::vector<std::string> answers;
  const auto send = [&](const std::string& key, int64_t amount) {
    auto event = features::read_event(*guard.features, payment("anna", amount));
    ASSERT_TRUE(event) << event.error().text();
    event->at = clock_.now();
    desk_->judge_later(guard, *event, key, "till", clock_.now(), [&](Result<Answered> answered) {
      const std::lock_guard lock(mutex);
      answers.push_back(!answered ? "refused" : answered->repeated ? "repeated" : "new");
    });
  };
  // The writer is held up, so that all of them wait for one batch.
  std::promise<void> go;
  store_->write_later(
      [&](Transaction&) -> Result<void> {
        go.get_future().wait();
        return {};
      },
      [](Result<void>) {});
  send("a", 100);
  send("a", 100);
  send("a", 200);
  send("b", 100);
  send("a", 100);
  go.set_value();
  ASSERT_TRUE(store_->write([](Transaction&) -> Result<void> { return {}; }));
  EXPECT_EQ(answers, (std::vector<std::string>{"new", "repeated", "refused", "new", "repeated"}));
  EXPECT_EQ(feature("b", "customer_count_1d"), "2");
}

TEST_P(DeskTest, what_cannot_be_a_payment_is_refused_with_its_fault) {
  EXPECT_NE(refusal("p", payment("anna", -1)).find("expected no amount below zero"), std::string::npos);
  EXPECT_NE(refusal("p", payment("", 1)).find("customer"), std::string::npos);
  EXPECT_NE(refusal("p", Json::Object{{"customer", "anna"}}).find("amount_minor"), std::string::npos);
  EXPECT_NE(refusal("p", payment("anna", 1, {{"colour", "red"}})).find("colour"), std::string::npos);
  EXPECT_NE(refusal("", payment("anna", 1)).find("key"), std::string::npos);
  EXPECT_NE(refusal("p", payment("anna", 1), Timestamp{clock_.now().microseconds + kDayUs}).find("invalid"),
            std::string::npos);
  const auto unknown = desk_->judge({"no_such", "p", {}, payment("anna", 1)}, "till");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_EQ(judge("p", payment("anna", 1)).action, Action::approve);  // none of them took the key
}

TEST_P(DeskTest, a_payment_too_far_out_of_order_is_judged_without_features) {
  judge("now", payment("anna", 100));
  const Answered late = judge("late", payment("anna", 100), Timestamp{clock_.now().microseconds - 2 * 60 * kMinuteUs});
  EXPECT_TRUE(late.late);
  EXPECT_EQ(late.action, Action::challenge);
  ASSERT_EQ(late.reasons.size(), 1u);
  EXPECT_EQ(late.reasons[0].code, "event_late");
  EXPECT_EQ(feature("late", "customer_count_1d"), "absent");
  EXPECT_TRUE(label("late", true));  // and no feature hears of it
  judge("next", payment("anna", 100));
  EXPECT_EQ(feature("next", "customer_count_1d"), "2");
  EXPECT_EQ(feature("next", "customer_frauds_30d"), "0");
}

TEST_P(DeskTest, paying_oneself_is_told_to_the_policy) {
  judge("p", payment("anna", 100, {{"beneficiary", "anna"}}));
  judge("q", payment("anna", 100, {{"beneficiary", "bo"}}));
  const auto self = [&](const std::string& key) {
    for (const FactLine& line : page(key).fields) {
      if (line.name == kSelfTransferFact) return line.value;
    }
    return std::string("none");
  };
  EXPECT_EQ(self("p"), "true");
  EXPECT_EQ(self("q"), "false");
}

TEST_P(DeskTest, a_policy_that_comes_to_nothing_holds_the_payment_for_a_person) {
  SchemeFolder broken = folder();
  broken.policy = replaced(broken.policy, "if Action = null then \"hold\" else Action",
                           "if Action = \"hold\" then Action else null");
  grant_scheme(broken);
  const Answered answered = judge("p", payment("anna", 100));
  EXPECT_EQ(answered.action, Action::hold);
  ASSERT_EQ(answered.reasons.size(), 1u);
  EXPECT_EQ(answered.reasons[0].code, kNotJudgedReason);
  EXPECT_EQ(log_->find(answered.decision)->kind, evidence::RecordKind::note);
  EXPECT_EQ(alerts("p").size(), 1u);
  EXPECT_TRUE(label("p", true));
  EXPECT_FALSE(outcome(answered).has_value());  // there is no decision it could be the outcome of
  judge("q", payment("anna", 100));
  EXPECT_EQ(page("p").fields.size(), 12u);
  EXPECT_TRUE(desk_->release("card_payment", "p", Action::approve, "seen to", "bo"));
}

TEST_P(DeskTest, what_stops_automatic_decisions_makes_every_payment_a_hold) {
  ASSERT_TRUE(kernel_->stop({kernel::StopScope::use_case, "fraud.payment/card_payment", "drill", "bo", clock_.now()}));
  const Answered answered = judge("p", payment("anna", 100));
  EXPECT_EQ(answered.action, Action::hold);
  EXPECT_EQ(answered.reasons[0].code, kernel::kStoppedReason);
  EXPECT_EQ(alerts("p").size(), 1u);
}

TEST_P(DeskTest, after_a_restart_keys_are_known_and_features_go_on) {
  const Answered first = judge("a", payment("anna", 100));
  judge("b", payment("anna", 300));
  hold("h");
  reopen();
  clock_.advance_us(kSecondUs);
  EXPECT_EQ(judge("a", payment("anna", 100)).decision, first.decision);
  judge("c", payment("anna", 200));
  EXPECT_EQ(feature("c", "customer_count_1d"), "3");
  EXPECT_EQ(feature("c", "customer_sum_1d"), "600");
  EXPECT_TRUE(desk_->release("card_payment", "h", Action::block, "not hers", "bo"));
}

TEST_P(DeskTest, a_closure_that_fails_after_the_event_leaves_no_trace_of_it) {
  judge("a", payment("anna", 100));
  const auto failed = store_->write([&](Transaction& tx) -> Result<void> {
    TRY(desk_->label(tx, "card_payment", "a", true, clock_.now(), "x"));
    return fail(ErrorCode::internal, "after it");
  });
  EXPECT_FALSE(failed);
  judge("b", payment("anna", 100));
  EXPECT_EQ(feature("b", "customer_frauds_30d"), "0");
  EXPECT_FALSE(page("a").payment.fraud.has_value());
}

TEST_P(DeskTest, a_scheme_granted_while_others_are_judged_has_a_stream_of_its_own) {
  judge("a", payment("anna", 100));
  grant_scheme(folder("loan_application"));
  const auto answered = desk_->judge(
      {"loan_application", "a", {}, Json::Object{{"applicant", "anna"}, {"requested_amount_minor", 500'000}}}, "till");
  ASSERT_TRUE(answered) << answered.error().text();
  EXPECT_FALSE(answered->repeated);
  EXPECT_EQ(desk_->schemes(), (std::vector<std::string>{"card_payment", "loan_application"}));
  EXPECT_EQ(desk_->stream("loan_application")->events(), 1u);
  EXPECT_EQ(desk_->stream("card_payment")->events(), 1u);
}

// Four threads at once: whoever came first in the log came first in every feature and in the evidence.
TEST_P(DeskTest, many_threads_are_judged_in_the_order_of_the_log) {
  constexpr int kThreads = 4, kEach = 15;
  judge("first", payment("anna", 1));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string key = std::to_string(t) + "-" + std::to_string(i);
        EXPECT_TRUE(
            try_judge(key, payment("c" + std::to_string(i % 3), 100 + i, {{"terminal", "t" + std::to_string(t)}})));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  features::Stream& stream = *desk_->stream("card_payment");
  const auto set = stream.set();
  std::vector<features::BatchEvent> events;
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    events = TRY(stream.history(reader, {0}, {clock_.now().microseconds + kDayUs}, clock_.now()));
    return {};
  }));
  ASSERT_EQ(events.size(), static_cast<size_t>(kThreads * kEach + 1));
  const auto values = features::compute_batch(*set, events, unwatched_);
  ASSERT_TRUE(values) << values.error().text();
  size_t seen = 0;
  const auto version = kernel_->in_force("fraud.payment/card_payment").value();
  EXPECT_TRUE(log_->each(std::nullopt, 100'000, [&](const evidence::StoredRecord& record) -> Result<void> {
    if (record.kind != evidence::RecordKind::decision) return {};
    const auto facts = TRY(evidence::decode_facts(*record.facts)).facts;
    for (size_t f = 0; f < set->features.size(); ++f) {
      const auto place = version->facts().find(set->features[f].name);
      EXPECT_EQ(evidence::text_of(facts[*place]),
                evidence::text_of(features::fact_of((*values)[seen * set->features.size() + f])))
          << set->features[f].name << " of event " << seen;
    }
    ++seen;
    return {};
  }));
  EXPECT_EQ(seen, events.size());
}

INSTANTIATE_TEST_SUITE_P(Engines, DeskTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace puhui::fraud
