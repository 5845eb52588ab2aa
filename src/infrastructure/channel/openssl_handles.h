// OpenSSL's objects with an owner. For the .cc files of this module.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "ground/base/hash.h"

namespace puhui::channel {

template <auto free_it>
struct FreeWith {
  void operator()(auto* object) const { free_it(object); }
};
using BioHandle = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using X509Handle = std::unique_ptr<X509, FreeWith<X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using SslContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, FreeWith<SSL_free>>;

// What OpenSSL complained of in this thread, newest first; empties its queue.
std::string openssl_reason();

X509Handle certificate_from_pem(std::string_view pem);  // the first in the text; null when there is none
KeyHandle key_from_pem(std::string_view pem);
Digest fingerprint_of(X509* certificate);  // SHA-256 of its DER bytes
std::string party_of(X509* certificate);   // its common name, fit to be shown; may be empty

}  // namespace puhui::channel
