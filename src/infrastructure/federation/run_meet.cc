// Meeting: the hub calls, the others wait for its call; all show what they hold, and the hub says where to go on from.
#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/cipher/kernel.h"
#include "infrastructure/federation/run.h"

namespace puhui::federation {

namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kWaitSliceMs = 500;  // after so long a spoke looks whether it is asked to stop

// The job's own: frames of another job or meeting are refused.
Id128 session_of(const Digest& job) { return *Id128::from_bytes(job.view().substr(0, 16)); }

Digest key_digest(const std::string& key_hex) { return sha256(key_hex); }

}  // namespace

bool Run::stopping() const { return needs_.progress.stop_requested() || needs_.office.stop_asked(kept_.hash); }

int64_t Run::waited_seconds() const { return (now().microseconds - waiting_since_.microseconds) / kSecondUs; }

Result<Hello> Run::own_hello() const {
  Hello out;
  out.build = needs_.build;
  const auto kernel = TRY(cipher::chosen_kernel());
  out.kernel = cipher::names_of(&kernel)[static_cast<size_t>(kernel)];
  out.job = kept_.hash;
  out.party = party(self_).name;
  out.certificate = needs_.identity.certificate().pem;
  const auto signed_by = TRY(needs_.office.approvals(kept_.hash));
  out.approvals.signers = static_cast<int64_t>(signed_by.size());
  for (const SignedBy& one : signed_by) {
    (one.role == SignerRole::maker ? out.approvals.maker : out.approvals.checker) = key_digest(one.key);
  }
  out.approvals.signature = to_hex(needs_.identity.sign(statement_bytes(out.job, out.party, out.approvals)));
  out.attempt = attempt_;
  out.points = checkpoints_->points();
  out.rows_padded = padded(static_cast<int64_t>(request_.data.row_count()));
  return out;
}

Result<void> Run::meet() {
  stage_.reset();
  if (self_ == 0) return meet_as_hub();
  return meet_as_spoke();
}

// ---- the hub

// A client that was met before and does not come back is gone on without, while enough are left.
bool Run::may_give_up(size_t party) const {
  const auto left = static_cast<int64_t>(links_.peers().size());  // with the hub, without that one
  return is_horizontal(job_) && meetings_ > 0 && links_.is_present(party) && left >= job_.clients_min;
}

Result<void> Run::check_patience(size_t missing, const std::string& last) {
  if (stopping()) return fail(ErrorCode::unavailable, "asked to stop");
  // The hub is needed by whoever has not registered; the others only wait for its farewell.
  const int64_t linger = is_registered_ && self_ != 0 ? kLingerSeconds : job_.patience_seconds;
  if (waited_seconds() < std::min(linger, job_.patience_seconds)) return {};
  const std::string& name = party(missing).name;
  has_lingered_ = is_registered_;
  if (self_ == 0 && may_give_up(missing)) {
    links_.give_up(missing);
    needs_.log.warning("federation.given_up", {{"job", kept_.hash.hex()}, {"party", name}});
    return transcript_->add("given_up", Json::Object{{"party", name}, {"at", at_.text()}, {"why", last}});
  }
  return fail(ErrorCode::unavailable, "party " + name,
              "did not come within " + std::to_string(job_.patience_seconds) + " seconds" +
                  (last.empty() ? "" : " (" + last + ")") + "; is 'puhui federation run' going on there?");
}

Result<void> Run::call_all() {
  std::vector<std::string> last(job_.parties.size());
  for (int64_t pause_ms = kFirstPauseMs;; pause_ms = std::min(pause_ms * 2, kPauseMsMax)) {
    std::optional<size_t> missing;
    for (const size_t peer : links_.peers()) {
      if (links_.has(peer)) continue;
      auto called = needs_.reach.dial(peer);
      if (called) {
        links_.put(peer, *std::move(called));
      } else if (called.error().code != ErrorCode::unavailable) {
        is_refused_ = true;
        return fail(std::move(called).error());
      } else {
        last[peer] = called.error().text();
        if (!missing) missing = peer;
      }
    }
    if (!missing) return {};
    say("waits for " + party(*missing).name + " at " + party(*missing).address);
    TRY(check_patience(*missing, last[*missing]));
    needs_.pause(pause_ms);
  }
}

Result<Hello> Run::take_hello(size_t party) {
  Hello hello = TRY(read_hello(TRY(links_.receive(party, kHello, kHelloBytesMax))));
  TRY(check_shown(hello, party));
  return hello;
}

Result<void> Run::check_shown(const Hello& hello, size_t party) {
  auto fits = check_hello(hello, job_, kept_.hash, party);
  if (!fits) is_refused_ = true;
  return fits;
}

Result<void> Run::meet_as_hub() {
  TRY(call_all());
  std::vector<Hello> hellos = {TRY(own_hello())};
  const std::string own = print_json(to_json(hellos.front()));
  for (const size_t peer : links_.peers()) TRY(links_.send(peer, kHello, own));
  for (const size_t peer : links_.peers()) hellos.push_back(TRY(take_hello(peer)));
  return agree_as_hub(hellos);
}

