#include "infrastructure/channel/dial.h"

#include "infrastructure/channel/tls_connection.h"

namespace puhui::channel {

namespace {

Result<std::unique_ptr<Connection>> dial_at(const Identity& own, const Clock& clock, const DialOptions& options) {
  const Timestamp now = clock.now();
  const SslContext context = TRY(tls_context(own, Side::caller, now));
  Socket socket = TRY(connect_to(TRY(parse_address(options.address)), options.connect_max_ms));
  const Handshake handshake{.side = Side::caller,
                            .peers = {options.peer},
                            .purposes = {options.purpose},
                            .own = own.certificate().fingerprint.hex(),
                            .now = now,
                            .wait_max_ms = options.handshake_max_ms};
  std::unique_ptr<TlsSocket> tls = TRY(TlsSocket::greet(std::move(socket), context.get(), handshake));
  std::unique_ptr<TlsConnection> connection = TRY(TlsConnection::start(std::move(tls), options.connection));
  TRY(connection->wait_until_heard(options.handshake_max_ms));
  return connection;
}

}  // namespace

Result<std::unique_ptr<Connection>> dial(const Identity& own, const Clock& clock, const DialOptions& options) {
  Result<std::unique_ptr<Connection>> made = dial_at(own, clock, options);
  if (!made) return fail(at("calling " + options.peer.party + " at " + printable(options.address), made.error()));
  return made;
}

}  // namespace puhui::channel
