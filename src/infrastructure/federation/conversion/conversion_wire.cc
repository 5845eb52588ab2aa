#include "infrastructure/federation/conversion/conversion_wire.h"

#include <sodium.h>

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::federation {

namespace {

std::string_view scheme_name(cipher::Scheme scheme) {
  return names_of(static_cast<cipher::Scheme*>(nullptr))[static_cast<size_t>(scheme)];
}

}  // namespace

cipher::Slots conversion_slots(size_t slots) { return {.width_bits = kConversionSlotBits, .count = slots}; }

Result<cipher::PublicKey> read_conversion_key(std::string_view bytes, const CipherTerms& terms, cipher::Kernel kernel) {
  auto key = TRY(cipher::PublicKey::parse(bytes, kernel));
  if (scheme_name(key.scheme()) != terms.scheme || key.bits() != static_cast<size_t>(terms.key_bits)) {
    return fail(ErrorCode::corrupt, "key",
                "expected " + terms.scheme + " with " + std::to_string(terms.key_bits) + " bits, came " +
                    std::string(scheme_name(key.scheme())) + " with " + std::to_string(key.bits()));
  }
  CHECK(key.plaintext_bits() > 2 * kConversionSlotBits + 1, "a key of 2048 bits holds two slots");
  return key;
}

Result<cipher::SecretKey> make_conversion_key(const CipherTerms& terms, cipher::Kernel kernel) {
  const auto names = names_of(static_cast<cipher::Scheme*>(nullptr));
  const auto found = std::ranges::find(names, terms.scheme);
  if (found == names.end()) return fail(ErrorCode::invalid, "cipher/scheme", "no such scheme");
  return cipher::SecretKey::make(static_cast<cipher::Scheme>(found - names.begin()),
                                 static_cast<size_t>(terms.key_bits), kernel);
}

ConversionMasked mask_conversion_sums(const cipher::PublicKey& key, cipher::Ciphertexts sums, size_t slots) {
  ConversionMasked out;
  cipher::Integers masks(sums.count(), conversion_slots(slots).words());
  for (size_t i = 0; i < sums.count(); ++i) {
    for (size_t slot = 0; slot < slots; ++slot) {
      uint64_t random[2];
      randombytes_buf(random, sizeof random);
      // The highest bit stands, so that no sum makes it negative and borrows from the slot above.
      const uint64_t top = uint64_t{1} << (kConversionMaskBits - 64);
      random[1] = (random[1] & (top - 1)) | top;
      masks.at(i)[2 * slot] = random[0], masks.at(i)[2 * slot + 1] = random[1];
      out.masks.push_back(Wide{random[0]} | Wide{random[1]} << 64);
    }
  }
  key.add(sums, key.encode(masks));
  key.refresh(sums);
  key.write(sums, out.bytes);
  return out;
}

Result<std::vector<int64_t>> unmask_conversion_sums(std::string_view opened, std::span<const Wide> masks) {
  if (opened.size() != masks.size() * kConversionShareBytes) {
    return fail(ErrorCode::corrupt, "opened sums",
                "expected " + std::to_string(masks.size() * kConversionShareBytes) + " bytes, came " +
                    std::to_string(opened.size()));
  }
  std::vector<int64_t> out;
  ByteReader in(opened);
  for (const Wide mask : masks) {
    const Wide low = in.u64();
    const Wide sum = (low | Wide{in.u64()} << 64) - mask;
    constexpr Wide kMost = Wide{1} << kConversionSumBitsMax;
    if (sum + kMost > 2 * kMost) {
      return fail(ErrorCode::corrupt, "opened sum " + std::to_string(out.size() + 1),
                  "expected a sum below 2^60 in size, came a larger one; the peer broke the protocol");
    }
    out.push_back(static_cast<int64_t>(static_cast<uint64_t>(sum)));
  }
  return out;
}

Result<std::vector<Wide>> open_conversion_sums(const cipher::SecretKey& key, std::string_view bytes, size_t slots) {
  const cipher::Slots form = conversion_slots(slots);
  const auto sums = TRY(key.public_key().read(bytes));
  if (sums.count() == 0) return std::vector<Wide>{};
  const auto opened = TRY(key.decrypt(sums, form.words(), kConversionSlotBits * slots));
  const auto parts = TRY(cipher::unpack_wide(opened, form, 2));
  std::vector<Wide> out;
  for (size_t i = 0; i < parts.data.size(); i += 2) out.push_back(Wide{parts.data[i]} | Wide{parts.data[i + 1]} << 64);
  return out;
}

std::string write_conversion_shares(std::span<const Wide> shares) {
  ByteWriter out;
  for (const Wide share : shares) out.u64(static_cast<uint64_t>(share)), out.u64(static_cast<uint64_t>(share >> 64));
  return out.take();
}

}  // namespace puhui::federation
