// What a product modulo a large odd number costs in every kernel, against GMP in the same run, and what is built of it: powers of a fixed
// base, cells of a histogram, many small powers. One core, of this thread's own time.
//   montgomery_bench [seconds a figure]
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "infrastructure/cipher/gmp_for_test.h"
#include "infrastructure/cipher/lanes.h"
#include "infrastructure/cipher/modulus.h"

namespace {

using namespace puhui;
using namespace puhui::cipher;

constexpr double kProductBar = 4;  // times GMP's fastest way

double seconds_each = 0.3;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Microseconds an item: the best of five rounds, since the machine is shared.
template <class Body>
double us_each(size_t items, Body body) {
  double best = 1e30;
  body();
  for (int round = 0; round < 5; ++round) {
    size_t runs = 0;
    const double start = cpu_seconds();
    double now = start;
    for (; now - start < seconds_each / 5 || runs == 0; now = cpu_seconds()) body(), ++runs;
    best = std::min(best, (now - start) / static_cast<double>(runs * items) * 1e6);
  }
  return best;
}

template <class Body>
double best_seconds(Body body) {
  double best = 1e30;
  for (int round = 0; round < 4; ++round) {
    const double start = cpu_seconds();
    body();
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

struct Gmp {
  double mul_mod_us = 0, redc_us = 0, powm_us = 0;  // a product each
  double fastest_us() const { return std::min(mul_mod_us, redc_us); }
};

// Montgomery's reduction by GMP's own rows: what its powm does inside, made of what it offers outside.
void multiply_and_reduce(const std::vector<mp_limb_t>& a, const std::vector<mp_limb_t>& b,
                         const std::vector<mp_limb_t>& n, mp_limb_t minus_inverse, std::vector<mp_limb_t>& wide,
                         std::vector<mp_limb_t>& out) {
  const auto words = static_cast<mp_size_t>(n.size());
  if (a.data() == b.data())
    mpn_sqr(wide.data(), a.data(), words);
  else
    mpn_mul_n(wide.data(), a.data(), b.data(), words);
  for (mp_size_t i = 0; i < words; ++i)
    wide[static_cast<size_t>(i)] =
        mpn_addmul_1(wide.data() + i, n.data(), words, wide[static_cast<size_t>(i)] * minus_inverse);
  const mp_limb_t carry = mpn_add_n(out.data(), wide.data() + words, wide.data(), words);
  if (carry != 0 || mpn_cmp(out.data(), n.data(), words) >= 0) mpn_sub_n(out.data(), out.data(), n.data(), words);
}

Gmp gmp_of(const Natural& n) {
  RandomStream random(Random(31), 1, n.bits());
  const Oracle modulus(n), a(drawn(random, n.bits() + 9) % n), b(drawn(random, n.bits() + 9) % n);
  Gmp out;
  Oracle result = a;
  out.mul_mod_us = us_each(256, [&] {
    for (int i = 0; i < 256; ++i) {
      mpz_mul(result.get(), result.get(), b.get());
      mpz_mod(result.get(), result.get(), modulus.get());
    }
  });
  const size_t words = n.words().size();
  std::vector<mp_limb_t> limbs(n.words().begin(), n.words().end()), left(words), right(words), wide(2 * words);
  for (size_t i = 0; i < words; ++i) left[i] = mpz_getlimbn(a.get(), static_cast<mp_size_t>(i));
  for (size_t i = 0; i < words; ++i) right[i] = mpz_getlimbn(b.get(), static_cast<mp_size_t>(i));
  mp_limb_t inverse = limbs[0];
  for (int i = 0; i < 5; ++i) inverse *= 2 - limbs[0] * inverse;
  out.redc_us = us_each(256, [&] {
    for (int i = 0; i < 256; ++i) multiply_and_reduce(left, right, limbs, ~inverse + 1, wide, left);
  });
  // A power of e bits by windows of k bits (GMP's own table of widths) is e squares, e / (k + 1) products and 2^(k - 1) of the table.
  const Oracle exponent(drawn(random, n.bits()));
  const double bits = static_cast<double>(n.bits()), width = n.bits() > 2000 ? 7 : 6;
  const double products = bits + bits / (width + 1) + std::exp2(width - 1);
  out.powm_us = us_each(1, [&] { mpz_powm(result.get(), a.get(), exponent.get(), modulus.get()); }) / products;
  return out;
}

std::vector<Natural> residues(const Natural& n, size_t count) {
  RandomStream random(Random(32), 1, n.bits());
  std::vector<Natural> out;
  while (out.size() < count) out.push_back(drawn(random, n.bits() + 9) % n);
  return out;
}

void bench_products(const Natural& n, const Gmp& gmp) {
  std::printf("%zu bits: GMP mul + mod %.3f us, mul + redc of its rows %.3f us, in powm %.3f us a product\n", n.bits(),
              gmp.mul_mod_us, gmp.redc_us, gmp.powm_us);
  std::printf(
      "  kernel   in lanes us   square us   of rows us   rows/s      GMP's fastest / ours (bar %.0f)   powm's / "
      "square\n",
      kProductBar);
  for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
    if (!is_available(kernel)) continue;
    const Modulus modulus = std::move(*Modulus::make(n, kernel));
    const Lanes& lanes = modulus.lanes();
    const size_t words = lanes.form().group_words();
    Residues a = modulus.from_naturals(residues(n, 512)), b = modulus.from_naturals(residues(n, 512));
    AlignedWords left(words), right(words);
    const uint64_t* rows[kLanesMax];
    for (size_t l = 0; l < lanes.form().lanes; ++l) rows[l] = a.at(l);
    lanes.gather(rows, left.data()), lanes.gather(rows, right.data());
    const double product = us_each(64 * lanes.form().lanes, [&] {
      for (int i = 0; i < 64; ++i) lanes.multiply(left.data(), right.data(), left.data());
    });
    const double square = us_each(64 * lanes.form().lanes, [&] {
      for (int i = 0; i < 64; ++i) lanes.square(left.data(), left.data());
    });
    const double of_rows = us_each(a.count(), [&] { modulus.multiply(a, b, a); });
    std::printf("  %-6s %10.3f %13.3f %11.3f %12.0f %12.2f %33.2f\n",
                std::string(names_of(&kernel)[static_cast<size_t>(kernel)]).c_str(), product, square, of_rows,
                1e6 / of_rows, gmp.fastest_us() / of_rows, gmp.powm_us / square);
  }
}

// Obfuscators: a fixed base of the ciphertexts' modulus to secret exponents as short as they may be.
void bench_fixed_base(const Modulus& modulus, size_t exponent_bits, const Gmp& gmp) {
  const Natural base = residues(modulus.value(), 1).front();
  const double made_at = cpu_seconds();
  const FixedBase fixed(modulus, base, exponent_bits);
  const double made_seconds = cpu_seconds() - made_at;
  const size_t words = (exponent_bits + 63) / 64, count = 256;
  RandomStream random(Random(33), 1, 1);
  std::vector<uint64_t> exponents(words * count);
  for (uint64_t& word : exponents) word = random.next();
  if (exponent_bits % 64 != 0) {
    for (size_t i = 0; i < count; ++i) exponents[i * words + words - 1] >>= 64 - exponent_bits % 64;
  }
  const double us = us_each(count, [&] { fixed.powers(exponents, words); });
  const Residues bases = modulus.from_naturals(std::vector<Natural>(64, base));
  const double window_us = us_each(64, [&] { modulus.powers(bases, std::span(exponents).first(64 * words), words); });
  std::printf(
      "  fixed base, %zu bits of exponent: %.1f us, %.0f /s (tables %.0f ms); any base: %.1f us; GMP's powm about %.0f "
      "us\n",
      exponent_bits, us, 1e6 / us, made_seconds * 1e3, window_us,
      gmp.powm_us * static_cast<double>(exponent_bits) * 7 / 6);
}

// A histogram of ciphertexts: rows into cells of features x bins, evenly spread, which is the worst case for joint cells.
void bench_cells(const Modulus& modulus, size_t rows, size_t features, size_t bins) {
  const Residues few = modulus.from_naturals(residues(modulus.value(), 256));
  Residues all = modulus.zeros(0), cells = modulus.ones(features * bins);
  while (all.count() < rows) all.append(few);
  all.resize(rows);
  RandomStream random(Random(34), 1, 1);
  std::vector<uint8_t> bins_of_row(rows * features);
  for (uint8_t& bin : bins_of_row) bin = static_cast<uint8_t>(random.below(bins));
  std::vector<uint32_t> chosen(rows);
  std::iota(chosen.begin(), chosen.end(), 0);
  const double seconds =
      best_seconds([&] { modulus.multiply_into_cells(all, chosen, bins_of_row, features, bins, cells); });
  const auto additions = static_cast<double>(rows * features);
  std::printf("  cells, %zu rows x %zu features x %zu bins: %.3f s, %.3f us a row and feature, %.1f M /s\n", rows,
              features, bins, seconds, seconds / additions * 1e6, additions / seconds / 1e6);
}

// A gradient of ciphertexts: columns of fixed-point numbers of `exponent_bits`.
void bench_many_powers(const Modulus& modulus, size_t rows, size_t columns, size_t exponent_bits) {
  const Residues few = modulus.from_naturals(residues(modulus.value(), 64));
  Residues all = modulus.zeros(0);
  while (all.count() < rows) all.append(few);
  all.resize(rows);
  RandomStream random(Random(35), 1, 1);
  std::vector<int32_t> exponents(rows * columns);
  for (int32_t& exponent : exponents)
    exponent = static_cast<int32_t>(random.below(uint64_t{2} << exponent_bits)) - (int32_t{1} << exponent_bits);
  const double start = cpu_seconds();
  const Residues out =
      modulus.many_powers(all, all, exponents, columns);  // as if each were its own inverse: the same work
  const double seconds = cpu_seconds() - start, powers = static_cast<double>(rows * columns);
  std::printf("  many powers, %zu rows x %zu columns of %zu bits: %.3f s, %.3f us a power\n", rows, columns,
              exponent_bits, seconds, seconds / powers * 1e6);
}

// Inverses against rows' own products in the same run: three and a half of them by Montgomery's trick, beside one inverse in truth.
void bench_inverse(const Modulus& modulus, size_t rows) {
  const Residues few = modulus.from_naturals(residues(modulus.value(), 64));
  Residues some = modulus.zeros(0), out;
  while (some.count() < rows) some.append(few);
  some.resize(rows);
  const double inverse_us = us_each(rows, [&] { (void)modulus.inverse(some); });
  const double product_us = us_each(rows, [&] { modulus.multiply(some, some, out); });
  std::printf("  inverses of %zu: %.3f us each, %.1f products of rows\n", rows, inverse_us, inverse_us / product_us);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds_each = std::strtod(argv[1], nullptr);
  for (const size_t bits : {2048, 4096}) {
    const Natural n = Natural::random_prime(bits / 2) * Natural::random_prime(bits / 2);
    const Gmp gmp = gmp_of(n);
    bench_products(n, gmp);
    const Kernel best = *chosen_kernel();
    const Modulus modulus = std::move(*Modulus::make(n, best));
    bench_fixed_base(modulus, 448, gmp);
    bench_inverse(modulus, 1024);
    bench_inverse(modulus, 16'384);
    bench_cells(modulus, 100'000, 24, 32);
    bench_cells(modulus, 10'000, 24, 32);
    bench_many_powers(modulus, 10'000, 16, 16);
    bench_many_powers(modulus, 1'000, 16, 24);
    bench_many_powers(modulus, 4'096, 18, 7);
  }
}
