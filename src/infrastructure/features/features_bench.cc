// What features cost: events a second of 20 windows on two entities over keys drawn like Zipf's, reading 50 features at the
// tail, nanoseconds a feature from 10 to 200 features, bytes a key; with PUHUI_DATA the handbook's payments.
//   features_bench [events]
#include <time.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "ground/base/clock.h"
#include "ground/base/random.h"
#include "infrastructure/features/engine.h"

namespace {

using namespace puhui;
using namespace puhui::features;

constexpr double kEventsBar = 200'000, kReadBarUs = 20;

std::string feature(size_t i, std::string_view entity, std::string_view aggregate, std::string_view window) {
  std::string out = R"({"name": "f)" + std::to_string(i) + R"(", "entity": ")" + std::string(entity) +
                    R"(", "aggregate": ")" + std::string(aggregate) + R"(", "window": ")" + std::string(window) + '"';
  if (aggregate != "count") out += R"(, "of": "amount")";
  return out + "}";
}

// Half of customers and half of terminals, each over ten windows from a minute to a month: count first, then mean, sum, max,
// stddev.
std::shared_ptr<const FeatureSet> set_of(size_t features) {
  constexpr std::string_view kWindows[] = {"10m", "1h", "1d", "7d", "30d", "1m", "6h", "12h", "3d", "14d"};
  constexpr std::string_view kAggregates[] = {"count", "mean", "sum", "max", "stddev"};
  std::string json = R"({"name": "bench", "event": "payment", "fields": [
    {"name": "customer", "type": "key", "required": true}, {"name": "terminal", "type": "key", "required": true},
    {"name": "amount", "type": "number", "places": 2, "required": true}], "features": [)";
  for (size_t i = 0; i < features; ++i) {
    const size_t n = i / 2;
    json += (i == 0 ? "" : ",") +
            feature(i, i % 2 == 0 ? "customer" : "terminal", kAggregates[n / 10 % 5], kWindows[n % 10]);
  }
  const auto set = FeatureSet::parse(json + "]}");
  if (!set) std::fprintf(stderr, "%s\n", set.error().text().c_str()), std::exit(1);
  return std::make_shared<const FeatureSet>(*set);
}

// Key number k of n with a chance of about 1 / (k + 1): n^u.
std::string key(RandomStream& random, std::string_view prefix, double keys) {
  return std::string(prefix) + std::to_string(static_cast<uint64_t>(std::pow(keys, random.uniform())));
}

std::vector<Event> stream_of(size_t events, double customers, double terminals) {
  RandomStream random(Random(7), 1, 1);
  std::vector<Event> out(events);
  int64_t at_us = 1'700'000'000'000'000;
  for (size_t i = 0; i < events; ++i) {
    at_us += static_cast<int64_t>(random.below(2'000'000));  // one a second: two weeks in a million
    out[i] = {.id = {1, i + 1}, .at = {at_us}};
    out[i].values = {{.present = true, .text = key(random, "customer", customers)},
                     {.present = true, .text = key(random, "terminal", terminals)},
                     {.present = true, .number = static_cast<int64_t>(random.below(100'000))}};
  }
  return out;
}

// Of this thread: what "a core" means on a machine that others use too.
int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

struct Run {
  double events_per_second = 0, ns_per_event = 0, p50_us = 0, p99_us = 0;
  EngineCounts counts;
};

double percentile(std::vector<int64_t>& ns, double share) {
  const auto at = ns.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(ns.size() - 1));
  std::ranges::nth_element(ns, at);
  return static_cast<double>(*at) / 1e3;
}

Run observe_all(Engine& engine, std::span<const Event> events) {
  std::vector<FeatureValue> out(engine.set().features.size());
  const int64_t start = cpu_ns();
  for (const Event& event : events) engine.observe(event, out);
  const auto ns = static_cast<double>(cpu_ns() - start);
  const auto count = static_cast<double>(events.size());
  return {.events_per_second = count / ns * 1e9, .ns_per_event = ns / count, .counts = engine.counts()};
}

Run peek_all(Engine& engine, std::span<const Event> events) {
  std::vector<FeatureValue> out(engine.set().features.size());
  std::vector<int64_t> each;
  for (Event event : events) {
    event.at = engine.watermark();
    const int64_t start = monotonic_ns();
    engine.peek(event, out);
    each.push_back(monotonic_ns() - start);
  }
  return {.p50_us = percentile(each, 0.5), .p99_us = percentile(each, 0.99)};
}

void bench_windows(size_t events) {
  std::printf("20 windows on customer and terminal, keys like Zipf's of a million and a hundred thousand\n");
  const auto stream = stream_of(events, 1e6, 1e5);
  Engine engine(set_of(20));
  const std::span<const Event> all(stream);
  observe_all(engine, all.first(events / 2));
  const Run run = observe_all(engine, all.subspan(events / 2));
  std::printf("  %.0f events/s a core (bar %.0f), %.0f ns an event, %.0f ns a window\n", run.events_per_second,
              kEventsBar, run.ns_per_event, run.ns_per_event / 20);
  std::printf("  %llu keys, %llu tiles, %.0f bytes a key, %.1f MB\n", static_cast<unsigned long long>(run.counts.keys),
              static_cast<unsigned long long>(run.counts.tiles),
              static_cast<double>(run.counts.bytes) / static_cast<double>(run.counts.keys),
              static_cast<double>(run.counts.bytes) / 1e6);
}

void bench_sizes(size_t events) {
  std::printf("features   observe ns an event   ns a feature   peek p50 us   p99 us (bar at 50: %.0f)\n", kReadBarUs);
  const auto stream = stream_of(events, 1e5, 1e4);
  for (const size_t features : {10, 50, 100, 200}) {
    Engine engine(set_of(features));
    const std::span<const Event> all(stream);
    observe_all(engine, all.first(events / 2));
    const Run run = observe_all(engine, all.subspan(events / 2));
    const Run peeks = peek_all(engine, all.last(std::min<size_t>(events, 100'000)));
    std::printf("%8zu %21.0f %14.1f %13.2f %8.2f\n", features, run.ns_per_event,
                run.ns_per_event / static_cast<double>(features), peeks.p50_us, peeks.p99_us);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  bench_windows(events);
  bench_sizes(events / 4);
}
