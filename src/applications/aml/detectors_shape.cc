// Cycles and scatter-gather: shapes over several accounts.
#include <algorithm>

#include "applications/aml/detector_math.h"
#include "applications/aml/detectors.h"

namespace puhui::aml {

bool Detectors::is_cycle(const std::vector<Edge>& edges) const {
  const CycleSettings& s = settings_->cycle;
  if (edges.size() < 3) return false;
  int64_t old_pairs = 0;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (i > 0 && edges[i].at_us - edges[i - 1].at_us > s.gap_hours_max * kHour) return false;
    old_pairs += known(name_at(edges[i].from), name_at(edges[i].to));
  }
  return !at_least(old_pairs, s.known_share_ppm + 1, static_cast<int64_t>(edges.size()));
}

void Detectors::look_for_cycle(const Edge& edge, std::vector<Finding>& found) {
  const CycleSettings& s = settings_->cycle;
  if (edge.amount_minor < s.amount_min_minor || !warm()) return;
  // What left its target in the window and could have come round to this amount; most transfers end here.
  const int64_t window_us = s.window_days * kDay;
  const auto starts = graph_->edges_out_of(edge.to, edge.at_us, window_us, kLookMax);
  int64_t most = edge.amount_minor;
  for (size_t i = 1; i < features::kCycleLengthMax; ++i)
    most = saturated(static_cast<__int128>(most) * kPpm / s.keep_ppm);
  const bool could = std::ranges::any_of(starts, [&](const Edge& start) {
    return start.amount_minor >= edge.amount_minor && start.amount_minor <= most && start.to != edge.from;
  });
  if (!could) return;
  features::TransferGraph::CycleRule rule;
  rule.window_us = window_us;
  rule.keep_ppm = s.keep_ppm;
  rule.grow_ppm = 1;
  auto edges = graph_->cycle_closed_by(edge, rule);
  if (!is_cycle(edges)) return;
  Finding finding;
  finding.typology = Typology::cycle;
  uint64_t key = 0;
  for (const Edge& one : edges)
    key += name_at(one.from) * 0xD6E8FEB86659FD93ull;  // the same members, wherever it began
  finding.amount_minor = edges.front().amount_minor;
  finding.transfers = finding.counterparties = static_cast<int64_t>(edges.size());
  finding.counterparties -= 1;
  finding.from = {edges.front().at_us};
  finding.to = {edges.back().at_us};
  finding.strength_ppm = strength_of(edge.amount_minor, part_of(edges.front().amount_minor, s.keep_ppm) / 2);
  finding.edges = std::move(edges);
  report(std::move(finding), edge.to, key, s.window_days, found);
}

void Detectors::look_for_scatter_gather(const Edge& edge, std::vector<Finding>& found) {
  const ScatterGatherSettings& s = settings_->scatter_gather;
  Account& middle = accounts_[edge.from];
  if (edge.amount_minor < s.each_min_minor / 2 || !warm()) return;
  middle.past.advance(newest_us_);
  if (middle.past.lately(Habit::new_in) == 0 || is_hub(middle) || is_hub(accounts_[edge.to])) return;
  const int64_t window_us = s.window_days * kDay;
  const auto in = graph_->edges_into(edge.from, edge.at_us, window_us, 32);
  if (in.empty()) return;
  int64_t sent = 0;
  for (const Edge& one : graph_->edges_out_of(edge.from, edge.at_us, window_us, 32)) {
    if (one.to == edge.to) sent = add_saturating(sent, one.amount_minor);
  }
  if (sent < s.each_min_minor) return;
  std::vector<uint32_t> sources;
  for (const Edge& one : in) {
    if (one.from != edge.to && std::ranges::find(sources, one.from) == sources.end()) sources.push_back(one.from);
  }
  for (const uint32_t source : sources) {
    int64_t got = 0;
    for (const Edge& one : in) got = add_saturating(got, one.from == source ? one.amount_minor : 0);
    if (sent > got || !at_least(sent, s.keep_ppm, got)) continue;
    if (known(name_at(source), name_at(edge.from))) continue;
    gather(source, edge, {middle.past.name, edge.at_us, sent}, found);
  }
}

void Detectors::gather(uint32_t source, const Edge& edge, const Middle& middle, std::vector<Finding>& found) {
  const ScatterGatherSettings& s = settings_->scatter_gather;
  const int64_t window_us = s.window_days * kDay;
  const uint64_t key = name_at(source) * 0x9E3779B97F4A7C15ull ^ name_at(edge.to);
  while (!conduit_age_.empty() &&
         (conduit_age_.front().first < newest_us_ - window_us || conduit_age_.size() >= limits_.conduits_max)) {
    counts_.conduits_dropped += conduit_age_.front().first >= newest_us_ - window_us;
    const auto at = conduits_.find(conduit_age_.front().second);
    if (at != conduits_.end()) {
      std::erase_if(at->second.middles, [&](const Middle& one) { return one.at_us <= conduit_age_.front().first; });
      if (at->second.middles.empty()) conduits_.erase(at);
    }
    conduit_age_.pop_front();
  }
  std::vector<Middle>& middles = conduits_[key].middles;
  const auto same = std::ranges::find(middles, middle.account, &Middle::account);
  if (same != middles.end()) {
    *same = middle;
  } else if (middles.size() < kMiddlesMax) {
    middles.push_back(middle);
  }
  conduit_age_.emplace_back(edge.at_us, key);
  Finding finding;
  finding.typology = Typology::scatter_gather;
  finding.counterparties = static_cast<int64_t>(middles.size());
  for (const Middle& one : middles) finding.amount_minor = add_saturating(finding.amount_minor, one.amount_minor);
  if (finding.counterparties < s.middles_min || finding.amount_minor < s.amount_min_minor) return;
  const auto is_middle = [&](uint32_t account) {
    return std::ranges::find(middles, name_at(account), &Middle::account) != middles.end();
  };
  for (const Edge& one : graph_->edges_out_of(source, newest_us_, window_us, kLookMax)) {
    if (is_middle(one.to)) finding.edges.push_back(one);
  }
  for (const Edge& one : graph_->edges_into(edge.to, newest_us_, window_us, kLookMax)) {
    if (is_middle(one.from)) finding.edges.push_back(one);
  }
  std::sort(finding.edges.begin(), finding.edges.end(),
            [](const Edge& a, const Edge& b) { return a.at_us != b.at_us ? a.at_us < b.at_us : a.seq < b.seq; });
  finding.transfers = static_cast<int64_t>(finding.edges.size());
  finding.from = {finding.edges.front().at_us};
  finding.to = {finding.edges.back().at_us};
  finding.strength_ppm = strength_of(finding.counterparties, s.middles_min - 1);
  report(std::move(finding), edge.to, key, s.window_days, found);
}

}  // namespace puhui::aml
