// Products on Curve25519 of every kernel beside OpenSSL's X25519 in the same run, and what hashing to points and checking cost.
// Before it is timed, each kernel is held against libsodium.
#include <openssl/evp.h>
#include <sodium.h>

#include <cstdio>
#include <vector>

#include "ground/base/check.h"
#include "ground/base/cpu_account.h"
#include "infrastructure/cipher/curve25519.h"

namespace puhui::cipher {
namespace {

constexpr size_t kPoints = 16'384, kOfOpenssl = 4'096, kRounds = 5;
constexpr double kRatioMin = 4;

using Bytes32 = std::array<uint8_t, 32>;

std::vector<Point> random_points(size_t count) {
  std::vector<Point> out(count);
  randombytes_buf(out.data(), out.size() * sizeof(Point));
  return out;
}

// The best of the rounds: others use this machine too.
template <class Work>
double rate_per_s(size_t count, Work work) {
  double best = 0;
  for (size_t round = 0; round < kRounds; ++round) {
    const int64_t began = thread_cpu_ns();
    work();
    best = std::max(best, static_cast<double>(count) * 1e9 / static_cast<double>(thread_cpu_ns() - began));
  }
  return best;
}

// EVP_PKEY_derive with keys and context made beforehand: only the product is timed.
double openssl_per_s() {
  std::vector<EVP_PKEY*> peers;
  for (const Point& point : random_points(kOfOpenssl)) {
    peers.push_back(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, point.bytes.data(), 32));
  }
  Bytes32 secret;
  randombytes_buf(secret.data(), 32);
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, secret.data(), 32);
  std::vector<EVP_PKEY_CTX*> contexts;
  for (EVP_PKEY* peer : peers) {
    contexts.push_back(EVP_PKEY_CTX_new(key, nullptr));
    CHECK(EVP_PKEY_derive_init(contexts.back()) == 1 && EVP_PKEY_derive_set_peer(contexts.back(), peer) == 1,
          "OpenSSL has X25519");
  }
  const double rate = rate_per_s(kOfOpenssl, [&] {
    for (EVP_PKEY_CTX* each : contexts) {
      Bytes32 out;
      size_t length = 32;
      CHECK(EVP_PKEY_derive(each, out.data(), &length) == 1, "random points are not of small order");
    }
  });
  for (EVP_PKEY_CTX* each : contexts) EVP_PKEY_CTX_free(each);
  for (EVP_PKEY* peer : peers) EVP_PKEY_free(peer);
  EVP_PKEY_free(key);
  return rate;
}

size_t mismatches_with_libsodium(const Curve25519& curve) {
  const std::vector<Point> points = random_points(kPoints);
  std::vector<Point> out(kPoints);
  Bytes32 secret;
  randombytes_buf(secret.data(), 32);
  curve.x25519(points, secret, out);
  size_t wrong = 0;
  for (size_t i = 0; i < kPoints; ++i) {
    Point theirs;
    CHECK(crypto_scalarmult_curve25519(theirs.bytes.data(), secret.data(), points[i].bytes.data()) == 0,
          "not of small order");
    wrong += theirs != out[i];
  }
  return wrong;
}

bool bench_kernel(Kernel kernel, std::string_view name, double openssl) {
  const Curve25519 curve(kernel);
  const size_t wrong = mismatches_with_libsodium(curve);
  std::vector<std::array<uint8_t, 64>> uniform(kPoints);
  randombytes_buf(uniform.data(), uniform.size() * 64);
  std::vector<Point> points(kPoints), out(kPoints);
  const double hashes = rate_per_s(kPoints, [&] { curve.hash_to_points(uniform, points); });
  const double checks =
      rate_per_s(kPoints, [&] { CHECK(curve.check(points).has_value(), "hashed points are points"); });
  const Scalar scalar = Scalar::random();
  const double products = rate_per_s(kPoints, [&] { curve.multiply(points, scalar, out); });
  std::vector<Scalar> scalars(kPoints, scalar);
  const double each = rate_per_s(kPoints, [&] { curve.multiply_each(points, scalars, out); });
  const bool has_bar = kernel == Kernel::ifma;
  const bool holds = wrong == 0 && (!has_bar || products >= kRatioMin * openssl);
  std::printf(
      "%-7.*s %9.0f products/s, %5.2f x OpenSSL%s; %9.0f/s each by its own scalar; %9.0f hash_to_points/s; "
      "%9.0f check/s; %zu of %zu differ from libsodium: %s\n",
      static_cast<int>(name.size()), name.data(), products, products / openssl, has_bar ? " (at least 4)" : "", each,
      hashes, checks, wrong, kPoints, holds ? "holds" : "DOES NOT HOLD");
  return holds;
}

int bench() {
  const double openssl = openssl_per_s();
  std::printf("OpenSSL %9.0f products/s (X25519, EVP_PKEY_derive), one core\n", openssl);
  bool holds = true;
  const auto names = names_of(static_cast<const Kernel*>(nullptr));
  for (const Kernel kernel : {Kernel::scalar, Kernel::avx2, Kernel::ifma}) {
    const std::string_view name = names[static_cast<size_t>(kernel)];
    if (is_available(kernel)) {
      holds = bench_kernel(kernel, name, openssl) && holds;
    } else {
      std::printf("%-7.*s skipped: this machine lacks it\n", static_cast<int>(name.size()), name.data());
    }
  }
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace puhui::cipher

int main() { return puhui::cipher::bench(); }
