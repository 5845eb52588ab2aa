#include "governance/permits/proposal.h"

#include <gmock/gmock.h>

#include "governance/incidents/alert.h"
#include "governance/permits/proposal_table.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::permits {
namespace {

using kernel::TestProposal;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int64_t kMinuteUs = 60'000'000, kDayUs = 86'400'000'000;

std::vector<Migration> tables() {
  std::vector<Migration> out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

class ProposalTest : public kernel::KernelTest {
 protected:
  ProposalTest() : KernelTest(tables()) {
    const auto added = store_->write([&](Transaction& tx) -> Result<void> {
      TRY(evidence::add_person(tx, {"carl", key(3).public_key(), false}, kernel::kTestStart));
      TRY(evidence::add_person(tx, {"dora", key(4).public_key(), true}, kernel::kTestStart));
      return {};
    });
    CHECK(added.has_value(), "carl and dora are there");
    proposals_.emplace(PermitNeeds{*store_, *log_, *kernel_, clock_});
  }

  std::optional<Digest> in_force() {
    const auto version = kernel_->in_force(kernel::kTestUseCase);
    return version ? std::optional((*version)->digest()) : std::nullopt;
  }
  Proposals::Written written(const std::string& cap = "0.30", int64_t valid_us = 90 * kDayUs) {
    clock_.advance_us(1);
    TestProposal proposal;
    proposal.cap = cap;
    proposal.valid_us = valid_us;
    return {manifest_of(proposal), in_force()};
  }
  Proposal submit(const std::string& cap = "0.30") {
    auto submitted = proposals_->submit(written(cap), "author");
    CHECK(submitted.has_value(), submitted ? "" : submitted.error().text().c_str());
    return *std::move(submitted);
  }
  // What `by` sends after looking at the page; the tests change one part of it.
  Proposals::Signature signature(const Proposal& proposal, const std::string& by, uint8_t key_number) {
    const auto page = proposals_->page(proposal.id);
    CHECK(page.has_value(), page ? "" : page.error().text().c_str());
    const Timestamp at = clock_.now();
    const auto bytes = evidence::approval_bytes(page->proposal.manifest, by, at);
    return {proposal.id, at, key(key_number).sign(bytes).hex(), page->seen};
  }
  Proposal approve(const Proposal& proposal, const std::string& by, uint8_t key_number) {
    auto approved = proposals_->approve(signature(proposal, by, key_number), by);
    EXPECT_TRUE(approved) << approved.error().text();
    return approved ? *approved : proposal;
  }
  std::string refusal(const Proposals::Signature& signature, const std::string& by) {
    const auto approved = proposals_->approve(signature, by);
    return approved ? "approved" : approved.error().text();
  }
  Proposal put_in_force(const std::string& cap) {
    const Proposal proposal = submit(cap);
    approve(proposal, "anna", 1);
    return approve(proposal, "bo", 2);
  }
  Proposal now(const Proposal& proposal) { return proposals_->page(proposal.id)->proposal; }
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->each(std::nullopt, 1000, [&](const evidence::StoredRecord& record) -> Result<void> {
      const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
      if (record.kind == evidence::RecordKind::permit) out.push_back(circumstances.caller + ": " + record.judgement);
      return {};
    }));
    return out;
  }
  std::vector<incidents::OpenAlert> alerts() {
    std::vector<incidents::OpenAlert> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader));
      return {};
    }));
    return out;
  }

  std::optional<Proposals> proposals_;
};

TEST_P(ProposalTest, the_last_signature_needed_puts_it_in_force) {
  const Proposal proposal = submit();
  EXPECT_EQ(proposal.state, ProposalState::submitted);
  EXPECT_EQ(proposal.approvals_needed, 2);
  EXPECT_EQ(approve(proposal, "anna", 1).state, ProposalState::submitted);
  EXPECT_FALSE(in_force()) << "one of two is not enough";
  const Proposal done = approve(proposal, "bo", 2);
  EXPECT_EQ(done.state, ProposalState::in_force);
  EXPECT_EQ(in_force(), proposal.digest);
  EXPECT_THAT(acts(), AllOf(Contains(AllOf(HasSubstr("author: proposal"), HasSubstr("submitted"))),
                            Contains(AllOf(HasSubstr("anna: proposal"), HasSubstr("approved, 1 of 2"))),
                            Contains(AllOf(HasSubstr("bo: proposal"), HasSubstr("approved, 2 of 2"))),
                            Contains(AllOf(HasSubstr("bo: permit"), HasSubstr("granted")))));
}

