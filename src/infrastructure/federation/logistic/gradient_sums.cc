#include "infrastructure/federation/logistic/gradient_sums.h"

#include <sodium.h>

#include <bit>
#include <cstring>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

static_assert(std::endian::native == std::endian::little, "slots are written as bytes of words");

constexpr int64_t kSumMax = int64_t{1} << 46;  // 3 products of 2^20 rows, 127 and 2^17 each
constexpr size_t kTermsMax = 3;

// Slots of a column's sum: products of slots i and j meet in slot i + j; the one asked for is the middle one.
size_t slots_of(size_t terms) { return 2 * terms - 1; }
size_t words_of_sum(size_t terms) { return (kTermSlotBits * slots_of(terms) + 1 + 63) / 64; }

using Wide = __int128;  // a slot: 88 bits

Wide read_slot(const char* bytes) {
  unsigned __int128 out = 0;
  std::memcpy(&out, bytes, kTermSlotBytes);
  return static_cast<Wide>(out);
}

void add_at(std::span<uint64_t> words, int64_t value, size_t bit) {
  const auto wide = static_cast<unsigned __int128>(static_cast<Wide>(value)) << (bit % 64);
  const uint64_t sign = value < 0 ? ~uint64_t{0} : 0;
  unsigned __int128 carry = 0;
  for (size_t place = bit / 64, piece = 0; place < words.size(); ++place, ++piece) {
    const uint64_t more = piece == 0   ? static_cast<uint64_t>(wide)
                          : piece == 1 ? static_cast<uint64_t>(wide >> 64)
                                       : sign;
    carry += static_cast<unsigned __int128>(words[place]) + more;
    words[place] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

// Column by column the factors of square, score and value: pack_together then shifts value's sum highest, where each
// meets its own term in the middle slot.
std::vector<int32_t> flat_factors(TermFactors factors) {
  std::vector<int32_t> out;
  out.reserve(factors.each.size() * factors.terms);
  for (const RowFactors& f : factors.each) {
    if (factors.terms == kTermsMax) out.push_back(f.by_square), out.push_back(f.by_score);
    out.push_back(f.by_value);
  }
  return out;
}

// In every slot 2^46 + a number of 87 random bits: what it is added to stays below 2^88 and above 0, so no slot borrows.
cipher::Integers fresh_masks(size_t columns, size_t terms, std::string& middle) {
  cipher::Integers out(columns, words_of_sum(terms));
  const size_t slots = slots_of(terms);
  for (size_t j = 0; j < columns; ++j) {
    std::string bytes(out.words * 8, '\0');
    for (size_t k = 0; k < slots; ++k) {
      unsigned __int128 mask = 0;
      randombytes_buf(&mask, kTermSlotBytes);
      mask &= (static_cast<unsigned __int128>(1) << (kTermSlotBits - 1)) - 1;
      // The highest numbers would carry out with the offset on top: 2^87 + 2^46 is far below 2^88.
      mask += static_cast<unsigned __int128>(kSumMax);
      std::memcpy(bytes.data() + k * kTermSlotBytes, &mask, kTermSlotBytes);
    }
    std::memcpy(out.at(j).data(), bytes.data(), bytes.size());
    middle.append(bytes, (terms - 1) * kTermSlotBytes, kTermSlotBytes);
    sodium_memzero(bytes.data(), bytes.size());
  }
  return out;
}

}  // namespace

cipher::Integers packed_terms(std::span<const RowTerms> rows, size_t terms) {
  CHECK(terms == 1 || terms == kTermsMax, "a linear sigmoid has one term, a cubic three");
  cipher::Integers out(rows.size(), terms == 1 ? 1 : 3);
  for (size_t i = 0; i < rows.size(); ++i) {
    add_at(out.at(i), rows[i].value, 0);
    if (terms == 1) continue;
    CHECK(rows[i].square >= 0 && rows[i].square <= kTermSquareMax, "three slots fit three words");
    add_at(out.at(i), rows[i].score, kTermSlotBits);
    add_at(out.at(i), rows[i].square, 2 * kTermSlotBits);
  }
  return out;
}

Result<MaskedSums> masked_sums(const cipher::PublicKey& peer, const cipher::Ciphertexts& rows, TermFactors factors) {
  CHECK(factors.each.size() == rows.count() * factors.columns, "a factor a row and column");
  MaskedSums out;
  const std::vector<int32_t> flat = flat_factors(factors);
  const cipher::Ciphertexts each = TRY(peer.dot(rows, flat, factors.columns * factors.terms));
  out.sums = factors.terms == 1 ? each : peer.pack_together(each, factors.terms, kTermSlotBits);
  peer.add(out.sums, peer.encode(fresh_masks(factors.columns, factors.terms, out.masks)));
  peer.refresh(out.sums);
  return out;
}

Result<std::string> opened_sums(const cipher::SecretKey& key, const cipher::Ciphertexts& sums, size_t terms) {
  const size_t words = words_of_sum(terms);
  const cipher::Integers opened = TRY(key.decrypt(sums, words, kTermSlotBits * slots_of(terms) + 1));
  std::string out;
  for (size_t j = 0; j < opened.count(); ++j) {
    const std::span<const uint64_t> number = opened.at(j);
    if (number[words - 1] >> 63 != 0) {
      return fail(ErrorCode::corrupt, "sum " + std::to_string(j + 1),
                  "expected a masked sum of 0 or more, came a negative one; the peer broke the protocol");
    }
    std::string bytes(words * 8, '\0');
    std::memcpy(bytes.data(), number.data(), bytes.size());
    out.append(bytes, (terms - 1) * kTermSlotBytes, kTermSlotBytes);
  }
  return out;
}

Result<std::vector<int64_t>> unmasked(std::string_view opened, std::string_view masks) {
  if (opened.size() != masks.size()) {
    return fail(ErrorCode::corrupt, "opened sums",
                "expected " + std::to_string(masks.size()) + " bytes, came " + std::to_string(opened.size()));
  }
  std::vector<int64_t> out;
  for (size_t at = 0; at < masks.size(); at += kTermSlotBytes) {
    const Wide sum = read_slot(opened.data() + at) - read_slot(masks.data() + at);
    if (sum > kSumMax || sum < -kSumMax) {
      return fail(ErrorCode::corrupt, "opened sum " + std::to_string(at / kTermSlotBytes + 1),
                  "expected a sum below 2^46 in size, came a larger one; the peer broke the protocol");
    }
    out.push_back(static_cast<int64_t>(sum));
  }
  return out;
}

}  // namespace puhui::federation
