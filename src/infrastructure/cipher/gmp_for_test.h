// Oracle: GMP's integers, which tests and benches hold ours against; the program does not link it.
#pragma once

#include <gmp.h>

#include "ground/base/random.h"
#include "infrastructure/cipher/natural.h"

namespace puhui::cipher {

class Oracle {
 public:
  Oracle() { mpz_init(value_); }
  explicit Oracle(uint64_t value) { mpz_init_set_ui(value_, value); }
  explicit Oracle(const Natural& value) : Oracle() {
    const auto words = value.words();
    mpz_import(value_, words.size(), -1, sizeof(uint64_t), 0, 0, words.data());
  }
  Oracle(const Oracle& other) { mpz_init_set(value_, other.value_); }
  Oracle& operator=(const Oracle& other) {
    mpz_set(value_, other.value_);
    return *this;
  }
  ~Oracle() { mpz_clear(value_); }

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  Natural natural() const {
    std::vector<uint64_t> words((mpz_sizeinbase(value_, 2) + 63) / 64);
    mpz_export(words.data(), nullptr, -1, sizeof(uint64_t), 0, 0, value_);
    return Natural::from_words(words);
  }
  // The canonical bytes of a residue.
  std::string bytes(size_t length) const { return natural().bytes(length); }

 private:
  mpz_t value_;
};

// Exactly `bits` bits, from a stream with a seed, so that a failure can be repeated.
inline Natural drawn(RandomStream& random, size_t bits) {
  std::vector<uint64_t> words((bits + 63) / 64);
  for (uint64_t& word : words) word = random.next();
  if (bits % 64 != 0) words.back() &= (uint64_t{1} << (bits % 64)) - 1;
  words[(bits - 1) / 64] |= uint64_t{1} << ((bits - 1) % 64);
  return Natural::from_words(words);
}

inline Natural drawn_odd(RandomStream& random, size_t bits) {
  const Natural even_or_odd = drawn(random, bits);
  return even_or_odd.is_odd() ? even_or_odd : even_or_odd + Natural(1);
}

}  // namespace puhui::cipher
