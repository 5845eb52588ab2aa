#include "applications/fraud/replay_measure.h"

#include <algorithm>

namespace puhui::fraud {

namespace {

Rate share(int64_t part, int64_t whole) {
  return whole <= 0 ? Rate{} : Rate{multiply_divide(part, Rate::kOne, whole, Rounding::half_even)};
}

bool is_alert(const Fed& fed) { return fed.action == Action::hold || fed.action == Action::block; }

std::vector<const Fed*> decided_on(const ProtocolDays& days, const std::deque<Fed>& fed) {
  std::vector<const Fed*> out;
  for (const Fed& one : fed) {
    const Date day = date_of(one.at);
    if (one.how == Fed::How::decided && day >= days.test_from && day <= days.test_to) out.push_back(&one);
  }
  return out;
}

void count_scenarios(std::span<const Fed* const> tested, std::span<const std::string> names, ReplayReport& report) {
  std::vector<ScenarioCount> counts;
  for (const std::string& name : names) counts.push_back({name});
  for (const Fed* one : tested) {
    if (one->scenario >= counts.size()) continue;
    ScenarioCount& count = counts[one->scenario];
    ++count.payments;
    count.challenged += one->action == Action::challenge;
    count.held += one->action == Action::hold;
    count.blocked += one->action == Action::block;
  }
  for (ScenarioCount& count : counts) {
    if (count.payments == 0) continue;
    count.caught = share(count.challenged + count.held + count.blocked, count.payments);
    report.scenarios.push_back(count);
  }
  std::sort(report.scenarios.begin(), report.scenarios.end(),
            [](const ScenarioCount& a, const ScenarioCount& b) { return a.scenario < b.scenario; });
}

void count_actions(std::span<const Fed* const> tested, ReplayReport& report) {
  for (const Action action : {Action::approve, Action::challenge, Action::hold, Action::block}) {
    report.actions.push_back({action});
  }
  for (const Fed* one : tested) {
    ActionTally& tally = report.actions[static_cast<size_t>(one->action)];
    ++tally.payments;
    tally.frauds += one->bad;
    tally.amount_minor += one->amount_minor;
    report.fraud_minor += one->bad ? one->amount_minor : 0;
  }
}

// Each day's alerts by expected loss: how much of the fraud's money lies in the first hundred.
void rank_alerts(const ProtocolDays& days, std::span<const Fed* const> tested, ReplayReport& report) {
  std::vector<std::vector<const Fed*>> by_day(static_cast<size_t>(days.test_days()));
  int64_t alerts = 0;
  for (const Fed* one : tested) {
    if (!is_alert(*one)) continue;
    ++alerts;
    by_day[static_cast<size_t>(days_between(days.test_from, date_of(one->at)))].push_back(one);
  }
  for (size_t day = 0; day < by_day.size(); ++day) {
    auto& ranked = by_day[day];
    if (day < report.days.size()) report.days[day].alerts = static_cast<int64_t>(ranked.size());
    const auto loss = [](const Fed* one) { return static_cast<__int128>(one->probability_ppb) * one->amount_minor; };
    std::stable_sort(ranked.begin(), ranked.end(), [&](const Fed* a, const Fed* b) { return loss(a) > loss(b); });
    for (size_t i = 0; i < std::min(kCardPrecisionTop, ranked.size()); ++i) {
      if (ranked[i]->bad) report.caught_top_100_minor += ranked[i]->amount_minor;
    }
  }
  report.alerts_per_day = static_cast<double>(alerts) / days.test_days();
  report.caught_top_100 = share(report.caught_top_100_minor, report.fraud_minor);
}

}  // namespace

Result<void> measure_quality(const ProtocolDays& days, const std::deque<Fed>& fed,
                             std::span<const std::string> scenarios, ReplayReport& report) {
  std::vector<ProtocolRow> rows;
  for (const Fed& one : fed) {
    if ((one.how != Fed::How::decided && one.how != Fed::How::observed) || !one.labelled) continue;
    rows.push_back({date_of(one.at), one.customer, one.bad, static_cast<double>(one.probability_ppb)});
  }
  const auto figures = TRY(measure(days, rows));
  report.auc = figures.auc;
  report.average_precision = figures.average_precision;
  report.card_precision_100 = figures.card_precision_100;
  report.looked_at = figures.payments;
  report.looked_at_frauds = figures.frauds;
  for (const ProtocolDayFigures& day : figures.days) {
    report.days.push_back({day.day, day.payments, day.frauds, day.customers_with_fraud, day.detected, 0});
  }
  const auto tested = decided_on(days, fed);
  count_scenarios(tested, scenarios, report);
  count_actions(tested, report);
  rank_alerts(days, tested, report);
  return {};
}

}  // namespace puhui::fraud
