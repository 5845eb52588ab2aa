#include "infrastructure/federation/office_shapes.h"

namespace puhui::federation {

std::span<const std::string_view> names_of(const JobState*) {
  static constexpr std::string_view kNames[] = {"proposed", "approved", "running", "stopped",
                                                "done",     "failed",   "rejected"};
  return kNames;
}
std::span<const std::string_view> names_of(const SignerRole*) {
  static constexpr std::string_view kNames[] = {"maker", "checker"};
  return kNames;
}

void fields(Shape& shape, Invitation& invitation) {
  shape.field("name", invitation.name, {.help = "the party", .min = 1, .max = 64});
  shape.field("certificate", invitation.certificate, {.help = "PEM", .min = 1, .max = 16384});
  shape.field("address", invitation.address, {.help = "host:port where it listens; empty: nowhere", .max = 256});
  shape.field("fingerprint", invitation.fingerprint,
              {.help = "SHA-256 of the certificate: to be compared by voice", .min = 64, .max = 64});
}

void fields(Shape& shape, SelfView& view) {
  shape.field("name", view.name, {.help = "this party"});
  shape.field("fingerprint", view.fingerprint, {.help = "SHA-256 of its certificate: told by voice"});
  shape.field("address", view.address, {.help = "where it listens; empty: nowhere"});
  shape.field("from", view.from, {.help = "the certificate's first moment"});
  shape.field("until", view.until, {.help = "its last"});
}

void fields(Shape& shape, LeakageView& view) {
  shape.field("job_name", view.job_name, {.help = "of one job; empty: over all"});
  shape.field("to", view.to, {.help = "who was told"});
  shape.field("code", view.code, {.help = "what was told"});
  shape.field("amount", view.amount, {.help = "how much"});
  shape.field("unit", view.unit, {.help = "of what"});
  shape.field("english", view.english, {.help = "what it means"});
  shape.field("chinese", view.chinese, {.help = "the same"});
}

void fields(Shape& shape, PartnerView& view) {
  shape.field("name", view.name, {.help = "the party"});
  shape.field("fingerprint", view.fingerprint, {.help = "of the certificate that is pinned"});
  shape.field("address", view.address, {.help = "where it listens; empty: nowhere"});
  shape.field("pinned_by", view.pinned_by, {.help = "who compared the fingerprint"});
  shape.field("pinned_at", view.pinned_at, {.help = "when"});
  shape.field("last_contact", view.last_contact, {.help = "the last message of it"});
  shape.field("jobs", view.jobs, {.help = "run with it"});
  shape.field("bytes_sent", view.bytes_sent, {.help = "to it, over all jobs"});
  shape.field("bytes_received", view.bytes_received, {.help = "from it, over all jobs"});
  shape.field("leakage", view.leakage, {.help = "what this house told it beyond results"});
}

void fields(Shape& shape, SignedBy& by) {
  shape.field("person", by.person, {.help = "who"});
  shape.field("role", by.role, {.help = "maker signs first, checker second"});
  shape.field("at", by.at, {.help = "when"});
  shape.field("key", by.key, {.help = "Ed25519, 64 hex digits"});
  shape.field("signature", by.signature, {.help = "128 hex digits"});
}

void fields(Shape& shape, JobView& view) {
  shape.field("hash", view.hash, {.help = "SHA-256 of the job's file"});
  shape.field("name", view.name, {.help = "for people"});
  shape.field("kind", view.kind, {.help = "what is done"});
  shape.field("self", view.self, {.help = "this party in it"});
  shape.field("parties", view.parties, {.help = "the hub first"});
  shape.field("state", view.state, {.help = "how it stands here"});
  shape.field("registered_at", view.registered_at, {.help = "since when it is known here"});
  shape.field("approvals", view.approvals, {.help = "this house's"});
  shape.field("why", view.why, {.help = "of rejected, stopped, failed"});
}

void fields(Shape& shape, TrafficView& view) {
  shape.field("partner", view.partner, {.help = "with whom"});
  shape.field("bytes_sent", view.bytes_sent, {.help = "to it"});
  shape.field("bytes_received", view.bytes_received, {.help = "from it"});
}

void fields(Shape& shape, RunView& view) {
  shape.field("number", view.number, {.help = "from 1, in this job"});
  shape.field("began_at", view.began_at, {.help = "when"});
  shape.field("ended_at", view.ended_at, {.help = "when; none: it goes on, or the program died"});
  shape.field("state", view.state, {.help = "how it ended, or running"});
  shape.field("stage", view.stage, {.help = "the protocol it is in"});
  shape.field("stage_number", view.stage_number, {.help = "from 1"});
  shape.field("stages", view.stages, {.help = "how many the job has"});
  shape.field("step", view.step, {.help = "done in this stage"});
  shape.field("steps", view.steps, {.help = "it will have; 0: not known yet"});
  shape.field("attempt", view.attempt, {.help = "of the newest meeting"});
  shape.field("doing", view.doing, {.help = "what it does, or waits for"});
  shape.field("last_error", view.last_error, {.help = "of the newest break; empty: none"});
  shape.field("bytes_sent", view.bytes_sent, {.help = "to all"});
  shape.field("bytes_received", view.bytes_received, {.help = "from all"});
  shape.field("partners", view.partners, {.help = "the same by partner"});
}

void fields(Shape& shape, Sentence& sentence) {
  shape.field("english", sentence.english);
  shape.field("chinese", sentence.chinese);
}

void fields(Shape& shape, JobPage& page) {
  shape.field("job", page.job);
  shape.field("declaration", page.declaration, {.help = "the job's file"});
  shape.field("in_words", page.in_words, {.help = "its parameters, a sentence each"});
  shape.field("runs", page.runs, {.help = "the newest first"});
  shape.field("leakage", page.leakage, {.help = "what this house told whom"});
  shape.field("model", page.model, {.help = "that it left"});
  shape.field("measures", page.measures, {.help = "by stage, once it is done"});
}

void fields(Shape& shape, ModelView& view) {
  shape.field("model", view.model, {.help = "SHA-256 over all parties' parts"});
  shape.field("part", view.part, {.help = "of this party's part"});
  shape.field("job", view.job, {.help = "that made it"});
  shape.field("job_name", view.job_name);
  shape.field("kind", view.kind);
  shape.field("self", view.self, {.help = "this party in it"});
  shape.field("build", view.build, {.help = "of the program that made it"});
  shape.field("parties", view.parties, {.help = "the hub first"});
  shape.field("made_at", view.made_at);
  shape.field("rows", view.rows, {.help = "learnt from here"});
  shape.field("part_bytes", view.part_bytes);
  shape.field("measures", view.measures, {.help = "by stage"});
  shape.field("leakage", view.leakage, {.help = "what this house told whom"});
}

}  // namespace puhui::federation
