// A host of a measuring: adds encrypted labels up by its bins and multiplies encrypted columns by its own, and sees neither.
#pragma once

#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/measures/measures_party.h"
#include "infrastructure/federation/measures/measures_wire.h"

namespace puhui::federation {

class MeasuresHost final : public MeasuresParty {
 public:
  explicit MeasuresHost(const StageNeeds& needs) : MeasuresParty(needs) {}

 private:
  Result<void> weigh_bins(Conversation& with) override;
  Result<void> correlate(Conversation& with) override;
  Result<void> take_key(Conversation& with);
  Result<cipher::Ciphertexts> block(Conversation& with, uint16_t kind, size_t rows) const;
  Result<cipher::Ciphertexts> label_sums(Conversation& with) const;
  Result<cipher::Ciphertexts> product_sums(Conversation& with) const;

  std::optional<cipher::PublicKey> key_;
};

}  // namespace puhui::federation
