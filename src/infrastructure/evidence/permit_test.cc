#include "infrastructure/evidence/permit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/text.h"

namespace puhui::evidence {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Timestamp kNow{1'767'225'600'000'000};
constexpr std::string_view kBuild = "puhui test";

SigningKey key_of(uint8_t number) {
  std::array<uint8_t, 32> seed{};
  seed.fill(number);
  return SigningKey::from_seed(seed);
}

Person person(std::string name, uint8_t key, bool may_approve = true) {
  return {std::move(name), key_of(key).public_key(), may_approve};
}

const std::vector<Person> kPeople{person("author", 1), person("anna", 2), person("bo", 3), person("clerk", 4, false)};

Manifest manifest_of_tier(int tier) {
  Manifest out;
  out.use_case = "lending.approval/test";
  out.tier = tier;
  out.artefacts = {{"policy", sha256("policy")}, {"model:pd", sha256("model")}};
  out.thresholds = {{"cap", "0.24"}};
  out.build = kBuild;
  out.author = "author";
  out.made_at = kNow;
  out.expires_at = {kNow.microseconds + 1'000'000};
  out.conditions = "none";
  return out;
}

Permit signed_by(std::vector<std::pair<std::string, uint8_t>> signers, int tier = 1) {
  Permit out{manifest_of_tier(tier), {}};
  for (const auto& [name, key] : signers) out.approvals.push_back(approve(out.manifest, name, kNow, key_of(key)));
  return out;
}

std::string refusal(const Permit& permit, Timestamp now = kNow, std::string_view build = kBuild,
                    const std::vector<Person>& people = kPeople) {
  const auto checked = check(permit, people, now, build);
  if (checked) return "it holds";
  EXPECT_EQ(checked.error().code, ErrorCode::forbidden);
  return checked.error().text();
}

TEST(Permit, holds_with_two_people_beside_the_author) {
  EXPECT_EQ(refusal(signed_by({{"anna", 2}, {"bo", 3}})), "it holds");
}

TEST(Permit, wants_as_many_signatures_as_its_tier_says) {
  EXPECT_THAT(refusal(signed_by({})),
              HasSubstr("expected the valid signatures of 2 people other than the author, came 0"));
  EXPECT_THAT(refusal(signed_by({{"anna", 2}})), HasSubstr("of 2 people other than the author, came 1"));
  EXPECT_THAT(refusal(signed_by({{"anna", 2}}, 2)), HasSubstr("of 2 people"));
  EXPECT_EQ(refusal(signed_by({{"anna", 2}}, 3)), "it holds");
  EXPECT_THAT(refusal(signed_by({}, 3)), HasSubstr("of 1 people"));
}

TEST(Permit, is_never_signed_by_its_author) {
  EXPECT_THAT(refusal(signed_by({{"author", 1}, {"anna", 2}, {"bo", 3}})),
              HasSubstr("approval of author: is by the manifest's author"));
  EXPECT_THAT(refusal(signed_by({{"author", 1}}, 3)), HasSubstr("is by the manifest's author"));
}

TEST(Permit, is_not_signed_with_the_authors_key_under_another_name) {
  std::vector<Person> people = kPeople;
  people.push_back(person("alias", 1));
  EXPECT_THAT(refusal(signed_by({{"alias", 1}, {"anna", 2}}), kNow, kBuild, people),
              HasSubstr("approval of alias: is made with the author's own key"));
}

TEST(Permit, counts_one_person_once_and_one_key_once) {
  EXPECT_THAT(refusal(signed_by({{"anna", 2}, {"anna", 2}})), HasSubstr("came 1"));
  std::vector<Person> people = kPeople;
  people.push_back(person("anna-again", 2));
  EXPECT_THAT(refusal(signed_by({{"anna", 2}, {"anna-again", 2}}), kNow, kBuild, people), HasSubstr("came 1"));
}

TEST(Permit, is_not_signed_by_strangers_or_by_those_who_may_not) {
  EXPECT_THAT(refusal(signed_by({{"nobody", 9}, {"clerk", 4}})),
              AllOf(HasSubstr("approval of nobody: is by nobody this bank knows"),
                    HasSubstr("approval of clerk: is by a person who may not approve"), HasSubstr("came 0")));
}

TEST(Permit, expires_at_its_moment_and_not_before) {
  const Permit permit = signed_by({{"anna", 2}, {"bo", 3}});
  EXPECT_EQ(refusal(permit, {permit.manifest.expires_at.microseconds - 1}), "it holds");
  EXPECT_THAT(refusal(permit, permit.manifest.expires_at), HasSubstr("the permit expired on 2026-01-01T00:00:01"));
}

TEST(Permit, is_for_the_build_that_was_tested) {
  EXPECT_THAT(refusal(signed_by({{"anna", 2}, {"bo", 3}}), kNow, "puhui other"),
              HasSubstr("the permit is for 'puhui test', this program is 'puhui other'"));
}

TEST(Permit, changed_by_one_byte_anywhere_no_longer_holds) {
  const Permit permit = signed_by({{"anna", 2}, {"bo", 3}});
  const std::string whole = print_json(to_json(permit));
  size_t still_a_permit = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = changed[i] == '1' ? '2' : '1';
    const auto json = parse_json(changed);
    const auto read = json ? read_json<Permit>(*json) : Result<Permit>(std::unexpected(json.error()));
    if (!read || *read == permit) continue;  // not a permit at all, or the same one written otherwise
    ++still_a_permit;
    EXPECT_FALSE(check(*read, kPeople, kNow, kBuild)) << "byte " << i << ": " << changed;
  }
  EXPECT_GT(still_a_permit, 200u) << "most bytes of a permit are its content";
}

TEST(Permit, a_signature_serves_no_other_permit_person_or_moment) {
  const Permit good = signed_by({{"anna", 2}, {"bo", 3}});
  Permit other = good;
  other.manifest.use_case = "lending.approval/other";
  EXPECT_THAT(refusal(other), HasSubstr("approval of anna: has a signature that is not over this manifest"));
  Permit renamed = good;
  renamed.approvals[0].person = "bo";
  EXPECT_THAT(refusal(renamed), HasSubstr("approval of bo: has a signature"));
  Permit later = good;
  later.approvals[0].at.microseconds += 1;
  EXPECT_THAT(refusal(later), HasSubstr("approval of anna: has a signature"));
  Permit garbled = good;
  garbled.approvals[1].signature = std::string(128, 'x');
  EXPECT_THAT(refusal(garbled), HasSubstr("approval of bo: has a signature"));
}

TEST(Permit, names_every_fault_at_once) {
  Permit permit = signed_by({{"author", 1}, {"nobody", 9}});
  EXPECT_THAT(refusal(permit, permit.manifest.expires_at, "other"),
              AllOf(HasSubstr("expired"), HasSubstr("other"), HasSubstr("approval of author"),
                    HasSubstr("approval of nobody"), HasSubstr("came 0")));
}

TEST(Permit, written_and_read_it_keeps_its_name) {
  const Permit permit = signed_by({{"anna", 2}, {"bo", 3}});
  const auto read = read_json<Permit>(*parse_json(print_json_pretty(to_json(permit))));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, permit);
  EXPECT_EQ(read->manifest.digest(), permit.manifest.digest());
}

