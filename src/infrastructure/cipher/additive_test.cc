#include "infrastructure/cipher/additive.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "ground/base/check.h"
#include "infrastructure/cipher/gmp_for_test.h"

namespace puhui::cipher {
namespace {

struct Factors {
  Natural p, q;
  Natural n(Scheme scheme) const { return scheme == Scheme::paillier ? p * q : p * p * q; }
};

// One key of 2048 bits a scheme, drawn once a run; a failure prints its factors.
const Factors& factors_of(Scheme scheme) {
  static const auto draw = [](Scheme which) {
    const bool is_paillier = which == Scheme::paillier;
    for (;;) {
      Factors out{Natural::random_prime(is_paillier ? 1024 : 683), Natural::random_prime(is_paillier ? 1024 : 682)};
      if (SecretKey::from_factors(which, out.p, out.q, Kernel::scalar)) return out;
    }
  };
  static const Factors paillier = draw(Scheme::paillier), okamoto_uchiyama = draw(Scheme::okamoto_uchiyama);
  return scheme == Scheme::paillier ? paillier : okamoto_uchiyama;
}

SecretKey key_of(Scheme scheme, Kernel kernel) {
  auto key = SecretKey::from_factors(scheme, factors_of(scheme).p, factors_of(scheme).q, kernel);
  CHECK(key.has_value(), "the factors made a key before");
  return *std::move(key);
}

Kernel best_kernel() {
  Kernel best = Kernel::scalar;
  for (const Kernel kernel : {Kernel::avx2, Kernel::ifma}) {
    if (is_available(kernel)) best = kernel;
  }
  return best;
}

Integers integers(const std::vector<int64_t>& values) {
  Integers out(values.size(), 1);
  for (size_t i = 0; i < values.size(); ++i) out.at(i)[0] = static_cast<uint64_t>(values[i]);
  return out;
}

std::vector<int64_t> numbers(const Integers& values) {
  std::vector<int64_t> out(values.count());
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<int64_t>(values.at(i)[0]);
  return out;
}

std::vector<int64_t> drawn_numbers(size_t count, uint64_t seed, int64_t size = int64_t{1} << 40) {
  std::mt19937_64 draws(seed);
  std::vector<int64_t> out(count);
  for (int64_t& value : out) value = static_cast<int64_t>(draws()) % size;
  return out;
}

// On the best kernel here; that all kernels answer the same is a test of its own below, and modulus_test holds each to GMP.
class Additive : public testing::TestWithParam<Scheme> {
 protected:
  void SetUp() override {
    static std::map<Scheme, SecretKey> keys;  // tables take a while to make
    auto at = keys.find(GetParam());
    if (at == keys.end()) at = keys.emplace(GetParam(), key_of(scheme(), kernel())).first;
    secret_ = &at->second;
  }
  Scheme scheme() const { return GetParam(); }
  static Kernel kernel() { return best_kernel(); }
  const SecretKey& secret() const { return *secret_; }
  SecretKey& secret() { return *secret_; }
  const PublicKey& key() const { return secret_->public_key(); }
  const Factors& factors() const { return factors_of(scheme()); }

  std::vector<int64_t> decrypted(const Ciphertexts& what) const {
    auto out = secret().decrypt(what, 1, 64);
    EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().text());
    return out ? numbers(*out) : std::vector<int64_t>{};
  }
  std::vector<Natural> naturals(const Ciphertexts& what) const { return key().modulus().naturals(what.residues); }
  Natural part(size_t index) const {  // of the key's bytes: n, h, g
    return Natural::from_bytes(key().bytes().substr(14 + index * key().bits() / 8, key().bits() / 8));
  }
  // The plaintext in [0, n) or [0, p), as the papers define it.
  Natural plaintext_by_definition(const Natural& ciphertext) const;

