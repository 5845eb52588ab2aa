#include "infrastructure/workbench/draft_verbs.h"

#include "infrastructure/kernel/kernel_for_test.h"
#include "infrastructure/workbench/drafts.h"
#include "infrastructure/workbench/recorded_backtest.h"
#include "infrastructure/workbench/trial.h"
#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using kernel::kTestUseCase;

// The kernel's small lender, whose store also keeps drafts.
class DraftVerbsTest : public kernel::KernelTest {
 protected:
  DraftVerbsTest() {
    close();
    std::vector<Migration> all = evidence::migrations();
    for (Migration& migration : kernel::migrations()) all.push_back(std::move(migration));
    for (Migration& migration : workbench::migrations()) all.push_back(std::move(migration));
    store_ = open_store(place_.where(), std::move(all), {clock_, nullptr}).value();
    log_ = evidence::EvidenceLog::open(*store_).value();
    kernel_ = kernel::Kernel::open(
                  {*store_, *log_, clock_, words_, metrics_, std::string(kernel::kTestBuild), sha256("salt")},
                  {{"lending.approval", "Approval", 1, 3, 'A', "credit"}})
                  .value();
    needs_.emplace(DraftVerbNeeds{*store_, *log_, *kernel_, clock_});
    verbs_ = draft_verbs(&*needs_);
  }

  Result<Json> run(std::string_view verb, const Json& input) {
    for (const Verb& one : verbs_) {
      if (one.verb == verb) return one.run(desk_.far, input);
    }
    return fail(ErrorCode::not_found, "there is no such verb");
  }
  Json must(std::string_view verb, const Json& input) {
    auto answer = run(verb, input);
    EXPECT_TRUE(answer) << answer.error().text();
    return answer ? *answer : Json();
  }
  Json tried(const std::string& policy) {
    return Json::Object{{"policy", Json(policy)}, {"use_case", Json(kTestUseCase)}};
  }
  static std::string text(const Json& from, std::string_view field) {
    const Json* found = from.find(field);
    return found && found->text() ? *found->text() : "";
  }
  static int64_t whole(const Json& from, std::string_view path) {
    const Json* at = &from;
    for (const std::string_view part : split(path, '/')) {
      at = at == nullptr ? nullptr : at->find(part);
    }
    return at == nullptr ? -1 : at->as_int64().value_or(-1);
  }

  // Incomes of 1,000 to 10,000, late payments of 0 to 5; every third has an outcome, bad when late.
  void decide_many(int count) {
    const auto version = kernel_->in_force(kTestUseCase).value();
    for (int i = 0; i < count; ++i) {
      clock_.advance_us(5'000);
      kernel::Request asked = request(version, 1000 + 100 * (i % 90), i % 6);
      const auto decided = kernel_->decide(asked, no_act);
      ASSERT_TRUE(decided) << decided.error().text();
      if (i % 3 != 0) continue;
      ASSERT_TRUE(store_->write([&](Transaction& tx) {
        return evidence::put_outcome(tx, {decided->id(), "default", i % 6 == 3 ? 1 : 0, clock_.now()});
      }));
    }
  }
  // As test_policy(), and late payers are refused whatever their risk.
  static std::string strict_policy() {
    return kernel::test_policy(R"(if Probability > cap or late >= 3 then "refuse" else "approve")");
  }

  Desk desk_;
  std::optional<DraftVerbNeeds> needs_;
  std::vector<Verb> verbs_;
};

TEST_P(DraftVerbsTest, a_draft_begins_with_the_policy_in_force) {
  grant();
  const Json base = must("base", Json::Object{{"use_case", Json(kTestUseCase)}});
  EXPECT_EQ(text(base, "policy"), kernel::test_policy());
  EXPECT_EQ(base.find("facts")->list()->size(), 4u);
  EXPECT_EQ(text(base, "author"), "author");
}

TEST_P(DraftVerbsTest, a_draft_is_evaluated_with_the_champions_model_and_thresholds) {
  grant();
  Json request = tried(strict_policy());
  request.set("input", Json::Object{{"income", Json(9000)}, {"late", Json(4)}, {"phone", Json("1380")}});
  const Json answer = must("eval", request);
  const Json& outputs = *answer.find("outputs");
  EXPECT_EQ(*outputs.find("Outcome")->text(), "refuse");
  EXPECT_NE(outputs.find("Probability")->number(), nullptr) << "the model answered: " << print_json(outputs);
}

TEST_P(DraftVerbsTest, an_unknown_input_is_named) {
  grant();
  Json request = tried(kernel::test_policy());
  request.set("input", Json::Object{{"incone", Json(9000)}});
  const auto refused = run("eval", request);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("incone"), std::string::npos);
}

