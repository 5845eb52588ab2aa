// What the holder of the factors does with them: residues modulo two coprime numbers joined into one (Garner), a ciphertext's
// plaintext modulo one prime. Internal to the additive ciphers.
// Timing: constant for a key; making them is not.
#pragma once

#include "infrastructure/cipher/modulus.h"
#include "infrastructure/cipher/natural.h"
#include "infrastructure/cipher/words.h"

namespace puhui::cipher {

// A modulus of our own numbers, never a peer's: CHECKs.
Modulus modulus_of(const Natural& value, Kernel kernel);

// x from x mod a and x mod b. Needs b < 2a.
class CoprimePair {
 public:
  CoprimePair(const Natural& a, const Natural& b, Kernel kernel);
  const Modulus& a() const { return a_; }
  const Modulus& b() const { return b_; }
  size_t words() const { return words_; }  // of the joined
  SecretWords join(const Residues& modulo_a, const Residues& modulo_b) const;

 private:
  Modulus a_, b_;
  SecretWords a_words_, b_words_;
  Residues b_inverse_;  // modulo a
  size_t words_;
};

// Modulo p² the numbers that are 1 modulo p are (1 + p)^k: k is what a ciphertext raised to p - 1 says (Paillier 1999, Okamoto and
// Uchiyama 1998), in units of the plaintext base's own.
class PrimeSide {
 public:
  // `generator`: the base of plaintexts, modulo p². CHECKs that p divides its order.
  PrimeSide(const Natural& prime, const Natural& generator, Kernel kernel);
  const Modulus& prime() const { return prime_; }
  // Of canonical ciphertexts, `words` each: the plaintexts modulo p.
  Residues plaintexts(const SecretWords& ciphertexts) const;

 private:
  Residues reduce(const SecretWords& values) const;     // modulo p²
  SecretWords quotients(const Residues& powers) const;  // (x - 1) / p, for x = 1 modulo p

  Modulus square_, prime_;
  Natural exponent_;           // p - 1
  SecretWords prime_inverse_;  // 1/p modulo 2^(64 · words of p)
  Residues chunk_base_;        // 2^chunk_bits modulo p²
  Residues unit_inverse_;      // modulo p: one over what the generator says
  size_t chunk_bits_;
};

}  // namespace puhui::cipher
