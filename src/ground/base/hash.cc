#include "ground/base/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui {

namespace {

// Fetching the algorithm costs more than hashing a record; it is fetched once.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr, "OpenSSL offers SHA-256");
  return algorithm;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), sha256_algorithm(), nullptr) == 1,
        "a digest can be started");
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size());
}

Digest Sha256::digest() {
  Digest out;
  auto* context = static_cast<EVP_MD_CTX*>(context_);
  EVP_DigestFinal_ex(context, out.bytes.data(), nullptr);
  EVP_DigestInit_ex(context, sha256_algorithm(), nullptr);
  return out;
}

Digest sha256(std::string_view bytes) { return sha256(bytes, {}); }

Digest sha256(std::string_view first, std::string_view second) {
  thread_local Sha256 hasher;
  hasher.add(first);
  hasher.add(second);
  return hasher.digest();
}

std::string Digest::hex() const { return to_hex(view()); }

std::string Digest::short_hex() const { return to_hex(view().substr(0, 6)); }

std::optional<Digest> Digest::from_bytes(std::string_view bytes) {
  if (bytes.size() != 32) return std::nullopt;
  Digest out;
  std::memcpy(out.bytes.data(), bytes.data(), 32);
  return out;
}

std::optional<Digest> Digest::parse(std::string_view hex) {
  auto bytes = from_hex(hex);
  return bytes ? from_bytes(*bytes) : std::nullopt;
}

uint64_t hash64(std::string_view bytes, uint64_t seed) {
  // FNV-1a over the bytes, then the SplitMix64 finaliser so that every input bit reaches every output bit.
  uint64_t h = 0xCBF29CE484222325ull ^ (seed * 0x9E3779B97F4A7C15ull);
  for (const char c : bytes) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3ull;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
  return h ^ (h >> 31);
}

}  // namespace puhui
