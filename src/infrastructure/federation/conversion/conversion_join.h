// How clicks and conversions meet, a bucket at a time: both mask and shuffle, so that the advertiser learns which masked places of the
// platform converted but neither whose click a place is nor which of its keys met, and the platform learns nothing. Only keys that converted
// are brought; the rest of the advertiser's places is padding, and dummies blur how many meet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/conversion/conversion_plan.h"
#include "infrastructure/federation/party_data.h"
#include "infrastructure/federation/psi/matching_terms.h"

namespace puhui::federation {

inline constexpr uint32_t kConversionNoRow = UINT32_MAX;

// The advertiser's conversions in bands of like value, because what comes back is told apart by band alone: a conversion counts with the mean of
// its band. One band where there are no values.
struct ConversionBands {
  static constexpr uint8_t kNone = 255;
  std::vector<uint8_t> of_row;  // kNone: did not convert
  std::vector<int64_t> value;   // a band's mean, ConversionPlan::fixed_value
  ConversionBands(const ConversionPlan& plan, const PartyData& data);
};

class ConversionJoin {
 public:
  // All outlive it.
  ConversionJoin(const ConversionPlan& plan, const MatchingTerms& terms, size_t self, cipher::Kernel kernel)
      : plan_(plan), terms_(terms), self_(self), curve_(kernel) {}

  size_t band_places() const;  // the advertiser's
  size_t advertiser_places() const { return band_places() * plan_.bands; }
  size_t click_places() const;  // the platform's

  // The advertiser's side: of every place of the platform 0, or 1 + the band of what converted there.
  Result<std::vector<uint8_t>> ask(uint64_t bucket, const PartyData& data, const ConversionBands& bands,
                                   Conversation& with) const;
  // The platform's.
  Result<void> answer(uint64_t bucket, const PartyData& data, const NoiseSeed& seed, Conversation& with) const;
  // The platform's row at every place, or kConversionNoRow: the same again after a break. `conflict`: the bucket overflows.
  Result<std::vector<uint32_t>> rows_at_places(uint64_t bucket, const PartyData& data, const NoiseSeed& seed) const;

 private:
  struct Items;
  Result<Items> own_items(uint64_t bucket, const PartyData& data, const ConversionBands& bands) const;
  Result<Items> click_items(uint64_t bucket, const PartyData& data, const NoiseSeed& seed) const;
  Result<std::vector<uint32_t>> rows_in(uint64_t bucket, const PartyData& data) const;
  Bucket bucket_of_items(const Items& items, uint64_t number) const;
  size_t tag_bytes() const;
  std::string shuffled_tags(const std::string& tags) const;

  const ConversionPlan& plan_;
  const MatchingTerms& terms_;
  size_t self_;
  cipher::Curve25519 curve_;
};

}  // namespace puhui::federation
