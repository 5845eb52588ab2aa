// Counter-based random numbers: draw(run, row, step) is a pure function, so the same draw comes on any
// thread, in any order. Philox4x32-10 (Salmon et al., SC'11); random_test.cc holds its known answers.
#pragma once

#include <array>
#include <cstdint>

namespace puhui {

std::array<uint32_t, 4> philox4x32_10(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Random {
 public:
  explicit Random(uint64_t seed) : seed_(seed) {}
  // Uniform over all 64-bit values. `run` uses its low 32 bits, `step` its low 32 bits.
  uint64_t draw(uint64_t run, uint64_t row, uint64_t step) const;
  uint64_t seed() const { return seed_; }

 private:
  uint64_t seed_;
};

// The draws of one (run, row), in step order.
class RandomStream {
 public:
  RandomStream(Random random, uint64_t run, uint64_t row) : random_(random), run_(run), row_(row) {}
  uint64_t next() { return random_.draw(run_, row_, step_++); }
  double uniform();                // [0, 1), 53 bits
  double normal();                 // mean 0, standard deviation 1 (Box-Muller, two draws each)
  uint64_t below(uint64_t bound);  // [0, bound) without bias; bound > 0
  bool chance(double probability) { return uniform() < probability; }

 private:
  Random random_;
  uint64_t run_, row_, step_ = 0;
};

}  // namespace puhui
