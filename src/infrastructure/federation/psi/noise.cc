#include "infrastructure/federation/psi/noise.h"

#include <sodium.h>

#include "ground/base/check.h"

namespace puhui::federation {

NoiseSeed fresh_noise_seed() {
  NoiseSeed seed;
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

SecretBits::SecretBits(const NoiseSeed& seed, uint64_t stream) {
  crypto_generichash(key_.data(), key_.size(), reinterpret_cast<const unsigned char*>(&stream), sizeof stream,
                     seed.data(), seed.size());
}

void SecretBits::refill() {
  NoiseSeed of_block;
  crypto_generichash(of_block.data(), of_block.size(), reinterpret_cast<const unsigned char*>(&block_), sizeof block_,
                     key_.data(), key_.size());
  randombytes_buf_deterministic(words_.data(), sizeof words_, of_block.data());
  ++block_;
  next_ = 0;
}

uint64_t SecretBits::bits64() {
  if (next_ == words_.size()) refill();
  return words_[next_++];
}

// Bits above the bound's are masked off and what is too large drawn again: no bias at all.
Wide SecretBits::below(Wide bound) {
  CHECK(bound > 0, "there is a number below the bound");
  Wide mask = bound - 1;
  for (unsigned shift = 1; shift < 128; shift *= 2) mask |= mask >> shift;
  for (;;) {
    const Wide high = bits64();
    const Wide drawn = (high << 64 | bits64()) & mask;
    if (drawn < bound) return drawn;
  }
}

// exp(-g) as the chance that the first failure of "g / k" for k = 1, 2, … comes at an odd k.
bool chance_exp(SecretBits& bits, Wide numerator, Wide denominator) {
  CHECK(numerator <= denominator && denominator > 0, "the exponent lies from 0 to 1");
  Wide k = 1;
  while (bits.below(denominator * k) < numerator) ++k;
  return k % 2 == 1;
}

int64_t discrete_laplace(SecretBits& bits, uint64_t numerator, Wide denominator) {
  CHECK(numerator > 0 && denominator > 0 && denominator >> 66 == 0, "the scale is within bounds");
  for (;;) {
    const Wide first = bits.below(denominator);
    if (!chance_exp(bits, first, denominator)) continue;
    Wide rest = 0;
    while (chance_exp(bits, 1, 1)) ++rest;
    const Wide size = (first + denominator * rest) / numerator;
    const bool negative = (bits.bits64() & 1) != 0;
    if (negative && size == 0) continue;
    CHECK(size >> 62 == 0, "noise beyond 2^62 does not come");
    return negative ? -static_cast<int64_t>(size) : static_cast<int64_t>(size);
  }
}

}  // namespace puhui::federation
