#include "infrastructure/channel/tls_socket.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "ground/base/check.h"
#include "infrastructure/channel/tls_reason.h"

namespace puhui::channel {

namespace {

constexpr const char* kCipherSuites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr long kCertificateBytesMax = 16 << 10;
constexpr size_t kGatheredBytesMax = 256 << 10;
constexpr size_t kReadAheadBytes = 64 << 10;
constexpr int64_t kAlertWaitMs = 1'000;

time_t seconds_of(Timestamp time) { return static_cast<time_t>(time.microseconds / 1'000'000); }

// What the handshake's check of the certificate found.
struct Verdict {
  const Handshake& handshake;
  std::optional<Pinned> found;
  std::optional<Error> refused;
};

int check_peer(X509_STORE_CTX* store, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verdict = static_cast<Verdict*>(SSL_get_app_data(ssl));
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  if (verdict == nullptr || certificate == nullptr) return 0;
  const Handshake& handshake = verdict->handshake;
  const Digest came = fingerprint_of(certificate);
  const auto pinned = std::ranges::find(handshake.peers, came, &Pinned::fingerprint);
  if (pinned == handshake.peers.end()) {
    verdict->refused = unknown_certificate(came, party_of(certificate), handshake.peers);
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
  const time_t now = seconds_of(handshake.now);
  time_t at = now;
  const bool begun = X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0;
  at = now;
  const bool over = X509_cmp_time(X509_get0_notAfter(certificate), &at) < 0;
  if (!begun || over) {
    verdict->refused = out_of_date(pinned->party);
    X509_STORE_CTX_set_error(store, over ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_ERR_CERT_NOT_YET_VALID);
    return 0;
  }
  verdict->found = *pinned;
  return 1;
}

// What ALPN carries: each name behind its length.
std::string alpn_names(const std::vector<std::string>& purposes) {
  std::string out;
  for (const std::string& purpose : purposes) {
    CHECK(!purpose.empty() && purpose.size() <= 255, "a purpose has a name that ALPN can carry");
    out += static_cast<char>(purpose.size());
    out += purpose;
  }
  return out;
}

// The listener's choice: the first of the caller's that it knows. None: the handshake ends with an alert that says so.
int choose_purpose(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                   unsigned int offered_size, void*) {
  const auto* verdict = static_cast<Verdict*>(SSL_get_app_data(ssl));
  if (verdict == nullptr) return SSL_TLSEXT_ERR_ALERT_FATAL;
  for (unsigned int at = 0; at < offered_size && at + 1 + offered[at] <= offered_size; at += 1 + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
    if (std::ranges::find(verdict->handshake.purposes, name) == verdict->handshake.purposes.end()) continue;
    *chosen = offered + at + 1;
    *chosen_size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool limit_to_tls13(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_max_cert_list(context, kCertificateBytesMax);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, kReadAheadBytes);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
         SSL_CTX_set_ciphersuites(context, kCipherSuites) == 1 && SSL_CTX_set1_groups_list(context, "X25519") == 1 &&
         SSL_CTX_set1_sigalgs_list(context, "ed25519") == 1;
}

}  // namespace

Result<SslContext> tls_context(const Identity& own, Side side, Timestamp now) {
  const Certificate& certificate = own.certificate();
  if (now < certificate.from || certificate.until < now)
    return fail(ErrorCode::invalid, "certificate",
                "expected this house's own certificate " + certificate.fingerprint.short_hex() +
                    " to be in date, it is not: make a new one, send it to the partners, or set this machine's clock");
  SslContext context(SSL_CTX_new(side == Side::caller ? TLS_client_method() : TLS_server_method()));
  const X509Handle x509 = certificate_from_pem(certificate.pem);
  const KeyHandle key = key_from_pem(own.key_pem());
  CHECK(context && limit_to_tls13(context.get()), "OpenSSL knows TLS 1.3");
  CHECK(
      SSL_CTX_use_certificate(context.get(), x509.get()) == 1 && SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
      "an identity's certificate and key belong together");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), check_peer, nullptr);
  if (side == Side::listener) SSL_CTX_set_alpn_select_cb(context.get(), choose_purpose, nullptr);
  return context;
}

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE in a process that did not ask for it.
struct TlsSocket::Wire {
  int fd = -1;
  int broken = 0;  // errno of the write that found the wire gone
  bool ended = false;
  bool established = false;  // the handshake is done
  std::string gathered;      // records on their way: one call to the system takes many
  size_t sent = 0;           // of them

  static Wire& of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* bytes, int size) {
    Wire& wire = of(bio);
    BIO_clear_retry_flags(bio);
    if (!wire.has_room()) wire.flush();
    // Also when broken it is only blocked: an error here would end reading, too.
    if (wire.broken != 0 || !wire.has_room()) {
      BIO_set_retry_write(bio);
      return -1;
    }
    wire.gathered.append(bytes, static_cast<size_t>(size));
    return size;
  }

  bool has_room() const { return gathered.size() - sent < kGatheredBytesMax; }

