#include "infrastructure/cipher/words.h"

#include <gtest/gtest.h>

#include "infrastructure/cipher/factors.h"
#include "infrastructure/cipher/gmp_for_test.h"

namespace puhui::cipher {
namespace {

Natural natural_of(std::span<const uint64_t> words) { return Natural::from_words(words); }

Natural product(const Natural& a, const Natural& b) {
  Oracle out;
  mpz_mul(out.get(), Oracle(a).get(), Oracle(b).get());
  return out.natural();
}

TEST(WordsTest, products_and_their_low_words_are_gmps) {
  RandomStream random(Random(31), 1, 0);
  for (const size_t a_words : {1, 2, 16, 17}) {
    for (const size_t b_words : {1, 5, 16}) {
      const Natural a = drawn(random, 64 * a_words), b = Natural::power_of_two(64 * b_words) - Natural(1);
      SecretWords whole(1, a_words + b_words), low(1, b_words);
      multiply_words(whole.at(0), a.words(), b.words());
      multiply_words(low.at(0), a.words(), b.words());
      EXPECT_EQ(natural_of(whole.at(0)), product(a, b));
      Oracle rest;
      mpz_fdiv_r_2exp(rest.get(), Oracle(product(a, b)).get(), 64 * b_words);
      EXPECT_EQ(natural_of(low.at(0)), rest.natural());
    }
  }
}

TEST(WordsTest, sums_carry_and_differences_borrow_through_all_words) {
  SecretWords value(1, 4), scratch(1, 4);
  const uint64_t one[] = {1}, modulus[] = {5, 0, 0, 1};
  EXPECT_EQ(subtract_words(value.at(0), one), 1u);
  EXPECT_EQ(value.at(0)[3], ~uint64_t{0});
  EXPECT_EQ(add_words(value.at(0), one), 1u);
  EXPECT_TRUE(natural_of(value.at(0)).is_zero());
  std::copy_n(modulus, 4, value.at(0).begin());
  subtract_once(value.at(0), modulus, scratch.at(0));
  EXPECT_TRUE(natural_of(value.at(0)).is_zero());
  subtract_once(value.at(0), modulus, scratch.at(0));  // below it: stays
  EXPECT_TRUE(natural_of(value.at(0)).is_zero());
  value.at(0)[0] = 3;
  negate_words(~Mask{0}, value.at(0));
  EXPECT_EQ(value.at(0)[0], ~uint64_t{2});
  EXPECT_EQ(value.at(0)[3], ~uint64_t{0});
  negate_words(0, value.at(0));
  EXPECT_EQ(value.at(0)[0], ~uint64_t{2});
}

TEST(WordsTest, an_inverse_modulo_a_power_of_two_makes_one) {
  RandomStream random(Random(32), 1, 0);
  for (const size_t words : {1, 2, 11, 16, 32}) {
    const Natural odd = drawn_odd(random, 64 * words - 3);
    SecretWords inverse = inverse_of_odd(odd.words(), words), one(1, words);
    multiply_words(one.at(0), odd.words(), inverse.at(0));
    EXPECT_EQ(natural_of(one.at(0)), Natural(1)) << words;
  }
}

TEST(WordsTest, pieces_of_any_width_join_to_the_whole) {
  RandomStream random(Random(33), 1, 0);
  const Natural whole = drawn(random, 1000);
  for (const size_t width : {1, 63, 64, 65, 128, 341, 999, 1000, 1024}) {
    Natural joined;
    for (size_t from = 0; from < 1000; from += width) {
      SecretWords piece(1, words_for(width));
      bits_of(whole.words(), from, width, piece.at(0));
      joined = joined + (natural_of(piece.at(0)) << from);
    }
    EXPECT_EQ(joined, whole) << width;
  }
}

TEST(WordsTest, what_is_beyond_a_size_is_told_for_both_signs) {
  for (const size_t bits : {2, 8, 63, 64, 65, 100, 128}) {
    const Natural limit = Natural::power_of_two(bits - 1);
    SecretWords at = words_of(limit, 3), below = words_of(limit - Natural(1), 3);
    for (const Mask negative : {Mask{0}, ~Mask{0}}) {
      negate_words(negative, at.at(0)), negate_words(negative, below.at(0));
      EXPECT_EQ(is_beyond(at.at(0), bits), ~Mask{0}) << bits;
      EXPECT_EQ(is_beyond(below.at(0), bits), Mask{0}) << bits;
    }
  }
}

TEST(WordsTest, residues_keep_their_words_on_every_kernel) {
  RandomStream random(Random(36), 1, 0);
  const Natural n = drawn_odd(random, 683);
  SecretWords values(10, 12);  // a word more than the modulus has
  for (size_t i = 0; i < values.count(); ++i) {
    const Natural value = i == 0 ? Natural() : i == 1 ? n - Natural(1) : drawn(random, 700) % n;
    std::ranges::copy(value.words(), values.at(i).begin());
  }
  for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
    if (!is_available(kernel)) continue;
    const Modulus modulus = modulus_of(n, kernel);
    const Residues residues = to_residues(modulus, values);
    for (size_t i = 0; i < values.count(); ++i) EXPECT_EQ(modulus.naturals(residues)[i], natural_of(values.at(i)));
    const SecretWords back = to_words(modulus, residues, 12);
    EXPECT_TRUE(std::ranges::equal(back.all(), values.all()));
  }
}

TEST(WordsDeathTest, a_value_that_is_not_below_the_modulus_is_never_a_residue) {
  RandomStream random(Random(37), 1, 0);
  const Natural n = drawn_odd(random, 300);
  const Modulus modulus = modulus_of(n, Kernel::scalar);
  EXPECT_DEATH(to_residues(modulus, words_of(n, 5)), "below the modulus");
  EXPECT_DEATH(to_residues(modulus, words_of(Natural::power_of_two(320), 6)), "below the modulus");
}

TEST(FactorsTest, residues_of_both_sides_join_to_the_one_number) {
  RandomStream random(Random(34), 1, 0);
  struct Sizes {
    size_t a, b;
  };
  for (const Sizes sizes : {Sizes{512, 512}, {1366, 682}, {512, 511}, {600, 300}}) {
    const Natural first = drawn_odd(random, sizes.a), second = drawn_odd(random, sizes.b);
    if (gcd(first, second) != Natural(1)) continue;
    const CoprimePair pair(first, second, Kernel::scalar);
    const Natural both = first * second;
    std::vector<Natural> values = {Natural(), Natural(1),         both - Natural(1),  first,
                                   second,    first - Natural(1), second - Natural(1)};
    for (int i = 0; i < 20; ++i) values.push_back(drawn(random, both.bits() + 64) % both);
    std::vector<Natural> modulo_a, modulo_b;
    for (const Natural& value : values) modulo_a.push_back(value % first), modulo_b.push_back(value % second);
    const SecretWords joined = pair.join(pair.a().from_naturals(modulo_a), pair.b().from_naturals(modulo_b));
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(natural_of(joined.at(i)), values[i]) << sizes.a << " " << i;
  }
}

TEST(FactorsTest, a_side_tells_the_exponent_of_the_generator) {
  const Natural p = Natural::random_prime(300), square = p * p;
  const Natural generator = Natural(5) + p;
  const PrimeSide side(p, generator, Kernel::scalar);
  RandomStream random(Random(35), 1, 0);
  std::vector<Natural> exponents = {Natural(), Natural(1), p - Natural(1), Natural(77)};
  for (int i = 0; i < 5; ++i) exponents.push_back(drawn(random, 299));
  SecretWords ciphertexts(exponents.size(), 20);  // far longer than p²: it reduces
  for (size_t i = 0; i < exponents.size(); ++i) {
    const Natural obfuscator = power(drawn(random, 200), square, square);  // a p²-th power has no part in (1 + p)
    const Natural ciphertext =
        power(generator, exponents[i], square) * obfuscator % square + square * drawn(random, 600);
    std::ranges::copy(ciphertext.words(), ciphertexts.at(i).begin());
  }
  const auto told = side.prime().naturals(side.plaintexts(ciphertexts));
  for (size_t i = 0; i < exponents.size(); ++i) EXPECT_EQ(told[i], exponents[i]) << i << " p " << p.hex();
}

}  // namespace
}  // namespace puhui::cipher
