#include "infrastructure/cipher/modulus.h"

#include <gtest/gtest.h>

#include "infrastructure/cipher/gmp_for_test.h"

namespace puhui::cipher {
namespace {

// Sizes at, below and above where a kernel takes one limb more; most are no multiple of 64.
constexpr size_t kSizes[] = {256, 257, 310, 363, 517, 1024, 1366, 2047, 2048, 2050, 3072, 3470, 3471, 4096, 8191, 8192};
constexpr size_t kSizesOfPowers[] = {256, 363, 1366, 2048};

std::vector<Kernel> kernels() {
  std::vector<Kernel> out;
  for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
    if (is_available(kernel)) out.push_back(kernel);
  }
  return out;
}

Modulus modulus_of(const Natural& value, Kernel kernel) {
  auto out = Modulus::make(value, kernel);
  EXPECT_TRUE(out) << out.error().text();
  return std::move(*out);
}

// Moduli of a size: random, just above a power of two, all ones.
std::vector<Natural> moduli(size_t bits) {
  RandomStream random(Random(21), 1, bits);
  return {drawn_odd(random, bits), Natural::power_of_two(bits - 1) + Natural(1),
          Natural::power_of_two(bits) - Natural(1)};
}

// `count` residues: 0, 1, n - 1, n - 2 and 2 to begin with, then drawn ones.
std::vector<Natural> residues(const Natural& n, size_t count, uint64_t seed) {
  RandomStream random(Random(22), seed, n.bits());
  std::vector<Natural> out = {Natural(), n - Natural(1), Natural(1), n - Natural(2), Natural(2)};
  while (out.size() < count) out.push_back(drawn(random, n.bits() + 64) % n);
  if (seed % 2 == 1) std::ranges::reverse(out);
  out.resize(count);
  return out;
}

std::string bytes_of(const Modulus& modulus, const Residues& what) {
  std::string out;
  modulus.write(what, out);
  return out;
}

std::string bytes_of(const Modulus& modulus, std::span<const Natural> values) {
  std::string out;
  for (const Natural& value : values) out += value.bytes(modulus.bytes_length());
  return out;
}

Natural product_by_gmp(const Natural& a, const Natural& b, const Natural& n) {
  Oracle out;
  mpz_mul(out.get(), Oracle(a).get(), Oracle(b).get());
  mpz_mod(out.get(), out.get(), Oracle(n).get());
  return out.natural();
}

Natural power_by_gmp(const Natural& a, const Natural& exponent, const Natural& n) {
  Oracle out;
  mpz_powm(out.get(), Oracle(a).get(), Oracle(exponent).get(), Oracle(n).get());
  return out.natural();
}

struct Case {
  Kernel kernel;
  size_t bits;
};
template <class Body>
void for_each_case(std::span<const size_t> sizes, Body body) {
  for (const Kernel kernel : kernels()) {
    for (const size_t bits : sizes) {
      for (const Natural& n : moduli(bits)) {
        SCOPED_TRACE(std::string(names_of(&kernel)[static_cast<size_t>(kernel)]) + " modulo " + n.hex());
        body(modulus_of(n, kernel));
      }
    }
  }
}

TEST(Modulus, refuses_what_montgomery_cannot_do) {
  for (const Natural& bad : {Natural(), Natural(7), Natural::power_of_two(300), Natural::power_of_two(254) + Natural(1),
                             Natural::power_of_two(8192) + Natural(1)}) {
    const auto made = Modulus::make(bad, Kernel::scalar);
    ASSERT_FALSE(made) << bad.hex();
    EXPECT_EQ(made.error().code, ErrorCode::invalid);
  }
  EXPECT_EQ(Modulus::make(Natural(), Kernel::scalar).error().faults.size(), 2u);
}

TEST(Modulus, bytes_come_back_canonical_whatever_the_kernel) {
  for_each_case(kSizes, [](const Modulus& modulus) {
    const auto values = residues(modulus.value(), 13, 1);
    const std::string bytes = bytes_of(modulus, values);
    const auto read = modulus.read(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(bytes_of(modulus, *read), bytes);
    EXPECT_EQ(modulus.naturals(*read), values);
    EXPECT_EQ(bytes_of(modulus, modulus.from_naturals(values)), bytes);
    EXPECT_EQ(modulus.naturals(modulus.ones(3)), std::vector<Natural>(3, Natural(1)));
    EXPECT_EQ(modulus.naturals(modulus.zeros(2)), std::vector<Natural>(2));
  });
}

TEST(Modulus, reading_refuses_the_modulus_or_more_and_names_which) {
  for (const Kernel kernel : kernels()) {
    const Modulus modulus = modulus_of(moduli(517)[0], kernel);
    const size_t length = modulus.bytes_length();
    std::string bytes = bytes_of(modulus, residues(modulus.value(), 9, 1));
    bytes += modulus.value().bytes(length) + std::string(length, '\xFF');
    const auto read = modulus.read(bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().text().find("invalid: residue 9"), 0u) << read.error().text();
    EXPECT_FALSE(modulus.read(bytes.substr(0, length - 1)));
    EXPECT_EQ(modulus.read("")->count(), 0u);
  }
}

TEST(Residues, slices_and_appended_batches_keep_their_rows_on_large_pages_too) {
  const Modulus modulus = modulus_of(moduli(2048)[0], Kernel::scalar);
  const Residues few = modulus.from_naturals(residues(modulus.value(), 7, 1));
  Residues many;
  while (many.count() < 21'000) many.append(few);
  const Residues copy = many;
  many.append(few.slice(2, 3));
  many.resize(many.count() - 1);
  EXPECT_EQ(bytes_of(modulus, many.slice(20'995, 7)),
            bytes_of(modulus, few.slice(2, 5)) + bytes_of(modulus, few.slice(2, 2)));
  EXPECT_EQ(bytes_of(modulus, many.slice(21'000, 2)), bytes_of(modulus, few.slice(2, 2)));
  EXPECT_EQ(bytes_of(modulus, copy.slice(20'993, 7)), bytes_of(modulus, few));
  EXPECT_EQ(copy.slice(5, 0).count(), 0u);
}

TEST(Modulus, products_are_those_of_gmp) {
  for_each_case(kSizes, [](const Modulus& modulus) {
    const auto a = residues(modulus.value(), 19, 1), b = residues(modulus.value(), 19, 2);
    std::vector<Natural> expected, squares;
    for (size_t i = 0; i < a.size(); ++i) expected.push_back(product_by_gmp(a[i], b[i], modulus.value()));
    for (const Natural& value : a) squares.push_back(product_by_gmp(value, value, modulus.value()));
    const Residues left = modulus.from_naturals(a), right = modulus.from_naturals(b);
    Residues out;
    modulus.multiply(left, right, out);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected));
    modulus.square(left, out);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, squares));
  });
}

// Chains: what a product leaves is what the next one takes, at both ends of what Montgomery's form allows.
TEST(Modulus, long_chains_of_products_stay_right) {
  for_each_case(kSizesOfPowers, [](const Modulus& modulus) {
    auto a = residues(modulus.value(), 11, 1);
    Residues chain = modulus.from_naturals(a);
    for (int step = 0; step < 40; ++step) {
      Residues next;
      modulus.multiply(chain, chain, next);
      modulus.square(chain, chain);
      EXPECT_EQ(bytes_of(modulus, chain), bytes_of(modulus, next));
      modulus.multiply(chain, modulus.from_naturals(a), chain);
    }
    for (Natural& value : a) value = power_by_gmp(value, Natural::power_of_two(41) - Natural(1), modulus.value());
    EXPECT_EQ(bytes_of(modulus, chain), bytes_of(modulus, a));
  });
}

TEST(Modulus, the_result_may_be_an_operand_and_one_goes_to_all) {
  for_each_case(std::span(kSizes).first(4), [](const Modulus& modulus) {
    const auto a = residues(modulus.value(), 11, 1), b = residues(modulus.value(), 11, 2);
    const Residues left = modulus.from_naturals(a), right = modulus.from_naturals(b);
    Residues expected, out = left;
    modulus.multiply(left, right, expected);
    modulus.multiply(out, right, out);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected));
    out = right;
    modulus.multiply(left, out, out);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected));
    out = left;
    modulus.multiply(out, out, out);
    modulus.square(left, expected, 1);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected));
    out = left;
    modulus.square(out, out, 5);
    modulus.square(left, expected, 5);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected));

    Residues one = modulus.from_naturals({&b[7], 1});
    std::vector<Natural> by_one;
    for (const Natural& value : a) by_one.push_back(product_by_gmp(value, b[7], modulus.value()));
    modulus.multiply(left, one, out);
    EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, by_one));
    modulus.multiply(one, left, one);  // grows
    EXPECT_EQ(bytes_of(modulus, one), bytes_of(modulus, by_one));
    modulus.multiply(modulus.zeros(0), left.slice(0, 1), out);
    EXPECT_EQ(out.count(), 0u);
  });
}

