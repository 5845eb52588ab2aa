#include "applications/fraud/replay.h"

#include <fstream>

#include "applications/fraud/desk_for_test.h"
#include "applications/fraud/population.h"
#include "applications/fraud/replay_permit.h"
#include "applications/fraud/retrain.h"
#include "infrastructure/features/mapping.h"

namespace puhui::fraud {
namespace {

std::vector<Migration> replay_tables_for_test() {
  std::vector<Migration> out = tables_for_test();
  for (Migration& migration : replay_migrations()) out.push_back(std::move(migration));
  return out;
}

// Asks to stop once so many payments were handed in.
class StopsAt : public Progress {
 public:
  explicit StopsAt(uint64_t payments) : payments_(payments) {}
  void step(std::string_view what, uint64_t done, uint64_t) override {
    stop_ = what == "payments" && done >= payments_;
  }
  bool stop_requested() const override { return stop_; }

 private:
  uint64_t payments_;
  bool stop_ = false;
};

class ReplayTest : public kernel::KernelTest {
 protected:
  ReplayTest() : KernelTest(replay_tables_for_test(), use_cases()) { open_desk(); }
  ~ReplayTest() override {
    close_desk();
    std::filesystem::remove(file_);
  }

  void open_desk() {
    office_ = std::make_unique<cases::Office>(cases::OfficeNeeds{*store_, *log_, clock_});
    auto desk = Desk::open({*store_, *log_, *kernel_, *office_, clock_, words_});
    CHECK(desk.has_value(), desk ? "" : desk.error().text().c_str());
    desk_ = *std::move(desk);
  }
  void close_desk() {
    if (store_) store_->close();
    desk_.reset();
    office_.reset();
  }
  void reopen() {
    close_desk();
    open();
    open_desk();
  }

  static std::string simulated() {
    Population population;
    population.rows = 6000;
    population.days = 24;
    std::string out;
    CHECK(write_population(population,
                           [&](std::string_view text) -> Result<void> {
                             out += text;
                             return {};
                           })
              .has_value(),
          "the population is written");
    return out;
  }
  ReplayRequest request_of(const std::string& text) {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
    ReplayRequest out;
    out.payments = file_;
    out.decide = Decide::test;
    return out;
  }
  ReplayNeeds needs() { return {*store_, *log_, *kernel_, *desk_, files_, clock_}; }
  Result<ReplayReport> try_replay(const ReplayRequest& request) { return replay(needs(), request, "test", unwatched_); }
  ReplayReport must_replay(const ReplayRequest& request) {
    auto report = try_replay(request);
    CHECK(report.has_value(), report ? "" : report.error().text().c_str());
    return *std::move(report);
  }
  const kernel::Version& in_force() { return **kernel_->in_force("fraud.payment/card_payment"); }

  class Nobody : public Progress {
    void step(std::string_view, uint64_t, uint64_t) override {}
  } unwatched_;
  DiskFiles files_;
  std::string file_ = testing::TempDir() + "/puhui-replay-" + std::to_string(::getpid()) + ".csv";
  std::unique_ptr<cases::Office> office_;
  std::unique_ptr<Desk> desk_;
};

// The part of two reports that does not hang on how fast the machine was.
void expect_same(const ReplayReport& a, const ReplayReport& b) {
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.auc, b.auc);
  EXPECT_EQ(a.average_precision, b.average_precision);
  EXPECT_EQ(a.card_precision_100, b.card_precision_100);
  EXPECT_EQ(a.decided, b.decided);
  EXPECT_EQ(a.observed, b.observed);
  EXPECT_EQ(a.labels, b.labels);
  for (size_t i = 0; i < a.actions.size(); ++i) EXPECT_EQ(a.actions[i].payments, b.actions[i].payments) << i;
}

INSTANTIATE_TEST_SUITE_P(Engines, ReplayTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& suite) { return suite.param; });

