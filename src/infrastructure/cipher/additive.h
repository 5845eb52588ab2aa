// Two additively homomorphic ciphers behind one face: Paillier (1999) and Okamoto–Uchiyama (1998), keys of 2048 bits or
// more. A plaintext is a signed integer; several numbers travel in one, slot beside slot. Who holds the secret key encrypts by
// the factors (CRT); obfuscators h^r have a short exponent and a fixed base, and can be made ahead of time.
// Timing: encryption, decryption and refresh are constant-time in the plaintext and in r for a key; sums, scale and dot depend on
// the caller's own places and scalars, which never leave the machine but by their result.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/result.h"
#include "infrastructure/cipher/modulus.h"

namespace puhui::cipher {

enum class Scheme : uint8_t { paillier, okamoto_uchiyama };
std::span<const std::string_view> names_of(const Scheme*);

inline constexpr size_t kKeyBitsMin = 2048, kKeyBitsMax = 4096;

// `count()` signed integers of `words` 64-bit words each, two's complement, least word first.
struct Integers {
  size_t words = 1;
  std::vector<uint64_t> data;
  Integers() = default;
  Integers(size_t count, size_t words_each) : words(words_each), data(count * words_each) {}
  size_t count() const { return data.size() / words; }
  std::span<uint64_t> at(size_t i) { return {data.data() + i * words, words}; }
  std::span<const uint64_t> at(size_t i) const { return {data.data() + i * words, words}; }
};

// Slots of one width in a plaintext: slot i counts 2^(width_bits · i). Signed; a slot's sum must stay below 2^(width_bits - 1)
// in size. Sums of packed integers are packed sums.
struct Slots {
  size_t width_bits = 0;
  size_t count = 0;
  size_t words() const { return (width_bits * count + 1 + 63) / 64; }
};
// `values` has slots.count numbers for each integer.
Integers pack(std::span<const int64_t> values, Slots slots);
// int64 each: `corrupt` when a slot does not fit, which only a peer outside the protocol can cause.
Result<std::vector<int64_t>> unpack(const Integers& packed, Slots slots);
// Wider slots: words of each slot's two's complement, slot after slot, `words_each` words.
Integers unpack_wide(const Integers& packed, Slots slots, size_t words_each);

class PublicKey;
class SecretKey;

// Ciphertexts under one key. Made by encrypting, reading or adding; never mixed between keys (CHECKed by key).
class Ciphertexts {
 public:
  size_t count() const { return residues.count(); }
  Residues residues;  // modulo n² (Paillier) or n (Okamoto–Uchiyama)
};

class PublicKey {
 public:
  // Checks what a peer sent: scheme, size (`invalid` under 2048 or above 4096 bits), odd, no small factor, bases units.
  static Result<PublicKey> parse(std::string_view bytes, Kernel kernel);
  PublicKey(const PublicKey&);
  PublicKey& operator=(const PublicKey&);
  ~PublicKey();
  std::string bytes() const;

  Scheme scheme() const;
  size_t bits() const;
  size_t plaintext_bits() const;  // a plaintext and every sum must stay below 2^(plaintext_bits - 1) in size
  const Modulus& modulus() const;  // of the ciphertexts

  // CHECKs that each fits plaintext_bits. Fresh obfuscators from the system's randomness.
  Ciphertexts encrypt(const Integers& values) const;
  // [value] without an obfuscator: for constants that are added to obfuscated ones.
  Ciphertexts encode(const Integers& values) const;
  void add(Ciphertexts& to, const Ciphertexts& what) const;       // element by element; one element: to all
  Result<void> subtract(Ciphertexts& from, const Ciphertexts& what) const;
  Ciphertexts zeros(size_t count) const;                          // encode of 0: where sums begin
  void refresh(Ciphertexts& what) const;                          // multiplies by fresh obfuscators: before it leaves
  // Every `group` neighbours into one, at slot distance `width_bits`; the last may hold fewer.
  Ciphertexts pack_together(const Ciphertexts& each, size_t group, size_t width_bits) const;
  // out[j] = sum over rows of exponents[i · columns + j] · rows[i].
  Result<Ciphertexts> dot(const Ciphertexts& rows, std::span<const int32_t> factors, size_t columns) const;

  void write(const Ciphertexts& what, std::string& out) const;    // canonical
  size_t ciphertext_bytes() const;
  // Refuses what is no ciphertext: out of range or no unit modulo n; names the first.
  Result<Ciphertexts> read(std::string_view bytes) const;

 private:
  friend class SecretKey;
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

class SecretKey {
 public:
  static Result<SecretKey> make(Scheme scheme, size_t bits, Kernel kernel);
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;
  ~SecretKey();  // wipes

  const PublicKey& public_key() const;
  Ciphertexts encrypt(const Integers& values) const;  // by the factors: the same distribution, faster
  // Makes `count` obfuscators ahead of time, which the next encrypt uses; called again it adds.
  void prepare(size_t count);
  size_t prepared() const;
  // `words` words each. `corrupt` when one does not fit `bits_max` bits in size (the range check), naming which; answers none then.
  Result<Integers> decrypt(const Ciphertexts& what, size_t words, size_t bits_max) const;

 private:
  struct State;
  explicit SecretKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::cipher
