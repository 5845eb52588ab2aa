#include "doors/http/server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <set>
#include <thread>

#include "doors/http/responder.h"
#include "doors/http/worker_pool.h"
#include "ground/base/check.h"
#include "ground/base/id.h"
#include "ground/base/text.h"

namespace puhui::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr size_t kReadBytes = 16 << 10;  // asked of a socket at once
// Headers that decide something; two of a kind could be read one way here and another way by a proxy.
constexpr const char* kOnce[] = {"Host",   "Authorization", "Content-Type", "Content-Length", "Idempotency-Key",
                                 "Cookie", "Origin",        "X-Puhui-Csrf", "Sec-Fetch-Site"};
constexpr int64_t kLingerMsMax = 500;  // what a client has to read the last answer before the end
constexpr size_t kLingerBytesMax = 1 << 20;
constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // out of descriptors: let some come back

int64_t deadline_in(int64_t milliseconds) { return monotonic_ns() + milliseconds * 1'000'000; }

// Numbers that the metrics page reads; they may outlive the server.
struct Gauges {
  std::atomic<int64_t> connections{0}, busy{0}, waiting{0};
};

tcp::socket& socket_of(tcp::socket& stream) { return stream; }
tcp::socket& socket_of(TlsStream& stream) { return stream.next_layer(); }

class Session;

// What all sessions share. Everything here but `draining` belongs to the socket thread.
struct Hall {
  const Options& options;
  const Clock& clock;
  Responder& responder;
  WorkerPool& pool;
  asio::io_context& io;
  IdSource ids;
  std::shared_ptr<Gauges> gauges;
  std::set<std::shared_ptr<Session>> sessions;
  std::atomic<bool> draining{false};
  std::promise<void> drained;
  bool drained_told = false;

  void tell_when_drained() {
    if (!draining || drained_told || gauges->busy > 0) return;
    drained_told = true;
    drained.set_value();
  }
};

enum class Phase { greeting, idle, reading, working, writing, lingering, closed };

// One connection: reads a request, has it answered, writes the answer, and again. What the client sends meanwhile
// waits in the buffer, so answers keep the order of the requests.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Hall& hall) : hall_(hall) { ++hall_.gauges->connections; }
  virtual ~Session() { --hall_gauges_->connections; }
  virtual void begin() = 0;
  virtual void close() = 0;
  virtual void interrupt() = 0;  // ends the pending read or write with an error
  void look_at_deadline(int64_t now_ns) {
    if (now_ns < deadline_ns_ || phase_ == Phase::working || phase_ == Phase::closed) return;
    if (phase_ != Phase::reading || too_slow_) return close();
    too_slow_ = true;
    interrupt();
  }
  void drain() {
    if (phase_ == Phase::idle || phase_ == Phase::greeting || phase_ == Phase::lingering) close();
  }

 protected:
  void enter(Phase phase, int64_t milliseconds_max) {
    const auto is_busy = [](Phase p) { return p == Phase::reading || p == Phase::working || p == Phase::writing; };
    hall_.gauges->busy += int{is_busy(phase)} - int{is_busy(phase_)};
    phase_ = phase;
    deadline_ns_ = deadline_in(milliseconds_max);
    hall_.tell_when_drained();
  }
  const Limits& limits() const { return hall_.options.limits; }

  Hall& hall_;
  std::shared_ptr<Gauges> hall_gauges_ = hall_.gauges;
  Phase phase_ = Phase::greeting;
  int64_t deadline_ns_ = deadline_in(hall_.options.limits.read_ms_max);
  bool too_slow_ = false;
};

template <class Stream>
class SessionOn final : public Session {
 public:
  SessionOn(Hall& hall, Stream stream) : Session(hall), stream_(std::move(stream)) {
    Failure ignored;
    const auto peer = socket_of(stream_).remote_endpoint(ignored);
    if (!ignored) peer_ = peer.address().to_string();
  }

