// Two versions on the same live traffic: every payment is counted for both, and what differs is listed with what became of it.
#include "applications/fraud/shadow.h"

#include "applications/fraud/desk_for_test.h"

namespace puhui::fraud {
namespace {

class ShadowTest : public DeskTest {
 protected:
  ShadowTest() {
    // One that takes nothing for card testing.
    SchemeFolder blind = folder();
    blind.scheme_text = replaced(blind.scheme_text, R"("card_testing_threshold", "value": "80")",
                                 R"("card_testing_threshold", "value": "9000")");
    blind.scheme = Scheme::parse(blind.scheme_text).value();
    const evidence::Permit permit = permit_of(blind);
    CHECK(kernel_->admit(permit, "test").has_value(), "admitted");
    shadow_ = permit.manifest.digest();
    const auto named = kernel_->challenge({"fraud.payment/card_payment", shadow_}, "test");
    CHECK(named.has_value(), named ? "" : named.error().text().c_str());
  }

  ShadowAnswer compared(Json::Object more = {}) {
    Json::Object request{{"scheme", "card_payment"}};
    for (auto& member : more) request.push_back(std::move(member));
    for (const Verb& verb : shadow_verbs(&*verb_needs_)) {
      const Caller anna{"anna", {"*"}};
      auto answer = verb.run({anna, unwatched_, &files_}, request);
      EXPECT_TRUE(answer) << answer.error().text();
      if (answer) return read_json<ShadowAnswer>(*answer).value();
    }
    return {};
  }
  static const ShadowCell* cell(const ShadowAnswer& answer, Action champion, Action shadow) {
    for (const ShadowCell& one : answer.cells) {
      if (one.champion == champion && one.shadow == shadow) return &one;
    }
    return nullptr;
  }

  Digest shadow_;
};

TEST_P(ShadowTest, counts_every_payment_by_both_actions_and_decides_nothing) {
  judge("a", payment("anna", 100));
  challenge("p");
  const ShadowAnswer answer = compared();
  EXPECT_EQ(answer.payments, 10);
  EXPECT_EQ(answer.differing, 1);
  ASSERT_NE(cell(answer, Action::challenge, Action::approve), nullptr);
  EXPECT_EQ(cell(answer, Action::challenge, Action::approve)->amount_minor, 4000);
  EXPECT_EQ(cell(answer, Action::approve, Action::approve)->payments, 9);
  EXPECT_EQ(answer.shadow->permit, shadow_);
  EXPECT_EQ(answer.champion->approved, 9);
  EXPECT_EQ(answer.shadow->approved, 10);
  ASSERT_EQ(answer.differences.size(), 1u);
  EXPECT_EQ(answer.differences[0].key, "p");
  EXPECT_FALSE(answer.differences[0].champion_reasons.empty());
}

TEST_P(ShadowTest, labels_say_what_each_would_have_caught_and_whom_disturbed) {
  challenge("fraud");
  challenge("good");
  ASSERT_TRUE(label("fraud", true));
  ASSERT_TRUE(label("good", false));
  ASSERT_TRUE(label("good-small0", false));
  ASSERT_TRUE(label("good-small1", true));
  const ShadowAnswer answer = compared();
  EXPECT_EQ(answer.champion->caught, 1);
  EXPECT_EQ(answer.champion->caught_minor, 4000);
  EXPECT_EQ(answer.champion->missed, 1);
  EXPECT_EQ(answer.champion->disturbed, 1);
  EXPECT_EQ(answer.shadow->caught, 0);
  EXPECT_EQ(answer.shadow->missed, 2);
  EXPECT_EQ(answer.shadow->missed_minor, 4100);
  EXPECT_EQ(answer.shadow->disturbed, 0);
  EXPECT_EQ(cell(answer, Action::challenge, Action::approve)->frauds, 1);
  EXPECT_EQ(cell(answer, Action::challenge, Action::approve)->good, 1);
}

TEST_P(ShadowTest, differences_come_a_page_at_a_time_newest_first_and_by_day) {
  challenge("p");
  clock_.advance_us(kDayUs);
  challenge("q");
  const ShadowAnswer first = compared({{"limit", 1}});
  ASSERT_EQ(first.differences.size(), 1u);
  EXPECT_EQ(first.differences[0].key, "q");
  ASSERT_TRUE(first.next);
  EXPECT_EQ(compared({{"limit", 1}, {"after", *first.next}}).differences[0].key, "p");
  const std::string today = date_of(clock_.now(), kUtcOffsetMinutes).text();
  const ShadowAnswer newest = compared({{"from", today}});
  EXPECT_EQ(newest.payments, 9);
  ASSERT_EQ(newest.differences.size(), 1u);
  EXPECT_EQ(newest.differences[0].key, "q");
}

TEST_P(ShadowTest, nothing_is_compared_before_a_version_judges_beside) {
  ASSERT_TRUE(kernel_->withdraw_challenger("fraud.payment/card_payment", "test", "done"));
  judge("a", payment("anna", 100));
  EXPECT_EQ(compared().payments, 0);
  EXPECT_FALSE(compared().shadow);
}

INSTANTIATE_TEST_SUITE_P(Engines, ShadowTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace puhui::fraud
