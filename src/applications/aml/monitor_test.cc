#include "applications/aml/monitor.h"

#include <gmock/gmock.h>

#include "applications/aml/monitor_for_test.h"
#include "applications/aml/monitoring_replay.h"
#include "applications/aml/simulation.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::aml {
namespace {

class AmlMonitor : public MonitorTest {};
INSTANTIATE_TEST_SUITE_P(Engines, AmlMonitor, ::testing::ValuesIn(test_engines()));

TEST_P(AmlMonitor, a_pattern_is_decided_and_opens_a_case_in_one_transaction) {
  const FindingRow found = structure();
  EXPECT_EQ(found.line.typology, Typology::structuring);
  EXPECT_EQ(found.line.account, "alice");
  EXPECT_EQ(found.line.outcome, "alert");
  ASSERT_TRUE(found.line.alert && found.line.in_case);
  const auto record = log_->find(evidence::RecordId(found.line.decision));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, evidence::RecordKind::decision);
  const auto judgement = evidence::decode_judgement(record->judgement);
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->use_case, kMonitoringScope);
  EXPECT_EQ(judgement->reasons.front().code, "structuring");
  const auto shown = page(*found.line.in_case);
  ASSERT_EQ(shown.alerts.size(), 1u);
  EXPECT_EQ(shown.alerts[0].subject, "alice");
  EXPECT_EQ(shown.alerts[0].kind, "structuring");
  EXPECT_EQ(shown.alerts[0].amount_minor, found.line.amount_minor);
  EXPECT_GT(shown.alerts[0].expected_loss_minor, 0);
}

TEST_P(AmlMonitor, a_key_sent_again_is_answered_as_it_was_and_with_another_content_refused) {
  const FindingRow found = structure();
  auto same = request("k5", 70.4, "alice", "bob", 4'800'000);
  const auto again = monitor_->transfer(same, "test");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  ASSERT_EQ(again->findings.size(), 1u);
  EXPECT_EQ(again->findings[0].line.id, found.line.id);
  same.amount_minor += 1;
  EXPECT_EQ(monitor_->transfer(same, "test").error().code, ErrorCode::conflict);
  EXPECT_EQ(findings().size(), 1u);
}

TEST_P(AmlMonitor, after_a_kill_it_finds_what_it_would_have_found) {
  EXPECT_TRUE(pay(0, "quiet", "other", 100));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(pay(70 + i * .1, "alice", "bob", 4'900'000));
  open();
  EXPECT_TRUE(pay(70.3, "alice", "bob", 4'900'000));
  EXPECT_TRUE(monitor_->snapshot());
  open();
  const auto last = pay(70.4, "alice", "bob", 4'900'000);
  ASSERT_TRUE(last) << last.error().text();
  ASSERT_EQ(last->findings.size(), 1u);
  EXPECT_EQ(last->seq, 5u);
  EXPECT_EQ(last->findings[0].seqs, (std::vector<uint64_t>{2, 3, 4, 5}));
}

TEST_P(AmlMonitor, a_commit_that_fails_leaves_neither_transfer_nor_pattern_behind) {
  EXPECT_TRUE(pay(0, "quiet", "other", 100));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pay(70 + i * .1, "alice", "bob", 4'900'000));
  faults_.arm(StoreFaults::Step::commit);
  EXPECT_FALSE(pay(70.3, "alice", "bob", 4'900'000));
  EXPECT_TRUE(findings().empty());
  const auto again = pay(70.4, "alice", "bob", 4'900'000);
  ASSERT_TRUE(again) << again.error().text();
  ASSERT_EQ(again->findings.size(), 1u);
  EXPECT_EQ(again->findings[0].line.transfers, 4);
  EXPECT_EQ(again->seq, 5u);
}

TEST_P(AmlMonitor, while_automatic_decisions_are_stopped_every_finding_is_for_a_person) {
  kernel::Stop stop;
  stop.name = kMonitoringUseCase;
  stop.why = "drill";
  stop.by = "anna";
  stop.at = clock_.now();
  ASSERT_TRUE(kernel_->stop(stop));
  const FindingRow found = structure();
  EXPECT_EQ(found.line.outcome, "alert");
  EXPECT_TRUE(found.line.in_case);
}

TEST_P(AmlMonitor, a_verdict_becomes_the_outcome_laundering_of_the_decision) {
  const FindingRow bad = structure();
  const FindingRow good = structure("carol", 80);
  for (const auto& [row, verdict] : {std::pair(bad, cases::Verdict::confirmed), {good, cases::Verdict::dismissed}}) {
    const cases::CaseId id(*row.line.in_case);
    ASSERT_TRUE(office_->propose(id, verdict, "looked at", "anna"));
    ASSERT_TRUE(office_->confirm(id, "bo"));
    std::optional<evidence::Outcome> outcome;
    ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      outcome = TRY(evidence::find_outcome(reader, evidence::RecordId(row.line.decision), kLaunderingOutcome));
      return {};
    }));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->value, verdict == cases::Verdict::confirmed ? 1 : 0);
  }
}

