// Timestamp and Clock. Every module gets its clock from outside, so that a bank day replays from a seed.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>

namespace puhui {

// Microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t microseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock : public Clock {
 public:
  Timestamp now() const override;
};

// Stands still until moved; for tests, replays and simulations. Safe from several threads.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start.microseconds) {}
  Timestamp now() const override { return {now_.load(std::memory_order_relaxed)}; }
  void set(Timestamp now) { now_.store(now.microseconds, std::memory_order_relaxed); }
  void advance_us(int64_t microseconds) { now_.fetch_add(microseconds, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> now_;
};

// Nanoseconds of a monotonic clock: for latencies, never for anything that is stored or decided on.
int64_t monotonic_ns();

}  // namespace puhui
