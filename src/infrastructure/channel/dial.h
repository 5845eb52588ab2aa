// dial: the calling end. Answers a connection only when both sides have found the certificate they hold.
#pragma once

#include <memory>
#include <string>

#include "ground/base/clock.h"
#include "infrastructure/channel/connection.h"
#include "infrastructure/channel/identity.h"

namespace puhui::channel {

struct DialOptions {
  std::string address;                             // host:port, [v6 address]:port
  Pinned peer;                                     // who must answer
  std::string purpose = std::string(kAnyPurpose);  // what for: one of the listener's (ALPN)
  int64_t connect_max_ms = 10'000, handshake_max_ms = 10'000;
  ConnectionOptions connection = {};
};

// `invalid`: the address; our own certificate is out of date. `unavailable`, try again: no such host, refused, too slow.
// `forbidden`, talk to people: another certificate came, ours is not wanted, theirs is out of date, no TLS 1.3 there.
Result<std::unique_ptr<Connection>> dial(const Identity& own, const Clock& clock, const DialOptions& options);

}  // namespace puhui::channel