TEST_P(ProposalTest, a_signature_over_one_byte_else_is_refused_and_the_refusal_recorded) {
  const Proposal proposal = submit();
  auto signature = this->signature(proposal, "anna", 1);
  evidence::Manifest other = proposal.manifest;
  other.thresholds[0].value = "0.31";
  signature.signature = key(1).sign(evidence::approval_bytes(other, "anna", signature.at)).hex();
  EXPECT_THAT(refusal(signature, "anna"), AllOf(HasSubstr("forbidden"), HasSubstr("not over these bytes")));
  EXPECT_TRUE(now(proposal).approvals.empty());
  EXPECT_THAT(acts(), Contains(AllOf(HasSubstr("anna: approval of proposal"), HasSubstr("refused: forbidden"))));
}

TEST_P(ProposalTest, every_bit_of_a_signature_counts) {
  const Proposal proposal = submit();
  const auto good = signature(proposal, "anna", 1);
  for (size_t digit : {0u, 63u, 64u, 127u}) {
    auto bad = good;
    bad.signature[digit] = bad.signature[digit] == '0' ? '1' : '0';
    EXPECT_THAT(refusal(bad, "anna"), HasSubstr("forbidden")) << digit;
  }
  auto bad = good;
  bad.signature = "not hex";
  EXPECT_THAT(refusal(bad, "anna"), HasSubstr("expected 128 hex digits"));
  EXPECT_EQ(refusal(good, "anna"), "approved");
}

TEST_P(ProposalTest, the_author_does_not_sign_by_whatever_name_or_key) {
  ASSERT_TRUE(store_->write([&](Transaction& tx) {
    return evidence::add_person(tx, {"author", key(7).public_key(), true}, clock_.now());
  }));
  const Proposal proposal = submit();
  EXPECT_THAT(refusal(signature(proposal, "author", 7), "author"), HasSubstr("you wrote it"));
  EXPECT_THAT(refusal(signature(proposal, "anna", 7), "anna"), HasSubstr("with the key of author"));
  EXPECT_THAT(acts(), Contains(HasSubstr("author: approval of proposal")));
  EXPECT_TRUE(now(proposal).approvals.empty());
}

TEST_P(ProposalTest, somebody_elses_signature_is_refused) {
  const Proposal proposal = submit();
  EXPECT_THAT(refusal(signature(proposal, "anna", 2), "anna"), HasSubstr("with the key of bo"));
  EXPECT_THAT(refusal(signature(proposal, "bo", 2), "anna"), HasSubstr("not over these bytes"))
      << "signed for bo, sent by anna";
  EXPECT_THAT(refusal(signature(proposal, "mallory", 9), "mallory"), HasSubstr("no signing key"));
  EXPECT_THAT(refusal(signature(proposal, "carl", 3), "carl"), HasSubstr("may not approve"));
  EXPECT_TRUE(now(proposal).approvals.empty());
  EXPECT_EQ(acts().size(), 5u) << "one submission, four refusals";
}

TEST_P(ProposalTest, one_person_counts_once) {
  const Proposal proposal = submit();
  const auto first = signature(proposal, "anna", 1);
  EXPECT_EQ(refusal(first, "anna"), "approved");
  EXPECT_EQ(refusal(first, "anna"), "approved") << "the same request again answers as before";
  clock_.advance_us(kMinuteUs);
  EXPECT_THAT(refusal(signature(proposal, "anna", 1), "anna"), HasSubstr("signed it already"));
  EXPECT_EQ(now(proposal).approvals.size(), 1u);
  EXPECT_FALSE(in_force());
}

