#include "infrastructure/channel/identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/channel/openssl_handles.h"

namespace puhui::channel {

namespace {

constexpr size_t kPemBytesMax = 16 << 10;
constexpr int64_t kDaysValid = 3'652;
constexpr int64_t kDaysBack = 1;  // a peer whose clock is behind may use it at once
constexpr int64_t kDayUs = 86'400'000'000;
constexpr size_t kSignatureBytes = 64;
constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid, "certificate", std::move(message));
}

Result<void> check_party_name(std::string_view name) {
  const bool letters = std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
  if (name.empty() || name.size() > kPartyNameMax || !letters)
    return fail(ErrorCode::invalid, "party",
                "expected a name of 1 to " + std::to_string(kPartyNameMax) +
                    " lower-case letters, digits, '-' and '_', came \"" + std::string(cut_utf8(name, 80)) + "\"");
  return {};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

std::string pem_of(X509* certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(bio.get(), certificate) == 1, "a certificate can be written to memory");
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const BioHandle bio(BIO_new(BIO_s_secmem()));  // wipes what it held
  CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "a key can be written to memory");
  return text_of(bio.get());
}

Result<Timestamp> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
    return refuse("expected a date, came none that can be read");
  return Timestamp{static_cast<int64_t>(timegm(&parts)) * 1'000'000};
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "an extension can be added");
  X509_EXTENSION_free(extension);
}

X509Handle self_signed(EVP_PKEY* key, std::string_view party, Timestamp now) {
  X509Handle out(X509_new());
  std::array<unsigned char, 16> serial{};
  CHECK(RAND_bytes(serial.data(), serial.size()) == 1, "the system gives randomness");
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);  // positive, and of full length
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(out.get()));
  BN_free(number);
  X509_set_version(out.get(), X509_VERSION_3);
  const auto seconds = [&](int64_t days) {
    return static_cast<time_t>((now.microseconds + days * kDayUs) / 1'000'000);
  };
  ASN1_TIME_set(X509_getm_notBefore(out.get()), seconds(-kDaysBack));
  ASN1_TIME_set(X509_getm_notAfter(out.get()), seconds(kDaysValid));
  X509_NAME* name = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(party.data()),
                             static_cast<int>(party.size()), -1, 0);
  X509_set_issuer_name(out.get(), name);
  X509_set_pubkey(out.get(), key);
  add_extension(out.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(out.get(), NID_key_usage, "critical,digitalSignature");
  CHECK(X509_sign(out.get(), key, nullptr) > 0, "an Ed25519 key signs its certificate");
  return out;
}

Result<void> check_form(std::string_view pem) {
  if (pem.size() > kPemBytesMax)
    return refuse("expected at most " + std::to_string(kPemBytesMax) + " bytes, came " + std::to_string(pem.size()));
  const std::string_view text = trim(pem);
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) || text.find(kBegin, 1) != std::string_view::npos)
    return refuse(
        "expected one certificate from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and nothing else");
  return {};
}

Result<void> check_content(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519)
    return refuse("expected an Ed25519 key, came " +
                  std::string(key != nullptr ? OBJ_nid2sn(EVP_PKEY_get_id(key)) : "none that can be read"));
  if (X509_get_version(certificate) != X509_VERSION_3) return refuse("expected X.509 version 3, came another");
  if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) != 0 ||
      X509_verify(certificate, key) != 1)
    return refuse("expected a certificate that its own key signed, came one signed by another, or changed since");
  if (X509_NAME_entry_count(X509_get_subject_name(certificate)) != 1)
    return refuse("expected a subject that is a common name alone, came more or none");
  return {};
}

}  // namespace

Result<Certificate> Certificate::parse(std::string_view pem) {
  ERR_clear_error();
  TRY(check_form(pem));
  const X509Handle certificate = certificate_from_pem(pem);
  if (!certificate) return refuse("expected an X.509 certificate, came bytes that are none: " + openssl_reason());
  const Result<void> content = check_content(certificate.get());
  ERR_clear_error();
  TRY(content);
  Certificate out{.pem = pem_of(certificate.get()),
                  .party = party_of(certificate.get()),
                  .fingerprint = fingerprint_of(certificate.get())};
  TRY(check_party_name(out.party));
  out.from = TRY(time_of(X509_get0_notBefore(certificate.get())));
  out.until = TRY(time_of(X509_get0_notAfter(certificate.get())));
  return out;
}

bool Certificate::verifies(std::string_view bytes, std::string_view signature) const {
  const X509Handle certificate = certificate_from_pem(pem);
  const DigestContext context(EVP_MD_CTX_new());
  const bool good =
      certificate && signature.size() == kSignatureBytes &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, X509_get0_pubkey(certificate.get())) == 1 &&
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<Identity> Identity::make(std::string_view party, Timestamp now) {
  TRY(check_party_name(party));
  const KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return fail(ErrorCode::internal, "OpenSSL makes no Ed25519 key: " + openssl_reason());
  const X509Handle certificate = self_signed(key.get(), party, now);
  Identity out;
  out.certificate_ = TRY(Certificate::parse(pem_of(certificate.get())));
  out.key_pem_ = pem_of(key.get());
  return out;
}

Result<Identity> Identity::parse(std::string_view certificate_pem, std::string_view key_pem) {
  Identity out;
  out.certificate_ = TRY(Certificate::parse(certificate_pem));
  const KeyHandle key = key_pem.size() <= kPemBytesMax ? key_from_pem(key_pem) : nullptr;
  ERR_clear_error();
  if (!key) return fail(ErrorCode::invalid, "key", "expected a secret key in PEM (PKCS #8), without a password");
  const X509Handle certificate = certificate_from_pem(out.certificate_.pem);
  if (EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), key.get()) != 1)
    return fail(ErrorCode::invalid, "key",
                "expected the secret key of certificate " + out.certificate_.fingerprint.short_hex() +
                    ", came another one: give the two files that were made together");
  out.key_pem_ = pem_of(key.get());
  return out;
}

Identity& Identity::operator=(const Identity& other) {
  if (this == &other) return *this;
  OPENSSL_cleanse(key_pem_.data(), key_pem_.size());
  certificate_ = other.certificate_;
  key_pem_ = other.key_pem_;
  return *this;
}

Identity::~Identity() { OPENSSL_cleanse(key_pem_.data(), key_pem_.size()); }

std::string Identity::sign(std::string_view bytes) const {
  const KeyHandle key = key_from_pem(key_pem_);
  const DigestContext context(EVP_MD_CTX_new());
  std::string out(kSignatureBytes, '\0');
  size_t size = out.size();
  CHECK(key && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
            EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1 &&
            size == kSignatureBytes,
        "a key that was parsed signs");
  return out;
}

}  // namespace puhui::channel
