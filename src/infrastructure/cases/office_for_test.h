// For tests only: an office on a fresh store, told of verdicts by an application that keeps a list.
#pragma once

#include <gtest/gtest.h>

#include "ground/base/check.h"
#include "ground/store/test_store.h"
#include "infrastructure/cases/case_verbs.h"
#include "infrastructure/cases/reading.h"

namespace puhui::cases {

// Fails one step of the store when told to.
class OneFault : public StoreFaults {
 public:
  Result<void> before(Step step) override {
    if (step != armed_ || !on_.exchange(false)) return {};
    return fail(ErrorCode::unavailable, "injected");
  }
  void arm(Step step) {
    armed_ = step;
    on_ = true;
  }

 private:
  std::atomic<Step> armed_ = Step::begin;
  std::atomic<bool> on_ = false;
};

class OfficeTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr int64_t kSecondUs = 1'000'000, kMinuteUs = 60 * kSecondUs, kDayUs = 1440 * kMinuteUs;

  OfficeTest() { open(); }
  ~OfficeTest() override {
    if (store_) store_->close();
  }

  // As after a restart.
  void open() {
    if (store_) store_->close();
    office_.reset();
    log_.reset();
    store_.reset();
    std::vector<Migration> all = evidence::migrations();
    for (Migration& migration : migrations()) all.push_back(std::move(migration));
    // What the application keeps: a row a verdict or a deadline.
    all.push_back({"told", 1, "CREATE TABLE told (number {int} NOT NULL PRIMARY KEY, words {text} NOT NULL)"});
    auto store = open_store(place_.where(), std::move(all), {clock_, &faults_});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto log = evidence::EvidenceLog::open(*store_);
    CHECK(log.has_value(), log ? "" : log.error().text().c_str());
    log_ = *std::move(log);
    office_ = std::make_unique<Office>(OfficeNeeds{*store_, *log_, clock_});
    for (const char* application : {"fraud", "aml"}) {
      office_->attend(
          application,
          [this](Transaction& tx, const Alert& alert, Verdict verdict, std::string_view by) {
            return tell(tx, alert.reference + " " + word(verdict) + " by " + std::string(by));
          },
          [this](Transaction& tx, const Alert& alert) { return tell(tx, alert.reference + " overdue"); });
    }
    verb_needs_.emplace(VerbNeeds{*office_, *store_, clock_});
  }

  static std::string word(Verdict verdict) { return std::string(names_of(&verdict)[static_cast<size_t>(verdict)]); }

