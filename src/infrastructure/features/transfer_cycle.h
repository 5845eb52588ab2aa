// CycleSearch: the shortest cycle that a transfer closes. Layers of edges grow from both its ends, the cheaper side first, until
// they meet; only then is the cycle itself looked for, in the layers. See TransferGraph::cycle_closed_by.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "infrastructure/features/transfer_account.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {

// Vertices with the best time at each: a small hash table that is cleared at no cost.
class Frontier {
 public:
  struct Reached {
    uint32_t vertex = 0;
    TimeKey key;
  };
  void clear();
  const TimeKey* find(uint32_t vertex) const;
  // Its key if it is new, else the earlier (or later) of the two.
  void earliest(uint32_t vertex, TimeKey key) {
    TimeKey& known = at(vertex, key);
    if (key < known) known = key;
  }
  void latest(uint32_t vertex, TimeKey key) {
    TimeKey& known = at(vertex, key);
    if (known < key) known = key;
  }
  const std::vector<Reached>& items() const { return items_; }

 private:
  struct Slot {
    uint32_t epoch = 0, item = 0;
  };
  TimeKey& at(uint32_t vertex, TimeKey key);
  size_t slot_of(uint32_t vertex) const;
  void grow();
  std::vector<Reached> items_;
  std::vector<Slot> slots_;
  uint32_t epoch_ = 1;
};

class CycleSearch {
 public:
  struct Step {
    TimeKey key;
    int64_t amount_minor = 0;
    uint32_t from = 0, to = 0;
  };
  // Layer 0 is where a side begins; `steps` of layer i are the edges that lead from layer i − 1.
  struct Layer {
    Frontier frontier;
    std::vector<Step> steps;
    bool sorted = false;
    std::vector<TransferLegs::Cursor> from, to;  // of each vertex of the frontier, once measured
    std::optional<size_t> cost;                  // edges to look at in order to grow from here
    void clear();
  };
  // Kept from one search to the next, so that they allocate nothing.
  struct Room {
    std::array<Layer, kCycleLengthMax> ahead, behind;  // from closing.to on, from closing.from back
    std::array<Frontier, kCycleLengthMax + 1> needed;  // vertex → the latest that a cycle may leave it, by position
  };

  CycleSearch(std::span<const TransferAccount> accounts, const TransferEdge& closing,
              const TransferGraph::CycleRule& rule, size_t steps_max, Room& room);
  std::vector<TransferEdge> run();
  bool cut() const { return cut_; }

 private:
  struct Bounds {
    int64_t low = INT64_MIN, high = INT64_MAX;
    bool hold(int64_t amount) const { return low <= amount && amount <= high; }
  };
  void bound_amounts();
  size_t cost_ahead();
  size_t cost_behind();
  bool grow();
  void grow_ahead();
  void grow_behind();
  bool meet() const;
  void need_back_from_meeting(size_t length);
  bool walk(size_t position, uint32_t at, const Step* last, size_t length);
  bool leads_on(const Step& step, const Step* last, size_t position, size_t length) const;
  std::span<const Step> steps_from(size_t position, uint32_t vertex, size_t length);
  bool spend(size_t steps);

  std::span<const TransferAccount> accounts_;
  const TransferEdge& closing_;
  const TransferGraph::CycleRule& rule_;
  TimeKey end_, start_;
  size_t steps_left_;
  Room& room_;
  size_t ahead_ = 0, behind_ = 0;                          // layers grown
  std::array<Bounds, kCycleLengthMax + 1> bounds_, hull_;  // by how many edges follow, the closing one included
  std::vector<Step> path_;
  bool cut_ = false;
};

}  // namespace puhui::features