TEST_P(ProposalTest, an_old_or_borrowed_signature_does_not_come_in) {
  const Proposal one = submit("0.30"), other = submit("0.31");
  auto replayed = signature(one, "anna", 1);
  replayed.id = other.id;
  replayed.seen = proposals_->page(other.id)->seen;
  EXPECT_THAT(refusal(replayed, "anna"), HasSubstr("not over these bytes")) << "of another proposal";
  const auto old = signature(one, "anna", 1);
  clock_.advance_us(kApprovalSkewMinutesMax * kMinuteUs + 1);
  EXPECT_THAT(refusal(old, "anna"), HasSubstr("within 5 minutes"));
  auto moved = old;
  moved.at = clock_.now();
  EXPECT_THAT(refusal(moved, "anna"), HasSubstr("not over these bytes")) << "another moment than was signed";
  clock_.advance_us(-2 * kApprovalSkewMinutesMax * kMinuteUs - 2);
  EXPECT_THAT(refusal(old, "anna"), HasSubstr("within 5 minutes")) << "and from the future";
}

TEST_P(ProposalTest, a_page_written_against_another_permit_is_told_who_granted_which) {
  const auto stale = written("0.35");
  const Proposal meanwhile = put_in_force("0.30");
  const auto submitted = proposals_->submit(stale, "author");
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, ErrorCode::conflict);
  EXPECT_THAT(submitted.error().text(), AllOf(HasSubstr(meanwhile.digest.short_hex()), HasSubstr("written by author"),
                                              HasSubstr("signed by anna and bo"), HasSubstr("granted 2026-01-01")));
}

TEST_P(ProposalTest, what_was_seen_must_be_what_stands) {
  const Proposal proposal = submit();
  const auto before = signature(proposal, "anna", 1);
  ASSERT_TRUE(proposals_->schedule(proposal.id, {clock_.now().microseconds + kDayUs}, "author"));
  EXPECT_THAT(refusal(before, "anna"), AllOf(HasSubstr("conflict"), HasSubstr("look at it again")));
  approve(proposal, "anna", 1);
  const auto second = signature(proposal, "bo", 2);
  EXPECT_EQ(second.seen, signature(proposal, "anna", 1).seen) << "a signature does not make the page stale";
}

TEST_P(ProposalTest, nobody_writes_in_anothers_name) {
  const auto submitted = proposals_->submit(written(), "anna");
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, ErrorCode::forbidden);
  EXPECT_THAT(submitted.error().text(), HasSubstr("your own name 'anna'"));
}

TEST_P(ProposalTest, what_could_never_run_is_not_asked_to_be_signed) {
  auto bad = written();
  bad.manifest.build = "another";
  bad.manifest.tier = 2;
  bad.manifest.expires_at = clock_.now();
  const auto submitted = proposals_->submit(bad, "author");
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().faults.size(), 3u) << submitted.error().text();
  auto missing = written();
  missing.manifest.artefacts[0].digest = sha256("not in the store");
  const auto other = proposals_->submit(missing, "author");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().text(), HasSubstr("is not in this store"));
  EXPECT_TRUE(proposals_->list({})->empty());
}

TEST_P(ProposalTest, a_draft_is_not_signed_until_it_is_submitted) {
  const auto mine = written();
  const auto draft = proposals_->draft(mine, "author");
  ASSERT_TRUE(draft);
  EXPECT_THAT(refusal(signature(*draft, "anna", 1), "anna"), HasSubstr("draft, not to be signed"));
  const auto submitted = proposals_->submit(mine, "author");
  ASSERT_TRUE(submitted) << submitted.error().text();
  EXPECT_EQ(submitted->id, draft->id);
  EXPECT_EQ(proposals_->submit(mine, "author")->id, draft->id) << "and again";
  EXPECT_EQ(proposals_->list({})->size(), 1u);
}

