// A client in a round of secure summing.
#include <sodium.h>

#include <algorithm>
#include <map>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/cipher/wiping.h"
#include "infrastructure/federation/horizontal/secure_sum.h"
#include "infrastructure/federation/horizontal/secure_sum_wire.h"

namespace puhui::federation {

size_t secure_sum_threshold(size_t clients, size_t clients_min) { return std::max((clients + 1) / 2 + 1, clients_min); }

struct SecureSumClient::State {
  const SecureSumTerms terms;
  std::vector<uint64_t, cipher::Wiping<uint64_t>> input;
  SecureSumSecret box_key{}, mask_key{}, own_mask{};
  SecureSumKeys keys;                                   // its own
  std::map<uint8_t, SecureSumKeys> peers;               // all, its own too
  std::vector<SecureSumShare> mask_shares, key_shares;  // its own secrets', by place in `members`
  std::vector<uint8_t> members;                         // who had keys
  std::map<uint8_t, SecureSumBox> received;             // by whom; its own too
  std::vector<uint8_t> contributors, survivors;
  std::string agreement;  // what it signed
  size_t next = 0;

  uint8_t self() const { return static_cast<uint8_t>(terms.self); }
  size_t threshold() const { return secure_sum_threshold(members.size(), terms.clients_min); }

  ~State() {
    for (SecureSumSecret* secret : {&box_key, &mask_key, &own_mask}) cipher::wipe_memory(secret->data(), 32);
    for (auto& [party, box] : received) cipher::wipe_memory(&box, sizeof box);
    for (auto* shares : {&mask_shares, &key_shares}) {
      cipher::wipe_memory(shares->data(), shares->size() * sizeof(SecureSumShare));
    }
  }

