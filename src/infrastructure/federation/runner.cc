#include "infrastructure/federation/runner.h"

#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/channel/connection.h"
#include "infrastructure/cipher/kernel.h"
#include "infrastructure/federation/run.h"

namespace puhui::federation {

namespace {

Json names(const Job& job) {
  Json::List out;
  for (const JobParty& party : job.parties) out.push_back(party.name);
  return out;
}

Json measures_of(const std::vector<std::pair<std::string, std::string>>& done) {
  Json::Object out;
  for (const auto& [stage, measures] : done) {
    auto read = parse_json(measures);
    out.emplace_back(stage, read ? *std::move(read) : Json());
  }
  return out;
}

}  // namespace

bool HouseSignatory::verifies(size_t party, std::string_view bytes, std::string_view signature) const {
  return party < certificates_.size() && certificates_[party] &&
         certificates_[party]->verifies(bytes_of(bytes), signature);
}

// No signature for a stage serves as a statement, a transcript's head, or for another job.
std::string HouseSignatory::bytes_of(std::string_view bytes) const {
  return "puhui federation stage 1\njob: " + job_.hex() + "\n" + std::string(bytes);
}

Run::Run(const RunnerNeeds& needs, const RunRequest& request, KeptJob kept, size_t self)
    : needs_(needs),
      request_(request),
      kept_(std::move(kept)),
      job_(kept_.job),
      self_(self),
      signatory_(needs.identity, kept_.hash),
      links_(kept_.job, self) {}

Result<void> Run::prepare() {
  started_ns_ = monotonic_ns();
  waiting_since_ = now();
  attempt_ = kept_.attempt;
  makers_ = needs_.stages(job_);
  if (makers_.empty()) {
    const JobKind kind = job_.kind;
    return fail(ErrorCode::unavailable, "kind",
                std::string(names_of(&kind)[static_cast<size_t>(kind)]) + " is not in this build");
  }
  TRY(needs_.files.make_folder(request_.work_folder));
  const Checkpoints::Of of{kept_.hash, request_.data.content, party(self_).name};
  if (request_.afresh) {
    for (const char* name : {"/checkpoint-a", "/checkpoint-b"}) {
      const std::string path = request_.work_folder + name;
      if (needs_.files.exists(path)) TRY(needs_.files.remove(path));
    }
  }
  checkpoints_ = TRY(Checkpoints::open(needs_.files, request_.work_folder, of));
  transcript_ = TRY(needs_.office.transcript(kept_.hash));
  TRY(tell_parameters());
  TRY(tell_approvals());
  number_ = TRY(needs_.office.begin_run(kept_.hash, transcript_->head()));
  is_registered_ = kept_.model.has_value() && !request_.afresh;
  return {};
}

// What is in force, not only what was asked for: the scheme, its bits, and the instructions it runs on.
Result<void> Run::tell_parameters() {
  const auto kernel = TRY(cipher::chosen_kernel());
  Json body = Json::Object{
      {"job", kept_.hash.hex()},
      {"name", job_.name},
      {"party", party(self_).name},
      {"parties", names(job_)},
      {"build", needs_.build},
      {"federation_version", kFederationVersion},
      {"channel_version", static_cast<int64_t>(channel::kProtocolVersion)},
      {"cipher", Json::Object{{"scheme", job_.cipher.scheme},
                              {"key_bits", job_.cipher.key_bits},
                              {"kernel", cipher::names_of(&kernel)[static_cast<size_t>(kernel)]}}},
      {"data_content", request_.data.content.hex()},
      {"data_rows", static_cast<int64_t>(request_.data.row_count())},
  };
  body.set("declaration", TRY(parse_json(kept_.file)));
  TRY(transcript_->add("parameters", std::move(body)));
  for (const std::string& damaged : checkpoints_->damaged()) {
    needs_.log.warning("federation.checkpoint_damaged", {{"job", kept_.hash.hex()}, {"what", damaged}});
    TRY(transcript_->add("damage", Json::Object{{"what", damaged}}));
  }
  return {};
}

Result<void> Run::tell_approvals() {
  Json::List signers;
  for (const SignedBy& one : TRY(needs_.office.approvals(kept_.hash))) signers.push_back(to_json(one));
  return transcript_->add("approvals", Json::Object{{"house", party(self_).name}, {"signed", std::move(signers)}});
}

Result<void> Run::attempt() {
  TRY(meet());
  TRY(step_all());
  return end_together();
}

Run::After Run::after() const {
  if (is_refused_) return After::stop;
  if (const auto& broken = links_.broken()) {
    if (broken->is_refusal()) return After::stop;
    return broken->is_end() ? After::end : After::meet_again;
  }
  return is_fatal_ ? After::end : After::stop;
}

Result<void> Run::note_break(const Error& error) {
  last_error_ = error.text();
  ++meetings_in_vain_;
  // Patience is for being away: hours of training before a break are none of it, breaks without a meeting no new one.
  if (std::exchange(has_met_, false)) waiting_since_ = now();
  needs_.log.warning("federation.break", {{"job", kept_.hash.hex()}, {"why", last_error_}});
  TRY(transcript_->add("break", Json::Object{{"at", at_.text()}, {"why", last_error_}}));
  is_fatal_ = false;
  links_.close("a connection of this job broke: " + last_error_ + "; meet again");
  stage_.reset();
  if (meetings_in_vain_ >= kMeetingsInVainMax) {
    return fail(ErrorCode::unavailable,
                std::to_string(meetings_in_vain_) + " meetings brought no step forward; last: " + last_error_);
  }
  needs_.pause(kFirstPauseMs);
  return {};
}

void Run::keep_last() {
  if (const auto kept = needs_.office.keep(kept_.hash, number_, progressed()); !kept) {
    needs_.log.error("federation.state", {{"why", kept.error().text()}});
  }
}

// Kept and to be gone on with. What cannot be written down any more must not hide why.
Error Run::stop(Error error) {
  const bool is_refusal = is_refused_ || (links_.broken() && links_.broken()->is_refusal());
  const std::string why = error.text();
  if (is_refusal && !is_refused_) error.code = code_told(why);
  links_.close(!is_refusal                                   ? "stopped: " + why
               : why.find(kRefusedMark) != std::string::npos ? why
                                                             : std::string(kRefusedMark) + why);
  stage_.reset();
  doing_ = "stopped";
  last_error_ = why;
  keep_last();
  error.faults.push_back(
      {"", "what was done is kept; go on with 'puhui federation resume --job " + kept_.hash.short_hex() + "'"});
  if (const auto told =
          transcript_->add(is_refusal ? "refusal" : "stop", Json::Object{{"at", at_.text()}, {"why", why}});
      !told) {
    needs_.log.error("federation.transcript", {{"why", told.error().text()}});
  }
  const auto ended = needs_.office.end_run(kept_.hash, number_, JobState::stopped, why, transcript_->head());
  if (!ended) needs_.log.error("federation.end_run", {{"why", ended.error().text()}});
  return error;
}

// Over for all: nothing half-trained stays.
Error Run::end(Error error) {
  const std::string why = error.text();
  links_.close(why.find(kEndedMark) == std::string::npos ? std::string(kEndedMark) + why : why);
  stage_.reset();
  doing_ = "failed";
  last_error_ = why;
  keep_last();
  if (error.code == ErrorCode::unavailable) error.code = code_told(why);  // the peer's end: trying again helps nothing
  if (const auto told = transcript_->add("end", Json::Object{{"at", at_.text()}, {"failed", why}}); !told) {
    needs_.log.error("federation.transcript", {{"why", told.error().text()}});
  }
  if (const auto cleared = checkpoints_->clear(); !cleared) {
    needs_.log.error("federation.checkpoints", {{"why", cleared.error().text()}});
  }
  const auto ended = needs_.office.end_run(kept_.hash, number_, JobState::failed, why, transcript_->head());
  if (!ended) needs_.log.error("federation.end_run", {{"why", ended.error().text()}});
  return error;
}

Result<RunOutcome> Run::go() {
  if (kept_.state == JobState::done && !request_.afresh) return outcome_before();
  TRY(prepare());
  while (true) {
    auto done = attempt();
    if (done) {
      doing_ = "done";
      keep_last();
      return outcome();
    }
    Error error = std::move(done).error();
    if (has_lingered_) {
      TRY(close_books({}));
      return outcome_before();
    }
    switch (after()) {
      case After::meet_again:
        if (auto noted = note_break(error); !noted) return fail(stop(std::move(noted).error()));
        break;
      case After::stop: return fail(stop(std::move(error)));
      case After::end: return fail(end(std::move(error)));
    }
  }
}

Result<RunOutcome> Run::outcome() {
  RunOutcome out;
  for (const auto& [stage, measures] : done_) out.stages.push_back(stage);
  out.common = rows_;
  out.model = model_;
  out.part = parts_[self_];
  out.measures = measures_of(done_);
  out.rows = rows_.empty() ? request_.data.row_count() : rows_.size();
  out.bytes_sent = links_.bytes_sent();
  out.bytes_received = links_.bytes_received();
  out.meetings = static_cast<uint64_t>(meetings_);
  out.seconds = static_cast<double>(monotonic_ns() - started_ns_) / 1e9;
  out.leakage = leakage_.sums();
  out.transcript = transcript_->head();
  return out;
}

// Asked again after the end, say by whoever starts what was killed: the same answer.
Result<RunOutcome> Run::outcome_before() const {
  RunOutcome out;
  const ModelView card = TRY(needs_.office.card_of(kept_.hash));
  if (const Json::Object* stages = card.measures.object()) {
    for (const auto& [stage, measures] : *stages) out.stages.push_back(stage);
  }
  out.model = card.model;
  out.part = card.part;
  out.measures = card.measures;
  out.rows = static_cast<uint64_t>(card.rows);
  const JobPage page = TRY(needs_.office.page(kept_.hash));
  for (const RunView& run : page.runs) {
    out.bytes_sent += static_cast<uint64_t>(run.bytes_sent);
    out.bytes_received += static_cast<uint64_t>(run.bytes_received);
  }
  for (const LeakageView& leak : page.leakage) out.leakage.push_back({leak.to, leak.code, leak.amount});
  out.transcript = TRY(needs_.office.transcript(kept_.hash)).head();
  return out;
}

Result<RunOutcome> run_job(const RunnerNeeds& needs, const RunRequest& request) {
  KeptJob kept = TRY(needs.office.find_job(request.job.hex()));
  const channel::Certificate& own = needs.identity.certificate();
  const auto self = party_of(kept.job, own.party);
  if (!self) return fail(ErrorCode::invalid, "job", "this house is '" + own.party + "', which the job does not name");
  if (kept.job.parties[*self].certificate != own.fingerprint.hex()) {
    return fail(ErrorCode::invalid, "job",
                "expects '" + own.party + "' with certificate " + kept.job.parties[*self].certificate + ", ours is " +
                    own.fingerprint.hex());
  }
  TRY(needs.office.check_approved(kept.hash));
  const Office::Claim claim = TRY(needs.office.claim(kept.hash));
  return Run(needs, request, std::move(kept), *self).go();
}

}  // namespace puhui::federation
