#include "infrastructure/kernel/kernel.h"

#include <gmock/gmock.h>

#include <thread>

#include "infrastructure/kernel/decision_view.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_P(KernelTest, a_decision_lies_in_the_evidence_and_is_taken_again_to_the_same_bytes) {
  for (const auto kind : {models::ModelKind::scorecard, models::ModelKind::boosting}) {
    TestProposal proposal;
    proposal.model = kind;
    const auto version = grant(proposal);
    for (int64_t income = 1000; income < 10'000; income += 500) {
      clock_.advance_us(1'000);
      const auto decision = kernel_->decide(request(version, income, income / 500 % 6), no_act);
      ASSERT_TRUE(decision) << decision.error().text();
      const auto record = log_->find(decision->id());
      ASSERT_TRUE(record) << record.error().text();
      EXPECT_EQ(record->judgement, encode(decision->judgement()));
      EXPECT_EQ(*evidence::decode_circumstances(record->circumstances), decision->circumstances());
      EXPECT_EQ(decision->judgement().permit, version->digest());
    }
  }
  EXPECT_EQ(replay_all(), 36u);
  open();
  EXPECT_EQ(replay_all(), 36u) << "and after a restart";
}

TEST_P(KernelTest, nothing_decides_without_a_permit) {
  const auto none = kernel_->in_force(kTestUseCase);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::forbidden);
  EXPECT_THAT(none.error().text(), HasSubstr("no permit is in force; propose one and have two people sign it"));
}

TEST_P(KernelTest, a_version_that_was_never_granted_does_not_decide) {
  const evidence::Permit unsigned_permit{manifest_of({}), {}};
  std::shared_ptr<const Version> version;
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    StoredArtefacts artefacts(reader);
    version = TRY(Version::load(unsigned_permit, artefacts));
    return {};
  }));
  const auto decision = kernel_->decide(request(version, 5000, 0), no_act);
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().code, ErrorCode::forbidden);
  EXPECT_THAT(decision.error().text(), HasSubstr("was never granted"));
  EXPECT_EQ(log_->records(), 0u);
}

TEST_P(KernelTest, a_permit_without_its_signatures_is_not_granted) {
  evidence::Permit permit = signed_permit(manifest_of({}));
  permit.approvals.pop_back();
  const auto granted = kernel_->grant(permit, "test");
  ASSERT_FALSE(granted);
  EXPECT_EQ(granted.error().code, ErrorCode::forbidden);
  EXPECT_FALSE(kernel_->in_force(kTestUseCase));
  EXPECT_EQ(log_->records(), 0u) << "and no act is recorded";
}

TEST_P(KernelTest, a_permit_is_for_a_declared_use_case_at_its_own_risk) {
  TestProposal unknown;
  unknown.use_case = "fraud.card";
  EXPECT_THAT(refusal(unknown), HasSubstr("no application declares 'fraud.card'"));
  TestProposal low;
  low.tier = 3;
  EXPECT_THAT(refusal(low), HasSubstr("tier: the use case is of tier 1; a permit may not say a lower risk (3)"));
}

TEST_P(KernelTest, a_permit_that_expires_between_load_and_decision_decides_no_more) {
  TestProposal proposal;
  proposal.valid_us = 1'000'000;
  const auto version = grant(proposal);
  EXPECT_TRUE(kernel_->decide(request(version, 5000, 0), no_act));
  clock_.advance_us(1'000'000);
  const auto late = kernel_->decide(request(version, 5000, 0), no_act);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::forbidden);
  EXPECT_THAT(late.error().text(), HasSubstr("its permit expired on 2026-01-01T00:00:01"));
  EXPECT_EQ(replay_all(), 1u) << "what was decided is still explained";
  open();
  EXPECT_THAT(kernel_->in_force(kTestUseCase).error().text(),
              AllOf(HasSubstr("its permit does not hold"), HasSubstr("expired on")));
  EXPECT_EQ(replay_all(), 1u);
}

TEST_P(KernelTest, another_build_decides_nothing_until_a_new_permit_but_replays) {
  EXPECT_TRUE(kernel_->decide(request(grant(), 5000, 0), no_act));
  open("puhui next");
  EXPECT_THAT(kernel_->in_force(kTestUseCase).error().text(),
              HasSubstr("the permit is for 'puhui test', this program is 'puhui next'"));
  EXPECT_EQ(replay_all(), 1u);
  TestProposal proposal;
  proposal.build = "puhui next";
  EXPECT_TRUE(kernel_->decide(request(grant(proposal), 5000, 0), no_act));
}