Result<void> Run::agree_as_hub(const std::vector<Hello>& hellos) {
  Agreement agreement;
  for (const Hello& hello : hellos) agreement.attempt = std::max(agreement.attempt, hello.attempt);
  ++agreement.attempt;
  agreement.from = newest_common(hellos);
  TRY(load(agreement.from));
  agreement.given_up = links_.given_up();
  agreement.hellos = hellos;
  const std::string bytes = print_json(to_json(agreement));
  for (const size_t peer : links_.peers()) {
    TRY(links_.send(peer, kAgreement, bytes));
    links_.at(peer).agree(session_of(kept_.hash), static_cast<uint32_t>(agreement.attempt));
  }
  TRY(agreed_on(agreement));
  for (const size_t peer : links_.peers()) TRY(links_.receive(peer, kAgreed, kHelloBytesMax));
  return {};
}

// ---- the others

Result<void> Run::wait_for_call() {
  while (true) {
    auto called = needs_.reach.accept(kWaitSliceMs);
    if (called) {
      links_.put(0, *std::move(called));
      return {};
    }
    if (called.error().code != ErrorCode::unavailable) return fail(std::move(called).error());
    say("waits for " + party(0).name + " to call");
    TRY(check_patience(0, last_error_));
  }
}

Result<void> Run::meet_as_spoke() {
  TRY(wait_for_call());
  const Hello own = TRY(own_hello());
  const std::string hubs = TRY(links_.receive(0, kHello, kHelloBytesMax));
  TRY(links_.send(0, kHello, print_json(to_json(own))));
  TRY(check_shown(TRY(read_hello(hubs)), 0));
  return take_agreement(own);
}

Result<void> Run::take_agreement(const Hello& own) {
  const Agreement agreement = TRY(read_agreement(TRY(links_.receive(0, kAgreement, kAgreementBytesMax))));
  if (auto fits = check_agreement(agreement, job_, kept_.hash, own); !fits) {
    is_refused_ = true;
    return fits;
  }
  links_.at(0).agree(session_of(kept_.hash), static_cast<uint32_t>(agreement.attempt));
  TRY(load(agreement.from));
  TRY(agreed_on(agreement));
  return links_.send(0, kAgreed, step_bytes(agreement.from));
}

// ---- both

// Stands where all go on from. A checkpoint that was whole when it was offered and is not now breaks this meeting, not the job.
Result<void> Run::load(const Point& from) {
  Checkpoint checkpoint;
  if (!from.is_start()) {
    auto read = checkpoints_->read(from);
    if (!read) return damaged_at(from, read.error());
    checkpoint = *std::move(read);
  }
  TRY(checkpoints_->drop_after(from));
  at_ = {from.stage, from.step, from.attempt};
  rows_ = std::move(checkpoint.rows);
  common_ = rows_.empty() ? PartyData{} : rows_of(request_.data, rows_);
  done_ = std::move(checkpoint.done);
  part_ = std::move(checkpoint.part);
  leakage_.restore(std::move(checkpoint.leakage));
  if (self_ == 0) {
    for (const std::string& name : checkpoint.given_up) links_.give_up(*party_of(job_, name));
  }
  TRY(make_stage());
  if (from.is_start()) return {};
  auto restored = stage_->restore(checkpoint.state);
  return restored ? std::move(restored) : damaged_at(from, restored.error());
}

Result<void> Run::damaged_at(const Point& point, const Error& error) {
  TRY(transcript_->add("damage", Json::Object{{"at", point.text()}, {"what", error.text()}}));
  checkpoints_->leave_out(point);
  links_.close("a checkpoint is damaged here; meet again");
  return fail(links_.fail_with(self_ == 0 ? links_.peers().front() : 0, error));
}

Result<void> Run::agreed_on(const Agreement& agreement) {
  attempt_ = agreement.attempt;
  std::vector<std::optional<channel::Certificate>> certificates(job_.parties.size());
  Json::List met;
  for (const Hello& hello : agreement.hellos) {
    const auto place = party_of(job_, hello.party);
    CHECK(place.has_value(), "only the job's parties come through the checks");
    certificates[*place] = TRY(channel::Certificate::parse(hello.certificate));
    Json shown = to_json(hello);
    shown.set("certificate", certificates[*place]->fingerprint.hex());
    met.push_back(std::move(shown));
    if (*place == self_ || !at_.is_start()) continue;
    leakage_.tell(hello.party, "padded_size", padded(static_cast<int64_t>(request_.data.row_count())));
  }
  TRY(needs_.office.keep_meeting(kept_.hash, attempt_, certificates));
  signatory_.know(std::move(certificates));
  if (self_ != 0) {
    links_.forget_given_up();
    for (const std::string& name : agreement.given_up) links_.give_up(*party_of(job_, name));
  }
  ++meetings_;
  has_met_ = true;
  Json::List away;
  for (const std::string& name : agreement.given_up) away.push_back(name);
  return transcript_->add("meeting", Json::Object{{"attempt", attempt_},
                                                  {"from", to_json(agreement.from)},
                                                  {"given_up", std::move(away)},
                                                  {"met", std::move(met)}});
}

}  // namespace puhui::federation
