// Shamir's sharing of a 32-byte secret, byte by byte over GF(2^8): any `threshold` shares give it back, fewer tell nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace puhui::federation {

using SecureSumSecret = std::array<uint8_t, 32>;

struct SecureSumShare {
  uint8_t place = 0;  // where the polynomial was evaluated: 1 to 255
  SecureSumSecret bytes{};
};

// One share a place; places are distinct and not 0, 1 <= threshold <= places (CHECKed). Randomness is the system's.
// Timing: does not hang on the secret; it does on places and threshold.
std::vector<SecureSumShare> secret_shares(const SecureSumSecret& secret, std::span<const uint8_t> places,
                                          size_t threshold);
// The secret, of exactly `threshold` shares at distinct places (CHECKed). Shares that are none give another secret.
SecureSumSecret joined_secret(std::span<const SecureSumShare> shares);

}  // namespace puhui::federation
