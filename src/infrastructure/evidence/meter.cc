#include "infrastructure/evidence/meter.h"

#include "ground/base/clock.h"

namespace puhui::evidence {

CycleClock::CycleClock() {
  constexpr int64_t kCalibration_ns = 10'000'000;
  const int64_t start_ns = monotonic_ns();
  const uint64_t start_ticks = ticks();
  int64_t elapsed_ns = 0;
  while (elapsed_ns < kCalibration_ns) elapsed_ns = monotonic_ns() - start_ns;
  ns_per_tick_ = static_cast<double>(elapsed_ns) / static_cast<double>(ticks() - start_ticks);
}

}  // namespace puhui::evidence