TEST(Modulus, powers_are_those_of_gmp) {
  for_each_case(kSizesOfPowers, [](const Modulus& modulus) {
    RandomStream random(Random(23), 1, 1);
    const auto a = residues(modulus.value(), 9, 1);
    const Residues bases = modulus.from_naturals(a);
    const bool is_short = modulus.value().bits() < 400;
    const Natural longest = is_short ? modulus.value() - Natural(1) : drawn(random, 330);
    for (const Natural& exponent : {Natural(), Natural(1), Natural(65537), drawn(random, 200), longest}) {
      std::vector<Natural> expected;
      for (const Natural& value : a) expected.push_back(power_by_gmp(value, exponent, modulus.value()));
      EXPECT_EQ(bytes_of(modulus, modulus.power(bases, exponent)), bytes_of(modulus, expected)) << exponent.hex();
    }
    for (const size_t words : {1, 2, 7}) {
      std::vector<uint64_t> exponents(words * a.size());
      for (uint64_t& word : exponents) word = random.next();
      std::fill_n(exponents.begin(), words, 0);
      std::fill_n(exponents.begin() + static_cast<std::ptrdiff_t>(words), words, ~uint64_t{0});
      std::vector<Natural> expected;
      for (size_t i = 0; i < a.size(); ++i) {
        const Natural exponent = Natural::from_words(std::span(exponents).subspan(i * words, words));
        expected.push_back(power_by_gmp(a[i], exponent, modulus.value()));
      }
      EXPECT_EQ(bytes_of(modulus, modulus.powers(bases, exponents, words)), bytes_of(modulus, expected));
    }
  });
}

