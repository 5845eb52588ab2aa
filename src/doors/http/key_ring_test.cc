#include "doors/http/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace puhui::http {
namespace {

struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    char name[] = "/tmp/puhui_keys_XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

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
  const TemporaryFolder folder;
  const std::string file = folder.path + "/keys.json";
  const auto first = mint_key_into(file, "anna", {"lending.*"});
  const auto second = mint_key_into(file, "ben", {"evidence.verify"});
  ASSERT_TRUE(first) << first.error().text();
  ASSERT_TRUE(second) << second.error().text();
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(text.find(first->secret.substr(6)), std::string::npos);
  struct ::stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto ring = KeyRing::load(file);
  ASSERT_TRUE(ring) << ring.error().text();
  EXPECT_EQ(ring->find(first->secret)->name, "anna");
  EXPECT_EQ(ring->find(second->secret)->name, "ben");
  const auto again = mint_key_into(file, "anna", {});
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
  const auto ring = KeyRing::load("/nonexistent/keys.json");
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::not_found);
  EXPECT_NE(ring.error().text().find("/nonexistent/keys.json"), std::string::npos);
}

}  // namespace
}  // namespace puhui::http
