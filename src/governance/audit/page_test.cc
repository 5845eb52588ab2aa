#include "governance/audit/audit_for_test.h"
#include "governance/audit/export.h"
#include "governance/audit/make_page.h"
#include "governance/audit/review_log.h"

namespace puhui::audit {
namespace {

using kernel::PersonalFacts;

class PageTest : public AuditTest {
 protected:
  DecisionPage page(const Id128& id, Language language = Language::en, PersonalFacts personal = PersonalFacts::masked) {
    auto made = make_page(*needs_, id, language, personal);
    EXPECT_TRUE(made) << made.error().text();
    return made ? *made : DecisionPage{};
  }
  Id128 first_with(std::string_view reason) {
    for (const auto& record : decisions()) {
      const auto judgement = evidence::decode_judgement(record.judgement);
      for (const auto& one : judgement->reasons)
        if (one.code == reason) return record.id;
    }
    ADD_FAILURE() << "no decision has the reason " << reason;
    return {};
  }
};

TEST_P(PageTest, tells_the_reasons_in_words_of_the_language_asked_for) {
  decide(grant(table_proposal()), 60);
  const Id128 id = first_with("often_late");
  const auto en = page(id), zh = page(id, Language::zh);
  EXPECT_EQ(en.outcome, "refuse");
  EXPECT_EQ(en.reasons[0].words, "You paid late four times or more.");
  EXPECT_EQ(zh.reasons[0].words, "您逾期四次或以上。");
  EXPECT_NE(en.summary.find("refused"), std::string::npos);
  EXPECT_NE(en.summary.find(en.reasons[0].words), std::string::npos);
  EXPECT_NE(zh.summary.find("未通过"), std::string::npos);
}

TEST_P(PageTest, marks_the_rows_that_hit_in_the_whole_table) {
  decide(grant(table_proposal()), 60);
  const auto told = page(first_with("often_late"));
  ASSERT_EQ(told.path.size(), 1u);
  const PageTable& table = told.path[0];
  EXPECT_EQ(table.name, "Admission");
  EXPECT_EQ(table.hit_policy, "FIRST");
  EXPECT_EQ(table.inputs, std::vector<std::string>{"late"});
  EXPECT_EQ(table.outputs, std::vector<std::string>{"Admission"});
  ASSERT_EQ(table.rules.size(), 2u);
  EXPECT_EQ(table.rules[0].cells, (std::vector<std::string>{">= 4", "\"no\""}));
  EXPECT_TRUE(table.rules[0].hit);
  EXPECT_FALSE(table.rules[1].hit);
  EXPECT_EQ(table.in_words, std::vector<std::string>{"Admission, rule 1: late >= 4 -> \"no\""});
}

TEST_P(PageTest, adds_up_what_each_feature_weighed) {
  for (const auto kind : {models::ModelKind::scorecard, models::ModelKind::boosting}) {
    decide(grant(table_proposal(kind)), 60);
    const auto told = page(decisions().back().id);
    ASSERT_EQ(told.models.size(), 1u);
    const PageModel& model = told.models[0];
    EXPECT_TRUE(model.note.empty()) << model.note;
    int64_t sum = model.base;
    for (const PageContribution& one : model.contributions) sum += one.amount;
    EXPECT_EQ(sum, model.total);
    ASSERT_EQ(model.contributions.size(), 2u);
    for (const PageContribution& one : model.contributions) {
      const std::string sentence = one.feature == "income" ? "Income." : "Late payments.";
      EXPECT_TRUE(one.words.empty() || one.words == sentence) << one.words;
      EXPECT_TRUE(kind == models::ModelKind::scorecard || one.words.empty() == (one.amount <= 0));
    }
  }
}

TEST_P(PageTest, shows_personal_facts_to_those_who_may_and_sealed_ones_to_nobody) {
  decide(grant(table_proposal()), 1);
  const Id128 id = decisions()[0].id;
  const auto masked = page(id), shown = page(id, Language::en, PersonalFacts::shown);
  const auto fact = [](const DecisionPage& from, std::string_view name) {
    for (const PageFact& one : from.facts)
      if (one.name == name) return one;
    return PageFact{};
  };
  EXPECT_EQ(fact(masked, "phone").shown, "masked");
  EXPECT_EQ(fact(masked, "phone").value.find("3800138"), std::string::npos);
  EXPECT_EQ(fact(shown, "phone").value, "13800138000");
  EXPECT_EQ(fact(shown, "age").value, "sealed");
  EXPECT_EQ(fact(shown, "age").shown, "sealed");
}

TEST_P(PageTest, names_its_place_in_the_chain_its_permit_and_who_answered) {
  const auto version = grant(table_proposal());
  decide(version, 2);
  const auto all = decisions();
  const auto told = page(all[1].id);
  EXPECT_EQ(told.chain.link, all[1].link);
  EXPECT_EQ(told.chain.link_before, all[0].link);
  EXPECT_EQ(told.permit.digest, version->digest());
  ASSERT_EQ(told.permit.signed_by.size(), 2u);
  EXPECT_EQ(told.permit.signed_by[0].person, "anna");
  EXPECT_EQ(told.arm, "champion");
  grant(table_proposal(models::ModelKind::boosting));
  EXPECT_EQ(page(all[1].id).arm, "champion") << "it was, when it decided";
}

TEST_P(PageTest, an_act_is_no_decision) {
  decide(grant(table_proposal()), 1);
  const auto act = log_->find(evidence::RecordId(Id128{decisions()[0].id.high, 1}));
  evidence::RecordId first;
  ASSERT_TRUE(log_->each(std::nullopt, 1, [&](const evidence::StoredRecord& record) -> Result<void> {
    first = record.id;
    return {};
  }));
  const auto made = make_page(*needs_, first, Language::en, PersonalFacts::masked);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::not_found);
}

class ReviewTest : public PageTest {};

TEST_P(ReviewTest, is_an_act_and_a_row_and_leaves_the_judgement_as_it_was) {
  decide(grant(table_proposal()), 60);
  const Id128 id = first_with("often_late");
  const auto before = *log_->find(evidence::RecordId(id));
  const auto row =
      review(*needs_, {id, Verdict::change, "approve", "the late payments were the bank's own fault"}, "li");
  ASSERT_TRUE(row) << row.error().text();
  EXPECT_EQ(row->number, 1);
  const auto after = *log_->find(evidence::RecordId(id));
  EXPECT_EQ(after.judgement, before.judgement);
  EXPECT_EQ(after.link, before.link);
  const auto reviews = page(id).reviews;
  ASSERT_EQ(reviews.size(), 1u);
  EXPECT_EQ(reviews[0].by, "li");
  EXPECT_EQ(reviews[0].outcome, "approve");
  ASSERT_TRUE(review(*needs_, {id, Verdict::change, "refer", "better asked again"}, "wang"));
  const Timestamp at = reviews[0].at;
  const auto counted = [&](Timestamp from, Timestamp to) { return overridden(*needs_, from, to).value(); };
  EXPECT_EQ(counted(at, {at.microseconds + 1}).size(), 1u) << "reviewed twice, overridden once";
  EXPECT_EQ(counted(at, {at.microseconds + 1}).begin()->second, 1);
  EXPECT_TRUE(counted({at.microseconds + 1}, {at.microseconds + 1'000'000'000'000}).empty());
  const auto verified = log_->verify(quiet_);
  EXPECT_FALSE(verified->first_break);
  EXPECT_EQ(verified->records, 63u) << "60 decisions, the permit, two reviews";
}

TEST_P(ReviewTest, an_escalation_is_open_until_somebody_looks) {
  decide(grant(table_proposal()), 3);
  const Id128 id = decisions()[1].id;
  ASSERT_TRUE(review(*needs_, {id, Verdict::escalate, "", "I may not decide this"}, "li"));
  auto open = list_reviews(*needs_, {true, 50, ""});
  ASSERT_TRUE(open && open->reviews.size() == 1);
  ASSERT_TRUE(review(*needs_, {id, Verdict::confirm, "", "right as it was"}, "wang"));
  EXPECT_TRUE(list_reviews(*needs_, {true, 50, ""})->reviews.empty());
  const auto all = list_reviews(*needs_, {false, 1, ""});
  ASSERT_EQ(all->reviews.size(), 1u);
  EXPECT_EQ(all->reviews[0].number, 2);
  const auto rest = list_reviews(*needs_, {false, 1, *all->next});
  ASSERT_EQ(rest->reviews.size(), 1u);
  EXPECT_EQ(rest->reviews[0].number, 1);
  EXPECT_FALSE(rest->next);
}

TEST_P(ReviewTest, a_change_says_to_what_and_to_something_else) {
  decide(grant(table_proposal()), 60);
  const Id128 id = first_with("often_late");
  for (const auto& [verdict, outcome, why] :
       std::vector<std::tuple<Verdict, std::string, std::string>>{{Verdict::change, "", "x"},
                                                                  {Verdict::change, "refuse", "x"},
                                                                  {Verdict::confirm, "approve", "x"},
                                                                  {Verdict::confirm, "", "  "}}) {
    const auto row = review(*needs_, {id, verdict, outcome, why}, "li");
    ASSERT_FALSE(row) << outcome << why;
    EXPECT_EQ(row.error().code, ErrorCode::invalid);
  }
}

TEST(CsvCellTest, no_spreadsheet_runs_it) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_cell("-cmd|' /C calc'!A0"), "'-cmd|' /C calc'!A0");
  EXPECT_EQ(csv_cell("\t=1"), "'\t=1");
  EXPECT_EQ(csv_cell("-12.5"), "-12.5");
  EXPECT_EQ(csv_cell("=a,\"b\""), "\"'=a,\"\"b\"\"\"");
  EXPECT_EQ(csv_cell("plain"), "plain");
}

TEST_P(PageTest, exports_what_the_filters_find) {
  decide(grant(table_proposal()), 60);
  follow();
  MemoryFiles files;
  const Caller caller{"=cmd", {"*"}};
  const VerbCall call{caller, quiet_, &files};
  for (const auto format : {ExportFormat::csv, ExportFormat::jsonl}) {
    const auto written = export_decisions(*needs_, call, {{.outcome = "refuse"}, format, "out"});
    ASSERT_TRUE(written) << written.error().text();
    const auto bytes = files.read("out", 1 << 20);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(std::count(bytes->begin(), bytes->end(), '\n'), written->decisions + (format == ExportFormat::csv));
    EXPECT_EQ(written->digest, sha256(*bytes));
    EXPECT_EQ(written->decisions, find(*needs_, {{.outcome = "refuse"}, 1, ""})->matches);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, PageTest, ::testing::ValuesIn(test_engines()));
INSTANTIATE_TEST_SUITE_P(Engines, ReviewTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::audit
