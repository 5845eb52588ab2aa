// Office: what a house knows of federation, in tables: itself, its partners, jobs with their approvals and runs, leakage a partner,
// and the parts of models that jobs left. Every change that people answer for is an act in the evidence.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "infrastructure/channel/connection.h"
#include "infrastructure/channel/identity.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/evidence/permit.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/leakage.h"
#include "infrastructure/federation/office_shapes.h"
#include "infrastructure/federation/transcript.h"

namespace puhui::federation {

std::vector<Migration> migrations();

inline constexpr size_t kWhyBytesMax = 4096;
inline constexpr int64_t kPartnersMax = 1000;
inline constexpr int64_t kRunsShownMax = 20;
inline constexpr std::string_view kRunnerName = "federation";  // who acts when nobody does

struct OfficeNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const Clock& clock;
};

// A job as it is kept: the file's very bytes and what they say.
struct KeptJob {
  Digest hash;
  std::string file;
  Job job;
  JobState state = JobState::proposed;
  Timestamp registered_at;
  std::string why;                     // of rejected, stopped, failed
  std::string data_path, work_folder;  // of the run before, or `federation offer`; empty: none
  int64_t attempt = 0;                 // the newest meeting's number
  bool stop_asked = false;
  std::optional<Digest> model;  // registered; zero: the job leaves none
};

// What a run says of itself as it goes; kept with the job.
struct RunState {
  std::string stage;  // its name
  int64_t stage_number = 0, stages = 0, step = 0, steps = 0, attempt = 0;
  std::string doing;  // "waits for registry", "step 3 of 10"
  std::string last_error;
};

class Office {
 public:
  explicit Office(const OfficeNeeds& needs) : needs_(needs) {}

  // ---- who we are, whom we know
  struct Self {
    channel::Certificate certificate;
    std::string address, key_file;
  };
  Result<void> make_self(const channel::Certificate& certificate, const std::string& address,
                         const std::string& key_file,
                         std::string_view by);  // conflict: there is one
  Result<Self> self() const;                    // not_found says `federation init`
  // invalid: the fingerprint is another one; conflict: that name is pinned to another certificate; ours.
  Result<PartnerView> accept(const Invitation& invitation, const std::string& fingerprint, std::string_view by);
  Result<PartnerView> drop(const std::string& name, std::string_view by);
  Result<std::vector<PartnerView>> partners(const std::string& after, int64_t limit) const;
  Result<std::vector<channel::Certificate>> certificates() const;  // ours, and all that were ever pinned
  Result<channel::Pinned> pinned(const std::string& name) const;   // not_found

  // ---- jobs and their approvals
  // Checks the file against this house and keeps it; the same again is the same job.
  Result<KeptJob> register_job(const std::string& file, std::string_view by);
  // By hash, a prefix of it of eight digits or more, or name (the newest of that name).
  Result<KeptJob> find_job(std::string_view named) const;
  Result<std::string> approval_bytes(const Digest& job, std::string_view person) const;
  // forbidden: not that person's signature, no right, the maker's own key again; conflict: signed already, not open.
  Result<JobView> approve(const Digest& job, std::string_view person, const evidence::Signature& signature,
                          std::string_view by);
  Result<JobView> reject(const Digest& job, const std::string& why, std::string_view by);
  Result<std::vector<JobView>> jobs(std::optional<JobState> state, const std::string& after, int64_t limit) const;
  Result<JobPage> page(const Digest& job) const;
  // Where this house's rows and the run's checkpoints lie.
  Result<void> keep_places(const Digest& job, const std::string& data_path, const std::string& work_folder);
  Result<JobView> offer(const Digest& job, const std::string& data_path, std::string_view by);
  Result<JobView> ask_to_stop(const Digest& job, std::string_view by);  // conflict: it does not run
  bool stop_asked(const Digest& job) const;
  // conflict: it runs in this process already. Until the claim is gone.
  using Claim = std::unique_ptr<const Digest, std::function<void(const Digest*)>>;
  Result<Claim> claim(const Digest& job);
  // forbidden: not approved by two people; says who is missing.
  Result<void> check_approved(const Digest& job) const;
  Result<std::vector<SignedBy>> approvals(const Digest& job) const;

  // ---- for the runner
  Result<Transcript> transcript(const Digest& job) const;
  // forbidden: rejected. Answers the run's number; one that a killed program left open is closed.
  Result<int64_t> begin_run(const Digest& job, const Head& head);
  // The certificates that parties showed stay, to check old transcripts by.
  Result<void> keep_meeting(const Digest& job, int64_t attempt,
                            const std::vector<std::optional<channel::Certificate>>& certificates);
  // One commit a step: where the run is, what went over the wire since, and the whole job's leakage so far.
  struct Progressed {
    RunState state;
    std::vector<TrafficView> more;
    std::vector<Leak> leakage;
  };
  static Result<void> keep(Transaction& tx, const Clock& clock, const Digest& job, int64_t run, const Progressed& how);
  Result<void> keep(const Digest& job, int64_t run, const Progressed& how);
  // The part with its card, once for a job: the same again is well, another is `conflict`.
  Result<void> keep_model(const ModelPart& model);
  Result<void> end_run(const Digest& job, int64_t run, JobState state, const std::string& why, const Head& head);

  // ---- what was left
  Result<std::vector<ModelView>> models(const std::string& after, int64_t limit) const;
  Result<ModelView> model(std::string_view named) const;      // by hash or a prefix
  Result<ModelView> card_of(const Digest& job) const;         // also of a job that leaves measures alone
  Result<std::string> model_part(const Digest& model) const;  // its bytes
  Result<std::vector<LeakageView>> leakage(const std::string& partner) const;  // empty: of all

  Store& store() const { return needs_.store; }
  const Clock& clock() const { return needs_.clock; }

 private:
  void record(std::string words, std::string_view by) const;  // in a store closure
  Result<PartnerView> pin(const channel::Certificate& certificate, const std::string& address, std::string_view by);
  Error refused(const KeptJob& job, std::string_view person, std::string_view by, Error why) const;
  Result<void> check_signature(const KeptJob& job, std::string_view person, const evidence::Signature& signature) const;

  OfficeNeeds needs_;
  std::mutex mutex_;
  std::set<Digest> running_;  // under mutex_
};

}  // namespace puhui::federation