 private:
  SecretKey* secret_ = nullptr;
};

// L(c^λ mod n²) / L((1+n)^λ mod n²) mod n (Paillier), L(c^(p-1) mod p²) / L(g^(p-1) mod p²) mod p, with L(x) = (x - 1) / divisor.
Natural Additive::plaintext_by_definition(const Natural& ciphertext) const {
  const Oracle p(factors().p), q(factors().q);
  Oracle exponent, divisor, modulus, unit, out;
  mpz_sub_ui(exponent.get(), p.get(), 1);
  divisor = p;
  if (scheme() == Scheme::paillier) {
    mpz_sub_ui(out.get(), q.get(), 1);
    mpz_lcm(exponent.get(), exponent.get(), out.get());
    mpz_mul(divisor.get(), p.get(), q.get());
  }
  mpz_mul(modulus.get(), divisor.get(), divisor.get());
  const auto logarithm = [&](const Natural& of, Oracle& to) {
    mpz_powm(to.get(), Oracle(of).get(), exponent.get(), modulus.get());
    mpz_sub_ui(to.get(), to.get(), 1);
    EXPECT_TRUE(mpz_divisible_p(to.get(), divisor.get()) != 0);
    mpz_divexact(to.get(), to.get(), divisor.get());
  };
  logarithm(scheme() == Scheme::paillier ? part(0) + Natural(1) : part(2), unit);
  logarithm(ciphertext, out);
  mpz_invert(unit.get(), unit.get(), divisor.get());
  mpz_mul(out.get(), out.get(), unit.get());
  mpz_mod(out.get(), out.get(), divisor.get());
  return out.natural();
}

TEST_P(Additive, owner_and_public_key_encrypt_what_the_definition_decrypts) {
  const std::vector<int64_t> values = {
      0, 1, -1, 1234567890123, -987654321, std::numeric_limits<int64_t>::max(), -std::numeric_limits<int64_t>::max()};
  const Natural bound = scheme() == Scheme::paillier ? factors().n(scheme()) : factors().p;
  for (const Ciphertexts& made :
       {secret().encrypt(integers(values)), key().encrypt(integers(values)), key().encode(integers(values))}) {
    const auto ciphertexts = naturals(made);
    for (size_t i = 0; i < values.size(); ++i) {
      const Natural size(static_cast<uint64_t>(std::abs(values[i])));
      const Natural expected = values[i] < 0 ? bound - size : size;
      EXPECT_EQ(plaintext_by_definition(ciphertexts[i]), expected)
          << values[i] << " p " << factors().p.hex() << " q " << factors().q.hex();
    }
    EXPECT_EQ(decrypted(made), values);
  }
}

TEST_P(Additive, a_constant_is_the_base_to_it) {
  const std::vector<int64_t> values = {0, 1, -1, 77, -1234567};
  const auto ciphertexts = naturals(key().encode(integers(values)));
  const Oracle modulus(key().modulus().value());
  for (size_t i = 0; i < values.size(); ++i) {
    Oracle base(scheme() == Scheme::paillier ? part(0) + Natural(1) : part(2)), exponent;
    mpz_set_si(exponent.get(), values[i]);
    mpz_powm(base.get(), base.get(), exponent.get(), modulus.get());
    EXPECT_EQ(ciphertexts[i], base.natural()) << values[i];
  }
}

TEST_P(Additive, an_obfuscator_is_an_nth_power_and_never_the_same) {
  const Integers zero = integers(std::vector<int64_t>(9, 0));
  std::set<std::string> seen;
  for (Ciphertexts made : {secret().encrypt(zero), key().encrypt(zero), key().zeros(9)}) {
    const bool was_plain = naturals(made)[0] == Natural(1);
    if (was_plain) key().refresh(made);
    for (const Natural& ciphertext : naturals(made)) {
      EXPECT_TRUE(seen.insert(ciphertext.hex()).second);
      EXPECT_TRUE(plaintext_by_definition(ciphertext).is_zero());  // exactly the n-th powers have the plaintext 0
      EXPECT_GT(ciphertext.bits(), key().modulus().value().bits() - 100);
    }
  }
  EXPECT_EQ(seen.size(), 27u);
}

TEST_P(Additive, sums_and_differences_of_any_count_are_those_of_the_plaintexts) {
  for (const size_t count : {1, 7, 17}) {
    const auto a = drawn_numbers(count, 10 + count), b = drawn_numbers(count, 90 + count);
    const Ciphertexts first = secret().encrypt(integers(a)), second = key().encrypt(integers(b));
    Ciphertexts sum = first, difference = first, shifted = first;
    key().add(sum, second);
    ASSERT_TRUE(key().subtract(difference, second).has_value());
    key().add(shifted, key().encode(integers({-5})));
    std::vector<int64_t> sums(count), differences(count), shifts(count);
    for (size_t i = 0; i < count; ++i) sums[i] = a[i] + b[i], differences[i] = a[i] - b[i], shifts[i] = a[i] - 5;
    EXPECT_EQ(decrypted(sum), sums) << count;
    EXPECT_EQ(decrypted(difference), differences) << count;
    EXPECT_EQ(decrypted(shifted), shifts) << count;
  }
  EXPECT_EQ(secret().encrypt(integers({})).count(), 0u);
  EXPECT_EQ(decrypted(key().zeros(3)), (std::vector<int64_t>{0, 0, 0}));
}

TEST_P(Additive, a_refreshed_ciphertext_is_another_of_the_same_plaintext) {
  const std::vector<int64_t> values = {3, -4};
  Ciphertexts made = secret().encrypt(integers(values));
  const auto before = naturals(made);
  key().refresh(made);
  EXPECT_NE(naturals(made)[0], before[0]);
  EXPECT_NE(naturals(made)[1], before[1]);
  EXPECT_EQ(decrypted(made), values);
}

TEST_P(Additive, dot_is_the_sum_of_signed_products) {
  constexpr size_t kRows = 29, kColumns = 5;
  const auto values = drawn_numbers(kRows, 5, 1 << 20);
  const auto drawn = drawn_numbers(kRows * kColumns, 6, int64_t{1} << 31);
  std::vector<int32_t> factors(drawn.begin(), drawn.end());
  for (size_t i = 0; i < kRows; ++i) factors[i * kColumns] = 0, factors[i * kColumns + 1] = i == 7 ? -1 : 0;
  factors[2] = std::numeric_limits<int32_t>::max(), factors[3] = -std::numeric_limits<int32_t>::max();
  std::vector<int64_t> expected(kColumns);
  for (size_t i = 0; i < kRows; ++i) {
    for (size_t j = 0; j < kColumns; ++j) expected[j] += values[i] * factors[i * kColumns + j];
  }
  const auto sums = key().dot(secret().encrypt(integers(values)), factors, kColumns);
  ASSERT_TRUE(sums.has_value()) << sums.error().text();
  EXPECT_EQ(decrypted(*sums), expected);
  const auto none = key().dot(key().zeros(0), {}, kColumns);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(decrypted(*none), std::vector<int64_t>(kColumns, 0));
}

TEST_P(Additive, neighbours_packed_together_unpack_to_themselves) {
  constexpr size_t kCount = 17, kGroup = 5, kWidth = 50;
  std::vector<int64_t> values = drawn_numbers(kCount, 7);
  values[0] = -(int64_t{1} << 49) + 1, values[1] = (int64_t{1} << 49) - 1, values[2] = -1;
  const Ciphertexts packed = key().pack_together(secret().encrypt(integers(values)), kGroup, kWidth);
  ASSERT_EQ(packed.count(), 4u);
  const Slots slots{kWidth, kGroup};
  const auto plain = secret().decrypt(packed, slots.words(), kWidth * kGroup);
  ASSERT_TRUE(plain.has_value()) << plain.error().text();
  const auto back = unpack(*plain, slots);
  ASSERT_TRUE(back.has_value());
  values.resize(20);
  EXPECT_EQ(*back, values);
}

TEST_P(Additive, sums_of_packed_rows_come_out_slot_by_slot) {
  const Slots slots{41, 6};
  std::vector<int64_t> totals(slots.count);
  Ciphertexts sum = key().zeros(1);
  for (size_t row = 0; row < 12; ++row) {
    std::vector<int64_t> values = drawn_numbers(slots.count, row, 1 << 30);
    values[1] = -(int64_t{1} << 30);
    for (size_t i = 0; i < values.size(); ++i) totals[i] += values[i];
    key().add(sum, secret().encrypt(pack(values, slots)));
  }
  const auto plain = secret().decrypt(sum, slots.words(), slots.width_bits * slots.count);
  ASSERT_TRUE(plain.has_value()) << plain.error().text();
  EXPECT_EQ(unpack(*plain, slots), totals);
}

TEST_P(Additive, plaintexts_of_the_full_size_of_both_signs_come_back) {
  const size_t bits = key().plaintext_bits(), words = (bits + 63) / 64;
  Integers values(4, words + 1);
  for (const size_t i : {0, 1}) {  // ± (2^(bits-1) - 1)
    for (size_t bit = 0; bit + 1 < bits; ++bit) values.at(i)[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  for (uint64_t& word : values.at(1)) word = ~word;
  values.at(1)[0] += 1;
  for (uint64_t& word : values.at(2)) word = ~uint64_t{0};
  for (const Ciphertexts& made : {secret().encrypt(values), key().encrypt(values)}) {
    const auto back = secret().decrypt(made, words + 1, bits);
    ASSERT_TRUE(back.has_value()) << back.error().text();
    EXPECT_EQ(back->data, values.data);
  }
}

TEST_P(Additive, a_plaintext_out_of_range_is_corrupt_and_nothing_is_told) {
  const Ciphertexts some = secret().encrypt(integers({127, -127, 128, -128, 5}));
  EXPECT_TRUE(secret().decrypt(some, 1, 9).has_value());
  const auto refused = secret().decrypt(some, 1, 8);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_NE(refused.error().text().find("ciphertext 2"), std::string::npos) << refused.error().text();
}

TEST_P(Additive, a_number_that_no_owner_encrypted_is_out_of_range) {
  // The known attack on Okamoto–Uchiyama: the plaintext of g^x for an x beyond p gives p away, were it told.
  const auto x = Natural::power_of_two(1000) + Natural(12345);
  const Natural base = scheme() == Scheme::paillier ? part(0) + Natural(1) : part(2);
  const Natural chosen = power(base, x, key().modulus().value());
  const auto read = key().read(chosen.bytes(key().ciphertext_bytes()));
  ASSERT_TRUE(read.has_value());
  const size_t words = (key().plaintext_bits() + 63) / 64;
  const size_t range = scheme() == Scheme::paillier ? 900 : key().plaintext_bits();
  const auto told = secret().decrypt(*read, words, range);
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().code, ErrorCode::corrupt);
}

TEST_P(Additive, prepared_obfuscators_are_used_once) {
  const auto values = drawn_numbers(13, 8);
  secret().prepare(10);
  EXPECT_EQ(secret().prepared(), 10u);
  const Ciphertexts some = secret().encrypt(integers({values.begin(), values.begin() + 6}));
  EXPECT_EQ(secret().prepared(), 4u);
  const Ciphertexts all = secret().encrypt(integers(values));
  EXPECT_EQ(secret().prepared(), 0u);
  EXPECT_EQ(decrypted(all), values);
  EXPECT_EQ(decrypted(some), (std::vector<int64_t>(values.begin(), values.begin() + 6)));
}

TEST_P(Additive, ciphertexts_survive_their_bytes_and_bad_bytes_are_named) {
  const auto values = drawn_numbers(11, 9);
  const size_t length = key().ciphertext_bytes();
  std::string bytes;
  key().write(secret().encrypt(integers(values)), bytes);
  ASSERT_EQ(bytes.size(), values.size() * length);
  const auto read = key().read(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(decrypted(*read), values);
  EXPECT_EQ(key().read("")->count(), 0u);

  const auto refuses = [&](std::string what, const std::string& word) {
    const auto answer = key().read(what);
    ASSERT_FALSE(answer.has_value()) << word;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid);
    EXPECT_NE(answer.error().text().find(word), std::string::npos) << answer.error().text();
  };
  const auto with = [&](size_t place, const Natural& value) {
    std::string out = bytes;
    out.replace(place * length, length, value.bytes(length));
    return out;
  };
  refuses(bytes.substr(1), "bytes");
  refuses(with(4, key().modulus().value()), "4");
  refuses(std::string(length, '\xff'), "0");
  for (const size_t place : {0, 5, 10}) {
    refuses(with(place, Natural()), "ciphertext " + std::to_string(place));
    refuses(with(place, factors().p), "ciphertext " + std::to_string(place));
    refuses(with(place, factors().q * Natural(3)), "ciphertext " + std::to_string(place));
  }
}

TEST_P(Additive, a_public_key_survives_its_bytes_and_encrypts_for_its_owner) {
  const auto parsed = PublicKey::parse(key().bytes(), kernel());
  ASSERT_TRUE(parsed.has_value()) << parsed.error().text();
  EXPECT_EQ(parsed->bytes(), key().bytes());
  EXPECT_EQ(parsed->id(), key().id());
  EXPECT_EQ(parsed->scheme(), scheme());
  EXPECT_EQ(parsed->bits(), 2048u);
  EXPECT_EQ(decrypted(parsed->encrypt(integers({42, -42}))), (std::vector<int64_t>{42, -42}));
}

TEST_P(Additive, a_public_key_that_would_betray_is_refused) {
  const auto refuses = [&](const std::string& bytes, const std::string& word) {
    const auto answer = PublicKey::parse(bytes, kernel());
    ASSERT_FALSE(answer.has_value()) << word;
    EXPECT_NE(answer.error().text().find(word), std::string::npos) << answer.error().text();
  };
  const std::string good = key().bytes();
  const size_t length = key().bits() / 8;
  const auto with = [&](size_t index, const Natural& value) {
    std::string out = good;
    out.replace(14 + index * length, length, value.bytes(length));
    return out;
  };
  for (const size_t cut : {0, 5, 13, 14, 100, 500}) refuses(good.substr(0, cut), "");
  refuses(good + "x", "");
  const Natural n = part(0);
  refuses(with(0, n - Natural(1)), "odd");
  refuses(with(0, n >> 1), "bits");
  refuses(with(0, Natural()), "bits");
  refuses(with(0, n - n % Natural(23 * 2) + Natural(23)), "divides");
  for (size_t base = 1; base <= (scheme() == Scheme::paillier ? 1u : 2u); ++base) {
    for (const Natural& bad : {Natural(), Natural(1), n - Natural(1), n, factors().p})
      refuses(with(base, bad), base == 1 ? "h" : "g");
  }
  std::string short_key = good;
  short_key[10] = 0, short_key[11] = 4;  // 1024 bits, least byte first
  refuses(short_key, "2048");
  short_key[10] = 1, short_key[11] = 8;
  refuses(short_key, "2048");
  short_key[9] = 2;
  refuses(short_key, "scheme");
}

INSTANTIATE_TEST_SUITE_P(Keys, Additive, testing::Values(Scheme::paillier, Scheme::okamoto_uchiyama),
                         [](const auto& of) {
                           return std::string(names_of(static_cast<const Scheme*>(nullptr))[size_t(of.param)]);
                         });

TEST(AdditiveKeys, a_key_is_made_of_the_bits_asked_for) {
  for (const Scheme scheme : {Scheme::paillier, Scheme::okamoto_uchiyama}) {
    const auto made = SecretKey::make(scheme, scheme == Scheme::paillier ? 2048 : 2112, best_kernel());
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(Natural::from_bytes(made->public_key().bytes().substr(14, made->public_key().bits() / 8)).bits(),
              made->public_key().bits());
    const auto back = made->decrypt(made->encrypt(integers({-3})), 1, 64);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(numbers(*back), std::vector<int64_t>{-3});
  }
}

TEST(AdditiveKeys, keys_too_short_too_long_or_of_strange_factors_are_refused) {
  for (const size_t bits : {0, 1024, 2047, 2049, 4160, 8192}) {
    EXPECT_FALSE(SecretKey::make(Scheme::paillier, bits, Kernel::scalar).has_value()) << bits;
  }
  const Factors& factors = factors_of(Scheme::paillier);
  EXPECT_FALSE(SecretKey::from_factors(Scheme::paillier, factors.p, factors.p, Kernel::scalar).has_value());
  EXPECT_FALSE(
      SecretKey::from_factors(Scheme::paillier, factors.p, factors.q + Natural(4), Kernel::scalar).has_value());
  const Factors& unequal = factors_of(Scheme::okamoto_uchiyama);
  EXPECT_FALSE(SecretKey::from_factors(Scheme::okamoto_uchiyama, unequal.q, unequal.p, Kernel::scalar).has_value());
  EXPECT_FALSE(SecretKey::from_factors(Scheme::paillier, unequal.p, unequal.q, Kernel::scalar).has_value());
}

TEST(AdditiveKeys, one_kernel_reads_and_answers_what_another_wrote) {
  const auto values = drawn_numbers(9, 3), more = drawn_numbers(9, 4);
  std::vector<int64_t> sums(values.size());
  for (size_t i = 0; i < sums.size(); ++i) sums[i] = values[i] + more[i];
  for (const Scheme scheme : {Scheme::paillier, Scheme::okamoto_uchiyama}) {
    const SecretKey owner = key_of(scheme, best_kernel());
    std::string sent, first_answer;
    owner.public_key().write(owner.encrypt(integers(values)), sent);
    for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
      if (!is_available(kernel)) continue;
      const auto peer = PublicKey::parse(owner.public_key().bytes(), kernel);
      ASSERT_TRUE(peer.has_value()) << peer.error().text();
      auto sum = peer->read(sent);
      ASSERT_TRUE(sum.has_value()) << sum.error().text();
      peer->add(*sum, peer->encode(integers(more)));
      std::string answer;
      peer->write(*sum, answer);
      if (first_answer.empty()) first_answer = answer;
      EXPECT_EQ(answer, first_answer);
      const auto back = owner.decrypt(*owner.public_key().read(answer), 1, 64);
      ASSERT_TRUE(back.has_value());
      EXPECT_EQ(numbers(*back), sums);
    }
  }
}

TEST(AdditiveKeys, more_rows_than_a_block_holds_are_all_encrypted_and_summed) {
  const SecretKey key = key_of(Scheme::okamoto_uchiyama, best_kernel());
  const auto values = drawn_numbers(515, 21);
  const auto back = key.decrypt(key.encrypt(integers(values)), 1, 64);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(numbers(*back), values);

  constexpr size_t kRows = 16390;
  const PublicKey& shared = key.public_key();
  Ciphertexts rows = shared.zeros(kRows);
  const Ciphertexts some = shared.encode(integers({5, 7}));
  for (const size_t row : {size_t{0}, kRows - 1})
    std::copy_n(some.residues.at(row == 0 ? 0 : 1), rows.residues.words(), rows.residues.at(row));
  std::vector<int32_t> factors(kRows, 3);
  factors[0] = -100, factors[kRows - 1] = 1000;
  const auto sum = shared.dot(rows, factors, 1);
  ASSERT_TRUE(sum.has_value());
  const auto total = key.decrypt(*sum, 1, 64);
  ASSERT_TRUE(total.has_value());
  EXPECT_EQ(numbers(*total), std::vector<int64_t>{7 * 1000 - 5 * 100});
}

TEST(AdditiveKeys, one_thread_prepares_while_another_encrypts) {
  SecretKey key = key_of(Scheme::okamoto_uchiyama, best_kernel());
  std::thread ahead([&] {
    for (int i = 0; i < 4; ++i) key.prepare(3);
  });
  std::set<std::string> seen;
  for (int i = 0; i < 6; ++i) {
    const Ciphertexts made = key.encrypt(integers({1, 1, 1, 1}));
    const auto back = key.decrypt(made, 1, 64);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(numbers(*back), (std::vector<int64_t>{1, 1, 1, 1}));
    for (const Natural& each : key.public_key().modulus().naturals(made.residues))
      EXPECT_TRUE(seen.insert(each.hex()).second);
  }
  ahead.join();
}

TEST(AdditiveDeathTest, ciphertexts_of_two_keys_are_never_mixed) {
  const SecretKey one = key_of(Scheme::okamoto_uchiyama, best_kernel()),
                  other = key_of(Scheme::okamoto_uchiyama, best_kernel());
  Ciphertexts sum = one.public_key().zeros(2);
  EXPECT_DEATH(one.public_key().add(sum, other.public_key().zeros(2)), "one key");
  EXPECT_DEATH((void)one.decrypt(other.public_key().zeros(2), 1, 64), "one key");
  Integers large(1, 20);
  large.at(0)[15] = 1;
  EXPECT_DEATH(one.public_key().encode(large), "must fit the key");
}

}  // namespace
}  // namespace puhui::cipher
