#include "governance/incidents/alert.h"

#include <gtest/gtest.h>

#include "ground/store/test_store.h"

namespace puhui::incidents {
namespace {

constexpr Timestamp kStart{1'767'225'600'000'000};
Timestamp later(int64_t seconds) { return {kStart.microseconds + seconds * 1'000'000}; }

class AlertTest : public ::testing::TestWithParam<std::string> {
 protected:
  AlertTest() {
    auto store = open_store(place_.where(), migrations(), {clock_, nullptr});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
  }
  ~AlertTest() override { store_->close(); }

  void write(const std::function<Result<void>(Transaction&)>& closure) {
    const auto written = store_->write(closure);
    ASSERT_TRUE(written) << written.error().text();
  }
  void raise_at(const Alert& alert, Timestamp at) {
    write([&](Transaction& tx) { return raise(tx, alert, at); });
  }
  std::vector<OpenAlert> open() {
    std::vector<OpenAlert> out;
    const auto read = store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(open_alerts(reader));
      return {};
    });
    EXPECT_TRUE(read) << (read ? "" : read.error().text());
    return out;
  }

  TestStore place_{GetParam()};
  ManualClock clock_{kStart};
  std::unique_ptr<Store> store_;
};

const Alert kDrift{"drift", "lending.approval/x", "PAY_0", 2, "PAY_0 moved.", "PAY_0 已漂移。"};

TEST_P(AlertTest, RaisingTheSameTwiceRefreshesOne) {
  raise_at(kDrift, kStart);
  Alert again = kDrift;
  again.en = "PAY_0 moved further.";
  raise_at(again, later(60));
  const auto alerts = open();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].times, 2);
  EXPECT_EQ(alerts[0].en, "PAY_0 moved further.");
  EXPECT_EQ(alerts[0].raised_at, kStart);
  EXPECT_EQ(alerts[0].refreshed_at, later(60));
}

TEST_P(AlertTest, AnotherSubjectKindOrUseCaseIsAnotherAlert) {
  raise_at(kDrift, kStart);
  for (auto change : {&Alert::subject, &Alert::use_case}) {
    Alert other = kDrift;
    other.*change += "2";
    raise_at(other, kStart);
  }
  Alert decay = kDrift;
  decay.kind = "decay";
  decay.severity = 1;
  raise_at(decay, later(5));
  const auto alerts = open();
  ASSERT_EQ(alerts.size(), 4u);
  EXPECT_EQ(alerts[0].kind, "decay") << "the most severe comes first";
}

TEST_P(AlertTest, ASettledOneIsOverAndTheNextIsNew) {
  raise_at(kDrift, kStart);
  write([&](Transaction& tx) { return settle(tx, "drift", kDrift.use_case, kDrift.subject, later(1)); });
  EXPECT_TRUE(open().empty());
  raise_at(kDrift, later(2));
  ASSERT_EQ(open().size(), 1u);
  EXPECT_EQ(open()[0].times, 1);
  EXPECT_EQ(open()[0].raised_at, later(2));
  write([&](Transaction& tx) -> Result<void> {
    const auto all = TRY(find_alerts(tx, {"drift", "", std::nullopt, std::nullopt, 50}));
    EXPECT_EQ(all.size(), 2u);
    const auto over = TRY(find_alerts(tx, {"", kDrift.use_case, false, std::nullopt, 50}));
    EXPECT_EQ(over.size(), 1u);
    const auto older = TRY(find_alerts(tx, {"", "", std::nullopt, all[0].id, 50}));
    EXPECT_EQ(older.size(), 1u);
    EXPECT_EQ(older.at(0).id, all.at(1).id);
    return {};
  });
}

TEST_P(AlertTest, SettlingInTheMomentOfRaisingLeavesRoomForTheNext) {
  raise_at(kDrift, kStart);
  write([&](Transaction& tx) { return settle(tx, "drift", kDrift.use_case, kDrift.subject, kStart); });
  raise_at(kDrift, kStart);
  EXPECT_EQ(open().size(), 1u);
}

TEST_P(AlertTest, AnAcknowledgementHoldsUntilItGrowsWorse) {
  raise_at(kDrift, kStart);
  const AlertId id = open().at(0).id;
  write([&](Transaction& tx) -> Result<void> {
    TRY(acknowledge(tx, id, "anna", later(1)));
    return {};
  });
  raise_at(kDrift, later(2));
  EXPECT_EQ(open().at(0).acknowledged_by, "anna");
  Alert worse = kDrift;
  worse.severity = 1;
  raise_at(worse, later(3));
  EXPECT_EQ(open().at(0).acknowledged_by, "");
  EXPECT_FALSE(open().at(0).acknowledged_at);
}

TEST_P(AlertTest, EveryFaultOfAnAlertIsNamed) {
  Alert bad{"weather", std::string(300, 'x'), "", 0, "", ""};
  const auto raised = store_->write([&](Transaction& tx) { return raise(tx, bad, kStart); });
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().faults.size(), 3u) << raised.error().text();
  EXPECT_TRUE(open().empty());
}

TEST_P(AlertTest, WhatIsNotThereOrOverCannotBeAcknowledged) {
  raise_at(kDrift, kStart);
  const AlertId id = open().at(0).id;
  write([&](Transaction& tx) { return settle(tx, "drift", kDrift.use_case, kDrift.subject, later(1)); });
  const auto code = [&](AlertId alert) {
    const auto done = store_->write([&](Transaction& tx) -> Result<void> {
      TRY(acknowledge(tx, alert, "anna", later(2)));
      return {};
    });
    return done ? ErrorCode::internal : done.error().code;
  };
  EXPECT_EQ(code(id), ErrorCode::conflict);
  EXPECT_EQ(code(AlertId(Id128{1, 1})), ErrorCode::not_found);
}

INSTANTIATE_TEST_SUITE_P(Engines, AlertTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::incidents
