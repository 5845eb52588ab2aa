#include "doors/http/stop_signal.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace puhui::http {

namespace {

// A handler may do little else than write, and can be given nothing: the pipe's end has to lie here.
volatile sig_atomic_t g_write_end = -1;

void tell(int signal) {
  const auto byte = static_cast<unsigned char>(signal);
  if (write(g_write_end, &byte, 1) != 1) _exit(1);
}

}  // namespace

Result<StopSignal> StopSignal::watch() {
  int ends[2];
  if (pipe(ends) != 0) return fail(ErrorCode::unavailable, "no pipe could be made to hear signals by");
  g_write_end = ends[1];
  struct sigaction action {};
  action.sa_handler = tell;
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return StopSignal(ends[0], ends[1]);
}

StopSignal::StopSignal(StopSignal&& other) noexcept
    : read_end_(std::exchange(other.read_end_, -1)), write_end_(std::exchange(other.write_end_, -1)) {}

StopSignal::~StopSignal() {
  if (read_end_ < 0) return;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  close(read_end_);
  close(write_end_);
}

int StopSignal::wait() const {
  unsigned char byte = 0;
  while (read(read_end_, &byte, 1) < 0 && errno == EINTR) {
  }
  return byte;
}

}  // namespace puhui::http
