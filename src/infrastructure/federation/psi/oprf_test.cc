#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <set>

#include "infrastructure/federation/psi/houses_for_test.h"
#include "infrastructure/federation/psi/oprf_matching.h"
#include "infrastructure/federation/psi/oprf_probes.h"
#include "infrastructure/federation/psi/oprf_tags.h"
#include "infrastructure/federation/psi/psi_for_test.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {
namespace {

using testing::HasSubstr;

// A small guest, large hosts, and what outlives their jobs.
struct Houses : MatchingHouses {
  explicit Houses(std::vector<Ids> ids) : MatchingHouses(std::move(ids)) { job.intersection.matching = Matching::oprf; }

  StageNeeds with_house(const StageNeeds& needs) const {
    StageNeeds out = needs;
    out.house_folder = keeps ? "house/" + job.parties[needs.self].name : "";
    out.epoch = epoch;
    return out;
  }

  Result<std::vector<StageResult>> run(std::optional<uint64_t> break_after = std::nullopt) {
    return run_with([this](const StageNeeds& needs) { return make_oprf_stage(with_house(needs)); }, break_after);
  }

  // The tags a host would use now, and how many of them had to be made.
  Result<OprfTags> tags(size_t host) {
    LeakageBook book;
    const StageNeeds needs{job, data[host], host, files, "work", book, progress};
    return OprfTags::make(with_house(needs), 0, cipher::Curve25519(*cipher::chosen_kernel()));
  }

  bool keeps = true;
  uint64_t epoch = 2951;
};

TEST(OprfStage, FindsExactlyTheCommonIdsInTheOrderOfTheirBytes) {
  Houses houses({numbered(0, 40), numbered(20, 700)});
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  ASSERT_EQ(houses.common().size(), 20u);
  houses.expect_exact(*results);
  EXPECT_EQ(*results->at(0).measures.find("matching")->text(), "oprf");
}

TEST(OprfStage, WorksForSmallAndUnequalSizes) {
  for (const auto& [guest, host] : {std::pair{0, 0}, {0, 5}, {1, 1}, {8, 9}, {70, 1}, {3, 300}}) {
    Houses houses({numbered(0, guest), numbered(0, host)});
    const auto results = houses.run();
    ASSERT_TRUE(results) << guest << " and " << host << ": " << results.error().text();
    EXPECT_EQ(houses.common().size(), std::min(guest, host));
    houses.expect_exact(*results);
  }
}

TEST(OprfStage, DisjointSetsHaveNothingInCommon) {
  Houses houses({numbered(0, 30), numbered(30, 200)});
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_TRUE(results->at(0).rows.empty());
  EXPECT_TRUE(results->at(1).rows.empty());
}

TEST(OprfStage, FindsWhatTheBalancedProtocolFinds) {
  Houses houses({numbered(0, 90), numbered(50, 400)});
  const auto oprf = houses.run();
  ASSERT_TRUE(oprf) << oprf.error().text();
  std::vector<const PartyData*> all = {&houses.data[0], &houses.data[1]};
  std::vector<LeakageBook> leakage;
  const auto ecdh = run_together({houses.job, all, houses.files, "work"}, make_ecdh_stage, leakage, houses.progress);
  ASSERT_TRUE(ecdh) << ecdh.error().text();
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(oprf->at(i).rows, ecdh->at(i).rows);
}

TEST(OprfStage, ABreakAfterAnyStepFindsTheSameRows) {
  Houses houses({numbered(0, 60), numbered(30, 700)});
  houses.job.intersection.bucket_rows_max = 256;
  const auto whole = houses.run();
  ASSERT_TRUE(whole) << whole.error().text();
  const auto steps = static_cast<uint64_t>(*whole->at(0).measures.find("buckets")->as_int64()) + 2;
  ASSERT_GT(steps, 4u);
  houses.expect_exact(*whole);
  for (const bool keeps : {true, false}) {  // without a folder every attempt has a key of its own
    houses.keeps = keeps;
    for (uint64_t step = keeps ? 0 : 2; step <= (keeps ? steps : 3); ++step) {
      const auto broken = houses.run(step);
      ASSERT_TRUE(broken) << step << ": " << broken.error().text();
      for (size_t i = 0; i < 2; ++i) EXPECT_EQ(broken->at(i).rows, whole->at(i).rows) << "step " << step;
    }
  }
}

TEST(OprfStage, ThreePartiesFindWhatAllOfThemHave) {
  Houses houses({numbered(0, 50), numbered(10, 300), numbered(30, 90)});
  const auto results = houses.run(2);
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(houses.common().size(), 20u);
  houses.expect_exact(*results);
}

TEST(OprfStage, TooFewCommonIdsEndTheJob) {
  Houses houses({numbered(0, 40), numbered(21, 300)});
  houses.job.intersection.rows_min = 20;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::conflict);
  houses.job.intersection.rows_min = 19;
  EXPECT_TRUE(houses.run());
}

