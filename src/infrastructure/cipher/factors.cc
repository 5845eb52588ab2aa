#include "infrastructure/cipher/factors.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::cipher {
namespace {

Residues one_residue(const Modulus& modulus, const Natural& value) { return modulus.from_naturals({&value, 1}); }

Natural inverse_of(const Natural& value, const Natural& modulus) {
  auto answer = inverse(value % modulus, modulus);
  CHECK(answer.has_value(), "factors must be coprime");
  return *std::move(answer);
}

}  // namespace

Modulus modulus_of(const Natural& value, Kernel kernel) {
  auto modulus = Modulus::make(value, kernel);
  CHECK(modulus.has_value(), "a key's moduli are odd and of 256 bits or more");
  return *std::move(modulus);
}

CoprimePair::CoprimePair(const Natural& a, const Natural& b, Kernel kernel)
    : a_(modulus_of(a, kernel)),
      b_(modulus_of(b, kernel)),
      a_words_(words_of(a, words_for(std::max(a.bits(), b.bits())))),
      b_words_(words_of(b, words_for(b.bits()))),
      b_inverse_(one_residue(a_, inverse_of(b, a))),
      words_(words_for((a * b).bits())) {
  CHECK(b < (a << 1), "the second modulus is below twice the first");
}

// x = xb + b · ((xa - xb) / b mod a).
SecretWords CoprimePair::join(const Residues& modulo_a, const Residues& modulo_b) const {
  const size_t count = modulo_a.count(), width = a_words_.each();
  CHECK(modulo_b.count() == count, "as many residues on both sides");
  SecretWords difference = to_words(a_, modulo_a, width);
  SecretWords second = to_words(b_, modulo_b, width);
  SecretWords scratch(2, width);
  for (size_t i = 0; i < count; ++i) {
    const auto reduced = scratch.at(0), rest = scratch.at(1);
    std::copy_n(second.at(i).begin(), width, reduced.begin());
    subtract_once(reduced, a_words_.at(0), rest);
    const Mask below = mask_of(subtract_words(difference.at(i), reduced));
    std::fill(rest.begin(), rest.end(), 0);
    choose_words(below, rest, a_words_.at(0));
    add_words(difference.at(i), rest);
  }
  Residues quotient = to_residues(a_, difference);
  a_.multiply(quotient, b_inverse_, quotient);
  const SecretWords times = to_words(a_, quotient, words_for(a_.value().bits()));
  SecretWords out(count, words_);
  for (size_t i = 0; i < count; ++i) {
    multiply_words(out.at(i), times.at(i), b_words_.at(0));
    add_words(out.at(i), second.at(i).first(std::min(width, words_)));
  }
  return out;
}

PrimeSide::PrimeSide(const Natural& prime, const Natural& generator, Kernel kernel)
    : square_(modulus_of(prime * prime, kernel)),
      prime_(modulus_of(prime, kernel)),
      exponent_(prime - Natural(1)),
      prime_inverse_(inverse_of_odd(prime.words(), prime.words().size())),
      chunk_base_(one_residue(square_, Natural::power_of_two(square_.value().bits() - 1))),
      chunk_bits_(square_.value().bits() - 1) {
  const Natural raised = power(generator % square_.value(), exponent_, square_.value());
  CHECK(raised % prime == Natural(1), "a unit to the p - 1 is 1 modulo p");
  unit_inverse_ = one_residue(prime_, inverse_of((raised - Natural(1)) / prime, prime));
}

// Horner over pieces that are below p² whatever their bits. Sums are taken in words, since residues only multiply.
Residues PrimeSide::reduce(const SecretWords& values) const {
  const size_t chunks = (values.each() * 64 + chunk_bits_ - 1) / chunk_bits_;
  const SecretWords modulus = words_of(square_.value(), words_for(chunk_bits_ + 2));
  const size_t width = modulus.each();
  SecretWords scratch(2, width), sums(values.count(), width);
  for (size_t i = 0; i < values.count(); ++i)
    bits_of(values.at(i), (chunks - 1) * chunk_bits_, chunk_bits_, sums.at(i));
  Residues reduced = to_residues(square_, sums);
  for (size_t chunk = chunks - 1; chunk-- > 0;) {
    square_.multiply(reduced, chunk_base_, reduced);
    sums = to_words(square_, reduced, width);
    for (size_t i = 0; i < values.count(); ++i) {
      bits_of(values.at(i), chunk * chunk_bits_, chunk_bits_, scratch.at(0));
      add_words(sums.at(i), scratch.at(0));
      subtract_once(sums.at(i), modulus.at(0), scratch.at(1));
    }
    reduced = to_residues(square_, sums);
  }
  return reduced;
}

// Exact, so it is a product with 1/p modulo a power of two above it.
SecretWords PrimeSide::quotients(const Residues& powers) const {
  const SecretWords values = to_words(square_, powers, words_for(square_.value().bits()));
  const size_t width = prime_inverse_.each();
  SecretWords out(values.count(), width), low(1, width);
  const uint64_t one[] = {1};
  for (size_t i = 0; i < values.count(); ++i) {
    std::copy_n(values.at(i).begin(), width, low.at(0).begin());
    subtract_words(low.at(0), one);
    multiply_words(out.at(i), low.at(0), prime_inverse_.at(0));
  }
  return out;
}

Residues PrimeSide::plaintexts(const SecretWords& ciphertexts) const {
  Residues raised = reduce(ciphertexts);
  raised = square_.power(raised, exponent_);
  Residues out = to_residues(prime_, quotients(raised));
  prime_.multiply(out, unit_inverse_, out);
  return out;
}

}  // namespace puhui::cipher
