// The fit of the run in the clear on real data, beside XGBoost's figures (depth 3, 32 bins, rate .3, all rows).
#include "infrastructure/federation/boosting/quality.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <unordered_map>

#include "infrastructure/federation/boosting/plaintext.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::federation {
namespace {

std::string data_folder() {
  const char* folder = std::getenv("PUHUI_DATA");
  return std::string(folder != nullptr ? folder : "../shared/data") + "/federation/";
}

JobParty party(const char* name, Role role, size_t columns) {
  JobParty out{.name = name, .role = role};
  for (size_t i = 0; i < columns; ++i) out.columns.push_back("x" + std::to_string(i));
  return out;
}

// Ten trees on both parties' rows; nullopt without the data.
std::optional<Json> fit(const std::string& name, Job job) {
  job.name = name, job.label = "y", job.boosting.trees = 10;
  std::vector<PartyData> data;
  for (size_t i = 0; i < 2; ++i) {
    auto source = models::open_file(data_folder() + name + (i == 0 ? "_hetero_guest.csv" : "_hetero_host.csv"));
    if (!source) return std::nullopt;
    auto read = read_party_data(*std::move(source), job, i);
    EXPECT_TRUE(read) << read.error().text();
    data.push_back(*std::move(read));
  }
  std::unordered_map<std::string, uint32_t> places;
  for (uint32_t i = 0; i < data[1].ids.size(); ++i) places[data[1].ids[i]] = i;
  std::vector<uint32_t> rows;
  for (const std::string& id : data[0].ids) rows.push_back(places.at(id));
  const PartyData host = rows_of(data[1], rows);
  const std::vector<const PartyData*> both = {data.data(), &host};
  const auto model = grow_in_the_clear(job, both);
  EXPECT_TRUE(model) << model.error().text();
  return boosting_measures(job.boosting.objective, model->guest.scale, model->margins, data[0].labels, model->guest);
}

TEST(BoostingQuality, BreastIsFittedAsByXgboost) {
  Job job;
  job.parties = {party("guest", Role::guest, 10), party("host", Role::host, 20)};
  const auto measures = fit("breast", job);
  if (!measures) GTEST_SKIP() << "skipped: no data";
  EXPECT_NEAR(*measures->find("auc")->as_double(), .999115, .002);
}

TEST(BoostingQuality, VehicleIsToldApartInFourClasses) {
  Job job;
  job.boosting.objective = Objective::multi_class, job.boosting.classes = 4;
  job.parties = {party("guest", Role::guest, 9), party("host", Role::host, 9)};
  const auto measures = fit("vehicle_scale", job);
  if (!measures) GTEST_SKIP() << "skipped: no data";
  EXPECT_GT(*measures->find("accuracy")->as_double(), .80);
  EXPECT_GT(*measures->find("auc")->as_double(), .95);
}

}  // namespace
}  // namespace puhui::federation