TEST_P(DraftVerbsTest, cases_are_answers_whether_they_pass_or_fail) {
  grant();
  Json request = tried(strict_policy());
  request.set("cases", Json::List{Json::Object{{"name", Json("late")},
                                               {"input", Json::Object{{"income", Json(9000)}, {"late", Json(4)}}},
                                               {"expected", Json::Object{{"Outcome", Json("refuse")},
                                                                         {"Reasons", Json::List{Json("risk")}}}}},
                                  Json::Object{{"name", Json("never")},
                                               {"input", Json::Object{{"income", Json(9000)}, {"late", Json(0)}}},
                                               {"expected", Json::Object{{"Outcome", Json("refuse")}}}}});
  const Json report = must("test", request);
  EXPECT_EQ(whole(report, "passed"), 2);
  EXPECT_EQ(whole(report, "total"), 3);
}

TEST_P(DraftVerbsTest, numbers_are_equal_by_value) {
  EXPECT_TRUE(same_value(Json(Json::Number{"0.10"}), Json(Json::Number{"1e-1"})));
  EXPECT_FALSE(same_value(Json(Json::Number{"0.10"}), Json(Json::Number{"0.1000000000000000000001"})));
  EXPECT_TRUE(same_value(Json::Object{{"a", Json(1)}, {"b", Json(2)}}, Json::Object{{"b", Json(2)}, {"a", Json(1)}}));
}

TEST_P(DraftVerbsTest, the_same_policy_swaps_nobody) {
  grant();
  decide_many(60);
  const Json answer = must("backtest", tried(kernel::test_policy()));
  EXPECT_EQ(whole(answer, "swap/both/applications") + whole(answer, "swap/neither/applications"), 60);
  EXPECT_EQ(whole(answer, "swap/only_policy/applications"), 0);
  EXPECT_EQ(whole(answer, "swap/only_against/applications"), 0);
  EXPECT_EQ(whole(answer, "of_other_permits"), 0);
}

TEST_P(DraftVerbsTest, a_stricter_draft_swaps_out_the_late_payers_it_refuses) {
  kernel::TestProposal looser;
  looser.cap = "0.90";
  grant(looser);
  decide_many(60);
  // The slow way: every recorded decision looked at by itself.
  int64_t out = 0, bad = 0;
  ASSERT_TRUE(log_->each(std::nullopt, 1000, [&](const evidence::StoredRecord& record) -> Result<void> {
    if (record.kind != evidence::RecordKind::decision) return {};
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    const auto facts = TRY(evidence::decode_facts(*record.facts)).facts;
    const int64_t late = std::get<evidence::Number>(facts[1]).coefficient;
    if (kernel::outcome_of(judgement) != kernel::kApprove || late < 3) return {};
    ++out;
    bad += late == 3 ? 1 : 0;
    return {};
  }));
  ASSERT_GT(out, 0);
  const Json answer = must("backtest", tried(strict_policy()));
  EXPECT_EQ(whole(answer, "swap/only_policy/applications"), out);
  EXPECT_EQ(whole(answer, "swap/only_policy/bad"), bad);
  EXPECT_EQ(whole(answer, "swap/only_against/applications"), 0);
}

