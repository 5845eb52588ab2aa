#include "governance/audit/audit_for_test.h"
#include "governance/audit/nightly.h"
#include "governance/audit/replay_run.h"
#include "governance/incidents/incident.h"

namespace puhui::audit {
namespace {

class AuditReplayTest : public AuditTest {
 protected:
  ReplayReport replayed(ReplayRequest request) {
    const auto report = replay(*needs_, request, quiet_);
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : ReplayReport{};
  }
  NightRow night(int64_t sample = 5) {
    clock_.advance_us(int64_t{86'400} * 1'000'000);
    const auto row = nightly(*needs_, {.sample = sample}, quiet_);
    EXPECT_TRUE(row) << row.error().text();
    return row ? *row : NightRow{};
  }
  std::vector<incidents::OpenAlert> alerts() {
    std::vector<incidents::OpenAlert> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader));
      return {};
    }));
    return out;
  }
  size_t open_incidents() {
    size_t out = 0;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::find_incidents(reader, {.open = true})).size();
      return {};
    }));
    return out;
  }
  // Behind the house's back: another model's answers under this permit.
  void change_judgement(const evidence::StoredRecord& record) {
    auto judgement = *evidence::decode_judgement(record.judgement);
    judgement.models[0].score += 1;
    const std::string bytes = encode(judgement);
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute("UPDATE evidence_record SET judgement = ? WHERE sequence = ?",
                     {BytesView{bytes}, static_cast<int64_t>(record.id.sequence())}));
      return {};
    }));
  }
  void restore(const evidence::StoredRecord& record) {
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute("UPDATE evidence_record SET judgement = ? WHERE sequence = ?",
                     {BytesView{record.judgement}, static_cast<int64_t>(record.id.sequence())}));
      return {};
    }));
  }
};

TEST_P(AuditReplayTest, two_thousand_decisions_report_the_same_on_any_threads_and_batches) {
  decide(grant(table_proposal()), 1000);
  decide(grant(table_proposal(models::ModelKind::boosting)), 1000);
  const ReplayReport one = replayed({.threads = 1, .batch = 1});
  EXPECT_EQ(one.replayed, 2000);
  EXPECT_EQ(one.identical, 2000);
  EXPECT_NE(one.digest, Digest{});
  for (const auto& [threads, batch] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 256}, {2, 1}, {2, 256}, {3, 4096}, {7, 5}}) {
    EXPECT_EQ(replayed({.threads = threads, .batch = batch}), one) << threads << " threads, batch " << batch;
  }
}

TEST_P(AuditReplayTest, one_other_byte_is_told_and_changes_the_digest_never_the_rest) {
  decide(grant(table_proposal()), 200);
  const ReplayReport before = replayed({});
  const auto all = decisions();
  change_judgement(all[100]);
  const ReplayReport one = replayed({.threads = 1, .batch = 1}), many = replayed({.threads = 2, .batch = 256});
  EXPECT_EQ(one, many);
  EXPECT_EQ(one.different, 1);
  ASSERT_EQ(one.differences.size(), 1u);
  EXPECT_EQ(one.differences[0].id, all[100].id);
  EXPECT_EQ(one.digest, before.digest) << "the digest is over what comes out now";
}

TEST_P(AuditReplayTest, filters_hold_and_a_seed_draws_the_same_sample) {
  decide(grant(table_proposal()), 300);
  int64_t declines = 0;
  for (const auto& record : decisions())
    declines += kernel::outcome_of(*evidence::decode_judgement(record.judgement)) != "approve";
  EXPECT_EQ(replayed({.declines_only = true}).replayed, declines);
  EXPECT_EQ(replayed({.use_case = "lending.approval"}).replayed, 300);
  EXPECT_EQ(replayed({.use_case = "lending"}).replayed, 0);
  const auto at = evidence::decode_circumstances(decisions()[290].circumstances)->at;
  EXPECT_EQ(replayed({.from = at}).replayed, 10);
  const auto some = replayed({.sample = 50, .seed = 3});
  EXPECT_GT(some.replayed, 20);
  EXPECT_LT(some.replayed, 90);
  EXPECT_EQ(replayed({.sample = 50, .seed = 3}), some);
  EXPECT_NE(replayed({.sample = 50, .seed = 4}), some);
}

TEST_P(AuditReplayTest, a_quiet_night_takes_the_new_declines_and_is_good) {
  decide(grant(table_proposal()), 100);
  const NightRow first = night();
  EXPECT_TRUE(first.good);
  EXPECT_TRUE(first.chain_whole);
  EXPECT_FALSE(first.whole_build);
  int64_t declines = 0;
  for (const auto& record : decisions())
    declines += kernel::outcome_of(*evidence::decode_judgement(record.judgement)) != "approve";
  EXPECT_EQ(first.declines, declines);
  EXPECT_EQ(first.replay.replayed, first.declines + first.sampled);
  EXPECT_EQ(night().declines, 0) << "nothing was declined since";
  EXPECT_TRUE(alerts().empty());
  const auto listed = list_nights(*needs_, {1, ""});
  ASSERT_TRUE(listed && listed->nights.size() == 1 && listed->next);
  EXPECT_EQ(list_nights(*needs_, {1, *listed->next})->nights[0].declines, declines);
}

TEST_P(AuditReplayTest, a_difference_is_an_alert_and_one_incident_until_it_is_gone) {
  decide(grant(table_proposal()), 100);
  const auto all = decisions();
  const auto decline = *std::find_if(all.begin(), all.end(), [](const auto& record) {
    return kernel::outcome_of(*evidence::decode_judgement(record.judgement)) != "approve";
  });
  change_judgement(decline);
  const NightRow bad = night(0);
  EXPECT_FALSE(bad.good);
  EXPECT_FALSE(bad.chain_whole) << "the record's own link says so too";
  ASSERT_EQ(bad.replay.differences.size(), 1u);
  EXPECT_EQ(bad.replay.differences[0].id, decline.id);
  ASSERT_EQ(alerts().size(), 2u);
  for (const auto& alert : alerts()) EXPECT_EQ(alert.severity, 1);
  EXPECT_EQ(open_incidents(), 2u) << "the chain's and the replay's";
  EXPECT_FALSE(night(0).good) << "what differed is taken again though it is old";
  EXPECT_EQ(open_incidents(), 2u) << "no second one of the same";
  restore(decline);
  EXPECT_TRUE(night(0).good);
  EXPECT_TRUE(alerts().empty());
}

TEST_P(AuditReplayTest, a_changed_program_takes_every_decision_again) {
  decide(grant(table_proposal()), 50);
  EXPECT_LT(night(5).replay.replayed, 50);
  reopen("puhui next");
  const NightRow row = night(5);
  EXPECT_TRUE(row.whole_build);
  EXPECT_EQ(row.replay.replayed, 50);
  EXPECT_TRUE(row.good);
}

TEST_P(AuditReplayTest, a_night_is_due_once_in_the_small_hours) {
  const auto due_at = [&](std::string_view moment) {
    clock_.set(*parse_timestamp(moment));
    return *night_is_due(*needs_);
  };
  EXPECT_FALSE(due_at("2026-03-02T01:59:59+08:00"));
  EXPECT_TRUE(due_at("2026-03-02T02:00:00+08:00"));
  ASSERT_TRUE(nightly(*needs_, {}, quiet_));
  EXPECT_FALSE(due_at("2026-03-02T02:30:00+08:00"));
  EXPECT_FALSE(due_at("2026-03-02T23:30:00+08:00"));
  EXPECT_TRUE(due_at("2026-03-03T02:10:00+08:00"));
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditReplayTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::audit
