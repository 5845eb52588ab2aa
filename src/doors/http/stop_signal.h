// StopSignal: SIGINT and SIGTERM as a value to wait for, so that `serve` ends in good order.
#pragma once

#include <csignal>

namespace puhui::http {

// Make it before any thread is started: threads inherit that the two signals do not interrupt them.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~StopSignal() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Blocks until one of them comes; answers which.
  int wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

 private:
  sigset_t set_{}, before_{};
};

}  // namespace puhui::http
