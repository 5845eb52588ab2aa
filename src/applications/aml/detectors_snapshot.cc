// Detectors as bytes: the graph, the pairs, every account's past, conduits and open findings, in an order of their own.
#include <algorithm>
#include <map>

#include "applications/aml/detectors.h"
#include "ground/base/hash.h"

namespace puhui::aml {

namespace {
constexpr uint8_t kVersion = 1;
constexpr size_t kAccountBytesMin = 20;
}  // namespace

void Detectors::save_accounts(ByteWriter& to) const {
  to.unsigned_varint(accounts_.size());
  for (const Account& account : accounts_) {
    account.past.save(to);
    to.signed_varint(account.held_since_us);
    to.signed_varint(account.held_in);
    to.signed_varint(account.held_out);
    to.signed_varint(account.awake_since_us);
    to.unsigned_varint(account.rounds.size());
    for (const Round& round : account.rounds) {
      to.signed_varint(round.at_us);
      to.signed_varint(round.amount_minor);
    }
  }
}

bool Detectors::load_accounts(ByteReader& from) {
  accounts_.resize(from.count(kAccountBytesMin));
  for (Account& account : accounts_) {
    account.past = AccountPast::load(from);
    account.held_since_us = from.signed_varint();
    account.held_in = from.signed_varint();
    account.held_out = from.signed_varint();
    account.awake_since_us = from.signed_varint();
    account.rounds.resize(from.count(2));
    if (account.rounds.size() > kRoundsMax) from.reject();
    for (Round& round : account.rounds) {
      round.at_us = from.signed_varint();
      round.amount_minor = from.signed_varint();
    }
    if (!from.ok()) return false;
  }
  return true;
}

std::string Detectors::snapshot() const {
  ByteWriter to;
  to.u8(kVersion);
  to.digest(sha256(print_json(to_json(*settings_))));
  for (const int64_t moment : {first_us_, newest_us_}) to.signed_varint(moment);
  for (const uint64_t count :
       {findings_, counts_.accepted, counts_.late, counts_.self, counts_.refreshed, counts_.conduits_dropped}) {
    to.unsigned_varint(count);
  }
  to.text(graph_->snapshot());
  pairs_.save(to);
  save_accounts(to);
  const std::map<uint64_t, Conduit> conduits(conduits_.begin(), conduits_.end());
  to.unsigned_varint(conduits.size());
  for (const auto& [key, conduit] : conduits) {
    to.u64(key);
    to.unsigned_varint(conduit.middles.size());
    for (const Middle& middle : conduit.middles) {
      to.u64(middle.account);
      to.signed_varint(middle.at_us);
      to.signed_varint(middle.amount_minor);
    }
  }
  const std::map<uint64_t, Open> open(open_.begin(), open_.end());
  to.unsigned_varint(open.size());
  for (const auto& [key, one] : open) {
    to.u64(key);
    to.unsigned_varint(one.number);
    for (const int64_t value : {one.last_us, one.until_us, one.transfers_said, one.amount_said})
      to.signed_varint(value);
  }
  for (const auto* queue : {&conduit_age_, &open_age_}) {
    to.unsigned_varint(queue->size());
    for (const auto& [at, key] : *queue) {
      to.signed_varint(at);
      to.u64(key);
    }
  }
  return to.take();
}

Result<Detectors> Detectors::restore(std::shared_ptr<const TypologySettings> settings, DetectorLimits limits,
                                     std::string_view bytes) {
  ByteReader from(bytes);
  const auto refused = [] {
    return fail(ErrorCode::corrupt, "detectors", "these bytes are no snapshot with these settings");
  };
  if (from.u8() != kVersion || from.digest() != sha256(print_json(to_json(*settings)))) return refused();
  Detectors out(settings, limits);
  out.first_us_ = from.signed_varint();
  out.newest_us_ = from.signed_varint();
  for (uint64_t* count : {&out.findings_, &out.counts_.accepted, &out.counts_.late, &out.counts_.self,
                          &out.counts_.refreshed, &out.counts_.conduits_dropped}) {
    *count = from.unsigned_varint();
  }
  out.graph_ = std::make_unique<features::TransferGraph>(
      TRY(features::TransferGraph::restore(settings->horizon_us(), limits.graph, from.text())));
  if (!out.pairs_.load(from) || !out.load_accounts(from)) return refused();
  for (size_t left = from.count(9); left > 0 && from.ok(); --left) {
    Conduit& conduit = out.conduits_[from.u64()];
    conduit.middles.resize(from.count(10));
    for (Middle& middle : conduit.middles) middle = {from.u64(), from.signed_varint(), from.signed_varint()};
  }
  for (size_t left = from.count(13); left > 0 && from.ok(); --left) {
    Open& one = out.open_[from.u64()];
    one.number = from.unsigned_varint();
    for (int64_t* value : {&one.last_us, &one.until_us, &one.transfers_said, &one.amount_said}) {
      *value = from.signed_varint();
    }
  }
  for (auto* queue : {&out.conduit_age_, &out.open_age_}) {
    for (size_t left = from.count(9); left > 0 && from.ok(); --left) {
      const int64_t at = from.signed_varint();
      queue->emplace_back(at, from.u64());
    }
  }
  TRY(from.finish("detectors"));
  return out;
}

}  // namespace puhui::aml
