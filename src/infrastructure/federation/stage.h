// Stage: one party's side of one protocol, in numbered steps that are the same at all parties. After every step its state can
// be written down; a stage that is restored goes on to the same result, to the byte, with fresh keys and masks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/files.h"
#include "ground/base/json.h"
#include "ground/base/verb.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/leakage.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

// What parties that speak through the hub show each other, so that the hub cannot stand in for one of them: signatures by the
// keys of their certificates.
class Signatory {
 public:
  virtual ~Signatory() = default;
  virtual std::string sign(std::string_view bytes) const = 0;
  virtual bool verifies(size_t party, std::string_view bytes, std::string_view signature) const = 0;
};

// What a stage is given. Lives longer than the stage.
struct StageNeeds {
  const Job& job;
  const PartyData& data;  // the intersection: the party's own rows; later stages: the common rows, in the common order
  size_t self = 0;
  Files& files;
  std::string work_folder;  // its own, private, stands
  LeakageBook& leakage;
  Progress& progress;
  const Signatory* signatory = nullptr;  // never null in a horizontal job
  // What may outlive a job (keys of an epoch, tags made with them): the party's own, private folder; empty: nothing is kept. The epoch
  // is this party's own count (weeks, say); in another one those keys are made anew.
  std::string house_folder = {};
  uint64_t epoch = 0;
};

// What a stage leaves when it is done.
struct StageResult {
  std::vector<uint32_t> rows;  // of an intersection: this party's rows that are common, in the common order
  std::string model_part;      // of a training: this party's bytes; may be empty at a party that keeps nothing
  Json measures;               // what a person reads: auc, rows, trees …; the same keys at every run
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;  // "psi_ecdh", "vertical_boosting"
  virtual bool finished() const = 0;          // the same at all parties after the same step
  virtual uint64_t steps_total() const = 0;   // 0: not known yet
  // The next step, from beginning to end. Every step takes at least one message each way between the hub and every
  // present party, so that nobody runs ahead. After an error the stage is dropped and another one restored.
  virtual Result<void> step(Conversation& with) = 0;
  // All that the coming steps need beyond job and data. No secrets but the party's own intermediate numbers: keys and masks are made anew.
  virtual std::string state() const = 0;
  virtual Result<void> restore(std::string_view state) = 0;  // `corrupt` when it is none of ours
  virtual Result<StageResult> result() = 0;                  // once finished
};

// The stages of a job, first to last: the intersection, then the kind's own. Each is made when the one before it is done.
using StageMaker = std::function<Result<std::unique_ptr<Stage>>(const StageNeeds&)>;
std::vector<StageMaker> stages_of(const Job& job);  // stages.cc: one line a kind

// One process, all parties, a thread each, connections in memory: what tests, `rehearse` and benches run. `data` one a party.
// Results one a party. `break_after` (tests): after so many steps all stages are dropped and restored from their states, as after a kill.
struct RunTogether {
  const Job& job;
  std::vector<const PartyData*> data;
  Files& files;
  std::string work_folder;
  std::optional<uint64_t> break_after = std::nullopt;
};
Result<std::vector<StageResult>> run_together(const RunTogether& run, const StageMaker& maker,
                                              std::vector<LeakageBook>& leakage, Progress& progress);

}  // namespace puhui::federation
