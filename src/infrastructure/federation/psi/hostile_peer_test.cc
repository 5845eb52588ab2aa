#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/psi_for_test.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// A guest with ids 0 to 39, a host with 20 to 59; `from` is the peer whose `kind` is changed. How the other one ended.
Result<void> victim_of(size_t from, uint16_t kind, const std::function<void(std::string&)>& change,
                       size_t* found = nullptr) {
  Job job;
  job.intersection.rows_min = 0;
  job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
  PartyData data[2];
  for (int i = 0; i < 40; ++i) {
    data[0].ids.push_back(std::to_string(i));
    data[1].ids.push_back(std::to_string(i + 20));
  }
  MemoryFiles files;
  EXPECT_TRUE(files.make_folder("work"));
  LeakageBook leakage[2];
  NoProgress progress;
  const auto tamper = [&](size_t sender, uint16_t came, std::string& bytes) {
    if (sender == from && came == kind) change(bytes);
  };
  auto ends = run_tampered(tamper, [&](size_t self, Conversation& with) -> Result<void> {
    auto stage = TRY(make_ecdh_stage({job, data[self], self, files, "work", leakage[self], progress}));
    while (!stage->finished()) TRY(stage->step(with));
    if (found) found[self] = TRY(stage->result()).rows.size();
    return {};
  });
  return from == 0 ? std::move(ends.second) : std::move(ends.first);
}

void expect_corrupt(size_t from, uint16_t kind, const std::function<void(std::string&)>& change, const char* says) {
  const auto end = victim_of(from, kind, change);
  ASSERT_FALSE(end) << says;
  EXPECT_EQ(end.error().code, ErrorCode::corrupt) << end.error().text();
  EXPECT_THAT(end.error().text(), HasSubstr(says));
}

TEST(HostileMatchingPeer, AnHonestOneEndsWell) {
  size_t found[2] = {};
  const auto end = victim_of(
      0, kPsiPoints, [](std::string&) {}, found);
  EXPECT_TRUE(end) << end.error().text();
  EXPECT_EQ(found[0], 20u);
  EXPECT_EQ(found[1], 20u);
}

TEST(HostileMatchingPeer, APointThatIsNoneIsRefusedByBothSides) {
  for (const size_t from : {0, 1}) {
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(32, 32, 32, '\0'); }, "place 0");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, "\1" + std::string(31, '\0')); }, "point");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, 32, '\xFF'); }, "point");
    // 2 is the x-coordinate of no point of the curve, but of its twist.
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, "\2" + std::string(31, '\0')); }, "point");
  }
}

TEST(HostileMatchingPeer, MoreOrFewerPointsThanAnnouncedAreRefused) {
  for (const size_t from : {0, 1}) {
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.resize(bytes.size() - 32); }, "expected 2048 bytes");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.pop_back(); }, "expected 2048 bytes");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes += bytes; }, "expected at most 2048 bytes");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.clear(); }, "came 0");
  }
  expect_corrupt(
      1, kPsiTags, [](std::string& bytes) { bytes.pop_back(); }, "expected 512 bytes");
}

TEST(HostileMatchingPeer, PointsThatRepeatAreRefused) {
  expect_corrupt(
      1, kPsiPoints, [](std::string& bytes) { bytes.replace(32, 32, bytes.substr(0, 32)); }, "without repeats");
}

TEST(HostileMatchingPeer, TagsThatMeetTwiceAreRefused) {
  // All ours come back as one of them: it may be none that is common, so this is tried until it is.
  for (size_t place = 0; place < 64; ++place) {
    const auto end = victim_of(1, kPsiTags, [&](std::string& bytes) {
      const std::string one = bytes.substr(place * 8, 8);
      for (size_t i = 0; i < bytes.size(); i += 8) bytes.replace(i, 8, one);
    });
    if (end || end.error().code != ErrorCode::corrupt) continue;
    EXPECT_THAT(end.error().text(), HasSubstr("expected one id of ours to meet it, came two"));
    return;
  }
  ADD_FAILURE() << "no place of 64 was common";
}

TEST(HostileMatchingPeer, AnOfferThatIsNoneIsRefused) {
  for (const auto& [from, kind] : {std::pair{size_t{1}, uint16_t{kPsiOffer}}, {size_t{0}, uint16_t{kPsiTerms}}}) {
    expect_corrupt(
        from, kind, [](std::string& bytes) { bytes[0] = 9; }, "expected version 1");
    expect_corrupt(
        from, kind, [](std::string& bytes) { bytes.pop_back(); }, "offer");
    expect_corrupt(
        from, kind, [](std::string& bytes) { bytes += "x"; }, "offer");
    expect_corrupt(
        from, kind, [](std::string& bytes) { bytes.resize(1000); }, "at most 256 bytes");
    expect_corrupt(
        from, kind,
        [](std::string& bytes) {
          bytes = written(PsiOffer{"ecdh", {}, 65, 1});
        },
        "rounded row count");
    expect_corrupt(
        from, kind,
        [](std::string& bytes) {
          bytes = written(PsiOffer{"oprf", {}, 64, 1});
        },
        "same job");
    expect_corrupt(
        from, kind,
        [](std::string& bytes) {
          bytes = written(PsiOffer{"ecdh", {}, 64, 1 << 30});
        },
        "at most");
  }
  expect_corrupt(
      0, kPsiTerms,
      [](std::string& bytes) {
        bytes = written(PsiOffer{"ecdh", {}, 64, 0});
      },
      "buckets");
  expect_corrupt(
      0, kPsiTerms,
      [](std::string& bytes) {
        bytes = written(PsiOffer{"ecdh", {}, 64, 1000});
      },
      "buckets");
}

TEST(HostileMatchingPeer, PlacesThatCannotBeCommonAreRefused) {
  expect_corrupt(
      0, kPsiPlaces, [](std::string& bytes) { bytes.assign(bytes.size(), '\xFF'); }, "is padding");
  expect_corrupt(
      0, kPsiPlaces, [](std::string& bytes) { bytes.assign(bytes.size(), '\0'); }, "expected 20 places in all");
  expect_corrupt(
      0, kPsiPlaces, [](std::string& bytes) { bytes += "\1"; }, "bytes");
  expect_corrupt(
      0, kPsiOutcome, [](std::string& bytes) { bytes.clear(); }, "outcome");
  expect_corrupt(
      0, kPsiOutcome, [](std::string& bytes) { bytes = "\1\x7F"; }, "as many common ids as there are rows");
}

}  // namespace
}  // namespace puhui::federation
