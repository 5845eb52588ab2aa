// From decisions to verdicts: counts equal a recount of the evidence, labels count once, small groups never show.
#include "governance/fairness/fairness.h"

#include <gtest/gtest.h>

#include <cmath>

#include "governance/incidents/alert.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::fairness {
namespace {

class Silent : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

std::vector<Migration> tables_for_test() {
  std::vector<Migration> out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

constexpr std::string_view kFacts = R"({"facts": [
    {"name": "income", "type": "number", "required": true, "personal": true},
    {"name": "late", "type": "number"},
    {"name": "sex", "type": "text", "personal": true, "sealed": true},
    {"name": "age", "type": "number", "personal": true, "sealed": true}]})";
constexpr int64_t kDay = 86'400'000'000;

class FairnessTest : public kernel::KernelTest {
 protected:
  FairnessTest() : KernelTest(tables_for_test()) {
    kernel::TestProposal proposal;
    proposal.facts = kFacts;
    proposal.valid_us = 4000 * kDay;
    version_ = grant(proposal);
    open_book();
  }
  ~FairnessTest() override { follower_.reset(), book_.reset(), version_.reset(); }

  void open_book() {
    follower_.reset();
    auto book = FairnessBook::open(*store_);
    CHECK(book.has_value(), book ? "" : book.error().text().c_str());
    book_ = *std::move(book);
    follower_ = std::make_unique<kernel::Follower>(*store_, *log_, *kernel_);
    CHECK(follower_->add(*book_).has_value(), "the book is fed");
  }

  // Women earn `share` of what men do; two of the first hundred give a third answer.
  void decide(int count, double share, RandomStream& stream) {
    kernel::Workspace workspace;
    const auto version = *kernel_->in_force(kernel::kTestUseCase);
    for (int done = 0; done < count;) {
      std::vector<kernel::Draft> drafts;
      for (; done < count && drafts.size() < 500; ++done) {
        const bool woman = stream.chance(0.5);
        const double income = 5000 * std::exp(stream.normal() / 2) * (woman ? share : 1);
        const std::string sex = done == 7 || done == 70 ? "unsaid" : woman ? "woman" : "man";
        kernel::Request request{version,
                                {1, static_cast<uint64_t>(done)},
                                {evidence::Number::whole(std::lround(income)),
                                 evidence::Number::whole(static_cast<int64_t>(stream.below(4))), sex,
                                 evidence::Number::whole(18 + static_cast<int64_t>(stream.below(60)))},
                                "test",
                                clock_.now()};
        auto draft = kernel_->judge(std::move(request), workspace);
        CHECK(draft.has_value(), draft ? "" : draft.error().text().c_str());
        drafts.push_back(*std::move(draft));
      }
      CHECK(store_
                ->write([&](Transaction& tx) -> Result<void> {
                  for (const kernel::Draft& draft : drafts) kernel_->record(tx, draft);
                  return {};
                })
                .has_value(),
            "the decisions are kept");
    }
  }
  void follow() { CHECK(follower_->catch_up(silent_).has_value(), "the evidence is followed"); }

  using Cells = std::map<std::tuple<int, std::string, std::string>, std::vector<int64_t>>;  // month, attribute, group
  Cells read(const std::string& columns, const std::string& table) {
    Cells out;
    EXPECT_TRUE(store_->read([&](Reader& reader) {
      return reader.each(
          "SELECT month, attribute, member, " + columns + " FROM " + table, {}, [&](const Row& row) -> Result<void> {
            auto& cell = out[{static_cast<int>(row.integer(0)), std::string(row.text(1)), std::string(row.text(2))}];
            for (size_t i = 3; i < 5; ++i) cell.push_back(row.integer(i));
            return {};
          });
    }));
    return out;
  }
  // `visit` gets month, approved and facts of every decision.
  void each_decision(const std::function<void(const evidence::StoredRecord&, int, bool,
                                              const std::vector<evidence::FactValue>&)>& visit) {
    EXPECT_TRUE(log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind != evidence::RecordKind::decision) return {};
      const auto judgement = TRY(evidence::decode_judgement(record.judgement));
      const auto at = TRY(evidence::decode_circumstances(record.circumstances)).at;
      visit(record, month_of(at), kernel::outcome_of(judgement) == "approve",
            TRY(evidence::decode_facts(*record.facts)).facts);
      return {};
    }));
  }

  MeasureNeeds needs() { return {*store_, *log_, *kernel_, files_, clock_}; }
  ShowAnswer shown(const std::string& jurisdiction) {
    const auto answer =
        show(needs(), {.use_case = std::string(kernel::kTestUseCase), .jurisdiction = jurisdiction}, silent_);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().text());
    return answer.value_or(ShowAnswer{});
  }

  Silent silent_;
  DiskFiles files_;
  std::shared_ptr<const kernel::Version> version_;
  std::unique_ptr<FairnessBook> book_;
  std::unique_ptr<kernel::Follower> follower_;
};

