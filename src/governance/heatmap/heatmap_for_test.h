// For tests only: a store with the heat map's tables and all it reads, a clock that a test moves, two use cases.
#pragma once

#include <gtest/gtest.h>

#include "governance/heatmap/meter.h"
#include "governance/incidents/incident.h"
#include "ground/store/test_store.h"
#include "infrastructure/compute/quota.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

inline constexpr int64_t kMinuteUs = 60'000'000, kHourUs = 60 * kMinuteUs, kDayUs = 24 * kHourUs;
inline constexpr int64_t kMs = 1'000'000, kSecondNs = 1000 * kMs;
inline constexpr Timestamp kNoon{20'000 * kDayUs + 12 * kHourUs};

// One process: its accounts and its meter. The store may have known others before it.
struct Process {
  Process(Store& store, const Clock& clock) : meter({store, cpu, clock}) {}
  CpuAccounts cpu;
  Meter meter;
};

class HeatmapTest : public testing::TestWithParam<std::string> {
 protected:
  static std::vector<Migration> tables() {
    std::vector<Migration> out = evidence::migrations();
    for (auto&& more : {incidents::migrations(), compute::migrations(), migrations()}) {
      for (const Migration& migration : more) out.push_back(migration);
    }
    return out;
  }
  void write(const std::function<Result<void>(Transaction&)>& closure) {
    const auto done = store_->write(closure);
    ASSERT_TRUE(done) << (done ? "" : done.error().text());
  }
  template <class Read>
  auto read(Read read) {
    decltype(read(std::declval<Reader&>())) out = fail(ErrorCode::internal, "not read");
    const auto done = store_->read([&](Reader& reader) -> Result<void> {
      out = read(reader);
      return {};
    });
    EXPECT_TRUE(done && out) << (done ? out ? "" : out.error().text() : done.error().text());
    return *std::move(out);
  }
  Balance balance(Span span) {
    return read([&](Reader& reader) { return read_balance(reader, tiles(span, clock_.now())); });
  }
  std::vector<incidents::OpenAlert> alerts() {
    return read([](Reader& reader) { return incidents::open_alerts(reader); });
  }

  TestStore at_{GetParam()};
  ManualClock clock_{kNoon};
  std::unique_ptr<Store> store_ = open_store(at_.where(), tables(), {clock_, nullptr}).value();
  std::vector<evidence::UseCase> use_cases_{{"lending.approval", "Lend?", 1, 3, 'A', "risk"},
                                            {"service.bot", "Answer", 2, 2, 'C', "service"}};
};

// Works until this thread has used that much CPU.
inline void burn(int64_t nanoseconds) {
  const int64_t end_ns = thread_cpu_ns() + nanoseconds;
  while (thread_cpu_ns() < end_ns) {
  }
}

}  // namespace puhui::heatmap