TEST(OprfStage, AHostOfAGuestOnlyJobLearnsNothing) {
  Houses houses({numbered(0, 40), numbered(20, 300)});
  houses.job.intersection.guest_only = true;
  const auto results = houses.run();
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(results->at(0).rows.size(), 20u);
  EXPECT_TRUE(results->at(1).rows.empty());
  EXPECT_EQ(houses.told(0, "host-1", "common_ids"), 0);
}

TEST(OprfStage, WhoAsksForTooManyIsRefused) {
  Houses houses({numbered(0, 300), numbered(0, 10)});
  houses.job.intersection.probes_max = 100;
  const auto results = houses.run();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::exhausted);
}

// Seven jobs of 64 places: also when each is broken off before its end.
TEST(OprfStage, AKeyAnswersOnlySoManyIdsInItsEpoch) {
  Houses houses({numbered(0, 10), numbered(0, 20)});
  houses.job.intersection.probes_max = 64;
  for (size_t i = 0; i < kEpochDays; ++i) {
    houses.job.intersection.rows_min = i % 2 == 0 ? 0 : 50;  // every other one ends early
    EXPECT_EQ(houses.run().has_value(), i % 2 == 0);
  }
  houses.job.intersection.rows_min = 0;
  const auto refused = houses.run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
  EXPECT_THAT(refused.error().text(), HasSubstr("lender: expected at most 448 ids"));
  houses.epoch += 1;
  EXPECT_TRUE(houses.run());
}

