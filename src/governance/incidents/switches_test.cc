#include "governance/incidents/switches.h"

#include <gmock/gmock.h>

#include "governance/incidents/incident_verbs.h"
#include "governance/incidents/verbs_for_test.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::incidents {
namespace {

using kernel::StopScope;
using kernel::TestProposal;

using ::testing::HasSubstr;

constexpr int64_t kDayUs = 86'400'000'000;
const std::string kUseCase(kernel::kTestUseCase);

class SwitchTest : public kernel::KernelTest {
 protected:
  SwitchTest() : KernelTest(migrations()) { start(); }
  void start() {
    needs_.emplace(IncidentNeeds{*store_, *log_, *kernel_, clock_});
    switches_.emplace(*needs_);
    verb_needs_.emplace(SwitchVerbNeeds{*switches_, *kernel_, clock_});
    verbs_ = switch_verbs(&*verb_needs_);
  }
  Json ask(std::string_view words, const std::string& who, const std::string& json) {
    clock_.advance_us(1'000'000);
    auto answer = incidents::ask(verbs_, words, who, json);
    EXPECT_TRUE(answer) << words << ": " << answer.error().text();
    return answer ? *answer : Json();
  }
  static std::string of_use_case(const std::string& why = "too many refusals") {
    return R"({"scope": "use_case", "name": ")" + kUseCase + R"(", "why": ")" + why + R"("})";
  }
  bool answers_as_usual() {
    const auto choice = kernel_->choose(kUseCase, {1, 2});
    EXPECT_TRUE(choice);
    return choice && choice->arm == kernel::Arm::champion;
  }
  void decide(int times) {
    for (int i = 0; i < times; ++i) {
      clock_.advance_us(1000);
      const auto choice = kernel_->choose(kUseCase, {1, 2});
      ASSERT_TRUE(choice);
      auto request = this->request(choice->version, 3000 + 100 * i, i % 6);
      request.to_human = choice->to_human;
      const auto decided = kernel_->decide(std::move(request), no_act);
      ASSERT_TRUE(decided) << decided.error().text();
    }
  }
  void follow() {
    kernel::Follower follower(*store_, *log_, *kernel_);
    ASSERT_TRUE(follower.add(*switches_));
    QuietProgress progress;
    ASSERT_TRUE(follower.catch_up(progress));
  }
  std::vector<OpenAlert> alerts() {
    std::vector<OpenAlert> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(open_alerts(reader));
      return {};
    }));
    return out;
  }

  std::optional<IncidentNeeds> needs_;
  std::optional<Switches> switches_;
  std::optional<SwitchVerbNeeds> verb_needs_;
  std::vector<Verb> verbs_;
};

TEST_P(SwitchTest, one_person_stops_and_two_lift) {
  grant();
  const Json stopped = ask("switch stop", "anna", of_use_case());
  EXPECT_FALSE(answers_as_usual());
  EXPECT_EQ(text_at(stopped, "by"), "anna");
  EXPECT_EQ(text_at(stopped.find("use_cases")->list()->front(), "fallback"), "human");
  EXPECT_EQ(text_at(ask("switch lift", "anna", of_use_case("the feed is back")), "lift_asked_by"), "anna");
  EXPECT_FALSE(answers_as_usual()) << "asking lifts nothing";
  ask("switch lift", "anna", of_use_case("please"));
  EXPECT_FALSE(answers_as_usual()) << "and nobody confirms what that person asked";
  EXPECT_EQ(text_at(ask("switch lift", "bo", of_use_case("seen")), "lifted_by"), "bo");
  EXPECT_TRUE(answers_as_usual());
  const Json listed = ask("switch list", "anna", "{}");
  EXPECT_EQ(listed.find("switches")->list()->size(), 0u);
  EXPECT_EQ(listed.find("lifted")->list()->size(), 1u);
}

TEST_P(SwitchTest, what_one_asked_another_may_confirm_for_a_day_only) {
  grant();
  ask("switch stop", "anna", of_use_case());
  ask("switch lift", "anna", of_use_case("yesterday's reason"));
  EXPECT_EQ(switches_->lifts_asked("bo")->size(), 1u);
  EXPECT_EQ(switches_->lifts_asked("anna")->size(), 0u);
  clock_.advance_us(kDayUs);
  EXPECT_EQ(switches_->lifts_asked("bo")->size(), 0u);
  const Json asked = ask("switch lift", "bo", of_use_case("today's reason"));
  EXPECT_EQ(text_at(asked, "lift_asked_by"), "bo") << "the old asking is void: this asks anew";
  EXPECT_EQ(text_at(asked, "lifted_at"), "(absent)");
}

