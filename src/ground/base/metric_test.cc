#include "ground/base/metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "ground/base/random.h"
#include "ground/base/text.h"

namespace puhui {
namespace {

using testing::HasSubstr;

TEST(Metrics, LinesOfOneNameStandTogetherUnderOneHead) {
  Metrics metrics;
  metrics.counter("requests_total", "Requests.", "verb=\"a\"").add(3);
  metrics.counter("errors_total", "Errors\nof \\ all kinds.").add();
  metrics.counter("requests_total", "Requests.", "verb=\"b\"").add();
  metrics.gauge("loans", "Active loans.", [] { return 2.5; });
  EXPECT_EQ(metrics.text(),
            "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
            "requests_total{verb=\"a\"} 3\nrequests_total{verb=\"b\"} 1\n"
            "# HELP errors_total Errors\\nof \\\\ all kinds.\n# TYPE errors_total counter\nerrors_total 1\n"
            "# HELP loans Active loans.\n# TYPE loans gauge\nloans 2.5\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  Counter& first = metrics.counter("a", "", "x=\"1\"");
  for (int i = 0; i < 1'000; ++i) metrics.counter("more", "", "i=\"" + std::to_string(i) + "\"");
  EXPECT_EQ(&first, &metrics.counter("a", "", "x=\"1\"")) << "also after many others were added";
  EXPECT_NE(&first, &metrics.counter("a", "", "x=\"2\""));
}

TEST(Metrics, AGaugeRegisteredAgainReadsAnew) {
  Metrics metrics;
  metrics.gauge("loans", "Active loans.", [] { return 1.0; });
  metrics.gauge("loans", "Active loans.", [] { return 2.0; });
  EXPECT_EQ(metrics.text(), "# HELP loans Active loans.\n# TYPE loans gauge\nloans 2\n");
}

TEST(Metrics, AHistogramIsASummaryInSeconds) {
  Metrics metrics;
  Histogram& h = metrics.histogram("wait_seconds", "Wait.", "verb=\"a\"");
  for (int i = 0; i < 100; ++i) h.record(1'000'000'000);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE wait_seconds summary\n"));
  EXPECT_THAT(text, HasSubstr("wait_seconds_sum{verb=\"a\"} 100\n"));
  EXPECT_THAT(text, HasSubstr("wait_seconds_count{verb=\"a\"} 100\n"));
  EXPECT_THAT(text, HasSubstr("wait_seconds{verb=\"a\",quantile=\"0.99\"} 1.0"));
}

TEST(Histogram, QuantilesAreWithinASixteenthOfTheTrueOnes) {
  Histogram h;
  RandomStream random(Random(71), 0, 0);
  std::vector<uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random.next() >> random.below(64));
    h.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const uint64_t exact = values[static_cast<size_t>(std::ceil(share * 20'000)) - 1];
    const uint64_t told = h.quantile_ns(share);
    EXPECT_GE(told, exact) << share;
    EXPECT_LE(static_cast<double>(told), static_cast<double>(exact) * 1.0625 + 1) << share;
  }
}

TEST(Histogram, EveryValueHasAPlace) {
  for (int power = 0; power < 64; ++power) {
    for (const uint64_t value : {uint64_t{1} << power, (uint64_t{1} << power) - 1, ~uint64_t{0} >> power}) {
      Histogram h;
      h.record(value);
      EXPECT_GE(h.quantile_ns(0.5), value);
      EXPECT_EQ(h.count(), 1u);
    }
  }
  EXPECT_EQ(Histogram().quantile_ns(0.5), 0u);
}

TEST(Counter, LosesNothingBetweenThreads) {
  Counter counter;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 10'000; ++i) counter.add();
    });
  }
  threads.clear();
  EXPECT_EQ(counter.value(), 40'000u);
}

}  // namespace
}  // namespace puhui