TEST_P(ReplayTest, DecidesByRulesUntilTheTrainingDaysAreKnownAndByAModelOfThemThen) {
  const auto report = must_replay(request_of(simulated()));
  EXPECT_EQ(report.payments, 6000);
  EXPECT_EQ(report.decided + report.observed, 6000);
  EXPECT_EQ(report.failed + report.duplicates + report.late + report.out_of_order, 0);
  EXPECT_EQ(report.train_from.text(), "2018-04-04");
  EXPECT_EQ(report.test_to.text(), "2018-04-24");
  EXPECT_GT(report.trained_frauds, 5);
  EXPECT_EQ(report.permit, in_force().digest());
  ASSERT_EQ(in_force().models().size(), 1u);
  EXPECT_EQ(in_force().models()[0].model->hash(), report.model);
  EXPECT_GT(report.auc, 0.5);
  int64_t tested = 0, in_scenarios = 0;
  for (const auto& action : report.actions) tested += action.payments;
  for (const auto& scenario : report.scenarios) in_scenarios += scenario.payments;
  EXPECT_EQ(tested, in_scenarios);
  EXPECT_GT(tested, report.looked_at - 1);
  EXPECT_EQ(report.online_equals_offline, true) << report.first_difference.value_or("");
  EXPECT_EQ(report.rows_compared, report.decided);
  EXPECT_EQ(report.values_compared, report.decided * report.feature_count);
}

TEST_P(ReplayTest, GoesOnWhereItWasStoppedAndComesToTheSame) {
  const auto request = request_of(simulated());
  for (const uint64_t stop : {1024, 3072, 5120}) {  // twice while rules judge, once while the model does
    StopsAt progress(stop);
    const auto stopped = replay(needs(), request, "test", progress);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::unavailable) << stopped.error().text();
    reopen();
  }
  const auto resumed = must_replay(request);
  EXPECT_GE(resumed.resumed, 5120 - 64);
  EXPECT_EQ(resumed.online_equals_offline, true) << resumed.first_difference.value_or("");
  auto reading = request;
  reading.compare = false;
  const auto again = must_replay(reading);  // all of it was done: only read back
  EXPECT_EQ(again.resumed, 6000);
  expect_same(resumed, again);
}

TEST_P(ReplayTest, RefusesToGoOnAsAnotherReplay) {
  auto request = request_of(simulated());
  StopsAt progress(1024);
  ASSERT_FALSE(replay(needs(), request, "test", progress));
  request.decide = Decide::all;
  const auto other = try_replay(request);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
  EXPECT_NE(other.error().text().find("another replay"), std::string::npos) << other.error().text();
}