TEST(OprfProbes, ACountThatIsDamagedIsSaid) {
  const std::string good = written(OprfProbes{.epoch = 3, .asked = 1000});
  EXPECT_EQ(read_oprf_probes(good)->asked, 1000u);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    EXPECT_FALSE(read_oprf_probes(bad)) << i;
    EXPECT_FALSE(read_oprf_probes(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(read_oprf_probes(good + "x"));
}

TEST(OprfStage, TagsThatLinkJobsAreWrittenDownWhereTheyAreKept) {
  Houses houses({numbered(0, 40), numbered(20, 300)});
  ASSERT_TRUE(houses.run());
  EXPECT_EQ(houses.told(1, "lender", "epoch_tags"), 288);  // 280 rows, announced
  EXPECT_EQ(houses.told(0, "host-1", "epoch_tags"), 0);
  houses.keeps = false;
  ASSERT_TRUE(houses.run());
  EXPECT_EQ(houses.told(1, "lender", "epoch_tags"), 0);
}

// The tags that a guest hears in a run, padding among them.
std::set<std::string> tags_heard(Houses& houses) {
  std::set<std::string> heard;
  LeakageBook books[2];
  const auto ends = run_tampered(
      [&](size_t from, uint16_t kind, std::string& bytes) {
        if (from != 1 || kind != kPsiTags) return;
        for (size_t i = 0; i + 8 <= bytes.size(); i += 8) heard.insert(bytes.substr(i, 8));
      },
      [&](size_t self, Conversation& with) -> Result<void> {
        const StageNeeds needs{
            houses.job,  houses.data[self], self, houses.files, "work/" + houses.job.parties[self].name,
            books[self], houses.progress};
        TRY(houses.files.make_folder(needs.work_folder));
        auto stage = TRY(make_oprf_stage(houses.with_house(needs)));
        while (!stage->finished()) TRY(stage->step(with));
        return {};
      });
  EXPECT_TRUE(ends.first) << ends.first.error().text();
  EXPECT_TRUE(ends.second) << ends.second.error().text();
  return heard;
}

size_t in_both(const std::set<std::string>& a, const std::set<std::string>& b) {
  Ids both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both.size();
}

TEST(OprfStage, TagsAreTheSameWithinAnEpochAndOthersAfterIt) {
  Houses houses({numbered(0, 10), numbered(0, 100)});
  const auto first = tags_heard(houses), second = tags_heard(houses);
  EXPECT_EQ(in_both(first, second), 100u);  // the padding differs
  houses.epoch += 1;
  EXPECT_EQ(in_both(first, tags_heard(houses)), 0u);
  houses.keeps = false;
  EXPECT_EQ(in_both(tags_heard(houses), tags_heard(houses)), 0u);
}

TEST(OprfStage, TwoPartnersSeeTagsThatDoNotLink) {
  Houses houses({numbered(0, 10), numbered(0, 100)});
  const auto one = tags_heard(houses);
  houses.job.parties[0].name = "bank";
  EXPECT_EQ(in_both(one, tags_heard(houses)), 0u);
  houses.job.parties[0].name = "lender";
  EXPECT_EQ(in_both(one, tags_heard(houses)), 100u);
}

TEST(OprfTags, AnUnchangedSideIsNotComputedAgain) {
  Houses houses({numbered(0, 10), numbered(0, 1000)});
  ASSERT_TRUE(houses.run());
  const auto again = houses.tags(1);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->made(), 0u);
  houses.data[1].ids.back() += "x";
  EXPECT_EQ(houses.tags(1)->made(), 1000u);
  EXPECT_EQ(houses.tags(1)->made(), 0u);
  houses.epoch += 1;
  const auto next = houses.tags(1);
  EXPECT_EQ(next->made(), 1000u);
  EXPECT_NE(next->key().bytes(), again->key().bytes());
}

TEST(OprfTags, ATagIsTheHashOfTheIdAndItsPointTimesTheKey) {
  Houses houses({numbered(0, 1), numbered(0, 20)});
  const auto tags = houses.tags(1);
  ASSERT_TRUE(tags);
  const cipher::Curve25519 curve(cipher::Kernel::scalar);
  for (uint32_t row = 0; row < 20; ++row) {
    const OprfHash hash = oprf_hash(houses.data[1].ids[row]);
    cipher::Point point;
    curve.hash_to_points({&hash, 1}, {&point, 1});
    curve.multiply({&point, 1}, tags->key(), {&point, 1});
    EXPECT_EQ(tags->of(row), oprf_tag(hash, point));
  }
}

TEST(OprfTags, FilesThatAreDamagedAreMadeAgain) {
  Houses houses({numbered(0, 10), numbered(0, 300)});
  const auto good = houses.tags(1);
  ASSERT_TRUE(good);
  LeakageBook book;
  const StageNeeds needs{houses.job, houses.data[1], 1, houses.files, "work", book, houses.progress};
  const std::string path = oprf_folder(houses.with_house(needs), 0) + "/tags-0";
  const std::string bytes = *houses.files.read(path, 1 << 20);
  for (const size_t place : {size_t{0}, size_t{20}, size_t{60}, bytes.size() / 2, bytes.size() - 1}) {
    std::string bad = bytes;
    bad[place] = static_cast<char>(bad[place] ^ 1);
    ASSERT_TRUE(houses.files.write(path, bad));
    const auto tags = houses.tags(1);
    ASSERT_TRUE(tags);
    EXPECT_EQ(tags->made(), 300u) << place;
    for (uint32_t row = 0; row < 300; ++row) ASSERT_EQ(tags->of(row), good->of(row));
  }
  ASSERT_TRUE(houses.files.write(path, bytes.substr(0, bytes.size() - 1)));
  EXPECT_EQ(houses.tags(1)->made(), 300u);
}

TEST(OprfTags, AKeyThatIsDamagedIsSaidNotReplaced) {
  Houses houses({numbered(0, 10), numbered(0, 30)});
  ASSERT_TRUE(houses.tags(1));
  LeakageBook book;
  const StageNeeds needs{houses.job, houses.data[1], 1, houses.files, "work", book, houses.progress};
  const std::string path = oprf_folder(houses.with_house(needs), 0) + "/key";
  std::string bytes = *houses.files.read(path, 1 << 20);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(houses.files.write(path, bytes));
  const auto tags = houses.tags(1);
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code, ErrorCode::corrupt);
  EXPECT_THAT(tags.error().text(), HasSubstr("remove it"));
}

