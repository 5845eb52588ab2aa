#include "doors/http/responder.h"

#include "doors/http/headers.h"
#include "doors/http/openapi.h"
#include "doors/http/repeat_key.h"
#include "doors/http/start_page.h"
#include "ground/base/text.h"

namespace puhui::http {

namespace {

// A caller who waits for the answer is not told how far it is.
class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

bool is_json(std::string_view content_type) {
  return to_lower_ascii(trim(content_type.substr(0, content_type.find(';')))) == "application/json";
}

constexpr std::string_view kRespondAsync = "respond-async";

Response not_json(const Request& request) {
  return problem(ProblemKind::unsupported_media_type, request.id,
                 {{"Content-Type", "expected application/json; send the fields as a JSON object"}});
}

Response no_content(const std::string& allow) { return {.status = 204, .headers = {{"Allow", allow}}}; }

}  // namespace

Responder::Responder(const Needs& needs, const Options& options)
    : needs_(needs),
      options_(options),
      admission_(needs, options),
      session_page_(needs, options, admission_),
      routes_(needs.verbs, needs.metrics),
      openapi_(print_json(openapi(routes_.served()))),
      jobs_(needs.clock, Random(needs.random.seed() + 1), options.limits.jobs,
            needs.cpu ? &needs.cpu->activity("http") : nullptr) {}

Route* Responder::route_of(const std::string& path) {
  Route* route = routes_.find(path);
  const bool console = needs_.console != nullptr && needs_.console->serves(path);
  return console && (route == nullptr || route->page == Page::front) ? &routes_.console() : route;
}

Answered Responder::refuse(ProblemKind kind, std::string_view request_id, std::string why) {
  return {&routes_.unknown(), problem(kind, request_id, {{"", std::move(why)}})};
}

std::variant<Answered, Work> Responder::open(const Request& request) {
  if (request.method == "OPTIONS" && request.target == "*") {
    return Answered{&routes_.unknown(), no_content("GET, HEAD, POST, OPTIONS")};
  }
  auto target = parse_target(request.target);
  if (!target) return Answered{&routes_.unknown(), problem(target.error(), request.id)};
  Route* route = route_of(target->path);
  if (route == nullptr) {
    const std::string meant = routes_.nearest_path(target->path);
    return refuse(ProblemKind::not_found, request.id,
                  "nothing is served at this path; " +
                      (meant.empty() ? "/openapi.json lists what is" : "did you mean '" + meant + "'?"));
  }
  if (request.method == "OPTIONS") return Answered{route, no_content(route->allow)};
  if (!route->takes(request.method)) {
    Response refused = problem(ProblemKind::method_not_allowed, request.id,
                               {{"method", "expected one of " + route->allow + "; this path changes its method"}});
    refused.headers.emplace_back("Allow", route->allow);
    return Answered{route, std::move(refused)};
  }
  if (route->page == Page::alive) return Answered{route, {.content_type = "text/plain", .body = "ok\n"}};
  if (route->page == Page::openapi) return Answered{route, {.body = openapi_}};
  std::shared_ptr<const Caller> caller;
  if (route->verb != nullptr || route->page == Page::job) {
    auto admitted = admit(request, *route);
    if (!admitted) return Answered{route, std::move(admitted).error()};
    caller = *std::move(admitted);
  }
  if (route->in_flight.load(std::memory_order_relaxed) >= options_.limits.verb_in_flight_max) {
    return Answered{route, problem(ProblemKind::unavailable, request.id,
                                   {{"", "too many requests of this kind at once; try again in a second"}})};
  }
  return Work{route, std::move(target->path), std::move(caller), std::move(target->query), Ticket(*route)};
}

Admission::Admitted Responder::admit(const Request& request, const Route& route) const {
  const bool reads = route.verb != nullptr
                         ? route.verb->effect == Effect::read && !prefers(request.prefer, kRespondAsync)
                         : request.method != "DELETE";
  auto caller = admission_.admit(request, reads ? Deed::reads : Deed::writes);
  if (!caller || route.verb == nullptr || (*caller)->may(route.verb->permission())) return caller;
  const bool by_key = (*caller)->session.empty();
  const char* whose = by_key ? "this key" : "who is signed in";
  if (!by_key) needs_.sessions->refused(**caller, route.verb->permission());
  return std::unexpected(problem(ProblemKind::forbidden, request.id,
                                 {{"", std::string(whose) + " has no permission '" + route.verb->permission() + "'"}}));
}

Result<Json> Responder::input_of(const Request& request, const Work& work) const {
  const Verb& verb = *work.route->verb;
  if (request.method != "POST") {
    if (!request.body.empty()) {
      return fail(ErrorCode::invalid, "expected no body with " + request.method + "; send it with POST");
    }
    return json_of_pairs(verb.input, work.route->known, work.query);
  }
  if (!work.query.empty()) {
    return fail(ErrorCode::invalid, "target", "expected no query with POST; put the fields in the JSON body");
  }
  Json input = Json::Object{};
  if (!request.body.empty()) {
    input = TRY(parse_json(request.body, {.bytes_max = options_.limits.body_bytes_max}));
  }
  TRY(fill_repeat_key(verb, work.route->known, request.idempotency_key, input));
  return input;
}

Response Responder::failed(const std::string& request_id, const Route& route, const Error& error) {
  if (!is_told(error.code)) {
    needs_.log.error("http_request_failed", {{"request", request_id}, {"route", route.name}, {"error", error.text()}});
  }
  return problem(error, request_id);
}

Response Responder::run_verb(const Request& request, Work& work) {
  auto input = input_of(request, work);
  if (!input) return failed(request.id, *work.route, input.error());
  if (request.method == "POST" && prefers(request.prefer, kRespondAsync)) {
    return run_later(request, work, *std::move(input));
  }
  NoProgress progress;
  const auto answer = work.route->verb->run(VerbCall{*work.caller, progress}, *input);
  if (!answer) return failed(request.id, *work.route, answer.error());
  return {.body = print_json(*answer)};
}

// The verb runs with the caller's rights as they were when it was asked for.
Response Responder::run_later(const Request& request, Work& work, Json input) {
  Route& route = *work.route;
  JsonReader reader(input);
  route.verb->input(reader);
  if (auto read = std::move(reader).result(); !read) return failed(request.id, route, read.error());
  auto task = [this, id = request.id, &route, caller = work.caller, input = std::move(input),
               ticket = std::move(work.ticket)](Progress& progress) {
    const int64_t began_ns = monotonic_ns();
    Response response = guarded(id, route, [&]() -> Response {
      const auto answer = route.verb->run(VerbCall{*caller, progress}, input);
      return answer ? Response{.body = print_json(*answer)} : failed(id, route, answer.error());
    });
    needs_.log.info("http_job", {{"request", id},
                                 {"route", route.name},
                                 {"status", response.status},
                                 {"caller", caller->name},
                                 {"took_us", (monotonic_ns() - began_ns) / 1000}});
    return response;
  };
  const auto job = jobs_.start(*work.caller, std::move(task));
  if (!job) return failed(request.id, route, job.error());
  return {.status = 202,
          .headers = {{"Location", "/job?id=" + job->text()}, {"Preference-Applied", std::string(kRespondAsync)}},
          .body = print_json(Json::Object{{"job", Json(job->text())}})};
}

Response Responder::run_job_page(const Request& request, const Work& work) {
  const auto id =
      work.query.size() == 1 && work.query[0].name == "id" ? Id128::parse(work.query[0].value) : std::nullopt;
  if (!id) {
    return problem(ProblemKind::invalid, request.id, {{"id", "expected the job that a 202 named: /job?id=JOB"}});
  }
  if (request.method == "DELETE") {
    if (jobs_.forget(*id, *work.caller)) return {.status = 204};
  } else if (auto view = jobs_.view(*id, *work.caller)) {
    return {.body = *std::move(view)};
  }
  return problem(ProblemKind::not_found, request.id, {{"id", "is no job of this caller, or was forgotten since"}});
}

Response Responder::start_page_of() const {
  const Console console = needs_.console != nullptr ? Console::built : Console::not_built;
  return {.content_type = "text/html; charset=utf-8",
          .headers = {{"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"}},
          .body = start_page(routes_.served(), needs_.summary ? needs_.summary() : Json(), console)};
}

Response Responder::run_page(const Request& request, const Work& work) {
  switch (work.route->page) {
    case Page::session:
      if (request.method == "POST" && !is_json(request.content_type)) return not_json(request);
      return session_page_.answer(request);
    case Page::job: return run_job_page(request, work);
    case Page::console: return needs_.console->respond(work.path, request.accept_encoding);
    case Page::metrics: return {.content_type = "text/plain; version=0.0.4", .body = needs_.metrics.text()};
    case Page::front:
    case Page::start: return start_page_of();
    default: break;
  }
  const auto ready = needs_.ready ? needs_.ready() : Result<void>();
  if (ready) return {.content_type = "text/plain", .body = "ready\n"};
  needs_.log.warning("http_not_ready", {{"request", request.id}, {"error", ready.error().text()}});
  return problem(ProblemKind::unavailable, request.id, {{"", "not ready to serve; the log says why"}});
}

// The wall: one request's defect must not take its neighbours.
Response Responder::guarded(const std::string& request_id, const Route& route,
                            const std::function<Response()>& answer) {
  std::string thrown;
  try {
    return answer();
  } catch (const std::exception& e) {
    thrown = e.what();
  } catch (...) {
    thrown = "something that is no std::exception";
  }
  return failed(request_id, route, Error{ErrorCode::internal, {{"", "thrown: " + thrown}}});
}

Response Responder::run(const Request& request, Work& work) {
  Response response = guarded(request.id, *work.route, [&]() -> Response {
    if (work.route->verb == nullptr) return run_page(request, work);
    if (!request.body.empty() && request.method == "POST" && !is_json(request.content_type)) return not_json(request);
    return run_verb(request, work);
  });
  if (options_.tls) response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return response;
}

void Responder::record(const Request& request, const Route& route, const Response& response, const Caller* caller,
                       int64_t took_ns) {
  route.numbers->record(response.status, static_cast<uint64_t>(took_ns));
  const auto fields = {Log::Field{"request", request.id},
                       {"peer", request.peer},
                       {"method", cut_utf8(request.method, 16)},
                       {"route", route.name},
                       {"status", response.status},
                       {"caller", caller != nullptr ? Json(caller->name) : Json()},
                       {"bytes_in", static_cast<uint64_t>(request.body.size())},
                       {"bytes_out", static_cast<uint64_t>(response.body.size())},
                       {"took_us", took_ns / 1000}};
  // What probes and scrapers ask every few seconds would drown the rest.
  const bool probe = route.page == Page::alive || route.page == Page::ready || route.page == Page::metrics ||
                     route.page == Page::openapi;
  probe ? needs_.log.debug("http_request", fields) : needs_.log.info("http_request", fields);
}

}  // namespace puhui::http
