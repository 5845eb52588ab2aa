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

class KeyFileTest : public testing::Test {
 protected:
  const Caller* find(const std::string& secret) { return shelf.ring() ? shelf.ring()->find(secret) : nullptr; }

  MemoryFiles files;
  ManualClock clock{Timestamp{0}};
  std::FILE* nowhere = std::tmpfile();
  Log log{clock, nowhere};
  KeyShelf shelf;
  KeyFile file{files, "keys.json", shelf, log};
};

TEST_F(KeyFileTest, a_new_key_opens_the_door_without_a_restart) {
  EXPECT_FALSE(file.load()) << "there is none";
  file.look();
  EXPECT_EQ(shelf.ring(), nullptr);
  const auto anna = mint_key_into(files, "keys.json", "anna", {"*"});
  file.look();
  ASSERT_NE(find(anna->secret), nullptr);
  const auto ben = mint_key_into(files, "keys.json", "ben", {"*"});
  EXPECT_EQ(find(ben->secret), nullptr);
  file.look();
  EXPECT_NE(find(ben->secret), nullptr);
}

TEST_F(KeyFileTest, a_key_taken_out_of_the_file_opens_nothing_more_but_its_request_ends) {
  const auto anna = mint_key_into(files, "keys.json", "anna", {"*"});
  ASSERT_TRUE(file.load());
  const auto held = shelf.ring();
  const Caller* caller = held->find(anna->secret);
  ASSERT_TRUE(files.write("keys.json", R"({"keys":[]})"));
  file.look();
  EXPECT_EQ(find(anna->secret), nullptr);
  EXPECT_EQ(caller->name, "anna") << "a request keeps the ring it came in with";
}

TEST_F(KeyFileTest, a_file_that_does_not_read_or_is_gone_leaves_the_keys_as_they_were) {
  const auto anna = mint_key_into(files, "keys.json", "anna", {"*"});
  ASSERT_TRUE(file.load());
  ASSERT_TRUE(files.write("keys.json", R"({"keys":[)"));
  file.look();
  EXPECT_NE(find(anna->secret), nullptr);
  ASSERT_TRUE(files.remove("keys.json"));
  file.look();
  EXPECT_NE(find(anna->secret), nullptr);
}

TEST_F(KeyFileTest, the_watch_sees_a_change_by_itself) {
  file.watch(std::chrono::milliseconds(1));
  const auto anna = mint_key_into(files, "keys.json", "anna", {"*"});
  for (int i = 0; i < 5'000 && find(anna->secret) == nullptr; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_NE(find(anna->secret), nullptr);
}

}  // namespace
}  // namespace puhui::http
