// CpuUse: what each account used between two readings. Whoever keeps books of CPU (minute rows, quotas) holds a
// reader of his own; a reading that could not be written down is simply read again.
#pragma once

#include <map>
#include <vector>

#include "ground/base/cpu_account.h"

namespace puhui {

struct CpuUse {
  const CpuAccount* account = nullptr;
  int64_t calls = 0, errors = 0, tokens = 0, cpu_ns = 0;
  int64_t latency_p50_ns = 0, latency_p99_ns = 0;  // of these calls; 0 when there were none
};

class CpuUseReader {
 public:
  explicit CpuUseReader(CpuAccounts& accounts) : accounts_(accounts) {}

  struct Reading {
    std::vector<CpuUse> uses;  // of accounts that used anything, by first use
    int64_t process_ns = 0;    // of the whole process meanwhile; read after the accounts
  };
  // Since the last keep(). From one thread at a time.
  Reading read();
  // The last reading is written down: the next begins there.
  void keep();

 private:
  struct Mark {
    int64_t calls = 0, errors = 0, tokens = 0, cpu_ns = 0;
    Histogram::Counts latency{};
  };
  CpuUse difference(const CpuAccount& account);

  CpuAccounts& accounts_;
  std::map<const CpuAccount*, Mark> kept_, read_;  // read_: of those that moved
  int64_t kept_process_ns_ = 0, read_process_ns_ = 0;
};

}  // namespace puhui
