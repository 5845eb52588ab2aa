// Server: the HTTP door. It makes routes, an OpenAPI description and metrics of the verbs it is given, and lets a
// caller with a key run them. One thread reads and writes all sockets; handlers are plain blocking code on workers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doors/http/key_ring.h"
#include "doors/http/sessions.h"
#include "doors/http/static_files.h"
#include "ground/base/clock.h"
#include "ground/base/cpu_account.h"
#include "ground/base/log.h"
#include "ground/base/metric.h"
#include "ground/base/random.h"
#include "ground/base/verb.h"

namespace puhui::http {

// Long verbs that a caller does not wait for (Prefer: respond-async).
struct JobLimits {
  size_t at_once = 4;                 // that run; the others wait their turn
  size_t of_a_caller_max = 8;         // waiting, running or not yet forgotten: 429 beyond
  size_t kept_max = 1000;             // of all callers: 503 beyond
  int64_t kept_ms_max = 30 * 60'000;  // after its end a job is forgotten
};

struct Limits {
  size_t header_bytes_max = 16 << 10;            // request line and headers: 431 beyond
  size_t body_bytes_max = 4 << 20;               // 413 beyond
  size_t connections_max = 1024;                 // 503 and closed beyond
  size_t requests_per_connection_max = 100'000;  // then the connection is closed in good order
  size_t queue_max = 1024;                       // requests that wait for a worker: 503 beyond
  size_t verb_in_flight_max = 512;  // waiting and running of one verb: 503 beyond, so one verb cannot take all
  int64_t read_ms_max = 10'000;     // from a request's first byte to its last: 408
  int64_t idle_ms_max = 60'000;     // between two requests: closed
  int64_t write_ms_max = 10'000;    // for one answer: closed
  JobLimits jobs;
  int64_t drain_ms_max = 10'000;  // what requests in flight have to finish when the server stops
};

struct Tls {
  std::string certificate_file;  // PEM, the chain
  std::string key_file;          // PEM
};

struct Options {
  std::string listen = "127.0.0.1:8080";  // "HOST:PORT", "[::1]:8080"; port 0: the system chooses
  std::optional<Tls> tls;                 // none: plain HTTP
  size_t workers = 32;                    // handlers that may block at once; a group commit packs what waits together
  std::optional<Caller> keyless;          // who a call without a key is; only allowed on a loopback address
  Limits limits;
};

// What lives as long as the server.
struct Needs {
  const std::vector<Verb>& verbs;  // those that are local_only are not served
  const KeyShelf& keys;
  Log& log;
  Metrics& metrics;
  const Clock& clock;
  Random random;                         // request ids
  std::function<Result<void>()> ready;   // /readyz; none: ready while it serves
  std::function<Json()> summary;         // an object for the start page, which needs no key; none: no summary
  CpuAccounts* cpu = nullptr;            // the door's own work is charged to "activity:http"
  Sessions* sessions = nullptr;          // of browsers; none: keys alone
  const StaticFiles* console = nullptr;  // the built console; none: the start page stands for it
};

class Server {
 public:
  Server(Needs needs, Options options);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and serves. unavailable: the address is taken; invalid: address, certificate or key are no good.
  Result<void> start();
  // The port it listens on; after start().
  uint16_t port() const;
  // Takes no new connections, lets requests in flight finish for drain_ms_max, closes. True: all of them finished.
  // Handlers that still run after that are waited for, their answers are lost. Safe to call twice.
  bool stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace puhui::http