  Result<void> tell(Transaction& tx, const std::string& words) {
    if (words.starts_with(deaf_to_) && !deaf_to_.empty()) return fail(ErrorCode::unavailable, "told", "deaf");
    const auto number = TRY(tx.integer("SELECT COUNT(*) FROM told"));
    TRY(tx.execute("INSERT INTO told (number, words) VALUES (?, ?)", {*number, words}));
    return {};
  }
  std::vector<std::string> told() {
    std::vector<std::string> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) {
      return reader.each("SELECT words FROM told ORDER BY number", {}, [&](const Row& row) -> Result<void> {
        out.emplace_back(row.text(0));
        return {};
      });
    }));
    return out;
  }

  static AlertDraft draft(std::string subject, std::string reference, int64_t amount_minor = 100'00) {
    AlertDraft out;
    out.application = "fraud";
    out.kind = "VELOCITY";
    out.subject = std::move(subject);
    out.subject_kind = "customer";
    out.decision = evidence::RecordId::make({1}, 0, 7);
    out.probability_ppb = 500'000'000;
    out.amount_minor = amount_minor;
    out.currency = "CNY";
    out.en = "Many payments within minutes.";
    out.zh = "几分钟内多笔付款。";
    out.reference = std::move(reference);
    return out;
  }
  AlertId raise(const AlertDraft& one) {
    clock_.advance_us(kSecondUs);
    AlertId out;
    const auto raised = store_->write([&](Transaction& tx) -> Result<void> {
      out = TRY(office_->raise(tx, one));
      return {};
    });
    EXPECT_TRUE(raised) << raised.error().text();
    return out;
  }
  AlertDraft held(std::string subject, std::string reference, int64_t minutes) {
    AlertDraft out = draft(std::move(subject), std::move(reference));
    out.deadline = Timestamp{clock_.now().microseconds + minutes * kMinuteUs};
    return out;
  }
  Alert alert(std::string_view reference) {
    std::vector<Alert> found;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      found = TRY(alerts_about(reader, "fraud", reference));
      return {};
    }));
    CHECK(found.size() == 1, "one alert of that reference");
    return found[0];
  }
  CaseId case_of(std::string_view reference) { return alert(reference).in_case; }
  CasePage page(CaseId id) {
    CasePage out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_page(reader, id));
      return {};
    }));
    return out;
  }
  QueueAnswer queue(const QueueRequest& request = {}) {
    QueueAnswer out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_queue(reader, request));
      return {};
    }));
    return out;
  }
  std::vector<std::string> queued(const QueueRequest& request = {}) {
    std::vector<std::string> out;
    for (const Waiting& one : queue(request).alerts) out.push_back(one.reference);
    return out;
  }
  SummaryAnswer summary() {
    SummaryAnswer out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_summary(reader, {}, clock_.now()));
      return {};
    }));
    return out;
  }
  std::vector<std::string> happened(CaseId id) {
    std::vector<std::string> out;
    for (const CaseEvent& event : page(id).events) out.push_back(event.what + " by " + event.by);
    return out;
  }
  // Kind and words of every act in the evidence, with who did it.
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->each(std::nullopt, 10'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
      const evidence::RecordKind kind = record.kind;
      out.push_back(std::string(names_of(&kind)[static_cast<size_t>(kind)]) + " " + circumstances.caller + ": " +
                    record.judgement);
      return {};
    }));
    return out;
  }
  // What the counts say against what the alerts themselves say.
  void expect_counts_right() {
    int64_t alerts = 0, loss = 0, cases_open = 0, alerts_open = 0;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      alerts =
          *TRY(reader.integer("SELECT COUNT(*) FROM cases_alert JOIN cases_case ON cases_case.id = in_case WHERE "
                              "cases_alert.verdict IS NULL AND snoozed = 0 AND state < 2 AND cases_alert.owner = "
                              "cases_case.owner"));
      loss = TRY(reader.integer("SELECT CAST(SUM(cases_alert.expected_loss_minor) AS BIGINT) FROM cases_alert JOIN "
                                "cases_case ON cases_case.id = in_case WHERE cases_alert.verdict IS NULL AND "
                                "snoozed = 0 AND state < 2"))
                 .value_or(0);
      alerts_open = *TRY(reader.integer("SELECT COUNT(*) FROM cases_alert WHERE verdict IS NULL"));
      cases_open = TRY(reader.integer("SELECT CAST(SUM(open_alerts) AS BIGINT) FROM cases_case")).value_or(0);
      EXPECT_EQ(TRY(reader.integer("SELECT COUNT(*) FROM cases_waiting WHERE alerts < 0")), 0);
      EXPECT_EQ(TRY(reader.integer("SELECT COUNT(*) FROM cases_case WHERE owner = ''")), 0);
      return {};
    }));
    const QueueAnswer all = queue({.capacity = 1000});
    EXPECT_EQ(static_cast<int64_t>(all.alerts.size()) + all.below, alerts);
    EXPECT_EQ(all.expected_loss_minor + all.expected_loss_below_minor, loss);
    EXPECT_EQ(cases_open, alerts_open);
  }

  TestStore place_{GetParam()};
  ManualClock clock_{Timestamp{1'767'225'600'000'000}};
  OneFault faults_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<evidence::EvidenceLog> log_;
  std::unique_ptr<Office> office_;
  std::optional<VerbNeeds> verb_needs_;
  std::string deaf_to_;  // the application fails when told of it
};

}  // namespace puhui::cases
