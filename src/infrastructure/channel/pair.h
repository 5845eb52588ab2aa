// Pair: two connections in memory, with the same frames as over the wire and no thread of their own; for parties in one process,
// and for tests, with faults on demand. No heartbeats: nobody falls silent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "infrastructure/channel/connection.h"

namespace puhui::channel {

// What goes wrong with what one side sends. Frames and messages are counted from 0.
struct PairFaults {
  std::optional<uint64_t> cut_after_messages = std::nullopt;  // so many arrive, then both find the connection gone
  std::optional<uint64_t> repeat_frame = std::nullopt;        // arrives twice
  std::optional<uint64_t> truncate_frame = std::nullopt;      // its first half arrives, then the connection is gone
  std::optional<uint64_t> lose_frame = std::nullopt;          // never arrives
  std::optional<uint64_t> swap_frame = std::nullopt;          // arrives behind the one that follows it
};

struct PairOptions {
  std::string first = "first", second = "second";  // the parties' names
  std::string purpose = std::string(kAnyPurpose);
  PairFaults from_first = {}, from_second = {};
  ConnectionOptions connection = {};
};

// `first` is held by the first party, its peer() is the second; each works without the other's thread until
// `waiting_bytes_max` wait. They may be destroyed in any order.
struct Pair {
  std::unique_ptr<Connection> first, second;
};
Pair connected_pair(const PairOptions& options = {});

}  // namespace puhui::channel