TEST_P(ReplayTest, CountsWhatIsNotAsUsualAndDropsNothingSilently) {
  std::string text = simulated();
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const auto cell = [](const std::string& row, size_t number, const std::string& with) {
    size_t begin = 0;
    for (size_t i = 0; i < number; ++i) begin = row.find(',', begin) + 1;
    return row.substr(0, begin) + with + row.substr(row.find(',', begin));
  };
  // Of the last week: a duplicate, a negative amount, an amount that is none, one ten minutes and one three hours late.
  const std::string last = lines[4900];
  const int64_t t = std::stoll(last.substr(last.find(',') + 1));
  lines.insert(lines.begin() + 4901, {last, cell(cell(last, 0, "n1"), 4, "-5"), cell(cell(last, 0, "n2"), 4, "much"),
                                      cell(cell(last, 0, "n3"), 1, std::to_string(t - 600)),
                                      cell(cell(last, 0, "n4"), 1, std::to_string(t - 10'800))});
  text.clear();
  for (const std::string& line : lines) text += line + "\n";
  auto request = request_of(text);
  const auto refused = try_replay(request);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("4903"), std::string::npos) << refused.error().text();
  request.skip_bad_rows = true;
  const auto report = must_replay(request);
  EXPECT_EQ(report.bad_rows, 1);
  EXPECT_EQ(report.duplicates, 1);
  EXPECT_EQ(report.negative, 1);
  EXPECT_EQ(report.late, 1);
  EXPECT_GE(report.out_of_order, 2);
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(report.payments, 6004);
  EXPECT_EQ(report.decided + report.observed, 6002);
  EXPECT_EQ(report.online_equals_offline, true) << report.first_difference.value_or("");
}

TEST_P(ReplayTest, RefusesAStoreWherePeoplesPermitDecides) {
  auto folder = read_scheme_folder(files_, "policies/card_payment", "policy_rules.dmn");
  ASSERT_TRUE(folder) << folder.error().text();
  clock_.advance_us(1);
  const auto manifest = propose(*kernel_, *folder, {{}, "author", 365, ""}, clock_.now());
  ASSERT_TRUE(manifest) << manifest.error().text();
  ASSERT_TRUE(kernel_->grant(signed_permit(*manifest), "test"));
  const auto refused = try_replay(request_of(simulated()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().text().find("--store"), std::string::npos) << refused.error().text();
}

TEST_P(ReplayTest, SaysWhenTheDaysAskedForAreNotInTheFile) {
  auto request = request_of(simulated());
  request.test_to = Date::from_civil(2019, 1, 1);
  const auto refused = try_replay(request);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("2018-04-01 to 2018-04-24"), std::string::npos) << refused.error().text();
}

TEST_P(ReplayTest, RetrainsFromTheStoresOwnHistoryAndPutsNothingInForce) {
  auto request = request_of(simulated());
  request.compare = false;
  const auto report = must_replay(request);
  const Digest before = in_force().digest();
  const auto trained =
      retrain({*store_, *log_, *kernel_, *desk_, files_, clock_}, {.scheme = "card_payment"}, unwatched_);
  ASSERT_TRUE(trained) << trained.error().text();
  EXPECT_EQ(in_force().digest(), before);
  EXPECT_TRUE(kernel_->artefact(trained->model));
  EXPECT_EQ(trained->trained_payments + trained->test_payments, report.decided);
  EXPECT_EQ(trained->unknown, 0);
  EXPECT_EQ(trained->to.microseconds - trained->split.microseconds, int64_t{7} * 86'400'000'000 - 1);
  ASSERT_TRUE(trained->champion);
  EXPECT_EQ(trained->champion->model, report.model);
  int64_t calibrated = 0;
  for (const auto& line : trained->calibration) calibrated += line.payments;
  EXPECT_EQ(calibrated, trained->test_payments);
  const auto again =
      retrain({*store_, *log_, *kernel_, *desk_, files_, clock_}, {.scheme = "card_payment"}, unwatched_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->model, trained->model);
}

TEST(TrainingFile, NamesEveryFault) {
  const auto plan = parse_training(R"({"features": {"features": []}, "boosting": {"rounds": 0}, "extra": 1})");
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().text().find("rounds"), std::string::npos) << plan.error().text();
  EXPECT_NE(plan.error().text().find("extra"), std::string::npos);
  EXPECT_NE(plan.error().text().find("features/features"), std::string::npos);
}

TEST(TrainingFile, ThoseShippedNameFactsOfTheirSchemes) {
  const DiskFiles files;
  for (const std::string folder : {"policies/card_payment", "policies/loan_application"}) {
    const auto plan = read_training(files, folder);
    ASSERT_TRUE(plan) << plan.error().text();
    const auto scheme = read_scheme_folder(files, folder);
    ASSERT_TRUE(scheme) << scheme.error().text();
    for (const std::string& name : plan->features.features) {
      EXPECT_TRUE(scheme->features->find_feature(name) || scheme->features->find_field(name)) << name;
    }
    EXPECT_TRUE(features::read_event_mapping(files, folder + "/mapping.json", *scheme->features));
  }
}

}  // namespace
}  // namespace puhui::fraud
