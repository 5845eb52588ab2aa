#include "infrastructure/statistics/roc.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {

namespace {

// For each row the share of the other class it beats: of bad rows (`bad` first, in row order) the good ones below, of
// good rows the bad ones above. Their means are both the AUC, their variances are DeLong's S10 and S01.
struct Components {
  std::vector<double> bad, good;
  double auc = 0;
};

// Mid-ranks from 1 among all rows, and among the rows of one's own class; the difference counts the other class.
Components components_of(std::span<const double> scores, std::span<const uint8_t> bad) {
  CHECK(scores.size() == bad.size(), "one outcome a score");
  std::vector<uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return scores[a] < scores[b]; });
  std::vector<double> below(scores.size());  // rows of the other class below, ties one half
  double goods = 0, bads = 0;
  for (size_t i = 0, end = 0; i < order.size(); i = end) {
    double tied_good = 0, tied_bad = 0;
    for (end = i; end < order.size() && scores[order[end]] == scores[order[i]]; ++end) {
      ++(bad[order[end]] != 0 ? tied_bad : tied_good);
    }
    for (size_t j = i; j < end; ++j) {
      below[order[j]] = bad[order[j]] != 0 ? goods + tied_good / 2 : bads + tied_bad / 2;
    }
    goods += tied_good, bads += tied_bad;
  }
  CHECK(goods > 0 && bads > 0, "an AUC needs both kinds of rows");
  Components out;
  double sum = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (bad[i] != 0) {
      sum += below[i];
      out.bad.push_back(below[i] / goods);
    } else {
      out.good.push_back(1 - below[i] / bads);
    }
  }
  out.auc = sum / (goods * bads);  // halves: exact below 2^52 pairs
  return out;
}

double covariance(std::span<const double> a, double mean_a, std::span<const double> b, double mean_b) {
  if (a.size() < 2) return 0;
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size() - 1);
}

double covariance(const Components& a, const Components& b) {
  return covariance(a.bad, a.auc, b.bad, b.auc) / static_cast<double>(a.bad.size()) +
         covariance(a.good, a.auc, b.good, b.auc) / static_cast<double>(a.good.size());
}

// Where the classes are parted wholly the variance is 0 and says nothing. Each row of the smaller class then won all
// its pairs: the exact limit of a share that never failed in so many trials (Clopper and Pearson 1934), no tighter.
Interval interval_of(const AucEstimate& estimate, double confidence) {
  const double smaller = static_cast<double>(std::min(estimate.good, estimate.bad));
  const double limit = std::pow((1 - confidence) / 2, 1 / smaller);
  if (estimate.auc >= 1) return {limit, 1};
  if (estimate.auc <= 0) return {0, 1 - limit};
  if (estimate.variance <= 0) return {0, 1};  // one row a class, or all tied
  const double logit = std::log(estimate.auc / (1 - estimate.auc));
  const double half = z_of_confidence(confidence) * std::sqrt(estimate.variance) / (estimate.auc * (1 - estimate.auc));
  return {1 / (1 + std::exp(half - logit)), 1 / (1 + std::exp(-half - logit))};
}

void finish(AucComparison& out, double confidence) {
  out.difference = out.other - out.base;
  const double error = std::sqrt(std::max(0.0, out.variance));
  if (error > 0) {
    out.z = out.difference / error;
    out.p_value = two_sided_p(out.z);
  }
  const double half = z_of_confidence(confidence) * error;
  out.interval = {std::max(-1.0, out.difference - half), std::min(1.0, out.difference + half)};
}

}  // namespace

bool has_both_kinds(std::span<const uint8_t> bad) {
  const auto is_bad = [](uint8_t b) { return b != 0; };
  return std::any_of(bad.begin(), bad.end(), is_bad) && !std::all_of(bad.begin(), bad.end(), is_bad);
}

AucEstimate auc(std::span<const double> scores, std::span<const uint8_t> bad, double confidence) {
  const Components components = components_of(scores, bad);
  AucEstimate out;
  out.auc = components.auc;
  out.variance = covariance(components, components);
  out.good = components.good.size();
  out.bad = components.bad.size();
  out.interval = interval_of(out, confidence);
  return out;
}

double expected_auc(std::span<const double> probabilities) {
  std::vector<double> sorted(probabilities.begin(), probabilities.end());
  std::sort(sorted.begin(), sorted.end());
  // Row i is bad with p, row j good with 1 - p: pairs of two rows, won where i's probability is the higher one.
  double bads = 0, goods = 0, same = 0;
  for (const double p : sorted) bads += p, goods += 1 - p, same += p * (1 - p);
  const double pairs = bads * goods - same;
  if (pairs <= 0) return 0.5;
  double won = 0, below = 0;
  for (size_t i = 0, end = 0; i < sorted.size(); i = end) {
    for (end = i; end < sorted.size() && sorted[end] == sorted[i];) ++end;
    const double p = sorted[i], tied = static_cast<double>(end - i);
    won += tied * p * (below + (tied - 1) * (1 - p) / 2);
    below += tied * (1 - p);
  }
  return won / pairs;
}

AucComparison compare_auc(const ScoredTwice& rows, double confidence) {
  const Components a = components_of(rows.base, rows.bad), b = components_of(rows.other, rows.bad);
  AucComparison out;
  out.base = a.auc, out.other = b.auc;
  out.good = a.good.size(), out.bad = a.bad.size();
  // Of the differences row by row: of two equal scores exactly 0, which the sum of three covariances is not.
  Components difference;
  for (size_t i = 0; i < a.bad.size(); ++i) difference.bad.push_back(b.bad[i] - a.bad[i]);
  for (size_t i = 0; i < a.good.size(); ++i) difference.good.push_back(b.good[i] - a.good[i]);
  difference.auc = b.auc - a.auc;
  out.variance = covariance(difference, difference);
  finish(out, confidence);
  return out;
}

AucComparison compare_unpaired(const AucPair& estimates, double confidence) {
  AucComparison out;
  out.base = estimates.base.auc, out.other = estimates.other.auc;
  out.variance = estimates.base.variance + estimates.other.variance;
  out.good = estimates.base.good + estimates.other.good, out.bad = estimates.base.bad + estimates.other.bad;
  finish(out, confidence);
  return out;
}

}  // namespace puhui::statistics
