// The guest of a measuring: encrypts labels and columns, decrypts sums of them by bins and products, and answers IV and correlation.
#pragma once

#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/measures/measures_party.h"
#include "infrastructure/federation/measures/measures_wire.h"
#include "infrastructure/models/binning.h"

namespace puhui::federation {

void check_measured_labels(const PartyData& data, Faults& faults);

class MeasuresGuest final : public MeasuresParty {
 public:
  explicit MeasuresGuest(const StageNeeds& needs) : MeasuresParty(needs) {}

 private:
  Result<void> weigh_bins(Conversation& with) override;
  Result<void> correlate(Conversation& with) override;
  Result<void> make_key();
  Result<void> send_key(Conversation& with);
  Result<void> send_labels(Conversation& with);
  Result<void> send_values(Conversation& with, size_t first, size_t last);
  Result<void> take_bins(Conversation& with, size_t host);
  Result<void> take_products(Conversation& with, size_t host);
  Result<std::vector<int64_t>> opened(const std::string& bytes, cipher::Slots slots, size_t count, size_t host) const;
  void add_weighed(size_t party, const std::string& column, const std::vector<uint64_t>& rows,
                   const std::vector<uint64_t>& bads, std::vector<int64_t>* told);

  std::optional<cipher::SecretKey> key_;
};

}  // namespace puhui::federation