  void begin() override {
    if constexpr (std::same_as<Stream, TlsStream>) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = shared()](Failure failure) { failure ? self->close() : self->wait(); });
    } else {
      wait();
    }
  }

  void close() override {
    if (phase_ == Phase::closed) return;
    const auto self = shared();  // the hall may hold the last reference
    enter(Phase::closed, 0);
    Failure ignored;
    socket_of(stream_).close(ignored);
    hall_.sessions.erase(self);
  }

  void interrupt() override {
    Failure ignored;
    socket_of(stream_).cancel(ignored);
  }

 private:
  std::shared_ptr<SessionOn> shared() { return std::static_pointer_cast<SessionOn>(shared_from_this()); }

  // Until the first byte of a request.
  void wait() {
    if (phase_ == Phase::closed) return;
    if (hall_.draining) return close();
    if (buffer_.size() > 0) return read_head();
    enter(Phase::idle, limits().idle_ms_max);
    stream_.async_read_some(buffer_.prepare(kReadBytes), [self = shared()](Failure failure, size_t bytes) {
      if (failure) return self->close();
      self->buffer_.commit(bytes);
      self->read_head();
    });
  }

  void read_head() {
    if (phase_ == Phase::closed) return;
    enter(Phase::reading, limits().read_ms_max);
    request_ = {};
    request_.peer = peer_;
    request_.id = hall_.ids.next().text();
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(limits().header_bytes_max));
    parser_->body_limit(limits().body_bytes_max);
    wire::async_read_header(stream_, buffer_, *parser_, [self = shared()](Failure failure, size_t) {
      failure ? self->refuse_unread(failure) : self->look_at_head();
    });
  }

  void look_at_head() {
    const auto& head = parser_->get();
    request_.method = head.method_string();
    request_.target = head.target();
    if (const std::string_view given = head["X-Request-Id"]; is_request_id(given)) request_.id = given;
    for (const char* once : kOnce) {
      if (head.count(once) > 1) return refuse(ProblemKind::invalid, std::string("expected one header ") + once);
    }
    if (head.version() >= 11 && head.count(wire::field::host) == 0) {
      return refuse(ProblemKind::invalid, "expected a header Host, as HTTP/1.1 demands");
    }
    if (parser_->chunked() && head.count(wire::field::content_length) > 0) {
      return refuse(ProblemKind::invalid, "expected Content-Length or Transfer-Encoding, came both");
    }
    if (parser_->is_done()) return dispatch();
    if (!beast::iequals(head[wire::field::expect], "100-continue")) return read_body();
    asio::async_write(stream_, asio::buffer(kContinue), [self = shared()](Failure failure, size_t) {
      failure ? self->refuse_unread(failure) : self->read_body();
    });
  }

  void read_body() {
    wire::async_read(stream_, buffer_, *parser_, [self = shared()](Failure failure, size_t) {
      failure ? self->refuse_unread(failure) : self->dispatch();
    });
  }

  void dispatch() {
    if (phase_ == Phase::closed) return;
    auto& message = parser_->get();
    request_.host = message[wire::field::host];
    request_.cookie = message[wire::field::cookie];
    request_.csrf = message["X-Puhui-Csrf"];
    request_.origin = message[wire::field::origin];
    request_.fetch_site = message["Sec-Fetch-Site"];
    request_.accept_encoding = message[wire::field::accept_encoding];
    request_.prefer = message["Prefer"];
    request_.background = message.count("X-Puhui-Background") > 0;
    request_.authorization = message[wire::field::authorization];
    request_.content_type = message[wire::field::content_type];
    if (const auto key = message.find("Idempotency-Key"); key != message.end()) {
      request_.idempotency_key = std::string(key->value());
    }
    request_.body = std::move(message.body());
    began_ns_ = monotonic_ns();
    keep_ = parser_->keep_alive() && ++served_ < limits().requests_per_connection_max;
    enter(Phase::working, 0);
    auto opened = hall_.responder.open(request_);
    if (auto* answered = std::get_if<Answered>(&opened)) return answer_here(*answered);
    Work& work = std::get<Work>(opened);
    Route* route = work.route;
    WorkerPool::Job job = [self = shared(), work = std::move(work)]() mutable { self->answer_on_worker(work); };
    if (hall_.pool.give(job)) return;
    Answered refused = hall_.responder.refuse(ProblemKind::unavailable, request_.id,
                                              "too many requests wait already; try again in a second");
    refused.route = route;
    answer_here(refused);
  }

  // A session has one request at work at a time, so its request is the worker's until the answer is posted.
  void answer_on_worker(Work& work) {
    const Response response = hall_.responder.run(request_, work);
    const int64_t took_ns = monotonic_ns() - began_ns_;
    std::string bytes = bytes_of(response);
    hall_.responder.record(request_, *work.route, response, work.caller.get(), took_ns);
    asio::post(hall_.io, [self = shared(), out = std::move(bytes)]() mutable { self->write(std::move(out)); });
  }

  void answer_here(const Answered& answered) {
    std::string bytes = bytes_of(answered.response);
    hall_.responder.record(request_, *answered.route, answered.response, nullptr, monotonic_ns() - began_ns_);
    write(std::move(bytes));
  }

  std::string bytes_of(const Response& response) {
    keep_ = keep_ && !hall_.draining;
    return wire_bytes(response, request_.method, request_.id, hall_.clock.now(),
                      keep_ ? Connection::keep : Connection::close);
  }

  // The request did not arrive whole.
  void refuse_unread(Failure failure) {
    const auto say = [](const char* what, size_t limit, const char* unit) {
      return std::string("expected ") + what + " of at most " + std::to_string(limit) + unit;
    };
    if (too_slow_) {
      return refuse(ProblemKind::too_slow,
                    "expected a whole request within " + std::to_string(limits().read_ms_max) + " ms");
    }
    if (failure == wire::error::body_limit) {
      return refuse(ProblemKind::too_large, say("a body", limits().body_bytes_max, " bytes"));
    }
    if (failure == wire::error::header_limit || failure == wire::error::buffer_overflow) {
      return refuse(ProblemKind::header_too_large,
                    say("a request line and headers", limits().header_bytes_max, " bytes"));
    }
    const bool malformed = failure.category() == make_error_code(wire::error::bad_method).category();
    if (!malformed || failure == wire::error::end_of_stream || failure == wire::error::partial_message) return close();
    refuse(ProblemKind::invalid, "expected an HTTP/1.1 message: " + failure.message());
  }

  void refuse(ProblemKind kind, std::string why) {
    if (phase_ == Phase::closed) return;
    keep_ = false;
    began_ns_ = monotonic_ns();
    answer_here(hall_.responder.refuse(kind, request_.id, std::move(why)));
  }

  void write(std::string bytes) {
    if (phase_ == Phase::closed) return;
    enter(Phase::writing, limits().write_ms_max);
    out_ = std::move(bytes);
    asio::async_write(stream_, asio::buffer(out_), [self = shared()](Failure failure, size_t) {
      if (failure) return self->close();
      self->keep_ ? self->wait() : self->say_goodbye();
    });
  }

  void say_goodbye() {
    if (phase_ == Phase::closed) return;
    enter(Phase::lingering, kLingerMsMax);
    if constexpr (std::same_as<Stream, TlsStream>) {
      stream_.async_shutdown([self = shared()](Failure) { self->linger(); });
    } else {
      linger();
    }
  }

  // Closing while bytes come in would reset the connection and take the answer with it.
  void linger() {
    if (phase_ == Phase::closed) return;
    Failure ignored;
    tcp::socket& socket = socket_of(stream_);
    if (lingered_bytes_ == 0) socket.shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    socket.async_receive(buffer_.prepare(kReadBytes), [self = shared()](Failure failure, size_t bytes) {
      self->lingered_bytes_ += bytes;
      failure || self->lingered_bytes_ > kLingerBytesMax ? self->close() : self->linger();
    });
  }

  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  Stream stream_;
  std::string peer_;
  beast::flat_buffer buffer_{hall_.options.limits.header_bytes_max + (128 << 10)};
  std::optional<wire::request_parser<wire::string_body>> parser_;
  Request request_;
  std::string out_;
  int64_t began_ns_ = 0;
  size_t served_ = 0, lingered_bytes_ = 0;
  bool keep_ = true;
};

