// For tests only: a small lender on a fresh store: two facts, a trained model, a policy of four decisions, three people.
#pragma once

#include <gtest/gtest.h>

#include "ground/base/text.h"
#include "ground/store/test_store.h"
#include "infrastructure/kernel/kernel.h"
#include "infrastructure/models/train.h"

namespace puhui::kernel {

inline constexpr Timestamp kTestStart{1'767'225'600'000'000};
inline constexpr std::string_view kTestUseCase = "lending.approval/test", kTestBuild = "puhui test";

// People with more late payments and less income pay less well, by chance.
inline models::Model train_test_model(models::ModelKind kind) {
  std::string csv = "income,late,bad\n";
  RandomStream stream(Random(21), 1, 1);
  for (int i = 0; i < 4000; ++i) {
    const auto income = 1000 + stream.below(9000);
    const auto late = stream.below(6);
    const double risk = 0.05 + 0.10 * static_cast<double>(late) + (income < 4000 ? 0.15 : 0.0);
    csv += std::to_string(income) + "," + std::to_string(late) + "," + (stream.chance(risk) ? "1" : "0") + "\n";
  }
  const auto table = models::read_table(models::from_text(csv));
  CHECK(table.has_value(), table ? "" : table.error().text().c_str());
  models::TrainRequest request;
  request.table = &table->table;
  request.target = "bad";
  request.kind = kind;
  request.boosting.rounds = 20;
  request.boosting.learning_rate = 0.3;
  auto trained = models::train(request);
  CHECK(trained.has_value(), trained ? "" : trained.error().text().c_str());
  return std::move(trained->model);
}

inline const models::Model& test_model(models::ModelKind kind = models::ModelKind::scorecard) {
  static const models::Model scorecard = train_test_model(models::ModelKind::scorecard);
  static const models::Model boosting = train_test_model(models::ModelKind::boosting);
  return kind == models::ModelKind::scorecard ? scorecard : boosting;
}

// One decision of a policy: an expression over the names it needs; inputs are lower case, decisions are not.
struct TestDecision {
  std::string name, expression;
  std::vector<std::string> needs;
  bool calls_model = false;
};

inline std::string policy_of(const std::vector<std::pair<std::string, std::string>>& inputs,
                             const std::vector<TestDecision>& decisions,
                             const std::vector<std::string>& parameters = {"income", "late"}) {
  std::string xml =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="p" namespace="urn:p" id="p">)";
  for (const auto& [name, type] : inputs) {
    xml += "<inputData id='i_" + name + "' name='" + name + "'><variable name='" + name + "' typeRef='" + type +
           "'/></inputData>";
  }
  xml += "<businessKnowledgeModel id='b_pd' name='pd'><variable name='pd'/><encapsulatedLogic kind='PMML'>";
  for (const std::string& parameter : parameters) xml += "<formalParameter name='" + parameter + "' typeRef='number'/>";
  xml +=
      "<context><contextEntry><variable "
      "name='document'/><literalExpression><text>\"model:pd\"</text></literalExpression>"
      "</contextEntry><contextEntry><variable name='model'/><literalExpression><text>\"pd\"</text></literalExpression>"
      "</contextEntry></context></encapsulatedLogic></businessKnowledgeModel>";
  for (const TestDecision& decision : decisions) {
    xml +=
        "<decision id='d_" + decision.name + "' name='" + decision.name + "'><variable name='" + decision.name + "'/>";
    for (const std::string& need : decision.needs) {
      const bool input = need[0] >= 'a';
      xml += "<informationRequirement><" +
             std::string(input ? "requiredInput href='#i_" : "requiredDecision href='#d_") + need +
             "'/></informationRequirement>";
    }
    if (decision.calls_model) xml += "<knowledgeRequirement><requiredKnowledge href='#b_pd'/></knowledgeRequirement>";
    std::string expression;
    for (const char c : decision.expression) expression += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    xml += "<literalExpression><text>" + expression + "</text></literalExpression></decision>";
  }
  return xml + "</definitions>";
}

inline const std::vector<std::pair<std::string, std::string>> kTestInputs{
    {"income", "number"}, {"late", "number"}, {"cap", "number"}};

// `outcome` and `reasons` are the expressions of the two decisions that every policy must have.
inline std::string test_policy(const std::string& outcome = R"(if Probability > cap then "refuse" else "approve")",
                               const std::string& reasons = R"(if Outcome = "refuse" then ["risk"] else [])") {
  return policy_of(kTestInputs, {{"Score", "pd(income, late)", {"income", "late"}, true},
                                 {"Probability", "decimal(Score.probability, 9)", {"Score"}},
                                 {"Outcome", outcome, {"Probability", "cap", "late"}},
                                 {"Reasons", reasons, {"Outcome"}}});
}

inline constexpr std::string_view kTestFacts = R"({"facts": [
    {"name": "income", "type": "number", "required": true, "personal": true},
    {"name": "late", "type": "number"},
    {"name": "phone", "type": "text", "personal": true},
    {"name": "age", "type": "number", "personal": true, "sealed": true}]})";
inline constexpr std::string_view kTestReasons = R"({
    "risk": {"en": "The risk is too high.", "zh": "风险过高。", "explained_by": "pd"},
    "feature:income": {"en": "Income.", "zh": "收入。"}, "feature:late": {"en": "Late payments.", "zh": "逾期。"}})";

// What a permit is proposed with; a test changes the one part it is about.
struct TestProposal {
  std::string policy = test_policy();
  std::string facts = std::string(kTestFacts), reasons = std::string(kTestReasons);
  std::string cap = "0.30";
  std::vector<evidence::Threshold> more_thresholds;
  models::ModelKind model = models::ModelKind::scorecard;
  std::string brought_model;  // its bytes, instead of a trained one
  std::string use_case = std::string(kTestUseCase), build = std::string(kTestBuild);
  int64_t valid_us = 3'600'000'000;
  int tier = 1;
};

class KernelTest : public ::testing::TestWithParam<std::string> {
 protected:
  // `more`: tables of a module that stands above the kernel.
  explicit KernelTest(std::vector<Migration> more = {}) : more_(std::move(more)) {
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
    auto kernel = Kernel::open({*store_, *log_, clock_, words_, metrics_, std::move(build), sha256("salt")},
                               {{"lending.approval", "Approval", 1, 3, 'A', "credit"}});
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
