#include "infrastructure/federation/office.h"

#include "infrastructure/federation/meeting.h"
#include "infrastructure/federation/runner_for_test.h"

namespace puhui::federation {

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
template <class T>
std::string why(const Result<T>& result) {
  return result ? "well" : result.error().text();
}

class OfficeTest : public RunnerFixture, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override { open_houses(2, GetParam()); }
  House& lender() { return *houses_[0]; }
  Office& office() { return *houses_[0]->office; }
  evidence::Signature signed_by(const Digest& job, const std::string& person) {
    return lender().keys.at(person).sign(*office().approval_bytes(job, person));
  }
  Digest kept(const std::string& name) { return office().register_job(toy_job(houses_, name), "tester")->hash; }
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    EXPECT_TRUE(lender().log->each(std::nullopt, 1000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind == evidence::RecordKind::federation) out.push_back(record.judgement);
      return {};
    }));
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, OfficeTest, testing::ValuesIn(test_engines()));

TEST_P(OfficeTest, a_house_is_one_party_for_good) {
  const auto again = office().make_self(lender().identity->certificate(), "", "key", "tester");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(office().self()->address, lender().address());
}

TEST_P(OfficeTest, a_partner_is_pinned_only_with_the_fingerprint_that_was_read_out) {
  const auto stranger = *channel::Identity::make("stranger", lender().clock.now());
  const Invitation invitation{"stranger", stranger.certificate().pem, "", stranger.certificate().fingerprint.hex()};
  const std::string wrong(64, '0');
  const auto refused = office().accept(invitation, wrong, "tester");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(has(why(refused), wrong) && has(why(refused), invitation.fingerprint)) << why(refused);
  EXPECT_FALSE(office().pinned("stranger"));
  ASSERT_TRUE(office().accept(invitation, invitation.fingerprint, "tester"));
  EXPECT_EQ(office().pinned("stranger")->fingerprint, stranger.certificate().fingerprint);
  const auto other = *channel::Identity::make("stranger", lender().clock.now());
  const std::string theirs = other.certificate().fingerprint.hex();
  const auto clash = office().accept({"stranger", other.certificate().pem, "", theirs}, theirs, "tester");
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().code, ErrorCode::conflict);
  ASSERT_TRUE(office().drop("stranger", "tester"));
  EXPECT_FALSE(office().pinned("stranger"));
  EXPECT_TRUE(office().accept({"stranger", other.certificate().pem, "", theirs}, theirs, "tester"));
  EXPECT_EQ(office().partners("", 10)->size(), 2u);
  EXPECT_EQ(office().partners("registry", 10)->size(), 1u);
}

TEST_P(OfficeTest, maker_and_checker_are_two_people_and_neither_alone_lets_it_run) {
  const Digest job = kept("four eyes");
  EXPECT_TRUE(has(why(office().check_approved(job)), "nobody signed it here"));
  const auto made = office().approve(job, "maker", signed_by(job, "maker"), "tester");
  ASSERT_TRUE(made) << why(made);
  EXPECT_EQ(made->state, JobState::proposed);
  EXPECT_TRUE(has(why(office().check_approved(job)), "only its maker"));
  const auto twice = office().approve(job, "maker", signed_by(job, "maker"), "tester");
  ASSERT_FALSE(twice);
  EXPECT_TRUE(has(why(twice), "another person's signature is needed")) << why(twice);
  const auto forged = office().approve(job, "checker", signed_by(job, "maker"), "tester");
  ASSERT_FALSE(forged);
  EXPECT_EQ(forged.error().code, ErrorCode::forbidden);
  const auto checked = office().approve(job, "checker", signed_by(job, "checker"), "tester");
  ASSERT_TRUE(checked) << why(checked);
  EXPECT_EQ(checked->state, JobState::approved);
  ASSERT_EQ(checked->approvals.size(), 2u);
  EXPECT_EQ(checked->approvals[0].role, SignerRole::maker);
  EXPECT_EQ(checked->approvals[1].person, "checker");
  EXPECT_TRUE(office().check_approved(job));
  EXPECT_TRUE(has(acts().at(acts().size() - 2), "refused")) << "a refused signature is an act too";
}

