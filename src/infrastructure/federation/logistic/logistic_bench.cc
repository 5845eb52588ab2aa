// One epoch of vertical logistic regression by two parties, a thread each, with real ciphers. Set-up (keys, obfuscators of the
// epoch) and the epoch apart: seconds on the wall and core seconds, nothing subtracted; what each party did in the epoch and
// where it waited; beside it the same epoch in the clear. How the cost grows with rows. Asks for two free cores.
//   logistic_bench [rows] [columns of each party]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "ground/base/cpu_account.h"
#include "infrastructure/federation/logistic/in_the_clear.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/vertical_logistic.h"
#include "infrastructure/federation/logistic/wire.h"

namespace puhui::federation {
namespace {

constexpr double kEpochSecondsMax = 5, kGrowthMax = 2.2;
constexpr size_t kRows = 350'000, kColumns = 6;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_seconds() { return static_cast<double>(process_cpu_ns()) / 1e9; }

// What a party does up to a message, and waiting for one.
enum Phase : size_t { kEncrypt, kSend, kSum, kOpen, kWaitRows, kWaitSums, kPhases };
constexpr const char* kPhaseNames[] = {"encrypt",       "send",          "read, sum",
                                       "open the sums", "wait for rows", "wait for sums"};

// One party's clock: wall and core seconds of each phase of the epoch, which runs from when set-up is done to the last batch.
class PartyClock final : public Progress {
 public:
  void step(std::string_view what, uint64_t done, uint64_t total) override {
    if (what != "vertical_logistic") return;
    if (done == 0) begin_wall_ = wall_seconds(), begin_all_ = cpu_seconds(), runs_ = true, at_ = now();
    if (done == total) tell(kSend), end_wall_ = wall_seconds(), end_all_ = cpu_seconds(), runs_ = false;
  }
  // What went since the last time was that.
  void tell(Phase phase) {
    if (!runs_) return;
    const Moment then = at_;
    at_ = now();
    wall_[phase] += at_.wall - then.wall, core_[phase] += at_.core - then.core;
  }
  double begin() const { return begin_wall_; }
  double end() const { return end_wall_; }
  double begin_core() const { return begin_all_; }  // of the whole process
  double end_core() const { return end_all_; }
  void print(const char* party) const {
    std::printf("  %-9s", party);
    for (size_t i = 0; i < kPhases; ++i) std::printf("  %s %.2f (%.2f)", kPhaseNames[i], wall_[i], core_[i]);
    std::printf("  s wall (core)\n");
  }

 private:
  struct Moment {
    double wall = 0, core = 0;
  };
  static Moment now() { return {wall_seconds(), static_cast<double>(thread_cpu_ns()) / 1e9}; }
  bool runs_ = false;
  Moment at_;
  double begin_wall_ = 0, end_wall_ = 0, begin_all_ = 0, end_all_ = 0;
  double wall_[kPhases] = {}, core_[kPhases] = {};
};

class ClockedConversation final : public Conversation {
 public:
  ClockedConversation(Conversation& with, PartyClock& clock) : with_(with), clock_(clock) {}
  size_t self() const override { return with_.self(); }
  size_t parties() const override { return with_.parties(); }
  bool is_present(size_t party) const override { return with_.is_present(party); }
  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    clock_.tell(kind == kLogisticRows ? kEncrypt : kind == kLogisticMasked ? kSum : kOpen);
    return with_.send(to, kind, parts);
  }
  Result<std::string> receive(size_t from, uint16_t kind) override {
    clock_.tell(kSend);
    auto out = with_.receive(from, kind);
    clock_.tell(kind == kLogisticRows ? kWaitRows : kWaitSums);
    return out;
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return with_.receive(from, kind, take);
  }

 private:
  Conversation& with_;
  PartyClock& clock_;
};

class ClockedStage final : public Stage {
 public:
  ClockedStage(std::unique_ptr<Stage> stage, PartyClock& clock) : stage_(std::move(stage)), clock_(clock) {}
  std::string_view name() const override { return stage_->name(); }
  bool finished() const override { return stage_->finished(); }
  uint64_t steps_total() const override { return stage_->steps_total(); }
  Result<void> step(Conversation& with) override {
    ClockedConversation clocked(with, clock_);
    return stage_->step(clocked);
  }
  std::string state() const override { return stage_->state(); }
  Result<void> restore(std::string_view state) override { return stage_->restore(state); }
  Result<StageResult> result() override { return stage_->result(); }

