#include "infrastructure/cipher/additive_state.h"

#include <cstring>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "infrastructure/cipher/factors.h"

namespace puhui::cipher {

Residues rows_of(const Residues& from, size_t first, size_t count) {
  CHECK(first + count <= from.count(), "rows must lie within");
  Residues out(count, from.words());
  if (count != 0) std::memcpy(out.at(0), from.at(first), count * from.words() * sizeof(uint64_t));
  return out;
}

void copy_rows(const Residues& from, Residues& to, size_t first) {
  CHECK(first + from.count() <= to.count() && from.words() == to.words(), "rows must lie within");
  if (from.count() != 0) std::memcpy(to.at(first), from.at(0), from.count() * from.words() * sizeof(uint64_t));
}

SecretWords offset_exponents(const Integers& values, size_t first, size_t count, size_t words) {
  SecretWords out(count, words);
  for (size_t i = 0; i < count; ++i) {
    const auto to = out.at(i);
    std::copy_n(values.at(first + i).begin(), words, to.begin());
    to.back() ^= uint64_t{1} << 63;
  }
  return out;
}

// Powers of g for the public side, and what takes the offsets away.
struct PublicKey::State::GeneratorTables {
  GeneratorTables(const Modulus& modulus, const Natural& generator, size_t words)
      : base(modulus, generator, 64 * words) {
    auto inverted = inverse(generator, modulus.value());
    CHECK(inverted.has_value(), "a key's generator is a unit");
    Residues power = modulus.from_naturals({&*inverted, 1});
    modulus.square(power, power, 63);
    for (size_t w = 1; w <= words; ++w) {
      offset_inverses.push_back(power);
      modulus.square(power, power, 64);
    }
  }
  FixedBase base;
  std::vector<Residues> offset_inverses;
};

PublicKey::State::State(Scheme scheme_, size_t bits_, const Natural& n_, const Natural& root_,
                        const Natural& generator_, Kernel kernel_)
    : scheme(scheme_),
      bits(bits_),
      plaintext_bits(scheme_ == Scheme::paillier ? bits_ - 1
                                                 : prime_bits_of_okamoto_uchiyama(bits_) - 1 - kRangeMarginBits),
      kernel(kernel_),
      n(n_),
      root(root_),
      generator(generator_),
      modulus(modulus_of(scheme_ == Scheme::paillier ? n_ * n_ : n_, kernel_)),
      obfuscator_base(power(root_, n_, modulus.value())),
      n_words(cipher::words_of(n, words_for(n.bits()))),
      modulus_words(cipher::words_of(modulus.value(), words_for(modulus.value().bits()))) {
  const Digest digest = sha256(bytes());
  std::memcpy(&id, digest.bytes.data(), sizeof(id));
}

PublicKey::State::~State() = default;

std::string PublicKey::State::bytes() const {
  ByteWriter out;
  out.raw("PUHUIADD");
  out.u8(1);
  out.u8(static_cast<uint8_t>(scheme));
  out.u32(static_cast<uint32_t>(bits));
  out.raw(n.bytes(bits / 8));
  out.raw(root.bytes(bits / 8));
  if (scheme == Scheme::okamoto_uchiyama) out.raw(generator.bytes(bits / 8));
  return out.take();
}

size_t PublicKey::State::words_of(const Integers& values) const {
  CHECK(values.words >= 1 && values.data.size() % values.words == 0, "integers have at least a word");
  Mask beyond = 0;
  for (size_t i = 0; i < values.count(); ++i) beyond |= is_beyond(values.at(i), plaintext_bits);
  CHECK(beyond == 0, "a plaintext must fit the key");
  return std::min(values.words, words_for(plaintext_bits));
}

Residues PublicKey::State::plain(const Integers& values, size_t first, size_t count) const {
  if (scheme == Scheme::paillier) return plain_paillier(values, first, count);
  const size_t words = std::min(values.words, words_for(plaintext_bits));
  const GeneratorTables& tables = generator_tables();
  Residues out = tables.base.powers(offset_exponents(values, first, count, words).all(), words);
  modulus.multiply(out, offset_inverse(words), out);
  return out;
}

// (1 + n)^m = 1 + m·n modulo n², and for m below zero n² - |m|·n + 1: a product of words, nothing to reduce.
Residues PublicKey::State::plain_paillier(const Integers& values, size_t first, size_t count) const {
  const size_t words = std::min(values.words, words_for(plaintext_bits)), width = modulus_words.each();
  SecretWords out(count, width), size(1, words), complement(1, width);
  const uint64_t one[] = {1};
  for (size_t i = 0; i < count; ++i) {
    const auto value = values.at(first + i).first(words);
    const Mask negative = mask_of(value.back() >> 63);
    std::copy(value.begin(), value.end(), size.at(0).begin());
    negate_words(negative, size.at(0));
    multiply_words(out.at(i), n_words.at(0), size.at(0));
    std::copy_n(modulus_words.at(0).begin(), width, complement.at(0).begin());
    subtract_words(complement.at(0), out.at(i));
    choose_words(negative, out.at(i), complement.at(0));
    add_words(out.at(i), one);
  }
  return to_residues(modulus, out);
}

Residues PublicKey::State::obfuscators(size_t count, const FixedBase& base) const {
  const size_t words = words_for(base.exponent_bits());
  return base.powers(SecretWords::random(count, words).all(), words);
}

const FixedBase& PublicKey::State::short_base() const {
  std::call_once(short_once_, [&] { short_base_.emplace(modulus, obfuscator_base, 64 * obfuscator_words(bits)); });
  return *short_base_;
}

const FixedBase& PublicKey::State::full_base() const {
  std::call_once(full_once_, [&] { full_base_.emplace(modulus, obfuscator_base, 64 * full_obfuscator_words(bits)); });
  return *full_base_;
}

const PublicKey::State::GeneratorTables& PublicKey::State::generator_tables() const {
  CHECK(scheme == Scheme::okamoto_uchiyama, "Paillier's base needs no tables");
  std::call_once(generator_once_, [&] {
    generator_tables_ = std::make_unique<const GeneratorTables>(modulus, generator, words_for(plaintext_bits));
  });
  return *generator_tables_;
}

const Residues& PublicKey::State::offset_inverse(size_t words) const {
  return generator_tables().offset_inverses[words - 1];
}

void PublicKey::State::check_key(const Ciphertexts& what) const {
  CHECK(what.key == id, "ciphertexts belong to one key");
}

}  // namespace puhui::cipher
