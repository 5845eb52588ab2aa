// Tally: what the evidence says of the open promotions: a Projection that counts each arm's decisions by phase, where
// champion and shadow part, the scores they gave the same decision, and refusals that were let pass at random.
#pragma once

#include <map>
#include <mutex>
#include <tuple>

#include "governance/promotion/promotion.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/follower.h"
#include "infrastructure/statistics/sequential.h"

namespace puhui::promotion {

// The decision by which a policy says the probability it decides by, where it says one.
inline constexpr std::string_view kProbabilityDecision = "Probability of default";

// One arm in one phase.
struct ArmCount {
  int64_t decisions = 0, approvals = 0, referrals = 0, failures = 0;
  statistics::Moments cpu_us, latency_us;
  void add(const ArmCount& other);
};

// The same decisions, judged by champion and shadow.
struct Swap {
  std::string champion, challenger;  // outcomes
  int64_t decisions = 0;
};

struct Tallied {
  std::map<std::pair<size_t, Arm>, ArmCount> arms;  // by phase
  std::vector<Swap> swaps;
  const ArmCount& arm(size_t phase, Arm arm) const;  // an empty one when nothing was seen
};
Result<Tallied> read_tally(Reader& reader, const Promotion& promotion);

// A decision scored by both, whose end is known.
struct MaturedPairs {
  std::vector<double> champion, challenger;  // probabilities of default
  std::vector<uint8_t> bad;
};
// By that outcome of the decisions, as it was known by then.
Result<MaturedPairs> read_matured(Reader& reader, const Promotion& promotion, std::string_view outcome,
                                  Timestamp known_by);
Result<int64_t> count_pairs(Reader& reader, const Promotion& promotion);

class Tally : public kernel::Projection {
 public:
  // Reads what it needs of earlier runs.
  Result<void> open(Store& store);
  // From then on it counts for these; called whenever a promotion starts, moves or ends.
  void follow(std::vector<Promotion> open);

  std::string_view name() const override { return "promotion"; }
  void see(const kernel::Seen& seen) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override;
  void dropped() override;

 private:
  struct Followed {
    PromotionId id;
    std::string use_case;
    Digest champion, challenger;
    std::vector<int64_t> phase_after;
  };
  // The last decision: a shadow record speaks of the one before it.
  struct Last {
    uint64_t sequence = 0;
    std::string use_case, outcome;
    Digest permit;
    std::optional<int64_t> probability_ppb;
  };
  struct Pair {
    PromotionId id;
    std::string use_case;
    int64_t sequence = 0, champion_ppb = 0, challenger_ppb = 0;
  };
  struct Explored {
    std::string use_case;
    int64_t day = 0, sequence = 0, propensity_ppb = 0, model_ppb = -1;
  };
  struct Key {
    std::string use_case;
    PromotionId id;
    auto operator<=>(const Key&) const = default;
  };
  const Followed* followed(const std::string& use_case, uint64_t sequence) const;
  void see_decision(const kernel::Seen& seen);
  void see_shadow(const kernel::Seen& seen);
  Result<void> flush_arms(Transaction& tx);
  Result<void> flush_swaps(Transaction& tx);
  Result<void> flush_pairs(Transaction& tx);
  Result<void> flush_explored(Transaction& tx);

  mutable std::mutex mutex_;
  std::vector<Followed> followed_;
  // The follower's thread's:
  Last last_, settled_last_;
  std::map<std::tuple<Key, size_t, Arm>, ArmCount> arms_;
  std::map<std::tuple<Key, std::string, std::string>, int64_t> swaps_;
  std::vector<Pair> pairs_;
  std::vector<Explored> explored_;
};

}  // namespace puhui::promotion
