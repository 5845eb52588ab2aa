// What a party outside the protocol may send in a vertical boosting: each ends the job with a reason, none harms.
#include <gtest/gtest.h>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/boosting/wire.h"

namespace puhui::federation {
namespace {

// Runs with one party changing the messages of a kind; what the job ends with.
Error ends_with(size_t party, uint16_t kind, const std::function<void(std::string&)>& change) {
  SmallJob small;
  const auto results = small.run(std::nullopt, party, [&](uint16_t sent, std::string& bytes) {
    if (sent == kind) change(bytes);
  });
  EXPECT_FALSE(results) << "kind " << kind;
  return results ? Error{} : results.error();
}
void expect_refused(const Error& error, std::string_view says) {
  EXPECT_TRUE(error.code == ErrorCode::corrupt || error.code == ErrorCode::invalid) << error.text();
  EXPECT_NE(error.text().find(says), std::string::npos) << error.text();
}
void flip(std::string& bytes, size_t place) { bytes.at(place) = static_cast<char>(bytes.at(place) ^ 1); }

TEST(HostileBooster, AHostsCandidatesAreChecked) {
  expect_refused(ends_with(1, kBoostingCandidates, [](std::string& bytes) { bytes.pop_back(); }),
                 "bytes of ciphertexts");
  expect_refused(ends_with(1, kBoostingCandidates, [](std::string& bytes) { bytes = "x"; }), "registry1");
  expect_refused(ends_with(1, kBoostingCandidates, [](std::string& bytes) { bytes.at(7) = '\x7f'; }), "at most");
  // Another plaintext altogether: outside the range that sums of this job have.
  expect_refused(ends_with(1, kBoostingCandidates, [](std::string& bytes) { flip(bytes, bytes.size() - 1); }),
                 "registry1");
  expect_refused(
      ends_with(1, kBoostingCandidates, [](std::string& bytes) { std::fill(bytes.begin() + 8, bytes.end(), '\xff'); }),
      "registry1");
  expect_refused(
      ends_with(1, kBoostingCandidates, [](std::string& bytes) { std::fill(bytes.begin() + 8, bytes.end(), '\0'); }),
      "registry1");
}

TEST(HostileBooster, AHostsSidesMustHaveTheSumItTold) {
  expect_refused(ends_with(1, kBoostingPartition, [](std::string& bytes) { flip(bytes, 1); }), "another sum");
  expect_refused(ends_with(1, kBoostingPartition, [](std::string& bytes) { bytes.pop_back(); }), "sides of rows");
  expect_refused(ends_with(1, kBoostingPartition, [](std::string& bytes) { bytes.back() = '\xff'; }), "zeros behind");
  expect_refused(ends_with(1, kBoostingPartition, [](std::string& bytes) { bytes[0] = 1; }), "no column");
}

TEST(HostileBooster, TheGuestsKeyIsChecked) {
  expect_refused(ends_with(0, kBoostingKey, [](std::string& bytes) { bytes.resize(bytes.size() / 2); }), "");
  expect_refused(ends_with(0, kBoostingKey, [](std::string& bytes) { bytes.clear(); }), "");
}

TEST(HostileBooster, TheGuestsGradientsAreChecked) {
  expect_refused(ends_with(0, kBoostingGradients, [](std::string& bytes) { bytes.pop_back(); }), "ciphertexts of");
  expect_refused(
      ends_with(0, kBoostingGradients, [](std::string& bytes) { std::fill(bytes.begin(), bytes.end(), '\0'); }), "");
  expect_refused(
      ends_with(0, kBoostingGradients, [](std::string& bytes) { std::fill(bytes.begin(), bytes.end(), '\xff'); }), "");
}

TEST(HostileBooster, TheGuestsOrderIsChecked) {
  const auto with_order = [](const std::function<void(LevelOrder&)>& change) {
    return ends_with(0, kBoostingOrder, [&](std::string& bytes) {
      LevelOrder order = *decode_order(bytes, 60);
      change(order);
      bytes = encode(order);
    });
  };
  expect_refused(with_order([](LevelOrder& order) { order.level += 1; }), "expected tree 0 level 0");
  expect_refused(with_order([](LevelOrder& order) { order.tree = 99; }), "expected tree 0 level 0");
  expect_refused(with_order([](LevelOrder& order) { order.open_nodes = 1000000; }), "open nodes");
  expect_refused(with_order([](LevelOrder& order) { order.gradients = false; }), "expected the gradients");
  expect_refused(with_order([](LevelOrder& order) { order.slot_bits = 5000; }), "order");
  expect_refused(with_order([](LevelOrder& order) { order.all_rows = false; }), "sampled rows");
  // A sample where the job has none, of none or of few: sums over them would speak of single rows.
  for (const char bits : {'\0', '\1'}) {
    expect_refused(with_order([&](LevelOrder& order) { order.all_rows = false, order.sampled = std::string(8, bits); }),
                   "expected 60 rows");
  }
}

TEST(HostileBooster, TheGuestsChoiceAndRowsAreChecked) {
  expect_refused(ends_with(0, kBoostingChoice, [](std::string& bytes) { bytes = "\x01\xff\xff\x03"; }), "choice");
  expect_refused(ends_with(0, kBoostingChoice, [](std::string& bytes) { bytes.clear(); }), "choice");
  expect_refused(ends_with(0, kBoostingMembership, [](std::string& bytes) { bytes += "more"; }), "next level");
  expect_refused(ends_with(0, kBoostingMembership, [](std::string& bytes) { bytes.assign(1, '\x09'); }), "next level");
}

// One row alone in a node would show the guest that row's bins.
TEST(HostileBooster, ANodeWithTooFewRowsIsNotAddedUp) {
  SmallJob small;
  for (size_t row = 0; row < 60; ++row) small.data[0].labels[row] = row % 2 == 0 ? 0 : 1;
  small.data[0].values[1].assign(60, 0);
  for (size_t row = 0; row < 60; ++row)
    small.data[0].values[1][row] = static_cast<float>(row % 2);  // the guest's split wins
  const auto results = small.run(std::nullopt, 0, [](uint16_t kind, std::string& bytes) {
    if (kind != kBoostingMembership) return;
    bytes.assign(1 + row_bits_bytes(60), '\0');
    bytes[0] = 1, bytes[1] = 1;  // the left child goes on, with one row
  });
  ASSERT_FALSE(results);
  expect_refused(results.error(), "expected 2 or more");
}

}  // namespace
}  // namespace puhui::federation
