#include "infrastructure/channel/identity.h"

#include <gtest/gtest.h>

#include "infrastructure/channel/channel_for_test.h"

namespace puhui::channel {
namespace {

constexpr Timestamp kNow{1'800'000'000'000'000};

Identity made(std::string_view party) { return Identity::make(party, kNow).value(); }

TEST(Identity, IsReadBackFromItsTwoFiles) {
  const Identity one = made("bank-a");
  const Identity again = Identity::parse(one.certificate().pem, one.key_pem()).value();
  EXPECT_EQ(again.certificate().fingerprint, one.certificate().fingerprint);
  EXPECT_EQ(again.certificate().party, "bank-a");
  EXPECT_EQ(again.key_pem(), one.key_pem());
  EXPECT_TRUE(one.key_pem().starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(Identity, IsValidForTenYearsAndForClocksADayBehind) {
  const Certificate certificate = made("bank-a").certificate();
  EXPECT_EQ(kNow.microseconds - certificate.from.microseconds, 86'400'000'000);
  EXPECT_EQ(certificate.until.microseconds - kNow.microseconds, 3'652 * 86'400'000'000);
}

TEST(Identity, NoTwoAreAlike) { EXPECT_NE(made("a").certificate().fingerprint, made("a").certificate().fingerprint); }

TEST(Identity, RefusesNamesThatCannotStandInAFile) {
  for (const char* name : {"", "Bank", "bank a", "b/k", "银行"}) EXPECT_FALSE(Identity::make(name, kNow)) << name;
  EXPECT_FALSE(Identity::make(std::string(65, 'a'), kNow));
  EXPECT_TRUE(Identity::make(std::string(64, 'a'), kNow));
}

TEST(Identity, SignaturesHoldForTheseBytesAndThisKeyAlone) {
  const Identity one = made("a"), other = made("b");
  const std::string signature = one.sign("the job's hash");
  EXPECT_EQ(signature.size(), 64);
  EXPECT_TRUE(one.certificate().verifies("the job's hash", signature));
  EXPECT_FALSE(one.certificate().verifies("the job's hush", signature));
  EXPECT_FALSE(other.certificate().verifies("the job's hash", signature));
  EXPECT_FALSE(one.certificate().verifies("the job's hash", signature.substr(1)));
  std::string changed = signature;
  changed[10] ^= 1;
  EXPECT_FALSE(one.certificate().verifies("the job's hash", changed));
}

TEST(Identity, RefusesAKeyThatBelongsToAnother) {
  const Result<Identity> mixed = Identity::parse(made("a").certificate().pem, made("a").key_pem());
  ASSERT_FALSE(mixed);
  EXPECT_TRUE(has(reason_of(mixed), "expected the secret key of certificate")) << reason_of(mixed);
  EXPECT_FALSE(Identity::parse(made("a").certificate().pem, "no key"));
}

TEST(Certificate, RefusesWhatIsNotExactlyOne) {
  const std::string pem = made("a").certificate().pem;
  EXPECT_TRUE(Certificate::parse("\n" + pem + "\n"));
  for (const std::string& text : {std::string(), std::string("hello"), "first " + pem, pem + pem, pem + "tail",
                                  pem.substr(0, pem.size() / 2), made("a").key_pem(), pem + std::string(20'000, ' ')})
    EXPECT_FALSE(Certificate::parse(text)) << text.substr(0, 100);
}

TEST(Certificate, NoChangedByteMakesAnotherThatHolds) {
  const std::string pem = made("a").certificate().pem;
  const Digest fingerprint = Certificate::parse(pem)->fingerprint;
  for (size_t i = 28; i + 27 < pem.size(); i += 7) {
    if (pem[i] == '\n') continue;
    std::string changed = pem;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const Result<Certificate> parsed = Certificate::parse(changed);
    // Base64 has spare bits at its end: then it is the same certificate still.
    EXPECT_TRUE(!parsed || parsed->fingerprint == fingerprint) << "byte " << i;
  }
}

// Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=elliptic -days 36500
TEST(Certificate, NamesTheKindOfKeyThatItRefuses) {
  constexpr std::string_view kOtherKey =
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBfDCCASOgAwIBAgIUMSFmNL3IWh67vWTDP/gaKg3kfmMwCgYIKoZIzj0EAwIw\n"
      "EzERMA8GA1UEAwwIZWxsaXB0aWMwIBcNMjYxMTIyMTYyOTI3WhgPMjEyNjEwMjkx\n"
      "NjI5MjdaMBMxETAPBgNVBAMMCGVsbGlwdGljMFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
      "AQcDQgAEzSPmfR7gIhc+qXAAXxYz/mpOcRJdcE9+kt2FMYZ3D/qI/s/i8JFaq3cy\n"
      "Jh5joyBOMt+F8Hvept0yX9C9wkb7wKNTMFEwHQYDVR0OBBYEFJbrHdrQVlH4se73\n"
      "OEA2NILg1gwjMB8GA1UdIwQYMBaAFJbrHdrQVlH4se73OEA2NILg1gwjMA8GA1Ud\n"
      "EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgeCLKqKi8Nr45n8QnG5AGKIeU\n"
      "zoVOgBBU5Nxxr1JaGyICIG7JRw0E2WN30oTyLvAqN5nA0+deQjnGgBeS0A39C1gT\n"
      "-----END CERTIFICATE-----\n";
  const Result<Certificate> parsed = Certificate::parse(kOtherKey);
  ASSERT_FALSE(parsed);
  EXPECT_TRUE(has(reason_of(parsed), "expected an Ed25519 key, came id-ecPublicKey")) << reason_of(parsed);
}

}  // namespace
}  // namespace puhui::channel
