// Stream: an Engine that lives in a store. Every event and label is in its log in the order the engine saw it, written in the
// same commit as what was decided on it; after any end the engine stands again from its last snapshot and the log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/log.h"
#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/features/batch.h"
#include "infrastructure/features/engine.h"

namespace puhui::features {

std::vector<Migration> migrations();

struct StreamNeeds {
  Store& store;
  const Clock& clock;
  Log& log;
};

inline constexpr uint64_t kEntriesPerSnapshot = 500'000;  // what a start replays at most, and a snapshot

struct LogEntry;

struct Observation {
  uint64_t seq = 0;  // its place in the stream's log
  Standing standing = Standing::accepted;
};

struct StreamStanding {
  uint64_t entries = 0, events = 0;  // in the log; entries are events and labels
  uint64_t snapshot_seq = 0;         // how many entries the newest snapshot has seen
  uint64_t rebuilt = 0;              // how often a failed closure or commit made the engine be built anew
  Timestamp watermark;
  Digest digest;  // of the set in use
};

class Stream : public Participant {
 public:
  // Joins the store, so before its first write. Rebuilds nothing yet: the set comes with `adopt`.
  Stream(StreamNeeds needs, std::string name, EngineLimits limits = {},
         uint64_t entries_per_snapshot = kEntriesPerSnapshot);
  ~Stream() override;

  const std::string& name() const { return name_; }
  // Computes by this set from now on: restored from its snapshot and the log, or from the log alone when it is new. Does
  // nothing when it is in use already. From any thread but the writer's; events wait meanwhile. conflict when the set reads a
  // field otherwise than the events logged so far have it.
  Result<void> adopt(std::shared_ptr<const FeatureSet> set, Progress& progress);
  std::shared_ptr<const FeatureSet> set() const;  // null before the first adopt

  // In a store closure. `by`: what set() gave when the event was read by it, so that none is understood by the fields of
  // another. Refused: `invalid` when the event lies beyond the clock; `unavailable` before the first adopt, and when
  // another set was adopted since: read the event again.
  // If the closure or its commit fails afterwards, the engine is rebuilt from the log before the next event, which takes
  // long: what may fail comes before.
  Result<Observation> observe(Transaction& tx, const FeatureSet& by, const Event& event, std::span<FeatureValue> out);
  // What became of an event that was accepted (of a late one no feature wants to know), once it is in the log.
  Result<void> label(Transaction& tx, const FeatureSet& by, const Event& event, std::optional<bool> before, bool bad,
                     Timestamp known_at);

  // For people and tests: what such an event would see now.
  Result<std::vector<FeatureValue>> peek(const FeatureSet& by, const Event& event) const;
  EngineCounts counts() const;
  const EngineLimits& limits() const;
  uint64_t events() const;  // in the log

  StreamStanding standing() const;

  // Writes a snapshot, so that the next start reads only the log behind it: for before closing. Not from the writer's
  // thread. While it serves, one is written every kEntriesPerSnapshot by a thread of its own.
  Result<void> snapshot();

  // Events and labels of the log as the batch takes them, from `from` to before `to`, labels as known at `known_by`.
  Result<std::vector<BatchEvent>> history(Reader& reader, Timestamp from, Timestamp to, Timestamp known_by) const;

  // The log in its order up to entry `until`, which ended a commit, as the set in use reads it.
  Result<void> each_logged(Reader& reader, uint64_t until,
                           const std::function<Result<void>(const LogEntry&)>& visit) const;
  // The live engine's snapshot between two commits, and how many entries it has seen.
  Result<std::string> engine_bytes(uint64_t& seq) const;

  void begin_closure() override;
  void undo_closure() override;
  Result<void> flush(Transaction& tx) override;
  void committed() override;
  void aborted() override;

 private:
  struct State;
  Result<void> snapshot_behind();
  Result<void> with_engine(const std::function<Result<void>()>& visit) const;
  void work();
  StreamNeeds needs_;
  std::string name_;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