TEST(FixedBase, powers_are_those_of_gmp) {
  for_each_case(std::span(kSizesOfPowers).first(3), [](const Modulus& modulus) {
    for (const size_t bits : {1, 63, 64, 200}) {
      RandomStream random(Random(24), 1, bits);
      const Natural base = residues(modulus.value(), 9, bits)[8 - bits % 2 * 8];
      const FixedBase fixed(modulus, base, bits);
      const size_t words = (bits + 63) / 64, count = 21;
      std::vector<uint64_t> exponents(words * count);
      std::vector<Natural> expected;
      for (size_t i = 0; i < count; ++i) {
        Natural exponent = i == 0 ? Natural() : drawn(random, 300) % Natural::power_of_two(bits);
        if (i == 1) exponent = Natural::power_of_two(bits) - Natural(1);
        std::ranges::copy(exponent.words(), exponents.begin() + static_cast<std::ptrdiff_t>(i * words));
        expected.push_back(power_by_gmp(base, exponent, modulus.value()));
      }
      EXPECT_EQ(bytes_of(modulus, fixed.powers(exponents, words)), bytes_of(modulus, expected));
      EXPECT_EQ(fixed.powers({}, words).count(), 0u);
    }
  });
}

TEST(FixedBase, more_powers_than_go_together_and_a_modulus_that_moves) {
  for (const Kernel kernel : kernels()) {
    Modulus first = modulus_of(moduli(256)[0], kernel);
    RandomStream random(Random(25), 1, 1);
    const Natural base = residues(first.value(), 8, 2)[6];
    const FixedBase fixed(first, base, 64);
    const Modulus modulus = std::move(first);
    std::vector<uint64_t> exponents(301);
    for (uint64_t& exponent : exponents) exponent = random.next();
    const Residues bases = modulus.from_naturals(std::vector<Natural>(exponents.size(), base));
    EXPECT_EQ(bytes_of(modulus, fixed.powers(exponents, 1)), bytes_of(modulus, modulus.powers(bases, exponents, 1)));
  }
}

