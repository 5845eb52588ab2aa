// TlsSocket: one socket under mutual TLS 1.3 after its handshake. Never blocks; one thread's.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/clock.h"
#include "infrastructure/channel/identity.h"
#include "infrastructure/channel/openssl_handles.h"
#include "infrastructure/channel/socket.h"

namespace puhui::channel {

enum class Side : uint8_t { caller, listener };

// `invalid` when our certificate's dates do not hold now.
Result<SslContext> tls_context(const Identity& own, Side side, Timestamp now);

struct Handshake {
  Side side;
  std::vector<Pinned> peers;          // who may be there
  std::vector<std::string> purposes;  // the caller's one; the listener's, any of which will do
  std::string own;                    // our certificate's fingerprint, for messages
  Timestamp now;
  int64_t wait_max_ms = 0;
  const Signal* stop = nullptr;  // calls it off
};

class TlsSocket {
 public:
  // Checked: TLS 1.3, and the peer's certificate is one of `peers`, to the byte, and in date. On an error the peer has been sent
  // TLS's alert and time to read it.
  static Result<std::unique_ptr<TlsSocket>> greet(Socket socket, SSL_CTX* context, const Handshake& handshake);
  ~TlsSocket();

  const Pinned& peer() const { return peer_; }
  const std::string& purpose() const { return purpose_; }
  int fd() const { return socket_.fd(); }

  enum class Outcome : uint8_t { some, blocked, ended, failed };
  struct Step {
    Outcome outcome;
    size_t bytes = 0;  // of `some`
  };
  Step read(std::span<char> into);
  // Once the wire takes nothing more for good, answers `blocked` for ever: what the peer said last can still be read.
  Step write(std::string_view bytes);
  // What was written is gathered until it is much, or until this: `some` when all has gone out, else as `write`.
  Step flush();
  short wanted_events() const { return wanted_; }  // what the last blocked step waits for
  Error failure() const { return failure_; }       // of the last `failed`

  // New keys for what we send, from the next write; false while too much waits to go out: try again.
  bool renew_key();
  // Says that no more follows; then only read.
  void end_writing();

 private:
  struct Wire;  // under the BIO: send without SIGPIPE
  TlsSocket(Socket socket, SSL_CTX* context);
  Step outcome_of(int result, const char* doing);

  Socket socket_;
  std::unique_ptr<Wire> wire_;
  SslHandle ssl_;
  Pinned peer_;
  std::string purpose_;
  std::string own_;
  short wanted_ = 0;
  Error failure_;
};

}  // namespace puhui::channel
