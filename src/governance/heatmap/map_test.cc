#include "governance/heatmap/map.h"

#include <gmock/gmock.h>

#include "governance/heatmap/heatmap_for_test.h"
#include "governance/heatmap/summary.h"

namespace puhui::heatmap {
namespace {

class MapTest : public HeatmapTest {
 protected:
  MapNeeds needs() {
    MapNeeds out{use_cases_};
    out.overridden.emplace()["lending.approval/person"] = 1;
    return out;
  }
  // Four judgements of lending, one answer of the bot, a day-end, CPU that nobody has.
  void use_some(Process& process) {
    CpuAccount& person = process.cpu.account("lending.approval/person", "permit 1");
    CpuAccount& firm = process.cpu.account("lending.approval/firm", "permit 2");
    CpuAccount& bot = process.cpu.account("service.bot", "permit 3");
    for (int i = 0; i < 3; ++i) person.add_call(100'000);
    firm.add_call(900'000);
    firm.add_error();
    bot.add_call(5'000'000);
    bot.add_tokens(500);
    process.cpu.before(person, 6 * kSecondNs);
    process.cpu.before(firm, 2 * kSecondNs);
    process.cpu.before(bot, 2 * kSecondNs);
    process.cpu.before(process.cpu.activity("lending.day-end"), 9 * kSecondNs);
    process.cpu.before(process.cpu.account("retired.thing"), kSecondNs);
    CpuAccount pot("", "");
    process.cpu.before(pot, kSecondNs);
    ASSERT_TRUE(process.meter.count());
  }
  ShowAnswer map_by(Measure measure) {
    ShowRequest request;
    request.measure = measure;
    return read([&](Reader& reader) { return show(reader, needs(), request, clock_.now()); });
  }
  static const CellView& cell(const ShowAnswer& answer, const std::string& block) {
    return *std::ranges::find_if(answer.cells, [&](const CellView& each) { return each.block == block; });
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, MapTest, testing::ValuesIn(test_engines()));

TEST_P(MapTest, CellsActivitiesAndUnattributedAreTheProcess) {
  Process process(*store_, clock_);
  use_some(process);
  const ShowAnswer answer = map_by(Measure::calls);
  EXPECT_EQ(answer.cells.size(), 45u);
  EXPECT_EQ(answer.cells_cpu_ns + answer.activities_cpu_ns + answer.unattributed_cpu_ns, answer.process_cpu_ns);
  int64_t cells_ns = 0, activities_ns = 0;
  for (const CellView& each : answer.cells) cells_ns += each.use.cpu_ns;
  for (const ActivityView& each : answer.activities) activities_ns += each.use.cpu_ns;
  EXPECT_EQ(cells_ns, answer.cells_cpu_ns);
  EXPECT_EQ(activities_ns, answer.activities_cpu_ns);
  EXPECT_EQ(cells_ns, 10 * kSecondNs);
  EXPECT_GE(activities_ns, 10 * kSecondNs) << "the day-end, and a use case that nobody declares any more";
  EXPECT_GE(answer.unattributed_cpu_ns, kSecondNs);
  EXPECT_EQ(answer.at, clock_.now());
}

TEST_P(MapTest, ShowsEachMeasureInItsCell) {
  Process process(*store_, clock_);
  use_some(process);
  const auto value = [&](Measure measure, const std::string& block) { return cell(map_by(measure), block).value; };
  EXPECT_EQ(value(Measure::calls, "3A"), 4);
  EXPECT_EQ(value(Measure::calls, "2C"), 1);
  EXPECT_EQ(value(Measure::calls, "1A"), std::nullopt) << "nothing stands there";
  EXPECT_EQ(value(Measure::cpu, "3A"), 8 * kSecondNs);
  EXPECT_EQ(value(Measure::tokens, "2C"), 500);
  EXPECT_EQ(value(Measure::errors, "3A"), 1);
  EXPECT_EQ(value(Measure::risk, "3A"), 3);
  EXPECT_NEAR(static_cast<double>(value(Measure::latency, "3A").value()), 900, 900 / 16.0);
  EXPECT_EQ(value(Measure::cost, "3A"), std::nullopt) << "no price is set";
  EXPECT_EQ(value(Measure::override_rate, "3A"), 250'000);
  EXPECT_EQ(value(Measure::override_rate, "2C"), 0);
  EXPECT_THAT(cell(map_by(Measure::calls), "3A").use_cases, testing::ElementsAre("lending.approval"));
}

TEST_P(MapTest, OfABlockListsVersionsPointsAndTheWeekBefore) {
  Process process(*store_, clock_);
  use_some(process);
  clock_.advance_us(7 * kDayUs);
  process.cpu.account("lending.approval/person", "permit 4").add_call(50'000);
  process.cpu.account("lending.approval/person", "permit 4").add_call(50'000);
  ASSERT_TRUE(process.meter.count());
  write([&](Transaction& tx) { return compute::put_quota(tx, {"lending.approval", 100, 0, 0}, "anna", clock_.now()); });
  BlockRequest request;
  request.block = "3A";
  request.from = Timestamp{clock_.now().microseconds - 8 * kDayUs};
  request.step = Step::hour;
  const BlockAnswer block = read([&](Reader& reader) { return show_block(reader, needs(), request, clock_.now()); });
  ASSERT_EQ(block.points.size(), 3u);
  EXPECT_LE(block.points[0].at, block.points[2].at);
  EXPECT_EQ(block.points[2].permit, "permit 4");
  ASSERT_EQ(block.use_cases.size(), 3u);
  EXPECT_EQ(block.use_cases[0].use_case, "lending.approval/firm");
  EXPECT_EQ(block.use_cases[0].cpu_share_ppm, 250'000);
  EXPECT_EQ(block.trend.this_week.calls, 2);
  EXPECT_EQ(block.trend.last_week.calls, 4);
  EXPECT_EQ(block.trend.calls_change_ppm, -500'000);
  ASSERT_EQ(block.quotas.size(), 1u);
  EXPECT_EQ(block.quotas[0].cpu_seconds_day, 100);
  EXPECT_EQ(block.risk.score, 3);
}

TEST_P(MapTest, RefusesNoSuchBlockAndSpansTheWrongWayRound) {
  const auto code = [&](const BlockRequest& request) {
    ErrorCode out = ErrorCode::internal;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      const auto answer = show_block(reader, needs(), request, clock_.now());
      if (!answer) out = answer.error().code;
      return {};
    }));
    return out;
  };
  EXPECT_EQ(code({"0Z", {}, {}, {}}), ErrorCode::not_found);
  EXPECT_EQ(code({"3A", clock_.now(), Timestamp{clock_.now().microseconds - kHourUs}, {}}), ErrorCode::invalid);
  EXPECT_EQ(code({"3A", Timestamp{clock_.now().microseconds - 5000 * kDayUs}, {}, {}}), ErrorCode::invalid);
}

TEST_P(MapTest, SummaryMeasuresConcentrationAndHeadroom) {
  write([](Transaction& tx) { return put_price(tx, {1'000'000, 0, "CNY", "anna", kNoon}); });
  Process process(*store_, clock_);
  use_some(process);
  const SummaryAnswer answer = read([&](Reader& reader) { return summarise(reader, needs(), {}, clock_.now()); });
  // Of 11 CPU seconds of use cases: 6, 2, 2 and 1.
  EXPECT_NEAR(static_cast<double>(answer.herfindahl_ppm), (36 + 4 + 4 + 1) * 1e6 / 121, 5);
  ASSERT_EQ(answer.top.size(), 3u);
  EXPECT_EQ(answer.top[0].name, "lending.approval/person");
  EXPECT_EQ(answer.top[0].share_ppm, 545'455);
  EXPECT_EQ(answer.decisions, 5);
  EXPECT_EQ(answer.override_rate_ppm, 200'000);
  EXPECT_EQ(answer.cost_per_decision_nano, 2'200'000);
  const double used = static_cast<double>(answer.process_cpu_ns) / (60e9 * static_cast<double>(answer.cores));
  EXPECT_NEAR(static_cast<double>(answer.used_p95_ppm), used * 1e6, 1);
  EXPECT_EQ(answer.headroom_ppm, 1'000'000 - answer.used_p95_ppm);
  EXPECT_THAT(answer.forecast.en, testing::HasSubstr("Too little history: 1 of 7"));
  EXPECT_EQ(answer.total.cpu_ns + answer.unattributed_cpu_ns, answer.process_cpu_ns);
}

}  // namespace
}  // namespace puhui::heatmap
