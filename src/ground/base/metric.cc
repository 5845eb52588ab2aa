#include "ground/base/metric.h"

#include <bit>
#include <cmath>

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

uint64_t Histogram::quantile_ns(double share) const {
  const uint64_t total = count();
  if (total == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(share * static_cast<double>(total)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
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
  gauges_.push_back({{std::string(name), std::string(help), ""}, std::move(read)});
}

namespace {

// HELP and TYPE stand once a name, even when several label sets share it.
void head(std::string& out, std::string& last, const std::string& name, const std::string& help, const char* type) {
  if (last == name) return;
  last = name;
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string braced(const std::string& labels, const std::string& more = "") {
  std::string inner = labels + (labels.empty() || more.empty() ? "" : ",") + more;
  return inner.empty() ? "" : "{" + inner + "}";
}

}  // namespace

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out, last;
  for (const auto& c : counters_) {
    head(out, last, c.name, c.help, "counter");
    out += c.name + braced(c.labels) + " " + std::to_string(c.metric.value()) + "\n";
  }
  for (const auto& g : gauges_) {
    head(out, last, g.name, g.help, "gauge");
    out += g.name + " " + format_double(g.read()) + "\n";
  }
  for (const auto& h : histograms_) {
    head(out, last, h.name, h.help, "summary");
    for (const double share : {0.5, 0.9, 0.99, 0.999}) {
      out += h.name + braced(h.labels, "quantile=\"" + format_double(share) + "\"") + " " +
             format_double(static_cast<double>(h.metric.quantile_ns(share)) / 1e9) + "\n";
    }
    out +=
        h.name + "_sum" + braced(h.labels) + " " + format_double(static_cast<double>(h.metric.sum_ns()) / 1e9) + "\n";
    out += h.name + "_count" + braced(h.labels) + " " + std::to_string(h.metric.count()) + "\n";
  }
  return out;
}

}  // namespace puhui
