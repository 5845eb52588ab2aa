// What governance adds to a decision before its answer: finding who answers (champion, challenger, fallback), the kill
// switch's gate, and charging the CPU to its account. Held against the same judgement without any of it, in turns.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "infrastructure/kernel/kernel_examples.h"

namespace puhui::kernel {
namespace {

constexpr int kTurns = 200'000;
constexpr std::string_view kUseCase = kTestUseCase;

evidence::SigningKey key_of(uint8_t number) {
  std::array<uint8_t, 32> seed{};
  seed.fill(number);
  return evidence::SigningKey::from_seed(seed);
}

template <class T>
T must(Result<T> result) {
  CHECK(result.has_value(), result ? "" : result.error().text().c_str());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

evidence::Permit permit_of(Kernel& kernel, const TestProposal& proposal, Timestamp now) {
  evidence::Manifest manifest;
  manifest.use_case = kUseCase;
  manifest.artefacts = {{"policy", must(kernel.put_artefact("policy", proposal.policy))},
                        {"facts", must(kernel.put_artefact("facts", proposal.facts))},
                        {"reasons", must(kernel.put_artefact("reasons", proposal.reasons))},
                        {"model:pd", must(kernel.put_artefact("model", test_model().bytes()))}};
  manifest.thresholds = {{"cap", proposal.cap}};
  manifest.build = kTestBuild;
  manifest.author = "author";
  manifest.made_at = now;
  manifest.expires_at = {now.microseconds + 3'600'000'000};
  evidence::Permit permit{manifest, {}};
  permit.approvals = {evidence::approve(manifest, "anna", now, key_of(1)),
                      evidence::approve(manifest, "bo", now, key_of(2))};
  return permit;
}

// Nanoseconds of each turn; every other turn is the other way's, so that both meet the same machine.
struct Times {
  std::vector<int64_t> ns;
  double quantile_us(double share) {
    const auto at = ns.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(ns.size() - 1));
    std::ranges::nth_element(ns, at);
    return static_cast<double>(*at) / 1e3;
  }
};

int bench() {
  const auto folder = std::filesystem::temp_directory_path() / "puhui_governance_bench";
  std::filesystem::remove_all(folder);
  SystemClock clock;
  Log log(clock, stderr, Log::Level::error);
  Metrics metrics;
  CpuAccounts accounts;
  std::vector<Migration> tables = evidence::migrations();
  for (Migration& migration : migrations()) tables.push_back(std::move(migration));
  auto store = must(open_store(folder.string(), std::move(tables), {clock, nullptr, &accounts}));
  auto evidence_log = must(evidence::EvidenceLog::open(*store));
  const std::vector<evidence::UseCase> use_cases{{"lending.approval", "Approval", 1, 3, 'A', "credit"}};
  const auto open = [&](CpuAccounts* charged) {
    return must(Kernel::open(
        {*store, *evidence_log, clock, log, metrics, std::string(kTestBuild), sha256("salt"), charged}, use_cases));
  };
  must(store->write([&](Transaction& tx) -> Result<void> {
    TRY(evidence::add_person(tx, {"anna", key_of(1).public_key(), true}, clock.now()));
    return evidence::add_person(tx, {"bo", key_of(2).public_key(), true}, clock.now());
  }));
  const auto granting = open(nullptr);
  must(granting->grant(permit_of(*granting, {}, clock.now()), "bench"));
  TestProposal rival;
  rival.cap = "0.5";
  const auto challenger = permit_of(*granting, rival, clock.now());
  must(granting->admit(challenger, "bench"));
  must(granting->challenge({std::string(kUseCase), challenger.manifest.digest(), ChallengerStage::canary, 10'000, 1},
                           "bench"));
  const auto plain = open(nullptr), governed = open(&accounts);
  const auto version = must(plain->in_force(kUseCase));
  Workspace workspace;
  const auto ask = [&](std::shared_ptr<const Version> by, int turn) {
    const auto income = evidence::Number::whole(1000 + turn % 9000);
    return Request{std::move(by),
                   {1, static_cast<uint64_t>(turn)},
                   {income, evidence::Number::whole(turn % 5), std::string("13800138000"), evidence::Number::whole(41)},
                   "bench",
                   clock.now(),
                   evidence::HumanRole::none};
  };
  const CpuScope door(accounts.activity("bench"));
  Times without, with;
  for (int turn = 0; turn < kTurns; ++turn) {
    const int64_t start_ns = monotonic_ns();
    if (turn % 2 == 0) {
      must(plain->judge(ask(version, turn), workspace));
      without.ns.push_back(monotonic_ns() - start_ns);
    } else {
      auto choice = must(governed->choose(kUseCase, {1, static_cast<uint64_t>(turn)}));
      must(governed->judge(ask(std::move(choice.version), turn), workspace));
      with.ns.push_back(monotonic_ns() - start_ns);
    }
  }
  const double added_us = with.quantile_us(0.5) - without.quantile_us(0.5);
  std::printf("a judgement without governance      %8.2f us p50, %.2f us p99\n", without.quantile_us(0.5),
              without.quantile_us(0.99));
  std::printf("routed, gated and charged           %8.2f us p50, %.2f us p99\n", with.quantile_us(0.5),
              with.quantile_us(0.99));
  std::printf("governance on the decision path     %8.2f us p50   bar 2\n", added_us);
  store->close();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace puhui::kernel

int main() { return puhui::kernel::bench(); }
