// A small guest against a large host by the oblivious function: the first job of an epoch, when the host's side is made, and the next, when it
// is kept. Half of the guest's ids are common; the answer is compared with the truth. Both parties in one process.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "ground/base/check.h"
#include "ground/base/cpu_account.h"
#include "infrastructure/cipher/kernel.h"
#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/psi_for_test.h"

namespace puhui::federation {
namespace {

constexpr uint64_t kGuestRows = 1 << 14, kHostRows = 1 << 20;
constexpr double kKeptShareMax = 0.2;  // of the first job's core-seconds

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

std::string id_of(uint64_t number) {
  return "CN-91310000-" + std::to_string(100'000'000 + number * 7'654'321 % 899'999'963);
}

struct Cost {
  double core_seconds = 0, guest_mb = 0, host_mb = 0;
  bool exact = false;
};

Cost run(const Job& job, const PartyData (&data)[2], const std::string& folder) {
  DiskFiles files;
  LeakageBook leakage[2];
  NoProgress progress;
  StageResult results[2];
  uint64_t bytes[2] = {0, 0};
  const int64_t began = process_cpu_ns();
  const auto ends =
      run_tampered([&](size_t from, uint16_t, std::string& sent) { bytes[from] += sent.size(); },
                   [&](size_t self, Conversation& with) -> Result<void> {
                     const std::string own = folder + "/" + std::to_string(self);
                     TRY(files.make_folder(own + "/work"));
                     StageNeeds needs{job, data[self], self, files, own + "/work", leakage[self], progress};
                     needs.house_folder = own + "/house";
                     auto stage = TRY(make_oprf_stage(needs));
                     while (!stage->finished()) TRY(stage->step(with));
                     results[self] = TRY(stage->result());
                     return {};
                   });
  Cost out;
  out.core_seconds = static_cast<double>(process_cpu_ns() - began) * 1e-9;
  for (const auto* end : {&ends.first, &ends.second}) CHECK(end->has_value(), "the job ends well");
  out.guest_mb = static_cast<double>(bytes[0]) / 1e6;
  out.host_mb = static_cast<double>(bytes[1]) / 1e6;
  std::vector<std::string> expected;
  for (uint64_t i = kGuestRows / 2; i < kGuestRows; ++i) expected.push_back(id_of(i));
  std::ranges::sort(expected);
  out.exact = rows_of(data[0], results[0].rows).ids == expected && rows_of(data[1], results[1].rows).ids == expected;
  return out;
}

void print(const char* what, const Cost& cost) {
  std::printf("%-28s %6.2f core-seconds of both; sent: guest %.1f MB, host %.1f MB; %s\n", what, cost.core_seconds,
              cost.guest_mb, cost.host_mb, cost.exact ? "exact" : "WRONG");
}

int bench() {
  Job job;
  job.name = "bench";
  job.kind = JobKind::intersection;
  job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
  PartyData data[2];
  for (uint64_t i = 0; i < kGuestRows; ++i) data[0].ids.push_back(id_of(i));
  for (uint64_t i = 0; i < kHostRows; ++i) data[1].ids.push_back(id_of(kGuestRows / 2 + i));
  const std::string folder = (std::filesystem::temp_directory_path() / "puhui_oprf_bench").string();
  std::filesystem::remove_all(folder);
  const Cost first = run(job, data, folder), kept = run(job, data, folder);
  std::filesystem::remove_all(folder);
  std::printf("%lu ids of a guest against %lu of a host\n", kGuestRows, kHostRows);
  print("first job of an epoch", first);
  print("the next, nothing changed", kept);
  const double share = kept.core_seconds / first.core_seconds;
  std::printf("the next costs %.2f of the first (at most %.2f)\n", share, kKeptShareMax);
  return first.exact && kept.exact && share <= kKeptShareMax ? 0 : 1;
}

}  // namespace
}  // namespace puhui::federation

int main() { return puhui::federation::bench(); }
