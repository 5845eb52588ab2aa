// What a party outside the protocol may send in a vertical logistic regression: each ends the job with a reason, none harms.
#include <gtest/gtest.h>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/vertical_logistic.h"
#include "infrastructure/federation/logistic/wire.h"

namespace puhui::federation {
namespace {

// Runs with one party changing the messages of a kind; what the job ends with.
Error ends_with(size_t party, uint16_t kind, const std::function<void(std::string&)>& change) {
  LogisticPair pair = simulated_pair({.rows = 40});
  pair.job.logistic.epochs = 1;
  MemoryFiles files;
  QuietProgress progress;
  std::vector<LeakageBook> leakage;
  const StageMaker maker = [&](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
    auto stage = TRY(make_vertical_logistic(needs));
    if (needs.self != party) return stage;
    return std::make_unique<TamperingStage>(std::move(stage), [&](uint16_t sent, std::string& bytes) {
      if (sent == kind) change(bytes);
    });
  };
  const auto results =
      run_together({pair.job, {&pair.guest, &pair.host}, files, "work", std::nullopt}, maker, leakage, progress);
  EXPECT_FALSE(results) << "kind " << kind;
  return results ? Error{} : results.error();
}
void expect_refused(const Error& error, std::string_view says) {
  EXPECT_TRUE(error.code == ErrorCode::corrupt || error.code == ErrorCode::invalid) << error.text();
  EXPECT_NE(error.text().find(says), std::string::npos) << error.text();
}
void fill(std::string& bytes, char with) { std::fill(bytes.begin(), bytes.end(), with); }

TEST(HostileLogistic, TheFirstMessageIsChecked) {
  expect_refused(ends_with(1, kLogisticHello, [](std::string& bytes) { bytes.clear(); }), "first message");
  expect_refused(ends_with(1, kLogisticHello, [](std::string& bytes) { bytes[0] = 9; }), "version");
  expect_refused(ends_with(0, kLogisticHello, [](std::string& bytes) { bytes[1] = 41; }), "common rows");
  expect_refused(ends_with(0, kLogisticHello, [](std::string& bytes) { fill(bytes, '\0'); }), "");
}

TEST(HostileLogistic, EncryptedRowsAreChecked) {
  for (const size_t party : {0, 1}) {
    expect_refused(ends_with(party, kLogisticRows, [](std::string& bytes) { bytes.pop_back(); }), "rows of a batch");
    expect_refused(ends_with(party, kLogisticRows, [](std::string& bytes) { fill(bytes, '\0'); }), "ciphertext");
    expect_refused(ends_with(party, kLogisticRows, [](std::string& bytes) { fill(bytes, '\xff'); }), "ciphertext");
  }
}

TEST(HostileLogistic, MaskedSumsAreChecked) {
  expect_refused(ends_with(0, kLogisticMasked, [](std::string& bytes) { bytes.pop_back(); }), "masked sums");
  // Another plaintext altogether: an Okamoto-Uchiyama key tells nothing of what is out of range.
  expect_refused(
      ends_with(0, kLogisticMasked, [](std::string& bytes) { bytes.back() = static_cast<char>(bytes.back() ^ 1); }),
      "");
  expect_refused(ends_with(1, kLogisticMasked, [](std::string& bytes) { fill(bytes, '\0'); }), "ciphertext");
}

TEST(HostileLogistic, OpenedSumsAreChecked) {
  expect_refused(ends_with(1, kLogisticOpened, [](std::string& bytes) { bytes += 'x'; }), "opened sums");
  expect_refused(ends_with(0, kLogisticOpened, [](std::string& bytes) { fill(bytes, '\xff'); }), "opened sum 1");
}

TEST(HostileLogistic, PartialScoresAreChecked) {
  expect_refused(ends_with(1, kLogisticScores, [](std::string& bytes) { bytes.pop_back(); }), "partial scores");
  expect_refused(ends_with(1, kLogisticScores, [](std::string& bytes) { fill(bytes, '\x7f'); }), "row 1");
}

}  // namespace
}  // namespace puhui::federation
