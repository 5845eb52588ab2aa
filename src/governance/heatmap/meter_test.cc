#include "governance/heatmap/meter.h"

#include <gmock/gmock.h>

#include "governance/heatmap/heatmap_for_test.h"

namespace puhui::heatmap {
namespace {

using MeterTest = HeatmapTest;
INSTANTIATE_TEST_SUITE_P(Engines, MeterTest, testing::ValuesIn(test_engines()));

constexpr Span kDay{{kNoon.microseconds - 12 * kHourUs}, {kNoon.microseconds + 12 * kHourUs}};

// Several processes on one store, some at once: the rows say what all their clocks said together.
TEST_P(MeterTest, AllRowsTogetherAreTheProcessesCpuToTheNanosecond) {
  int64_t counted_ns = 0;
  for (int restart = 0; restart < 3; ++restart) {
    Process process(*store_, clock_);
    int64_t last_ns = 0;
    for (int minute = 0; minute < 3; ++minute) {
      {
        const CpuScope scope(process.cpu.account("lending.approval/person", "permit"));
        burn(2 * kMs);
      }
      burn(kMs);  // nobody's
      ASSERT_TRUE(process.meter.count());
      clock_.advance_us(kMinuteUs / 2);
      last_ns = process.cpu.process_ns();
    }
    const int64_t before_ns = counted_ns;
    counted_ns = balance(kDay).process_cpu_ns;
    EXPECT_GE(counted_ns - before_ns, 9 * kMs);
    EXPECT_LE(counted_ns - before_ns, last_ns) << "what came after the last count is not in it";
  }
  const Balance all = balance(kDay);
  EXPECT_EQ(all.accounts_cpu_ns + all.unattributed_cpu_ns(), all.process_cpu_ns);
  EXPECT_GE(all.accounts_cpu_ns, 18 * kMs);
  EXPECT_GE(all.unattributed_cpu_ns(), 9 * kMs - 3 * kMs);
  // By minute, by hour, by day: the same sums, whatever tiles a span has.
  for (const Step step : {Step::minute, Step::hour, Step::day}) {
    const Balance one = read([&](Reader& reader) { return read_balance(reader, tiles_of(step, kDay)); });
    EXPECT_EQ(one.process_cpu_ns, all.process_cpu_ns);
    EXPECT_EQ(one.accounts_cpu_ns, all.accounts_cpu_ns);
  }
}

TEST_P(MeterTest, WhatCouldNotBeWrittenIsInTheNextRows) {
  struct Faulty : StoreFaults {
    bool fails = false;
    Result<void> before(Step step) override {
      if (fails && step == Step::commit) return fail(ErrorCode::unavailable, "no room");
      return {};
    }
  } faults;
  store_->close();
  store_.reset();
  store_ = open_store(at_.where(), tables(), {clock_, &faults}).value();
  Process process(*store_, clock_);
  process.cpu.account("service.bot").add_tokens(7);
  faults.fails = true;
  EXPECT_FALSE(process.meter.count());
  faults.fails = false;
  ASSERT_TRUE(process.meter.count());
  int64_t tokens = 0;
  read([&](Reader& reader) -> Result<int> {
    TRY(each_use(reader, tiles_of(Step::minute, kDay), [&](const UseRow& row) -> Result<void> {
      tokens += row.use.tokens;
      return {};
    }));
    return 0;
  });
  EXPECT_EQ(tokens, 7);
}

TEST_P(MeterTest, CostsAtThePriceOfTheMoment) {
  Process process(*store_, clock_);
  CpuAccount& account = process.cpu.account("service.bot");
  auto cost_since_last = [&, last = int64_t{0}]() mutable {
    EXPECT_TRUE(process.meter.count());
    int64_t sum = 0;
    read([&](Reader& reader) -> Result<int> {
      TRY(each_use(reader, tiles_of(Step::day, kDay), [&](const UseRow& row) -> Result<void> {
        if (row.account == "service.bot") sum += row.use.cost_nano;
        return {};
      }));
      return 0;
    });
    return sum - std::exchange(last, sum);
  };
  account.add_cpu_ns(kSecondNs);
  EXPECT_EQ(cost_since_last(), 0) << "no price, no cost";
  write([](Transaction& tx) { return put_price(tx, {40'000, 300, "CNY", "anna", kNoon}); });
  account.add_cpu_ns(3 * kSecondNs / 2);
  account.add_tokens(10);
  EXPECT_EQ(cost_since_last(), 60'000 + 3000);
  write([](Transaction& tx) { return put_price(tx, {80'000, 300, "CNY", "anna", {kNoon.microseconds + 1}}); });
  account.add_cpu_ns(kSecondNs);
  EXPECT_EQ(cost_since_last(), 80'000) << "what was counted before keeps its price";
}

TEST_P(MeterTest, RaisesAnAlertForCpuThatNobodyHasAndSettlesItWhenAllIsOwnedAgain) {
  Process process(*store_, clock_);
  CpuAccount& account = process.cpu.account("lending.approval/person");
  CpuAccount pot("", "");
  process.cpu.before(pot, kAlarmCpuNsMin / 2);  // CPU of the process that no account has
  ASSERT_TRUE(process.meter.count());
  EXPECT_TRUE(alerts().empty()) << "so little says nothing";
  process.cpu.before(pot, kAlarmCpuNsMin);
  ASSERT_TRUE(process.meter.count());
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "metering");
  EXPECT_EQ(alerts()[0].severity, 1);
  clock_.advance_us((kAlarmMinutes + 1) * kMinuteUs);
  process.cpu.before(account, 2 * kAlarmCpuNsMin);
  ASSERT_TRUE(process.meter.count());
  EXPECT_TRUE(alerts().empty());
}

TEST_P(MeterTest, TellsAtFourFifthsOfAQuotaAndAtItsEnd) {
  write([](Transaction& tx) { return compute::put_quota(tx, {"service.bot", 10, 0, 0}, "anna", kNoon); });
  Process process(*store_, clock_);
  CpuAccount& account = process.cpu.account("service.bot");
  const auto use_seconds = [&](int64_t seconds) {
    const std::vector<CpuUse> uses{{.account = &account, .cpu_ns = seconds * kSecondNs}};
    write([&](Transaction& tx) { return compute::add_used(tx, uses, clock_.now()); });
    ASSERT_TRUE(process.meter.count());
  };
  use_seconds(7);
  EXPECT_TRUE(alerts().empty());
  use_seconds(1);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "quota");
  EXPECT_EQ(alerts()[0].use_case, "service.bot");
  EXPECT_EQ(alerts()[0].severity, 2);
  use_seconds(2);
  EXPECT_EQ(alerts().at(0).severity, 1);
  clock_.advance_us(kDayUs);
  ASSERT_TRUE(process.meter.count());
  EXPECT_TRUE(alerts().empty()) << "a new day";
}

TEST_P(MeterTest, LetsMinutesGoAndKeepsTheirSums) {
  Process process(*store_, clock_);
  CpuAccount& account = process.cpu.account("service.bot");
  account.add_call(1000);
  ASSERT_TRUE(process.meter.count());
  const Timestamp then = clock_.now();
  clock_.advance_us((kMinuteRowsDays + 3) * kDayUs);
  account.add_call(1000);
  ASSERT_TRUE(process.meter.count());
  const auto rows = [&](Step step) {
    int64_t count = 0;
    read([&](Reader& reader) -> Result<int> {
      TRY(each_use(reader, tiles_of(step, {then, {then.microseconds + kMinuteUs}}),
                   [&](const UseRow& row) -> Result<void> {
                     count += row.use.calls;
                     return {};
                   }));
      return 0;
    });
    return count;
  };
  EXPECT_EQ(rows(Step::minute), 0);
  EXPECT_EQ(rows(Step::hour), 1);
  const auto widened = tiles({{then.microseconds - kMinuteUs}, {then.microseconds + kMinuteUs}}, clock_.now());
  for (const Tile& tile : widened) EXPECT_NE(tile.step, Step::minute);
}

// Any span is covered once, without a gap, by rows that are whole inside it.
TEST(Tiles, CoverASpanOnce) {
  const Timestamp now{kNoon.microseconds + 30 * kDayUs};
  for (const auto& [from_minute, to_minute] : std::vector<std::pair<int64_t, int64_t>>{{0, 1},
                                                                                       {1, 59},
                                                                                       {59, 61},
                                                                                       {0, 60},
                                                                                       {61, 1439},
                                                                                       {0, 1440},
                                                                                       {719, 4321},
                                                                                       {1, 2879},
                                                                                       {1440, 4320},
                                                                                       {100, 30'000}}) {
    const Timestamp midnight{20'000 * kDayUs};
    const Span span{{midnight.microseconds + from_minute * kMinuteUs}, {midnight.microseconds + to_minute * kMinuteUs}};
    auto all = tiles(span, now);
    std::sort(all.begin(), all.end(), [](const Tile& a, const Tile& b) { return a.span.from < b.span.from; });
    Timestamp reached = span.from;
    for (const Tile& tile : all) {
      EXPECT_EQ(tile.span.from, reached) << from_minute << " to " << to_minute;
      EXPECT_EQ(floor_to(tile.step, tile.span.from), tile.span.from);
      EXPECT_EQ(floor_to(tile.step, tile.span.to), tile.span.to);
      reached = tile.span.to;
    }
    EXPECT_EQ(reached, span.to) << from_minute << " to " << to_minute;
    EXPECT_LE(all.size(), 5u);
  }
}

}  // namespace
}  // namespace puhui::heatmap
