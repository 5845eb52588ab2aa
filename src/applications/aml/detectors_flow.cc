// Pass-through and dormant awakening: money that does not stay.
#include <algorithm>

#include "applications/aml/detector_math.h"
#include "applications/aml/detectors.h"

namespace puhui::aml {

// What comes in is held; what goes out within the hours allowed empties it, and that is a round.
void Detectors::hold(const Edge& edge) {
  const PassThroughSettings& s = settings_->pass_through;
  Account& to = accounts_[edge.to];
  if (to.held_in == 0 || edge.at_us - to.held_since_us > s.hours_max * kHour) {
    to.held_since_us = edge.at_us;
    to.held_in = to.held_out = 0;
  }
  to.held_in = add_saturating(to.held_in, edge.amount_minor);
  Account& from = accounts_[edge.from];
  if (from.held_in > 0 && edge.at_us - from.held_since_us <= s.hours_max * kHour) {
    from.held_out = add_saturating(from.held_out, edge.amount_minor);
  }
}

Detectors::Ties Detectors::ties_of(uint32_t about, const std::vector<Edge>& edges) {
  std::vector<uint32_t> others;
  others.reserve(edges.size());
  for (const Edge& edge : edges) others.push_back(edge.from == about ? edge.to : edge.from);
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  Ties out;
  out.all = static_cast<int64_t>(others.size());
  for (const uint32_t other : others) {
    out.fresh += !known(name_at(about), name_at(other)) && !is_hub(accounts_[other]);
  }
  return out;
}

void Detectors::look_for_pass_through(const Edge& edge, std::vector<Finding>& found) {
  const PassThroughSettings& s = settings_->pass_through;
  Account& account = accounts_[edge.from];
  if (account.held_in == 0 || !at_least(account.held_out, s.passed_ppm, account.held_in)) return;
  const int64_t amount = std::min(account.held_in, account.held_out);
  // Far more goes out than came: it was not what came that goes.
  const bool own = account.held_out / 2 > account.held_in;
  account.held_in = account.held_out = 0;
  if (amount < s.round_min_minor || own) return;
  account.past.count(Habit::rounds, edge.at_us);
  if (account.rounds.size() >= kRoundsMax) account.rounds.erase(account.rounds.begin());
  account.rounds.push_back({edge.at_us, amount});
  if (warm()) report_pass_through(edge.from, found);
}

void Detectors::report_pass_through(uint32_t about, std::vector<Finding>& found) {
  const PassThroughSettings& s = settings_->pass_through;
  Account& account = accounts_[about];
  const int64_t window_us = s.window_days * kDay;
  int64_t rounds = 0, amount = 0;
  for (const Round& round : account.rounds) {
    if (round.at_us <= newest_us_ - window_us) continue;
    ++rounds;
    amount = add_saturating(amount, round.amount_minor);
  }
  if (rounds < s.rounds_min || amount < s.amount_min_minor) return;
  account.past.advance(newest_us_);
  const int64_t usual = account.past.usual_milli(Habit::rounds) * s.window_days / 7;
  Finding finding;
  finding.typology = Typology::pass_through;
  finding.beyond_usual_ppm = times_usual_ppm(rounds * 1000, usual);
  if (finding.beyond_usual_ppm < s.usual_ratio_ppm) return;
  if (!at_least(amount, s.turnover_ratio_ppm, usual_income_minor(account))) return;
  finding.edges = graph_->edges_into(about, newest_us_, window_us, kLookMax);
  const auto out = graph_->edges_out_of(about, newest_us_, window_us, kLookMax);
  finding.edges.insert(finding.edges.end(), out.begin(), out.end());
  // Everyday payments beside the rounds say nothing of them.
  std::erase_if(finding.edges, [&](const Edge& edge) { return edge.amount_minor < s.round_min_minor / 16; });
  if (finding.edges.empty()) return;
  std::sort(finding.edges.begin(), finding.edges.end(),
            [](const Edge& a, const Edge& b) { return a.at_us != b.at_us ? a.at_us < b.at_us : a.seq < b.seq; });
  const Ties ties = ties_of(about, finding.edges);
  if (!at_least(ties.fresh, s.new_share_ppm, ties.all)) return;
  finding.amount_minor = amount;
  finding.counterparties = ties.all;
  finding.transfers = static_cast<int64_t>(finding.edges.size());
  finding.from = {finding.edges.front().at_us};
  finding.to = {finding.edges.back().at_us};
  finding.strength_ppm = std::max(strength_of(rounds, s.rounds_min - 1), strength_of(amount, s.amount_min_minor));
  report(std::move(finding), about, account.past.name, s.window_days, found);
}

void Detectors::look_for_dormant(const Edge&, uint32_t about, std::vector<Finding>& found) {
  const DormantSettings& s = settings_->dormant;
  Account& account = accounts_[about];
  if (account.awake_since_us == 0) return;
  const int64_t window_us = s.window_days * kDay;
  if (newest_us_ - account.awake_since_us >= window_us) {
    account.awake_since_us = 0;
    return;
  }
  const int64_t awake_us = newest_us_ - account.awake_since_us + 1;
  Finding finding;
  finding.typology = Typology::dormant;
  finding.edges = graph_->edges_into(about, newest_us_, awake_us, kLookMax);
  const auto out = graph_->edges_out_of(about, newest_us_, awake_us, kLookMax);
  int64_t came = 0, went = 0;
  for (const Edge& edge : finding.edges) came = add_saturating(came, edge.amount_minor);
  for (const Edge& edge : out) went = add_saturating(went, edge.amount_minor);
  const int64_t moved = std::max(came, went);
  if (moved < s.amount_min_minor || !at_least(went, s.passed_ppm, came)) return;
  if (!at_least(moved, s.peak_ratio_ppm, account.past.peak_week_hundreds * 100)) return;
  finding.edges.insert(finding.edges.end(), out.begin(), out.end());
  std::sort(finding.edges.begin(), finding.edges.end(),
            [](const Edge& a, const Edge& b) { return a.at_us != b.at_us ? a.at_us < b.at_us : a.seq < b.seq; });
  if (ties_of(about, out).fresh < s.payees_min) return;
  const Ties ties = ties_of(about, finding.edges);
  finding.amount_minor = moved;
  finding.counterparties = ties.all;
  finding.transfers = static_cast<int64_t>(finding.edges.size());
  finding.beyond_usual_ppm = times_usual_ppm(moved, account.past.peak_week_hundreds * 100);
  finding.from = {finding.edges.front().at_us};
  finding.to = {finding.edges.back().at_us};
  finding.strength_ppm = strength_of(moved, s.amount_min_minor);
  report(std::move(finding), about, account.past.name, s.window_days, found);
}

}  // namespace puhui::aml
