#include "doors/http/key_ring.h"

#include <gtest/gtest.h>

namespace puhui::http {
namespace {

TEST(KeyRing, a_minted_key_is_found_by_its_secret_only) {
  const auto minted = mint_key("anna", {"lending.*"});
  ASSERT_TRUE(minted);
  KeyRing ring;
  ASSERT_TRUE(ring.add(minted->key));
  ASSERT_NE(ring.find(minted->secret), nullptr);
  EXPECT_EQ(ring.find(minted->secret)->name, "anna");
  EXPECT_TRUE(ring.find(minted->secret)->may("lending.apply"));
  EXPECT_EQ(ring.find(minted->key.sha256.hex()), nullptr) << "the digest must not open the door";
  EXPECT_EQ(ring.find(""), nullptr);
  EXPECT_EQ(ring.find(std::string(1000, 'x')), nullptr);
}

TEST(KeyRing, two_minted_keys_differ_and_are_256_bits) {
  const auto a = mint_key("a", {}), b = mint_key("b", {});
  EXPECT_NE(a->secret, b->secret);
  EXPECT_EQ(a->secret.size(), std::string_view("puhui_").size() + 64);
}

TEST(KeyRing, a_key_file_holds_no_secret_and_reads_back) {
  MemoryFiles files;
  const auto first = mint_key_into(files, "keys.json", "anna", {"lending.*"});
  const auto second = mint_key_into(files, "keys.json", "ben", {"evidence.verify"});
  ASSERT_TRUE(first) << first.error().text();
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(files.read("keys.json", kKeyFileBytesMax)->find(first->secret.substr(6)), std::string::npos);
  const auto ring = KeyRing::load(files, "keys.json");
  ASSERT_TRUE(ring) << ring.error().text();
  EXPECT_EQ(ring->find(first->secret)->name, "anna");
  EXPECT_EQ(ring->find(second->secret)->name, "ben");
  const auto again = mint_key_into(files, "keys.json", "anna", {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST(KeyRing, a_bad_key_file_names_every_fault) {
  const auto ring = KeyRing::parse(R"({"keys":[{"name":"","sha256":"12","permissions":"*"},{"nme":"x"}]})");
  ASSERT_FALSE(ring);
  const std::string text = ring.error().text();
  for (const char* part : {"keys/0/name", "keys/0/sha256", "keys/0/permissions", "keys/1/name", "keys/1/nme"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(KeyRing, a_missing_file_says_so) {
  const auto ring = KeyRing::load(MemoryFiles(), "nowhere/keys.json");
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::not_found);
  EXPECT_NE(ring.error().text().find("nowhere/keys.json"), std::string::npos);
}

TEST(KeyRing, a_key_that_cannot_be_written_is_not_minted) {
  MemoryFiles files([](MemoryFiles::Step step, const std::string&) -> Result<void> {
    if (step == MemoryFiles::Step::rename) return fail(ErrorCode::unavailable, "disk is away");
    return {};
  });
  EXPECT_FALSE(mint_key_into(files, "keys.json", "anna", {}));
  EXPECT_FALSE(files.exists("keys.json"));
}

}  // namespace
}  // namespace puhui::http