TEST_P(AmlMonitor, a_small_pattern_that_people_dismissed_twice_raises_no_third_alert) {
  for (int i = 0; i < 2; ++i) {
    const double day = 70 + i * 30;
    std::optional<FindingRow> found;
    EXPECT_TRUE(pay(i * .1, "quiet", "other", 100));
    for (int n = 0; n < 11; ++n) {
      auto answer = pay(day + n * .01, "p" + std::to_string(i) + "-" + std::to_string(n), "dora", 260'000);
      ASSERT_TRUE(answer) << answer.error().text();
      for (const FindingRow& row : answer->findings) found = row;
    }
    ASSERT_TRUE(found);
    ASSERT_TRUE(found->line.in_case) << i;
    ASSERT_TRUE(office_->propose(cases::CaseId(*found->line.in_case), cases::Verdict::dismissed, "a club", "anna"));
    ASSERT_TRUE(office_->confirm(cases::CaseId(*found->line.in_case), "bo"));
  }
  std::vector<FindingRow> third;
  for (int n = 0; n < 11; ++n) {
    auto answer = pay(200 + n * .01, "q" + std::to_string(n), "dora", 260'000);
    ASSERT_TRUE(answer);
    for (const FindingRow& row : answer->findings) third.push_back(row);
  }
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].line.outcome, "approve");
  EXPECT_FALSE(third[0].line.alert);
}

TEST_P(AmlMonitor, every_fault_of_a_transfer_is_named_and_none_of_it_kept) {
  auto bad = request("", 1, "a\x01", std::string(65, 'x'), 0);
  bad.countries = {"China"};
  const auto refused = monitor_->transfer(bad, "test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().faults.size(), 5u);
  auto future = request("f", 1, "a", "b", 1);
  future.at = {clock_.now().microseconds + 3'600'000'000};
  EXPECT_EQ(monitor_->transfer(future, "test").error().code, ErrorCode::invalid);
  auto pounds = request("p", 1, "a", "b", 1);
  pounds.currency = "GBP";
  EXPECT_EQ(monitor_->transfer(pounds, "test").error().code, ErrorCode::invalid);
  EXPECT_EQ(monitor_->transfer(request("ok", 1, "a", "b", 1), "test")->seq, 1u);
}

TEST_P(AmlMonitor, late_transfers_and_those_to_oneself_are_kept_and_told) {
  EXPECT_TRUE(pay(10, "a", "b", 100));
  EXPECT_EQ(pay(1, "a", "b", 100)->standing, Standing::late);
  EXPECT_EQ(pay(10, "a", "a", 100)->standing, Standing::self);
  EXPECT_EQ(monitor_->counts()->late, 1u);
}

TEST_P(AmlMonitor, without_a_permit_nothing_is_watched) {
  clock_.advance_us(366ll * 86'400'000'000);
  open();
  EXPECT_EQ(pay(1, "a", "b", 100).error().code, ErrorCode::forbidden);
}

// Both ways through: one by one with kills between, or at once, the same findings.
TEST_P(AmlMonitor, a_stream_gives_the_same_findings_with_kills_in_the_middle) {
  const Simulation simulation = simulate({5, 12'000, 700, 3});
  std::vector<std::string> straight;
  const auto settings = monitor_->watch()->settings;
  Detectors detectors(settings);
  std::vector<Finding> found;
  for (size_t i = 0; i < simulation.transfers.size(); ++i) {
    const SimulatedTransfer& one = simulation.transfers[i];
    detectors.observe({i + 1, one.at_us, account_name(one.from), account_name(one.to), one.amount_minor}, found);
  }
  for (const Finding& one : found) {
    if (!one.refreshes) straight.push_back(one.account + "/" + std::to_string(static_cast<int>(one.typology)));
  }
  for (size_t i = 0; i < simulation.transfers.size(); ++i) {
    if (i % 5000 == 4999) {
      if (i % 2 == 1) {
        EXPECT_TRUE(monitor_->snapshot());
      }
      open();
    }
    const SimulatedTransfer& one = simulation.transfers[i];
    TransferRequest transfer;
    transfer.key = "t" + std::to_string(i);
    transfer.at = {one.at_us};
    transfer.from = account_name(one.from);
    transfer.to = account_name(one.to);
    transfer.amount_minor = one.amount_minor;
    if (i % 5000 != 4998 && i + 1 != simulation.transfers.size()) {
      monitor_->transfer_later(*monitor_->watch(), std::move(transfer), "test",
                               [](const Result<Watched>& result) { EXPECT_TRUE(result) << result.error().text(); });
      continue;
    }
    EXPECT_TRUE(monitor_->transfer(transfer, "test"));
  }
  std::vector<std::string> watched;
  FindingsRequest all;
  all.limit = 1000;
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    for (const FindingRow& row : TRY(find_findings(reader, all))) {
      watched.push_back(row.line.account + "/" + std::to_string(static_cast<int>(row.line.typology)));
    }
    return {};
  }));
  EXPECT_THAT(watched, ::testing::UnorderedElementsAreArray(straight));
  EXPECT_GT(watched.size(), 15u);
}

}  // namespace
}  // namespace puhui::aml
