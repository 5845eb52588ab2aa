// What is inside a SharingGraph: two kinds of nodes (entities, links), each with its ties by their last use. For
// sharing_graph.cc and sharing_snapshot.cc only.
#pragma once

#include <unordered_map>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/features/name_table.h"
#include "infrastructure/features/sharing_graph.h"
#include "infrastructure/features/time_ordered.h"

namespace puhui::features {

struct SharingGraph::State {
  struct Use {
    int64_t at_us = 0;
    uint64_t seq = 0;  // of the calls of tie()
    uint32_t tie = 0;
  };
  using Uses = TimeOrdered<Use>;
  struct Tie {
    uint32_t entity = 0, link = 0;
    TimeKey last;
    // Ascending, before `last`: what a question as late as the lateness may still ask for, and no more.
    std::vector<int64_t> earlier_us;
  };
  // Entities, or links.
  struct Nodes {
    NameTable names;
    std::vector<Uses> ties;  // of each, by last use
    std::vector<uint32_t> sights;
    uint32_t number_of(std::string_view name);
    void drop(uint32_t number, TimeKey last);
  };

  State(int64_t horizon, const SharingLimits& limits_given);
  static uint64_t pair_of(uint32_t entity, uint32_t link) { return uint64_t{entity} << 32 | link; }
  const Tie* find(uint32_t entity, uint32_t link) const;
  int64_t oldest_kept() const;
  void use(Tie& tie, uint32_t number, TimeKey key);
  void use_again(uint32_t number, TimeKey key);
  void forget_earlier(Tie& tie);
  uint32_t add_tie(uint32_t entity, uint32_t link, TimeKey last);
  void drop_oldest();
  // The last use at or before `until` lies after `after`.
  static bool used_in(const Tie& tie, int64_t after_us, int64_t until_us);
  bool is_hub(uint32_t link) const { return links.ties[link].size() > limits.hub_max; }
  void read_ties(ByteReader& in);

  int64_t horizon_us;
  SharingLimits limits;
  Nodes entities, links;
  std::vector<Tie> ties;
  std::vector<uint32_t> free_ties;
  std::unordered_map<uint64_t, uint32_t> tie_of;
  TimeOrdered<Use, 2048> by_last_use;
  int64_t newest_us = INT64_MIN;
  uint64_t calls = 0;
  uint64_t ties_forgotten = 0, ties_evicted = 0, uses_forgotten = 0, earlier_uses = 0;
  uint64_t answers_cut = 0;
  uint32_t epoch = 0;
};

// Breadth first over the ties kept; one question.
class SharingWalk {
 public:
  SharingWalk(SharingGraph::State& state, uint32_t entity);
  // Entities met within so many steps, the first not counted.
  uint32_t run(int hops);

 private:
  bool look();
  bool visit_link(uint32_t link);
  SharingGraph::State& state_;
  std::vector<uint32_t> now_, next_;
  size_t steps_ = 0;
  uint32_t met_ = 0;
};

std::string link_name(uint8_t kind, std::string_view link);

}  // namespace puhui::features
