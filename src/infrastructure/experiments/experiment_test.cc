#include "infrastructure/experiments/experiment.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <thread>

#include "infrastructure/experiments/experiment_verbs.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::experiments {
namespace {

using ::testing::HasSubstr;

class NoProgress : public Progress {
 public:
  void step(std::string_view what, uint64_t, uint64_t) override { said.emplace_back(what); }
  std::vector<std::string> said;
};

std::string applicants(int rows) {
  std::string csv = "income,late,age,bad\n";
  RandomStream stream(Random(3), 1, 1);
  for (int i = 0; i < rows; ++i) {
    const auto income = 1000 + stream.below(9000), late = stream.below(6);
    const double risk = 0.05 + 0.10 * static_cast<double>(late) + (income < 4000 ? 0.15 : 0.0);
    csv += std::to_string(income) + "," + std::to_string(late) + "," + std::to_string(20 + stream.below(50)) + "," +
           (stream.chance(risk) ? "1" : "0") + "\n";
  }
  return csv;
}

Question question_of(std::string bytes, Kind kind) {
  Question out;
  out.bytes = std::move(bytes);
  out.features.target = "bad";
  out.features.sealed = {"age"};
  out.kind = kind;
  if (kind == Kind::boosting) out.parameters = *parse_json(R"({"rounds": 20, "learning_rate": 0.3})");
  out.name = "first";
  out.by = "ming";
  return out;
}

class ExperimentTest : public kernel::KernelTest {
 protected:
  ExperimentTest() : KernelTest(migrations()) {}
  ExperimentNeeds needs() { return {*store_, *kernel_, clock_, "build 1"}; }
  Answer run(const Question& question) {
    auto answer = run_experiment(needs(), question, progress_);
    CHECK(answer.has_value(), answer ? "" : answer.error().text().c_str());
    return *std::move(answer);
  }
  Result<Json> ask(std::string_view name, const Json& input) {
    needs_.emplace(needs());
    const Caller caller{"ming", {"*"}};
    for (const Verb& verb : experiment_verbs(&*needs_)) {
      if (verb.verb == name) return verb.run({caller, progress_, &files_}, input);
    }
    return fail(ErrorCode::not_found, std::string(name));
  }
  std::optional<ExperimentNeeds> needs_;
  NoProgress progress_;
  MemoryFiles files_;
};

TEST_P(ExperimentTest, TheSameManifestGivesTheSameModelOnOneThreadAndOnTwo) {
  for (const Kind kind : {Kind::scorecard, Kind::boosting}) {
    const Question question = question_of(applicants(1500), kind);
    const Answer alone = run(question);
    EXPECT_FALSE(alone.known);
    // On stores that do not know it, so that it is trained again, twice at once.
    const auto trained = [&](Digest& model) {
      const auto table = models::read_table(models::from_text(question.bytes));
      model = models::train(*train_request(alone.run.manifest, table->table))->model.hash();
    };
    Digest first, second;
    std::thread one([&] { trained(first); });
    std::thread two([&] { trained(second); });
    one.join(), two.join();
    EXPECT_EQ(first, alone.run.model);
    EXPECT_EQ(second, alone.run.model);
  }
}

TEST_P(ExperimentTest, AKnownManifestCostsNothingAndSaysSinceWhen) {
  const Question question = question_of(applicants(800), Kind::boosting);
  const Answer first = run(question);
  clock_.advance_us(1'000'000);
  progress_.said.clear();
  const Answer second = run(question);
  EXPECT_TRUE(second.known);
  EXPECT_EQ(second.run.made_at, first.run.made_at);
  EXPECT_EQ(to_json(second.run), to_json(first.run));
  EXPECT_THAT(progress_.said, ::testing::Not(::testing::Contains("training")));
  // What means nothing does not make another experiment; what means something does.
  Question again = question;
  again.name = "another name", again.note = "and a note";
  again.parameters = *parse_json(R"({"learning_rate": 0.3, "rounds": 20, "depth_max": 5})");
  EXPECT_TRUE(run(again).known);
  for (const auto change :
       {+[](Question& q) { q.seed = 2; }, +[](Question& q) { q.bytes += "5000,0,30,0\n"; },
        +[](Question& q) { q.features.features = {"late"}; }, +[](Question& q) { q.parameters = Json(); }}) {
    Question other = question;
    change(other);
    EXPECT_FALSE(run(other).known);
  }
  const auto newer = run_experiment({*store_, *kernel_, clock_, "build 2"}, question, progress_);
  EXPECT_FALSE(newer->known);
}

TEST_P(ExperimentTest, TheModelLandsWhereAPermitCanNameItAndSealedColumnsStayOut) {
  const Answer answer = run(question_of(applicants(1500), Kind::scorecard));
  const auto model = models::Model::parse(*kernel_->artefact(answer.run.model));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_THAT(model->features(), ::testing::UnorderedElementsAre("income", "late"));
  Question open = question_of(applicants(1500), Kind::scorecard);
  open.features.features = {"income", "age"};
  const auto refused = run_experiment(needs(), open, progress_);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
}

TEST_P(ExperimentTest, ItsFiguresAgreeWithTheModelsOwnScoresOfTheTestRows) {
  const Answer answer = run(question_of(applicants(3000), Kind::boosting));
  const Figures& figures = answer.run.figures;
  const auto scores = *decode_scores(*kernel_->artefact(answer.run.scores));
  EXPECT_EQ(static_cast<int64_t>(scores.bad.size()), figures.test.rows);
  EXPECT_EQ(figures.train.rows + figures.test.rows, 3000);
  EXPECT_DOUBLE_EQ(models::auc({scores.probabilities, scores.bad}), figures.test.auc);
  EXPECT_TRUE(figures.test.auc_low < figures.test.auc && figures.test.auc < figures.test.auc_high);
  ASSERT_LE(figures.roc.size(), kRocPointsMax);
  double area = 0;  // by trapezoids over the points kept
  for (size_t i = 1; i < figures.roc.size(); ++i) {
    area += (figures.roc[i].false_positive_share - figures.roc[i - 1].false_positive_share) *
            (figures.roc[i].true_positive_share + figures.roc[i - 1].true_positive_share) / 2;
  }
  EXPECT_NEAR(area, figures.test.auc, 0.005);
  EXPECT_EQ(figures.lift.size(), 10u);
  EXPECT_GT(figures.lift.front().lift, 1.2);
  EXPECT_DOUBLE_EQ(figures.lift.back().lift, 1);
  EXPECT_DOUBLE_EQ(figures.lift.back().share_of_bad, 1);
  int64_t rows = 0;
  for (const CalibrationRow& row : figures.calibration) rows += row.rows;
  EXPECT_EQ(rows, figures.test.rows);
}

TEST_P(ExperimentTest, TwoRunsOnTheSameSplitAreComparedInPairsAndOthersAreNot) {
  const Question both = question_of(applicants(3000), Kind::boosting);
  Question one = both;
  one.features.features = {"income"};
  const Answer full = run(both), poor = run(one);
  const auto compared = *compare(needs(), poor.run.id, full.run.id);
  EXPECT_TRUE(compared.auc.paired);
  EXPECT_GT(compared.auc.difference, 0.05);
  EXPECT_LT(compared.auc.p_value, 0.001);
  ASSERT_EQ(compared.parameters.size(), 1u);
  EXPECT_EQ(compared.parameters[0].name, "features/features");
  Question elsewhere = both;
  elsewhere.seed = 9;
  const auto apart = *compare(needs(), full.run.id, run(elsewhere).run.id);
  EXPECT_FALSE(apart.auc.paired);
  EXPECT_GT(apart.auc.p_value, 0.001);
  EXPECT_EQ(compare(needs(), sha256("nobody"), full.run.id).error().code, ErrorCode::not_found);
}

TEST_P(ExperimentTest, TheVerbsUploadRunListNoteAndRefuseWhatIsIncomplete) {
  const auto uploaded = ask("upload", Json::Object{{"csv", applicants(1000)}});
  ASSERT_TRUE(uploaded) << uploaded.error().text();
  Json input = *parse_json(R"({"name": "a", "kind": "scorecard", "features": {"target": "bad", "sealed": ["age"]}})");
  EXPECT_THAT(ask("run", input).error().text(), HasSubstr("came neither"));
  input.set("table", *uploaded->find("table"));
  const auto first = ask("run", input);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->find("known_since"), nullptr);
  EXPECT_NE(ask("run", input)->find("known_since"), nullptr);
  input.set("kind", "boosting");
  input.set("parameters", *parse_json(R"({"rounds": 5, "depht_max": 3})"));
  EXPECT_THAT(ask("run", input).error().text(), HasSubstr("depht_max"));
  input.set("parameters", *parse_json(R"({"rounds": 5})"));
  clock_.advance_us(1);
  ASSERT_TRUE(ask("run", input));
  const auto page = ask("list", Json::Object{{"limit", 1}});
  ASSERT_EQ(page->find("experiments")->list()->size(), 1u);
  EXPECT_EQ(*page->find("experiments")->list()->front().find("kind")->text(), "boosting");
  const auto rest = ask("list", Json::Object{{"after", *page->find("next")}});
  ASSERT_EQ(rest->find("experiments")->list()->size(), 1u);
  EXPECT_EQ(rest->find("next"), nullptr);
  const Json id = *first->find("run")->find("id");
  const auto noted = ask("note", Json::Object{{"id", id}, {"note", "try more rounds"}});
  EXPECT_EQ(*noted->find("note")->text(), "try more rounds");
  EXPECT_EQ(*ask("show", Json::Object{{"id", id}})->find("note")->text(), "try more rounds");
  EXPECT_EQ(ask("show", Json::Object{{"id", sha256("x").hex()}}).error().code, ErrorCode::not_found);
}

