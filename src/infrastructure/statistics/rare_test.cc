#include "infrastructure/statistics/rare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ground/base/random.h"

namespace puhui::statistics {
namespace {

struct Rows {
  std::vector<double> scores;
  std::vector<uint8_t> bad;
};

// Normal scores, an event's higher by `apart`; `events` of `rows`.
Rows draw(RandomStream& stream, int rows, int events, double apart) {
  Rows out;
  for (int i = 0; i < rows; ++i) {
    out.bad.push_back(i < events ? 1 : 0);
    out.scores.push_back(stream.normal() + (i < events ? apart : 0));
  }
  return out;
}

TEST(AveragePrecision, is_the_mean_precision_at_each_event) {
  const std::vector<double> scores{0.9, 0.8, 0.7, 0.6, 0.5};
  const std::vector<uint8_t> bad{1, 0, 1, 0, 1};
  EXPECT_NEAR(average_precision(scores, bad).value, (1.0 + 2.0 / 3 + 3.0 / 5) / 3, 1e-12);
  const std::vector<double> equal(5, 0.5);
  EXPECT_NEAR(average_precision(equal, bad).value, 3.0 / 5, 1e-12) << "of one score all come together";
}

TEST(AveragePrecision, equals_a_walk_over_every_threshold) {
  RandomStream stream(Random(3), 1, 1);
  for (int round = 0; round < 20; ++round) {
    Rows rows = draw(stream, 200, 1 + static_cast<int>(stream.below(40)), 1);
    for (double& score : rows.scores) score = std::round(score * 4);  // many ties
    double value = 0, events = 0;
    for (const uint8_t bad : rows.bad) events += bad;
    for (double threshold = 30; threshold >= -30; --threshold) {
      double above = 0, found = 0, here = 0;
      for (size_t i = 0; i < rows.scores.size(); ++i) {
        above += rows.scores[i] >= threshold, found += rows.scores[i] >= threshold && rows.bad[i] != 0;
        here += rows.scores[i] == threshold && rows.bad[i] != 0;
      }
      if (here > 0) value += found / above * here / events;
    }
    EXPECT_NEAR(average_precision(rows.scores, rows.bad).value, value, 1e-12);
  }
}

TEST(AveragePrecision, its_interval_holds_the_truth_about_as_often_as_it_says) {
  RandomStream stream(Random(4), 1, 1);
  const Rows many = draw(stream, 400'000, 4'000, 2);  // 1 % events: the truth, near enough
  const double truth = average_precision(many.scores, many.bad).value;
  int held = 0;
  for (int round = 0; round < 300; ++round) {
    const Rows rows = draw(stream, 4'000, 40, 2);
    held += average_precision(rows.scores, rows.bad).interval.holds(truth) ? 1 : 0;
  }
  EXPECT_GE(held, 270);
}

TEST(Detection, counts_the_events_among_the_highest_scores) {
  const std::vector<double> scores{0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0};
  const std::vector<uint8_t> bad{1, 0, 1, 0, 0, 0, 0, 0, 1, 0};
  EXPECT_NEAR(detection_at(scores, bad, 0.3).share, 2.0 / 3, 1e-12);
  EXPECT_EQ(detection_at(scores, bad, 0.3).looked_at, 3u);
  EXPECT_EQ(detection_at(scores, bad, 0.001).looked_at, 1u) << "at least one is looked at";
  EXPECT_EQ(detection_at(scores, bad, 1).found, 3u);
}

TEST(Detection, of_a_cut_tie_counts_its_share_so_that_the_order_of_rows_says_nothing) {
  const std::vector<double> scores(10, 0.5);
  const std::vector<uint8_t> first{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, last{0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
  EXPECT_NEAR(detection_at(scores, first, 0.5).share, 0.5, 1e-12);
  EXPECT_EQ(detection_at(scores, first, 0.5).share, detection_at(scores, last, 0.5).share);
}

}  // namespace
}  // namespace puhui::statistics
