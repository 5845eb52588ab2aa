// Detectors: the seven typologies over one stream of transfers. One thread at a time; what they say is a function of the settings
// and of the movements in the order they came, so a snapshot and the log after it give the same findings again.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "applications/aml/account_past.h"
#include "applications/aml/typology_settings.h"

namespace puhui::aml {

struct DetectorLimits {
  features::TransferGraphLimits graph;
  size_t pairs_max = size_t{1} << 23;  // who paid whom; beyond it the older half is forgotten, counted
  size_t conduits_max =
      size_t{1} << 18;                // source–sink pairs that money passed between; beyond it the oldest go, counted
  size_t open_max = size_t{1} << 18;  // findings that may still grow; beyond it the oldest count as ended
};

enum class Standing : uint8_t {
  accepted,
  late,  // behind the newest by more than the lateness: in no pattern
  self,  // to oneself: in no pattern
};

struct DetectorCounts {
  uint64_t accepted = 0, late = 0, self = 0, findings = 0, refreshed = 0;
  uint64_t pairs_forgotten = 0, conduits_dropped = 0;
  features::TransferGraph::Counts graph;
};

class Detectors {
 public:
  explicit Detectors(std::shared_ptr<const TypologySettings> settings, DetectorLimits limits = {});

  // Appends what this transfer completes or makes grow. Names hold 1 to 64 bytes, the amount is above 0: CHECKed.
  Standing observe(const Movement& movement, std::vector<Finding>& found);

  const TypologySettings& settings() const { return *settings_; }
  std::string_view name_of(uint32_t account) const { return graph_->name_of(account); }
  DetectorCounts counts() const;
  std::string snapshot() const;
  // `corrupt` for anything that snapshot() with the same settings and limits did not write.
  static Result<Detectors> restore(std::shared_ptr<const TypologySettings> settings, DetectorLimits limits,
                                   std::string_view bytes);

 private:
  using Edge = features::TransferEdge;
  struct Round {
    int64_t at_us = 0, amount_minor = 0;
  };
  struct Account {
    AccountPast past;
    int64_t held_since_us = 0, held_in = 0, held_out = 0;  // what came in and has not gone on yet
    int64_t awake_since_us = 0;                            // 0: was not dormant
    std::vector<Round> rounds;                             // the newest kRoundsMax
  };
  struct Middle {
    uint64_t account = 0;
    int64_t at_us = 0, amount_minor = 0;
  };
  struct Conduit {
    std::vector<Middle> middles;  // at most kMiddlesMax
  };
  struct Open {
    uint64_t number = 0;
    int64_t last_us = 0, until_us = 0;
    int64_t transfers_said = 0, amount_said = 0;
  };

  // detectors.cc
  Account& account_of(uint32_t number, uint64_t name, int64_t at_us);
  bool known(uint64_t from, uint64_t to) const;  // paid, either way, for long
  bool is_hub(Account& account) const;
  int64_t usual_income_minor(Account& account) const;  // in a week
  bool warm() const;
  void learn(const Edge& edge, Account& from, Account& to);
  void report(Finding finding, uint32_t about, uint64_t key, int64_t window_days, std::vector<Finding>& found);
  void trim_open();
  uint64_t name_at(uint32_t account) const { return accounts_[account].past.name; }

  // detectors_fan.cc
  void look_for_fan(const Edge& edge, Typology typology, std::vector<Finding>& found);
  void look_for_structuring(const Edge& edge, std::vector<Finding>& found);
  void structuring_of(const Edge& edge, uint32_t about, bool into, std::vector<Finding>& found);

  // detectors_shape.cc
  void look_for_cycle(const Edge& edge, std::vector<Finding>& found);
  bool is_cycle(const std::vector<Edge>& edges) const;
  void look_for_scatter_gather(const Edge& edge, std::vector<Finding>& found);
  void gather(uint32_t source, const Edge& edge, const Middle& middle, std::vector<Finding>& found);

  // detectors_flow.cc
  void hold(const Edge& edge);
  void look_for_pass_through(const Edge& edge, std::vector<Finding>& found);
  void report_pass_through(uint32_t about, std::vector<Finding>& found);
  void look_for_dormant(const Edge& edge, uint32_t about, std::vector<Finding>& found);
  struct Ties {
    int64_t all = 0, fresh = 0;  // counterparties; fresh: new, and no hub
  };
  Ties ties_of(uint32_t about, const std::vector<Edge>& edges);

  // detectors_snapshot.cc
  void save_accounts(ByteWriter& to) const;
  bool load_accounts(ByteReader& from);

  static constexpr size_t kRoundsMax = 16, kMiddlesMax = 64, kLookMax = 256;
  std::shared_ptr<const TypologySettings> settings_;
  DetectorLimits limits_;
  std::unique_ptr<features::TransferGraph> graph_;
  PairMemory pairs_;
  std::vector<Account> accounts_;  // by the graph's number
  std::unordered_map<uint64_t, Conduit> conduits_;
  std::deque<std::pair<int64_t, uint64_t>> conduit_age_;
  std::unordered_map<uint64_t, Open> open_;
  std::deque<std::pair<int64_t, uint64_t>> open_age_;
  int64_t first_us_ = 0, newest_us_ = INT64_MIN;
  uint64_t findings_ = 0;
  DetectorCounts counts_;
};

}  // namespace puhui::aml
