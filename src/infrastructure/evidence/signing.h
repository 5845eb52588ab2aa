// Ed25519 signatures (RFC 8032, by libsodium): how a person says yes to a manifest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui::evidence {

struct PublicKey {
  std::array<uint8_t, 32> bytes{};
  auto operator<=>(const PublicKey&) const = default;
  std::string hex() const;
  static std::optional<PublicKey> parse(std::string_view hex);
};

struct Signature {
  std::array<uint8_t, 64> bytes{};
  bool operator==(const Signature&) const = default;
  std::string hex() const;
  static std::optional<Signature> parse(std::string_view hex);
};

// The secret half. Never printed, never logged; the memory is wiped when it goes.
class SigningKey {
 public:
  static SigningKey make();  // from the system's randomness
  static SigningKey from_seed(const std::array<uint8_t, 32>& seed);
  static Result<SigningKey> parse(std::string_view seed_hex);  // a key file's content
  ~SigningKey();
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;

  Signature sign(std::string_view bytes) const;
  PublicKey public_key() const;
  std::string seed_hex() const;  // for the key file (mode 0600) alone

 private:
  SigningKey() = default;
  std::array<uint8_t, 64> secret_{};
};

bool verifies(const PublicKey& key, std::string_view bytes, const Signature& signature);

}  // namespace puhui::evidence
