// The hub in a round of secure summing: relays, adds up, and takes away the masks that the clients open.
#include <sodium.h>

#include <algorithm>
#include <map>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/cipher/wiping.h"
#include "infrastructure/federation/horizontal/secure_sum_wire.h"

namespace puhui::federation {

struct SecureSumHub::State {
  const SecureSumTerms terms;
  std::vector<uint8_t> in;                // heard in the phase closed last; ascending
  std::vector<uint8_t> heard;             // in this phase
  std::map<uint8_t, SecureSumKeys> keys;  // who had keys
  std::vector<uint8_t> members, contributors, summed;
  std::map<uint8_t, std::string> commitments;
  std::map<uint8_t, std::map<uint8_t, std::string>> boxes;  // to whom, from whom
  std::vector<uint64_t> sums;
  std::map<uint8_t, std::string> signatures;
  std::map<uint8_t, std::vector<SecureSumShare>> shares;  // of whose secret

  size_t threshold() const { return secure_sum_threshold(members.size(), terms.clients_min); }
  Result<void> take_keys(uint8_t party, std::string_view bytes);
  Result<void> take_shares(uint8_t party, std::string_view bytes);
  Result<void> take_masked(std::string_view bytes);
  Result<void> take_opened(uint8_t party, std::string_view bytes);
  Result<void> unmask();
  Result<void> unmask(uint8_t party, SecureSumSecret& secret);
};

SecureSumHub::SecureSumHub(const SecureSumTerms& terms) : state_(new State{.terms = terms}) {
  CHECK(terms.parties <= kPartiesMax && terms.words <= kSecureSumWordsMax, "a round within its limits");
  CHECK(sodium_init() >= 0, "the system gives no randomness");
  for (size_t party = 0; party < terms.parties; ++party) state_->in.push_back(static_cast<uint8_t>(party));
  state_->sums.assign(terms.words, 0);
}
SecureSumHub::~SecureSumHub() = default;

bool SecureSumHub::is_in(size_t party) const {
  return std::ranges::binary_search(state_->in, static_cast<uint8_t>(party));
}

Result<void> SecureSumHub::take(SecureSumPhase phase, size_t place, std::string_view bytes) {
  CHECK(is_in(place), "who missed a phase is out");
  const auto party = static_cast<uint8_t>(place);
  const auto taken = [&]() -> Result<void> {
    switch (phase) {
      case SecureSumPhase::keys: return state_->take_keys(party, bytes);
      case SecureSumPhase::shares: return state_->take_shares(party, bytes);
      case SecureSumPhase::masked: return state_->take_masked(bytes);
      case SecureSumPhase::agreed: return state_->signatures[party] = std::string(bytes), Result<void>{};
      case SecureSumPhase::opened: return state_->take_opened(party, bytes);
    }
    return {};
  }();
  if (!taken) return fail(at("party " + std::to_string(place), taken.error()));
  state_->heard.push_back(party);
  return {};
}

Result<void> SecureSumHub::State::take_keys(uint8_t party, std::string_view bytes) {
  std::vector<SecureSumKeys> one = TRY(read_keys(bytes, terms.parties));
  if (one.size() != 1 || one[0].party != party) return fail(ErrorCode::corrupt, "keys", "expected the client's own");
  keys[party] = std::move(one[0]);
  return {};
}

Result<void> SecureSumHub::State::take_shares(uint8_t party, std::string_view bytes) {
  const size_t expected = 32 + (members.size() - 1) * kSecureSumBoxBytes;
  if (bytes.size() != expected) {
    return fail(ErrorCode::corrupt, "shares",
                "expected " + std::to_string(expected) + " bytes, came " + std::to_string(bytes.size()));
  }
  commitments[party] = std::string(bytes.substr(0, 32));
  size_t place = 32;
  for (const uint8_t to : members) {
    if (to == party) continue;
    boxes[to][party] = std::string(bytes.substr(place, kSecureSumBoxBytes));
    place += kSecureSumBoxBytes;
  }
  return {};
}

Result<void> SecureSumHub::State::take_masked(std::string_view bytes) {
  const std::vector<uint64_t> words = TRY(read_words(bytes, terms.words));
  for (size_t i = 0; i < words.size(); ++i) sums[i] += words[i];
  return {};
}

Result<void> SecureSumHub::State::take_opened(uint8_t party, std::string_view bytes) {
  if (bytes.size() != contributors.size() * 32) {
    return fail(
        ErrorCode::corrupt, "opened shares",
        "expected " + std::to_string(contributors.size()) + " shares, came " + std::to_string(bytes.size()) + " bytes");
  }
  for (size_t i = 0; i < contributors.size(); ++i) {
    SecureSumShare share{static_cast<uint8_t>(party + 1), {}};
    std::ranges::copy(bytes.substr(32 * i, 32), share.bytes.begin());
    auto& of = shares[contributors[i]];
    if (of.size() < threshold()) of.push_back(share);
  }
  return {};
}

Result<void> SecureSumHub::close(SecureSumPhase phase) {
  std::ranges::sort(state_->heard);
  state_->in = std::exchange(state_->heard, {});
  if (phase == SecureSumPhase::keys) state_->members = state_->in;
  if (phase == SecureSumPhase::shares) state_->contributors = state_->in;
  if (phase == SecureSumPhase::masked) state_->summed = state_->in;
  if (state_->in.size() < state_->threshold()) return too_few("secure sum", state_->in.size(), state_->threshold());
  return phase == SecureSumPhase::opened ? state_->unmask() : Result<void>{};
}

Result<void> SecureSumHub::State::unmask() {
  for (const uint8_t party : contributors) {
    SecureSumSecret secret = joined_secret(shares[party]);
    const auto done = unmask(party, secret);
    cipher::wipe_memory(secret.data(), secret.size());
    TRY(done);
  }
  return {};
}

// A summed client's own mask; or, of one that was lost after it had shared, its pairwise masks with those who are summed.
Result<void> SecureSumHub::State::unmask(uint8_t party, SecureSumSecret& secret) {
  const auto wrong = [&] {
    return fail(
        ErrorCode::corrupt, "opened shares",
        "expected the secret that party " + std::to_string(party) + " was bound to; a client opened a wrong share");
  };
  if (std::ranges::binary_search(summed, party)) {
    if (commitment(terms.context, party, secret) != commitments[party]) return wrong();
    add_mask(sums, secret, -1);
    return {};
  }
  SecureSumSecret shown{};
  crypto_scalarmult_base(shown.data(), secret.data());
  if (shown != keys[party].mask) return wrong();
  for (const uint8_t other : summed) {
    SecureSumSecret seed = TRY(pairwise_seed(terms.context, secret, keys[other].mask, {party, other}));
    add_mask(sums, seed, party > other ? -1 : +1);  // what `other` did, taken back
    cipher::wipe_memory(seed.data(), seed.size());
  }
  return {};
}

std::string SecureSumHub::survivors() const { return {state_->summed.begin(), state_->summed.end()}; }

std::string SecureSumHub::answer(SecureSumPhase phase, size_t party) const {
  const State& state = *state_;
  switch (phase) {
    case SecureSumPhase::keys: {
      std::vector<SecureSumKeys> all;
      for (const auto& [place, keys] : state.keys) all.push_back(keys);
      return written(all);
    }
    case SecureSumPhase::shares: {
      ByteWriter out;
      for (const auto& [from, box] : state.boxes.at(static_cast<uint8_t>(party))) {
        if (!std::ranges::binary_search(state.contributors, from)) continue;
        out.u8(from);
        out.raw(box);
      }
      return out.take();
    }
    case SecureSumPhase::masked: return survivors();
    case SecureSumPhase::agreed: return written(state.signatures);
    case SecureSumPhase::opened: return secure_sum_bytes({state.sums, state.summed});
  }
  return {};
}

}  // namespace puhui::federation
