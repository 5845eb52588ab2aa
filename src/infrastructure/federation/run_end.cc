// The end: everybody says the digest of its part, everybody confirms the same model, and only then anybody registers anything;
// under way the heads of the transcripts are signed by all.
#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/federation/office_rows.h"
#include "infrastructure/federation/run.h"

namespace puhui::federation {

Error Run::wrong_ending(size_t index, std::string message) {
  is_fatal_ = true;
  return {ErrorCode::corrupt, {{"party " + party(index).name, std::move(message)}}};
}

Result<Ending> Run::take_ending(size_t index, uint16_t kind) {
  auto ending = read_ending(TRY(links_.receive(index, kind, kEndingBytesMax)));
  if (!ending) is_fatal_ = true;
  return ending;
}

Result<void> Run::send_ending(size_t index, uint16_t kind, const Ending& ending) {
  return links_.send(index, kind, print_json(to_json(ending)));
}

Result<void> Run::end_together() {
  say("agrees on the model");
  parts_.assign(job_.parties.size(), Digest{});
  parts_[self_] = part_.empty() ? Digest{} : sha256(part_);
  return self_ == 0 ? end_as_hub() : end_as_spoke();
}

Result<void> Run::end_as_hub() {
  for (const size_t peer : links_.peers()) {
    const Ending part = TRY(take_ending(peer, kPart));
    if (part.parts.size() != 1) return fail(wrong_ending(peer, "expected the digest of its part"));
    parts_[peer] = part.parts.front();
  }
  model_ = model_hash(parts_);
  TRY(tell_result());
  for (const size_t peer : links_.peers()) TRY(send_ending(peer, kParts, {.parts = parts_, .model = model_}));

  std::vector<HeadSignature> heads = {sign_head(party(0).name, transcript_->head().entries, transcript_->head().link)};
  for (const size_t peer : links_.peers()) {
    const Ending confirmed = TRY(take_ending(peer, kConfirm));
    if (confirmed.model != model_ || confirmed.signatures.size() != 1 ||
        confirmed.signatures.front().party != party(peer).name) {
      return fail(wrong_ending(peer, "expected it to confirm model " + model_.hex() + ", came " +
                                         (confirmed.model ? confirmed.model->hex() : std::string("none"))));
    }
    TRY(check_signatures(confirmed.signatures));
    heads.push_back(confirmed.signatures.front());
  }
  TRY(register_model());
  for (const size_t peer : links_.peers()) TRY(send_ending(peer, kConfirmed, {.signatures = heads}));

  std::vector<HeadSignature> all = heads;
  std::ranges::copy(countersigned(heads), std::back_inserter(all));
  for (const size_t peer : links_.peers()) {
    const Ending kept = TRY(take_ending(peer, kKept));
    TRY(check_signatures(kept.signatures));
    std::ranges::copy(kept.signatures, std::back_inserter(all));
  }
  TRY(close_books(all));
  // The job is done here: who does not hear the farewell has registered too, and ends by itself.
  for (const size_t peer : links_.peers()) {
    if (!send_ending(peer, kFarewell, {.signatures = all})) break;
  }
  links_.close("the job is done");
  return {};
}

Result<void> Run::end_as_spoke() {
  TRY(send_ending(0, kPart, {.parts = {parts_[self_]}}));
  const Ending parts = TRY(take_ending(0, kParts));
  if (parts.parts.size() != job_.parties.size() || parts.parts[self_] != parts_[self_]) {
    return fail(wrong_ending(
        0, "expected the digests of all " + std::to_string(job_.parties.size()) + " parts, ours among them"));
  }
  parts_ = parts.parts;
  model_ = model_hash(parts_);
  if (parts.model != model_) return fail(wrong_ending(0, "its model is not over the parts that it says"));
  TRY(tell_result());
  const HeadSignature own = sign_head(party(self_).name, transcript_->head().entries, transcript_->head().link);
  TRY(send_ending(0, kConfirm, {.model = model_, .signatures = {own}}));

  const Ending heads = TRY(take_ending(0, kConfirmed));
  TRY(check_signatures(heads.signatures));
  TRY(register_model());
  TRY(send_ending(0, kKept, {.signatures = countersigned(heads.signatures)}));

  const Ending farewell = TRY(take_ending(0, kFarewell));
  TRY(check_signatures(farewell.signatures));
  TRY(close_books(farewell.signatures));
  links_.close("the job is done");
  return {};
}

// The newest thing that the heads are over: what came out, and what was told on the way.
Result<void> Run::tell_result() {
  Json::List parts, leaks;
  for (const Digest& part : parts_) parts.push_back(part.hex());
  for (const Leak& leak : leakage_.sums()) {
    leaks.push_back(Json::Object{{"to", leak.to}, {"code", leak.code}, {"amount", leak.amount}});
  }
  return transcript_->add("result", Json::Object{{"model", model_.hex()},
                                                 {"parts", std::move(parts)},
                                                 {"part_bytes", static_cast<int64_t>(part_.size())},
                                                 {"leakage", std::move(leaks)}});
}

Result<void> Run::register_model() {
  ModelPart kept;
  kept.bytes = part_;
  ModelView& card = kept.card;
  card.model = model_;
  card.part = parts_[self_];
  card.job = kept_.hash;
  card.job_name = job_.name;
  card.kind = names_of(&job_.kind)[static_cast<size_t>(job_.kind)];
  card.self = party(self_).name;
  card.build = needs_.build;
  for (const JobParty& one : job_.parties) card.parties.push_back(one.name);
  card.made_at = now();
  card.rows = static_cast<int64_t>(rows_.empty() ? request_.data.row_count() : rows_.size());
  card.part_bytes = static_cast<int64_t>(part_.size());
  Json::Object measures;
  for (const auto& [stage, text] : done_) measures.emplace_back(stage, TRY(parse_json(text)));
  card.measures = std::move(measures);
  for (const Leak& leak : leakage_.sums()) card.leakage.push_back(view_of(leak));
  auto registered = needs_.office.keep_model(kept);
  if (!registered) {
    is_fatal_ = registered.error().code == ErrorCode::conflict;
    return registered;
  }
  is_registered_ = true;
  return {};
}

// ---- heads

HeadSignature Run::sign_head(const std::string& of, int64_t entries, const Digest& head) const {
  HeadSignature out{of, party(self_).name, entries, head, party(self_).certificate, {}};
  out.signature = to_hex(needs_.identity.sign(head_bytes(kept_.hash, of, {entries, head})));
  return out;
}

std::vector<HeadSignature> Run::countersigned(const std::vector<HeadSignature>& heads) const {
  std::vector<HeadSignature> out;
  for (const HeadSignature& head : heads) {
    const bool is_own = head.by == head.party;
    if (is_own && head.party != party(self_).name) out.push_back(sign_head(head.party, head.entries, head.head));
  }
  return out;
}

Result<void> Run::check_signatures(const std::vector<HeadSignature>& signatures) {
  for (const HeadSignature& one : signatures) {
    const auto signer = party_of(job_, one.by);
    const auto bytes = from_hex(one.signature);
    const auto& certificate = signer ? signatory_.certificate(*signer) : std::nullopt;
    if (!certificate || !party_of(job_, one.party) || !bytes || one.certificate != party(*signer).certificate ||
        !certificate->verifies(head_bytes(kept_.hash, one.party, {one.entries, one.head}), *bytes)) {
      return fail(wrong_ending(signer.value_or(0), "the signature of '" + one.by + "' under the transcript of '" +
                                                       one.party + "' does not hold"));
    }
  }
  return {};
}

Result<void> Run::close_books(const std::vector<HeadSignature>& signatures) {
  std::vector<TrafficView> more = progressed().more;
  TRY(transcript_->add("end", Json::Object{{"done", true}, {"signatures", static_cast<int64_t>(signatures.size())}},
                       [&](Transaction& tx) -> Result<void> {
                         for (const HeadSignature& one : signatures) TRY(put_head_signature(tx, kept_.hash, one));
                         Office::Progressed how = progressed();
                         how.more = more;
                         how.state.doing = "done";
                         return Office::keep(tx, needs_.clock, kept_.hash, number_, how);
                       }));
  // In this order: who dies between the two is done, and does not begin again for want of a checkpoint.
  TRY(needs_.office.end_run(kept_.hash, number_, JobState::done, "", transcript_->head()));
  return checkpoints_->clear();
}

}  // namespace puhui::federation
