#include "ground/base/random.h"

#include <cmath>

namespace puhui {

std::array<uint32_t, 4> philox4x32_10(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += 0x9E3779B9;
    k[1] += 0xBB67AE85;
  }
  return c;
}

uint64_t Random::draw(uint64_t run, uint64_t row, uint64_t step) const {
  const auto out = philox4x32_10({static_cast<uint32_t>(step), static_cast<uint32_t>(run), static_cast<uint32_t>(row),
                                  static_cast<uint32_t>(row >> 32)},
                                 {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
  return uint64_t{out[1]} << 32 | out[0];
}

double RandomStream::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double RandomStream::normal() {
  const double u = 1.0 - uniform();  // (0, 1]: the logarithm must not see 0
  const double v = uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * M_PI * v);
}

uint64_t RandomStream::below(uint64_t bound) {
  // Lemire's multiply-and-reject (2019).
  for (;;) {
    const unsigned __int128 product = static_cast<unsigned __int128>(next()) * bound;
    const uint64_t low = static_cast<uint64_t>(product);
    if (low >= bound || low >= (0 - bound) % bound) return static_cast<uint64_t>(product >> 64);
  }
}

}  // namespace puhui