TEST_P(OfficeTest, who_may_not_approve_can_make_and_not_check) {
  const auto key = evidence::SigningKey::make();
  ASSERT_TRUE(lender().store->write([&](Transaction& tx) {
    return evidence::add_person(tx, {"junior", key.public_key(), false}, lender().clock.now());
  }));
  const Digest one = kept("one"), other = kept("other");
  ASSERT_TRUE(office().approve(one, "junior", key.sign(*office().approval_bytes(one, "junior")), "tester"));
  ASSERT_TRUE(office().approve(other, "maker", signed_by(other, "maker"), "tester"));
  const auto refused = office().approve(other, "junior", key.sign(*office().approval_bytes(other, "junior")), "tester");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
}

TEST_P(OfficeTest, a_signature_that_was_changed_behind_our_back_approves_nothing) {
  const Digest job = kept("tampered");
  lender().approve(job);
  ASSERT_TRUE(lender().store->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE federation_approval SET person = 'somebody' WHERE person = 'checker'", {}));
    return {};
  }));
  const auto approved = office().check_approved(job);
  ASSERT_FALSE(approved);
  EXPECT_EQ(approved.error().code, ErrorCode::corrupt);
}

TEST_P(OfficeTest, a_rejected_job_is_neither_signed_nor_run) {
  const Digest job = kept("no");
  ASSERT_EQ(office().reject(job, "too many columns", "tester")->why, "too many columns");
  EXPECT_FALSE(office().approve(job, "maker", signed_by(job, "maker"), "tester"));
  EXPECT_FALSE(office().begin_run(job, {}));
}

TEST_P(OfficeTest, a_job_of_other_houses_or_certificates_is_refused) {
  std::string file = toy_job(houses_, "others");
  const std::string ours = lender().identity->certificate().fingerprint.hex();
  file.replace(file.find(ours), 64, std::string(64, 'a'));
  const auto refused = office().register_job(file, "tester");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(has(why(refused), "expected ours, " + ours)) << why(refused);
  ASSERT_TRUE(office().drop("registry", "tester"));
  EXPECT_TRUE(has(why(office().register_job(toy_job(houses_, "dropped"), "tester")), "'registry' is not pinned here"));
}

TEST_P(OfficeTest, jobs_are_found_by_hash_prefix_and_name_and_listed_in_pages) {
  std::vector<Digest> made;
  for (int i = 0; i < 5; ++i) {
    lender().clock.advance_us(1000);
    made.push_back(kept("job " + std::to_string(i)));
  }
  EXPECT_EQ(office().find_job(made[2].hex().substr(0, 10))->hash, made[2]);
  EXPECT_EQ(office().find_job("job 3")->hash, made[3]);
  EXPECT_FALSE(office().find_job("job 9"));
  const auto first = office().jobs(std::nullopt, "", 2);
  ASSERT_TRUE(first) << why(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ((*first)[0].name, "job 4");
  const auto second = office().jobs(std::nullopt, (*first)[1].hash.hex(), 10);
  ASSERT_EQ(second->size(), 3u);
  EXPECT_EQ((*second)[0].name, "job 2");
  EXPECT_TRUE(office().jobs(JobState::done, "", 10)->empty());
}

TEST_P(OfficeTest, a_run_leaves_its_page_model_and_card) {
  const Digest job = propose(toy_job(houses_, "whole"));
  const auto ends = run_all(job);
  ASSERT_TRUE(ends[0]) << why(ends[0]);
  const auto page = office().page(job);
  ASSERT_TRUE(page) << why(page);
  EXPECT_EQ(page->job.state, JobState::done);
  EXPECT_EQ(page->model, ends[0]->model);
  ASSERT_EQ(page->runs.size(), 1u);
  EXPECT_EQ(page->runs[0].bytes_sent, static_cast<int64_t>(ends[0]->bytes_sent));
  EXPECT_EQ(page->runs[0].doing, "done");
  const auto card = office().model(ends[0]->model.hex().substr(0, 12));
  ASSERT_TRUE(card) << why(card);
  EXPECT_EQ(card->rows, 5);
  EXPECT_EQ(office().models("", 10)->size(), 1u);
  EXPECT_TRUE(office().models(ends[0]->model.hex(), 10)->empty());
  EXPECT_EQ(office().partners("", 10)->front().jobs, 1);
  EXPECT_TRUE(has(acts().back(), "done; transcript head"));
}

TEST_P(OfficeTest, a_changed_entry_or_signature_shows_in_the_verification) {
  const Digest job = propose(toy_job(houses_, "verified"));
  ASSERT_TRUE(run_all(job)[0]);
  const auto report = [&] {
    TranscriptReport out;
    EXPECT_TRUE(lender().store->read([&](Reader& reader) -> Result<void> {
      out = TRY(verify_transcript(reader, job, "lender", TRY(office().certificates())));
      return {};
    }));
    return out;
  };
  EXPECT_EQ(report().first_break, "");
  EXPECT_EQ(report().signatures.size(), 4u);
  const auto change = [&](const std::string& sql) {
    EXPECT_TRUE(lender().store->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute(sql, {}));
      return {};
    }));
  };
  change("UPDATE federation_head SET entries = entries - 1 WHERE party = 'lender' AND signer = 'registry'");
  ASSERT_EQ(report().faults.size(), 1u);
  EXPECT_TRUE(
      has(report().faults[0], "the signature of registry under the transcript of lender is not a signature of it"));
  change("UPDATE federation_entry SET line = '{}' WHERE number = 3");
  EXPECT_TRUE(has(report().first_break, "entry 3"));
}

