// Metrics: counters, gauges and latency histograms, printed in the Prometheus text form (version 0.0.4).
// Recording is one relaxed atomic add; names are registered once, by whoever owns the number.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace puhui {

class Counter {
 public:
  void add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Log-linear: 16 steps to a power of two, so a quantile is within 6.25 % of the true value. Values are ns.
class Histogram {
 public:
  void record(uint64_t nanoseconds);
  uint64_t count() const;
  uint64_t sum_ns() const { return sum_.load(std::memory_order_relaxed); }
  // The upper edge of the step that holds the quantile; 0 when nothing was recorded. `share` in [0, 1].
  uint64_t quantile_ns(double share) const { return quantile_of(counts(), share); }

  // How many fell into each step. The difference of two readings is what came between them.
  static constexpr size_t kSteps = 16, kBuckets = 61 * kSteps;
  using Counts = std::array<uint64_t, kBuckets>;
  Counts counts() const;
  static uint64_t quantile_of(const Counts& counts, double share);

 private:
  static size_t bucket_of(uint64_t nanoseconds);
  static uint64_t upper_edge(size_t bucket);
  std::array<std::atomic<uint64_t>, kBuckets> counts_{};
  std::atomic<uint64_t> sum_{0};
};

class Metrics {
 public:
  // `labels` as Prometheus writes them: `verb="lending.apply",status="200"`, or empty. The same name and
  // labels give the same metric again. References live as long as the Metrics.
  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = "");
  Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels = "");
  // Registered again, the later reader takes the earlier one's place. It must outlive the last text().
  void gauge(std::string_view name, std::string_view help, std::function<double()> read);

  std::string text() const;

 private:
  struct Named {
    std::string name, help, labels;
  };
  template <class T>
  struct Entry : Named {
    T metric;
    explicit Entry(Named named) : Named(std::move(named)) {}
  };
  struct Gauge : Named {
    std::function<double()> read;
  };
  mutable std::mutex mutex_;
  std::deque<Entry<Counter>> counters_;
  std::deque<Entry<Histogram>> histograms_;
  std::deque<Gauge> gauges_;
};

}  // namespace puhui
