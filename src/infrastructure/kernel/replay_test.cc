#include "infrastructure/kernel/replay.h"

#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

class ReplayTest : public KernelTest {
 protected:
  // Good and bad applicants, some without a value, in one commit each.
  void decide(const std::shared_ptr<const Version>& version, int count) {
    Workspace workspace;
    for (int i = 0; i < count; ++i) {
      const auto late = i % 7 == 0 ? std::nullopt : std::optional<int64_t>(i % 6);
      auto draft = kernel_->judge(request(version, 1000 + 37 * i % 9000, late), workspace);
      ASSERT_TRUE(draft) << draft.error().text();
      ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
        kernel_->record(tx, *draft);
        return {};
      }));
    }
  }

  std::vector<evidence::StoredRecord> decisions() {
    std::vector<evidence::StoredRecord> out;
    const auto walked = log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind == evidence::RecordKind::decision) out.push_back(record);
      return {};
    });
    EXPECT_TRUE(walked);
    return out;
  }
};

TestProposal with_boosting() {
  TestProposal proposal;
  proposal.model = models::ModelKind::boosting;
  proposal.cap = "0.25";
  return proposal;
}

TEST_P(ReplayTest, batches_of_any_size_give_the_bytes_that_were_recorded) {
  decide(grant(), 300);
  decide(grant(with_boosting()), 300);  // two permits, two models
  const auto records = decisions();
  ASSERT_EQ(records.size(), 600u);
  for (const size_t batch : {1, 2, 256, 4096}) {
    Replayer replayer(*kernel_);
    const auto replayed = replayer.replay(records, batch);
    ASSERT_TRUE(replayed) << replayed.error().text();
    for (size_t i = 0; i < records.size(); ++i) {
      ASSERT_TRUE((*replayed)[i].identical) << "batch " << batch << ", " << i << ": " << (*replayed)[i].difference;
      ASSERT_EQ((*replayed)[i].judgement, sha256(records[i].judgement));
    }
  }
}

TEST_P(ReplayTest, a_changed_judgement_is_told_in_words_whatever_the_batch) {
  decide(grant(), 40);
  auto records = decisions();
  auto judgement = *evidence::decode_judgement(records[17].judgement);
  for (evidence::Output& output : judgement.outputs) {
    if (output.name == kOutcomeDecision) output.value = std::string("maybe");
  }
  records[17].judgement = encode(judgement);
  for (const size_t batch : {1, 16}) {
    const auto replayed = Replayer(*kernel_).replay(records, batch);
    ASSERT_TRUE(replayed);
    for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ((*replayed)[i].identical, i != 17) << i;
    EXPECT_TRUE((*replayed)[17].difference.starts_with("outcome then maybe, now ")) << (*replayed)[17].difference;
  }
}

TEST_P(ReplayTest, an_erased_decision_is_not_taken_again) {
  decide(grant(), 3);
  auto records = decisions();
  records[1].facts.reset();
  const auto replayed = Replayer(*kernel_).replay(records, 8);
  ASSERT_TRUE(replayed);
  EXPECT_TRUE((*replayed)[1].erased);
  EXPECT_FALSE((*replayed)[1].identical);
  EXPECT_TRUE((*replayed)[0].identical && (*replayed)[2].identical);
}

TEST_P(ReplayTest, contributions_of_each_model_asked_sum_to_its_total) {
  for (const auto kind : {models::ModelKind::scorecard, models::ModelKind::boosting}) {
    TestProposal proposal;
    proposal.model = kind;
    const auto version = grant(proposal);
    Workspace workspace;
    const auto explained = version->explain(facts_of(2500, 4), workspace);
    ASSERT_TRUE(explained && explained->size() == 1);
    const auto& explanation = (*explained)[0].explanation;
    ASSERT_TRUE(explanation);
    int64_t sum = explanation->base;
    for (const models::Contribution& one : explanation->contributions) sum += one.amount;
    EXPECT_EQ(sum, explanation->total);
    EXPECT_EQ(explanation->contributions.size(), version->models()[0].model->features().size());
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ReplayTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::kernel
