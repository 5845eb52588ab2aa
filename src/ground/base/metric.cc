#include "ground/base/metric.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "ground/base/text.h"

namespace puhui {

size_t Histogram::bucket_of(uint64_t ns) {
  if (ns < kSteps) return ns;
  const auto power = static_cast<size_t>(std::bit_width(ns)) - 1;  // >= 4
  const auto step = static_cast<size_t>(ns >> (power - 4)) & (kSteps - 1);
  return (power - 3) * kSteps + step;
}

uint64_t Histogram::upper_edge(size_t bucket) {
  if (bucket < kSteps) return bucket;
  const size_t power = bucket / kSteps + 3, step = bucket % kSteps;
  return ((uint64_t{kSteps} + step + 1) << (power - 4)) - 1;
}

void Histogram::record(uint64_t nanoseconds) {
  counts_[bucket_of(nanoseconds)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(nanoseconds, std::memory_order_relaxed);
}

uint64_t Histogram::count() const {
  uint64_t total = 0;
  for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
  return total;
}

Histogram::Counts Histogram::counts() const {
  Counts out;
  for (size_t i = 0; i < kBuckets; ++i) out[i] = counts_[i].load(std::memory_order_relaxed);
  return out;
}

uint64_t Histogram::quantile_of(const Counts& counts, double share) {
  const uint64_t total = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  if (total == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(share * static_cast<double>(total)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts[i];
    if (seen >= rank && seen > 0) return upper_edge(i);
  }
  return upper_edge(kBuckets - 1);
}

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : counters_) {
    if (entry.name == name && entry.labels == labels) return entry.metric;
  }
  return counters_.emplace_back(Named{std::string(name), std::string(help), std::string(labels)}).metric;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : histograms_) {
    if (entry.name == name && entry.labels == labels) return entry.metric;
  }
  return histograms_.emplace_back(Named{std::string(name), std::string(help), std::string(labels)}).metric;
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  for (Gauge& gauge : gauges_) {
    if (gauge.name != name) continue;
    gauge.read = std::move(read);
    return;
  }
  gauges_.push_back({{std::string(name), std::string(help), ""}, std::move(read)});
}

namespace {

// A help text ends at its line; the text form escapes only these two.
std::string escaped(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\' || c == '\n') out += '\\';
    out += c == '\n' ? 'n' : c;
  }
  return out;
}

std::string braced(const std::string& labels, const std::string& more = "") {
  std::string inner = labels + (labels.empty() || more.empty() ? "" : ",") + more;
  return inner.empty() ? "" : "{" + inner + "}";
}

void print(std::string& out, const std::string& name, const std::string& labels, const Counter& counter) {
  out += name + braced(labels) + " " + std::to_string(counter.value()) + "\n";
}

void print(std::string& out, const std::string& name, const std::string& labels, const Histogram& histogram) {
  const auto seconds = [](uint64_t nanoseconds) { return format_double(static_cast<double>(nanoseconds) / 1e9); };
  for (const double share : {0.5, 0.9, 0.99, 0.999}) {
    out += name + braced(labels, "quantile=\"" + format_double(share) + "\"") + " " +
           seconds(histogram.quantile_ns(share)) + "\n";
  }
  out += name + "_sum" + braced(labels) + " " + seconds(histogram.sum_ns()) + "\n";
  out += name + "_count" + braced(labels) + " " + std::to_string(histogram.count()) + "\n";
}

// All lines of one name stand together under one HELP and TYPE, as the text form asks, in the order in which names
// were first registered.
template <class Entries>
void print_by_name(std::string& out, const Entries& entries, const char* type) {
  std::vector<std::string_view> names;
  for (const auto& entry : entries) {
    if (std::find(names.begin(), names.end(), entry.name) == names.end()) names.push_back(entry.name);
  }
  for (const std::string_view name : names) {
    bool first = true;
    for (const auto& entry : entries) {
      if (entry.name != name) continue;
      if (std::exchange(first, false)) {
        out += "# HELP " + entry.name + " " + escaped(entry.help) + "\n# TYPE " + entry.name + " " + type + "\n";
      }
      print(out, entry.name, entry.labels, entry.metric);
    }
  }
}

}  // namespace

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  print_by_name(out, counters_, "counter");
  for (const auto& gauge : gauges_) {
    out += "# HELP " + gauge.name + " " + escaped(gauge.help) + "\n# TYPE " + gauge.name + " gauge\n" + gauge.name +
           " " + format_double(gauge.read()) + "\n";
  }
  print_by_name(out, histograms_, "summary");
  return out;
}

}  // namespace puhui
