// Runner: one party's run of one job: meets the others, agrees on the step to go on from, steps the stages, keeps checkpoints,
// meets again after every break, and ends with all or not at all. Blocks until then.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/files.h"
#include "ground/base/log.h"
#include "ground/base/verb.h"
#include "infrastructure/channel/identity.h"
#include "infrastructure/federation/office.h"
#include "infrastructure/federation/reach.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

inline constexpr int64_t kEpochSeconds = 7 * 24 * 3600;            // so long live the keys in a house's folder
inline constexpr int64_t kFirstPauseMs = 50, kPauseMsMax = 5'000;  // between two tries to reach a party
inline constexpr int64_t kLingerSeconds =
    30;  // a party whose model stands waits so long for one that did not hear of it

struct RunnerNeeds {
  Office& office;
  Files& files;
  const Clock& clock;
  Log& log;
  Progress& progress;
  const channel::Identity& identity;
  Reach& reach;
  std::string build;
  std::function<std::vector<StageMaker>(const Job&)> stages;  // stages_of, but in tests
  std::function<void(int64_t ms)> pause;                      // sleeps, but in tests
};

struct RunRequest {
  Digest job;
  const PartyData& data;
  std::string work_folder;  // private to this job and party; made when missing
  bool afresh = false;      // forget the checkpoints: all begin again
  std::string house_folder =
      {};  // private to this party, the same for all its jobs: keys of an epoch; empty: none are kept
};

struct RunOutcome {
  std::vector<std::string> stages;
  std::vector<uint32_t>
      common;          // this party's rows that are common; empty: no ids were matched, or the job was done before
  Digest model, part;  // zero where the job leaves none
  Json measures;       // by stage
  uint64_t bytes_sent = 0, bytes_received = 0, rows = 0, meetings = 0;
  double seconds = 0;  // of this run
  std::vector<Leak> leakage;
  Head transcript;
};

// forbidden: not approved here; invalid, corrupt, conflict: the job ended at all parties, with the reason; unavailable, exhausted:
// stopped, waited in vain, or the disk is full: what was done is kept, and the same call goes on from there.
Result<RunOutcome> run_job(const RunnerNeeds& needs, const RunRequest& request);

}  // namespace puhui::federation
