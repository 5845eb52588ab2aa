#include "infrastructure/features/set_graphs.h"

#include <algorithm>

namespace puhui::features {

namespace {

// Of window `all`: further than any two events lie apart, and no sum with it leaves 64 bits.
constexpr int64_t kForever = INT64_MAX / 2;

bool is_sharing(GraphMeasure measure) {
  return measure == GraphMeasure::sharers || measure == GraphMeasure::reach || measure == GraphMeasure::component;
}

FeatureValue whole(uint64_t value) { return {true, evidence::Number::whole(static_cast<int64_t>(value))}; }

std::string_view key_of(const Event& event, size_t field) { return event.values[field].text; }

}  // namespace

SetGraphs::SetGraphs(const FeatureSet& set, const EngineLimits& limits) {
  const int64_t lateness_us = *parse_duration(set.lateness);
  for (size_t i = 0; i < set.features.size(); ++i) {
    const Feature& feature = set.features[i];
    if (feature.aggregate != Aggregate::graph) continue;
    Measure measure{.feature = i, .measure = feature.measure, .hops = feature.hops};
    measure.entity = *set.find_field(feature.entity);
    measure.window_us = std::min(*parse_duration(feature.window), kForever);
    measure.link = static_cast<uint8_t>(std::ranges::find(set.links, feature.link) - set.links.begin());
    if (feature.empty) measure.empty = evidence::Number::parse(*feature.empty);
    int64_t& horizon_us = is_sharing(feature.measure) ? ties_horizon_us_ : transfers_horizon_us_;
    horizon_us = std::max(horizon_us, measure.window_us + lateness_us);
    measures_.push_back(measure);
  }
  transfer_limits_.edges_max = transfer_limits_.accounts_max = limits.edges_max;
  sharing_limits_.ties_max = limits.edges_max;
  sharing_limits_.lateness_us = lateness_us;
  if (transfers_horizon_us_ > 0) {
    transfers_.emplace(transfers_horizon_us_, transfer_limits_);
    counterparty_ = *set.find_field(set.counterparty);
    amount_ = *set.find_field(set.amount);
  }
  if (ties_horizon_us_ > 0) {
    ties_.emplace(ties_horizon_us_, sharing_limits_);
    for (const std::string& link : set.links) links_.push_back(*set.find_field(link));
  }
  if (!measures_.empty()) account_ = *set.find_field(set.account);
}

std::optional<SetGraphs::Transfer> SetGraphs::transfer_of(const Event& event) const {
  const Transfer transfer{key_of(event, account_), key_of(event, counterparty_), event.values[amount_].number};
  if (transfer.from.empty() || transfer.to.empty()) return std::nullopt;
  return transfer;
}

void SetGraphs::add(const Event& event, uint64_t seq) {
  if (transfers_) {
    if (const auto transfer = transfer_of(event)) {
      const uint32_t from = transfers_->number_of(transfer->from), to = transfers_->number_of(transfer->to);
      transfers_->add({from, to, event.at.microseconds, transfer->amount_minor, seq});
    }
  }
  if (!ties_) return;
  for (size_t kind = 0; kind < links_.size(); ++kind)
    ties_->tie(key_of(event, account_), static_cast<uint8_t>(kind), key_of(event, links_[kind]), event.at.microseconds);
}

FeatureValue SetGraphs::sharing_value(const Measure& measure, const Event& event) const {
  const std::string_view entity = key_of(event, measure.entity);
  if (measure.measure == GraphMeasure::reach) return whole(ties_->reach(entity, measure.hops));
  if (measure.measure == GraphMeasure::component) return whole(ties_->component(entity));
  const std::string_view link = key_of(event, links_[measure.link]);
  if (link.empty()) return whole(0);
  return whole(ties_->sharers(entity, measure.link, link, event.at.microseconds, measure.window_us));
}

FeatureValue SetGraphs::flow_value(const Measure& measure, const Event& event) const {
  const auto account = transfers_->find(key_of(event, measure.entity));
  const int64_t until_us = event.at.microseconds;
  const auto into = account ? transfers_->into(*account, until_us, measure.window_us) : TransferGraph::Flow{};
  if (measure.measure == GraphMeasure::fan_in) return whole(into.counterparties);
  const auto out_of = account ? transfers_->out_of(*account, until_us, measure.window_us) : TransferGraph::Flow{};
  if (measure.measure == GraphMeasure::fan_out) return whole(out_of.counterparties);
  if (into.amount_minor <= 0) return measure.empty ? FeatureValue{true, *measure.empty} : FeatureValue{};
  const int64_t passed = std::clamp<int64_t>(out_of.amount_minor, 0, into.amount_minor);
  return {true, *quotient(passed, into.amount_minor, 0, kSharePlaces)};
}

FeatureValue SetGraphs::cycle_value(const Measure& measure, const Event& event, uint64_t seq) const {
  const auto transfer = transfer_of(event);
  if (!transfer || transfer->from == transfer->to) return whole(0);
  const auto from = transfers_->find(transfer->from), to = transfers_->find(transfer->to);
  if (!from || !to) return whole(0);
  const TransferEdge closing{*from, *to, event.at.microseconds, transfer->amount_minor, seq};
  return whole(transfers_->cycle_closed_by(closing, {.window_us = measure.window_us}).size());
}

void SetGraphs::read_but_cycles(const Event& event, std::span<FeatureValue> out) const {
  for (const Measure& measure : measures_) {
    if (key_of(event, measure.entity).empty() || measure.measure == GraphMeasure::cycle) continue;
    out[measure.feature] = is_sharing(measure.measure) ? sharing_value(measure, event) : flow_value(measure, event);
  }
}

void SetGraphs::read(const Event& event, uint64_t seq, std::span<FeatureValue> out) const {
  read_but_cycles(event, out);
  for (const Measure& measure : measures_) {
    const bool known = !key_of(event, measure.entity).empty();
    if (known && measure.measure == GraphMeasure::cycle) out[measure.feature] = cycle_value(measure, event, seq);
  }
}

void SetGraphs::peek(const Event& event, std::span<FeatureValue> out) const { read_but_cycles(event, out); }

void SetGraphs::add_counts(EngineCounts& counts) const {
  if (transfers_) {
    const TransferGraph::Counts own = transfers_->counts();
    counts.edges += own.edges;
    counts.edges_evicted += own.edges_evicted + own.accounts_evicted;
    counts.bytes += own.bytes;
  }
  if (!ties_) return;
  const SharingGraph::Counts own = ties_->counts();
  counts.edges += own.ties;
  counts.edges_evicted += own.ties_evicted;
  counts.bytes += own.bytes;
}

void SetGraphs::write(ByteWriter& out) const {
  if (transfers_) out.text(transfers_->snapshot());
  if (ties_) out.text(ties_->snapshot());
}

void SetGraphs::read(ByteReader& in) {
  const auto take = [&](auto& graph, auto restored) {
    if (restored) {
      graph.emplace(*std::move(restored));
    } else {
      in.reject();
    }
  };
  if (transfers_) take(transfers_, TransferGraph::restore(transfers_horizon_us_, transfer_limits_, in.text()));
  if (ties_) take(ties_, SharingGraph::restore(ties_horizon_us_, sharing_limits_, in.text()));
}

}  // namespace puhui::features