  // Whether all has gone out.
  bool flush() {
    while (sent < gathered.size() && broken == 0) {
      const ssize_t done = ::send(fd, gathered.data() + sent, gathered.size() - sent, MSG_NOSIGNAL);
      if (done >= 0) sent += static_cast<size_t>(done);
      if (done >= 0 || errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      broken = errno;
    }
    const bool all = sent == gathered.size();
    if (all || sent >= kGatheredBytesMax) {  // what has gone out is dropped now and then, so that the rest stays short
      gathered.erase(0, sent);
      sent = 0;
    }
    return all;
  }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    ssize_t came = -1;
    do came = ::recv(of(bio).fd, into, static_cast<size_t>(size), 0);
    while (came < 0 && errno == EINTR);
    if (came < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
    if (came == 0) of(bio).ended = true;
    return static_cast<int>(came);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return of(bio).ended ? 1 : 0;
    if (command != BIO_CTRL_FLUSH) return 0;
    // A new key is announced within a read or write; held up there, OpenSSL would take the peer's announcement for an error.
    if (of(bio).flush() || of(bio).established) return 1;
    BIO_set_retry_write(bio);
    return -1;
  }

  static const BIO_METHOD* method() {
    static BIO_METHOD* made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "puhui wire");
      BIO_meth_set_write(method, write);
      BIO_meth_set_read(method, read);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    return made;
  }
};

TlsSocket::TlsSocket(Socket socket, SSL_CTX* context)
    : socket_(std::move(socket)), wire_(std::make_unique<Wire>()), ssl_(SSL_new(context)) {
  BIO* bio = BIO_new(Wire::method());
  CHECK(ssl_ && bio != nullptr, "OpenSSL has memory");
  wire_->fd = socket_.fd();
  BIO_set_data(bio, wire_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

TlsSocket::~TlsSocket() = default;

Result<std::unique_ptr<TlsSocket>> TlsSocket::greet(Socket socket, SSL_CTX* context, const Handshake& handshake) {
  std::unique_ptr<TlsSocket> out(new TlsSocket(std::move(socket), context));
  SSL* ssl = out->ssl_.get();
  Verdict verdict{handshake, std::nullopt, std::nullopt};
  SSL_set_app_data(ssl, &verdict);
  out->own_ = handshake.own;
  handshake.side == Side::caller ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
  const std::string names = alpn_names(handshake.purposes);
  if (handshake.side == Side::caller) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(names.data());
    CHECK(SSL_set_alpn_protos(ssl, bytes, static_cast<unsigned int>(names.size())) == 0, "OpenSSL has memory");
  }
  const int64_t deadline_ms = now_ms() + handshake.wait_max_ms;
  while (true) {
    ERR_clear_error();
    const Step step = out->outcome_of(SSL_do_handshake(ssl), "the handshake");
    if (step.outcome == Outcome::some) break;
    if (out->wire_->broken != 0)
      return fail(ErrorCode::unavailable, "handshake",
                  "the other side closed the connection: " + std::string(std::strerror(out->wire_->broken)));
    if (step.outcome == Outcome::blocked && wait_for(out->fd(), out->wanted_, deadline_ms, handshake.stop)) continue;
    if (step.outcome == Outcome::blocked)
      return fail(ErrorCode::unavailable, "handshake",
                  "expected it to be done within " + std::to_string(handshake.wait_max_ms) +
                      " ms, the other side stalled, or this side stopped");
    linger(out->socket_, kAlertWaitMs, handshake.stop);
    if (verdict.refused) return fail(*std::move(verdict.refused));
    return fail(out->failure_);
  }
  SSL_set_app_data(ssl, nullptr);
  out->wire_->established = true;
  CHECK(verdict.found && SSL_version(ssl) == TLS1_3_VERSION, "a handshake ends with a peer that was checked");
  out->peer_ = *std::move(verdict.found);
  const unsigned char* purpose = nullptr;
  unsigned int purpose_size = 0;
  SSL_get0_alpn_selected(ssl, &purpose, &purpose_size);
  out->purpose_ = std::string(reinterpret_cast<const char*>(purpose), purpose_size);
  if (out->purpose_.empty() && !handshake.purposes.empty())
    out->purpose_ = handshake.purposes.front();  // one who names none
  return out;
}

TlsSocket::Step TlsSocket::outcome_of(int result, const char* doing) {
  if (result > 0) return {Outcome::some, static_cast<size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: wanted_ = POLLIN; return {Outcome::blocked};
    case SSL_ERROR_WANT_WRITE: wanted_ = POLLOUT; return {Outcome::blocked};
    case SSL_ERROR_ZERO_RETURN: return {Outcome::ended};
    default: break;
  }
  failure_ = tls_failure(doing, own_);
  return {Outcome::failed};
}

TlsSocket::Step TlsSocket::read(std::span<char> into) {
  ERR_clear_error();
  return outcome_of(SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size())), "reading");
}

TlsSocket::Step TlsSocket::write(std::string_view bytes) {
  ERR_clear_error();
  const Step step = outcome_of(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())), "writing");
  if (step.outcome == Outcome::blocked && wire_->broken != 0) wanted_ = 0;
  return step;
}

TlsSocket::Step TlsSocket::flush() {
  if (wire_->flush()) return {Outcome::some};
  wanted_ = wire_->broken != 0 ? short{0} : short{POLLOUT};
  return {Outcome::blocked};
}

bool TlsSocket::renew_key() {
  wire_->flush();
  return wire_->has_room() && SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1;
}

void TlsSocket::end_writing() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  wire_->flush();
  ::shutdown(socket_.fd(), SHUT_WR);
}

}  // namespace puhui::channel
