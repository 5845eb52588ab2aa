// For tests only: a small lender (kernel_examples.h) on a fresh store, with the people who sign.
#pragma once

#include <gtest/gtest.h>

#include "ground/store/test_store.h"
#include "infrastructure/kernel/kernel_examples.h"

namespace puhui::kernel {

class KernelTest : public ::testing::TestWithParam<std::string> {
 protected:
  // `more`: tables of a module that stands above the kernel.
  // `use_cases`: what the bank declares instead of the small lender's.
  explicit KernelTest(std::vector<Migration> more = {}, std::vector<evidence::UseCase> use_cases = small_lenders())
      : more_(std::move(more)), use_cases_(std::move(use_cases)) {
    open();
    const auto added = store_->write([&](Transaction& tx) -> Result<void> {
      TRY(evidence::add_person(tx, {"anna", key(1).public_key(), true}, kTestStart));
      TRY(evidence::add_person(tx, {"bo", key(2).public_key(), true}, kTestStart));
      return {};
    });
    CHECK(added.has_value(), "the people are there");
  }
  ~KernelTest() override {
    close();
    std::fclose(nowhere_);
  }

  static std::vector<evidence::UseCase> small_lenders() {
    return {{"lending.approval", "Approval", 1, 3, 'A', "credit"},
            {"lending.reminder", "Reminder", 3, 4, 'A', "collections"}};
  }

  static evidence::SigningKey key(uint8_t number) {
    std::array<uint8_t, 32> seed{};
    seed.fill(number);
    return evidence::SigningKey::from_seed(seed);
  }

  void close() {
    if (store_) store_->close();
    kernel_.reset();
    log_.reset();
    store_.reset();
  }

  // As after a restart.
  void open(std::string build = std::string(kTestBuild)) {
    close();
    std::vector<Migration> all = evidence::migrations();
    for (Migration& migration : kernel::migrations()) all.push_back(std::move(migration));
    all.insert(all.end(), more_.begin(), more_.end());
    auto store = open_store(place_.where(), std::move(all), {clock_, nullptr});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto log = evidence::EvidenceLog::open(*store_);
    CHECK(log.has_value(), "the evidence opens");
    log_ = *std::move(log);
    auto kernel =
        Kernel::open({*store_, *log_, clock_, words_, metrics_, std::move(build), sha256("salt")}, use_cases_);
    CHECK(kernel.has_value(), kernel ? "" : kernel.error().text().c_str());
    kernel_ = *std::move(kernel);
  }

  evidence::Manifest manifest_of(const TestProposal& proposal) {
    const auto put = [&](std::string_view kind, std::string_view bytes) {
      const auto digest = kernel_->put_artefact(kind, bytes);
      CHECK(digest.has_value(), digest ? "" : digest.error().text().c_str());
      return *digest;
    };
    evidence::Manifest out;
    out.use_case = proposal.use_case;
    out.tier = proposal.tier;
    out.artefacts = {{"policy", put("policy", proposal.policy)},
                     {"facts", put("facts", proposal.facts)},
                     {"reasons", put("reasons", proposal.reasons)},
                     {"model:pd", put("model", proposal.brought_model.empty() ? test_model(proposal.model).bytes()
                                                                              : proposal.brought_model)}};
    out.thresholds = {{"cap", proposal.cap}};
    out.thresholds.insert(out.thresholds.end(), proposal.more_thresholds.begin(), proposal.more_thresholds.end());
    out.build = proposal.build;
    out.author = "author";
    out.made_at = clock_.now();
    out.expires_at = {clock_.now().microseconds + proposal.valid_us};
    return out;
  }

  evidence::Permit signed_permit(const evidence::Manifest& manifest) {
    evidence::Permit out{manifest, {}};
    out.approvals = {evidence::approve(manifest, "anna", clock_.now(), key(1)),
                     evidence::approve(manifest, "bo", clock_.now(), key(2))};
    return out;
  }

  Result<void> try_grant(const TestProposal& proposal) {
    clock_.advance_us(1);
    return kernel_->grant(signed_permit(manifest_of(proposal)), "test");
  }
  std::string refusal(const TestProposal& proposal) {
    const auto granted = try_grant(proposal);
    return granted ? "granted" : granted.error().text();
  }
  std::shared_ptr<const Version> grant(const TestProposal& proposal = {}) {
    const auto granted = try_grant(proposal);
    EXPECT_TRUE(granted) << granted.error().text();
    return *kernel_->in_force(proposal.use_case);
  }

  static std::vector<evidence::FactValue> facts_of(int64_t income, std::optional<int64_t> late) {
    return {evidence::Number::whole(income),
            late ? evidence::FactValue(evidence::Number::whole(*late)) : evidence::FactValue(),
            std::string("13800138000"), evidence::Number::whole(41)};
  }
  Request request(const std::shared_ptr<const Version>& version, int64_t income, std::optional<int64_t> late) {
    return {version, {1, 2}, facts_of(income, late), "test", clock_.now(), evidence::HumanRole::none};
  }
  static Result<void> no_act(Transaction&, const Decision&) { return {}; }

  // Every recorded decision taken again; how many were.
  uint64_t replay_all() {
    Workspace workspace;
    uint64_t replayed = 0;
    const auto walked = log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind != evidence::RecordKind::decision) return {};
      const auto again = kernel_->replay(record, workspace);
      EXPECT_TRUE(again) << again.error().text();
      EXPECT_TRUE(again && again->identical) << (again ? again->difference : "");
      ++replayed;
      return {};
    });
    EXPECT_TRUE(walked);
    return replayed;
  }

  std::vector<Migration> more_;
  std::vector<evidence::UseCase> use_cases_;
  TestStore place_{GetParam()};
  ManualClock clock_{kTestStart};
  std::FILE* nowhere_ = std::fopen("/dev/null", "w");
  Log words_{clock_, nowhere_};
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<evidence::EvidenceLog> log_;
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace puhui::kernel
