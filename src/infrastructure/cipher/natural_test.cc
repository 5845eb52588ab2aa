#include "infrastructure/cipher/natural.h"

#include <gtest/gtest.h>

#include "infrastructure/cipher/gmp_for_test.h"

namespace puhui::cipher {
namespace {

// Edges and random numbers of sizes that are no multiple of a word.
std::vector<Natural> numbers() {
  RandomStream random(Random(11), 1, 1);
  std::vector<Natural> out = {Natural(),
                              Natural(1),
                              Natural(2),
                              Natural(~uint64_t{0}),
                              Natural::power_of_two(64),
                              Natural::power_of_two(64) - Natural(1),
                              Natural::power_of_two(1000) + Natural(1)};
  for (const size_t bits : {5, 63, 65, 127, 300, 1023, 2048, 2049}) out.push_back(drawn(random, bits));
  return out;
}

template <class Operation>
Natural by_gmp(Operation operation, const Natural& a, const Natural& b) {
  Oracle out;
  operation(out.get(), Oracle(a).get(), Oracle(b).get());
  return out.natural();
}

TEST(Natural, calculates_like_gmp) {
  for (const Natural& a : numbers()) {
    for (const Natural& b : numbers()) {
      SCOPED_TRACE(a.hex() + " and " + b.hex());
      EXPECT_EQ(a + b, by_gmp(mpz_add, a, b));
      EXPECT_EQ(a * b, by_gmp(mpz_mul, a, b));
      EXPECT_EQ(gcd(a, b), by_gmp(mpz_gcd, a, b));
      EXPECT_EQ(a <=> b, mpz_cmp(Oracle(a).get(), Oracle(b).get()) <=> 0);
      if (a >= b) {
        EXPECT_EQ(a - b, by_gmp(mpz_sub, a, b));
      }
      if (b.is_zero()) continue;
      EXPECT_EQ(a / b, by_gmp(mpz_tdiv_q, a, b));
      EXPECT_EQ(a % b, by_gmp(mpz_tdiv_r, a, b));
    }
  }
}

TEST(Natural, inverts_and_raises_like_gmp) {
  RandomStream random(Random(12), 1, 1);
  for (const size_t bits : {64, 257, 1366, 2048}) {
    const Natural modulus = drawn_odd(random, bits);
    for (const Natural& a : numbers()) {
      Oracle expected;
      const bool invertible = mpz_invert(expected.get(), Oracle(a).get(), Oracle(modulus).get()) != 0;
      const auto inverted = inverse(a, modulus);
      ASSERT_EQ(inverted.has_value(), invertible) << a.hex();
      if (invertible) {
        EXPECT_EQ(*inverted, expected.natural());
      } else {
        EXPECT_EQ(inverted.error().code, ErrorCode::invalid);
      }
      const Natural exponent = drawn(random, 70);
      mpz_powm(expected.get(), Oracle(a).get(), Oracle(exponent).get(), Oracle(modulus).get());
      EXPECT_EQ(power(a, exponent, modulus), expected.natural());
    }
    EXPECT_EQ(power(Natural(7), Natural(), modulus), Natural(1));
  }
}

TEST(Natural, shifts_and_bits_agree_with_multiplying) {
  RandomStream random(Random(13), 1, 1);
  const Natural a = drawn(random, 333);
  for (const size_t bits : {0, 1, 63, 64, 65, 200}) {
    EXPECT_EQ(a << bits, a * Natural::power_of_two(bits));
    EXPECT_EQ(a >> bits, a / Natural::power_of_two(bits));
    EXPECT_EQ(a.bit(bits), ((a >> bits) % Natural(2)) == Natural(1));
  }
  EXPECT_EQ(a >> 333, Natural());
  EXPECT_FALSE(a.bit(5000));
  EXPECT_EQ(Natural().bits(), 0u);
  EXPECT_EQ(Natural::power_of_two(128).bits(), 129u);
}

TEST(Natural, goes_through_bytes_and_hex) {
  for (const Natural& a : numbers()) {
    EXPECT_EQ(Natural::from_bytes(a.bytes(300)), a);
    std::string hex(mpz_sizeinbase(Oracle(a).get(), 16) + 2, '\0');
    mpz_get_str(hex.data(), 16, Oracle(a).get());
    EXPECT_EQ(a.hex(), hex.c_str());
  }
  EXPECT_EQ(Natural(0x0102).bytes(3), std::string("\0\1\2", 3));
  EXPECT_EQ(Natural::from_bytes(std::string("\0\0\7", 3)), Natural(7));
}

TEST(Natural, copies_and_moves_keep_the_value) {
  const Natural a = Natural::power_of_two(500);
  Natural b = a, c;
  c = b;
  Natural d = std::move(b);
  b = std::move(d);
  c = std::move(c);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a, c);
}

TEST(Natural, random_numbers_keep_their_bounds) {
  const Natural bound = Natural::power_of_two(100) + Natural(1);
  bool long_one = false;
  for (int i = 0; i < 200; ++i) {
    EXPECT_LT(Natural::random_below(bound), bound);
    EXPECT_EQ(Natural::random_below(Natural(1)), Natural());
    const Natural drawn_bits = Natural::random_bits(77);
    EXPECT_LE(drawn_bits.bits(), 77u);
    long_one = long_one || drawn_bits.bits() == 77;
  }
  EXPECT_TRUE(long_one);
  EXPECT_NE(Natural::random_bits(256), Natural::random_bits(256));
}

TEST(Natural, primes_are_prime_to_gmp_and_multiply_to_twice_their_bits) {
  for (const size_t bits : {64, 257, 512}) {
    const Natural p = Natural::random_prime(bits), q = Natural::random_prime(bits);
    EXPECT_EQ(p.bits(), bits);
    EXPECT_EQ((p * q).bits(), 2 * bits);
    EXPECT_NE(mpz_probab_prime_p(Oracle(p).get(), 40), 0);
    EXPECT_TRUE(is_prime(p));
    EXPECT_FALSE(is_prime(p * q));
  }
  EXPECT_FALSE(is_prime(Natural(1)));
  EXPECT_FALSE(is_prime(Natural(561)));  // a Carmichael number
}

}  // namespace
}  // namespace puhui::cipher
