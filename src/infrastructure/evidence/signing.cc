#include "infrastructure/evidence/signing.h"

#include <sodium.h>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::evidence {

namespace {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  CHECK(started, "libsodium starts");
}

template <class Array>
std::string hex_of(const Array& bytes) {
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

template <class Array>
bool fill(Array& to, std::string_view hex) {
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != to.size()) return false;
  std::copy(bytes->begin(), bytes->end(), to.begin());
  return true;
}

const uint8_t* data(std::string_view bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

}  // namespace

std::string PublicKey::hex() const { return hex_of(bytes); }

std::optional<PublicKey> PublicKey::parse(std::string_view hex) {
  PublicKey out;
  return fill(out.bytes, hex) ? std::optional(out) : std::nullopt;
}

std::string Signature::hex() const { return hex_of(bytes); }

std::optional<Signature> Signature::parse(std::string_view hex) {
  Signature out;
  return fill(out.bytes, hex) ? std::optional(out) : std::nullopt;
}

SigningKey SigningKey::make() {
  start_sodium();
  std::array<uint8_t, 32> seed;
  randombytes_buf(seed.data(), seed.size());
  SigningKey key = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

SigningKey SigningKey::from_seed(const std::array<uint8_t, 32>& seed) {
  start_sodium();
  SigningKey key;
  PublicKey unused;
  crypto_sign_seed_keypair(unused.bytes.data(), key.secret_.data(), seed.data());
  return key;
}

Result<SigningKey> SigningKey::parse(std::string_view seed_hex) {
  std::array<uint8_t, 32> seed;
  if (!fill(seed, trim(seed_hex))) {
    return fail(ErrorCode::invalid,
                "expected a signing key of 64 hex digits, came something else; make one with 'puhui person add'");
  }
  return from_seed(seed);
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(std::string_view bytes) const {
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, data(bytes), bytes.size(), secret_.data());
  return out;
}

PublicKey SigningKey::public_key() const {
  PublicKey out;
  crypto_sign_ed25519_sk_to_pk(out.bytes.data(), secret_.data());
  return out;
}

std::string SigningKey::seed_hex() const {
  return to_hex({reinterpret_cast<const char*>(secret_.data()), 32});  // the secret key starts with its seed
}

bool verifies(const PublicKey& key, std::string_view bytes, const Signature& signature) {
  start_sodium();
  return crypto_sign_verify_detached(signature.bytes.data(), data(bytes), bytes.size(), key.bytes.data()) == 0;
}

}  // namespace puhui::evidence
