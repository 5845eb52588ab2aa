#include "applications/aml/detectors.h"

#include <algorithm>

#include "applications/aml/detector_math.h"
#include "ground/base/check.h"
#include "ground/base/hash.h"

namespace puhui::aml {

namespace {
constexpr size_t kNameBytesMax = 64;
// A finding is said again when its pattern grew by half.
constexpr int64_t kGrowthPercent = 150;
}  // namespace

Detectors::Detectors(std::shared_ptr<const TypologySettings> settings, DetectorLimits limits)
    : settings_(std::move(settings)),
      limits_(limits),
      graph_(std::make_unique<features::TransferGraph>(settings_->horizon_us(), limits.graph)),
      pairs_(limits.pairs_max) {}

Detectors::Account& Detectors::account_of(uint32_t number, uint64_t name, int64_t at_us) {
  if (number >= accounts_.size()) accounts_.resize(std::max<size_t>(number + 1, accounts_.size() * 2));
  Account& account = accounts_[number];
  // The graph gives a forgotten account's number to another one.
  if (account.past.name != name) {
    account = Account();
    account.past.begin(name, at_us);
  }
  return account;
}

bool Detectors::known(uint64_t from, uint64_t to) const {
  const int64_t before = newest_us_ - settings_->history.known_after_days * kDay;
  return pairs_.since_us(from, to) <= before || pairs_.since_us(to, from) <= before;
}

bool Detectors::is_hub(Account& account) const {
  account.past.advance(newest_us_);
  return account.past.usual_milli(Habit::in_transfers) >= settings_->history.hub_transfers_week * 1000;
}

int64_t Detectors::usual_income_minor(Account& account) const {
  account.past.advance(newest_us_);
  return account.past.usual_milli(Habit::in_hundreds) / 10;
}

bool Detectors::warm() const { return newest_us_ - first_us_ >= settings_->history.warm_up_days * kDay; }

void Detectors::learn(const Edge& edge, Account& from, Account& to) {
  const StructuringSettings& band = settings_->structuring;
  const bool in_band =
      edge.amount_minor < band.threshold_minor && edge.amount_minor >= part_of(band.threshold_minor, band.band_ppm);
  const bool fresh = pairs_.note(from.past.name, to.past.name, edge.at_us);
  from.past.count(Habit::out_transfers, edge.at_us);
  to.past.count(Habit::in_transfers, edge.at_us);
  to.past.count(Habit::in_hundreds, edge.at_us, edge.amount_minor / 100);
  if (fresh) {
    from.past.count(Habit::new_out, edge.at_us);
    to.past.count(Habit::new_in, edge.at_us);
  }
  if (in_band) {
    from.past.count(Habit::band_out, edge.at_us);
    to.past.count(Habit::band_in, edge.at_us);
  }
  for (Account* account : {&from, &to}) {
    account->past.move(edge.at_us, edge.amount_minor);
    const int64_t silent_us = edge.at_us - account->past.last_us;
    if (silent_us >= settings_->dormant.silent_days * kDay) account->awake_since_us = edge.at_us;
    account->past.last_us = std::max(account->past.last_us, edge.at_us);
  }
}

Standing Detectors::observe(const Movement& movement, std::vector<Finding>& found) {
  CHECK(!movement.from.empty() && movement.from.size() <= kNameBytesMax, "an account's name has 1 to 64 bytes");
  CHECK(!movement.to.empty() && movement.to.size() <= kNameBytesMax, "an account's name has 1 to 64 bytes");
  CHECK(movement.amount_minor > 0, "a transfer moves something");
  if (newest_us_ == INT64_MIN) first_us_ = movement.at_us;
  if (newest_us_ != INT64_MIN && movement.at_us < newest_us_ - settings_->lateness_hours * kHour) {
    ++counts_.late;
    return Standing::late;
  }
  newest_us_ = std::max(newest_us_, movement.at_us);
  if (movement.from == movement.to) {
    ++counts_.self;
    return Standing::self;
  }
  ++counts_.accepted;
  const Edge edge{graph_->number_of(movement.from), graph_->number_of(movement.to), movement.at_us,
                  movement.amount_minor, movement.seq};
  account_of(edge.from, hash64(movement.from), edge.at_us);
  Account& to = account_of(edge.to, hash64(movement.to), edge.at_us);
  graph_->add(edge);
  learn(edge, accounts_[edge.from], to);
  hold(edge);
  look_for_structuring(edge, found);
  look_for_cycle(edge, found);
  look_for_scatter_gather(edge, found);
  look_for_pass_through(edge, found);
  look_for_dormant(edge, edge.from, found);
  look_for_dormant(edge, edge.to, found);
  look_for_fan(edge, Typology::fan_in, found);
  look_for_fan(edge, Typology::fan_out, found);
  return Standing::accepted;
}

void Detectors::report(Finding finding, uint32_t about, uint64_t key, int64_t window_days,
                       std::vector<Finding>& found) {
  key = key * 0x9E3779B97F4A7C15ull ^ static_cast<uint64_t>(finding.typology);
  const int64_t until = newest_us_ + window_days * kDay;
  Open& open = open_[key];
  open.until_us = until;
  if (open.number != 0 && open.last_us + window_days * kDay >= finding.from.microseconds) {
    open.last_us = std::max(open.last_us, finding.to.microseconds);
    open_age_.emplace_back(until, key);
    if (finding.transfers * 100 < open.transfers_said * kGrowthPercent &&
        finding.amount_minor / kGrowthPercent < open.amount_said / 100) {
      trim_open();
      return;
    }
    finding.refreshes = true;
    ++counts_.refreshed;
  } else {
    open.number = ++findings_;
    open.last_us = finding.to.microseconds;
    open_age_.emplace_back(until, key);
  }
  open.transfers_said = finding.transfers;
  open.amount_said = finding.amount_minor;
  finding.number = open.number;
  finding.account = graph_->name_of(about);
  finding.account_age_days = std::max<int64_t>(0, newest_us_ - accounts_[about].past.first_us) / kDay;
  if (finding.edges.size() > kFindingEdgesMax) {
    finding.edges.erase(finding.edges.begin(), finding.edges.end() - static_cast<ptrdiff_t>(kFindingEdgesMax));
  }
  found.push_back(std::move(finding));
  trim_open();
}

void Detectors::trim_open() {
  while (!open_age_.empty() && (open_age_.front().first < newest_us_ || open_age_.size() > limits_.open_max)) {
    const auto [until, key] = open_age_.front();
    open_age_.pop_front();
    const auto at = open_.find(key);
    // A pattern that grew since stands in the queue again.
    if (at != open_.end() && at->second.until_us <= until) open_.erase(at);
  }
}

DetectorCounts Detectors::counts() const {
  DetectorCounts out = counts_;
  out.findings = findings_;
  out.pairs_forgotten = pairs_.forgotten();
  out.graph = graph_->counts();
  return out;
}

}  // namespace puhui::aml