TEST_P(FairnessTest, TheCountsOfGroupsAreThoseOfTheEvidenceOverChunksAndRestarts) {
  RandomStream stream(Random(1), 1, 1);
  for (int round = 0; round < 4; ++round) {
    decide(700, 0.7, stream);
    clock_.advance_us(20 * kDay);
    while (follower_->behind() > 0) ASSERT_TRUE(follower_->follow(1 + stream.below(400), silent_));
    follower_.reset(), book_.reset(), version_.reset();
    open();
    open_book();
  }
  Cells expected;
  each_decision([&](const evidence::StoredRecord&, int month, bool approved, const auto& facts) {
    for (const auto& [name, at] : {std::pair{"sex", 2}, std::pair{"age", 3}}) {
      auto& cell = expected[{month, name, group_of(facts[static_cast<size_t>(at)])}];
      cell.resize(2);
      ++cell[0], cell[1] += approved ? 1 : 0;
    }
  });
  EXPECT_EQ(read("decided, approved", "fairness_count"), expected);
}

TEST_P(FairnessTest, ALabelCountsOnceAndMovesWhenItChanges) {
  RandomStream stream(Random(2), 1, 1);
  decide(1200, 0.7, stream);
  follow();
  const auto label = [&](bool all_bad, int days) {
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      each_decision([&](const evidence::StoredRecord& record, int, bool, const auto&) {
        const bool bad = all_bad || record.id.sequence() % 5 == 0;
        EXPECT_TRUE(
            evidence::put_outcome(tx, {record.id, "default", bad ? 1 : 0, {clock_.now().microseconds + days * kDay}}));
      });
      return {};
    }));
  };
  const auto expect_counted = [&](bool all_bad) {
    Cells expected;
    each_decision([&](const evidence::StoredRecord& record, int month, bool approved, const auto& facts) {
      for (const auto& [name, at] : {std::pair{"sex", 2}, std::pair{"age", 3}}) {
        auto& cell = expected[{month, name, group_of(facts[static_cast<size_t>(at)])}];
        cell.resize(2);
        if (approved) ++cell[all_bad || record.id.sequence() % 5 == 0 ? 1 : 0];
      }
    });
    EXPECT_EQ(read("good_approved, bad_approved", "fairness_label"), expected);
  };
  label(false, 1);
  const LabelNeeds label_needs{*store_, *log_, *kernel_};
  EXPECT_EQ(count_labels(label_needs, silent_).value_or(0), 1200u);
  expect_counted(false);
  EXPECT_EQ(count_labels(label_needs, silent_).value_or(9), 0u);
  expect_counted(false);
  label(true, 2);
  EXPECT_EQ(count_labels(label_needs, silent_).value_or(0), 960u);
  expect_counted(true);
}

TEST_P(FairnessTest, GroupsTreatedApartAreBeyondTheLimitAndTheProxyIsNamed) {
  RandomStream stream(Random(3), 1, 1);
  decide(4000, 0.5, stream);
  follow();
  const ShowAnswer answer = shown("cn");
  EXPECT_EQ(answer.verdict, Verdict::beyond);
  ASSERT_EQ(answer.attributes.size(), 2u);
  EXPECT_EQ(answer.attributes[0].attribute, "sex");
  EXPECT_EQ(answer.attributes[0].measures[0].worst_group, "woman");
  EXPECT_EQ(answer.attributes[0].measures[0].worst_against, "man");
  EXPECT_EQ(answer.attributes[0].proxies[0].fact, "income");
  EXPECT_GT(answer.attributes[0].proxies[0].auc, 0.75);
  EXPECT_NE(answer.attributes[1].verdict, Verdict::beyond) << "age has nothing to do with it";
  EXPECT_EQ(answer.attributes[1].groups.size(), 5u);
  const auto run = measure_all(needs(), {}, silent_);
  ASSERT_TRUE(run) << run.error().text();
  ASSERT_EQ(run->standings.size(), 1u) << "cn alone is measured nightly";
  EXPECT_EQ(run->standings[0].worst_group, "woman");
  std::vector<incidents::OpenAlert> alerts;
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    alerts = TRY(incidents::open_alerts(reader));
    return {};
  }));
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].subject, "cn/sex");
}

