// Office: what a house knows of federation, in tables: itself, its partners, jobs with their approvals and runs, leakage a partner,
// and the parts of models that jobs left. Every change that people answer for is an act in the evidence.
#pragma once

#include <optional>
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
  std::string data_path;  // `federation offer`; empty: none
  Digest data_content;    // of the run that began; zero: none yet
  int64_t attempt = 0;    // the newest meeting's number
};

// What a run says of itself as it goes; kept with the job.
struct RunState {
  std::string stage;
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
  Result<std::vector<channel::Certificate>> certificates() const;  // of the partners

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
  Result<void> offer(const Digest& job, const std::string& data_path, std::string_view by);
  // forbidden: not approved by two people; says who is missing.
  Result<void> check_approved(const Digest& job) const;
  Result<std::vector<SignedBy>> approvals(const Digest& job) const;

  // ---- for the runner
  Result<Transcript> transcript(const Digest& job) const;
  Result<int64_t> begin_run(const Digest& job, const Digest& data_content, const Head& head);  // answers its number
  Result<void> keep_state(const Digest& job, int64_t run, const RunState& state);
  Result<void> keep_attempt(const Digest& job, int64_t attempt);
  Result<void> keep_traffic(const Digest& job, int64_t run, const std::string& partner, const channel::Traffic& more);
  Result<void> keep_leakage(const Digest& job, const std::vector<Leak>& sums);  // of the whole job so far
  // The part with its card, once for a job: the same again is well, another is `conflict`.
  Result<void> keep_model(const ModelPart& model);
  Result<void> end_run(const Digest& job, int64_t run, JobState state, const std::string& why, const Head& head);

  // ---- what was left
  Result<std::vector<ModelView>> models(const std::string& after, int64_t limit) const;
  Result<ModelView> model(std::string_view named) const;                       // by hash or a prefix
  Result<std::string> model_part(const Digest& model) const;                   // its bytes
  Result<std::vector<LeakageView>> leakage(const std::string& partner) const;  // empty: of all

  Store& store() const { return needs_.store; }

 private:
  OfficeNeeds needs_;
};

}  // namespace puhui::federation