 private:
  std::unique_ptr<Stage> stage_;
  PartyClock& clock_;
};

struct Terms {
  const char *scheme, *sigmoid;
};

struct Epoch {
  double wall = 0, core = 0;  // core: of a party
};

// None when it failed.
std::optional<Epoch> one_epoch(LogisticPair pair, Terms terms) {
  pair.job.cipher.scheme = terms.scheme;
  pair.job.logistic.sigmoid = terms.sigmoid;
  pair.job.logistic.epochs = 1;
  MemoryFiles files;
  PartyClock clocks[2];
  std::vector<LeakageBook> leakage;
  const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
    PartyClock& clock = clocks[needs.self];
    auto stage = TRY(make_vertical_logistic(
        {needs.job, needs.data, needs.self, needs.files, needs.work_folder, needs.leakage, clock, needs.signatory}));
    return std::make_unique<ClockedStage>(std::move(stage), clock);
  };
  const double made_wall = wall_seconds(), made_core = cpu_seconds();
  const auto results =
      run_together({pair.job, {&pair.guest, &pair.host}, files, "work", std::nullopt}, maker, leakage, clocks[0]);
  if (!results) return std::printf("%s\n", results.error().text().c_str()), std::nullopt;
  const double clear_at = cpu_seconds();
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  const double clear_seconds = cpu_seconds() - clear_at;
  const bool equal = clear && clear->guest == (*results)[0].model_part && clear->host == (*results)[1].model_part;
  // From when the first party is set up to when the last has done its last batch.
  const PartyClock &first = clocks[0].begin() < clocks[1].begin() ? clocks[0] : clocks[1],
                   &last = clocks[0].end() > clocks[1].end() ? clocks[0] : clocks[1];
  const Epoch epoch{.wall = last.end() - first.begin(), .core = (last.end_core() - first.begin_core()) / 2};
  const size_t rows = pair.guest.row_count();
  std::printf("%s, %s, %zu x %zu rows: %s\n", terms.scheme, terms.sigmoid, rows,
              pair.job.parties[0].columns.size() + pair.job.parties[1].columns.size(),
              equal ? "same bytes as in the clear" : "OTHER BYTES THAN IN THE CLEAR");
  std::printf("  set-up    %6.2f s wall  %6.2f core-s a party: standardising, keys, obfuscators\n",
              first.begin() - made_wall, (first.begin_core() - made_core) / 2);
  std::printf("  epoch     %6.2f s wall  %6.2f core-s a party (%.2f us a row); in the clear %.2f core-s of both\n",
              epoch.wall, epoch.core, epoch.core * 1e6 / static_cast<double>(rows), clear_seconds);
  clocks[0].print("guest"), clocks[1].print("host");
  if (!equal) return std::nullopt;
  return epoch;
}

int run(size_t rows, size_t columns) {
  const LogisticPair half = simulated_pair({.rows = rows / 2, .guest_columns = columns, .host_columns = columns});
  const LogisticPair whole = simulated_pair({.rows = rows, .guest_columns = columns, .host_columns = columns});
  const auto cubic = one_epoch(whole, {"okamoto_uchiyama", "cubic"});
  const auto small = one_epoch(half, {"okamoto_uchiyama", "cubic"});
  const auto linear = one_epoch(whole, {"okamoto_uchiyama", "linear"});
  const auto paillier = one_epoch(half, {"paillier", "cubic"});
  if (!small || !cubic || !linear || !paillier) return 1;
  const bool fast = rows != kRows || columns != kColumns || cubic->wall <= kEpochSecondsMax;
  const double growth = cubic->core / small->core;
  std::printf(
      "one epoch, Okamoto-Uchiyama 2048, cubic, a core each, after set-up: %.2f s wall (bar: %.1f s at %zu x %zu) %s\n",
      cubic->wall, kEpochSecondsMax, kRows, 2 * kColumns, fast ? "ok" : "MISSED");
  std::printf("rows x 2: core time x %.2f (bar: %.1f) %s\n", growth, kGrowthMax,
              growth <= kGrowthMax ? "ok" : "MISSED");
  return fast && growth <= kGrowthMax ? 0 : 1;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  const size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : puhui::federation::kRows;
  const size_t columns = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : puhui::federation::kColumns;
  if (rows < 2 || columns < 1)
    return std::printf("expected rows and columns of each party, came less than 2 or 1\n"), 1;
  return puhui::federation::run(rows, columns);
}
