// Signing keys as a browser makes them, and those made on the command line that it takes over.
#include <gmock/gmock.h>

#include "infrastructure/access/access_for_test.h"

namespace puhui::access {
namespace {

using evidence::SigningKey;
using testing::HasSubstr;

class SigningKeyTest : public AccessTest {
 protected:
  static SigningKey key(uint8_t number) {
    std::array<uint8_t, 32> seed{};
    seed.fill(number);
    return SigningKey::from_seed(seed);
  }
  static Access::Enrolment enrolment(const SigningKey& key, const std::string& name, std::string wrapped = "sealed") {
    const std::string hex = key.public_key().hex();
    return {hex, std::move(wrapped), key.sign(enrolment_text(name, hex)).hex()};
  }
  std::vector<evidence::Person> people() {
    std::vector<evidence::Person> out;
    CHECK(store_
              ->read([&](Reader& reader) -> Result<void> {
                out = TRY(evidence::read_people(reader));
                return {};
              })
              .has_value(),
          "people are read");
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, SigningKeyTest, testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(SigningKeyTest, the_text_to_sign_is_the_one_the_console_builds) {
  EXPECT_EQ(enrolment_text("anna", "00ff"), "puhui person enrol anna 00ff");
}

TEST_P(SigningKeyTest, a_key_with_its_proof_makes_the_person_and_comes_back_sealed) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  const auto person = access_->enrol(enrolment(key(1), "wang", "{\"sealed\":\"<b>\"}"), caller(in("wang")));
  ASSERT_TRUE(person) << person.error().text();
  EXPECT_TRUE(person->may_approve);
  ASSERT_EQ(people().size(), 1u);
  EXPECT_EQ(people()[0].key, key(1).public_key());
  open();
  EXPECT_TRUE(access_->has_key("wang"));
  EXPECT_EQ(access_->key_of("wang")->wrapped_key, "{\"sealed\":\"<b>\"}");
  EXPECT_EQ(acts().back(), "user wang enrolled the signing key " + key(1).public_key().hex());
}

TEST_P(SigningKeyTest, only_the_roles_that_check_may_approve) {
  add("anna", {"admin"});
  add("wang", {"policy_writer"});
  add("bo", {"manager"});
  EXPECT_FALSE(access_->enrol(enrolment(key(1), "wang"), caller(in("wang")))->may_approve);
  EXPECT_TRUE(access_->enrol(enrolment(key(2), "bo"), caller(in("bo")))->may_approve);
  ASSERT_TRUE(access_->change_user({"wang", {}, {{"risk_officer"}}, {}}, root_));
  EXPECT_TRUE(people()[1].may_approve) << "a new role counts from then on";
}

TEST_P(SigningKeyTest, nobody_enrols_anothers_key) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  add("bo", {"manager"});
  const Caller wang = caller(in("wang"));
  EXPECT_EQ(access_->enrol(enrolment(key(1), "bo"), wang).error().code, ErrorCode::forbidden) << "signed for bo";
  Access::Enrolment stolen = enrolment(key(1), "wang");
  stolen.public_key = key(2).public_key().hex();
  EXPECT_EQ(access_->enrol(stolen, wang).error().code, ErrorCode::forbidden) << "signed by another key";
  stolen.public_key = "zz";
  stolen.proof = "zz";
  EXPECT_THAT(access_->enrol(stolen, wang).error().text(), HasSubstr("public_key: expected"));
  ASSERT_TRUE(access_->enrol(enrolment(key(1), "wang"), wang));
  EXPECT_EQ(access_->enrol(enrolment(key(1), "bo"), caller(in("bo"))).error().code, ErrorCode::conflict)
      << "one key, one person";
  EXPECT_TRUE(people().size() == 1 && people()[0].name == "wang");
}

TEST_P(SigningKeyTest, a_name_keeps_its_key_but_may_seal_it_anew) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  const Caller wang = caller(in("wang"));
  ASSERT_TRUE(access_->enrol(enrolment(key(1), "wang", "first"), wang));
  EXPECT_EQ(access_->enrol(enrolment(key(2), "wang", "second"), wang).error().code, ErrorCode::conflict);
  EXPECT_EQ(access_->key_of("wang")->wrapped_key, "first");
  ASSERT_TRUE(access_->enrol(enrolment(key(1), "wang", "another passphrase"), wang));
  EXPECT_EQ(access_->key_of("wang")->wrapped_key, "another passphrase");
}

TEST_P(SigningKeyTest, a_key_made_on_the_command_line_is_taken_over_by_its_owner_only) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  ASSERT_TRUE(store_->write([&](Transaction& tx) {
    return evidence::add_person(tx, {"wang", key(7).public_key(), false}, clock_.now());
  }));
  const Caller wang = caller(in("wang"));
  EXPECT_EQ(access_->key_of("wang")->person->key, key(7).public_key());
  EXPECT_FALSE(access_->key_of("wang")->wrapped_key);
  EXPECT_EQ(access_->enrol(enrolment(key(8), "wang"), wang).error().code, ErrorCode::conflict);
  ASSERT_TRUE(access_->enrol(enrolment(key(7), "wang"), wang));
  EXPECT_TRUE(people()[0].may_approve) << "by the role";
}

TEST_P(SigningKeyTest, an_api_key_of_the_same_name_is_not_the_person) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  const Caller api_key{"wang", {"*"}};
  EXPECT_EQ(access_->enrol(enrolment(key(1), "wang"), api_key).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(people().empty());
}

}  // namespace
}  // namespace puhui::access
