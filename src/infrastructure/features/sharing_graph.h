// SharingGraph: entities (customers, applicants) tied together by what they used: device, phone, address, beneficiary. Updated with
// each event; answers who shares, how many are within k steps, and how large the connected component is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::features {

struct SharingLimits {
  size_t ties_max = size_t{1} << 22;  // entity–link pairs; beyond it the longest unused are forgotten, and counted
  size_t reach_steps_max =
      10'000;              // ties looked at for one question; beyond it the answer is what was found so far, counted
  size_t hub_max = 1'000;  // a link used by more entities (a bank's own address) ties nobody together
};

class SharingGraph {
 public:
  // Ties not used for longer than horizon behind the newest are forgotten; components are those of the ties kept.
  SharingGraph(int64_t horizon_us, SharingLimits limits = {});
  SharingGraph(SharingGraph&&) noexcept;
  ~SharingGraph();

  // `kind`: which link field (0, 1, …): equal texts of two kinds are two links.
  void tie(std::string_view entity, uint8_t kind, std::string_view link, int64_t at_us);

  // Other entities that used that link in (until − window, until].
  uint32_t sharers(std::string_view entity, uint8_t kind, std::string_view link, int64_t until_us,
                   int64_t window_us) const;
  // Entities within `hops` entity–link–entity steps, itself not counted.
  uint32_t reach(std::string_view entity, int hops) const;
  uint32_t component(std::string_view entity) const;  // itself counted; 1 when it shares nothing

  struct Neighbour {
    std::string entity;
    uint8_t kind = 0;
    std::string link;
    int64_t last_at_us = 0;
  };
  std::vector<Neighbour> neighbours(std::string_view entity, size_t max) const;  // for the case page's picture

  struct Counts {
    uint64_t entities = 0, links = 0, ties = 0, ties_forgotten = 0, ties_evicted = 0, answers_cut = 0, bytes = 0;
  };
  Counts counts() const;
  std::string snapshot() const;
  static Result<SharingGraph> restore(int64_t horizon_us, SharingLimits limits, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
