// Both ciphers at 2048 bits beside FATE 1.11's method at GMP's speed, in one run, by the time of one core: r^n mod n² of full length by
// mpz_powm and (1 + n)^m, sums by mpz_mul and mpz_mod, decryption by CRT.
//   additive_bench [seconds each]
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/cipher/gmp_for_test.h"

namespace puhui::cipher {
namespace {

// Of this core alone: neighbours on the machine must not count.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Items a second: `work` does `items` of them; repeated until the time is up, the best kept, since neighbours only slow it down.
double pace(double seconds_each, size_t items, const std::function<void()>& work) {
  double best = 0;
  const double end = seconds_now() + seconds_each;
  do {
    const double start = seconds_now();
    work();
    best = std::max(best, static_cast<double>(items) / (seconds_now() - start));
  } while (seconds_now() < end);
  return best;
}

void print(const char* what, double per_second) {
  std::printf("  %-52s %12s /s %10.2f us each\n", what, with_thousands(static_cast<int64_t>(per_second)).c_str(),
              1e6 / per_second);
}

struct Paces {
  double encrypt = 0, decrypt = 0, add = 0;
};

// What FATE 1.11 does to a number, in GMP's functions.
class Peer {
 public:
  Peer(const Natural& p, const Natural& q) : p_(p), q_(q), n_(p * q), square_(p * q * p * q) {
    mpz_mul(p_square_.get(), p_.get(), p_.get());
    mpz_mul(q_square_.get(), q_.get(), q_.get());
    mpz_invert(q_inverse_.get(), q_.get(), p_.get());
    side_inverse(p_, p_square_, p_unit_);
    side_inverse(q_, q_square_, q_unit_);
  }

  void encrypt(uint64_t plaintext, Oracle& out) const {
    Oracle obfuscator(Natural::random_below(n_.natural()));
    mpz_powm(obfuscator.get(), obfuscator.get(), n_.get(), square_.get());
    mpz_mul_ui(out.get(), n_.get(), plaintext);
    mpz_add_ui(out.get(), out.get(), 1);
    mpz_mod(out.get(), out.get(), square_.get());
    mpz_mul(out.get(), out.get(), obfuscator.get());
    mpz_mod(out.get(), out.get(), square_.get());
  }
  void add(Oracle& to, const Oracle& what) const {
    mpz_mul(to.get(), to.get(), what.get());
    mpz_mod(to.get(), to.get(), square_.get());
  }
  void decrypt(const Oracle& ciphertext, Oracle& out) const {
    Oracle mp, mq;
    side(ciphertext, p_, p_square_, p_unit_, mp);
    side(ciphertext, q_, q_square_, q_unit_, mq);
    mpz_sub(out.get(), mp.get(), mq.get());
    mpz_mul(out.get(), out.get(), q_inverse_.get());
    mpz_mod(out.get(), out.get(), p_.get());
    mpz_mul(out.get(), out.get(), q_.get());
    mpz_add(out.get(), out.get(), mq.get());
  }

 private:
  static void logarithm(const Oracle& base, const Oracle& prime, const Oracle& square, Oracle& out) {
    Oracle exponent;
    mpz_sub_ui(exponent.get(), prime.get(), 1);
    mpz_powm(out.get(), base.get(), exponent.get(), square.get());
    mpz_sub_ui(out.get(), out.get(), 1);
    mpz_divexact(out.get(), out.get(), prime.get());
  }
  void side_inverse(const Oracle& prime, const Oracle& square, Oracle& out) const {
    Oracle base;
    mpz_add_ui(base.get(), n_.get(), 1);
    logarithm(base, prime, square, out);
    mpz_invert(out.get(), out.get(), prime.get());
  }
  static void side(const Oracle& ciphertext, const Oracle& prime, const Oracle& square, const Oracle& unit,
                   Oracle& out) {
    logarithm(ciphertext, prime, square, out);
    mpz_mul(out.get(), out.get(), unit.get());
    mpz_mod(out.get(), out.get(), prime.get());
  }

