// What a public key of the additive ciphers is made of; its owner builds on it. Internal to them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "infrastructure/cipher/additive.h"
#include "infrastructure/cipher/words.h"

namespace puhui::cipher {

// Rows at a time: what is made in between stays in the cache, and its size does not grow with the caller's.
inline constexpr size_t kBlockRows = 512;

// docs/decisions/0102: the exponents of obfuscators, against a sum's exponents seen by no key owner (short) and by one (full).
constexpr size_t obfuscator_words(size_t key_bits) { return key_bits <= 3072 ? 5 : 6; }
constexpr size_t full_obfuscator_words(size_t key_bits) { return words_for(key_bits + 64); }

constexpr size_t prime_bits_of_okamoto_uchiyama(size_t key_bits) { return (key_bits + 2) / 3; }
// The margin below p: a number chosen without knowing p decrypts into the range with a chance of 2^-64.
inline constexpr size_t kRangeMarginBits = 64;

Residues rows_of(const Residues& from, size_t first, size_t count);
void copy_rows(const Residues& from, Residues& to, size_t first);

// One base to signed exponents of up to `words` words: base^(m + 2^(64w - 1)), so that the work is the same for every sign; the
// offset is taken away afterwards.
SecretWords offset_exponents(const Integers& values, size_t first, size_t count, size_t words);

struct PublicKey::State {
  State(Scheme scheme, size_t bits, const Natural& n, const Natural& root, const Natural& generator, Kernel kernel);

  std::string bytes() const;
  size_t words_of(const Integers& values) const;  // that count; CHECKs that the values fit
  // Of rows [first, first + count): (1 + n)^m or g^m.
  Residues plain(const Integers& values, size_t first, size_t count) const;
  Residues obfuscators(size_t count, const FixedBase& base) const;
  const FixedBase& short_base() const;
  const FixedBase& full_base() const;
  // g^(-2^(64 words - 1)): Okamoto–Uchiyama.
  const Residues& offset_inverse(size_t words) const;
  void check_key(const Ciphertexts& what) const;

  Scheme scheme;
  size_t bits, plaintext_bits;
  Kernel kernel;
  Natural n;
  Natural root;       // h: obfuscators are powers of root^n
  Natural generator;  // 1 + n, or g
  Modulus modulus;
  Natural obfuscator_base;  // root^n
  SecretWords n_words, modulus_words;
  uint64_t id = 0;

 private:
  struct GeneratorTables;
  const GeneratorTables& generator_tables() const;
  Residues plain_paillier(const Integers& values, size_t first, size_t count) const;

  // Tables are made when first asked for: who only adds needs none.
  mutable std::once_flag short_once_, full_once_, generator_once_;
  mutable std::optional<FixedBase> short_base_, full_base_;
  mutable std::unique_ptr<const GeneratorTables> generator_tables_;

 public:
  ~State();
};

}  // namespace puhui::cipher
