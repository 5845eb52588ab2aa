// One tree of vertical boosting by two parties with real ciphers, in core seconds of both together, beside FATE's method: its counts
// of operations at GMP's speed, timed in the same run. And how the cost grows with rows and columns.
//   boosting_bench [rows] [host columns]
#include <gmp.h>

#include <cstdio>
#include <cstdlib>

#include "ground/base/cpu_account.h"
#include "ground/base/text.h"
#include "infrastructure/federation/boosting/boosting_for_test.h"

namespace puhui::federation {
namespace {

constexpr double kRatioMin = 20, kGrowthMax = 2.2;
constexpr size_t kBins = 32, kDepth = 3;

double seconds(int64_t since_ns) { return static_cast<double>(process_cpu_ns() - since_ns) / 1e9; }

struct Size {
  size_t rows = 0, columns = 0;
};

// Every column a number in [0, 1), all bins full; the label hangs on some of them.
struct BenchJob {
  Job job;
  PartyData guest, host;

  BenchJob(Size size, const char* scheme) {
    job.name = "bench", job.label = "y", job.cipher.scheme = scheme;
    job.boosting.trees = 1, job.boosting.depth_max = kDepth, job.boosting.bins_max = kBins;
    job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
    fill(guest, job.parties[0], 1, size.rows, 0);
    fill(host, job.parties[1], size.columns, size.rows, 1);
    for (size_t row = 0; row < size.rows; ++row) {
      const float sum = host.values[0][row] + host.values[1][row] + guest.values[0][row];
      guest.labels.push_back(sum > 1.5F ? 1 : 0);
    }
  }

 private:
  static void fill(PartyData& data, JobParty& party, size_t columns, size_t rows, uint64_t run) {
    for (size_t column = 0; column < columns; ++column) {
      party.columns.push_back("x" + std::to_string(column));
      data.values.emplace_back(rows);
      for (size_t row = 0; row < rows; ++row)
        data.values.back()[row] = static_cast<float>(Random(11).draw(run, row, column) >> 40) * 0x1p-24F;
    }
    data.columns = party.columns;
    data.ids.resize(rows);
  }
};

// Notes when the set-up (key, bins) is over.
class WatchedStage final : public Stage {
 public:
  WatchedStage(std::unique_ptr<Stage> inner, int64_t& tree_begins_ns)
      : inner_(std::move(inner)), begins_ns_(tree_begins_ns) {}
  std::string_view name() const override { return inner_->name(); }
  bool finished() const override { return inner_->finished(); }
  uint64_t steps_total() const override { return inner_->steps_total(); }
  Result<void> step(Conversation& with) override {
    TRY(inner_->step(with));
    if (begins_ns_ == 0) begins_ns_ = process_cpu_ns();
    return {};
  }
  std::string state() const override { return inner_->state(); }
  Result<void> restore(std::string_view state) override { return inner_->restore(state); }
  Result<StageResult> result() override { return inner_->result(); }

 private:
  std::unique_ptr<Stage> inner_;
  int64_t& begins_ns_;
};

struct Run {
  double tree_seconds = 0;
  int64_t candidates = 0;
  bool same_as_clear = false;
};

Run measure(Size size, const char* scheme) {
  const BenchJob bench(size, scheme);
  MemoryFiles files;
  QuietProgress progress;
  std::vector<LeakageBook> leakage;
  int64_t begins_ns = 0;
  const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
    auto stage = TRY(make_boosting_stage(needs));
    if (needs.self != 0) return stage;
    return std::make_unique<WatchedStage>(std::move(stage), begins_ns);
  };
  const auto results = run_together({bench.job, {&bench.guest, &bench.host}, files, "work"}, maker, leakage, progress);
  if (!results) {
    std::printf("%s\n", results.error().text().c_str());
    std::exit(1);
  }
  Run out;
  out.tree_seconds = seconds(begins_ns);
  for (const Leak& leak : leakage[1].sums()) out.candidates += leak.code == "candidate_sums" ? leak.amount : 0;
  const std::vector<const PartyData*> both = {&bench.guest, &bench.host};
  const auto clear = grow_in_the_clear(bench.job, both);
  out.same_as_clear = clear && part_bytes(clear->guest) == (*results)[0].model_part &&
                      part_bytes(clear->hosts[0]) == (*results)[1].model_part;
  return out;
}

// Seconds each of GMP's operations that FATE's method is made of, the best of some rounds.
struct PeerCosts {
  double encrypt = 1e9, add = 1e9, decrypt = 1e9;
};

class Big {
 public:
  explicit Big(gmp_randstate_t random, mp_bitcnt_t bits) {
    mpz_init(value_);
    mpz_urandomb(value_, random, bits);
    mpz_setbit(value_, bits - 1);
    mpz_setbit(value_, 0);
  }
  Big(const Big&) = delete;
  Big& operator=(const Big&) = delete;
  ~Big() { mpz_clear(value_); }
  mpz_ptr get() { return value_; }

 private:
  mpz_t value_;
};

template <class Work>
double cost_each(size_t count, Work work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const int64_t began = thread_cpu_ns();
    for (size_t i = 0; i < count; ++i) work();
    best = std::min(best, static_cast<double>(thread_cpu_ns() - began) / 1e9 / static_cast<double>(count));
  }
  return best;
}