  Oracle p_, q_, n_, square_, p_square_, q_square_, q_inverse_, p_unit_, q_unit_;
};

Paces measure_peer(const Natural& p, const Natural& q, double seconds_each) {
  const Peer peer(p, q);
  Paces out;
  constexpr size_t kFew = 8, kMany = 4096;
  std::vector<Oracle> ciphertexts(kFew);
  out.encrypt = pace(seconds_each, kFew, [&] {
    for (size_t i = 0; i < kFew; ++i) peer.encrypt(1'000'000 + i, ciphertexts[i]);
  });
  Oracle plain, sum = ciphertexts[0];
  out.decrypt = pace(seconds_each, kFew, [&] {
    for (size_t i = 0; i < kFew; ++i) {
      peer.decrypt(ciphertexts[i], plain);
      CHECK(mpz_cmp_ui(plain.get(), 1'000'000 + i) == 0, "the peer decrypts what it encrypted");
    }
  });
  out.add = pace(seconds_each, kMany, [&] {
    for (size_t i = 0; i < kMany; ++i) peer.add(sum, ciphertexts[i % kFew]);
  });
  std::printf("FATE 1.11's method, Paillier, GMP %s\n", gmp_version);
  print("encrypt: r^n by powm", out.encrypt);
  print("decrypt: CRT by powm", out.decrypt);
  print("add: mul and mod", out.add);
  return out;
}

Integers plaintexts(size_t count) {
  Integers out(count, 1);
  for (size_t i = 0; i < count; ++i) out.at(i)[0] = i % 2 == 0 ? 1'000'000 + i : ~(1'000'000 + i);
  return out;
}

Paces measure(SecretKey& key, double seconds_each) {
  const PublicKey& shared = key.public_key();
  constexpr size_t kRows = 2048;
  const Integers values = plaintexts(kRows);
  Ciphertexts made = key.encrypt(values);
  (void)shared.encrypt(plaintexts(8));  // tables
  Paces out;
  out.encrypt = pace(seconds_each, kRows, [&] { made = key.encrypt(values); });
  print("encrypt by the owner", out.encrypt);
  print("prepare, then encrypt", pace(seconds_each, kRows, [&] { key.prepare(kRows), made = key.encrypt(values); }));
  key.prepare(4 * kRows);
  double ahead = 0;
  for (int i = 0; i < 4; ++i) ahead = std::max(ahead, pace(0, kRows, [&] { made = key.encrypt(values); }));
  print("encrypt by the owner, obfuscators ahead of time", ahead);
  print("encrypt by the public key",
        pace(seconds_each, kRows / 4, [&] { (void)shared.encrypt(plaintexts(kRows / 4)); }));
  Ciphertexts some = shared.encode(plaintexts(kRows / 8));
  shared.refresh(some);
  print("refresh, full length", pace(seconds_each, kRows / 8, [&] { shared.refresh(some); }));
  out.decrypt = pace(seconds_each, kRows, [&] {
    const auto plain = key.decrypt(made, 1, 64);
    CHECK(plain.has_value() && plain->data == values.data, "what was encrypted comes back");
  });
  print("decrypt", out.decrypt);
  Ciphertexts sum = made;
  out.add = pace(seconds_each, kRows, [&] { shared.add(sum, made); });
  print("add", out.add);
  std::string bytes;
  shared.write(made, bytes);
  print("read and check",
        pace(seconds_each, kRows, [&] { CHECK(shared.read(bytes).has_value(), "ciphertexts are read"); }));
  constexpr size_t kWidth = 40;
  const size_t group = shared.plaintext_bits() / kWidth;
  print("pack together, a slot", pace(seconds_each, kRows, [&] { (void)shared.pack_together(made, group, kWidth); }));
  return out;
}

int run(double seconds_each) {
  const auto kernel = chosen_kernel();
  CHECK(kernel.has_value(), "PUHUI_CIPHER_KERNEL names a kernel that is here");
  const auto name = [](auto value) {
    return std::string(names_of(static_cast<const decltype(value)*>(nullptr))[size_t(value)]);
  };
  Natural p, q;
  std::optional<SecretKey> paillier;
  while (!paillier) {
    p = Natural::random_prime(1024), q = Natural::random_prime(1024);
    if (auto key = SecretKey::from_factors(Scheme::paillier, p, q, *kernel)) paillier = std::move(*key);
  }
  const Paces peer = measure_peer(p, q, seconds_each);
  std::printf("Paillier 2048, kernel %s\n", name(*kernel).c_str());
  const Paces ours = measure(*paillier, seconds_each);
  const double start = seconds_now();
  auto other = SecretKey::make(Scheme::okamoto_uchiyama, 2048, *kernel);
  CHECK(other.has_value(), "a key is made");
  std::printf("Okamoto-Uchiyama 2048, kernel %s, key made in %.2f s\n", name(*kernel).c_str(), seconds_now() - start);
  const Paces shorter = measure(*other, seconds_each);
  const auto ratios = [&](const char* what, const Paces& paces) {
    std::printf("%-18s encrypt by the owner %6.1f x   decrypt %5.1f x   add %5.1f x   of FATE 1.11's method\n", what,
                paces.encrypt / peer.encrypt, paces.decrypt / peer.decrypt, paces.add / peer.add);
  };
  ratios("Paillier", ours);
  ratios("Okamoto-Uchiyama", shorter);
  const bool holds = ours.encrypt >= 30 * peer.encrypt;
  std::printf("bar: Paillier-2048 encryption by the owner >= 30 x: %.1f x, %s\n", ours.encrypt / peer.encrypt,
              holds ? "holds" : "MISSED");
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace puhui::cipher

int main(int argc, char** argv) { return puhui::cipher::run(argc > 1 ? std::atof(argv[1]) : 2.0); }
