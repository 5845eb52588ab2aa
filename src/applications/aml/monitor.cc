#include "applications/aml/monitor.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/cases/reading.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::aml {

namespace {

constexpr uint64_t kPageRows = 10'000;

Id128 hashed(std::string_view kind, std::string_view text) {
  const Digest digest = sha256(kind, text);
  return *Id128::from_bytes(digest.view().substr(0, 16));
}

Id128 content_of(const TransferRequest& request) {
  ByteWriter to;
  to.signed_varint(request.at.microseconds);
  to.text(request.from);
  to.text(request.to);
  to.signed_varint(request.amount_minor);
  to.text(request.currency);
  to.text(request.purpose);
  to.text(printed_countries(request.countries));
  return hashed("aml transfer's content", to.bytes());
}

Result<void> check(const TransferRequest& request) {
  Faults faults;
  const auto plain = [](unsigned char c) { return c >= 0x20 && c != 0x7F; };
  const auto name = [&](const char* where, const std::string& text, size_t bytes_min, size_t bytes_max) {
    if (text.size() < bytes_min || text.size() > bytes_max || !std::ranges::all_of(text, plain)) {
      faults.add(where, "expected " + std::to_string(bytes_min) + " to " + std::to_string(bytes_max) +
                            " bytes without control characters, came " + std::to_string(text.size()) + " bytes");
    } else if (first_invalid_utf8(text)) {
      faults.add(where, "expected UTF-8");
    }
  };
  name("key", request.key, 1, kTransferKeyBytesMax);
  name("from", request.from, 1, kAccountBytesMax);
  name("to", request.to, 1, kAccountBytesMax);
  name("purpose", request.purpose, 0, kPurposeBytesMax);
  for (const std::string& country : request.countries) {
    const bool fits = country.size() == 2 && std::ranges::all_of(country, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!fits) faults.add("countries", "expected two capital letters as ISO 3166 has them, came '" + country + "'");
  }
  if (request.amount_minor < 1 || request.amount_minor > kTransferMinorMax) {
    faults.add("amount_minor",
               "expected 1 to " + std::to_string(kTransferMinorMax) + ", came " + std::to_string(request.amount_minor));
  }
  return std::move(faults).result();
}

}  // namespace

Monitor::Monitor(MonitorNeeds needs, DetectorLimits limits) : needs_(needs), limits_(limits) {
  needs_.store.join(*this);
  needs_.cases.attend(
      std::string(kMonitoringApplication),
      [this](Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view) {
        return judged(tx, alert, verdict);
      },
      // Nothing waits for an answer to these alerts: the money is gone; the case stays for people.
      [](Transaction&, const cases::Alert&) -> Result<void> { return {}; });
}

Result<Watch> Monitor::watch() const {
  Watch out;
  out.choice = TRY(needs_.kernel.choose(kMonitoringScope, Id128()));
  const Digest* digest = out.choice.version->permit().manifest.artefact(kTypologiesArtefact);
  if (digest == nullptr) {
    return fail(ErrorCode::invalid, std::string(kMonitoringScope),
                "the permit in force names no artefact 'typologies'; propose it again with 'aml propose'");
  }
  out.settings_digest = *digest;
  const std::lock_guard lock(watched_);
  if (!read_ || read_->first != *digest) {
    const std::string text = TRY(needs_.kernel.artefact(*digest));
    read_ = {*digest, std::make_shared<const TypologySettings>(TRY(TypologySettings::parse(text)))};
  }
  out.settings = read_->second;
  return out;
}

Result<Watched> Monitor::transfer(const TransferRequest& request, std::string_view caller) {
  const Watch with = TRY(watch());
  Watched out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(observe(tx, with, request, caller));
    return {};
  }));
  return out;
}

void Monitor::transfer_later(const Watch& watch, TransferRequest request, std::string caller,
                             std::function<void(Result<Watched>)> done) {
  auto answer = std::make_shared<Watched>();
  needs_.store.write_later(
      [this, watch, answer, request = std::move(request), caller = std::move(caller)](Transaction& tx) -> Result<void> {
        *answer = TRY(observe(tx, watch, request, caller));
        return {};
      },
      [answer, done = std::move(done)](Result<void> result) {
        if (!result) return done(fail(std::move(result).error()));
        done(std::move(*answer));
      });
}

