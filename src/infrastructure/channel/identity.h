// Identity: a party's certificate and secret key. Self-signed: what counts is that the peer holds this very certificate.
#pragma once

#include <string>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/hash.h"
#include "ground/base/result.h"

namespace puhui::channel {

inline constexpr size_t kPartyNameMax = 64;  // lower-case letters, digits, '-', '_'

// A peer as this house knows it: no other certificate will do.
struct Pinned {
  std::string party;
  Digest fingerprint;
};

struct Certificate {
  std::string pem;     // text, as it is exchanged
  std::string party;   // its common name
  Digest fingerprint;  // SHA-256 of the DER bytes
  Timestamp from, until;
  // `invalid` says what it is not: one Ed25519 certificate, X.509, with a party's name.
  static Result<Certificate> parse(std::string_view pem);
  // Ed25519 over `bytes` by the certificate's key.
  bool verifies(std::string_view bytes, std::string_view signature) const;
};

class Identity {
 public:
  // A new key from the system's randomness, a certificate for ten years.
  static Result<Identity> make(std::string_view party, Timestamp now);
  // The key file's content (PEM, PKCS #8) and the certificate it belongs to; `invalid` when they do not.
  static Result<Identity> parse(std::string_view certificate_pem, std::string_view key_pem);
  ~Identity();  // wipes
  Identity(const Identity&) = default;
  Identity& operator=(const Identity& other);

  const Certificate& certificate() const { return certificate_; }
  const std::string& key_pem() const { return key_pem_; }  // for the key file (mode 0600) alone
  std::string sign(std::string_view bytes) const;          // 64 bytes

 private:
  Identity() = default;
  Certificate certificate_;
  std::string key_pem_;
};

}  // namespace puhui::channel
