// Detectors on simulated streams: transfers a second on one core through add and all seven typologies, and recall and precision of
// each on seeds they were never tuned on. aml_bench [transfers accounts injections seed…]
#include <cinttypes>
#include <cstdio>
#include <thread>

#include "applications/aml/detectors_for_test.h"
#include "ground/base/cpu_account.h"
#include "ground/base/text.h"

namespace puhui::aml {
namespace {

constexpr double kTransfersPerSecondBar = 50'000, kRecallBar = .98, kPrecisionBar = .90;

void print_lines(const char* what, const std::map<std::string, int64_t>& lines) {
  for (const auto& [name, count] : lines) std::printf("    %s %" PRId64 " %s\n", what, count, name.c_str());
}

int run(const SimulationRequest& base, const std::vector<uint64_t>& seeds) {
  const auto settings = shipped_settings();
  std::array<Score, kTypologies> total;
  bool well = true;
  for (const uint64_t seed : seeds) {
    SimulationRequest request = base;
    request.seed = seed;
    const Simulation simulation = simulate(request);
    const int64_t started_ns = thread_cpu_ns();
    const SimulatedRun ran = run_detectors(simulation, settings);
    const double seconds = static_cast<double>(thread_cpu_ns() - started_ns) / 1e9;
    const double speed = static_cast<double>(simulation.transfers.size()) / seconds;
    well &= speed >= kTransfersPerSecondBar;
    std::printf("seed %" PRIu64 ": %zu transfers, %.0f a second of one core (at least %.0f), %zu findings, %" PRIu64
                " searches cut, graph %.1f MB\n",
                seed, simulation.transfers.size(), speed, kTransfersPerSecondBar, ran.findings.size(),
                ran.counts.graph.searches_cut, static_cast<double>(ran.counts.graph.bytes) / 1e6);
    const auto scores = score_of(simulation, ran);
    for (size_t i = 0; i < kTypologies; ++i) {
      total[i].injected += scores[i].injected;
      total[i].found += scores[i].found;
      total[i].findings += scores[i].findings;
      total[i].right += scores[i].right;
      for (const auto& [name, count] : scores[i].mistaken) total[i].mistaken[name] += count;
      for (const auto& [name, count] : scores[i].missed) total[i].missed[name] += count;
    }
  }
  for (size_t i = 0; i < kTypologies; ++i) {
    const double recall = static_cast<double>(total[i].recall_ppm()) / 1e6;
    const double precision = static_cast<double>(total[i].precision_ppm()) / 1e6;
    well &= recall >= kRecallBar && precision >= kPrecisionBar;
    std::printf("%-15s recall %.3f (%" PRId64 " of %" PRId64 "), precision %.3f (%" PRId64 " of %" PRId64 ")\n",
                std::string(names_of(static_cast<const Typology*>(nullptr))[i]).c_str(), recall, total[i].found,
                total[i].injected, precision, total[i].right, total[i].findings);
    print_lines("wrong", total[i].mistaken);
    print_lines("missed", total[i].missed);
  }
  std::printf("bars: recall %.2f, precision %.2f: %s\n", kRecallBar, kPrecisionBar, well ? "reached" : "NOT reached");
  return well ? 0 : 1;
}

}  // namespace
}  // namespace puhui::aml

int main(int argc, char** argv) {
  using namespace puhui;
  std::vector<uint64_t> numbers;
  for (int i = 1; i < argc; ++i) numbers.push_back(static_cast<uint64_t>(parse_int64(argv[i]).value_or(0)));
  aml::SimulationRequest base;
  if (numbers.size() >= 3) {
    base.transfers = numbers[0];
    base.accounts = static_cast<uint32_t>(numbers[1]);
    base.injections = static_cast<uint32_t>(numbers[2]);
  }
  std::vector<uint64_t> seeds;
  for (size_t i = 3; i < numbers.size(); ++i) seeds.push_back(numbers[i]);
  if (seeds.empty()) seeds = {11, 12, 13, 14, 15};
  return aml::run(base, seeds);
}
