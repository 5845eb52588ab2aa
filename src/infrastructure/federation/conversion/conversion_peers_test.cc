// Advertiser and platform step by step: breaks after every step change no byte, and what a party outside the protocol may send ends the job
// with a reason.
#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/federation/conversion/conversion_wire.h"
#include "infrastructure/federation/psi/psi_for_test.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {
namespace {

// Both stages, stepped together; what travels may be changed.
class ConversionPair {
 public:
  explicit ConversionPair(ConversionHouses& houses) : houses_(houses) {
    houses.leakage.resize(2);
    for (size_t i = 0; i < 2; ++i) {
      needs_.push_back(
          StageNeeds{houses.job, houses.data[i], i, houses.files, "work", houses.leakage[i], houses.silence});
    }
    make();
  }

  void make() {
    for (size_t i = 0; i < 2; ++i) {
      auto stage = make_conversion_stage(needs_[i]);
      CHECK(stage.has_value(), "the job is its own");
      stages_[i] = *std::move(stage);
    }
  }
  std::pair<std::string, std::string> states() const { return {stages_[0]->state(), stages_[1]->state()}; }
  void restore(const std::pair<std::string, std::string>& states) {
    make();
    CHECK(stages_[0]->restore(states.first).has_value(), "its own state");
    CHECK(stages_[1]->restore(states.second).has_value(), "its own state");
  }
  std::pair<Result<void>, Result<void>> step(Tamper tamper = {}) {
    return run_tampered(std::move(tamper), [&](size_t self, Conversation& with) { return stages_[self]->step(with); });
  }
  bool finished() const { return stages_[0]->finished(); }
  Stage& stage(size_t self) { return *stages_[self]; }
  uint64_t steps_total() const { return stages_[0]->steps_total(); }

 private:
  ConversionHouses& houses_;
  std::vector<StageNeeds> needs_;
  std::unique_ptr<Stage> stages_[2];
};

void expect_good(const std::pair<Result<void>, Result<void>>& ends) {
  ASSERT_TRUE(ends.first) << ends.first.error().text();
  ASSERT_TRUE(ends.second) << ends.second.error().text();
}

TEST(ConversionPeers, ABreakAfterEveryStepEndsWithTheSameBytes) {
  ConversionHouses houses({.clicks = 60, .columns = 1, .intercept = 0});
  houses.job.conversion.epsilon = 1000, houses.job.conversion.cohort_min = 3;
  ConversionPair pair(houses);
  expect_good(pair.step());
  const auto begin = pair.states();
  const auto to_end = [&](bool breaking) {
    while (!pair.finished()) {
      expect_good(pair.step());
      if (testing::Test::HasFatalFailure()) return;
      if (breaking) pair.restore(pair.states());
    }
  };
  to_end(false);
  ASSERT_TRUE(pair.finished());
  const std::string advertiser = pair.stage(0).result()->model_part, platform = pair.stage(1).result()->model_part;
  EXPECT_NE(advertiser.find("converted"), std::string::npos) << "there is a cohort";
  const std::string measures = print_json(pair.stage(1).result()->measures);
  pair.restore(begin);
  to_end(true);
  ASSERT_TRUE(pair.finished());
  EXPECT_EQ(pair.stage(0).result()->model_part, advertiser);
  EXPECT_EQ(pair.stage(1).result()->model_part, platform);
  EXPECT_EQ(print_json(pair.stage(1).result()->measures), measures);
}

// Steps of which each may be tried with other tampering, from the same state.
struct HostileConversion {
  ConversionHouses houses{{.clicks = 40, .columns = 1, .intercept = 0}};
  std::optional<ConversionPair> pair;
  HostileConversion() {
    houses.job.conversion.epsilon = 1000, houses.job.conversion.cohort_min = 3;
    pair.emplace(houses);
  }
  // How the party that hears it ends, when `from` changes the messages of a kind in the step after `steps`.
  Error ends_with(size_t from, uint16_t kind, const std::function<void(std::string&)>& change) {
    const auto states = pair->states();
    const bool joined = kind != kConversionPoints && kind != kConversionTags;
    const auto ends = pair->step([&](size_t sender, uint16_t sent, std::string& bytes) {
      if (sender == from && sent == kind) change(bytes);
    });
    // After the join neither side went on, and the advertiser's key is worth keeping.
    if (!joined) pair->restore(states);
    const Result<void>& end = from == 0 ? ends.second : ends.first;
    EXPECT_FALSE(end) << "kind " << kind;
    return end ? Error{} : end.error();
  }
  void expect_refused(size_t from, uint16_t kind, const std::function<void(std::string&)>& change) {
    const Error error = ends_with(from, kind, change);
    EXPECT_TRUE(error.code == ErrorCode::corrupt || error.code == ErrorCode::invalid) << kind << ": " << error.text();
    EXPECT_GT(error.text().size(), 10U);
  }
};

void shortened(std::string& bytes) { bytes.pop_back(); }
void lengthened(std::string& bytes) { bytes += 'x'; }
void zeroed(std::string& bytes) { std::fill(bytes.begin(), bytes.end(), '\0'); }
void filled(std::string& bytes) { std::fill(bytes.begin(), bytes.end(), '\xff'); }

TEST(ConversionPeers, HostilePointsAndTagsAreRefused) {
  HostileConversion hostile;
  expect_good(hostile.pair->step());
  for (const size_t from : {0, 1}) {
    hostile.expect_refused(from, kConversionPoints, shortened);
    hostile.expect_refused(from, kConversionPoints, zeroed);
    hostile.expect_refused(from, kConversionPoints, filled);
  }
  hostile.expect_refused(1, kConversionTags, lengthened);
  hostile.expect_refused(1, kConversionTags, zeroed);  // one tag twice
  // The same clicks at two places: some of them converted.
  hostile.expect_refused(1, kConversionPoints, [](std::string& bytes) {
    const size_t half = bytes.size() / kPointBytes / 2 * kPointBytes;
    bytes.replace(half, half, bytes, 0, half);
  });
}

TEST(ConversionPeers, HostileLabelsAndSumsAreRefused) {
  HostileConversion hostile;
  expect_good(hostile.pair->step());
  expect_good(hostile.pair->step());
  hostile.expect_refused(0, kConversionKey, shortened);
  hostile.expect_refused(0, kConversionLabels, shortened);
  hostile.expect_refused(0, kConversionOpened, filled);
  hostile.expect_refused(1, kConversionSums, filled);
}

TEST(ConversionPeers, StatesThatAreNotTheirsAreRefused) {
  HostileConversion hostile;
  expect_good(hostile.pair->step());
  expect_good(hostile.pair->step());
  const auto states = hostile.pair->states();
  for (const size_t self : {0, 1}) {
    const std::string& state = self == 0 ? states.first : states.second;
    for (size_t cut = 0; cut < state.size(); cut += 1 + state.size() / 50) {
      EXPECT_FALSE(hostile.pair->stage(self).restore(state.substr(0, cut))) << self << " " << cut;
    }
    EXPECT_FALSE(hostile.pair->stage(self).restore(state + "x"));
    EXPECT_FALSE(hostile.pair->stage(self).restore("\x01\x02"));
  }
  std::string label = states.first;
  label.back() = 9;  // a band that one without values has not
  EXPECT_FALSE(hostile.pair->stage(0).restore(label));
}

}  // namespace
}  // namespace puhui::federation
