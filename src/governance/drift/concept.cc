#include "governance/drift/concept.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/statistics/distribution.h"
#include "infrastructure/statistics/proportion.h"
#include "infrastructure/statistics/rare.h"
#include "infrastructure/statistics/roc.h"

namespace puhui::drift {

namespace {

constexpr int64_t kDaySeconds = 86'400, kWindowSeconds = kWindowDays * kDaySeconds;
constexpr double kDecayedAuc = 0.03;  // as in decay.cc

struct Window {
  int64_t from = 0, to = 0;  // seconds
  int64_t decided = 0, alerts = 0;
  std::vector<double> scores;
  std::vector<uint8_t> bad;
  statistics::Share of_all, of_alerts;  // bad of labelled

  int64_t events() const { return std::ranges::count(bad, 1); }
  bool speaks() const {
    const int64_t found = events();
    return std::min(found, static_cast<int64_t>(bad.size()) - found) >= kConceptEventsMin;
  }
};

void join(Window& to, const Window& other) {
  to.from = to.decided == 0 ? other.from : std::min(to.from, other.from);
  to.to = std::max(to.to, other.to);
  to.decided += other.decided, to.alerts += other.alerts;
  to.scores.insert(to.scores.end(), other.scores.begin(), other.scores.end());
  to.bad.insert(to.bad.end(), other.bad.begin(), other.bad.end());
  to.of_all.events += other.of_all.events, to.of_all.trials += other.of_all.trials;
  to.of_alerts.events += other.of_alerts.events, to.of_alerts.trials += other.of_alerts.trials;
}

// What was known of it at that age: an old window has had longer for late labels, and would look worse or better by that.
std::optional<bool> label_at(const ConceptRow& row, int64_t age_seconds) {
  if (row.known && row.known_at_seconds <= row.at_seconds + age_seconds) return row.bad;
  if (row.approved) return false;
  return std::nullopt;
}

void count(Window& window, const ConceptRow& row, int64_t age_seconds) {
  ++window.decided;
  window.alerts += row.approved ? 0 : 1;
  const auto bad = label_at(row, age_seconds);
  if (!bad) return;
  window.of_all.trials += 1, window.of_all.events += *bad ? 1 : 0;
  if (!row.approved) window.of_alerts.trials += 1, window.of_alerts.events += *bad ? 1 : 0;
  if (!row.probability) return;
  window.scores.push_back(*row.probability);
  window.bad.push_back(*bad ? 1 : 0);
}

// Those whose youngest decision is old enough; empty ones too, so that a window's place is its time.
std::vector<Window> windows_of(std::span<const ConceptRow> rows, int64_t delay_seconds, int64_t now, int64_t& age) {
  const int64_t first = std::ranges::min_element(rows, {}, &ConceptRow::at_seconds)->at_seconds;
  const int64_t begin = first - first % kDaySeconds;
  const int64_t ripe = now - delay_seconds - kDaySeconds - begin;  // a day for labels to come in
  const int64_t number = std::max<int64_t>(0, ripe / kWindowSeconds);
  std::vector<Window> out(static_cast<size_t>(number));
  for (int64_t i = 0; i < number; ++i) {
    out[static_cast<size_t>(i)].from = begin + i * kWindowSeconds;
    out[static_cast<size_t>(i)].to = begin + (i + 1) * kWindowSeconds;
  }
  age = now - (begin + number * kWindowSeconds);
  for (const ConceptRow& row : rows) {
    const int64_t at = (row.at_seconds - begin) / kWindowSeconds;
    if (at < number) count(out[static_cast<size_t>(at)], row, age);
  }
  return out;
}

template <class Estimate>
MeasureView measure(double value, const Estimate& interval) {
  return {value, interval.low, interval.high};
}

ConceptWindowView view_of(const Window& window) {
  ConceptWindowView out;
  out.from = {window.from * 1'000'000}, out.to = {window.to * 1'000'000};
  out.decided = window.decided, out.alerts = window.alerts;
  out.labelled = static_cast<int64_t>(window.of_all.trials), out.bad = static_cast<int64_t>(window.of_all.events);
  if (window.of_all.trials > 0) out.bad_rate = measure(window.of_all.value(), statistics::wilson(window.of_all));
  if (window.of_alerts.trials > 0) {
    out.alert_precision = measure(window.of_alerts.value(), statistics::wilson(window.of_alerts));
  }
  if (window.bad.empty() || !statistics::has_both_kinds(window.bad)) return out;
  const auto auc = statistics::auc(window.scores, window.bad);
  out.auc = measure(auc.auc, auc.interval);
  const auto precision = statistics::average_precision(window.scores, window.bad);
  out.average_precision = measure(precision.value, precision.interval);
  const auto found = statistics::detection_at(window.scores, window.bad, kAlertShare);
  out.detection = measure(found.share, found.interval);
  return out;
}

// One-sided: how likely chance alone makes it so much worse.
struct Change {
  double difference = 0, p_worse = 1;
  statistics::Interval interval;
};

Change auc_change(const Window& reference, const Window& current) {
  const auto compared = statistics::compare_unpaired(
      {statistics::auc(reference.scores, reference.bad), statistics::auc(current.scores, current.bad)});
  return {compared.difference, statistics::normal_cdf(compared.z), compared.interval};
}

Change detection_change(const Window& reference, const Window& current) {
  const auto before = statistics::detection_at(reference.scores, reference.bad, kAlertShare);
  const auto after = statistics::detection_at(current.scores, current.bad, kAlertShare);
  const statistics::Shares shares{{before.found, before.events}, {after.found, after.events}};
  const double two_sided = statistics::difference_p(shares);
  const double difference = after.share - before.share;
  return {difference, difference < 0 ? two_sided / 2 : 1 - two_sided / 2, statistics::newcombe_difference(shares)};
}

void compare(const Window& reference, const Window& current, ConceptView& out) {
  const Change auc = auc_change(reference, current), detection = detection_change(reference, current);
  out.auc_change = measure(auc.difference, auc.interval);
  out.detection_change = measure(detection.difference, detection.interval);
  out.p_worse = std::min(1.0, 2 * std::min(auc.p_worse, detection.p_worse));  // of two measures, either alarms
  out.alpha = alpha_of_look(out.looks);
  if (*out.p_worse >= out.alpha) {
    out.verdict = DecayVerdict::holding;
    return;
  }
  const bool much = auc.difference < -kDecayedAuc || detection.difference < -kDecayedDetection;
  out.verdict = much ? DecayVerdict::decayed : DecayVerdict::watch;
}

}  // namespace

double alpha_of_look(int64_t look) {
  const auto k = static_cast<double>(look);
  return kConceptAlpha / (k * (k + 1));
}

ConceptView concept_of(std::span<const ConceptRow> rows, int outcome_delay_days, Timestamp now) {
  ConceptView out;
  out.alert_share = kAlertShare;
  if (rows.empty()) return out;
  int64_t age_seconds = 0;
  const auto windows = windows_of(rows, outcome_delay_days * kDaySeconds, now.microseconds / 1'000'000, age_seconds);
  out.age_days = static_cast<double>(age_seconds) / static_cast<double>(kDaySeconds);
  for (const Window& window : windows) {
    if (window.decided > 0) out.windows.push_back(view_of(window));
  }
  Window reference, current;
  size_t first = 0;
  while (first < windows.size() && !reference.speaks()) join(reference, windows[first++]);
  if (!reference.speaks()) return out;
  out.reference = view_of(reference);
  out.looks = static_cast<int64_t>(windows.size() - first);
  for (size_t last = windows.size(); last > first && !current.speaks(); --last) join(current, windows[last - 1]);
  if (!current.speaks()) return out;
  out.current = view_of(current);
  compare(reference, current, out);
  return out;
}

}  // namespace puhui::drift
