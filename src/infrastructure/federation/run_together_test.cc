#include <gtest/gtest.h>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {
namespace {

constexpr uint16_t kNumber = 1, kSum = 2;

// Every step the parties send their row count times the step; the hub adds up and tells the sum.
class AddingStage final : public Stage {
 public:
  AddingStage(const StageNeeds& needs, int64_t fails_at) : needs_(needs), fails_at_(fails_at) {}
  std::string_view name() const override { return "adding"; }
  bool finished() const override { return done_ == 5; }
  uint64_t steps_total() const override { return 5; }
  Result<void> step(Conversation& with) override {
    const int64_t mine = static_cast<int64_t>(needs_.data.row_count()) * (done_ + 1);
    if (done_ == fails_at_) return fail(ErrorCode::invalid, "this party gives up");
    if (with.self() != 0) {
      TRY(with.send(0, kNumber, std::to_string(mine)));
      sum_ = std::stoll(TRY(with.receive(0, kSum)));
    } else {
      sum_ += mine;
      for (size_t i = 1; i < with.parties(); ++i) sum_ += std::stoll(TRY(with.receive(i, kNumber)));
      for (size_t i = 1; i < with.parties(); ++i) TRY(with.send(i, kSum, std::to_string(sum_)));
    }
    ++done_;
    return {};
  }
  std::string state() const override { return std::to_string(done_) + " " + std::to_string(sum_); }
  Result<void> restore(std::string_view state) override {
    const size_t space = state.find(' ');
    done_ = std::stoll(std::string(state.substr(0, space)));
    sum_ = std::stoll(std::string(state.substr(space)));
    return {};
  }
  Result<StageResult> result() override { return StageResult{{}, std::to_string(sum_), {}}; }

 private:
  const StageNeeds& needs_;
  int64_t fails_at_, done_ = 0, sum_ = 0;
};

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct ThreeParties {
  Job job;
  PartyData data[3];
  MemoryFiles files;
  std::vector<LeakageBook> leakage;
  NoProgress progress;

  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after, size_t failing = 9, int64_t fails_at = -1) {
    job.parties = {{.name = "lender"}, {.name = "registry"}, {.name = "platform"}};
    for (size_t i = 0; i < 3; ++i) data[i].ids.assign(i + 1, "id");
    const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
      return std::make_unique<AddingStage>(needs, needs.self == failing ? fails_at : -1);
    };
    return run_together({job, {&data[0], &data[1], &data[2]}, files, "work", break_after}, maker, leakage, progress);
  }
};

TEST(RunTogether, GivesEachPartysResult) {
  const auto results = ThreeParties().run(std::nullopt);
  ASSERT_TRUE(results) << results.error().text();
  ASSERT_EQ(results->size(), 3u);
  for (const StageResult& result : *results) EXPECT_EQ(result.model_part, std::to_string(6 * (1 + 2 + 3 + 4 + 5)));
}

TEST(RunTogether, ABreakAfterAnyStepChangesNothing) {
  for (uint64_t step = 0; step <= 5; ++step) {
    const auto results = ThreeParties().run(step);
    ASSERT_TRUE(results) << step << ": " << results.error().text();
    EXPECT_EQ((*results)[2].model_part, "90") << step;
  }
}

TEST(RunTogether, TellsTheCauseAndNotItsConsequence) {
  for (size_t party = 0; party < 3; ++party) {
    const auto results = ThreeParties().run(std::nullopt, party, 3);
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().text(), "invalid: this party gives up");
  }
}

}  // namespace
}  // namespace puhui::federation
