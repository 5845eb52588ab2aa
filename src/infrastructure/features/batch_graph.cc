#include "infrastructure/features/batch_graph.h"

#include <algorithm>

#include "infrastructure/features/aggregate_value.h"
#include "infrastructure/features/sharing_graph.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {

namespace {

bool of_transfers(GraphMeasure measure) {
  using enum GraphMeasure;
  return measure == fan_in || measure == fan_out || measure == pass_through || measure == cycle;
}

int64_t before(int64_t at_us, int64_t span_us) {
  int64_t out = 0;
  return __builtin_sub_overflow(at_us, span_us, &out) ? INT64_MIN : out;
}

FeatureValue whole(uint64_t value) { return {true, evidence::Number::whole(static_cast<int64_t>(value))}; }

}  // namespace

BatchGraphs::BatchGraphs(const FeatureSet& set) : set_(set) {
  for (const Feature& feature : set.features) {
    if (feature.aggregate != Aggregate::graph) continue;
    int64_t& kept = of_transfers(feature.measure) ? transfers_kept_us_ : ties_kept_us_;
    kept = std::max(kept, timing_of(feature).window_us);
  }
  const int64_t lateness_us = parse_duration(set.lateness).value_or(0);
  for (int64_t* kept : {&transfers_kept_us_, &ties_kept_us_}) {
    if (*kept != INT64_MAX) *kept += lateness_us;
  }
}

std::string BatchGraphs::key(const Event& event, std::string_view field) const {
  const auto place = set_.find_field(field);
  return place ? event.values[*place].text : std::string();
}

void BatchGraphs::add(const Event& event) {
  const int64_t at_us = event.at.microseconds;
  const std::string account = key(event, set_.account), other = key(event, set_.counterparty);
  transfer_closes_ = !account.empty() && !other.empty() && account != other;
  if (transfer_closes_) {
    const auto amount = set_.find_field(set_.amount);
    closing_ = {account, other, at_us, amount ? event.values[*amount].number : 0, ++arrivals_};
    out_[account].push_back(closing_);
    in_[other].push_back(closing_);
    newest_transfer_us_ = std::max(newest_transfer_us_, at_us);
    const auto forgotten = [&](const Transfer& one) {
      return one.at_us < before(newest_transfer_us_, transfers_kept_us_);
    };
    std::erase_if(out_[account], forgotten);
    std::erase_if(in_[other], forgotten);
  }
  for (size_t kind = 0; kind < set_.links.size(); ++kind) {
    Link link{kind, key(event, set_.links[kind])};
    if (account.empty() || link.second.empty()) continue;
    newest_tie_us_ = std::max(newest_tie_us_, at_us);
    std::vector<Use>& uses = uses_[link];
    uses.push_back({account, at_us});
    std::erase_if(uses, [&](const Use& one) { return one.at_us < before(newest_tie_us_, ties_kept_us_); });
    links_[account].insert(std::move(link));
  }
}

const std::vector<BatchGraphs::Transfer>& BatchGraphs::out_of(std::string_view account) const {
  static const std::vector<Transfer> kNone;
  const auto found = out_.find(account);
  return found == out_.end() ? kNone : found->second;
}

// Who used it in a tie that is kept; nobody, where too many did.
std::set<std::string_view> BatchGraphs::users_of(const Link& link) const {
  std::set<std::string_view> out;
  const auto found = uses_.find(link);
  if (found == uses_.end()) return out;
  for (const Use& use : found->second) {
    if (use.at_us >= before(newest_tie_us_, ties_kept_us_)) out.insert(use.entity);
  }
  if (out.size() > SharingLimits{}.hub_max) out.clear();
  return out;
}

uint64_t BatchGraphs::sharers(const Feature& feature, const Event& event) const {
  const auto kind = static_cast<size_t>(std::ranges::find(set_.links, feature.link) - set_.links.begin());
  const std::string link = key(event, feature.link), self = key(event, feature.entity);
  const int64_t until_us = event.at.microseconds, after_us = before(until_us, timing_of(feature).window_us);
  std::set<std::string_view> others;
  const auto found = uses_.find({kind, link});
  if (found == uses_.end()) return 0;
  for (const Use& use : found->second) {
    if (use.at_us > after_us && use.at_us <= until_us && use.entity != self) others.insert(use.entity);
  }
  return others.size();
}

