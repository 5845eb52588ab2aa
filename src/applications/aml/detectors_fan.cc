// Structuring, fan-in and fan-out: what one account did in a window against what it usually does in as long a time.
#include <algorithm>

#include "applications/aml/detector_math.h"
#include "applications/aml/detectors.h"

namespace puhui::aml {

void Detectors::look_for_structuring(const Edge& edge, std::vector<Finding>& found) {
  const StructuringSettings& s = settings_->structuring;
  if (edge.amount_minor >= s.threshold_minor || edge.amount_minor < part_of(s.threshold_minor, s.band_ppm)) return;
  if (!warm()) return;
  structuring_of(edge, edge.from, false, found);
  structuring_of(edge, edge.to, true, found);
}

void Detectors::structuring_of(const Edge& edge, uint32_t about, bool into, std::vector<Finding>& found) {
  const StructuringSettings& s = settings_->structuring;
  Account& account = accounts_[about];
  account.past.advance(newest_us_);
  const Habit habit = into ? Habit::band_in : Habit::band_out;
  if (account.past.lately(habit) < s.transfers_min) return;
  const int64_t window_us = s.window_days * kDay;
  const auto edges = into ? graph_->edges_into(about, newest_us_, window_us, kLookMax)
                          : graph_->edges_out_of(about, newest_us_, window_us, kLookMax);
  const int64_t band = part_of(s.threshold_minor, s.band_ppm);
  Finding finding;
  finding.typology = Typology::structuring;
  int64_t open = 0, mixed = 0;
  // Among old partners a business pays such amounts every day.
  const bool business = usual_income_minor(account) >= s.business_income_minor;
  std::vector<uint32_t> others;
  for (const Edge& one : edges) {
    if (business && known(name_at(one.from), name_at(one.to))) continue;
    if (one.amount_minor >= s.threshold_minor) ++open;
    if (one.amount_minor >= s.threshold_minor) continue;
    if (one.amount_minor < band) {
      mixed += one.amount_minor >= s.threshold_minor / 4;
      continue;
    }
    finding.edges.push_back(one);
    finding.amount_minor = add_saturating(finding.amount_minor, one.amount_minor);
    others.push_back(into ? one.from : one.to);
  }
  finding.transfers = static_cast<int64_t>(finding.edges.size());
  if (finding.transfers < s.transfers_min || finding.amount_minor < s.threshold_minor) return;
  if (at_least(open, s.open_share_ppm, finding.transfers) || at_least(mixed, s.mixed_share_ppm, finding.transfers))
    return;
  const int64_t usual = account.past.usual_milli(habit) * s.window_days / 7;
  finding.beyond_usual_ppm = times_usual_ppm(finding.transfers * 1000, usual);
  if (finding.beyond_usual_ppm < s.usual_ratio_ppm) return;
  std::sort(others.begin(), others.end());
  finding.counterparties = std::unique(others.begin(), others.end()) - others.begin();
  // Between two accounts alone it is told once, of the one that sends.
  if (into && finding.counterparties < 2) return;
  finding.from = {finding.edges.front().at_us};
  finding.to = {finding.edges.back().at_us};
  finding.strength_ppm = strength_of(finding.transfers, s.transfers_min - 1);
  report(std::move(finding), about, account.past.name ^ static_cast<uint64_t>(into), s.window_days, found);
  (void)edge;
}

void Detectors::look_for_fan(const Edge& edge, Typology typology, std::vector<Finding>& found) {
  const bool into = typology == Typology::fan_in;
  const FanSettings& s = into ? settings_->fan_in : settings_->fan_out;
  const uint32_t about = into ? edge.to : edge.from;
  Account& account = accounts_[about];
  account.past.advance(newest_us_);
  const Habit habit = into ? Habit::new_in : Habit::new_out;
  const int64_t lately = account.past.lately(habit);
  if (lately < s.counterparties_min || !warm()) return;
  const int64_t usual = account.past.usual_milli(habit) * s.window_days / 7;
  if (times_usual_ppm(lately * 1000, usual) < s.usual_ratio_ppm) return;
  const int64_t window_us = s.window_days * kDay;
  const auto edges = into ? graph_->edges_into(about, newest_us_, window_us, kLookMax)
                          : graph_->edges_out_of(about, newest_us_, window_us, kLookMax);
  Finding finding;
  finding.typology = typology;
  std::vector<std::pair<uint32_t, bool>> others;  // who, whether new
  others.reserve(edges.size());
  for (const Edge& one : edges) {
    const uint32_t other = into ? one.from : one.to;
    const bool fresh = !known(name_at(one.from), name_at(one.to)) &&
                       at_least(one.amount_minor, s.other_income_ppm, usual_income_minor(accounts_[other]));
    others.emplace_back(other, fresh);
    if (!fresh) continue;
    finding.edges.push_back(one);
    finding.amount_minor = add_saturating(finding.amount_minor, one.amount_minor);
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  const auto all = static_cast<int64_t>(others.size());
  finding.counterparties = std::count_if(others.begin(), others.end(), [](const auto& other) { return other.second; });
  finding.transfers = static_cast<int64_t>(finding.edges.size());
  if (finding.counterparties < s.counterparties_min || !at_least(finding.counterparties, s.new_share_ppm, all)) return;
  if (finding.amount_minor < s.amount_min_minor) return;
  if (finding.amount_minor / finding.counterparties < s.mean_min_minor) return;
  finding.beyond_usual_ppm = times_usual_ppm(finding.counterparties * 1000, usual);
  if (finding.beyond_usual_ppm < s.usual_ratio_ppm) return;
  if (!at_least(finding.amount_minor, s.turnover_ratio_ppm, usual_income_minor(account))) return;
  finding.from = {finding.edges.front().at_us};
  finding.to = {finding.edges.back().at_us};
  finding.strength_ppm = std::max(strength_of(finding.counterparties, s.counterparties_min),
                                  strength_of(finding.amount_minor, s.amount_min_minor));
  report(std::move(finding), about, account.past.name, s.window_days, found);
}

}  // namespace puhui::aml