TEST_P(DraftVerbsTest, steps_add_up_to_the_whole_history) {
  grant();
  decide_many(50);
  const Json whole_answer = must("backtest", tried(strict_policy()));
  int64_t out = 0, walked = 0;
  Json request = tried(strict_policy());
  request.set("limit", Json(7));
  for (int step = 0; step < 100; ++step) {
    const Json answer = must("backtest", request);
    out += whole(answer, "swap/only_policy/applications");
    walked += whole(answer, "walked");
    if (answer.find("next") == nullptr) break;
    request.set("after", *answer.find("next"));
  }
  EXPECT_EQ(out, whole(whole_answer, "swap/only_policy/applications"));
  EXPECT_EQ(walked, static_cast<int64_t>(log_->records()));
}

TEST_P(DraftVerbsTest, a_history_is_cut_by_its_moments) {
  grant();
  decide_many(20);
  const Timestamp middle = clock_.now();
  clock_.advance_us(5'000);
  decide_many(30);
  const auto applications = [&](std::string_view field) {
    Json request = tried(kernel::test_policy());
    request.set(field, Json(form_of(&middle).print(&middle)));
    const Json answer = must("backtest", request);
    return whole(answer, "swap/both/applications") + whole(answer, "swap/neither/applications");
  };
  // A record's moment is kept to the millisecond: the one at the cut may fall on either side.
  EXPECT_NEAR(static_cast<double>(applications("from")), 30, 1);
  EXPECT_NEAR(static_cast<double>(applications("to")), 20, 1);
  EXPECT_EQ(applications("from") + applications("to"), 50);
}

TEST_P(DraftVerbsTest, a_decision_of_an_earlier_permit_is_taken_again_by_the_champion) {
  grant();
  decide_many(12);
  kernel::TestProposal looser;
  looser.cap = "0.90";
  grant(looser);
  const Json answer = must("backtest", tried(kernel::test_policy()));
  EXPECT_EQ(whole(answer, "of_other_permits"), 12);
  EXPECT_EQ(whole(answer, "swap/only_policy/applications"), 0);
}

TEST_P(DraftVerbsTest, nobody_groups_by_personal_or_sealed_facts) {
  grant();
  for (const char* name : {"phone", "age"}) {
    Json request = tried(kernel::test_policy());
    request.set("segment", Json::List{Json(name)});
    const auto refused = run("backtest", request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::forbidden) << name;
  }
}

TEST_P(DraftVerbsTest, the_manifest_of_a_draft_is_granted_once_two_people_sign) {
  grant();
  Json save = tried(strict_policy());
  save.set("name", Json("no late payers"));
  const Json saved = must("save", save);
  Json request = Json::Object{{"id", *saved.find("id")}, {"revision", Json(1)}};
  request.set("thresholds", Json::List{Json::Object{{"name", Json("cap")}, {"value", Json("0.25")}}});
  const Json answer = must("manifest", request);
  const auto manifest = read_json<evidence::Manifest>(*answer.find("manifest")).value();
  EXPECT_EQ(manifest.author, "test");
  EXPECT_EQ(manifest.thresholds[0].value, "0.25");
  const auto granted = kernel_->grant(signed_permit(manifest), "test");
  ASSERT_TRUE(granted) << granted.error().text();
  EXPECT_EQ(text(must("base", Json::Object{{"use_case", Json(kTestUseCase)}}), "policy"), strict_policy());
}

TEST_P(DraftVerbsTest, nobody_is_asked_to_sign_what_could_not_run) {
  grant();
  Json save = tried(kernel::test_policy(R"(if no such name then "refuse" else "approve")"));
  save.set("name", Json("broken"));
  const Json saved = must("save", save);
  EXPECT_FALSE(run("manifest", Json::Object{{"id", *saved.find("id")}, {"revision", Json(1)}}));
}

TEST_P(DraftVerbsTest, a_manifest_of_a_stale_revision_is_a_conflict) {
  grant();
  Json save = tried(kernel::test_policy());
  save.set("name", Json("mine"));
  const Json saved = must("save", save);
  Json again = save;
  again.set("id", *saved.find("id"));
  again.set("revision", Json(1));
  again.set("name", Json("theirs"));
  must("save", again);
  const auto refused = run("manifest", Json::Object{{"id", *saved.find("id")}, {"revision", Json(1)}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

INSTANTIATE_TEST_SUITE_P(Engines, DraftVerbsTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::workbench