// How many others within so many steps; `hops` below 0: any number.
uint64_t BatchGraphs::around(const std::string& entity, int hops) const {
  std::set<std::string_view> met{entity}, border = met;
  std::set<Link> walked;
  for (int hop = 0; !border.empty() && (hops < 0 || hop < hops); ++hop) {
    std::set<std::string_view> next;
    for (const std::string_view one : border) {
      const auto tied = links_.find(one);
      if (tied == links_.end()) continue;
      for (const Link& link : tied->second) {
        const auto users = users_of(link);
        if (!users.contains(one) || !walked.insert(link).second) continue;  // its own tie was forgotten, or known
        for (const std::string_view user : users) {
          if (met.insert(user).second) next.insert(user);
        }
      }
    }
    border = std::move(next);
  }
  return met.size() - 1;
}

// Breadth first over paths in time order that begin where the closing transfer went and end where it came from.
uint64_t BatchGraphs::cycle(const Feature& feature, const Event& event) const {
  if (!transfer_closes_) return 0;
  const int64_t after_us = before(event.at.microseconds, timing_of(feature).window_us);
  struct Path {
    std::vector<std::string_view> met;
    std::pair<int64_t, uint64_t> last;  // place of its last transfer
  };
  std::vector<Path> paths = {{{closing_.to}, {after_us, UINT64_MAX}}};
  for (size_t length = 2; length <= kCycleLengthMax; ++length) {
    std::vector<Path> longer;
    for (const Path& path : paths) {
      for (const Transfer& one : out_of(path.met.back())) {
        if (one.place() <= path.last || one.place() >= closing_.place()) continue;
        if (one.to == closing_.from) return length;
        if (std::ranges::find(path.met, one.to) != path.met.end()) continue;
        Path next = path;
        next.met.push_back(one.to);
        next.last = one.place();
        longer.push_back(std::move(next));
      }
    }
    paths = std::move(longer);
  }
  return 0;
}

FeatureValue BatchGraphs::value(const Feature& feature, const Event& event) const {
  const std::string entity = key(event, feature.entity);
  if (entity.empty()) return {};
  if (feature.measure == GraphMeasure::sharers) return whole(sharers(feature, event));
  if (feature.measure == GraphMeasure::reach) return whole(around(entity, feature.hops));
  if (feature.measure == GraphMeasure::component) return whole(around(entity, -1) + 1);
  if (feature.measure == GraphMeasure::cycle) return whole(cycle(feature, event));
  std::set<std::string_view> sources, targets;
  Int128 in = 0, out = 0;
  const int64_t until_us = event.at.microseconds, after_us = before(until_us, timing_of(feature).window_us);
  const auto inside = [&](const Transfer& one) { return one.at_us > after_us && one.at_us <= until_us; };
  if (const auto came = in_.find(entity); came != in_.end()) {
    for (const Transfer& one : came->second) {
      if (inside(one)) sources.insert(one.from), in += one.amount_minor;
    }
  }
  for (const Transfer& one : out_of(entity)) {
    if (inside(one)) targets.insert(one.to), out += one.amount_minor;
  }
  if (feature.measure == GraphMeasure::fan_in) return whole(sources.size());
  if (feature.measure == GraphMeasure::fan_out) return whole(targets.size());
  if (in <= 0) {
    const auto empty = feature.empty ? evidence::Number::parse(*feature.empty) : std::nullopt;
    return empty ? FeatureValue{true, *empty} : FeatureValue{};
  }
  const auto share = quotient(std::clamp<Int128>(out, 0, in), in, 0, kSharePlaces);
  return share ? FeatureValue{true, *share} : FeatureValue{};
}

}  // namespace puhui::features