  Result<std::string> say_keys();
  Result<std::string> say_shares(std::string_view heard);
  Result<std::string> say_masked(std::string_view heard);
  Result<std::string> say_agreed(std::string_view heard);
  Result<std::string> say_opened(std::string_view heard);
};

SecureSumClient::SecureSumClient(const SecureSumTerms& terms, std::span<const uint64_t> input)
    : state_(new State{.terms = terms, .input = {input.begin(), input.end()}}) {
  CHECK(input.size() == terms.words && terms.words <= kSecureSumWordsMax, "the round has so many words");
  CHECK(terms.parties <= kPartiesMax && terms.self < terms.parties, "a party of the job");
  CHECK(sodium_init() >= 0, "the system gives no randomness");
}
SecureSumClient::~SecureSumClient() = default;

const std::vector<uint8_t>& SecureSumClient::survivors() const { return state_->survivors; }

Result<std::string> SecureSumClient::say(SecureSumPhase phase, std::string_view heard) {
  CHECK(static_cast<size_t>(phase) == state_->next, "a client says each phase once, in order");
  ++state_->next;
  switch (phase) {
    case SecureSumPhase::keys: return state_->say_keys();
    case SecureSumPhase::shares: return state_->say_shares(heard);
    case SecureSumPhase::masked: return state_->say_masked(heard);
    case SecureSumPhase::agreed: return state_->say_agreed(heard);
    case SecureSumPhase::opened: return state_->say_opened(heard);
  }
  return fail(ErrorCode::internal, "no such phase");
}

Result<std::string> SecureSumClient::State::say_keys() {
  crypto_box_keypair(keys.box.data(), box_key.data());
  crypto_box_keypair(keys.mask.data(), mask_key.data());
  randombytes_buf(own_mask.data(), own_mask.size());
  keys.party = self();
  keys.signature = terms.signatory.sign(keys_statement(terms.context, keys));
  return written(std::vector{keys});
}

Result<std::string> SecureSumClient::State::say_shares(std::string_view heard) {
  for (SecureSumKeys& one : TRY(read_keys(heard, terms.parties))) {
    if (!terms.signatory.verifies(one.party, keys_statement(terms.context, one), one.signature)) {
      return fail(
          ErrorCode::forbidden, "keys of party " + std::to_string(one.party),
          "expected that party's signature over this round's keys, came another: the hub must not stand in for it");
    }
    members.push_back(one.party);
    peers[one.party] = std::move(one);
  }
  const auto own = peers.find(self());
  if (own == peers.end() || own->second.box != keys.box || own->second.mask != keys.mask) {
    return fail(ErrorCode::corrupt, "keys", "expected this client's own keys among those of all, came others");
  }
  if (members.size() < threshold()) return too_few("keys", members.size(), threshold());
  std::vector<uint8_t> places;
  for (const uint8_t party : members) places.push_back(static_cast<uint8_t>(party + 1));
  mask_shares = secret_shares(own_mask, places, threshold());
  key_shares = secret_shares(mask_key, places, threshold());
  std::string out = commitment(terms.context, self(), own_mask);
  for (size_t i = 0; i < members.size(); ++i) {
    const SecureSumBox box{mask_shares[i].bytes, key_shares[i].bytes};
    if (members[i] == self()) {
      received[self()] = box;
      continue;
    }
    out += TRY(sealed(box, peers[members[i]].box, box_key, {self(), members[i]}));
  }
  return out;
}

Result<std::string> SecureSumClient::State::say_masked(std::string_view heard) {
  for (const auto& [party, bytes] : TRY(read_boxes(heard))) {
    const auto peer = peers.find(party);
    if (peer == peers.end() || party == self() || received.contains(party)) {
      return fail(ErrorCode::corrupt, "shares", "expected one box of each other client that showed keys");
    }
    received[party] = TRY(unsealed(bytes, peer->second.box, box_key, {party, self()}));
  }
  for (const auto& [party, box] : received) contributors.push_back(party);
  if (contributors.size() < threshold()) return too_few("shares", contributors.size(), threshold());
  add_mask(input, own_mask, +1);
  for (const uint8_t party : contributors) {
    if (party == self()) continue;
    SecureSumSecret seed = TRY(pairwise_seed(terms.context, mask_key, peers[party].mask, {self(), party}));
    add_mask(input, seed, party > self() ? +1 : -1);
    cipher::wipe_memory(seed.data(), seed.size());
  }
  return words_bytes(input);
}

Result<std::string> SecureSumClient::State::say_agreed(std::string_view heard) {
  survivors = TRY(read_parties(heard, terms.parties));
  if (!std::ranges::includes(contributors, survivors) || !std::ranges::binary_search(survivors, self())) {
    return fail(ErrorCode::corrupt, "survivors", "expected clients that shared their secrets, this one among them");
  }
  if (survivors.size() < threshold()) return too_few("masked vectors", survivors.size(), threshold());
  std::vector<SecureSumKeys> all;
  for (const auto& [party, one] : peers) all.push_back(one);
  agreement = agreement_statement(terms.context, written(all), contributors, survivors);
  return terms.signatory.sign(agreement);
}

// Two lists of survivors cannot both have as many signatures as the threshold asks.
Result<std::string> SecureSumClient::State::say_opened(std::string_view heard) {
  size_t signers = 0;
  for (const auto& [party, signature] : TRY(read_signatures(heard, terms.parties))) {
    if (!std::ranges::binary_search(survivors, party)) {
      return fail(ErrorCode::corrupt, "signatures", "expected survivors' signatures alone");
    }
    if (!terms.signatory.verifies(party, agreement, signature)) {
      return fail(
          ErrorCode::forbidden, "signature of party " + std::to_string(party),
          "expected it to agree on who is summed: with two lists of survivors the hub would unmask a single client");
    }
    ++signers;
  }
  if (signers < threshold()) return too_few("signatures", signers, threshold());
  std::string out;
  for (const uint8_t party : contributors) {
    const bool summed = std::ranges::binary_search(survivors, party);
    const SecureSumSecret& share = summed ? received[party].mask_share : received[party].key_share;
    out.append(reinterpret_cast<const char*>(share.data()), share.size());
  }
  return out;
}

}  // namespace puhui::federation
