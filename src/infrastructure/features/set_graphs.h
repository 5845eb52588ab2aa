// SetGraphs: the graphs of a FeatureSet that has graph measures: who paid whom, who shares what. Both are fed by accepted events and
// kept for the longest window of such features plus the lateness.
#pragma once

#include <optional>

#include "ground/base/bytes.h"
#include "infrastructure/features/aggregate_value.h"
#include "infrastructure/features/engine.h"
#include "infrastructure/features/sharing_graph.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {

class SetGraphs {
 public:
  SetGraphs(const FeatureSet& set, const EngineLimits& limits);

  // Adds the event's transfer and ties. `seq`: its place among all events.
  void add(const Event& event, uint64_t seq);
  // The features that are graph measures, of an event that was added.
  void read(const Event& event, uint64_t seq, std::span<FeatureValue> out) const;
  // Of one that was not added, which the graphs do not hold: its own transfer and ties are missing, cycles are absent.
  void peek(const Event& event, std::span<FeatureValue> out) const;
  void add_counts(EngineCounts& counts) const;

  const TransferGraph* transfers() const { return transfers_ ? &*transfers_ : nullptr; }
  const SharingGraph* ties() const { return ties_ ? &*ties_ : nullptr; }

  void write(ByteWriter& out) const;
  void read(ByteReader& in);  // into a new one

 private:
  struct Measure {
    size_t feature = 0;
    GraphMeasure measure = GraphMeasure::none;
    size_t entity = 0;  // field
    int64_t window_us = 0;
    uint8_t link = 0;  // its place in the set's links
    int hops = 0;
    std::optional<evidence::Number> empty;
  };
  struct Transfer {
    std::string_view from, to;
    int64_t amount_minor = 0;
  };
  std::optional<Transfer> transfer_of(const Event& event) const;
  FeatureValue flow_value(const Measure& measure, const Event& event) const;
  FeatureValue cycle_value(const Measure& measure, const Event& event, uint64_t seq) const;
  FeatureValue sharing_value(const Measure& measure, const Event& event) const;
  void read_but_cycles(const Event& event, std::span<FeatureValue> out) const;

  std::vector<Measure> measures_;
  size_t account_ = 0, counterparty_ = 0, amount_ = 0;  // fields
  std::vector<size_t> links_;                           // fields
  int64_t transfers_horizon_us_ = 0, ties_horizon_us_ = 0;
  TransferGraphLimits transfer_limits_;
  SharingLimits sharing_limits_;
  std::optional<TransferGraph> transfers_;  // none: no feature asks
  std::optional<SharingGraph> ties_;
};

}  // namespace puhui::features