PeerCosts peer_costs() {
  gmp_randstate_t random;
  gmp_randinit_mt(random);
  Big n(random, 2048), square(random, 4096), r(random, 2047), p(random, 1024), p_square(random, 2048), c(random, 4095),
      out(random, 64);
  PeerCosts costs;
  costs.encrypt = cost_each(8, [&] {  // (1 + n m) r^n mod n²
    mpz_powm(out.get(), r.get(), n.get(), square.get());
    mpz_mul(out.get(), out.get(), c.get());
    mpz_mod(out.get(), out.get(), square.get());
  });
  costs.add = cost_each(4096, [&] {
    mpz_mul(out.get(), out.get(), c.get());
    mpz_mod(out.get(), out.get(), square.get());
  });
  costs.decrypt = cost_each(16, [&] {  // c^(p-1) mod p² for both factors
    for (int factor = 0; factor < 2; ++factor) mpz_powm(out.get(), c.get(), p.get(), p_square.get());
  });
  gmp_randclear(random);
  return costs;
}

// What one tree takes by a method, all levels grown in full.
struct Method {
  const char* name;
  double ciphertexts_a_row;  // g and h apart, or together
  double rows_added;         // over all levels, in shares of all rows
  double nodes_decrypted;
  double sums_a_ciphertext;
};

double cost_of(const Method& method, Size size, const PeerCosts& costs) {
  const auto rows = static_cast<double>(size.rows), columns = static_cast<double>(size.columns);
  const double encryptions = rows * method.ciphertexts_a_row;
  const double adds = rows * columns * method.ciphertexts_a_row * method.rows_added;
  const double decryptions = method.nodes_decrypted * columns * static_cast<double>(kBins) * method.ciphertexts_a_row /
                             method.sums_a_ciphertext;
  const double total = encryptions * costs.encrypt + adds * costs.add + decryptions * costs.decrypt;
  std::printf("  %-64s %11.0f encryptions %13.0f additions %9.0f decryptions %9.1f core s\n", method.name, encryptions,
              adds, decryptions, total);
  return total;
}

bool hold(const char* what, double value, double bar, bool at_least) {
  const bool good = at_least ? value >= bar : value <= bar;
  std::printf("  %-64s %8.2f (%s %.1f) %s\n", what, value, at_least ? "at least" : "at most", bar,
              good ? "ok" : "MISSED");
  return good;
}

bool compare(Size size) {
  const PeerCosts costs = peer_costs();
  std::printf("GMP at 2048 bits: encrypt %.2f ms, add %.2f us, decrypt %.2f ms\n", costs.encrypt * 1e3, costs.add * 1e6,
              costs.decrypt * 1e3);
  std::printf("one tree, %s rows x %zu host columns, depth %zu, %zu bins:\n",
              with_thousands(static_cast<int64_t>(size.rows)).c_str(), size.columns, kDepth, kBins);
  const double fate_1 =
      cost_of({"FATE 1.11's method (g and h apart, every node added up, no packing)", 2, 3, 7, 1}, size, costs);
  const double fate_1_halved = cost_of({"  the same with smaller children only", 2, 2, 7, 1}, size, costs);
  const double fate_2 =
      cost_of({"FATE 2's (g and h together, smaller children, 14 sums packed)", 1, 2, 7, 14}, size, costs);
  bool good = true;
  for (const char* scheme : {"paillier", "okamoto_uchiyama"}) {
    const Run run = measure(size, scheme);
    std::printf("  ours, %-58s %11zu encryptions %13.0f additions %9s sums %13.1f core s\n", scheme, size.rows,
                static_cast<double>(size.rows * size.columns) * 2 * (kBins - 1) / kBins,
                with_thousands(run.candidates).c_str(), run.tree_seconds);
    good &= hold("times FATE 1.11's method", fate_1 / run.tree_seconds, kRatioMin, true);
    std::printf("  times FATE 1.11's with smaller children only %.1f; times FATE 2's %.1f; trees %s\n",
                fate_1_halved / run.tree_seconds, fate_2 / run.tree_seconds,
                run.same_as_clear ? "as in the clear" : "DIFFERENT FROM THE CLEAR");
    good &= run.same_as_clear;
  }
  return good;
}

bool growth(Size size) {
  const double once = measure(size, "paillier").tree_seconds;
  const double rows = measure({2 * size.rows, size.columns}, "paillier").tree_seconds;
  const double columns = measure({size.rows, 2 * size.columns}, "paillier").tree_seconds;
  std::printf("growth from %zu x %zu (%.2f core s):\n", size.rows, size.columns, once);
  const bool by_rows = hold("rows x 2: times the time", rows / once, kGrowthMax, false);
  return hold("columns x 2: times the time", columns / once, kGrowthMax, false) && by_rows;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  using namespace puhui::federation;
  const size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const size_t columns = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
  const bool compared = compare({rows, columns});
  const bool grown = growth({std::max<size_t>(rows / 8, 64), std::max<size_t>(columns / 4, 2)});
  return compared && grown ? 0 : 1;
}
