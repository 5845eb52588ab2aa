// Noise for differential privacy, drawn exactly: integers only, from a secret seed, by the method of Canonne, Kamath and Steinke (2020).
// A double's logarithm would leave gaps in what can come out, and the gaps tell the number under the noise.
#pragma once

#include <array>
#include <cstdint>

namespace puhui::federation {

__extension__ using Wide = unsigned __int128;

using NoiseSeed = std::array<uint8_t, 32>;
NoiseSeed fresh_noise_seed();

// Uniform bits of a seed and a number: the same again after a break, so that nobody sees two draws of one noise.
class SecretBits {
 public:
  SecretBits(const NoiseSeed& seed, uint64_t stream);
  uint64_t bits64();
  Wide below(Wide bound);  // uniform in [0, bound); bound > 0

 private:
  void refill();
  NoiseSeed key_;
  uint64_t block_ = 0;
  std::array<uint64_t, 32> words_{};
  size_t next_ = 32;
};

// A probability exp(-numerator / denominator); numerator <= denominator.
bool chance_exp(SecretBits& bits, Wide numerator, Wide denominator);

// P(x) is proportional to exp(-|x| · numerator / denominator): scale denominator / numerator; denominator below 2^66.
int64_t discrete_laplace(SecretBits& bits, uint64_t numerator, Wide denominator);

}  // namespace puhui::federation