TEST_P(ProposalTest, rejecting_needs_the_right_to_sign) {
  const Proposal proposal = submit();
  for (const char* who : {"carl", "author", "mallory"}) {
    const auto rejected = proposals_->reject(proposal.id, "no", who);
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().code, ErrorCode::forbidden) << who;
    EXPECT_THAT(acts(), Contains(HasSubstr(std::string(who) + ": rejection of proposal")));
  }
  const auto rejected = proposals_->reject(proposal.id, "the cap is too high", "bo");
  ASSERT_TRUE(rejected) << rejected.error().text();
  EXPECT_EQ(rejected->state, ProposalState::rejected);
  EXPECT_EQ(rejected->closed_by, "bo");
  EXPECT_THAT(acts(), Contains(HasSubstr("rejected: the cap is too high")));
  EXPECT_THAT(refusal(signature(proposal, "anna", 1), "anna"), HasSubstr("rejected, not to be signed"));
  EXPECT_EQ(proposals_->submit({proposal.manifest, proposal.base}, "author").error().code, ErrorCode::conflict);
}

TEST_P(ProposalTest, only_its_author_withdraws_it) {
  const Proposal proposal = submit();
  EXPECT_EQ(proposals_->withdraw(proposal.id, "", "anna").error().code, ErrorCode::forbidden);
  EXPECT_EQ(proposals_->withdraw(proposal.id, "", "author")->state, ProposalState::withdrawn);
}

TEST_P(ProposalTest, a_scheduled_one_takes_force_when_it_is_due) {
  const Proposal proposal = submit();
  const Timestamp at{clock_.now().microseconds + kDayUs};
  ASSERT_TRUE(proposals_->schedule(proposal.id, at, "author"));
  approve(proposal, "anna", 1);
  EXPECT_EQ(approve(proposal, "bo", 2).state, ProposalState::scheduled);
  ASSERT_TRUE(proposals_->due());
  EXPECT_FALSE(in_force());
  clock_.set(at);
  ASSERT_TRUE(proposals_->due());
  EXPECT_EQ(in_force(), proposal.digest);
  EXPECT_EQ(now(proposal).state, ProposalState::in_force);
}

TEST_P(ProposalTest, a_schedule_lies_ahead_and_after_a_signature_is_not_the_authors_any_more) {
  const Proposal proposal = submit();
  EXPECT_EQ(proposals_->schedule(proposal.id, clock_.now(), "author").error().code, ErrorCode::invalid);
  approve(proposal, "anna", 1);
  const Timestamp at{clock_.now().microseconds + kDayUs};
  EXPECT_EQ(proposals_->schedule(proposal.id, at, "author").error().code, ErrorCode::forbidden);
  EXPECT_TRUE(proposals_->schedule(proposal.id, at, "bo"));
}

TEST_P(ProposalTest, what_a_dying_process_left_between_signature_and_grant_is_finished) {
  for (const bool by_housekeeping : {true, false}) {
    Proposal proposal = submit(by_housekeeping ? "0.30" : "0.31");
    approve(proposal, "anna", 1);
    const auto last = signature(proposal, "bo", 2);
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      TRY(insert_approval(tx, proposal, {"bo", last.at, last.signature, last.seen}));
      proposal.state = ProposalState::approved;
      return update_proposal(tx, proposal);
    }));
    if (by_housekeeping) {
      ASSERT_TRUE(proposals_->due());
    } else {
      EXPECT_EQ(refusal(last, "bo"), "approved");
    }
    EXPECT_EQ(in_force(), proposal.digest);
    EXPECT_EQ(now(proposal).state, ProposalState::in_force);
    EXPECT_EQ(now(proposal).approvals.size(), 2u);
  }
}

TEST_P(ProposalTest, an_approved_one_never_goes_over_a_newer_version) {
  const Proposal left_behind = submit("0.20");
  const Proposal first = put_in_force("0.30");
  EXPECT_EQ(now(left_behind).state, ProposalState::superseded);
  EXPECT_THAT(now(left_behind).why, HasSubstr(first.digest.short_hex()));
  const Proposal scheduled = submit("0.21");
  ASSERT_TRUE(proposals_->schedule(scheduled.id, {clock_.now().microseconds + kDayUs}, "author"));
  approve(scheduled, "anna", 1);
  approve(scheduled, "bo", 2);
  grant();  // by the file's way, past the proposals
  clock_.advance_us(kDayUs);
  ASSERT_TRUE(proposals_->due());
  EXPECT_EQ(now(scheduled).state, ProposalState::superseded);
  EXPECT_NE(in_force(), scheduled.digest);
}

