// BoostingHost: a side of a vertical boosting that has columns only. It adds up encrypted gradients it cannot read, sends the sums of
// its candidates in an order of its own, and keeps to itself what its splits are.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "infrastructure/federation/boosting/encrypted_sums.h"
#include "infrastructure/federation/boosting/plan.h"
#include "infrastructure/federation/boosting/wire.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

class BoostingHost final : public Stage {
 public:
  static Result<std::unique_ptr<BoostingHost>> make(const StageNeeds& needs);

  std::string_view name() const override { return "vertical_boosting"; }
  bool finished() const override { return step_ == plan_.steps(); }
  uint64_t steps_total() const override { return plan_.steps(); }
  Result<void> step(Conversation& with) override;
  std::string state() const override;
  Result<void> restore(std::string_view state) override;
  Result<StageResult> result() override;

 private:
  struct Node {
    std::vector<uint32_t> rows;      // all that came here, ascending
    std::vector<uint32_t> grown_on;  // of them, those with a ciphertext
    std::optional<cipher::Ciphertexts> cells;
  };
  // What was sent of a node: the candidates in their own order, and which of them stands at each sent place.
  struct Sent {
    std::vector<SplitCandidate> candidates;
    std::vector<uint32_t> order;
  };

  BoostingHost(const StageNeeds& needs, BoostingColumns columns);
  Result<void> receive_key(Conversation& with);
  Result<void> grow_level(Conversation& with, const BoostingStep& step);
  Result<void> check_order(const LevelOrder& order, const BoostingStep& step) const;
  Result<void> receive_gradients(Conversation& with, const LevelOrder& order, bool at_root);
  Result<Sent> send_candidates(Conversation& with, Node& node);
  Result<std::vector<std::optional<ChosenSplit>>> answer_choices(Conversation& with, std::span<const Sent> sent);
  Result<void> go_down(Conversation& with, std::span<const std::optional<ChosenSplit>> won);
  Result<void> check_children(std::span<const Node> children, OpenedChildren opened) const;
  void add_cells(const Node& parent, std::span<Node> children, const Node& smaller) const;
  std::vector<uint32_t> grown_on(std::span<const uint32_t> rows) const;

  const StageNeeds needs_;
  const BoostingColumns columns_;
  const BoostingPlan plan_;
  uint64_t step_ = 0;
  HostPart part_;
  std::vector<Node> open_;

  // Of the tree that grows; not written down: the guest sends it again after a restore.
  std::optional<cipher::PublicKey> key_;
  std::optional<EncryptedSums> sums_;
  std::vector<uint8_t> sampled_;  // one a row
  size_t slot_bits_ = 0;
};

}  // namespace puhui::federation
