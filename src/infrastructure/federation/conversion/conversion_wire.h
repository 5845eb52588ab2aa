// What advertiser and platform say to each other once the keys are matched: message kinds, masked sums and their readers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/conversion/conversion_plan.h"

namespace puhui::federation {

enum : uint16_t {
  kConversionPoints = kConversionKinds + 1,  // masked once
  kConversionTags,                           // of what was masked twice, shuffled inside its band
  kConversionKey,                            // advertiser: its key of this step
  kConversionLabels,                         // advertiser: a block of encrypted labels, by place
  kConversionSums,                           // platform: masked sums
  kConversionOpened,                         // advertiser: the same, opened and noised, still masked
  kConversionReported,                       // platform: what both learn; empty after training
};

inline constexpr size_t kConversionBlockPlaces = 4096;
inline constexpr size_t kConversionKeyBytesMax = 64 << 10;
inline constexpr size_t kConversionShareBytes = kConversionSlotBits / 8;
// Sums are below 2^60 in size; masks of 112 bits hide them up to 2^-52.
inline constexpr int kConversionMaskBits = 112, kConversionSumBitsMax = 60;

cipher::Slots conversion_slots(size_t slots);

// `corrupt` unless it is a key of the job's scheme and size whose plaintexts hold the slots.
Result<cipher::PublicKey> read_conversion_key(std::string_view bytes, const CipherTerms& terms, cipher::Kernel kernel);
Result<cipher::SecretKey> make_conversion_key(const CipherTerms& terms, cipher::Kernel kernel);

// The platform lays masks over its sums and gets them back opened and noised.
struct ConversionMasked {
  std::string bytes;
  std::vector<Wide> masks;  // sums × slots
};
ConversionMasked mask_conversion_sums(const cipher::PublicKey& key, cipher::Ciphertexts sums, size_t slots);
// `corrupt`: another size, or a sum beyond any that there can be.
Result<std::vector<int64_t>> unmask_conversion_sums(std::string_view opened, std::span<const Wide> masks);

// The advertiser's: what came, opened; a number modulo 2^128 a sum and slot. `corrupt`: no ciphertexts, or out of range.
Result<std::vector<Wide>> open_conversion_sums(const cipher::SecretKey& key, std::string_view bytes, size_t slots);
std::string write_conversion_shares(std::span<const Wide> shares);

}  // namespace puhui::federation
