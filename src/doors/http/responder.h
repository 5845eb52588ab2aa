// Responder: turns one whole request into one response. All of the HTTP door that needs no socket: routes, keys,
// permissions, typing, repeats, pages and problems.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "doors/http/admission.h"
#include "doors/http/jobs.h"
#include "doors/http/message.h"
#include "doors/http/problem.h"
#include "doors/http/route.h"
#include "doors/http/server.h"
#include "doors/http/session_page.h"
#include "doors/http/target.h"

namespace puhui::http {

// One request of a route that waits or runs; while it lives it counts against the route's limit.
class Ticket {
 public:
  explicit Ticket(Route& route) : route_(&route) { route.in_flight.fetch_add(1, std::memory_order_relaxed); }
  Ticket(Ticket&& other) noexcept : route_(std::exchange(other.route_, nullptr)) {}
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket() {
    if (route_ != nullptr) route_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  Route* route_;
};

// What a worker has still to do for a request.
struct Work {
  Route* route;
  std::string path;
  std::shared_ptr<const Caller> caller;  // as long as the request lives, whatever becomes of the session or the key
  std::vector<TextPair> query;
  Ticket ticket;
};

struct Answered {
  Route* route;
  Response response;
};

class Responder {
 public:
  Responder(const Needs& needs, const Options& options);

  // Answers at once what needs no handler: unknown routes, fixed pages, callers without key or permission. Never blocks.
  std::variant<Answered, Work> open(const Request& request);
  // Runs the verb or makes the page; may block. No exception comes out.
  Response run(const Request& request, Work& work);
  void stop_jobs() { jobs_.stop(); }
  // What was refused before it was a request: too slow, too large, malformed.
  Answered refuse(ProblemKind kind, std::string_view request_id, std::string why);
  // Counts the request and writes its line in the access log: no body, no query.
  void record(const Request& request, const Route& route, const Response& response, const Caller* caller,
              int64_t took_ns);

 private:
  Route* route_of(const std::string& path);
  // The caller of a verb or a job; what refuses if there is none, or it may not.
  Admission::Admitted admit(const Request& request, const Route& route) const;
  Result<Json> input_of(const Request& request, const Work& work) const;
  Response run_verb(const Request& request, Work& work);
  Response run_later(const Request& request, Work& work, Json input);
  Response run_page(const Request& request, const Work& work);
  Response run_job_page(const Request& request, const Work& work);
  Response start_page_of() const;
  Response guarded(const std::string& request_id, const Route& route, const std::function<Response()>& answer);
  Response failed(const std::string& request_id, const Route& route, const Error& error);

  const Needs& needs_;
  const Options& options_;
  Admission admission_;
  SessionPage session_page_;
  Routes routes_;
  std::string openapi_;
  Jobs jobs_;
};

}  // namespace puhui::http
