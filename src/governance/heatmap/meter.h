// Meter: writes down once a minute what each account used, holds the sum against the process's own CPU clock, and
// raises an alert where too much of it has no owner or a quota runs out. Needs no application to report anything.
#pragma once

#include <mutex>

#include "governance/heatmap/use_table.h"
#include "ground/base/cpu_use.h"

namespace puhui::heatmap {

// Of the minutes looked at together: less CPU than the least says nothing, and above the share is an alarm.
inline constexpr int64_t kAlarmMinutes = 5, kAlarmCpuNsMin = 2'000'000'000, kUnattributedPpmMax = 20'000;

struct MeterNeeds {
  Store& store;
  CpuAccounts& cpu;
  const Clock& clock;
};

class Meter {
 public:
  explicit Meter(MeterNeeds needs) : needs_(needs), uses_(needs.cpu) {}

  // Adds what was used since the last call to this minute, its hour and its day, and looks whether to raise an alarm.
  // To be called once a minute and before the process ends; several processes on one store add up. What could not be
  // written is in the next call's rows.
  Result<void> count();

 private:
  MeterNeeds needs_;
  std::mutex mutex_;
  CpuUseReader uses_;
  Timestamp last_hour_;
};

// Of the whole span: what accounts have, what the process used, and when it was last counted.
struct Balance {
  int64_t accounts_cpu_ns = 0, process_cpu_ns = 0, cores = 0;
  Timestamp counted_at;
  int64_t unattributed_cpu_ns() const { return process_cpu_ns - accounts_cpu_ns; }
  int64_t unattributed_ppm() const;  // of the process's CPU; 0 when it used none
};
Result<Balance> read_balance(Reader& reader, std::span<const Tile> tiles);
// Of the process alone, where the accounts are summed already.
Result<Balance> read_process(Reader& reader, std::span<const Tile> tiles);

}  // namespace puhui::heatmap
