// Clicks and conversions of two parties, a thread each, with real ciphers: seconds and bytes of the join, the training and the report, and how
// far AUC, calibration and weights are from a regression on the labels in one house, by epsilon.
//   conversion_bench [clicks] [columns]
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "ground/base/cpu_account.h"
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/federation/conversion/conversion_plan.h"

namespace puhui::federation {
namespace {

constexpr double kConversionSecondsMax = 60;  // on the wall, at 100,000 × 20, both parties on one machine
constexpr double kAucLossMax = 0.02,
                 kCalibrationErrorMax = 0.02;  // other clicks are held out in every run: two AUCs differ by chance
constexpr size_t kClicks = 100'000, kColumns = 20;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Bytes that a party sends, by kind of step; both parties count here.
struct ConversionTraffic {
  std::mutex mutex;
  std::vector<double> seconds;
  std::vector<uint64_t> bytes;
  void add(size_t step, uint64_t sent) {
    const std::scoped_lock lock(mutex);
    bytes.resize(std::max(bytes.size(), step + 1));
    bytes[step] += sent;
  }
  void time(size_t step, double took) {
    const std::scoped_lock lock(mutex);
    seconds.resize(std::max(seconds.size(), step + 1));
    seconds[step] = std::max(seconds[step], took);
  }
};

class CountedConversation final : public Conversation {
 public:
  explicit CountedConversation(Conversation& with) : with_(with) {}
  size_t self() const override { return with_.self(); }
  size_t parties() const override { return with_.parties(); }
  bool is_present(size_t party) const override { return with_.is_present(party); }
  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    for (const std::string_view part : parts) sent_ += part.size();
    return with_.send(to, kind, parts);
  }
  Result<std::string> receive(size_t from, uint16_t kind) override { return with_.receive(from, kind); }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return with_.receive(from, kind, take);
  }
  uint64_t sent() const { return sent_; }

 private:
  Conversation& with_;
  uint64_t sent_ = 0;
};

class CountedStage final : public Stage {
 public:
  CountedStage(std::unique_ptr<Stage> inner, ConversionTraffic& traffic)
      : inner_(std::move(inner)), traffic_(traffic) {}
  std::string_view name() const override { return inner_->name(); }
  bool finished() const override { return inner_->finished(); }
  uint64_t steps_total() const override { return inner_->steps_total(); }
  Result<void> step(Conversation& with) override {
    CountedConversation counted(with);
    const double begin = wall_seconds();
    TRY(inner_->step(counted));
    traffic_.add(step_, counted.sent());
    traffic_.time(step_++, wall_seconds() - begin);
    return {};
  }
  std::string state() const override { return inner_->state(); }
  Result<void> restore(std::string_view state) override { return inner_->restore(state); }
  Result<StageResult> result() override { return inner_->result(); }

 private:
  std::unique_ptr<Stage> inner_;
  ConversionTraffic& traffic_;
  size_t step_ = 0;
};

struct ConversionRun {
  double seconds = 0, auc = 0, calibration_error = 0;
};

std::optional<ConversionRun> run_once(ConversionHouses& houses, double epsilon) {
  houses.job.conversion.epsilon = epsilon;
  ConversionTraffic traffic;
  const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
    return std::make_unique<CountedStage>(TRY(make_conversion_stage(needs)), traffic);
  };
  const double begin = wall_seconds(), cpu = static_cast<double>(process_cpu_ns()) / 1e9;
  const auto results = houses.run(std::nullopt, maker);
  if (!results) return std::printf("%s\n", results.error().text().c_str()), std::nullopt;
  ConversionRun out{wall_seconds() - begin, measure_of(results->at(1), "auc"),
                    measure_of(results->at(1), "calibration_error")};
  std::printf("epsilon %-6g %6.2f s wall, %6.2f core-s of both;", epsilon, out.seconds,
              static_cast<double>(process_cpu_ns()) / 1e9 - cpu);
  const char* names[] = {"terms", "join", "training", "report"};
  for (size_t i = 1; i < std::min<size_t>(4, traffic.bytes.size()); ++i) {
    std::printf(" %s %.2f s %.1f MB;", names[i], traffic.seconds[i], static_cast<double>(traffic.bytes[i]) / 1e6);
  }
  std::printf(" auc %.4f, calibration error %.4f\n", out.auc, out.calibration_error);
  return out;
}

int run(size_t clicks, size_t columns) {
  ConversionHouses houses({.clicks = static_cast<int64_t>(clicks), .columns = columns, .intercept = -3}, true);
  houses.job.conversion.cohort_min = 100;
  std::printf("%zu clicks x %zu columns, Okamoto-Uchiyama 2048, values in %zu bands\n", clicks, columns,
              kConversionBands);
  // With so large an epsilon there is no noise to speak of.
  const auto clear = run_once(houses, 1e5), fine = run_once(houses, 10), usual = run_once(houses, 1);
  if (!clear || !fine || !usual) return 1;
  const bool named = clicks == kClicks && columns == kColumns;
  const bool fast = !named || usual->seconds <= kConversionSecondsMax;
  const bool ranks = !named || clear->auc - usual->auc <= kAucLossMax;
  const bool calibrated = !named || usual->calibration_error <= kCalibrationErrorMax;
  std::printf("whole job at epsilon 1: %.1f s (bar: %.0f s) %s\n", usual->seconds, kConversionSecondsMax,
              fast ? "ok" : "MISSED");
  std::printf("auc lost to noise: %.4f (bar: %.2f) %s\n", clear->auc - usual->auc, kAucLossMax,
              ranks ? "ok" : "MISSED");
  std::printf("calibration error: %.4f (bar: %.2f) %s\n", usual->calibration_error, kCalibrationErrorMax,
              calibrated ? "ok" : "MISSED");
  return fast && ranks && calibrated ? 0 : 1;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  const size_t clicks = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : puhui::federation::kClicks;
  const size_t columns = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : puhui::federation::kColumns;
  if (clicks < 200 || columns < 1) return std::printf("expected 200 clicks and a column or more\n"), 1;
  return puhui::federation::run(clicks, columns);
}
