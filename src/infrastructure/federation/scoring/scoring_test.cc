#include <gtest/gtest.h>

#include <atomic>
#include <barrier>

#include "infrastructure/channel/pair.h"
#include "infrastructure/federation/scoring/answering.h"
#include "infrastructure/federation/scoring/asking.h"
#include "infrastructure/models/federated_model.h"

namespace puhui::federation {
namespace {

Job small_job() {
  Job job;
  job.intersection.normalise = {"trim"};
  return job;
}

PartyData rows_named(std::vector<std::string> ids) {
  PartyData data;
  data.ids = std::move(ids);
  data.columns = {"invoices"};
  data.values.emplace_back();
  for (size_t i = 0; i < data.ids.size(); ++i) data.values[0].push_back(static_cast<float>(i) * 10);
  return data;
}

// Says the row's value, as no real part would: what is tested here is the way there and back.
class ValueAnswers final : public Answers {
 public:
  explicit ValueAnswers(std::vector<std::string> ids) : Answers(small_job(), rows_named(std::move(ids)), 8) {}

 private:
  std::string answer(std::span<const float> row) const override { return std::to_string(static_cast<int>(row[0])); }
};

// A registry that answers about firms a, b and c, and a lender that asks it through memory.
class FederatedScoring : public ::testing::Test {
 protected:
  FederatedScoring()
      : answering_({[this](const Digest& job, const std::string&) -> Result<OfferedAnswers> {
                      ++questions_;
                      if (job != job_) return fail(ErrorCode::not_found, "no model of that job");
                      return OfferedAnswers{answers_, 10'000};
                    },
                    [this](const Digest&, const std::string&, int64_t subjects, int64_t subjects_max) -> Result<void> {
                      if (asked_ + subjects > subjects_max) return fail(ErrorCode::exhausted, "asked enough for a day");
                      asked_ += subjects;
                      return {};
                    },
                    [this](const Digest&, const std::string&, int64_t, int64_t bits) -> Result<void> {
                      bits_told_ += bits;
                      return {};
                    }}) {}
  ~FederatedScoring() override { answering_.stop(); }

  Asking::Dial dial() {
    return [this](const Digest&, const std::string&) -> Result<std::unique_ptr<channel::Connection>> {
      ++dials_;
      if (away_) return fail(ErrorCode::unavailable, "nobody answers there");
      auto [ours, theirs] = channel::connected_pair({.first = "lender", .second = "registry", .from_second = faults_});
      faults_ = {};
      answering_.serve(std::move(theirs));
      return std::move(ours);
    };
  }

  kernel::Question about(std::string_view id) const { return {job_, "registry", id}; }

  Digest job_ = sha256("job");
  std::shared_ptr<const Answers> answers_ =
      std::make_shared<const ValueAnswers>(std::vector<std::string>{"a", "b", "c"});
  std::atomic<int64_t> asked_ = 0, bits_told_ = 0, questions_ = 0, dials_ = 0;
  std::atomic<bool> away_ = false;
  channel::PairFaults faults_;
  Answering answering_;
};

TEST_F(FederatedScoring, AnswersWhatItKnowsAndCountsWhatThatTells) {
  Asking asking(dial());
  const auto known = asking.ask(about(" b "));
  ASSERT_TRUE(known) << known.error().text();
  EXPECT_EQ(*known, "10");
  const auto unknown = asking.ask(about("z"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(bits_told_, 8);
  EXPECT_EQ(dials_, 1);
}

TEST_F(FederatedScoring, APartnerThatIsAwayIsLeftAloneForAWhile) {
  away_ = true;
  Asking asking(dial(), {.answer_max_ms = 5'000, .away_pause_ms = 1'000'000});
  for (int i = 0; i < 3; ++i) {
    const auto answer = asking.ask(about("a"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  }
  EXPECT_EQ(dials_, 1);
}

TEST_F(FederatedScoring, AConnectionThatWentStaleIsDialledAnewForTheSameQuestion) {
  faults_.cut_after_messages = 1;  // the first answer arrives, the second does not
  Asking asking(dial());
  EXPECT_EQ(asking.ask(about("a")).value_or("none"), "0");
  EXPECT_EQ(asking.ask(about("c")).value_or("none"), "20");
  EXPECT_EQ(dials_, 2);
}

TEST_F(FederatedScoring, ARefusalSaysWhy) {
  Asking asking(dial());
  const auto answer = asking.ask({sha256("another job"), "registry", "a"});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("no model of that job"), std::string::npos) << answer.error().text();
}

TEST_F(FederatedScoring, BeyondTheDaysQuestionsNothingIsTold) {
  Asking asking(dial());
  const std::vector<std::string> ids(10'000, "a");
  ASSERT_TRUE(asking.ask_all(job_, "registry", ids));
  const int64_t told = bits_told_;
  EXPECT_FALSE(asking.ask(about("a")));
  EXPECT_EQ(bits_told_, told);
}

TEST_F(FederatedScoring, ManyAtOnceGoInFewQuestionsAndEachGetsItsOwn) {
  Asking asking(dial(), {.answer_max_ms = 60'000});
  constexpr int kThreads = 8, kEach = 50;
  std::barrier start(kThreads);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kEach; ++i) {
        const int row = (t + i) % 3;
        const std::string id(1, static_cast<char>('a' + row));
        if (asking.ask(about(id)).value_or("") == std::to_string(row * 10)) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kEach);
  EXPECT_EQ(asked_, kThreads * kEach);
  EXPECT_LE(questions_, kThreads * kEach);
}

TEST_F(FederatedScoring, ATableIsAskedInPiecesAndAnsweredInOrder) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < 9'000; ++i)
    ids.push_back(i % 4 == 3 ? "unknown" : std::string(1, static_cast<char>('a' + i % 4)));
  Asking asking(dial());
  const auto answers = asking.ask_all(job_, "registry", ids);
  ASSERT_TRUE(answers) << answers.error().text();
  ASSERT_EQ(answers->size(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ((*answers)[i].value_or("none"), i % 4 == 3 ? "none" : std::to_string(i % 4 * 10)) << i;
  }
}

TEST(ScoringQuestion, ReadsBackWhatItWroteAndNothingElse) {
  const SubjectsQuestion question{sha256("job"), {"a", "", "ein Name"}};
  const std::string bytes = encode(question);
  const auto back = decode_question(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->job, question.job);
  EXPECT_EQ(back->ids, question.ids);
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode_question(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(decode_question(encode(SubjectsQuestion{sha256("job"), {std::string(kSubjectIdBytesMax + 1, 'a')}})));
  EXPECT_FALSE(decode_question(encode(SubjectsQuestion{sha256("job"), {}})));
}

TEST(ScoringAnswer, KeepsUnknownApartFromAnEmptyText) {
  const SubjectsAnswer answer{"", {std::nullopt, "", "tAA=="}};
  const std::string bytes = encode(answer);
  const auto back = decode_answer(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->answers, answer.answers);
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode_answer(bytes.substr(0, cut))) << cut;
}

TEST(AnswerText, SaysItsKind) {
  EXPECT_EQ(models::bits_of_answer(models::answer_text(std::string_view("\x05\xFF", 2))).value_or(""), "\x05\xFF");
  EXPECT_EQ(models::partial_score_of_answer(models::answer_text(int64_t{-12})).value_or(0), -12);
  for (const char* wrong : {"", "t", "s", "s1x", "s--1", "x1", "t*"}) {
    EXPECT_FALSE(models::partial_score_of_answer(wrong)) << wrong;
  }
  EXPECT_FALSE(models::bits_of_answer("s1"));
}

}  // namespace
}  // namespace puhui::federation