struct KnownAnswer {
  const char *seed, *key, *message, *signature;
};

// RFC 8032, section 7.1, tests 1 and 2.
TEST(Signing, gives_the_signatures_of_RFC_8032) {
  constexpr KnownAnswer kAnswers[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
       "e24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
       "aeeb00d291612bb0c00"}};
  for (const KnownAnswer& answer : kAnswers) {
    const auto key = SigningKey::parse(answer.seed);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->public_key().hex(), answer.key);
    EXPECT_EQ(key->seed_hex(), answer.seed);
    const std::string message = *from_hex(answer.message);
    const Signature signature = key->sign(message);
    EXPECT_EQ(signature.hex(), answer.signature);
    EXPECT_TRUE(verifies(key->public_key(), message, signature));
    EXPECT_FALSE(verifies(key->public_key(), message + "x", signature));
  }
}

TEST(Signing, no_changed_bit_verifies) {
  const SigningKey key = key_of(5);
  const Signature good = key.sign("a manifest");
  for (size_t bit = 0; bit < 512; ++bit) {
    Signature changed = good;
    changed.bytes[bit / 8] = static_cast<uint8_t>(changed.bytes[bit / 8] ^ 1u << bit % 8);
    EXPECT_FALSE(verifies(key.public_key(), "a manifest", changed)) << bit;
  }
  EXPECT_FALSE(verifies(key_of(6).public_key(), "a manifest", good));
  EXPECT_FALSE(verifies(PublicKey{}, "a manifest", good));
}

TEST(Signing, keys_and_signatures_read_only_from_their_own_hex) {
  for (const char* text : {"", "00", "zz", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f6g"}) {
    EXPECT_FALSE(SigningKey::parse(text)) << text;
    EXPECT_FALSE(PublicKey::parse(text)) << text;
    EXPECT_FALSE(Signature::parse(text)) << text;
  }
  const auto made = SigningKey::make();
  EXPECT_EQ(SigningKey::parse(made.seed_hex() + "\n")->public_key(), made.public_key());
  EXPECT_NE(SigningKey::make().public_key(), made.public_key());
}

}  // namespace
}  // namespace puhui::evidence