TEST(Modulus, inverses_multiply_to_one) {
  for_each_case(kSizesOfPowers, [](const Modulus& modulus) {
    for (const size_t count : {0, 1, 2, 7, 8, 9, 16, 17, 31}) {
      std::vector<Natural> a;
      for (const Natural& value : residues(modulus.value(), 60, 2)) {
        if (a.size() < count && gcd(value, modulus.value()) == Natural(1)) a.push_back(value);
      }
      ASSERT_EQ(a.size(), count);
      const Residues values = modulus.from_naturals(a);
      const auto inverted = modulus.inverse(values);
      ASSERT_TRUE(inverted);
      Residues product;
      modulus.multiply(values, *inverted, product);
      EXPECT_EQ(modulus.naturals(product), std::vector<Natural>(count, Natural(1)));
    }
  });
}

TEST(Modulus, an_element_without_inverse_is_named) {
  RandomStream random(Random(26), 1, 1);
  const Natural p = drawn_odd(random, 200), n = p * drawn_odd(random, 200);
  for (const Kernel kernel : kernels()) {
    const Modulus modulus = modulus_of(n, kernel);
    for (const size_t bad : {0, 5, 15, 16, 18}) {
      auto values = std::vector<Natural>(19, Natural(2));
      values[bad] = p * Natural(3);
      if (bad == 5) values[11] = Natural();
      const auto inverted = modulus.inverse(modulus.from_naturals(values));
      ASSERT_FALSE(inverted);
      EXPECT_EQ(inverted.error().code, ErrorCode::invalid);
      EXPECT_EQ(inverted.error().faults.front().where, "residue " + std::to_string(bad));
    }
  }
}

TEST(Modulus, the_product_of_all_is_that_of_gmp) {
  for_each_case(std::span(kSizes).first(4), [](const Modulus& modulus) {
    for (const size_t count : {0, 1, 7, 8, 9, 16, 37}) {
      auto values = residues(modulus.value(), count + 5, 1);
      std::ranges::reverse(values);
      values.erase(values.begin(), values.begin() + 5);  // without the zero
      Natural expected(1);
      for (const Natural& value : values) expected = product_by_gmp(expected, value, modulus.value());
      EXPECT_EQ(modulus.naturals(modulus.product(modulus.from_naturals(values))), std::vector<Natural>{expected});
    }
  });
}

struct CellsCase {
  size_t rows, features, bins;
};

