// Vertical boosting between two parties with real encryption on the data sets that FATE's examples use: the fit beside the plaintext
// figures of XGBoost, and whether the trees are those of the run in the clear.
//   federation_quality_bench [paillier|okamoto_uchiyama] [a part of a set's name]
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "ground/base/cpu_account.h"
#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/boosting/quality.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::federation {
namespace {

constexpr double kAucOffMax = 0.002;

struct Set {
  const char *name, *guest, *host;
  int64_t trees, classes;
  double xgboost_auc;  // depth 3, 32 bins, rate .3, all rows; 0: none published
  size_t first_column, guest_columns, host_columns;
  bool one_count;  // the host's columns are numbered on from the guest's
};
constexpr Set kSets[] = {
    {"breast", "breast_hetero_guest.csv", "breast_hetero_host.csv", 10, 2, .999115, 0, 10, 20, false},
    {"default_credit", "default_credit_hetero_guest.csv.gz", "default_credit_hetero_host.csv.gz", 30, 2, .795218, 0, 13,
     10, false},
    {"epsilon", "epsilon_5k_hetero_guest.csv.gz", "epsilon_5k_hetero_host.csv.gz", 30, 2, .814452, 1, 20, 80, true},
    {"vehicle", "vehicle_scale_hetero_guest.csv", "vehicle_scale_hetero_host.csv", 10, 4, 0, 0, 9, 9, false},
};

Job job_of(const Set& set, const char* scheme) {
  Job job;
  job.name = set.name, job.label = "y", job.cipher.scheme = scheme;
  job.boosting.trees = set.trees;
  if (set.classes > 2) job.boosting.objective = Objective::multi_class, job.boosting.classes = set.classes;
  job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
  const size_t host_first = set.one_count ? set.first_column + set.guest_columns : set.first_column;
  for (size_t i = 0; i < set.guest_columns; ++i)
    job.parties[0].columns.push_back("x" + std::to_string(set.first_column + i));
  for (size_t i = 0; i < set.host_columns; ++i) job.parties[1].columns.push_back("x" + std::to_string(host_first + i));
  return job;
}

PartyData data_of(const Job& job, size_t party, const std::string& file) {
  const char* folder = std::getenv("PUHUI_DATA");
  auto source = models::open_file(std::string(folder != nullptr ? folder : "../shared/data") + "/federation/" + file);
  if (!source) {
    std::printf("skipped: no data (%s)\n", source.error().text().c_str());
    std::exit(0);
  }
  auto data = read_party_data(*std::move(source), job, party);
  if (!data) {
    std::printf("%s\n", data.error().text().c_str());
    std::exit(1);
  }
  return *std::move(data);
}

// The host's rows in the guest's order.
PartyData aligned(const PartyData& guest, const PartyData& host) {
  std::unordered_map<std::string, uint32_t> places;
  for (uint32_t i = 0; i < host.ids.size(); ++i) places[host.ids[i]] = i;
  std::vector<uint32_t> rows;
  for (const std::string& id : guest.ids) rows.push_back(places.at(id));
  return rows_of(host, rows);
}

bool measure(const Set& set, const char* scheme) {
  const Job job = job_of(set, scheme);
  const PartyData guest = data_of(job, 0, set.guest), host = aligned(guest, data_of(job, 1, set.host));
  const std::vector<const PartyData*> both = {&guest, &host};
  const auto clear = grow_in_the_clear(job, both);
  MemoryFiles files;
  QuietProgress progress;
  std::vector<LeakageBook> leakage;
  const int64_t began = process_cpu_ns();
  const auto results = run_together({job, both, files, "work"}, make_boosting_stage, leakage, progress);
  const double core_seconds = static_cast<double>(process_cpu_ns() - began) / 1e9;
  if (!clear || !results) {
    std::printf("%s: %s\n", set.name, (clear ? results.error() : clear.error()).text().c_str());
    return false;
  }
  const bool same =
      part_bytes(clear->guest) == (*results)[0].model_part && part_bytes(clear->hosts[0]) == (*results)[1].model_part;
  const double auc = (*results)[0].measures.find("auc")->as_double().value_or(0);
  std::printf("%-15s %6zu rows, %2lld rounds, %s: auc %.6f", set.name, guest.row_count(),
              static_cast<long long>(set.trees), scheme, auc);
  if (const Json* accuracy = (*results)[0].measures.find("accuracy"))
    std::printf(", accuracy %.6f", accuracy->as_double().value_or(0));
  const bool close = set.xgboost_auc == 0 || std::abs(auc - set.xgboost_auc) <= kAucOffMax;
  if (set.xgboost_auc > 0)
    std::printf(", XGBoost's %.6f (within %.3f) %s", set.xgboost_auc, kAucOffMax, close ? "ok" : "MISSED");
  std::printf(", trees %s, %.1f core s\n", same ? "as in the clear" : "DIFFERENT FROM THE CLEAR", core_seconds);
  return same && close;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  const char* scheme = argc > 1 ? argv[1] : "okamoto_uchiyama";
  bool good = true;
  for (const auto& set : puhui::federation::kSets) {
    if (argc > 2 && std::string_view(set.name).find(argv[2]) == std::string_view::npos) continue;
    good &= puhui::federation::measure(set, scheme);
  }
  return good ? 0 : 1;
}
