// Payments through the whole desk in process: features, 29 rules, 7 typologies, a boosted model, evidence, durable through
// SQLite; against the bars of 20,000 a second and a p99 of 5 ms. --payments N, --folder F (made anew), --rate N a second for
// the latency (half the bar's when absent), --batch 1 to ask one after the other.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <semaphore>
#include <thread>

#include "applications/fraud/book.h"
#include "applications/fraud/desk.h"
#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/models/train.h"

namespace puhui::fraud {
namespace {

constexpr double kPaymentsPerSecondMin = 20'000, kLatencyP99MsMax = 5;
constexpr int64_t kStartUs = 1'767'225'600'000'000;
constexpr ptrdiff_t kInFlightMax = 512;

template <class T>
T must(Result<T> result) {
  CHECK(result.has_value(), result ? "" : result.error().text().c_str());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Nobody : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// Of all threads: on a machine that others use too, what the work itself costs.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of the shape that training gives: it ranks by what raises the risk here.
std::string model_bytes() {
  std::string csv = "amount_minor,customer_ratio_30d,customer_count_1h,terminal_risk_7d,night,fraud\n";
  RandomStream random(Random(5), 1, 1);
  for (int i = 0; i < 20'000; ++i) {
    const auto amount = random.below(200'000), ratio = random.below(200), count = random.below(12);
    const auto risk = random.below(100), night = random.below(2);
    const bool fraud = random.chance(ratio > 150 && amount > 50'000 ? 0.5 : risk > 80 ? 0.3 : 0.005);
    csv += std::to_string(amount) + "," + std::to_string(ratio) + "," + std::to_string(count) + "," +
           std::to_string(static_cast<double>(risk) / 100) + "," + std::to_string(night) + (fraud ? ",1\n" : ",0\n");
  }
  const auto table = must(models::read_table(models::from_text(csv)));
  models::TrainRequest request;
  request.table = &table.table;
  request.target = "fraud";
  request.kind = models::ModelKind::boosting;
  request.boosting.rounds = 100;
  return must(models::train(request)).model.bytes();
}

evidence::SigningKey key_of(uint8_t number) {
  std::array<uint8_t, 32> seed{};
  seed.fill(number);
  return evidence::SigningKey::from_seed(seed);
}

struct Settings {
  int64_t payments = 200'000;
  double rate = kPaymentsPerSecondMin / 2;
  ptrdiff_t batch = kInFlightMax;
  std::string folder = (std::filesystem::temp_directory_path() / "puhui_desk_bench").string();
};

// A bank with the shipped scheme in force.
class Bench {
 public:
  explicit Bench(const Settings& settings) : settings_(settings) {
    std::filesystem::remove_all(settings.folder);
    std::vector<Migration> all = evidence::migrations();
    for (auto& more : {kernel::migrations(), features::migrations(), cases::migrations(), fraud::migrations()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    store_ = must(open_store(settings.folder, std::move(all), {clock_}));
    evidence_ = must(evidence::EvidenceLog::open(*store_));
    kernel_ = must(kernel::Kernel::open({*store_, *evidence_, clock_, log_, metrics_, "puhui bench", sha256("salt")},
                                        use_cases()));
    office_.emplace(cases::OfficeNeeds{*store_, *evidence_, clock_});
    desk_ = must(Desk::open({*store_, *evidence_, *kernel_, *office_, clock_, log_}));
    grant();
    guard_ = must(desk_->guard("card_payment", Id128()));
  }
  ~Bench() {
    store_->close();
    desk_.reset();
    std::filesystem::remove_all(settings_.folder);
    std::fclose(nowhere_);
  }

  features::Event event(int64_t number) const {
    RandomStream random(Random(7), 1, static_cast<uint64_t>(number));
    const auto place = [&](const char* name) { return *guard_.features->find_field(name); };
    features::Event out;
    out.at = {kStartUs + number * 50'000};
    out.values.resize(guard_.features->fields.size());
    const auto key = [&](const char* name, char letter, uint64_t of) {
      auto& value = out.values[place(name)];
      value.present = true;
      value.text = letter + std::to_string(of);
    };
    const uint64_t customer = random.below(50'000);
    key("customer", 'c', customer);
    key("terminal", 't', random.below(5'000));
    key("device", 'd', random.chance(0.9) ? customer : random.below(50'000));
    auto& amount = out.values[place("amount_minor")];
    amount.present = true;
    amount.number = static_cast<int64_t>(random.chance(0.01) ? random.below(200'000) : random.below(15'000));
    return out;
  }

  // Payments a second with so many on their way at once.
  void throughput() {
    std::counting_semaphore<> free(settings_.batch);
    std::array<std::atomic<int64_t>, 4> actions{};
    std::atomic<int64_t> refused = 0;
    const double cpu = cpu_seconds();
    const int64_t began = monotonic_ns();
    for (int64_t i = 0; i < settings_.payments; ++i) {
      free.acquire();
      const auto made = event(i);
      desk_->judge_later(guard_, made, "p" + std::to_string(i), "bench", made.at, [&](Result<Answered> answered) {
        answered ? ++actions[static_cast<size_t>(answered->action)] : ++refused;
        free.release();
      });
    }
    for (ptrdiff_t i = 0; i < settings_.batch; ++i) free.acquire();
    const double seconds = static_cast<double>(monotonic_ns() - began) * 1e-9;
    rate_ = static_cast<double>(settings_.payments) / seconds;
    std::printf("in process, %td at once  %.0f payments/s (bar %.0f), %.1f us of CPU each\n", settings_.batch, rate_,
                kPaymentsPerSecondMin, (cpu_seconds() - cpu) * 1e6 / static_cast<double>(settings_.payments));
    std::printf("approve %ld, challenge %ld, hold %ld, block %ld, refused %ld\n", actions[0].load(), actions[1].load(),
                actions[2].load(), actions[3].load(), refused.load());
    CHECK(refused == 0, "all are answered");
  }

  // From being sent to being durable, sent at an even rate.
  void latency() {
    const int64_t count = settings_.payments / 4;
    std::vector<int64_t> ns(static_cast<size_t>(count));
    std::counting_semaphore<> done(0);
    const int64_t began = monotonic_ns();
    for (int64_t i = 0; i < count; ++i) {
      const auto due = began + static_cast<int64_t>(static_cast<double>(i) * 1e9 / settings_.rate);
      const auto made = event(settings_.payments + i);
      while (monotonic_ns() < due) std::this_thread::yield();
      desk_->judge_later(guard_, made, "q" + std::to_string(i), "bench", made.at, [&, i, due](Result<Answered>) {
        ns[static_cast<size_t>(i)] = monotonic_ns() - due;
        done.release();
      });
    }
    for (int64_t i = 0; i < count; ++i) done.acquire();
    std::ranges::sort(ns);
    const auto ms = [&](double share) {
      return static_cast<double>(ns[static_cast<size_t>(share * static_cast<double>(count - 1))]) * 1e-6;
    };
    p99_ms_ = ms(0.99);
    std::printf("sent at %.0f/s           p50 %.2f ms, p99 %.2f ms (bar %.0f ms), longest %.1f ms\n", settings_.rate,
                ms(0.5), p99_ms_, kLatencyP99MsMax, ms(1));
    const auto counts = desk_->stream("card_payment")->counts();
    std::printf("keys %lu, tiles %lu, windows %.0f MB, key index %.1f bytes a payment, disk %.0f bytes a payment\n",
                counts.keys, counts.tiles, static_cast<double>(counts.bytes) * 1e-6,
                static_cast<double>(guard_.book->key_bytes()) / static_cast<double>(settings_.payments + count),
                static_cast<double>(store_->bytes_on_disk()) / static_cast<double>(settings_.payments + count));
  }

  bool reached() const { return rate_ >= kPaymentsPerSecondMin && p99_ms_ <= kLatencyP99MsMax; }

 private:
  void grant() {
    must(store_->write([&](Transaction& tx) -> Result<void> {
      TRY(evidence::add_person(tx, {"anna", key_of(1).public_key(), true}, clock_.now()));
      return evidence::add_person(tx, {"bo", key_of(2).public_key(), true}, clock_.now());
    }));
    const DiskFiles files;
    const SchemeFolder folder = must(read_scheme_folder(files, "policies/card_payment"));
    const Digest model = must(kernel_->put_artefact("model", model_bytes()));
    evidence::Permit permit{
        must(propose(*kernel_, folder, {{{std::string(kModelName), model}}, "author", 365, ""}, clock_.now())), {}};
    permit.approvals = {evidence::approve(permit.manifest, "anna", clock_.now(), key_of(1)),
                        evidence::approve(permit.manifest, "bo", clock_.now(), key_of(2))};
    must(kernel_->grant(permit, "bench"));
  }

  Settings settings_;
  ManualClock clock_{{kStartUs + 86'400'000'000LL}};
  std::FILE* nowhere_ = std::fopen("/dev/null", "w");
  Log log_{clock_, nowhere_};
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<evidence::EvidenceLog> evidence_;
  std::unique_ptr<kernel::Kernel> kernel_;
  std::optional<cases::Office> office_;
  std::unique_ptr<Desk> desk_;
  Guard guard_;
  double rate_ = 0, p99_ms_ = 0;
};

Settings settings_of(int argc, char** argv) {
  Settings out;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--payments") out.payments = std::atoll(argv[i + 1]);
    if (flag == "--rate") out.rate = std::atof(argv[i + 1]);
    if (flag == "--batch") out.batch = std::atoll(argv[i + 1]);
    if (flag == "--folder") out.folder = argv[i + 1];
  }
  return out;
}

}  // namespace
}  // namespace puhui::fraud

int main(int argc, char** argv) {
  puhui::fraud::Bench bench(puhui::fraud::settings_of(argc, argv));
  bench.throughput();
  bench.latency();
  return bench.reached() ? 0 : 1;
}
