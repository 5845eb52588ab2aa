#include "infrastructure/workbench/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "ground/base/random.h"
#include "infrastructure/workbench/application_rows.h"
#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using testing::HasSubstr;

// A folder on the real disk: tables are read as streams.
class BacktestTest : public testing::Test {
 protected:
  BacktestTest() : folder_(std::filesystem::temp_directory_path() / ("puhui_backtest_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    write("policy.dmn", graded());
    write("against.dmn", graded("550"));
    request_.policy = path("policy.dmn");
    request_.against = path("against.dmn");
    request_.applications = path("rows.csv");
  }
  ~BacktestTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) { ASSERT_TRUE(files_.write(path(name), text)); }
  Result<BacktestAnswer> run() {
    Desk desk;
    return backtest(VerbCall{desk.caller, desk.progress, &files_}, request_, {});
  }

  DiskFiles files_;
  std::filesystem::path folder_;
  BacktestRequest request_;
};

TEST_F(BacktestTest, people_are_swapped_in_and_out_as_the_policies_say) {
  write("rows.csv",
        "score,income,bad,shop\n"
        "640,2000,0,north\n"   // both
        "570,2000,1,north\n"   // only the other
        "570,500,0,south\n"    // neither: the income
        "500,2000,1,south\n"   // neither
        "560,3000,,south\n");  // only the other, end not known
  request_.label = "bad";
  request_.segment = {"shop", "Grade"};
  const auto answer = run();
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->swap.both.applications, 1);
  EXPECT_EQ(answer->swap.only_policy.applications, 0);
  EXPECT_EQ(answer->swap.only_against.applications, 2);
  EXPECT_EQ(answer->swap.only_against.labelled, 1);
  EXPECT_EQ(answer->swap.only_against.bad, 1);
  EXPECT_EQ(answer->swap.neither.applications, 2);
  ASSERT_EQ(answer->segments.size(), 4u);
  EXPECT_EQ(answer->segments[0].value, "north");
  EXPECT_EQ(answer->segments[0].swap.only_against.applications, 1);
  EXPECT_EQ(answer->segments[3].by + answer->segments[3].value, "GradeB");
  EXPECT_EQ(answer->segments[3].swap.applications(), 4);
  ASSERT_EQ(answer->rules.size(), 2u);
  EXPECT_EQ(answer->rules[0].id, "high");
  EXPECT_EQ(answer->rules[0].hits_in_policy, 1);
  EXPECT_EQ(answer->rules[0].hits_in_against, 4);
  EXPECT_EQ(answer->decisions[0].decision, "Grade");
  EXPECT_EQ(answer->decisions[0].changed, 3);
  EXPECT_THAT(tell(*answer), HasSubstr("approval +40.00 pp"));
}

TEST_F(BacktestTest, the_answer_is_the_same_on_any_number_of_threads_and_as_one_by_one) {
  constexpr size_t kRows = ApplicationRows::kChunkRows * 5 + 17;
  const Random random(7);
  std::string rows = "score,income\n";
  int64_t both = 0, only_against = 0, neither = 0;
  for (size_t i = 0; i < kRows; ++i) {
    const uint64_t score = 500 + random.draw(0, i, 0) % 200, income = random.draw(0, i, 1) % 3000;
    rows += std::to_string(score) + "," + std::to_string(income) + "\n";
    const bool a = score >= 600 && income > 1000, b = score >= 550 && income > 1000;
    ++(a ? both : b ? only_against : neither);
  }
  write("rows.csv", rows);
  std::string first;
  for (const int64_t threads : {1, 2, 3}) {
    request_.threads = threads;
    auto answer = run();
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->swap.both.applications, both);
    EXPECT_EQ(answer->swap.only_against.applications, only_against);
    EXPECT_EQ(answer->swap.neither.applications, neither);
    answer->seconds = answer->rows_per_core_second = 0;
    const std::string text = print_json(to_json(*answer));
    if (first.empty()) first = text;
    EXPECT_EQ(text, first);
  }
}

TEST_F(BacktestTest, rows_that_do_not_read_are_refused_together_or_skipped) {
  write("rows.csv", "score,income\n640,2000\nhigh,2000\n640,2000,9\n600,lots\n");
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("line 3, input score: expected a number, came 'high'"));
  EXPECT_THAT(refused.error().text(), HasSubstr("expected 2 fields as in the header, came 3"));
  EXPECT_THAT(refused.error().text(), HasSubstr("line 5, input income: expected a number, came 'lots'"));
  request_.skip_bad_rows = true;
  const auto skipped = run();
  ASSERT_TRUE(skipped) << skipped.error().text();
  EXPECT_EQ(skipped->swap.applications(), 1);
  EXPECT_EQ(skipped->skipped_rows, 3);
}

TEST_F(BacktestTest, names_that_are_not_there_are_faults) {
  write("rows.csv", "SCORE_X,income\n640,2000\n");
  request_.column = {"scores=SCORE_X"};
  EXPECT_THAT(run().error().text(), HasSubstr("neither policy has an input 'scores'"));
  request_.column = {"score=SCORE_Y"};
  EXPECT_THAT(run().error().text(), HasSubstr("SCORE_Y"));
  request_.column = {"score=SCORE_X"};
  request_.segment = {"shop"};
  EXPECT_THAT(run().error().text(), HasSubstr("segment"));
  request_.segment.clear();
  request_.decision = "Outcomes";
  EXPECT_THAT(run().error().text(), HasSubstr("there is no decision 'Outcomes'; there are: Grade, Outcome"));
  request_.decision = "Outcome";
  const auto answer = run();
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->swap.both.applications, 1);
  request_.set = {"income=5"};
  EXPECT_EQ(run()->swap.neither.applications, 1);
}

TEST_F(BacktestTest, an_input_nothing_gives_is_told_and_a_null_outcome_approves_nobody) {
  write("rows.csv", "income\n2000\n");
  const auto answer = run();
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->not_read, std::vector<std::string>{"score"});
  EXPECT_EQ(answer->swap.neither.applications, 1);
}

TEST(ApplicationRows, a_text_is_read_as_the_inputs_type) {
  using feel::Kind;
  const auto text_as = [](std::string_view text, Kind kind) {
    const auto value = value_of_text(text, kind);
    return value ? std::string(name_of(value->kind())) + " " + text_of(*value) : "unread";
  };
  EXPECT_EQ(text_as("12.50", Kind::number), "number 12.5");
  EXPECT_EQ(text_as("12,5", Kind::number), "unread");
  EXPECT_EQ(text_as("12", Kind::string), "string \"12\"");
  EXPECT_EQ(text_as("1", Kind::boolean), "boolean true");
  EXPECT_EQ(text_as("yes", Kind::boolean), "unread");
  EXPECT_EQ(text_as("2026-02-28", Kind::date), "date 2026-02-28");
  EXPECT_EQ(text_as("2026-02-30", Kind::date), "unread");
  EXPECT_EQ(text_as("P1M", Kind::years_months), "years and months duration P1M");
  EXPECT_EQ(text_as("12", Kind::null), "number 12");
  EXPECT_EQ(text_as("north", Kind::null), "string \"north\"");
  EXPECT_EQ(text_as("", Kind::string), "null null");
}

}  // namespace
}  // namespace puhui::workbench