// Everything that can be refused is refused before the detectors see the transfer: they cannot take it back.
Result<Watched> Monitor::observe(Transaction& tx, const Watch& watch, const TransferRequest& request,
                                 std::string_view caller) {
  TRY(check(request));
  const Id128 key = hashed("aml transfer's key", request.key), content = content_of(request);
  if (const auto waiting = pending_keys_.find(key); waiting != pending_keys_.end()) {
    const LoggedTransfer& before = pending_[waiting->second];
    return answered_before(tx, before.seq, before.content, request);
  }
  if (const auto known = TRY(find_key(tx, key))) return answered_before(tx, known->seq, known->content, request);
  if (request.at.microseconds > needs_.clock.now().microseconds + kAheadMinutesMax * 60'000'000) {
    return fail(ErrorCode::invalid, "at",
                "expected at most " + std::to_string(kAheadMinutesMax) +
                    " minutes beyond the clock: it would make all others late");
  }
  const int64_t base_minor = TRY(watch.settings->base_amount(request.amount_minor, request.currency));
  TRY(stand(tx, watch));
  LoggedTransfer row{++last_seq_, request, base_minor, key, content};
  Watched out;
  out.seq = row.seq;
  found_.clear();
  pending_keys_.emplace(key, pending_.size());
  pending_.push_back(std::move(row));
  const LoggedTransfer& logged = pending_.back();
  out.standing = detectors_->observe(
      {logged.seq, request.at.microseconds, logged.transfer.from, logged.transfer.to, base_minor}, found_);
  for (const Finding& finding : found_) out.findings.push_back(TRY(take(tx, watch, finding, out.seq, caller)));
  return out;
}

Result<Watched> Monitor::answered_before(Transaction& tx, uint64_t seq, Id128 content, const TransferRequest& request) {
  if (content != content_of(request)) {
    return fail(ErrorCode::conflict, "key", "this key stands for another transfer; choose a new key for a new one");
  }
  Watched out;
  out.seq = seq;
  out.repeated = true;
  out.findings = TRY(findings_of_transfer(tx, seq));
  return out;
}

// The detectors with these settings, as they are after all transfers before.
Result<void> Monitor::stand(Transaction& tx, const Watch& watch) {
  if (!counted_) {
    last_seq_ = std::max(last_seq_, TRY(last_transfer(tx)));
    counted_ = true;
  }
  if (detectors_ && standing_with_ == watch.settings_digest) return {};
  detectors_.reset();
  const auto restored = TRY(restore(tx, watch));
  if (!restored) detectors_.emplace(watch.settings, limits_);
  uint64_t after = restored.value_or(0);
  const auto again = [&](const LoggedTransfer& row) {
    const auto base = watch.settings->base_amount(row.transfer.amount_minor, row.transfer.currency);
    found_.clear();
    detectors_->observe(
        {row.seq, row.transfer.at.microseconds, row.transfer.from, row.transfer.to, base.value_or(row.base_minor)},
        found_);
    after = row.seq;
  };
  for (uint64_t before = UINT64_MAX; before != after;) {
    before = after;
    TRY(each_transfer(tx, after, kPageRows, [&](const LoggedTransfer& row) -> Result<void> {
      again(row);
      return {};
    }));
  }
  for (const LoggedTransfer& row : pending_) {
    if (row.seq > after) again(row);
  }
  found_.clear();
  standing_with_ = watch.settings_digest;
  return {};
}

Result<std::optional<uint64_t>> Monitor::restore(Transaction& tx, const Watch& watch) {
  const auto stored = TRY(find_snapshot(tx));
  if (!stored || stored->settings != watch.settings_digest) return std::nullopt;
  auto restored = Detectors::restore(watch.settings, limits_, stored->bytes);
  if (!restored) {
    // Not lost: the whole log says the same, only slower.
    needs_.log.warning("aml_snapshot_not_read", {{"why", restored.error().text()}});
    return std::nullopt;
  }
  detectors_.emplace(*std::move(restored));
  snapshot_seq_ = stored->seq;
  return stored->seq;
}

Result<FindingRow> Monitor::take(Transaction& tx, const Watch& watch, const Finding& finding, uint64_t seq,
                                 std::string_view caller) {
  FindingRow row;
  if (finding.refreshes) {
    if (auto before = TRY(finding_of_number(tx, finding.number))) row = *std::move(before);
  }
  const bool fresh = row.line.id.is_zero();
  row.number = finding.number;
  row.line.typology = finding.typology;
  row.line.account = finding.account;
  row.line.from = fresh ? finding.from : std::min(row.line.from, finding.from);
  row.line.to = finding.to;
  row.line.amount_minor = finding.amount_minor;
  row.line.currency = watch.settings->currency;
  row.line.counterparties = finding.counterparties;
  row.line.transfers = finding.transfers;
  row.line.strength_ppm = finding.strength_ppm;
  row.seqs.clear();
  for (const features::TransferEdge& edge : finding.edges) row.seqs.push_back(edge.seq);
  row.line.refreshed += !fresh;
  // What raised an alert is with people already: it grows before their eyes without a second decision.
  if (row.line.alert) {
    TRY(update_finding(tx, row));
    return row;
  }
  TRY(judge(tx, watch, finding, caller, row));
  if (fresh) {
    row.line.id = row.line.decision;  // a decision's id is time-ordered and its own
    row.first_seq = seq;
  }
  if (row.line.outcome != kernel::kApprove) TRY(raise(tx, watch, row));
  TRY(fresh ? insert_finding(tx, row) : update_finding(tx, row));
  return row;
}

