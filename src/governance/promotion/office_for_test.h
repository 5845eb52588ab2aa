// For tests only: a promotion office on the kernel's test bank, with decisions, shadows and known ends.
#pragma once

#include "governance/incidents/alert.h"
#include "governance/promotion/office.h"
#include "governance/promotion/promotion_verbs.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::promotion {

inline constexpr std::string_view kLowTier = "lending.reminder/test";

// Ranks the other way round: who pays late is taken for safe.
inline const models::Model& inverted_model() {
  static const models::Model model = [] {
    std::string csv = "income,late,bad\n";
    RandomStream stream(Random(5), 1, 1);
    for (int i = 0; i < 3000; ++i) {
      const auto late = stream.below(6);
      csv += std::to_string(1000 + stream.below(9000)) + "," + std::to_string(late) + "," +
             (stream.chance(0.6 - 0.1 * static_cast<double>(late)) ? "1" : "0") + "\n";
    }
    const auto table = models::read_table(models::from_text(csv));
    models::TrainRequest request;
    request.table = &table->table;
    request.target = "bad";
    request.kind = models::ModelKind::boosting;
    request.boosting.rounds = 20;
    request.boosting.learning_rate = 0.3;
    auto trained = models::train(request);
    CHECK(trained.has_value(), trained ? "" : trained.error().text().c_str());
    return std::move(trained->model);
  }();
  return model;
}

class Silent : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

inline std::vector<Migration> promotion_tables() {
  auto out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

class OfficeTest : public kernel::KernelTest {
 protected:
  OfficeTest() : KernelTest(promotion_tables()) { open_office(); }
  ~OfficeTest() override { follower_.reset(), office_.reset(); }

  void open_office() {
    auto office = Office::open({*store_, *log_, *kernel_, clock_, words_});
    CHECK(office.has_value(), office ? "" : office.error().text().c_str());
    office_ = *std::move(office);
    follower_ = std::make_unique<kernel::Follower>(*store_, *log_, *kernel_);
    CHECK(follower_->add(office_->projection()).has_value(), "the follower takes it");
  }
  void restart() {
    follower_.reset(), office_.reset();
    open();
    open_office();
  }

  // Everything short, and no bound on what the machine's load decides.
  static Plan quick_plan() {
    Plan plan;
    plan.shadow_decisions_min = 100;
    plan.step_decisions_min = 30;
    plan.canary_share_ppm = 400'000;
    plan.ramp_shares_ppm = {700'000};
    plan.stage_minutes_min = 1;
    plan.watch_decisions = 50;
    plan.matured_rows = 100;
    plan.looks = 2;
    plan.approval_difference_max_ppm = 100'000;
    plan.referral_rise_max_ppm = 200'000;
    plan.cpu_ratio_max_ppm = plan.latency_ratio_max_ppm = 1'000'000'000;
    return plan;
  }
  static kernel::TestProposal proposal(const std::string& cap, std::string_view use_case = kLowTier) {
    kernel::TestProposal out;
    out.cap = cap;
    out.use_case = use_case;
    out.tier = use_case == kLowTier ? 3 : 1;
    out.valid_us = int64_t{1} << 50;
    return out;
  }
  StartRequest start_request(const kernel::TestProposal& challenger, const Plan& plan) {
    clock_.advance_us(1);
    StartRequest out;
    out.use_case = challenger.use_case;
    out.permit = signed_permit(manifest_of(challenger));
    out.plan = plan;
    return out;
  }
  Promotion start(const kernel::TestProposal& challenger, const Plan& plan = quick_plan()) {
    auto started = office_->start(start_request(challenger, plan), "ming");
    CHECK(started.has_value(), started ? "" : started.error().text().c_str());
    return *std::move(started);
  }

  // `count` applicants come, one after another; with `ends`, what became of each is known at once.
  void decide(int count, bool ends = false, std::string_view use_case = kLowTier) {
    kernel::Workspace workspace;
    std::vector<kernel::Draft> drafts;
    std::vector<uint8_t> bad;
    for (int i = 0; i < count; ++i, ++applicants_) {
      RandomStream random(Random(11), 4, applicants_);
      const auto choice = kernel_->choose(use_case, {applicants_, 7});
      CHECK(choice.has_value(), choice ? "" : choice.error().text().c_str());
      const auto late = late_.value_or(static_cast<int64_t>(random.below(6))),
                 income = static_cast<int64_t>(1000 + random.below(9000));
      kernel::Request asked = request(choice->version, income, late);
      asked.entity = {applicants_, 7};
      asked.shadow = choice->shadow;
      asked.to_human = choice->to_human;
      auto draft = kernel_->judge(std::move(asked), workspace);
      CHECK(draft.has_value(), draft ? "" : draft.error().text().c_str());
      drafts.push_back(*std::move(draft));
      bad.push_back(random.chance(0.05 + 0.1 * static_cast<double>(late)));
    }
    const auto written = store_->write([&](Transaction& tx) -> Result<void> {
      for (size_t i = 0; i < drafts.size(); ++i) {
        const auto decision = kernel_->record(tx, drafts[i]);
        if (!ends) continue;
        TRY(evidence::put_outcome(tx, {decision.id(), std::string(evidence::kDefaultOutcome), bad[i], clock_.now()}));
      }
      return {};
    });
    CHECK(written.has_value(), written ? "" : written.error().text().c_str());
  }
  // A minute passes, the follower catches up, the office looks.
  Promotion minute(std::string_view use_case = kLowTier) {
    clock_.advance_us(60'000'000);
    CHECK(follower_->catch_up(silent_).has_value(), "the follower catches up");
    CHECK(office_->step().has_value(), "the office steps");
    return shown(use_case).promotion;
  }
  PromotionView shown(std::string_view use_case = kLowTier) {
    auto view = office_->show({std::string(use_case), std::nullopt});
    CHECK(view.has_value(), view ? "" : view.error().text().c_str());
    return *std::move(view);
  }
  std::vector<incidents::OpenAlert> alerts() {
    std::vector<incidents::OpenAlert> out;
    const auto read = store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader));
      return {};
    });
    CHECK(read.has_value(), "the alerts read");
    return out;
  }
  std::vector<std::string> acts(evidence::RecordKind kind) {
    std::vector<std::string> out;
    const auto walked = log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind == kind) out.push_back(record.judgement);
      return {};
    });
    CHECK(walked.has_value(), "the evidence reads");
    return out;
  }
  Digest champion(std::string_view use_case = kLowTier) { return (*kernel_->in_force(use_case))->digest(); }

  uint64_t applicants_ = 1;
  std::optional<int64_t> late_;  // of all who come from now on
  Silent silent_;
  std::unique_ptr<Office> office_;
  std::unique_ptr<kernel::Follower> follower_;
};

}  // namespace puhui::promotion