TEST_P(FairnessTest, EqualTreatmentIsWithinTheLimitsThatLabelsAreNotNeededFor) {
  RandomStream stream(Random(4), 1, 1);
  decide(6000, 1.0, stream);
  follow();
  const AttributeView sex = shown("eu").attributes[0];
  EXPECT_EQ(sex.measures[0].verdict, Verdict::within);
  EXPECT_EQ(sex.measures[1].verdict, Verdict::within);
  EXPECT_EQ(sex.measures[2].verdict, Verdict::insufficient_evidence) << "no labels yet";
}

// Two people of 4,000: not their group, not their number, not in any field of the answer.
TEST_P(FairnessTest, AGroupThatCouldNameSomebodyIsShownNowhere) {
  RandomStream stream(Random(5), 1, 1);
  decide(4000, 0.7, stream);
  follow();
  for (const char* jurisdiction : {"us", "eu", "cn"}) {
    const std::string text = print_json(to_json(shown(jurisdiction)));
    EXPECT_EQ(text.find("unsaid"), std::string::npos) << jurisdiction;
  }
  const AttributeView sex = shown("cn").attributes[0];
  ASSERT_EQ(sex.groups.size(), 2u);
  EXPECT_EQ(sex.groups_withheld, 1);
  for (const GroupView& group : sex.groups) EXPECT_EQ(group.decided % 10, 0) << "else they were the total's rest";
}

TEST_P(FairnessTest, RulesToComeAreTriedOnWhatWasDecidedUpToNow) {
  clock_.set(start_of(*Date::parse("2026-11-22")));
  RandomStream stream(Random(6), 1, 1);
  decide(300, 0.7, stream);
  follow();
  const auto answer = show(needs(), {std::string(kernel::kTestUseCase), "eu", *Date::parse("2028-01-01")}, silent_);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->rules.effective_from, *Date::parse("2027-12-02"));
  EXPECT_EQ(answer->to_month, "2026-11");
  EXPECT_EQ(answer->decided, 300);
  EXPECT_EQ(shown("eu").rules.effective_from, *Date::parse("2026-11-20"));
  EXPECT_EQ(shown("eu").rules.next_from, *Date::parse("2027-12-02"));
  const auto early = show(needs(), {std::string(kernel::kTestUseCase), "eu", *Date::parse("2000-01-01")}, silent_);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::invalid);
}

TEST_P(FairnessTest, TheSampleForProxiesIsTheSameHoweverItWasFed) {
  RandomStream stream(Random(7), 1, 1);
  decide(6200, 0.7, stream);
  follow();
  const auto sample = [&] {
    std::set<int64_t> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) {
      return reader.each("SELECT sequence FROM fairness_sample", {}, [&](const Row& row) -> Result<void> {
        out.insert(row.integer(0));
        return {};
      });
    }));
    return out;
  };
  const std::set<int64_t> at_once = sample();
  EXPECT_EQ(at_once.size(), kSampleRows);
  ASSERT_TRUE(store_->write([](Transaction& tx) -> Result<void> {
    for (const char* table : {"fairness_sample", "fairness_count", "kernel_follower"}) {
      TRY(tx.execute("DELETE FROM " + std::string(table)));
    }
    return {};
  }));
  open_book();
  while (follower_->behind() > 0) {
    ASSERT_TRUE(follower_->follow(1 + stream.below(1500), silent_));
    if (stream.chance(0.3)) open_book();
  }
  EXPECT_EQ(sample(), at_once);
}

INSTANTIATE_TEST_SUITE_P(Engines, FairnessTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::fairness
