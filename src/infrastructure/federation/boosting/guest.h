// BoostingGuest: the side of a vertical boosting that has the labels. It holds the key, encrypts gradients, sees sums of the hosts'
// candidates without knowing what they are, and decides.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/boosting/gradient_slots.h"
#include "infrastructure/federation/boosting/growth.h"
#include "infrastructure/federation/boosting/plan.h"
#include "infrastructure/federation/boosting/wire.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

class BoostingGuest final : public Stage {
 public:
  static Result<std::unique_ptr<BoostingGuest>> make(const StageNeeds& needs);

  std::string_view name() const override { return "vertical_boosting"; }
  bool finished() const override { return step_ == plan_.steps(); }
  uint64_t steps_total() const override { return plan_.steps(); }
  Result<void> step(Conversation& with) override;
  std::string state() const override;
  Result<void> restore(std::string_view state) override;
  Result<StageResult> result() override;

 private:
  BoostingGuest(const StageNeeds& needs, BoostingObjective objective, BoostingColumns columns);

  // What is best for one open node so far, and who has it.
  struct NodeChoice {
    std::optional<BestSplit> own;
    double gain = 0;
    size_t host = 0;                // a party; 0: `own`, if there is one
    std::vector<uint32_t> numbers;  // of the host's candidates, all of that gain
    std::vector<GradientSum> sums;  // of one of their sides
  };

  size_t hosts() const { return needs_.job.parties.size() - 1; }
  void begin_tree(const BoostingStep& step);
  void end_tree(const BoostingStep& step);
  void grow_alone();
  Result<void> make_key();
  Result<void> grow_level(Conversation& with, const BoostingStep& step);
  Result<void> send_order(Conversation& with, const BoostingStep& step, bool send_gradients, bool new_key,
                          size_t open_nodes);
  Result<void> send_gradients(Conversation& with);
  std::vector<NodeChoice> own_choices() const;
  Result<void> weigh_hosts(Conversation& with, std::vector<NodeChoice>& choices);
  Result<void> weigh(std::string_view message, const OpenNode& node, size_t host, NodeChoice& choice);
  Result<void> tell_choices(Conversation& with, const std::vector<NodeChoice>& choices);
  Result<std::vector<std::optional<ChosenSplit>>> settle(Conversation& with, const std::vector<NodeChoice>& choices);
  ChosenSplit own_split(const OpenNode& node, const SplitCandidate& candidate);
  Result<ChosenSplit> host_split(const OpenNode& node, const NodeChoice& choice, NodePartition partition);
  Result<void> tell_memberships(Conversation& with, std::span<const size_t> node_rows,
                                std::span<const std::optional<ChosenSplit>> chosen,
                                std::span<const OpenedChildren> opened);
  std::string host_name(size_t party) const { return "host '" + needs_.job.parties[party].name + "'"; }

  const StageNeeds needs_;
  const BoostingObjective objective_;
  const BoostingColumns columns_;
  const BoostingPlan plan_;
  const GainRule rule_;
  uint64_t step_ = 0;
  GuestPart part_;
  Margins margins_, next_;  // at the round's beginning; with this round's trees so far

  // Of the tree that grows.
  std::vector<GradientSum> gradients_;
  RowSample sample_;
  std::optional<TreeGrowth> growth_;

  // Never written down: made anew after a restore.
  std::optional<cipher::SecretKey> key_;
  bool hosts_have_gradients_ = false;
};

}  // namespace puhui::federation
