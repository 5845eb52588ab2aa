// Listener: the answering end. Every caller is greeted on a thread of its own; who is pinned is handed over as a Connection, all
// others are refused, counted and told of.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "infrastructure/channel/connection.h"
#include "infrastructure/channel/identity.h"

namespace puhui::channel {

inline constexpr size_t kHandshakesMax = 16;    // at once
inline constexpr size_t kConnectionsMax = 256;  // open at once, of one listener

struct ListenerOptions {
  std::string address;        // host:port, [v6 address]:port, :port for all addresses; port 0 is the system's choice
  std::vector<Pinned> peers;  // may be changed by `pin`
  std::vector<std::string> purposes = {std::string(kAnyPurpose)};  // what callers may come for; another is refused
  int64_t handshake_max_ms = 10'000;
  ConnectionOptions connection = {};
};

struct Refusal {
  std::string from;  // the caller's network address; whether it goes into a log is the caller's affair
  Error error;       // what came, what was expected, what to do
};

struct ListenerCounts {
  uint64_t callers = 0, connections = 0, refusals = 0;  // every caller ends as one of the two
  uint64_t open = 0;                                    // connections that stand now
};

class Listener {
 public:
  struct Needs {
    const Clock& clock;  // for the certificates' dates
    // Both are called from the listener's threads, several at once; they must not call `stop`.
    std::function<void(std::unique_ptr<Connection>)> arrived;
    std::function<void(const Refusal&)> refused;
  };
  // `conflict` when the port is in use, `invalid` when the address is none, or our certificate is out of date.
  static Result<std::unique_ptr<Listener>> start(const Identity& own, const ListenerOptions& options,
                                                 const Needs& needs);
  virtual ~Listener() = default;  // stops

  virtual uint16_t port() const = 0;
  // From now on these; connections that stand are left alone.
  virtual void pin(std::vector<Pinned> peers) = 0;
  virtual ListenerCounts counts() const = 0;
  // No more callers; handshakes under way are broken off. Connections that were handed over live on. Safe to call twice.
  virtual void stop() = 0;
};

}  // namespace puhui::channel
