#include "infrastructure/channel/tls_reason.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>

#include "infrastructure/channel/openssl_handles.h"

namespace puhui::channel {

namespace {

constexpr size_t kNamedMax = 8;

enum class Cause : uint8_t { not_tls, version, no_certificate, ours_refused, ours_out_of_date, purpose, closed, other };

Cause cause_of(int reason) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_BAD_RECORD_TYPE: return Cause::not_tls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_UNSUPPORTED_SSL_VERSION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM: return Cause::version;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return Cause::no_certificate;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return Cause::ours_refused;
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: return Cause::ours_out_of_date;
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: return Cause::purpose;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return Cause::closed;
    default: return Cause::other;
  }
}

Error forbidden(std::string message) { return {ErrorCode::forbidden, {{"certificate", std::move(message)}}}; }

Error broken(std::string_view doing, const std::string& what) {
  return {ErrorCode::unavailable, {{"connection", "broke in " + std::string(doing) + ": " + what}}};
}

}  // namespace

Error unknown_certificate(const Digest& came, std::string_view came_party, const std::vector<Pinned>& expected) {
  std::string names;
  for (size_t i = 0; i < expected.size() && i < kNamedMax; ++i)
    names += (i > 0 ? ", " : "") + expected[i].party + " " + expected[i].fingerprint.short_hex();
  if (expected.size() > kNamedMax) names += " and " + std::to_string(expected.size() - kNamedMax) + " more";
  // The name in a certificate nobody vouches for is a claim; it helps to find the mistake.
  return forbidden(
      "expected the certificate of " + (names.empty() ? "nobody: no partner is known" : names) + ", came " +
      came.hex() + ", which calls itself \"" + std::string(came_party) +
      "\": compare fingerprints with the partner by telephone, and take its new certificate in if it is theirs");
}

Error out_of_date(std::string_view party) {
  return forbidden("expected the certificate of " + std::string(party) +
                   " to be in date, it is not: the partner makes a new one, or one of the two clocks is wrong");
}

Error tls_failure(std::string_view doing, std::string_view own) {
  const int wire_error = errno;
  const unsigned long code = ERR_peek_error();
  const bool reset = wire_error == ECONNRESET || wire_error == EPIPE;
  const Cause cause = code != 0 ? cause_of(ERR_GET_REASON(code)) : reset ? Cause::closed : Cause::other;
  const std::string text = code != 0 ? openssl_reason() : wire_error != 0 ? std::strerror(wire_error) : "closed";
  ERR_clear_error();
  switch (cause) {
    case Cause::not_tls:
      return forbidden("expected TLS 1.3, the other side speaks something else (" + text + "): is it Puhui's port?");
    case Cause::version:
      return forbidden("expected TLS 1.3 with Ed25519 certificates, the other side does not offer it (" + text + ")");
    case Cause::no_certificate: return forbidden("expected a partner's certificate, the caller showed none");
    case Cause::ours_refused:
      return forbidden("the other side refused this house's certificate " + std::string(own) +
                       ": send it to the partner, and compare fingerprints by telephone");
    case Cause::ours_out_of_date:
      return forbidden("the other side finds this house's certificate " + std::string(own) +
                       " out of date: make a new one, or one of the two clocks is wrong");
    case Cause::purpose:
      return forbidden(
          "the two houses do not agree on what the call is for: one of them runs an older program, or nobody there "
          "takes part in this");
    case Cause::closed: return broken(doing, "the other side closed it without a word: did its program stop?");
    case Cause::other: break;
  }
  return broken(doing, text);
}

}  // namespace puhui::channel
