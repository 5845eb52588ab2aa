// Groups compared: differences and ratios with their intervals, and what may be said of them.
#include <algorithm>
#include <cmath>
#include <functional>

#include "governance/fairness/fairness.h"
#include "ground/base/text.h"
#include "infrastructure/statistics/proportion.h"

namespace puhui::fairness {

namespace {

using statistics::Interval;
using statistics::Share;

// What a measure counts of a group.
struct Rated {
  const Group* group;
  Share share;           // events of trials
  double predicted = 0;  // of calibration: the mean probability
};

Share share_of(int64_t events, int64_t trials) {
  return {static_cast<uint64_t>(events), static_cast<uint64_t>(trials)};
}

Rated rated(Measure measure, const Group& group) {
  const LabelCounts& labels = group.labels;
  switch (measure) {
    case Measure::approval_difference:
    case Measure::impact_ratio: return {&group, share_of(group.approved, group.decided)};
    case Measure::true_positive_difference:
      return {&group, share_of(labels.good_approved, labels.good_approved + labels.good_refused)};
    case Measure::calibration_difference: {
      const double rows = static_cast<double>(std::max<int64_t>(1, labels.predicted_rows));
      return {&group, share_of(labels.predicted_bad, labels.predicted_rows),
              static_cast<double>(labels.predicted_ppb) * 1e-9 / rows};
    }
  }
  return {&group, {}};
}

bool enough(const MeasureRule& rule, const Rated& of) {
  return of.share.trials >= static_cast<uint64_t>(rule.rows_min);
}

// Wholly beyond the limit, wholly within it, or neither: then nobody can tell yet.
Verdict verdict_of(const MeasureRule& rule, const Interval& interval) {
  switch (rule.measure) {
    case Measure::impact_ratio:
      if (interval.high < rule.limit) return Verdict::beyond;
      return interval.low >= rule.limit ? Verdict::within : Verdict::insufficient_evidence;
    case Measure::calibration_difference:
      if (interval.low > rule.limit || interval.high < -rule.limit) return Verdict::beyond;
      return interval.low >= -rule.limit && interval.high <= rule.limit ? Verdict::within
                                                                        : Verdict::insufficient_evidence;
    default:
      if (interval.high < -rule.limit) return Verdict::beyond;
      return interval.low >= -rule.limit ? Verdict::within : Verdict::insufficient_evidence;
  }
}

ComparisonView compared(const MeasureRule& rule, const Rated& group, const Rated* best) {
  ComparisonView out;
  out.group = group.group->name;
  out.rows_group = static_cast<int64_t>(group.share.trials);
  if (best != nullptr) out.against = best->group->name, out.rows_against = static_cast<int64_t>(best->share.trials);
  if (!enough(rule, group) || group.share.trials == 0) return out;
  Interval interval;
  if (rule.measure == Measure::calibration_difference) {
    interval = statistics::wilson(group.share);
    interval.low -= group.predicted, interval.high -= group.predicted;
    out.value = group.share.value() - group.predicted;
  } else if (rule.measure == Measure::impact_ratio) {
    if (best->share.events == 0) return out;
    interval = statistics::ratio_interval({.base = best->share, .other = group.share});
    out.value = group.share.value() / best->share.value();
  } else {
    interval = statistics::newcombe_difference({.base = best->share, .other = group.share});
    out.value = group.share.value() - best->share.value();
  }
  out.low = interval.low;
  if (std::isfinite(interval.high)) out.high = interval.high;
  out.verdict = verdict_of(rule, interval);
  return out;
}

// The larger, the worse.
double badness(const MeasureRule& rule, const ComparisonView& comparison) {
  return rule.measure == Measure::calibration_difference ? std::fabs(comparison.value) : -comparison.value;
}

std::string three(double value) { return format_fixed(static_cast<int64_t>(std::lround(value * 1000)), 3); }

std::string words_of(const MeasureRule& rule, const ComparisonView& worst) {
  std::string out = worst.group + (worst.against.empty() ? " against what was predicted" : " against " + worst.against);
  if (worst.rows_group < rule.rows_min) {
    return out + ": " + std::to_string(worst.rows_group) + " decisions, " + std::to_string(rule.rows_min) +
           " are needed";
  }
  out += ": " + three(worst.value) + " (95 %: " + three(worst.low) + " to " +
         (worst.high ? three(*worst.high) : std::string("without end")) + "), limit " + three(rule.limit);
  return worst.verdict == Verdict::insufficient_evidence ? out + " lies inside the interval" : out;
}

// Refused people have no labels, so who of them would have paid cannot be told.
bool labels_of_approved_alone(const std::vector<Group>& groups) {
  return std::all_of(groups.begin(), groups.end(),
                     [](const Group& group) { return group.labels.good_refused + group.labels.bad_refused == 0; });
}

// To tens, all that is told of a group being told of these.
void blur(Group& group) {
  const auto tens = [](int64_t count) { return (count + 5) / 10 * 10; };
  LabelCounts& labels = group.labels;
  const double mean = labels.predicted_rows == 0
                          ? 0
                          : static_cast<double>(labels.predicted_ppb) / static_cast<double>(labels.predicted_rows);
  for (int64_t* count : {&group.decided, &group.approved, &labels.good_approved, &labels.bad_approved,
                         &labels.good_refused, &labels.bad_refused, &labels.predicted_rows, &labels.predicted_bad}) {
    *count = tens(*count);
  }
  group.approved = std::min(group.approved, group.decided);
  labels.predicted_bad = std::min(labels.predicted_bad, labels.predicted_rows);
  labels.predicted_ppb = std::llround(mean * 1e-6) * 1'000'000 * labels.predicted_rows;
}

// By the groups that are large enough; of the others it is said that there are some, and each stands in the list as
// not to be told. The worst pair is the worst of those that made the verdict.
void conclude(const MeasureRule& rule, MeasureView& out) {
  const auto told = [&](const ComparisonView& view) { return view.rows_group >= rule.rows_min; };
  const auto any_told = [&](Verdict verdict) {
    return std::any_of(out.comparisons.begin(), out.comparisons.end(),
                       [&](const ComparisonView& view) { return told(view) && view.verdict == verdict; });
  };
  out.verdict = any_told(Verdict::beyond) ? Verdict::beyond
                : any_told(Verdict::insufficient_evidence) || !any_told(Verdict::within)
                    ? Verdict::insufficient_evidence
                    : Verdict::within;
  const auto rank = [&](const ComparisonView& view) { return !told(view) ? 2 : view.verdict == out.verdict ? 0 : 1; };
  std::stable_sort(out.comparisons.begin(), out.comparisons.end(), [&](const auto& a, const auto& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : badness(rule, a) > badness(rule, b);
  });
  const ComparisonView& worst = out.comparisons.front();
  out.worst_group = worst.group, out.worst_against = worst.against;
  out.why = words_of(rule, worst);
  const auto small = std::count_if(out.comparisons.begin() + 1, out.comparisons.end(), std::not_fn(told));
  if (small > 0) out.why += "; " + std::to_string(small) + (small == 1 ? " group has" : " groups have") + " too few";
}

}  // namespace

int64_t withhold_small(std::vector<Group>& groups) {
  int64_t left_out = 0, rows = 0;
  std::erase_if(groups, [&](const Group& group) {
    if (group.decided >= kGroupRowsMin) return false;
    ++left_out, rows += group.decided;
    return true;
  });
  if (rows > 0 && rows < kGroupRowsMin) {
    for (Group& group : groups) blur(group);
  }
  return left_out;
}

MeasureView compare(const MeasureRule& rule, const std::vector<Group>& groups) {
  MeasureView out;
  out.measure = rule.measure;
  out.limit = rule.limit;
  out.rows_min = rule.rows_min;
  out.rule = rule.rule;
  std::vector<Rated> all;
  for (const Group& group : groups) {
    if (group.name != kAbsentGroup) all.push_back(rated(rule.measure, group));
  }
  if (rule.measure == Measure::true_positive_difference && labels_of_approved_alone(groups)) {
    out.why = "outcomes are known of the approved alone, so who of the refused would have paid cannot be told";
    return out;
  }
  if (rule.measure == Measure::calibration_difference) {
    for (const Rated& each : all) out.comparisons.push_back(compared(rule, each, nullptr));
  } else {
    const Rated* best = nullptr;
    for (const Rated& each : all) {
      if (enough(rule, each) && (best == nullptr || each.share.value() > best->share.value())) best = &each;
    }
    for (const Rated& each : all) {
      if (best != nullptr && &each != best) out.comparisons.push_back(compared(rule, each, best));
    }
  }
  if (out.comparisons.empty()) {
    out.why = "fewer than two groups of " + std::to_string(rule.rows_min) + " decisions or more";
  } else {
    conclude(rule, out);
  }
  return out;
}

}  // namespace puhui::fairness
