// BatchGraphs: what the graph measures are at each event, from their definition (README.md): the transfers and ties of the events so
// far in lists by account and by link, walked anew for each question. Nothing of the graphs that the engine keeps.
#pragma once

#include <map>
#include <set>
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
    uint64_t arrival = 0;
    auto place() const { return std::pair(at_us, arrival); }
  };
  struct Use {
    std::string entity;
    int64_t at_us = 0;
  };
  using Link = std::pair<size_t, std::string>;  // its kind and what it is

  std::string key(const Event& event, std::string_view field) const;
  const std::vector<Transfer>& out_of(std::string_view account) const;
  std::set<std::string_view> users_of(const Link& link) const;
  uint64_t sharers(const Feature& feature, const Event& event) const;
  uint64_t around(const std::string& entity, int hops) const;
  uint64_t cycle(const Feature& feature, const Event& event) const;

  const FeatureSet& set_;
  int64_t transfers_kept_us_ = 0, ties_kept_us_ = 0;
  int64_t newest_transfer_us_ = INT64_MIN, newest_tie_us_ = INT64_MIN;  // as the graphs know it: of their own
  uint64_t arrivals_ = 0;
  std::map<std::string, std::vector<Transfer>, std::less<>> out_, in_;  // by account, as they came
  std::map<Link, std::vector<Use>> uses_;                               // as they came
  std::map<std::string, std::set<Link>, std::less<>> links_;            // by entity
  bool transfer_closes_ = false;                                        // the event added last is a transfer
  Transfer closing_;
};

}  // namespace puhui::features
