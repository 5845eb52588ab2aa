// For tests only: monitoring by the shipped policy on a fresh store, with an office for its cases and two people who sign.
#pragma once

#include <gtest/gtest.h>

#include "applications/aml/report.h"
#include "ground/base/check.h"
#include "ground/store/test_store.h"
#include "infrastructure/cases/reading.h"
#include "infrastructure/evidence/people.h"

namespace puhui::aml {

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

class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

class MonitorTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr int64_t kStartUs = 1'767'225'600'000'000;

  MonitorTest() {
    open();
    grant();
  }
  ~MonitorTest() override {
    close();
    std::fclose(nowhere_);
  }

  void close() {
    if (store_) store_->close();
    verbs_.reset();
    monitor_.reset();
    office_.reset();
    kernel_.reset();
    log_.reset();
    store_.reset();
  }

  // As after kill -9: nothing is said goodbye to.
  void open() {
    close();
    std::vector<Migration> all = evidence::migrations();
    for (auto more : {kernel::migrations(), cases::migrations(), monitoring_migrations()}) {
      for (Migration& migration : more) all.push_back(std::move(migration));
    }
    auto store = open_store(place_.where(), std::move(all), {clock_, &faults_});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    log_ = *evidence::EvidenceLog::open(*store_);
    auto kernel = kernel::Kernel::open({*store_, *log_, clock_, words_, metrics_, "test", sha256("salt")},
                                       {monitoring_use_case()});
    CHECK(kernel.has_value(), kernel ? "" : kernel.error().text().c_str());
    kernel_ = *std::move(kernel);
    office_ = std::make_unique<cases::Office>(cases::OfficeNeeds{*store_, *log_, clock_});
    monitor_ = std::make_unique<Monitor>(MonitorNeeds{*store_, *log_, *kernel_, *office_, clock_, words_});
    verbs_.emplace(MonitoringVerbNeeds{*store_, *log_, *kernel_, *monitor_, files_, clock_});
  }

  void grant() {
    const auto folder = read_monitoring_folder(files_, "policies/aml_transfers");
    CHECK(folder.has_value(), folder ? "" : folder.error().text().c_str());
    evidence::Permit permit;
    const auto manifest = propose(*kernel_, *folder, {"author", 365, ""}, clock_.now());
    CHECK(manifest.has_value(), manifest ? "" : manifest.error().text().c_str());
    permit.manifest = *manifest;
    for (const char* who : {"anna", "bo"}) {
      const auto key = evidence::SigningKey::make();
      CHECK(store_
                ->write([&](Transaction& tx) {
                  return evidence::add_person(tx, {who, key.public_key(), true}, clock_.now());
                })
                .has_value(),
            "the person is there");
      permit.approvals.push_back(evidence::approve(permit.manifest, who, clock_.now(), key));
    }
    const auto granted = kernel_->grant(permit, "test");
    CHECK(granted.has_value(), granted ? "" : granted.error().text().c_str());
  }

  static TransferRequest request(std::string key, double day, std::string from, std::string to, int64_t amount_minor) {
    TransferRequest out;
    out.key = std::move(key);
    out.at = {kStartUs + static_cast<int64_t>(day * 86'400) * 1'000'000};
    out.from = std::move(from);
    out.to = std::move(to);
    out.amount_minor = amount_minor;
    return out;
  }
  Result<Watched> pay(double day, std::string from, std::string to, int64_t amount_minor) {
    return monitor_->transfer(request("k" + std::to_string(++keys_), day, std::move(from), std::move(to), amount_minor),
                              "test");
  }
  // Two quiet months, then amounts just below the threshold: the last one completes the pattern.
  FindingRow structure(const std::string& from = "alice", double day = 70) {
    EXPECT_TRUE(pay(0, "quiet", "other", 100));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pay(day + i * .1, from, "bob", 4'900'000 + i));
    const auto last = pay(day + .4, from, "bob", 4'800'000);
    CHECK(last.has_value() && last->findings.size() == 1, "the pattern is found");
    return last->findings.front();
  }
  std::vector<FindingRow> findings() {
    std::vector<FindingRow> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(find_findings(reader, FindingsRequest()));
      return {};
    }));
    return out;
  }
  cases::CasePage page(const Id128& in_case) {
    cases::CasePage out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(cases::read_page(reader, cases::CaseId(in_case)));
      return {};
    }));
    return out;
  }

  TestStore place_{GetParam()};
  ManualClock clock_{Timestamp{kStartUs + 300ll * 86'400'000'000}};
  std::FILE* nowhere_ = std::fopen("/dev/null", "w");
  Log words_{clock_, nowhere_};
  Metrics metrics_;
  DiskFiles files_;
  OneFault faults_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<evidence::EvidenceLog> log_;
  std::unique_ptr<kernel::Kernel> kernel_;
  std::unique_ptr<cases::Office> office_;
  std::unique_ptr<Monitor> monitor_;
  std::optional<MonitoringVerbNeeds> verbs_;
  int keys_ = 0;
};

}  // namespace puhui::aml
