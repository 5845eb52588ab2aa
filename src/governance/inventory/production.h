// Production: what decided at any past moment: permit, policy, models, thresholds, build, who signed, what stood stopped
// and who challenged. From the permits' history, the switches' book and a projection of the acts.
#pragma once

#include "governance/inventory/inventory.h"
#include "infrastructure/kernel/follower.h"

namespace puhui::inventory {

struct Production {
  std::string use_case;
  std::optional<Digest> permit;  // none: nothing was in force
  std::string author, build, conditions;
  std::vector<std::string> signed_by;
  std::optional<Timestamp> since, expires_at;
  bool expired = false;                          // its end had come: it decided nothing
  std::vector<evidence::NamedDigest> artefacts;  // policy, models, facts, reasons …
  std::vector<evidence::Threshold> thresholds;
  std::vector<std::string> stops;        // in words: which switch was thrown, by whom, why, who answered
  std::vector<std::string> challengers;  // in words: which permit, at what stage
};
void fields(Shape& shape, Production& production);

// One of each use case that had a permit by then; `use_case` empty: all.
Result<std::vector<Production>> production(Reader& reader, Timestamp at, std::string_view use_case);

// Keeps when which challenger stood at what stage, from the kernel's own acts.
class Challengers : public kernel::Projection {
 public:
  std::string_view name() const override { return "inventory_challengers"; }
  void see(const kernel::Seen&) override {}
  void see_act(const evidence::StoredRecord& record, const evidence::Circumstances& circumstances) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override { changes_.clear(); }
  void dropped() override { changes_.clear(); }

 private:
  struct Change {
    std::string use_case, permit, stage;  // permit empty: withdrawn
    Timestamp at;
  };
  std::vector<Change> changes_;
};

}  // namespace puhui::inventory