TEST_P(ProposalTest, an_approval_that_cannot_take_force_says_why_and_raises_an_alert) {
  Proposal proposal = submit();
  const auto last = signature(proposal, "bo", 2);
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    // One signature only: as if the other had been lost.
    TRY(insert_approval(tx, proposal, {"bo", last.at, last.signature, last.seen}));
    proposal.state = ProposalState::approved;
    return update_proposal(tx, proposal);
  }));
  ASSERT_TRUE(proposals_->due());
  EXPECT_EQ(now(proposal).state, ProposalState::approved);
  EXPECT_THAT(now(proposal).why, HasSubstr("valid signatures of 2 people"));
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_THAT(alerts()[0].en, HasSubstr("could not take force"));
  EXPECT_FALSE(in_force());
}

TEST_P(ProposalTest, a_permit_near_its_end_is_an_alert_that_a_new_one_settles) {
  const auto first = proposals_->submit(written("0.30", 40 * kDayUs), "author");
  ASSERT_TRUE(first);
  approve(*first, "anna", 1);
  approve(*first, "bo", 2);
  ASSERT_TRUE(proposals_->watch_expiry());
  EXPECT_TRUE(alerts().empty());
  clock_.advance_us(11 * kDayUs);
  ASSERT_TRUE(proposals_->watch_expiry());
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].severity, 3);
  clock_.advance_us(25 * kDayUs);
  ASSERT_TRUE(proposals_->watch_expiry());
  EXPECT_EQ(alerts()[0].severity, 2);
  put_in_force("0.31");
  ASSERT_TRUE(proposals_->watch_expiry());
  EXPECT_TRUE(alerts().empty());
}

TEST_P(ProposalTest, each_person_is_shown_what_that_person_may_sign) {
  const Proposal proposal = submit();
  EXPECT_EQ(proposals_->to_sign("anna")->size(), 1u);
  EXPECT_EQ(proposals_->to_sign("carl")->size(), 0u) << "may not approve";
  EXPECT_EQ(proposals_->to_sign("author")->size(), 0u);
  approve(proposal, "anna", 1);
  EXPECT_EQ(proposals_->to_sign("anna")->size(), 0u);
  EXPECT_EQ(proposals_->to_sign("bo")->size(), 1u);
}

TEST_P(ProposalTest, the_page_tells_what_changes) {
  put_in_force("0.30");
  TestProposal next;
  next.cap = "0.25";
  next.model = models::ModelKind::boosting;
  next.policy = kernel::test_policy(R"(if Probability > cap or late > 3 then "refuse" else "approve")");
  clock_.advance_us(1);
  const auto submitted = proposals_->submit({manifest_of(next), in_force()}, "author");
  ASSERT_TRUE(submitted) << submitted.error().text();
  const auto page = proposals_->page(submitted->id);
  ASSERT_TRUE(page) << page.error().text();
  const Difference& difference = page->difference;
  ASSERT_EQ(difference.thresholds.size(), 1u);
  EXPECT_EQ(difference.thresholds[0].then, "0.30");
  EXPECT_EQ(difference.thresholds[0].now, "0.25");
  ASSERT_EQ(difference.models.size(), 1u);
  EXPECT_EQ(difference.models[0].kind_then, "scorecard");
  EXPECT_EQ(difference.models[0].kind_now, "boosting");
  EXPECT_GT(difference.models[0].figures.size(), 3u);
  ASSERT_EQ(difference.expressions.size(), 1u);
  EXPECT_EQ(difference.expressions[0].decision, "Outcome");
  std::string words;
  for (const Sentence& sentence : in_words(difference)) words += sentence.en + "\n";
  EXPECT_THAT(words, AllOf(HasSubstr("Threshold cap: 0.30 → 0.25"), HasSubstr("auc"), HasSubstr("or late > 3")));
}

INSTANTIATE_TEST_SUITE_P(Engines, ProposalTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::permits