TEST_P(KernelTest, a_permit_changed_in_the_store_does_not_load) {
  grant();
  const auto tampered = store_->write([&](Transaction& tx) -> Result<void> {
    std::string text = *TRY(tx.text("SELECT permit FROM kernel_permit"));
    text.replace(text.find("0.30"), 4, "0.99");
    TRY(tx.execute("UPDATE kernel_permit SET permit = ?", {text}));
    return {};
  });
  ASSERT_TRUE(tampered);
  open();
  EXPECT_THAT(kernel_->in_force(kTestUseCase).error().text(),
              HasSubstr("has a signature that is not over this manifest"));
}

TEST_P(KernelTest, a_model_changed_in_the_store_does_not_load_and_the_program_starts_all_the_same) {
  grant();
  const auto tampered = store_->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE kernel_artefact SET bytes = ? WHERE kind = 'model'", {BytesView{"another model"}}));
    return {};
  });
  ASSERT_TRUE(tampered);
  open();
  EXPECT_THAT(kernel_->in_force(kTestUseCase).error().text(), HasSubstr("its bytes give"));
}

TEST_P(KernelTest, the_last_permit_granted_is_in_force_whatever_the_clock_did) {
  TestProposal first, second;
  second.cap = "0.20";
  grant(first);
  clock_.set({kTestStart.microseconds - 86'400'000'000});
  second.valid_us = 2 * 86'400'000'000;
  const Digest digest = grant(second)->digest();
  open();
  const auto version = kernel_->in_force(kTestUseCase);
  ASSERT_TRUE(version) << version.error().text();
  EXPECT_EQ((*version)->digest(), digest);
}

TEST_P(KernelTest, a_grant_is_an_act_of_the_evidence) {
  const auto version = grant();
  std::vector<evidence::StoredRecord> records;
  ASSERT_TRUE(log_->each(std::nullopt, 10, [&](const evidence::StoredRecord& record) -> Result<void> {
    records.push_back(record);
    return {};
  }));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, evidence::RecordKind::permit);
  EXPECT_THAT(records[0].judgement, AllOf(HasSubstr(version->digest().hex()), HasSubstr(std::string(kTestUseCase))));
}

TEST_P(KernelTest, swapped_while_four_threads_decide_each_decision_is_by_one_permit_whole) {
  TestProposal lenient, strict;
  lenient.cap = "0.99";
  strict.cap = "0.00";
  const Digest first = grant(lenient)->digest();
  std::atomic<bool> stop = false;
  std::atomic<int> refused = 0, approved = 0;
  std::atomic<bool> torn = false;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; !stop || i < 5; ++i) {
        const auto version = *kernel_->in_force(kTestUseCase);
        const auto decision = kernel_->decide(request(version, 1000 + i % 9000, t), no_act);
        if (!decision) {
          torn = true;
          return;
        }
        // The lenient cap approves everybody, the strict one nobody: outcome and permit must agree.
        if (decision->approves() != (decision->judgement().permit == first)) torn = true;
        ++(decision->approves() ? approved : refused);
      }
    });
  }
  while (approved < 20) std::this_thread::yield();
  const Digest second = grant(strict)->digest();
  while (refused < 20) std::this_thread::yield();
  stop = true;
  threads.clear();
  EXPECT_FALSE(torn);
  EXPECT_NE(first, second);
  EXPECT_EQ(replay_all(), static_cast<uint64_t>(approved + refused));
}

TEST_P(KernelTest, an_act_that_fails_leaves_no_decision_behind) {
  const auto version = grant();
  const uint64_t before = log_->records();
  const auto failed = kernel_->decide(request(version, 5000, 0), [](Transaction&, const Decision&) -> Result<void> {
    return fail(ErrorCode::conflict, "the application stands already");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::conflict);
  EXPECT_EQ(log_->records(), before);
  EXPECT_TRUE(kernel_->decide(request(version, 5000, 0), no_act));
  EXPECT_EQ(log_->records(), before + 1);
}

TEST_P(KernelTest, one_thread_and_four_judge_to_the_same_bytes) {
  const auto version = grant();
  constexpr int kCount = 2000;
  const auto judged_by = [&](int threads) {
    std::vector<std::string> out(kCount);
    std::vector<std::jthread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        Workspace workspace;
        for (int i = t; i < kCount; i += threads) {
          const auto draft = kernel_->judge(request(version, 1000 + i * 4, i % 6), workspace);
          if (draft) out[static_cast<size_t>(i)] = encode(draft->judgement());
        }
      });
    }
    workers.clear();
    return out;
  };
  const auto alone = judged_by(1);
  EXPECT_EQ(std::count(alone.begin(), alone.end(), ""), 0);
  EXPECT_EQ(judged_by(4), alone);
}

