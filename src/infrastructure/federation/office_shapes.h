// Shapes of federation as people and programs see them: invitations, partners, jobs with their approvals, runs, models, leakage.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/shape.h"

namespace puhui::federation {

// What a house gives another, as a file. The fingerprint inside proves nothing: people compare it by voice.
struct Invitation {
  std::string name, certificate, address, fingerprint;
};
void fields(Shape& shape, Invitation& invitation);

struct SelfView {
  std::string name, fingerprint, address;
  Timestamp from, until;  // of the certificate
};
void fields(Shape& shape, SelfView& view);

struct LeakageView {
  std::string job_name;  // empty: over all jobs with that partner
  std::string to, code, unit, english, chinese;
  int64_t amount = 0;
};
void fields(Shape& shape, LeakageView& view);

struct PartnerView {
  std::string name, fingerprint, address, pinned_by;
  Timestamp pinned_at;
  std::optional<Timestamp> last_contact;
  int64_t jobs = 0, bytes_sent = 0, bytes_received = 0;
  std::vector<LeakageView> leakage;  // what this house told it
};
void fields(Shape& shape, PartnerView& view);

enum class JobState : uint8_t {
  proposed,  // signed by nobody, or by its maker alone
  approved,  // maker and checker signed: it may run
  running,
  stopped,  // begun, and to be gone on with: `federation resume`
  done,
  failed,  // ended at all parties with a reason; nothing was registered
  rejected,
};
std::span<const std::string_view> names_of(const JobState*);

enum class SignerRole : uint8_t { maker, checker };
std::span<const std::string_view> names_of(const SignerRole*);

struct SignedBy {
  std::string person;
  SignerRole role = SignerRole::maker;
  Timestamp at;
  std::string key, signature;  // 64 and 128 hex digits
};
void fields(Shape& shape, SignedBy& by);

struct JobView {
  Digest hash;
  std::string name, kind, self;
  std::vector<std::string> parties;
  JobState state = JobState::proposed;
  Timestamp registered_at;
  std::vector<SignedBy> approvals;
  std::string why;  // of rejected, stopped, failed
};
void fields(Shape& shape, JobView& view);

struct TrafficView {
  std::string partner;
  int64_t bytes_sent = 0, bytes_received = 0;
};
void fields(Shape& shape, TrafficView& view);

struct RunView {
  int64_t number = 0;
  Timestamp began_at;
  std::optional<Timestamp> ended_at;
  JobState state = JobState::running;
  std::string stage;                                                       // the one that it is in, or ended in
  int64_t stage_number = 0, stages = 0, step = 0, steps = 0, attempt = 0;  // attempt: of the newest meeting
  std::string doing, last_error;
  int64_t bytes_sent = 0, bytes_received = 0;
  std::vector<TrafficView> partners;
};
void fields(Shape& shape, RunView& view);

// A parameter in force, said for a person.
struct Sentence {
  std::string english, chinese;
};
void fields(Shape& shape, Sentence& sentence);

struct JobPage {
  JobView job;
  Json declaration;                // the file
  std::vector<Sentence> in_words;  // its parameters
  std::vector<RunView> runs;       // the newest first
  std::vector<LeakageView> leakage;
  std::optional<Digest> model;
  std::optional<Json> measures;  // by stage, once it is done
};
void fields(Shape& shape, JobPage& page);

struct ModelView {
  Digest model, part, job;
  std::string job_name, kind, self, build;
  std::vector<std::string> parties;
  Timestamp made_at;
  int64_t rows = 0, part_bytes = 0;
  Json measures;
  std::vector<LeakageView> leakage;
};
void fields(Shape& shape, ModelView& view);

// A model as the runner hands it in.
struct ModelPart {
  ModelView card;
  std::string bytes;
};

}  // namespace puhui::federation
