// ConversionParty: what advertiser and platform have in common: the steps (terms, buckets, training, report) and their state. A party's noise comes
// from a secret seed that is drawn in the first step and kept in its own state: a repeated step repeats its noise, so that a broken job ends
// with the same bytes, and nobody averages noise away by breaking it. Keys are made anew after a break.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infrastructure/federation/conversion/conversion_join.h"
#include "infrastructure/federation/conversion/conversion_plan.h"
#include "infrastructure/federation/conversion/conversion_report.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

class ConversionParty : public Stage {
 public:
  ConversionParty(const StageNeeds& needs, const ConversionPlan& plan, cipher::Kernel kernel)
      : needs_(needs), plan_(plan), kernel_(kernel), join_(plan_, terms_, needs_.self, kernel) {}

  std::string_view name() const override { return "conversion"; }
  bool finished() const override { return report_.has_value(); }
  uint64_t steps_total() const override { return agreed_ ? terms_.buckets + 3 : 0; }
  Result<void> step(Conversation& with) override;
  std::string state() const override;
  Result<void> restore(std::string_view state) override;
  Result<StageResult> result() override;

 protected:
  virtual Result<void> join(uint64_t bucket, Conversation& with) = 0;
  virtual Result<void> train(Conversation& with) = 0;
  virtual Result<ConversionReport> report(Conversation& with) = 0;
  virtual void write_own(ByteWriter& to) const = 0;
  virtual void read_own(ByteReader& from) = 0;
  virtual void finish(StageResult& result) const = 0;

  const std::string& peer_name() const { return needs_.job.parties[1 - needs_.self].name; }
  // Of a block of places: the first one and how many.
  size_t places_total() const { return join_.click_places() * terms_.buckets; }

  const StageNeeds needs_;
  const ConversionPlan plan_;
  const cipher::Kernel kernel_;
  MatchingTerms terms_;
  ConversionJoin join_;
  NoiseSeed seed_{};
  uint64_t done_ = 0;  // buckets
  bool trained_ = false;
  std::optional<ConversionReport> report_;

 private:
  bool agreed_ = false;
};

std::unique_ptr<Stage> make_conversion_advertiser(const StageNeeds& needs, const ConversionPlan& plan,
                                                  cipher::Kernel kernel);
std::unique_ptr<Stage> make_conversion_platform(const StageNeeds& needs, const ConversionPlan& plan,
                                                cipher::Kernel kernel);

}  // namespace puhui::federation