TEST_P(KernelTest, facts_changed_after_the_decision_replay_to_another_judgement) {
  const auto version = grant();
  const auto decision = kernel_->decide(request(version, 9000, 0), no_act);
  ASSERT_TRUE(decision && decision->approves());
  auto record = *log_->find(decision->id());
  evidence::FactsPayload payload = *evidence::decode_facts(*record.facts);
  payload.facts = facts_of(1100, 5);
  record.facts = encode(payload);
  Workspace workspace;
  const auto again = kernel_->replay(record, workspace);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_FALSE(again->identical);
  EXPECT_THAT(again->difference, AllOf(HasSubstr("outcome then approve, now refuse"), HasSubstr("Probability then")));
  payload.facts.pop_back();
  record.facts = encode(payload);
  EXPECT_EQ(kernel_->replay(record, workspace).error().code, ErrorCode::corrupt);
  record.facts.reset();
  EXPECT_TRUE(kernel_->replay(record, workspace)->erased);
}

TEST_P(KernelTest, equal_facts_of_two_people_have_digests_that_do_not_tell) {
  const auto version = grant();
  Request one = request(version, 5000, 0), two = request(version, 5000, 0);
  two.entity = {3, 4};
  const auto first = kernel_->decide(std::move(one), no_act), second = kernel_->decide(std::move(two), no_act);
  ASSERT_TRUE(first && second);
  EXPECT_NE(log_->find(first->id())->facts_digest, log_->find(second->id())->facts_digest);
}

TEST_P(KernelTest, a_decision_is_told_in_words_with_personal_facts_masked_and_sealed_ones_withheld) {
  const auto version = grant();
  const auto decision = kernel_->decide(request(version, 1500, 5), no_act);
  ASSERT_TRUE(decision);
  const auto record = *log_->find(decision->id());
  const auto masked = view_of(record, *version, PersonalFacts::masked);
  ASSERT_TRUE(masked) << masked.error().text();
  const std::string words = tell(*masked);
  EXPECT_THAT(words, AllOf(HasSubstr("refuse"), HasSubstr("The risk is too high."), HasSubstr("风险过高。"),
                           HasSubstr("13****00"), HasSubstr("sealed")));
  EXPECT_THAT(words, AllOf(Not(HasSubstr("13800138000")), Not(HasSubstr("1500"))));
  const auto shown = view_of(record, *version, PersonalFacts::shown);
  EXPECT_THAT(tell(*shown), AllOf(HasSubstr("13800138000"), HasSubstr("1500"), HasSubstr("sealed")));
}

TEST_P(KernelTest, a_personal_fact_that_the_policy_hands_on_is_masked_there_too) {
  TestProposal proposal;
  proposal.policy = policy_of(
      kTestInputs, {{"Income", "income", {"income"}}, {"Outcome", R"("refuse")", {}}, {"Reasons", R"(["risk"])", {}}});
  const auto version = grant(proposal);
  const auto decision = kernel_->decide(request(version, 123'456'789, 5), no_act);
  ASSERT_TRUE(decision) << decision.error().text();
  const auto view = view_of(*log_->find(decision->id()), *version, PersonalFacts::masked);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->outputs[0].name, "Income");
  EXPECT_EQ(view->outputs[0].value, "12****89");
  EXPECT_EQ(view->outputs[1].value, "refuse");
}

TEST_P(KernelTest, stored_again_an_artefact_is_the_same_and_too_large_a_one_is_refused) {
  const auto one = kernel_->put_artefact("policy", "text"), two = kernel_->put_artefact("policy", "text");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
  EXPECT_EQ(*kernel_->artefact(*one), "text");
  EXPECT_EQ(kernel_->artefact(sha256("other")).error().code, ErrorCode::not_found);
  const auto large = kernel_->put_artefact("model", std::string(kArtefactBytesMax + 1, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::exhausted);
}

INSTANTIATE_TEST_SUITE_P(Engines, KernelTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::kernel
