// What an alert costs the payment that raises it, and what the queue costs a page while 100,000 alerts wait.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "ground/base/check.h"
#include "infrastructure/cases/office.h"
#include "infrastructure/cases/reading.h"

namespace puhui::cases {
namespace {

constexpr int kAlerts = 100'000, kInAClosure = 500, kReads = 200;
constexpr double kRaiseUsMax = 30, kQueueMsMax = 5;

template <class T>
T must(Result<T> result) {
  CHECK(result.has_value(), result ? "" : result.error().text().c_str());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

AlertDraft draft_of(uint64_t number) {
  AlertDraft out;
  out.application = "fraud";
  out.kind = "RULE_" + std::to_string(number % 29);
  out.subject = "customer-" + std::to_string(number * 2654435761 % 60'000);
  out.subject_kind = "customer";
  out.decision = evidence::RecordId::make({1}, 0, number + 1);
  out.probability_ppb = static_cast<int64_t>(number * 48271 % 1'000'000'000);
  out.amount_minor = static_cast<int64_t>(number * 69621 % 5'000'000);
  out.currency = "CNY";
  if (number % 4 == 0) out.deadline = Timestamp{4'000'000'000'000'000 + static_cast<int64_t>(number)};
  out.en = "The card was used in two places within minutes.";
  out.zh = "该卡在几分钟内于两处使用。";
  out.reference = "payment-" + std::to_string(number);
  return out;
}

struct Times {
  std::vector<int64_t> ns;
  double quantile_us(double share) {
    const auto at = ns.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(ns.size() - 1));
    std::ranges::nth_element(ns, at);
    return static_cast<double>(*at) / 1e3;
  }
};

// Only what `raise` itself takes: the closure's commit is the payment's.
Times raise_all(Store& store, Office& office) {
  Times out;
  for (int first = 0; first < kAlerts; first += kInAClosure) {
    std::vector<AlertDraft> drafts;
    for (int i = 0; i < kInAClosure; ++i) drafts.push_back(draft_of(static_cast<uint64_t>(first + i)));
    must(store.write([&](Transaction& tx) -> Result<void> {
      for (const AlertDraft& draft : drafts) {
        const int64_t began = monotonic_ns();
        TRY(office.raise(tx, draft));
        out.ns.push_back(monotonic_ns() - began);
      }
      return {};
    }));
  }
  return out;
}

template <class Read>
Times read_often(Store& store, Read read) {
  Times out;
  for (int i = 0; i < kReads; ++i) {
    const int64_t began = monotonic_ns();
    must(store.read([&](Reader& reader) -> Result<void> {
      TRY(read(reader));
      return {};
    }));
    out.ns.push_back(monotonic_ns() - began);
  }
  return out;
}

int bench() {
  const auto folder = std::filesystem::temp_directory_path() / "puhui_cases_bench";
  std::filesystem::remove_all(folder);
  SystemClock clock;
  std::vector<Migration> all = evidence::migrations();
  for (Migration& migration : migrations()) all.push_back(std::move(migration));
  const auto store = must(open_store(folder.string(), std::move(all), {clock, nullptr}));
  const auto log = must(evidence::EvidenceLog::open(*store));
  Office office({*store, *log, clock});
  office.attend(
      "fraud", [](Transaction&, const Alert&, Verdict, std::string_view) -> Result<void> { return {}; },
      [](Transaction&, const Alert&) -> Result<void> { return {}; });
  Times raised = raise_all(*store, office), again = raise_all(*store, office);
  const double raise_us = raised.quantile_us(0.5);
  std::printf("raise, %d alerts        p50 %.1f us, p99 %.1f us (bar %.0f us)\n", kAlerts, raise_us,
              raised.quantile_us(0.99), kRaiseUsMax);
  std::printf("raised again            p50 %.1f us\n", again.quantile_us(0.5));
  Times queue = read_often(*store, [](Reader& reader) { return read_queue(reader, {.capacity = 50}); });
  const double queue_ms = queue.quantile_us(0.99) / 1e3;
  std::printf("queue of 50             p50 %.2f ms, p99 %.2f ms (bar %.0f ms)\n", queue.quantile_us(0.5) / 1e3,
              queue_ms, kQueueMsMax);
  Times list = read_often(*store, [&](Reader& reader) {
    return find_cases(reader, {{.application = "fraud", .state = CaseState::open}, std::nullopt, clock.now()});
  });
  std::printf("list of 50              p99 %.2f ms\n", list.quantile_us(0.99) / 1e3);
  Times summary = read_often(*store, [&](Reader& reader) { return read_summary(reader, {}, clock.now()); });
  std::printf("summary                 p99 %.2f ms\n", summary.quantile_us(0.99) / 1e3);
  store->close();
  std::filesystem::remove_all(folder);
  return raise_us <= kRaiseUsMax && queue_ms <= kQueueMsMax ? 0 : 1;
}

}  // namespace
}  // namespace puhui::cases

int main() { return puhui::cases::bench(); }