TEST(OprfTags, AFullDiskIsSaid) {
  Houses houses({numbered(0, 10), numbered(0, 30)});
  MemoryFiles full([](MemoryFiles::Step step, const std::string& path) -> Result<void> {
    if (step != MemoryFiles::Step::write || path.find("tags-") == std::string::npos) return {};
    return fail(ErrorCode::exhausted, path, "the disk is full");
  });
  LeakageBook book;
  StageNeeds needs{houses.job, houses.data[1], 1, full, "work", book, houses.progress};
  needs.house_folder = "house";
  const auto tags = OprfTags::make(needs, 0, cipher::Curve25519(cipher::Kernel::scalar));
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code, ErrorCode::exhausted);
}

// How the one ended that heard what `from` sent, changed.
Result<void> victim_of(size_t from, uint16_t kind, const std::function<void(std::string&)>& change) {
  Houses houses({numbered(0, 40), numbered(20, 60)});
  LeakageBook books[2];
  auto ends = run_tampered(
      [&](size_t sender, uint16_t came, std::string& bytes) {
        if (sender == from && came == kind) change(bytes);
      },
      [&](size_t self, Conversation& with) -> Result<void> {
        const std::string folder = "work/" + houses.job.parties[self].name;
        TRY(houses.files.make_folder(folder));
        const StageNeeds needs{houses.job, houses.data[self], self, houses.files, folder, books[self], houses.progress};
        auto stage = TRY(make_oprf_stage(houses.with_house(needs)));
        while (!stage->finished()) TRY(stage->step(with));
        EXPECT_EQ(TRY(stage->result()).rows.size(), 20u);
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

TEST(HostileOprfPeer, PointsThatAreNoneAreRefusedByBothSides) {
  EXPECT_TRUE(victim_of(0, kPsiPoints, [](std::string&) {}));
  for (const size_t from : {0, 1}) {
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(64, 32, 32, '\0'); }, "point 3: expected a point");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, 32, '\xFF'); }, "point 1: expected a point");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.replace(0, 32, "\2" + std::string(31, '\0')); }, "not on it");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes.pop_back(); }, "expected 2048 bytes");
    expect_corrupt(
        from, kPsiPoints, [](std::string& bytes) { bytes += bytes; }, "expected at most 2048 bytes");
  }
}

TEST(HostileOprfPeer, TagsThatRepeatOrAreTooFewAreRefusedByTheGuest) {
  expect_corrupt(
      1, kPsiTags, [](std::string& bytes) { bytes.replace(8, 8, bytes.substr(0, 8)); }, "without repeats");
  expect_corrupt(
      1, kPsiTags, [](std::string& bytes) { bytes.pop_back(); }, "expected 512 bytes");
}

}  // namespace
}  // namespace puhui::federation
