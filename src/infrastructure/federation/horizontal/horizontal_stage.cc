// A learner's rounds as the steps of a stage.
#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/federation/horizontal/horizontal_learner.h"
#include "infrastructure/federation/horizontal/secure_sum.h"

namespace puhui::federation {

namespace {

int64_t micros(double epsilon) { return static_cast<int64_t>(std::ceil(epsilon * 1e6)); }

class HorizontalStage final : public Stage {
 public:
  HorizontalStage(const StageNeeds& needs, std::unique_ptr<HorizontalLearner> learner)
      : needs_(needs), learner_(std::move(learner)) {}

  std::string_view name() const override { return learner_->name(); }
  bool finished() const override { return learner_->finished(); }
  uint64_t steps_total() const override { return learner_->rounds_max(); }

  Result<void> step(Conversation& with) override {
    CHECK(!finished(), "no step after the last");
    const std::string_view code = learner_->leak();
    const int64_t spent = micros(learner_->privacy().spent());
    const SecureSum sum = TRY(secure_sum(needs_, with, learner_->name(), learner_->rounds_done(), learner_->numbers()));
    TRY(learner_->take(sum.sums));
    tell(sum, code, micros(learner_->privacy().spent()) - spent);
    needs_.progress.step(learner_->name(), learner_->rounds_done(), learner_->rounds_max());
    return {};
  }

  std::string state() const override {
    ByteWriter out;
    learner_->write(out);
    return out.take();
  }
  Result<void> restore(std::string_view state) override {
    ByteReader in(state);
    learner_->read(in);
    return in.finish("the state of a horizontal training");
  }
  Result<StageResult> result() override { return learner_->result(); }

 private:
  // The sum came to everybody, and who was in it.
  void tell(const SecureSum& sum, std::string_view code, int64_t spent) {
    for (size_t party = 0; party < needs_.job.parties.size(); ++party) {
      if (party == needs_.self) continue;
      const std::string& to = needs_.job.parties[party].name;
      if (!std::ranges::binary_search(sum.survivors, static_cast<uint8_t>(party))) continue;
      needs_.leakage.tell(to, code, static_cast<int64_t>(sum.sums.size()));
      needs_.leakage.tell(to, "round_survivors", 1);
      if (spent > 0) needs_.leakage.tell(to, "row_epsilon_micros", spent);
    }
  }

  const StageNeeds& needs_;
  std::unique_ptr<HorizontalLearner> learner_;
};

}  // namespace

Result<std::unique_ptr<Stage>> horizontal_stage(const StageNeeds& needs, std::unique_ptr<HorizontalLearner> learner) {
  Faults faults;
  if (needs.job.parties.size() < 3) {
    faults.add("parties", "expected three clients or more, came " + std::to_string(needs.job.parties.size()) +
                              ": of a sum of two each knows the other's part");
  }
  if (needs.job.clients_min < 3) {
    faults.add("clients_min", "expected 3 or more, came " + std::to_string(needs.job.clients_min));
  }
  if (needs.signatory == nullptr)
    faults.add("signatory", "expected the house's signatures; clients speak through the hub");
  TRY(std::move(faults).result());
  return std::make_unique<HorizontalStage>(needs, std::move(learner));
}

Result<std::vector<StageResult>> learn_in_the_clear(std::span<const std::unique_ptr<HorizontalLearner>> learners) {
  while (!learners[0]->finished()) {
    std::vector<uint64_t> sums;
    for (const auto& learner : learners) {
      const std::vector<uint64_t> numbers = learner->numbers();
      sums.resize(numbers.size(), 0);
      for (size_t i = 0; i < numbers.size(); ++i) sums[i] += numbers[i];
    }
    for (const auto& learner : learners) TRY(learner->take(sums));
  }
  std::vector<StageResult> out;
  for (const auto& learner : learners) out.push_back(learner->result());
  return out;
}

}  // namespace puhui::federation
