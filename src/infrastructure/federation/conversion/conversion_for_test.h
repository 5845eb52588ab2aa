// A simulated advertiser and platform as a job in one process, for tests and the bench of conversions.
#pragma once

#include "infrastructure/federation/conversion/conversion_stage.h"
#include "infrastructure/federation/conversion/simulate_conversions.h"

namespace puhui::federation {

class ConversionSilence final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct ConversionHouses {
  SimulatedConversions world;
  Job job;
  PartyData data[2];
  MemoryFiles files;
  std::vector<LeakageBook> leakage;
  ConversionSilence silence;

  explicit ConversionHouses(const SimulatedConversions::Shape& shape, bool with_values = false)
      : world(simulate_conversions(shape)) {
    job.name = "clicks", job.kind = JobKind::conversion, job.label = "converted";
    job.cipher.scheme = "okamoto_uchiyama";  // the faster one
    job.conversion.epsilon = 100, job.conversion.cohort_min = 20;
    job.logistic.l2 = 1e-5, job.privacy.clip = 100;
    job.parties = {{.name = "advertiser", .role = Role::guest}, {.name = "platform", .role = Role::host}};
    for (size_t j = 0; j < shape.columns; ++j) job.parties[1].columns.push_back("x" + std::to_string(j));
    data[0].ids = world.advertiser_keys;
    data[0].labels.assign(world.labels.begin(), world.labels.end());
    if (with_values) {
      job.parties[0].columns = {"value"};
      data[0].values = {world.values};
    }
    data[0].columns = job.parties[0].columns;
    data[1].ids = world.keys;
    data[1].columns = job.parties[1].columns;
    data[1].values = world.columns;
  }

  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt,
                                       const StageMaker& maker = make_conversion_stage) {
    leakage.clear();
    return run_together({job, {&data[0], &data[1]}, files, "work", break_after}, maker, leakage, silence);
  }
  int64_t told(size_t by, std::string_view code) const {
    int64_t sum = 0;
    for (const Leak& leak : leakage[by].sums()) sum += leak.code == code ? leak.amount : 0;
    return sum;
  }
};

inline double measure_of(const StageResult& result, std::string_view name) {
  const Json* found = result.measures.find(name);
  return found != nullptr ? found->as_double().value_or(-1) : -1;
}

}  // namespace puhui::federation
