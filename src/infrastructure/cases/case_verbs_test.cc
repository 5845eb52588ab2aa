// The verbs as a door calls them: who sees what, paging, refusals.
#include <gmock/gmock.h>

#include "infrastructure/cases/office_for_test.h"

namespace puhui::cases {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Quiet : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

class CaseVerbsTest : public OfficeTest {
 protected:
  Result<Json> ask(std::string_view verb, const std::string& json, const Caller& caller) {
    for (const Verb& one : case_verbs(&*verb_needs_)) {
      if (one.verb != verb) continue;
      Quiet progress;
      return one.run({caller, progress, nullptr}, TRY(parse_json(json)));
    }
    return fail(ErrorCode::internal, "no such verb");
  }
  std::string told_by(std::string_view verb, const std::string& json, const Caller& caller) {
    const auto answer = ask(verb, json, caller);
    return answer ? print_json(*answer) : answer.error().text();
  }
  static std::string of(CaseId id) { return R"("id": ")" + id.text() + R"(")"; }

  const Caller bo_{"bo", {"case.*", "evidence.personal"}};
  const Caller anna_{"anna", {"case.*", "evidence.personal"}};
  const Caller looker_{"looker", {"case.*"}};
};

TEST_P(CaseVerbsTest, a_subject_is_masked_wherever_it_shows_for_whom_may_not_see_it) {
  raise(draft("13800138000", "p1"));
  const std::string about = R"("application": "fraud", "kind": "VELOCITY", "subject": "13800138000")";
  ASSERT_TRUE(ask("snooze", "{" + about + R"(, "why": "A known shop.", "days": 5})", anna_));
  const std::string show = "{" + of(case_of("p1")) + "}";
  for (const auto& [verb, json] : std::map<std::string, std::string>{
           {"queue", "{}"}, {"list", "{}"}, {"show", show}, {"snoozes", "{}"}, {"assign", show}}) {
    EXPECT_THAT(told_by(verb, json, anna_), HasSubstr("13800138000")) << verb;
    EXPECT_THAT(told_by(verb, json, looker_), Not(HasSubstr("13800138000"))) << verb;
    ASSERT_TRUE(ask("assign", "{" + of(case_of("p1")) + R"(, "to": "queue:fraud"})", bo_));
  }
  EXPECT_THAT(told_by("list", R"({"subject": "13800138000"})", anna_), HasSubstr(case_of("p1").text()));
  EXPECT_THAT(told_by("list", R"({"subject": "13800138000"})", looker_), HasSubstr("forbidden"));
}

TEST_P(CaseVerbsTest, a_case_is_taken_proposed_and_confirmed_by_two_callers) {
  raise(draft("Li", "p1"));
  const std::string id = of(case_of("p1"));
  EXPECT_THAT(told_by("assign", "{" + id + "}", bo_), HasSubstr(R"("owner":"bo")"));
  EXPECT_THAT(told_by("propose", "{" + id + R"(, "verdict": "confirmed", "words": "Cloned."})", bo_),
              HasSubstr(R"("state":"proposed")"));
  EXPECT_THAT(told_by("confirm", "{" + id + "}", bo_), HasSubstr("another person confirms it"));
  EXPECT_THAT(told_by("return", "{" + id + R"(, "words": "Say how."})", anna_), HasSubstr(R"("state":"assigned")"));
  EXPECT_THAT(told_by("propose", "{" + id + R"(, "verdict": "confirmed", "words": "Two devices."})", bo_),
              HasSubstr("proposed"));
  EXPECT_THAT(told_by("confirm", "{" + id + "}", anna_), HasSubstr(R"("closed_by":"anna")"));
  EXPECT_THAT(told_by("reopen", "{" + id + R"(, "words": "A mistake."})", anna_), HasSubstr(R"("state":"assigned")"));
  const std::string page = told_by("show", "{" + id + "}", anna_);
  for (const char* what : {"Two devices.", "几分钟内多笔付款。", "Many payments", R"("reference":"p1")", "reopened"}) {
    EXPECT_THAT(page, HasSubstr(what));
  }
}

TEST_P(CaseVerbsTest, cases_are_listed_newest_first_page_by_page_under_every_filter) {
  for (int i = 0; i < 7; ++i) raise(held("S" + std::to_string(i), "p" + std::to_string(i), i < 3 ? 10 : 90));
  ASSERT_TRUE(office_->assign(case_of("p1"), "bo", "bo"));
  ASSERT_TRUE(office_->assign(case_of("p4"), "bo", "bo"));
  clock_.advance_us(20 * kMinuteUs);
  const auto all_of = [&](const std::string& filter) {
    std::vector<std::string> out;
    std::string after;
    do {
      const auto page = read_json<ListAnswer>(*ask("list", R"({"limit": 2)" + filter + after + "}", anna_));
      for (const Case& one : page->cases) out.push_back(one.subject);
      after = page->next ? R"(, "after": ")" + *page->next + R"(")" : "";
    } while (!after.empty());
    return out;
  };
  using Subjects = std::vector<std::string>;
  EXPECT_EQ(all_of(""), (Subjects{"S6", "S5", "S4", "S3", "S2", "S1", "S0"}));
  EXPECT_EQ(all_of(R"(, "owner": "bo")"), (Subjects{"S4", "S1"}));
  EXPECT_EQ(all_of(R"(, "state": "assigned", "application": "fraud")"), (Subjects{"S4", "S1"}));
  EXPECT_EQ(all_of(R"(, "overdue": true)"), (Subjects{"S2", "S1", "S0"}));
  EXPECT_EQ(all_of(R"(, "overdue": false)"), (Subjects{"S6", "S5", "S4", "S3"}));
  EXPECT_EQ(all_of(R"(, "subject": "S5")"), Subjects{"S5"});
  EXPECT_EQ(all_of(R"(, "application": "aml")"), Subjects{});
  EXPECT_THAT(told_by("list", R"({"after": "page two"})", anna_), HasSubstr("`next` of a page before"));
}

TEST_P(CaseVerbsTest, snoozes_that_last_are_listed_and_end_when_they_are_woken) {
  for (const char* subject : {"A", "B", "C"}) {
    clock_.advance_us(kSecondUs);
    ASSERT_TRUE(office_->snooze({"fraud", "VELOCITY", subject}, 30, "Known.", "anna"));
  }
  const auto first = read_json<SnoozeListAnswer>(*ask("snoozes", R"({"limit": 2})", anna_));
  ASSERT_TRUE(first && first->next);
  EXPECT_EQ(first->snoozes[0].subject, "C");
  const auto rest = read_json<SnoozeListAnswer>(*ask("snoozes", R"({"after": ")" + *first->next + R"("})", anna_));
  ASSERT_EQ(rest->snoozes.size(), 1u);
  EXPECT_EQ(rest->snoozes[0].subject, "A");
  EXPECT_TRUE(ask("wake", R"({"application": "fraud", "kind": "VELOCITY", "subject": "B"})", anna_));
  EXPECT_EQ(read_json<SnoozeListAnswer>(*ask("snoozes", "{}", anna_))->snoozes.size(), 2u);
  EXPECT_THAT(
      told_by("snooze", R"({"application": "fraud", "kind": "K", "subject": "S", "why": "x", "days": 91})", anna_),
      HasSubstr("days"));
}

TEST_P(CaseVerbsTest, whoever_is_not_found_is_said_so) {
  const std::string nobody = of(CaseId(Id128{1, 2}));
  EXPECT_THAT(told_by("show", "{" + nobody + "}", anna_), HasSubstr("not_found"));
  EXPECT_THAT(told_by("confirm", "{" + nobody + "}", anna_), HasSubstr("not_found"));
}

INSTANTIATE_TEST_SUITE_P(Engines, CaseVerbsTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::cases
