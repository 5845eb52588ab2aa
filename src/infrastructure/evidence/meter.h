// CPU meters: what a decision cost. ThreadMeter reads the kernel's per-thread CPU clock (about .4 µs a read, exact
// under preemption); CycleMeter reads the time-stamp counter (about 20 ns) for parts too short for the other.
#pragma once

#include <cstdint>

#include "ground/base/cpu_account.h"

namespace puhui::evidence {

// Converts time-stamp counter ticks to nanoseconds; calibrated once against the monotonic clock (about 10 ms).
class CycleClock {
 public:
  CycleClock();
  static uint64_t ticks() { return __builtin_ia32_rdtsc(); }
  int64_t to_ns(uint64_t ticks) const { return static_cast<int64_t>(static_cast<double>(ticks) * ns_per_tick_); }

 private:
  double ns_per_tick_;
};

class ThreadMeter {
 public:
  ThreadMeter() : start_(thread_cpu_ns()) {}
  int64_t elapsed_ns() const { return thread_cpu_ns() - start_; }

 private:
  int64_t start_;
};

class CycleMeter {
 public:
  explicit CycleMeter(const CycleClock& clock) : clock_(clock), start_(CycleClock::ticks()) {}
  int64_t elapsed_ns() const { return clock_.to_ns(CycleClock::ticks() - start_); }

 private:
  const CycleClock& clock_;
  uint64_t start_;
};

}  // namespace puhui::evidence
