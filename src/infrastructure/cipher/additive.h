// Two additively homomorphic ciphers behind one face: Paillier (1999) and Okamoto–Uchiyama (1998), keys of 2048 bits or
// more (docs/decisions/0102). A plaintext is a signed integer; several numbers travel in one, slot beside slot. Who holds the secret key encrypts by
// the factors (CRT); obfuscators h^r have a short exponent and a fixed base, and can be made ahead of time.
// Timing: encryption, decryption and refresh are constant-time in the plaintext and in r for a key; pack and unpack are too. Sums and
// dot depend on the caller's own places and factors, which never leave the machine but by their result. Making a key is not constant-time.
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

// Slots of one width in a plaintext: slot i counts 2^(width_bits · i). Signed; a slot and its sum must stay below 2^(width_bits - 1)
// in size (CHECKed by pack), and all of them within width_bits · count. Sums of packed integers are packed sums.
struct Slots {
  size_t width_bits = 0;
  size_t count = 0;
  size_t words() const { return (width_bits * count + 1 + 63) / 64; }
};
// `values` has slots.count numbers for each integer.
Integers pack(std::span<const int64_t> values, Slots slots);
// int64 each: `corrupt` when a slot does not fit or there is more than the slots hold, which only a peer outside the protocol can cause.
Result<std::vector<int64_t>> unpack(const Integers& packed, Slots slots);
// Wider slots: words of each slot's two's complement, slot after slot, `words_each` words (at least width_bits).
Result<Integers> unpack_wide(const Integers& packed, Slots slots, size_t words_each);

class PublicKey;
class SecretKey;

// Ciphertexts under one key. Made by encrypting, reading or adding; never mixed between keys (CHECKed by key).
class Ciphertexts {
 public:
  size_t count() const { return residues.count(); }
  Residues residues;  // modulo n² (Paillier) or n (Okamoto–Uchiyama)
  uint64_t key = 0;   // which public key: PublicKey::id()
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
  uint64_t id() const;  // of the key's bytes
  size_t bits() const;
  size_t plaintext_bits() const;   // a plaintext and every sum must stay below 2^(plaintext_bits - 1) in size
  const Modulus& modulus() const;  // of the ciphertexts

  // CHECKs that each fits plaintext_bits. Fresh obfuscators from the system's randomness.
  Ciphertexts encrypt(const Integers& values) const;
  // [value] without an obfuscator: for constants that are added to obfuscated ones.
  Ciphertexts encode(const Integers& values) const;
  void add(Ciphertexts& to, const Ciphertexts& what) const;  // element by element; one element: to all
  Result<void> subtract(Ciphertexts& from, const Ciphertexts& what) const;
  Ciphertexts zeros(size_t count) const;  // encode of 0: where sums begin
  // Multiplies by fresh obfuscators of full length: before a result leaves, so that not even the key's owner learns more of it than its
  // plaintext. Six times encrypt's cost: of results, not of rows.
  void refresh(Ciphertexts& what) const;
  // Every `group` neighbours into one, at slot distance `width_bits`; the last may hold fewer.
  Ciphertexts pack_together(const Ciphertexts& each, size_t group, size_t width_bits) const;
  // out[j] = sum over rows of factors[i · columns + j] · rows[i], without an obfuscator of its own.
  Result<Ciphertexts> dot(const Ciphertexts& rows, std::span<const int32_t> factors, size_t columns) const;

  void write(const Ciphertexts& what, std::string& out) const;  // canonical
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
  static Result<SecretKey> make(Scheme scheme, size_t bits,
                                Kernel kernel);  // `invalid` outside the bounds; some seconds at most
  // Of known primes, for checks against other programs. `invalid` when they make no key that `make` could.
  static Result<SecretKey> from_factors(Scheme scheme, const Natural& p, const Natural& q, Kernel kernel);
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;
  ~SecretKey();  // wipes

  const PublicKey& public_key() const;
  // By the factors, faster. Okamoto–Uchiyama takes u^m = 1 + m(u - 1), u the part of g of order p, for g^m: no power of g. What is left out,
  // (g/u)^m, is an n-th power like the obfuscators, so only who tells h^r from any n-th power could see it missing (0102).
  Ciphertexts encrypt(const Integers& values) const;
  // Makes `count` obfuscators ahead of time, which the next encrypt uses, each once; called again it adds. One thread may prepare while
  // others encrypt and decrypt.
  void prepare(size_t count);
  size_t prepared() const;
  // `words` words each. `corrupt` when one is not below 2^(bits_max - 1) in size (the range check), naming which; answers none then.
  // For packed integers bits_max is width_bits · count. An Okamoto–Uchiyama key decrypts nothing without it: the plaintext of a number
  // chosen by a peer, told back, would give the factors away.
  Result<Integers> decrypt(const Ciphertexts& what, size_t words, size_t bits_max) const;

 private:
  struct State;
  explicit SecretKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::cipher
