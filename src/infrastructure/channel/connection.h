// Connection: messages to and from one peer. Blocking, one thread sends and one receives (they may be the same); an own thread
// keeps the wire going meanwhile: heartbeats, back pressure, and the reason when the peer goes.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "ground/base/hash.h"
#include "ground/base/id.h"
#include "ground/base/result.h"

namespace puhui::channel {

inline constexpr size_t kChunkBytesMax = size_t{256} << 10;       // of a frame's payload before compression
inline constexpr size_t kMessageBytesMax = size_t{1} << 40;       // of a streamed message
inline constexpr size_t kWholeMessageBytesMax = size_t{1} << 30;  // of one that is received whole
inline constexpr size_t kWaitingBytesMax = size_t{64} << 20;      // each way, before the sender waits
inline constexpr size_t kWaitingBytesMin = size_t{1} << 20;
inline constexpr uint16_t kProtocolVersion = 1;
inline constexpr std::string_view kAnyPurpose = "puhui/1";  // of who names none

struct Traffic {
  uint64_t bytes_sent = 0, bytes_received = 0;  // on the wire, frames and TLS records' payload
  uint64_t messages_sent = 0, messages_received = 0;
  uint64_t bytes_before_compression_sent = 0;
  uint64_t repeats_dropped = 0;                               // frames seen before
  uint64_t keys_renewed = 0;                                  // of what we send
  uint64_t waiting_sent_peak = 0, waiting_received_peak = 0;  // bytes, never more than `waiting_bytes_max`
};

struct ConnectionOptions {
  int64_t heartbeat_ms = 1'000;
  int64_t silence_max_ms = 30'000;  // then the peer is gone
  int64_t goodbye_max_ms = 5'000;   // what waits to be sent, and the reason, get so long
  int64_t stuck_max_ms =
      300'000;  // both sides send, neither takes, and both have no room: a defect of the protocol, `internal`
  size_t waiting_bytes_max = kWaitingBytesMax;  // each way; at least kWaitingBytesMin
  uint64_t key_bytes_max = uint64_t{1} << 35;   // then TLS takes a new key: AES-GCM's own limit is about 2^38
};

class Connection {
 public:
  virtual ~Connection() = default;

  // From now on what is sent carries these, and what is received must: else `corrupt`. Zero before: first messages (hellos) go
  // without, then both sides agree, each after it has received the other's. Called between messages.
  virtual void agree(const Id128& session, uint32_t attempt) = 0;

  // `kind` is the protocol's own number (1 to 65,000). The parts follow one another as one message.
  virtual Result<void> send(uint16_t kind, std::initializer_list<std::string_view> parts) = 0;
  Result<void> send(uint16_t kind, std::string_view bytes) { return send(kind, {bytes}); }
  // A long message piece by piece: begin, any number of pieces, end. Nothing else may be sent between.
  virtual Result<void> begin(uint16_t kind) = 0;
  virtual Result<void> piece(std::string_view bytes) = 0;
  virtual Result<void> end() = 0;

  // The next message, whole; it must be of that kind, else `corrupt` says which came. Waits; `unavailable` with the reason when the
  // peer said goodbye, fell silent or closed.
  virtual Result<std::string> receive(uint16_t kind, size_t bytes_max = kWholeMessageBytesMax) = 0;
  // The next message piece by piece as it comes. An error of `take` ends the connection.
  virtual Result<void> receive(uint16_t kind, const std::function<Result<void>(std::string_view piece)>& take) = 0;

  // Says why and closes; the peer reads what was sent before, then its calls fail with the reason. Takes `goodbye_max_ms` at most.
  // Safe to call twice; the first reason counts. The destructor says that no reason was given.
  virtual void goodbye(std::string_view reason) = 0;
  // Whoever waits in send or receive gets `unavailable`, now and from then on: from another thread, to stop. What waits to be sent
  // is dropped; a goodbye can still be said.
  virtual void interrupt() = 0;

  virtual const std::string& purpose() const = 0;  // what the caller came for, as both sides agreed in the handshake
  virtual const std::string& peer() const = 0;     // the name its certificate is pinned under
  virtual const Digest& peer_fingerprint() const = 0;
  virtual Traffic traffic() const = 0;
};

}  // namespace puhui::channel
