#include "infrastructure/federation/logistic/obfuscators_ahead.h"

#include <algorithm>

#include "ground/base/cpu_account.h"

namespace puhui::federation {

namespace {

constexpr size_t kToldRows = 1024;  // made between two looks at the caller's wish to stop
constexpr size_t kBlockRows =
    64;  // by the thread: half a millisecond, for so long it may run into the protocol's own work

}  // namespace

size_t obfuscators_max(const cipher::PublicKey& key) {
  return kAheadBytesMax / (key.modulus().words() * sizeof(uint64_t));
}

ObfuscatorsAhead::~ObfuscatorsAhead() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<void> ObfuscatorsAhead::make(uint64_t count, Progress& progress) {
  const uint64_t total = std::min<uint64_t>(count, obfuscators_max(key_.public_key()));
  for (uint64_t done = 0; done < total;) {
    progress.step("obfuscators", done, total);
    if (progress.stop_requested()) return fail(ErrorCode::unavailable, "asked to stop while making obfuscators");
    const uint64_t block = std::min<uint64_t>(kToldRows, total - done);
    key_.prepare(block);
    done += block;
  }
  if (total > 0) progress.step("obfuscators", total, total);
  return {};
}

void ObfuscatorsAhead::expect(uint64_t count) {
  const uint64_t held_max = std::min<uint64_t>(count, obfuscators_max(key_.public_key()));
  const std::scoped_lock lock(mutex_);
  expected_ = held_max;
  if (thread_.joinable() || key_.prepared() >= held_max) return;
  thread_ = std::thread([this, account = CpuAccounts::current()] {
    const CpuScope scope(account);
    run();
  });
}

void ObfuscatorsAhead::wait(bool is_waiting) {
  {
    const std::scoped_lock lock(mutex_);
    is_waiting_ = is_waiting;
  }
  if (is_waiting) changed_.notify_all();
}

void ObfuscatorsAhead::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return is_ending_ || (is_waiting_ && key_.prepared() < expected_); });
    if (is_ending_) return;
    const size_t block = std::min<uint64_t>(kBlockRows, expected_ - key_.prepared());
    lock.unlock();
    key_.prepare(block);
    lock.lock();
  }
}

}  // namespace puhui::federation
