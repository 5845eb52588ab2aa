// A small vertical job with real ciphers, run in one process, for the tests of boosting.
#pragma once

#include <cmath>

#include "ground/base/random.h"
#include "infrastructure/federation/boosting/boosting_stage.h"
#include "infrastructure/federation/boosting/plaintext.h"

namespace puhui::federation {

class QuietProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// Between a stage and the others: may change what is sent.
class TamperingConversation final : public Conversation {
 public:
  using Tamper = std::function<void(uint16_t kind, std::string& bytes)>;
  TamperingConversation(Conversation& with, const Tamper& tamper) : with_(with), tamper_(tamper) {}
  size_t self() const override { return with_.self(); }
  size_t parties() const override { return with_.parties(); }
  bool is_present(size_t party) const override { return with_.is_present(party); }
  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    std::string bytes;
    for (const std::string_view part : parts) bytes += part;
    tamper_(kind, bytes);
    return with_.send(to, kind, {bytes});
  }
  Result<std::string> receive(size_t from, uint16_t kind) override { return with_.receive(from, kind); }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return with_.receive(from, kind, take);
  }

 private:
  Conversation& with_;
  const Tamper& tamper_;
};

class TamperingStage final : public Stage {
 public:
  TamperingStage(std::unique_ptr<Stage> inner, TamperingConversation::Tamper tamper)
      : inner_(std::move(inner)), tamper_(std::move(tamper)) {}
  std::string_view name() const override { return inner_->name(); }
  bool finished() const override { return inner_->finished(); }
  uint64_t steps_total() const override { return inner_->steps_total(); }
  Result<void> step(Conversation& with) override {
    TamperingConversation tampered(with, tamper_);
    return inner_->step(tampered);
  }
  std::string state() const override { return inner_->state(); }
  Result<void> restore(std::string_view state) override { return inner_->restore(state); }
  Result<StageResult> result() override { return inner_->result(); }

 private:
  std::unique_ptr<Stage> inner_;
  TamperingConversation::Tamper tamper_;
};

// Guest with two columns, hosts with three each; each has a rounded column (ties) and one with missing values.
struct SmallJob {
  Job job;
  std::vector<PartyData> data;
  MemoryFiles files;
  std::vector<LeakageBook> leakage;
  QuietProgress progress;

  explicit SmallJob(Objective objective = Objective::binary, size_t rows = 60, size_t hosts = 1) {
    job.name = "small", job.label = "y";
    job.boosting.objective = objective;
    job.boosting.classes = objective == Objective::multi_class ? 3 : 2;
    job.boosting.trees = 2, job.boosting.depth_max = 2, job.boosting.bins_max = 4;
    job.cipher.scheme = "okamoto_uchiyama";  // the faster one
    job.boosting.hessian_min = 0.1;
    for (size_t party = 0; party <= hosts; ++party) add_party(party, rows);
    for (size_t row = 0; row < rows; ++row) data[0].labels.push_back(label(objective, row));
  }

  std::vector<const PartyData*> pointers() const {
    std::vector<const PartyData*> out;
    for (const PartyData& of_party : data) out.push_back(&of_party);
    return out;
  }
  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt, size_t tampering = SIZE_MAX,
                                       const TamperingConversation::Tamper& tamper = {}) {
    const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
      auto stage = TRY(make_boosting_stage(needs));
      if (needs.self != tampering) return stage;
      return std::make_unique<TamperingStage>(std::move(stage), tamper);
    };
    leakage.clear();
    return run_together({job, pointers(), files, "work", break_after}, maker, leakage, progress);
  }
  Result<ClearModel> clear() const { return grow_in_the_clear(job, pointers()); }

 private:
  double number(size_t row, size_t place) const { return RandomStream(Random(7), row, place).uniform(); }
  void add_party(size_t party, size_t rows) {
    JobParty declared{.name = party == 0 ? "lender" : "registry" + std::to_string(party)};
    declared.role = party == 0 ? Role::guest : Role::host;
    PartyData of_party;
    for (size_t column = 0; column < (party == 0 ? 2U : 3U); ++column) {
      declared.columns.push_back("x" + std::to_string(column));
      of_party.values.emplace_back();
      for (size_t row = 0; row < rows; ++row) {
        const double value = number(row, 10 * party + column);
        const bool missing = column == 1 && number(row, 500 + party) < 0.3;
        const double kept = column == 0 ? std::floor(value * 4) : value;
        of_party.values.back().push_back(missing ? std::nanf("") : static_cast<float>(kept));
      }
    }
    of_party.columns = declared.columns;
    for (size_t row = 0; row < rows; ++row) of_party.ids.push_back(std::to_string(row));
    job.parties.push_back(std::move(declared));
    data.push_back(std::move(of_party));
  }
  double label(Objective objective, size_t row) const {
    double sum = 0.3 * number(row, 900);
    for (size_t party = 0; party < data.size(); ++party) sum += number(row, 10 * party) + number(row, 10 * party + 1);
    const double middle = static_cast<double>(data.size()) + 0.15;
    if (objective == Objective::regression) return 1000 * sum;
    if (objective == Objective::binary) return sum > middle ? 1 : 0;
    return sum > middle + 0.3 ? 2 : (sum > middle - 0.3 ? 1 : 0);
  }
};

}  // namespace puhui::federation