Result<tcp::endpoint> endpoint_of(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : parse_int64(std::string_view(listen).substr(colon + 1));
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  Failure failure;
  const auto address = asio::ip::make_address(host, failure);
  if (failure || !port || *port < 0 || *port > 65535) {
    return fail(
        ErrorCode::invalid, "listen",
        "expected ADDRESS:PORT such as '127.0.0.1:8080', '0.0.0.0:8080' or '[::1]:8080', came '" + listen + "'");
  }
  return tcp::endpoint(address, static_cast<uint16_t>(*port));
}

Result<void> load(const Tls& tls, asio::ssl::context& context) {
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv3 |
                      asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION);
  Faults faults;
  Failure failure;
  context.use_certificate_chain_file(tls.certificate_file, failure);
  if (failure)
    faults.add("tls.certificate_file", tls.certificate_file + ": expected a PEM certificate: " + failure.message());
  context.use_private_key_file(tls.key_file, asio::ssl::context::pem, failure);
  if (failure)
    faults.add("tls.key_file", tls.key_file + ": expected the certificate's PEM private key: " + failure.message());
  return std::move(faults).result();
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(Needs needs, Options options)
      : needs_(std::move(needs)), options_(std::move(options)), responder_(needs_, options_) {
    needs_.metrics.gauge("puhui_http_connections", "Open connections.",
                         [g = gauges_] { return static_cast<double>(g->connections); });
    needs_.metrics.gauge("puhui_http_requests_in_flight", "Requests read, running or written.",
                         [g = gauges_] { return static_cast<double>(g->busy); });
  }
  ~Implementation() { stop(); }

  Result<void> start() {
    CHECK(!hall_, "a server starts once");
    const tcp::endpoint endpoint = TRY(endpoint_of(options_.listen));
    if (options_.keyless && !endpoint.address().is_loopback()) {
      return fail(ErrorCode::invalid, "listen",
                  "a server without keys only listens on a loopback address such as 127.0.0.1; "
                  "came '" +
                      options_.listen + "'");
    }
    if (options_.tls) TRY(load(*options_.tls, tls_.emplace(asio::ssl::context::tls_server)));
    TRY(bind(endpoint));
    CpuAccount* account = needs_.cpu ? &needs_.cpu->activity("http") : nullptr;
    pool_.emplace(std::max<size_t>(options_.workers, 1), options_.limits.queue_max, account);
    hall_.reset(new Hall{options_,
                         needs_.clock,
                         responder_,
                         *pool_,
                         io_,
                         IdSource(needs_.clock, needs_.random),
                         gauges_,
                         {},
                         {},
                         {},
                         {}});
    accept();
    sweep();
    thread_ = std::thread([this, account] {
      const CpuScope charged(account);
      io_.run();
    });
    needs_.log.info("http_serves", {{"listen", options_.listen}, {"port", port_}, {"tls", options_.tls.has_value()}});
    return {};
  }

  uint16_t port() const { return port_; }

  bool stop() {
    if (!hall_ || !thread_.joinable()) return true;
    asio::post(io_, [this] {
      Failure ignored;
      acceptor_.close(ignored);
      hall_->draining = true;
      each_session([](Session& session) { session.drain(); });
      hall_->tell_when_drained();
    });
    const auto wait = std::chrono::milliseconds(options_.limits.drain_ms_max);
    const bool drained = hall_->drained.get_future().wait_for(wait) == std::future_status::ready;
    std::promise<void> closed;
    asio::post(io_, [this, &closed] {
      each_session([](Session& session) { session.close(); });
      sweeper_.cancel();
      closed.set_value();
    });
    closed.get_future().wait();
    pool_->stop();
    responder_.stop_jobs();
    io_.stop();
    thread_.join();
    needs_.log.info("http_stopped", {{"drained", drained}});
    return drained;
  }

 private:
  Result<void> bind(const tcp::endpoint& endpoint) {
    Failure failure;
    acceptor_.open(endpoint.protocol(), failure);
    if (!failure) acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (failure) {
      acceptor_.close(failure);
      return fail(ErrorCode::unavailable, "listen",
                  "cannot listen on " + options_.listen + ": " + failure.message() +
                      "; choose another port or stop what holds it");
    }
    port_ = acceptor_.local_endpoint().port();
    return {};
  }

  void accept() {
    acceptor_.async_accept([this](Failure failure, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (failure) {
        pause_.expires_after(kAcceptPause);
        return pause_.async_wait([this](Failure) {
          if (acceptor_.is_open()) accept();
        });
      }
      welcome(std::move(socket));
      accept();
    });
  }

  void welcome(tcp::socket socket) {
    Failure ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (hall_->sessions.size() >= options_.limits.connections_max) return turn_away(std::move(socket));
    std::shared_ptr<Session> session;
    if (tls_) {
      session = std::make_shared<SessionOn<TlsStream>>(*hall_, TlsStream(std::move(socket), *tls_));
    } else {
      session = std::make_shared<SessionOn<tcp::socket>>(*hall_, std::move(socket));
    }
    hall_->sessions.insert(session);
    session->begin();
  }

  // Says so when that costs no waiting; a TLS client learns it from the close.
  void turn_away(tcp::socket socket) {
    turned_away_.add();
    if (tls_) return;
    const std::string id = hall_->ids.next().text();
    const Answered refused =
        responder_.refuse(ProblemKind::unavailable, id, "too many connections; try again in a second");
    const std::string bytes = wire_bytes(refused.response, "GET", id, needs_.clock.now(), Connection::close);
    Failure ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(bytes), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  // One timer for all deadlines: they are looked at every so often, not set and cancelled with each read.
  void sweep() {
    const Limits& l = options_.limits;
    const int64_t shortest_ms = std::min({l.read_ms_max, l.idle_ms_max, l.write_ms_max, kLingerMsMax});
    sweeper_.expires_after(std::chrono::milliseconds(std::clamp<int64_t>(shortest_ms / 4, 5, 250)));
    sweeper_.async_wait([this](Failure failure) {
      if (failure) return;
      const int64_t now_ns = monotonic_ns();
      each_session([now_ns](Session& session) { session.look_at_deadline(now_ns); });
      sweep();
    });
  }

  template <class Do>
  void each_session(Do action) {
    const std::vector<std::shared_ptr<Session>> all(hall_->sessions.begin(), hall_->sessions.end());  // closing erases
    for (const auto& session : all) action(*session);
  }

  const Needs needs_;
  const Options options_;
  Responder responder_;
  std::shared_ptr<Gauges> gauges_ = std::make_shared<Gauges>();
  Counter& turned_away_ = needs_.metrics.counter("puhui_http_connections_refused_total", "Beyond connections_max.");
  std::optional<asio::ssl::context> tls_;
  std::unique_ptr<Hall> hall_;  // outlives io_, whose pending work names it
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer sweeper_{io_}, pause_{io_};
  std::optional<WorkerPool> pool_;
  std::thread thread_;
  uint16_t port_ = 0;
};

Server::Server(Needs needs, Options options)
    : implementation_(std::make_unique<Implementation>(std::move(needs), std::move(options))) {}
Server::~Server() = default;
Result<void> Server::start() { return implementation_->start(); }
uint16_t Server::port() const { return implementation_->port(); }
bool Server::stop() { return implementation_->stop(); }

}  // namespace puhui::http
