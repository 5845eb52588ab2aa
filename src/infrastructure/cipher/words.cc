#include "infrastructure/cipher/words.h"

#include <sodium.h>

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::cipher {
namespace {

using Wide = unsigned __int128;

}  // namespace

SecretWords SecretWords::random(size_t count, size_t each) {
  CHECK(sodium_init() >= 0, "the system gives no randomness");
  SecretWords out(count, each);
  if (!out.data_.empty()) randombytes_buf(out.data_.data(), out.data_.size() * sizeof(uint64_t));
  return out;
}

uint64_t add_words(std::span<uint64_t> to, std::span<const uint64_t> what) {
  uint64_t carry = 0;
  for (size_t i = 0; i < to.size(); ++i) {
    const Wide sum = static_cast<Wide>(to[i]) + (i < what.size() ? what[i] : 0) + carry;
    to[i] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
  return carry;
}

uint64_t subtract_words(std::span<uint64_t> from, std::span<const uint64_t> what) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    const Wide rest = static_cast<Wide>(from[i]) - (i < what.size() ? what[i] : 0) - borrow;
    from[i] = static_cast<uint64_t>(rest);
    borrow = static_cast<uint64_t>(rest >> 64) & 1;
  }
  return borrow;
}

void choose_words(Mask mask, std::span<uint64_t> to, std::span<const uint64_t> what) {
  for (size_t i = 0; i < to.size(); ++i) to[i] ^= mask & (to[i] ^ what[i]);
}

void negate_words(Mask mask, std::span<uint64_t> value) {
  uint64_t carry = mask & 1;
  for (uint64_t& word : value) {
    const Wide sum = static_cast<Wide>(word ^ mask) + carry;
    word = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
}

void subtract_once(std::span<uint64_t> value, std::span<const uint64_t> modulus, std::span<uint64_t> scratch) {
  std::copy(value.begin(), value.end(), scratch.begin());
  const uint64_t borrow = subtract_words(scratch, modulus);
  choose_words(~mask_of(borrow), value, scratch);
}

void multiply_words(std::span<uint64_t> out, std::span<const uint64_t> a, std::span<const uint64_t> b) {
  std::fill(out.begin(), out.end(), 0);
  for (size_t i = 0; i < a.size() && i < out.size(); ++i) {
    uint64_t carry = 0;
    const size_t end = std::min(b.size(), out.size() - i);
    for (size_t j = 0; j < end; ++j) {
      const Wide sum = static_cast<Wide>(a[i]) * b[j] + out[i + j] + carry;
      out[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    if (i + end < out.size()) out[i + end] = carry;
  }
}

void bits_of(std::span<const uint64_t> value, size_t from, size_t count, std::span<uint64_t> out) {
  const auto word_at = [&](size_t place) { return place < value.size() ? value[place] : 0; };
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t place = from + 64 * i;
    const size_t shift = place % 64;
    uint64_t word = word_at(place / 64) >> shift;
    if (shift != 0) word |= word_at(place / 64 + 1) << (64 - shift);
    const size_t left = count > 64 * i ? count - 64 * i : 0;
    if (left < 64) word &= (uint64_t{1} << left) - 1;
    out[i] = word;
  }
}

// Newton: x ← x · (2 - odd · x) doubles the correct low bits; odd itself is right to 3.
SecretWords inverse_of_odd(std::span<const uint64_t> odd, size_t words) {
  CHECK(!odd.empty() && (odd[0] & 1) != 0, "only an odd number has an inverse modulo a power of two");
  SecretWords inverse(1, words), product(1, words), next(1, words);
  std::copy_n(odd.begin(), std::min(words, odd.size()), inverse.at(0).begin());
  const uint64_t two[] = {2};
  for (size_t right = 3; right < 64 * words; right *= 2) {
    multiply_words(product.at(0), odd, inverse.at(0));
    negate_words(~Mask{0}, product.at(0));
    add_words(product.at(0), two);
    multiply_words(next.at(0), inverse.at(0), product.at(0));
    std::swap(inverse, next);
  }
  return inverse;
}

// The size of the number has no bit from bits - 1 up.
Mask is_beyond(std::span<const uint64_t> value, size_t bits) {
  const Mask negative = mask_of(value.back() >> 63);
  uint64_t carry = negative & 1, beyond = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const Wide sum = static_cast<Wide>(value[i] ^ negative) + carry;
    carry = static_cast<uint64_t>(sum >> 64);
    const size_t low = 64 * i;  // bits of the magnitude below this word
    uint64_t outside = ~uint64_t{0};
    if (bits - 1 >= low + 64)
      outside = 0;
    else if (bits - 1 > low)
      outside <<= bits - 1 - low;
    beyond |= static_cast<uint64_t>(sum) & outside;
  }
  return mask_of(static_cast<uint64_t>(beyond != 0));
}

SecretWords words_of(const Natural& value, size_t words) {
  CHECK(value.words().size() <= words, "a number must fit its words");
  SecretWords out(1, words);
  std::copy(value.words().begin(), value.words().end(), out.at(0).begin());
  return out;
}

SecretWords to_words(const Modulus& modulus, const Residues& residues, size_t each) {
  SecretWords out(residues.count(), each);
  modulus.write_words(residues, out.all(), each);
  return out;
}

Residues to_residues(const Modulus& modulus, const SecretWords& values) {
  return modulus.read_words(values.all(), values.each());
}

}  // namespace puhui::cipher
