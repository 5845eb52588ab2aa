// MeasuresParty: what guest and host of a measuring have in common: their columns cut into bins, two steps (bins, correlation), and
// a state that is what they have learnt so far.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "infrastructure/federation/measures/measured_column.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

class MeasuresParty : public Stage {
 public:
  explicit MeasuresParty(const StageNeeds& needs);
  std::string_view name() const override { return "measures"; }
  bool finished() const override { return done_ == steps_total(); }
  uint64_t steps_total() const override { return needs_.job.measures.correlation ? 2 : 1; }
  Result<void> step(Conversation& with) override;
  std::string state() const override;
  Result<void> restore(std::string_view state) override;
  Result<StageResult> result() override;

 protected:
  virtual Result<void> weigh_bins(Conversation& with) = 0;
  virtual Result<void> correlate(Conversation& with) = 0;
  const std::string& party_name(size_t party) const { return needs_.job.parties[party].name; }
  void add_column(Json column) { columns_.push_back(std::move(column)); }
  void add_pair(std::pair<std::string, std::string> one, std::pair<std::string, std::string> other, int64_t ppm);
  void correlate_own();

  const StageNeeds needs_;
  std::vector<MeasuredColumn> own_;

 private:
  uint64_t done_ = 0;
  Json::List columns_, pairs_;
};

}  // namespace puhui::federation