void check_cells(const Modulus& modulus, const CellsCase& shape, uint64_t seed) {
  RandomStream random(Random(27), seed, shape.rows);
  const Natural& n = modulus.value();
  std::vector<Natural> values, cells;
  for (size_t i = 0; i < shape.rows; ++i) values.push_back(drawn(random, n.bits() + 64) % n);
  for (size_t i = 0; i < shape.features * shape.bins; ++i) cells.push_back(drawn(random, n.bits() + 64) % n);
  std::vector<uint8_t> bins(shape.rows * shape.features);
  for (size_t i = 0; i < bins.size(); ++i) {
    // The first feature nearly constant, the second with cells left out, others even.
    const size_t feature = i % shape.features;
    bins[i] = static_cast<uint8_t>(random.below(feature == 0 && !random.chance(0.1) ? 1 : shape.bins));
    if (feature == 1 && random.chance(0.3)) bins[i] = Modulus::kNoCell;
  }
  std::vector<uint32_t> chosen;
  for (uint32_t row = 0; row < shape.rows; ++row) {
    if (random.chance(0.8)) chosen.push_back(row);
  }
  Residues out = modulus.from_naturals(cells);
  modulus.multiply_into_cells(modulus.from_naturals(values), chosen, bins, shape.features, shape.bins, out);
  for (const uint32_t row : chosen) {
    for (size_t f = 0; f < shape.features; ++f) {
      const uint8_t bin = bins[row * shape.features + f];
      if (bin == Modulus::kNoCell) continue;
      Natural& cell = cells[f * shape.bins + bin];
      cell = product_by_gmp(cell, values[row], n);
    }
  }
  EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, cells)) << shape.rows << " rows of " << shape.features;
}

TEST(Modulus, cells_hold_the_products_of_their_rows) {
  for (const Kernel kernel : kernels()) {
    for (const size_t bits : {256, 517, 1366}) {
      const Modulus modulus = modulus_of(moduli(bits)[0], kernel);
      for (const CellsCase& shape : {CellsCase{.rows = 0, .features = 3, .bins = 4},
                                     {.rows = 1, .features = 1, .bins = 1},
                                     {.rows = 9, .features = 2, .bins = 255},
                                     {.rows = 300, .features = 7, .bins = 3},
                                     {.rows = 700, .features = 5, .bins = 16}})
        check_cells(modulus, shape, bits);
    }
  }
}

void check_many_powers(const Modulus& modulus, size_t rows, size_t columns, size_t exponent_bits) {
  RandomStream random(Random(28), exponent_bits, rows);
  std::vector<Natural> values;
  while (values.size() < rows) {
    const Natural value = drawn(random, modulus.value().bits() + 64) % modulus.value();
    if (gcd(value, modulus.value()) == Natural(1)) values.push_back(value);
  }
  std::vector<int32_t> exponents(rows * columns);
  for (int32_t& exponent : exponents) {
    exponent = static_cast<int32_t>(random.below(uint64_t{1} << exponent_bits));
    if (random.chance(0.5)) exponent = -exponent;
  }
  if (exponents.size() > 2) exponents[0] = 0, exponents[1] = INT32_MAX, exponents[2] = -INT32_MAX;
  const Residues rows_in = modulus.from_naturals(values);
  const auto inverses = modulus.inverse(rows_in);
  ASSERT_TRUE(inverses);
  std::vector<Natural> expected;
  for (size_t j = 0; j < columns; ++j) {
    Oracle all(1), one;
    for (size_t i = 0; i < rows; ++i) {
      Oracle exponent;
      mpz_set_si(exponent.get(), exponents[i * columns + j]);
      mpz_powm(one.get(), Oracle(values[i]).get(), exponent.get(), Oracle(modulus.value()).get());
      mpz_mul(all.get(), all.get(), one.get());
      mpz_mod(all.get(), all.get(), Oracle(modulus.value()).get());
    }
    expected.push_back(all.natural());
  }
  const Residues out = modulus.many_powers(rows_in, *inverses, exponents, columns);
  EXPECT_EQ(bytes_of(modulus, out), bytes_of(modulus, expected)) << rows << " rows, " << columns << " columns";
}

TEST(Modulus, many_powers_are_those_of_gmp) {
  for (const Kernel kernel : kernels()) {
    for (const size_t bits : {256, 517, 1366}) {
      const Modulus modulus = modulus_of(moduli(bits)[0], kernel);
      check_many_powers(modulus, 0, 3, 5);
      check_many_powers(modulus, 1, 1, 1);
      check_many_powers(modulus, 1, 3, 31);
      check_many_powers(modulus, 60, 5, 20);
      check_many_powers(modulus, 300, 3, 8);
    }
  }
}

}  // namespace
}  // namespace puhui::cipher
