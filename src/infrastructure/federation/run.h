// Run: the state of one party's run of a job, inside the runner: meeting (run_meet.cc), steps (run_steps.cc), the end (run_end.cc).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infrastructure/federation/checkpoint.h"
#include "infrastructure/federation/links.h"
#include "infrastructure/federation/meeting.h"
#include "infrastructure/federation/runner.h"

namespace puhui::federation {

inline constexpr int kMeetingsInVainMax = 50;  // without a step done between them

// The house's signature for stages that must know who speaks through the hub.
class HouseSignatory final : public Signatory {
 public:
  HouseSignatory(const channel::Identity& identity, const Digest& job) : identity_(identity), job_(job) {}
  void know(std::vector<std::optional<channel::Certificate>> certificates) { certificates_ = std::move(certificates); }
  const std::optional<channel::Certificate>& certificate(size_t party) const { return certificates_[party]; }
  std::string sign(std::string_view bytes) const override { return identity_.sign(bytes_of(bytes)); }
  bool verifies(size_t party, std::string_view bytes, std::string_view signature) const override;

 private:
  std::string bytes_of(std::string_view bytes) const;
  const channel::Identity& identity_;
  Digest job_;
  std::vector<std::optional<channel::Certificate>> certificates_;  // by party, as they showed them
};

class Run {
 public:
  Run(const RunnerNeeds& needs, const RunRequest& request, KeptJob kept, size_t self);
  Result<RunOutcome> go();

 private:
  // What follows from an error: meet again, stop and keep what was done, or end at all parties.
  enum class After { meet_again, stop, end };

  Result<void> prepare();
  Result<void> tell_parameters();
  Result<void> tell_approvals();
  Result<void> attempt();  // one meeting and all that follows
  After after() const;
  Result<void> note_break(const Error& error);
  Error stop(Error error);
  Error end(Error error);
  void keep_last();  // what went over the wire up to the goodbyes
  Result<RunOutcome> outcome();
  Result<RunOutcome> outcome_before() const;  // of a job that is done

  // ---- meeting
  Result<void> meet();
  Result<void> meet_as_hub();
  Result<void> meet_as_spoke();
  Result<void> call_all();
  Result<void> wait_for_call();
  Result<Hello> take_hello(size_t party);
  Result<void> agree_as_hub(const std::vector<Hello>& hellos);
  Result<void> take_agreement(const Hello& own);
  Result<Hello> own_hello() const;
  Result<void> agreed_on(const Agreement& agreement);
  Result<void> load(const Point& from);
  Result<void> check_patience(size_t missing, const std::string& last);
  Result<void> damaged_at(const Point& point, const Error& error);
  Result<void> check_shown(const Hello& hello, size_t party);  // what does not fit stops both sides, with the reason
  int64_t waited_seconds() const;
  bool may_give_up(size_t party) const;
  bool stopping() const;

  // ---- steps
  Result<void> step_all();
  Result<void> make_stage();
  Result<void> one_step();
  Result<void> barrier();
  Result<void> keep_step();
  Result<void> finish_stage();
  Result<void> write_checkpoint();
  void say(std::string doing);
  Office::Progressed progressed();  // takes the traffic since the last one

  // ---- the end
  Result<void> end_together();
  Result<void> end_as_hub();
  Result<void> end_as_spoke();
  Result<void> tell_result();
  Result<void> register_model();
  HeadSignature sign_head(const std::string& party, int64_t entries, const Digest& head) const;
  std::vector<HeadSignature> countersigned(const std::vector<HeadSignature>& heads) const;
  Result<Ending> take_ending(size_t party, uint16_t kind);
  Result<void> send_ending(size_t party, uint16_t kind, const Ending& ending);
  Result<void> check_signatures(const std::vector<HeadSignature>& signatures);
  Result<void> close_books(const std::vector<HeadSignature>& signatures);
  Error wrong_ending(size_t party, std::string message);  // marks it fatal

  const JobParty& party(size_t index) const { return job_.parties[index]; }
  Timestamp now() const { return needs_.clock.now(); }

  const RunnerNeeds& needs_;
  const RunRequest& request_;
  KeptJob kept_;
  const Job& job_;
  const size_t self_;
  HouseSignatory signatory_;
  Links links_;
  std::optional<Transcript> transcript_;
  std::optional<Checkpoints> checkpoints_;
  int64_t number_ = 0;   // of the run
  int64_t attempt_ = 0;  // of the newest meeting
  int64_t started_ns_ = 0;
  Timestamp waiting_since_;  // the run's begin, or the break that ended the newest meeting
  bool has_met_ = false;     // since the newest break
  int meetings_ = 0, meetings_in_vain_ = 0;
  std::string doing_, last_error_;
  std::optional<Timestamp> said_at_;

  // Where the run stands; all of it is in a checkpoint.
  std::vector<StageMaker> makers_;
  Point at_;  // done so far
  std::vector<uint32_t> rows_;
  PartyData common_;  // the rows of it, once there are some
  std::vector<std::pair<std::string, std::string>> done_;
  std::string part_;
  LeakageBook leakage_;
  std::unique_ptr<StageNeeds> stage_needs_;
  std::unique_ptr<Stage> stage_;

  // The end.
  std::vector<Digest> parts_;
  Digest model_;
  bool is_registered_ = false;
  bool is_refused_ = false;    // by us, at the meeting
  bool is_fatal_ = false;      // the protocol failed, here or by a peer's bytes: no other attempt would go better
  bool has_lingered_ = false;  // registered here; whoever did not hear of it may ask again
};

}  // namespace puhui::federation