TEST_P(SwitchTest, stops_and_askings_hold_over_a_restart) {
  grant();
  ask("switch stop", "anna", of_use_case());
  ask("switch lift", "anna", of_use_case());
  switches_.reset();
  open();
  start();
  EXPECT_FALSE(answers_as_usual());
  EXPECT_EQ(text_at(ask("switch lift", "bo", of_use_case()), "lifted_by"), "bo");
  EXPECT_TRUE(answers_as_usual());
}

TEST_P(SwitchTest, a_name_nobody_has_and_a_second_stop_are_refused) {
  grant();
  const auto refusal = [&](const std::string& json) {
    const auto answer = incidents::ask(verbs_, "switch stop", "anna", json);
    return answer ? "stopped" : answer.error().text();
  };
  EXPECT_THAT(refusal(R"({"scope": "use_case", "name": "nobody", "why": "x"})"), HasSubstr("no application declares"));
  EXPECT_THAT(refusal(R"({"scope": "block", "name": "99", "why": "x"})"), HasSubstr("invalid"));
  EXPECT_THAT(refusal(R"({"scope": "model", "name": "pd", "why": "x"})"), HasSubstr("invalid"));
  ask("switch stop", "anna", of_use_case());
  EXPECT_THAT(refusal(of_use_case()), HasSubstr("conflict"));
  const auto lift = incidents::ask(verbs_, "switch lift", "anna", R"({"scope": "block", "name": "3A", "why": "x"})");
  ASSERT_FALSE(lift);
  EXPECT_EQ(lift.error().code, ErrorCode::not_found);
}

TEST_P(SwitchTest, a_model_and_a_block_concern_the_use_cases_that_stand_on_them) {
  const auto version = grant();
  const Digest model = *version->permit().manifest.artefact("model:pd");
  const Json by_model =
      ask("switch stop", "anna", R"({"scope": "model", "name": ")" + model.hex() + R"(", "why": "unstable"})");
  const Json by_block = ask("switch stop", "anna", R"({"scope": "block", "name": "3A", "why": "all of it"})");
  for (const Json& stopped : {by_model, by_block}) {
    ASSERT_EQ(stopped.find("use_cases")->list()->size(), 1u);
    EXPECT_EQ(text_at(stopped.find("use_cases")->list()->front(), "use_case"), kUseCase);
  }
}

TEST_P(SwitchTest, what_the_fallback_decided_is_counted_from_stop_to_lift) {
  grant();
  decide(3);
  ask("switch stop", "anna", of_use_case());
  decide(4);
  follow();
  EXPECT_EQ(switches_->standing()->front().use_cases.front().decisions, 4);
  decide(2);
  ask("switch lift", "anna", of_use_case());
  ask("switch lift", "bo", of_use_case());
  decide(5);
  follow();
  EXPECT_EQ(switches_->lifted(10)->front().use_cases.front().decisions, 6);
}

TEST_P(SwitchTest, a_stop_thrown_past_the_switches_is_adopted) {
  grant();
  ASSERT_TRUE(kernel_->stop({StopScope::use_case, kUseCase, "guardrail", "promotion", clock_.now()}));
  EXPECT_EQ(switches_->standing()->size(), 1u) << "shown at once";
  ASSERT_TRUE(switches_->tend());
  ASSERT_TRUE(kernel_->lift(StopScope::use_case, kUseCase, "promotion", "over"));
  ASSERT_TRUE(switches_->tend());
  EXPECT_TRUE(switches_->standing()->empty());
  EXPECT_EQ(switches_->lifted(10)->size(), 1u);
}

TEST_P(SwitchTest, a_drill_tries_the_fallback_and_records_no_decision) {
  grant();
  TestProposal next;
  next.cap = "0.20";
  grant(next);
  decide(7);
  ask("switch fallback", "anna", R"({"use_case": ")" + kUseCase + R"(", "fallback": "previous"})");
  const uint64_t before = log_->records();
  const Json drill = ask("switch drill", "anna", R"({"use_case": ")" + kUseCase + R"("})");
  EXPECT_EQ(text_at(drill, "passed"), "true") << print_json(drill);
  EXPECT_EQ(text_at(drill, "decisions_tried"), "7");
  EXPECT_EQ(text_at(drill, "decisions_answered"), "7");
  EXPECT_EQ(log_->records(), before + 1) << "the act of the drill alone";
  EXPECT_TRUE(answers_as_usual());
  EXPECT_EQ(switches_->drills(kUseCase, 10)->size(), 1u);
}

