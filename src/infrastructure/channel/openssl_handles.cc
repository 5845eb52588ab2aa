#include "infrastructure/channel/openssl_handles.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "infrastructure/channel/frame.h"
#include "infrastructure/channel/identity.h"

namespace puhui::channel {

std::string openssl_reason() {
  std::string out;
  while (const unsigned long code = ERR_get_error()) {
    const char* text = ERR_reason_error_string(code);
    if (!out.empty()) out += ", ";
    out += text != nullptr ? text : "error " + std::to_string(code);
  }
  return out.empty() ? "no reason given" : out;
}

X509Handle certificate_from_pem(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Handle(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

KeyHandle key_from_pem(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A file that asks for a password must not make a server wait at a terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  return KeyHandle(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

Digest fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  const Digest digest = sha256({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return digest;
}

std::string party_of(X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  return printable(
      {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), static_cast<size_t>(ASN1_STRING_length(value))},
      kPartyNameMax);
}

}  // namespace puhui::channel
