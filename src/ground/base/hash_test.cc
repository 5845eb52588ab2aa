#include "ground/base/hash.h"

#include <gtest/gtest.h>

namespace puhui {
namespace {

// FIPS 180-4's examples, and the million of NIST's.
TEST(Sha256, GivesItsPublishedDigests) {
  EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  Sha256 hasher;
  for (int i = 0; i < 1'000; ++i) hasher.add(std::string(1'000, 'a'));
  EXPECT_EQ(hasher.digest().hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  hasher.add("abc");
  EXPECT_EQ(hasher.digest(), sha256("abc")) << "after a digest it starts anew";
}

TEST(Sha256, TwoPartsAreTheirJoin) {
  const std::string text = "the books balance";
  for (size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_EQ(sha256(text.substr(0, cut), text.substr(cut)), sha256(text));
}

TEST(Digest, ReadsBackFromTextAndBytes) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(Digest::parse(digest.hex()), digest);
  EXPECT_EQ(Digest::from_bytes(digest.view()), digest);
  EXPECT_EQ(digest.short_hex(), "ba7816bf8f01");
  EXPECT_FALSE(Digest::parse(digest.short_hex()));
  EXPECT_FALSE(Digest::parse(digest.hex().replace(0, 1, "g")));
}

// Sampling and sharding stand on these values: a change moves every row of every store.
TEST(Hash64, NeverChanges) {
  EXPECT_EQ(hash64(""), 0xf52a15e9a9b5e89bull);
  EXPECT_EQ(hash64("a"), 0x02c0bdbf481420f8ull);
  EXPECT_EQ(hash64("普惠"), 0x3dda5d3d5f85b8b5ull);
  EXPECT_EQ(hash64("a", 7), 0xdc2a374b7edf4569ull);
}

TEST(Hash64, EveryInputBitReachesTheLowBits) {
  std::set<uint64_t> low;
  for (int i = 0; i < 4'096; ++i) low.insert(hash64("row " + std::to_string(i)) % 4'096);
  EXPECT_NEAR(static_cast<double>(low.size()), 4'096 * (1 - std::exp(-1.0)), 80) << "as many cells as chance fills";
}

}  // namespace
}  // namespace puhui
