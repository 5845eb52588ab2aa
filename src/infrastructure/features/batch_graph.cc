#include "infrastructure/features/batch_graph.h"

#include <algorithm>
#include <set>

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
  newest_us_ = std::max(newest_us_, at_us);
  const std::string account = key(event, set_.account), other = key(event, set_.counterparty);
  transfer_closes_ = !account.empty() && !other.empty() && account != other;
  if (transfer_closes_) {
    const auto amount = set_.find_field(set_.amount);
    closing_ = {account, other, at_us, amount ? event.values[*amount].number : 0};
    const auto place = std::ranges::upper_bound(transfers_, at_us, {}, &Transfer::at_us);
    transfers_.insert(place, closing_);
  }
  for (size_t kind = 0; kind < set_.links.size(); ++kind) {
    std::string link = key(event, set_.links[kind]);
    if (!account.empty() && !link.empty()) ties_.push_back({account, std::move(link), kind, at_us});
  }
  std::erase_if(transfers_, [&](const Transfer& one) { return one.at_us < before(newest_us_, transfers_kept_us_); });
  std::erase_if(ties_, [&](const Tie& one) { return one.at_us < before(newest_us_, ties_kept_us_); });
}

std::vector<const BatchGraphs::Transfer*> BatchGraphs::between(int64_t after_us, int64_t until_us) const {
  std::vector<const Transfer*> out;
  for (const Transfer& one : transfers_) {
    if (one.at_us > after_us && one.at_us <= until_us) out.push_back(&one);
  }
  return out;
}

uint64_t BatchGraphs::sharers(const Feature& feature, const Event& event) const {
  const auto kind = static_cast<size_t>(std::ranges::find(set_.links, feature.link) - set_.links.begin());
  const std::string link = key(event, feature.link), self = key(event, feature.entity);
  const int64_t until_us = event.at.microseconds, after_us = before(until_us, timing_of(feature).window_us);
  std::set<std::string_view> others;
  for (const Tie& tie : ties_) {
    const bool inside = tie.at_us > after_us && tie.at_us <= until_us;
    if (inside && tie.kind == kind && tie.link == link && tie.entity != self) others.insert(tie.entity);
  }
  return others.size();
}

// How many others within so many steps; `hops` below 0: any number.
uint64_t BatchGraphs::around(const std::string& entity, int hops) const {
  std::map<Link, std::set<std::string>> users;
  for (const Tie& tie : ties_) users[{tie.kind, tie.link}].insert(tie.entity);
  std::erase_if(users, [](const auto& one) { return one.second.size() > SharingLimits{}.hub_max; });
  std::set<std::string> met{entity};
  for (int hop = 0; hops < 0 || hop < hops; ++hop) {
    std::set<std::string> more = met;
    for (const auto& [_, sharing] : users) {
      if (std::ranges::any_of(sharing, [&](const std::string& one) { return met.contains(one); })) {
        more.insert(sharing.begin(), sharing.end());
      }
    }
    if (more.size() == met.size()) break;
    met = std::move(more);
  }
  return met.size() - 1;
}

// Breadth first over paths in time order that begin where the closing transfer went and end where it came from.
uint64_t BatchGraphs::cycle(const Feature& feature, const Event& event) const {
  if (!transfer_closes_) return 0;
  const int64_t until_us = event.at.microseconds, after_us = before(until_us, timing_of(feature).window_us);
  // The last one at that time: it came last.
  const std::vector<const Transfer*> all = between(after_us, until_us);
  const size_t closing = all.size() - 1;
  struct Path {
    std::vector<std::string_view> met;
    size_t last = 0;  // place of its last transfer, plus one
  };
  std::vector<Path> paths = {{{closing_.to}, 0}};
  for (size_t length = 2; length <= kCycleLengthMax; ++length) {
    std::vector<Path> longer;
    for (const Path& path : paths) {
      for (size_t i = path.last; i < closing; ++i) {
        if (all[i]->from != path.met.back()) continue;
        if (all[i]->to == closing_.from) return length;
        if (std::ranges::find(path.met, all[i]->to) != path.met.end()) continue;
        Path next = path;
        next.met.push_back(all[i]->to);
        next.last = i + 1;
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
  for (const Transfer* one :
       between(before(event.at.microseconds, timing_of(feature).window_us), event.at.microseconds)) {
    if (one->to == entity) sources.insert(one->from), in += one->amount_minor;
    if (one->from == entity) targets.insert(one->to), out += one->amount_minor;
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