TEST_P(ExperimentTest, WhatAUseCaseSealsIsSealedInItsExperimentsToo) {
  grant();
  Json input = *parse_json(R"({"name": "a", "kind": "scorecard", "use_case": "lending.approval/test",
      "features": {"target": "bad", "features": ["income", "age"]}})");
  input.set("table", *ask("upload", Json::Object{{"csv", applicants(1000)}})->find("table"));
  EXPECT_EQ(ask("run", input).error().code, ErrorCode::forbidden);
}

INSTANTIATE_TEST_SUITE_P(Engines, ExperimentTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

TEST(Experiment, ScoresReadBackAndEveryCutIsRefused) {
  const TestScores scores{{1, 2, 3}, {0.1, 0.5, 1}, {0, 1, 1}};
  const std::string bytes = encode(scores);
  EXPECT_EQ(encode(*decode_scores(bytes)), bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(decode_scores(std::string_view(bytes).substr(0, length)).error().code, ErrorCode::corrupt);
  }
}

class ExperimentOnData : public ExperimentTest {};

TEST_P(ExperimentOnData, OnTheCardDefaultsOfTaiwanBoostingBeatsTheScorecardAndBothAreCalibrated) {
  const char* data = std::getenv("PUHUI_DATA");
  const std::string folder = data != nullptr ? data : "../shared/data";
  const DiskFiles disk;
  auto bytes = disk.read(folder + "/credit/uci_default_credit_card_30k.csv.gz", kTableBytesMax);
  if (!bytes) GTEST_SKIP() << "no table in " << folder << "; set PUHUI_DATA";
  Question question;
  question.bytes = *std::move(bytes);
  question.features =
      *models::parse_feature_set(*parse_json(*disk.read("policies/uci_credit_card/features.json", 1 << 20)));
  question.features.features = {"PAY_0",       "PAY_2",         "worst_status", "late_months",
                                "status_mean", "paid_to_limit", "LIMIT_BAL",    "utilisation_mean"};
  question.features.monotone = {};
  question.kind = Kind::scorecard;
  question.parameters = *parse_json(R"({"prebins_max": 40})");
  const Answer card = run(question);
  question.kind = Kind::boosting;
  question.parameters = *parse_json(R"({"rounds": 40, "learning_rate": 0.15, "feature_share": 0.7})");
  const Answer trees = run(question);
  EXPECT_GT(card.run.figures.test.auc, 0.755);
  EXPECT_GT(trees.run.figures.test.auc, 0.77);
  const auto compared = *compare(needs(), card.run.id, trees.run.id);
  EXPECT_TRUE(compared.auc.paired);
  EXPECT_GT(compared.auc.difference, 0);
  EXPECT_LT(compared.auc.p_value, 0.05);
  for (const auto* one : {&compared.a, &compared.b}) {
    double worst = 0;
    for (const auto& row : one->figures.calibration) {
      worst = std::max(worst, std::abs(row.observed_share - row.predicted_mean));
    }
    EXPECT_LT(worst, 0.06);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ExperimentOnData, ::testing::Values("sqlite"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::experiments
