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
  size_t ties_max =
      size_t{1} << 22;  // entity–link pairs, about 350 bytes each; beyond it the longest unused go, counted
  size_t reach_steps_max =
      10'000;              // ties looked at for one question; beyond it the answer is what was found so far, counted
  size_t hub_max = 1'000;  // a link used by more entities (a bank's own address) ties nobody together
  int64_t lateness_us = 3'600'000'000;  // how far behind the newest a question of sharers may lie and still be exact
};

inline constexpr size_t kTieUsesMax = 64;  // earlier uses kept of one tie, for late questions

// One thread at a time, questions too: they share room for their work.
class SharingGraph {
 public:
  // Ties not used for longer than horizon behind the newest are forgotten; components are those of the ties kept.
  SharingGraph(int64_t horizon_us, SharingLimits limits = {});
  SharingGraph(SharingGraph&&) noexcept;
  ~SharingGraph();

  // `kind`: which link field (0, 1, …): equal texts of two kinds are two links. An empty entity or link ties nothing.
  void tie(std::string_view entity, uint8_t kind, std::string_view link, int64_t at_us);

  // Other entities that used that link in (until − window, until]; of a hub too. Costs the logarithm of their number, and
  // one look at each that used it after `until`.
  uint32_t sharers(std::string_view entity, uint8_t kind, std::string_view link, int64_t until_us,
                   int64_t window_us) const;
  // Entities within `hops` entity–link–entity steps, itself not counted. Ties used last are followed first.
  uint32_t reach(std::string_view entity, int hops) const;
  // Itself counted; 1 when it shares nothing. Walked anew for each question, because ties go as well as come: it costs as many
  // looks as the component has ties, at most reach_steps_max.
  uint32_t component(std::string_view entity) const;

  struct Neighbour {
    std::string entity;
    uint8_t kind = 0;
    std::string link;
    int64_t last_at_us = 0;
  };
  // One for each other entity and link they share (no hub), newest first: for the case page's picture.
  std::vector<Neighbour> neighbours(std::string_view entity, size_t max) const;

  struct Counts {
    uint64_t entities = 0, links = 0, ties = 0, ties_forgotten = 0, ties_evicted = 0, answers_cut = 0, bytes = 0;
    uint64_t uses_forgotten = 0;  // beyond kTieUsesMax
  };
  Counts counts() const;
  std::string snapshot() const;
  static Result<SharingGraph> restore(int64_t horizon_us, SharingLimits limits, std::string_view bytes);

  struct State;  // sharing_graph_state.h

 private:
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
