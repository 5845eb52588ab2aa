// Matching by an oblivious pseudorandom function: the guest's ids go blinded to the host, come back evaluated, and are looked up among the
// host's tags. Semi-honest; points are checked as they come. What a host computes it computes once an epoch (oprf_tags.h).
#pragma once

#include <optional>
#include <vector>

#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/psi/oprf_tags.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

class OprfMatching final : public IdMatching {
 public:
  OprfMatching(const StageNeeds& needs, cipher::Kernel kernel) : needs_(needs), curve_(kernel) {}
  std::string_view name() const override { return "oprf"; }
  Result<std::vector<Match>> ask(const Bucket& bucket, Conversation& with) override;
  Result<void> answer(const Bucket& bucket, Conversation& with) override;

 private:
  const StageNeeds needs_;
  cipher::Curve25519 curve_;
  std::optional<OprfTags> tags_;  // a host's
};

}  // namespace puhui::federation