Result<void> Monitor::judge(Transaction& tx, const Watch& watch, const Finding& finding, std::string_view caller,
                            FindingRow& row) {
  const auto prior = TRY(prior_findings(tx, finding.account, finding.typology));
  kernel::Request request;
  request.version = watch.choice.version;
  request.entity = hashed("aml account", finding.account);
  request.facts = TRY(facts_of(watch.choice.version->facts(), finding, {prior.alerts, prior.dismissed}));
  request.caller = caller;
  request.at = needs_.clock.now();
  request.to_human = watch.choice.to_human;
  request.shadow = watch.choice.shadow;
  const evidence::Circumstances circumstances{
      request.at, request.entity, request.caller, evidence::HumanRole::in_the_loop, 0, 0};
  const auto draft = needs_.kernel.judge(std::move(request), workspace_);
  if (!draft) {
    // The transfer has happened and stands in the log: what no policy could judge is for a person.
    row.line.decision = needs_.evidence.append_act(
        evidence::RecordKind::note, "a finding could not be judged: " + draft.error().text(), circumstances);
    row.line.outcome = kAlert;
    return {};
  }
  const kernel::Decision decision = needs_.kernel.record(tx, *draft);
  row.line.decision = decision.id();
  // While automatic decisions are stopped every finding is for a person.
  row.line.outcome = decision.approves() ? kernel::kApprove : kAlert;
  return {};
}

Result<void> Monitor::raise(Transaction& tx, const Watch& watch, FindingRow& row) {
  const auto code = names_of(static_cast<const Typology*>(nullptr))[static_cast<size_t>(row.line.typology)];
  cases::AlertDraft draft;
  draft.application = kMonitoringApplication;
  draft.kind = code;
  draft.subject = row.line.account;
  draft.subject_kind = "account";
  draft.decision = evidence::RecordId(row.line.decision);
  draft.probability_ppb = watch.settings->precision_ppm[static_cast<size_t>(row.line.typology)] * 1000;
  draft.amount_minor = row.line.amount_minor;
  draft.currency = row.line.currency;
  if (const auto* text = watch.choice.version->reasons().find(code)) {
    draft.en = text->en;
    draft.zh = text->zh;
  }
  draft.reference = row.line.id.text();
  const cases::AlertId alert = TRY(needs_.cases.raise(tx, draft));
  row.line.alert = alert;
  for (const cases::Alert& one : TRY(cases::alerts_about(tx, kMonitoringApplication, draft.reference))) {
    if (one.id == alert) row.line.in_case = one.in_case;
  }
  return {};
}

Result<void> Monitor::judged(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict) {
  const auto id = Id128::parse(alert.reference);
  auto row = id ? TRY(find_finding(tx, *id)) : std::nullopt;
  if (!row) return fail(ErrorCode::not_found, "alert", "no finding has the id '" + alert.reference + "'");
  row->verdict = static_cast<int64_t>(verdict);
  TRY(update_finding(tx, *row));
  if (verdict == cases::Verdict::unclear) return {};
  return evidence::put_outcome(tx, {alert.decision, std::string(kLaunderingOutcome),
                                    verdict == cases::Verdict::confirmed ? 1 : 0, needs_.clock.now()});
}

Result<void> Monitor::snapshot() {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    if (!detectors_ || last_seq_ == snapshot_seq_ || !pending_.empty()) return {};
    TRY(put_snapshot(tx, {last_seq_, standing_with_, detectors_->snapshot()}));
    snapshot_seq_ = last_seq_;
    return {};
  });
}

Result<void> Monitor::snapshot_when_due() {
  bool due = false;
  TRY(needs_.store.write([&](Transaction&) -> Result<void> {
    due = detectors_ && last_seq_ - snapshot_seq_ >= kSnapshotEvery;
    return {};
  }));
  return due ? snapshot() : Result<void>();
}

Result<DetectorCounts> Monitor::counts() {
  const Watch with = TRY(watch());
  DetectorCounts out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(stand(tx, with));
    out = detectors_->counts();
    return {};
  }));
  return out;
}

void Monitor::undo_closure() {
  if (pending_.size() == closure_start_) return;
  for (size_t i = closure_start_; i < pending_.size(); ++i) pending_keys_.erase(pending_[i].key_hash);
  pending_.resize(closure_start_);
  detectors_.reset();
  counted_ = false;
  last_seq_ = pending_.empty() ? 0 : pending_.back().seq;
}

Result<void> Monitor::flush(Transaction& tx) {
  return pending_.empty() ? Result<void>() : append_transfers(tx, pending_);
}

void Monitor::committed() {
  pending_.clear();
  pending_keys_.clear();
  closure_start_ = 0;
}

void Monitor::aborted() {
  pending_.clear();
  pending_keys_.clear();
  closure_start_ = 0;
  detectors_.reset();
  counted_ = false;
  last_seq_ = snapshot_seq_ = 0;
}

}  // namespace puhui::aml
