// Clients of a secure sum in one process, message by message, and signatories that know each other.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "infrastructure/evidence/signing.h"
#include "infrastructure/federation/horizontal/secure_sum.h"

namespace puhui::federation {

class SecureSumTestSignatory final : public Signatory {
 public:
  SecureSumTestSignatory(const std::vector<evidence::SigningKey>& keys, size_t self) : keys_(keys), self_(self) {}
  std::string sign(std::string_view bytes) const override {
    const evidence::Signature signature = keys_[self_].sign(bytes);
    return {signature.bytes.begin(), signature.bytes.end()};
  }
  bool verifies(size_t party, std::string_view bytes, std::string_view signature) const override {
    evidence::Signature read;
    if (party >= keys_.size() || signature.size() != read.bytes.size()) return false;
    std::ranges::copy(signature, read.bytes.begin());
    return evidence::verifies(keys_[party].public_key(), bytes, read);
  }

 private:
  const std::vector<evidence::SigningKey>& keys_;
  size_t self_;
};

struct SecureSumParties {
  std::vector<evidence::SigningKey> keys;
  std::vector<SecureSumTestSignatory> signatories;
  std::vector<std::vector<uint64_t>> inputs;
  size_t clients_min = 3;

  explicit SecureSumParties(size_t count, size_t words = 5) {
    for (size_t i = 0; i < count; ++i) keys.push_back(evidence::SigningKey::make());
    for (size_t i = 0; i < count; ++i) signatories.emplace_back(keys, i);
    for (size_t i = 0; i < count; ++i) {
      inputs.emplace_back();
      for (size_t j = 0; j < words; ++j) inputs.back().push_back(i * 1000 + j - 700);
    }
  }
  SecureSumTerms terms(size_t self) const {
    return {.context = "test, round 1",
            .parties = keys.size(),
            .self = self,
            .clients_min = clients_min,
            .words = inputs[0].size(),
            .signatory = signatories[self]};
  }
  std::vector<uint64_t> sum_of(const std::set<size_t>& parties) const {
    std::vector<uint64_t> out(inputs[0].size(), 0);
    for (const size_t party : parties) {
      for (size_t j = 0; j < out.size(); ++j) out[j] += inputs[party][j];
    }
    return out;
  }
};

// May change what a client says or what the hub answers it; false: it went away before it said that.
struct SecureSumTampering {
  std::function<bool(SecureSumPhase, size_t party, std::string& bytes)> said = [](SecureSumPhase, size_t,
                                                                                  std::string&) { return true; };
  std::function<void(SecureSumPhase, size_t party, std::string& bytes)> answered = [](SecureSumPhase, size_t,
                                                                                      std::string&) {};
};

// What the clients said, phase by phase, and the sum.
inline Result<SecureSum> relay(const SecureSumParties& all, const SecureSumTampering& tampering = {}) {
  const size_t count = all.keys.size();
  std::vector<std::unique_ptr<SecureSumClient>> clients;
  for (size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<SecureSumClient>(all.terms(i), all.inputs[i]));
  SecureSumHub hub(all.terms(0));
  std::vector<std::string> heard(count);
  for (size_t phase = 0; phase < kSecureSumPhases; ++phase) {
    const auto at = static_cast<SecureSumPhase>(phase);
    for (size_t i = 0; i < count; ++i) {
      if (!hub.is_in(i)) continue;
      std::string said = TRY(clients[i]->say(at, heard[i]));
      if (tampering.said(at, i, said)) TRY(hub.take(at, i, said));
    }
    TRY(hub.close(at));
    for (size_t i = 0; i < count; ++i) {
      if (!hub.is_in(i)) continue;
      heard[i] = hub.answer(at, i);
      tampering.answered(at, i, heard[i]);
    }
  }
  return read_secure_sum(heard[0], all.inputs[0].size(), count);
}

}  // namespace puhui::federation