TEST_P(SwitchTest, a_drill_fails_when_the_fallback_would_not_answer) {
  grant();
  decide(1);
  ask("switch fallback", "anna", R"({"use_case": ")" + kUseCase + R"(", "fallback": "previous"})");
  const Json none = ask("switch drill", "anna", R"({"use_case": ")" + kUseCase + R"("})");
  EXPECT_EQ(text_at(none, "passed"), "false");
  EXPECT_THAT(text_at(none, "findings"), HasSubstr("no champion before"));
  TestProposal longer;
  longer.valid_us = 10 * kDayUs;
  grant(longer);
  clock_.advance_us(2 * 3'600'000'000);  // the first permit was for an hour
  const Json expired = ask("switch drill", "anna", R"({"use_case": ")" + kUseCase + R"("})");
  EXPECT_EQ(text_at(expired, "passed"), "false");
  EXPECT_THAT(text_at(expired, "findings"), HasSubstr("does not hold"));
}

TEST_P(SwitchTest, a_use_case_without_a_passed_drill_is_an_alert) {
  TestProposal long_lived;
  long_lived.valid_us = 1000 * kDayUs;
  grant(long_lived);
  decide(1);
  ASSERT_TRUE(switches_->watch_drills());
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "validation");
  EXPECT_EQ(alerts()[0].subject, "drill");
  ASSERT_TRUE(switches_->drill(kUseCase, "anna"));
  EXPECT_TRUE(alerts().empty()) << "a passed drill settles it";
  clock_.advance_us(kDrillDaysMax * kDayUs + 1);
  ASSERT_TRUE(switches_->watch_drills());
  EXPECT_EQ(alerts().size(), 1u) << "an old one says nothing";
}

TEST_P(SwitchTest, a_severe_alert_opens_one_incident_by_itself) {
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    TRY(raise(tx, {"replay", kUseCase, "build", 1, "One byte differs.", "差一个字节。"}, clock_.now()));
    return raise(tx, {"drift", kUseCase, "income", 2, "Income moved.", "收入漂移。"}, clock_.now());
  }));
  ASSERT_TRUE(switches_->tend());
  ASSERT_TRUE(switches_->tend());
  std::vector<Incident> incidents;
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    incidents = TRY(find_incidents(reader, {}));
    return {};
  }));
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_EQ(incidents[0].what_happened, "One byte differs.");
}

TEST_P(SwitchTest, going_back_twice_leads_two_back) {
  std::vector<Digest> granted;
  for (const char* cap : {"0.10", "0.20", "0.30"}) {
    TestProposal proposal;
    proposal.cap = cap;
    granted.push_back(grant(proposal)->digest());
  }
  const auto previous = [&](const Digest& of) {
    std::optional<Digest> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(previous_champion(reader, kUseCase, of));
      return {};
    }));
    return out;
  };
  EXPECT_EQ(previous(granted[2]), granted[1]);
  ASSERT_TRUE(kernel_->reinstate(granted[1], "anna", "worse"));
  EXPECT_EQ(previous(granted[1]), granted[0]) << "not to what was just left";
  EXPECT_EQ(previous(granted[0]), std::nullopt);
}

TEST_P(SwitchTest, the_fallback_after_a_rollback_is_not_what_was_rolled_back) {
  const Digest good = grant()->digest();
  TestProposal worse;
  worse.cap = "0.90";
  const Digest before_last = grant(worse)->digest();
  worse.cap = "0.95";
  grant(worse);
  ask("switch fallback", "anna", R"({"use_case": ")" + kUseCase + R"(", "fallback": "previous"})");
  ASSERT_TRUE(kernel_->reinstate(before_last, "anna", "worse than before"));
  ask("switch stop", "anna", of_use_case());
  const auto choice = kernel_->choose(kUseCase, {1, 2});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->version->digest(), good);
}

INSTANTIATE_TEST_SUITE_P(Engines, SwitchTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::incidents