// ---- what parties show each other

TEST_P(OfficeTest, a_hello_is_held_against_the_job_in_every_point) {
  const Digest job = propose(toy_job(houses_, "hello"));
  const Job declared = office().find_job(job.hex())->job;
  const channel::Identity& registry = *houses_[1]->identity;
  Hello hello;
  hello.job = job;
  hello.party = "registry";
  hello.certificate = registry.certificate().pem;
  hello.approvals = {2, sha256("a"), sha256("b"), ""};
  hello.approvals.signature = to_hex(registry.sign(statement_bytes(job, "registry", hello.approvals)));
  EXPECT_TRUE(check_hello(hello, declared, job, 1)) << why(check_hello(hello, declared, job, 1));
  const auto faults = [&](auto change) {
    Hello changed = hello;
    change(changed);
    return why(check_hello(changed, declared, job, 1));
  };
  EXPECT_TRUE(has(faults([](Hello& h) { h.version = 9; }), "ours is 1, that of 'registry' is 9"));
  EXPECT_TRUE(has(faults([](Hello& h) { h.job = sha256("x"); }), sha256("x").hex()));
  EXPECT_TRUE(has(faults([](Hello& h) { h.party = "lender"; }), "expected 'registry', came 'lender'"));
  EXPECT_TRUE(has(faults([](Hello& h) { h.approvals.signers = 1; }), "expected two people of 'registry'"));
  EXPECT_TRUE(has(faults([](Hello& h) { h.approvals.checker = h.approvals.maker; }), "signed with one key"));
  EXPECT_TRUE(has(faults([](Hello& h) { h.approvals.maker = sha256("c"); }), "not signed by its certificate"));
  EXPECT_TRUE(has(faults([&](Hello& h) { h.certificate = lender().identity->certificate().pem; }),
                  "expected fingerprint " + registry.certificate().fingerprint.hex()));
  EXPECT_TRUE(has(faults([](Hello& h) { h.certificate = "none"; }), "certificate of registry"));
}

TEST(Meeting, the_newest_step_that_all_have_under_one_attempt_is_gone_on_from) {
  Hello one, other;
  one.points = {{1, 4, 2}, {1, 3, 2}};
  other.points = {{1, 3, 2}, {1, 2, 2}};
  EXPECT_EQ(newest_common({one, other}), (Point{1, 3, 2}));
  other.points = {{1, 3, 1}, {1, 2, 1}};
  EXPECT_TRUE(newest_common({one, other}).is_start()) << "steps of two attempts are not mixed";
  other.points = {};
  EXPECT_TRUE(newest_common({one, other}).is_start());
}

TEST(Meeting, bytes_that_are_no_messages_are_corrupt) {
  for (const std::string& bytes : {std::string(), std::string("{"), std::string("{}"), std::string("[1]"),
                                   std::string(kAgreementBytesMax + 1, ' ')}) {
    EXPECT_EQ(read_hello(bytes).error().code, ErrorCode::corrupt);
    EXPECT_EQ(read_agreement(bytes).error().code, ErrorCode::corrupt);
  }
  EXPECT_EQ(read_ending(R"({"parts":["zz"]})").error().code, ErrorCode::corrupt);
  EXPECT_FALSE(check_step("\x01", {1, 2, 3}, "registry"));
  EXPECT_TRUE(check_step(step_bytes({1, 2, 3}), {1, 2, 9}, "registry"));
}

}  // namespace

}  // namespace puhui::federation
