// For tests only: the small lender of the kernel's tests with audit's tables and index beside it.
#pragma once

#include "governance/audit/audit.h"
#include "governance/incidents/alert.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::audit {

// A decision table before the model, so that rules hit: who is late four times or more is refused outright.
inline std::string table_policy() {
  std::string xml = kernel::test_policy(
      R"(if Admission = "no" then "refuse" else if Probability > cap then "refuse" else "approve")",
      R"(if Admission = "no" then ["often_late"] else if Outcome = "refuse" then ["risk"] else [])");
  const std::string table =
      "<decision id='d_Admission' name='Admission'><variable name='Admission' typeRef='string'/>"
      "<informationRequirement><requiredInput href='#i_late'/></informationRequirement>"
      "<decisionTable id='t_Admission' hitPolicy='FIRST'><input id='c1'><inputExpression typeRef='number'><text>late"
      "</text></inputExpression></input><output id='o1' name='Admission' typeRef='string'/>"
      "<rule id='r1'><inputEntry><text>&gt;= 4</text></inputEntry><outputEntry><text>\"no\"</text></outputEntry></rule>"
      "<rule id='r2'><inputEntry><text>-</text></inputEntry><outputEntry><text>\"yes\"</text></outputEntry></rule>"
      "</decisionTable></decision>";
  const auto require = [&](std::string_view decision) {
    const size_t at = xml.find("<informationRequirement>", xml.find("id='d_" + std::string(decision) + "'"));
    xml.insert(at, "<informationRequirement><requiredDecision href='#d_Admission'/></informationRequirement>");
  };
  require("Outcome");
  require("Reasons");
  xml.insert(xml.find("<decision id='d_Score'"), table);
  return xml;
}

inline constexpr std::string_view kTableReasons = R"({
    "risk": {"en": "The risk is too high.", "zh": "风险过高。", "explained_by": "pd"},
    "often_late": {"en": "You paid late four times or more.", "zh": "您逾期四次或以上。"},
    "feature:income": {"en": "Income.", "zh": "收入。"}, "feature:late": {"en": "Late payments.", "zh": "逾期。"}})";

class AuditTest : public kernel::KernelTest {
 protected:
  AuditTest() {
    more_ = incidents::migrations();
    for (Migration& migration : migrations()) more_.push_back(std::move(migration));
    reopen();
  }
  ~AuditTest() override { follower_.reset(); }

  void reopen(std::string build = std::string(kernel::kTestBuild)) {
    follower_.reset();
    needs_.reset();
    open(std::move(build));
    needs_.emplace(AuditNeeds{*store_, *log_, *kernel_, clock_});
    index_ = std::make_unique<DecisionIndex>();
    follower_ = std::make_unique<kernel::Follower>(*store_, *log_, *kernel_);
    CHECK(follower_->add(*index_).has_value(), "the index joins");
  }

  static kernel::TestProposal table_proposal(models::ModelKind kind = models::ModelKind::scorecard) {
    kernel::TestProposal out;
    out.policy = table_policy();
    out.reasons = std::string(kTableReasons);
    out.model = kind;
    return out;
  }

  // Applicant `number`: entity (7, number), a second later than the one before. Many of them in one commit.
  void decide(const std::shared_ptr<const kernel::Version>& version, int count) {
    kernel::Workspace workspace;
    std::vector<kernel::Draft> drafts;
    for (int i = 0; i < count; ++i) {
      const uint64_t number = ++decided_;
      clock_.advance_us(1'000'000);
      const auto late = number % 7 == 0 ? std::nullopt : std::optional(static_cast<int64_t>(number % 6));
      auto asked = request(version, static_cast<int64_t>(1000 + 37 * number % 9000), late);
      asked.entity = {7, number};
      auto draft = kernel_->judge(std::move(asked), workspace);
      ASSERT_TRUE(draft) << draft.error().text();
      drafts.push_back(*std::move(draft));
    }
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      for (const kernel::Draft& draft : drafts) kernel_->record(tx, draft);
      return {};
    }));
  }

  void follow() {
    const auto followed = follower_->catch_up(quiet_);
    ASSERT_TRUE(followed) << followed.error().text();
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

  struct Quiet : Progress {
    void step(std::string_view, uint64_t, uint64_t) override {}
  } quiet_;
  uint64_t decided_ = 0;
  std::optional<AuditNeeds> needs_;
  std::unique_ptr<DecisionIndex> index_;
  std::unique_ptr<kernel::Follower> follower_;
};

}  // namespace puhui::audit
