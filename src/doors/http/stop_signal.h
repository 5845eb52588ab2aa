// StopSignal: SIGINT and SIGTERM as a value to wait for, so that `serve` ends in good order. Whatever threads run
// already; a second signal ends the process at once.
#pragma once

#include "ground/base/result.h"

namespace puhui::http {

class StopSignal {
 public:
  // One at a time in a process; unavailable when the system gives no pipe.
  static Result<StopSignal> watch();
  ~StopSignal();
  StopSignal(StopSignal&& other) noexcept;
  StopSignal& operator=(StopSignal&&) = delete;

  // Blocks until one of them comes; answers which.
  int wait() const;

 private:
  StopSignal(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}
  int read_end_, write_end_;
};

}  // namespace puhui::http
