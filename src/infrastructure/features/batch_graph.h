// BatchGraphs: what the graph measures are at each event, from their definition (README.md): the transfers and ties of the events so
// far in a list, walked anew for each question. Slow on purpose, and nothing of the graphs that the engine keeps.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/features/event.h"

namespace puhui::features {

class BatchGraphs {
 public:
  explicit BatchGraphs(const FeatureSet& set);

  // The next accepted event, before what is asked of it.
  void add(const Event& event);
  FeatureValue value(const Feature& feature, const Event& event) const;

 private:
  struct Transfer {
    std::string from, to;
    int64_t at_us = 0, amount_minor = 0;
  };
  struct Tie {
    std::string entity, link;
    size_t kind = 0;
    int64_t at_us = 0;
  };
  using Link = std::pair<size_t, std::string>;

  std::string key(const Event& event, std::string_view field) const;
  std::vector<const Transfer*> between(int64_t after_us, int64_t until_us) const;
  uint64_t sharers(const Feature& feature, const Event& event) const;
  uint64_t around(const std::string& entity, int hops) const;
  uint64_t cycle(const Feature& feature, const Event& event) const;

  const FeatureSet& set_;
  int64_t transfers_kept_us_ = 0, ties_kept_us_ = 0;
  int64_t newest_us_ = INT64_MIN;
  std::vector<Transfer> transfers_;  // by (at, arrival)
  std::vector<Tie> ties_;            // as they came
  bool transfer_closes_ = false;     // the event added last is a transfer
  Transfer closing_;
};

}  // namespace puhui::features
