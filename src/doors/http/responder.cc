#include "doors/http/responder.h"

#include "doors/http/openapi.h"
#include "doors/http/repeat_key.h"
#include "doors/http/start_page.h"
#include "ground/base/text.h"

namespace puhui::http {

namespace {

// HTTP has no way to tell how far a verb has come.
class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

bool is_json(std::string_view content_type) {
  return to_lower_ascii(trim(content_type.substr(0, content_type.find(';')))) == "application/json";
}

// A page of another site must not reach a keyless bank through a name that it points at this machine.
bool names_this_machine(std::string_view host) {
  const std::string_view name =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

Response no_content(const std::string& allow) { return {.status = 204, .headers = {{"Allow", allow}}}; }

}  // namespace

Responder::Responder(const Needs& needs, const Options& options)
    : needs_(needs),
      options_(options),
      routes_(needs.verbs, needs.metrics),
      openapi_(print_json(openapi(routes_.served()))) {}

Answered Responder::refuse(ProblemKind kind, std::string_view request_id, std::string why) {
  return {&routes_.unknown(), problem(kind, request_id, {{"", std::move(why)}})};
}

std::variant<Answered, Work> Responder::open(const Request& request) {
  if (request.method == "OPTIONS" && request.target == "*") {
    return Answered{&routes_.unknown(), no_content("GET, HEAD, POST, OPTIONS")};
  }
  auto target = parse_target(request.target);
  if (!target) return Answered{&routes_.unknown(), problem(target.error(), request.id)};
  Route* route = routes_.find(target->path);
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
  const Caller* caller = nullptr;
  if (route->verb != nullptr) {
    auto known = caller_of(request);
    if (!known) return Answered{route, problem(ProblemKind::unauthenticated, request.id, known.error().faults)};
    caller = *known;
    if (!caller->may(route->verb->permission())) {
      return Answered{route, problem(ProblemKind::forbidden, request.id,
                                     {{"", "this key has no permission '" + route->verb->permission() + "'"}})};
    }
  }
  if (route->in_flight.load(std::memory_order_relaxed) >= options_.limits.verb_in_flight_max) {
    return Answered{route, problem(ProblemKind::unavailable, request.id,
                                   {{"", "too many requests of this kind at once; try again in a second"}})};
  }
  return Work{route, caller, std::move(target->query), Ticket(*route)};
}

Result<const Caller*> Responder::caller_of(const Request& request) const {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view given = request.authorization;
  if (given.empty()) {
    if (options_.keyless && names_this_machine(request.host)) return &*options_.keyless;
    return fail(ErrorCode::forbidden, "Authorization", "expected 'Bearer KEY', came no key");
  }
  if (to_lower_ascii(given.substr(0, kScheme.size())) != kScheme) {
    return fail(ErrorCode::forbidden, "Authorization", "expected 'Bearer KEY', came another scheme");
  }
  if (const Caller* caller = needs_.keys.find(trim(given.substr(kScheme.size())))) return caller;
  return fail(ErrorCode::forbidden, "Authorization", "this key is not known; have one minted");
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

Response Responder::failed(const Request& request, const Route& route, const Error& error) {
  if (!is_told(error.code)) {
    needs_.log.error("http_request_failed", {{"request", request.id}, {"route", route.name}, {"error", error.text()}});
  }
  return problem(error, request.id);
}

Response Responder::run_verb(const Request& request, const Work& work) {
  if (!request.body.empty() && request.method == "POST" && !is_json(request.content_type)) {
    return problem(ProblemKind::unsupported_media_type, request.id,
                   {{"Content-Type", "expected application/json; send the fields as a JSON object"}});
  }
  const auto input = input_of(request, work);
  if (!input) return failed(request, *work.route, input.error());
  NoProgress progress;
  const auto answer = work.route->verb->run(VerbCall{*work.caller, progress}, *input);
  if (!answer) return failed(request, *work.route, answer.error());
  return {.body = print_json(*answer)};
}

Response Responder::run_page(const Request& request, Page page) {
  if (page == Page::metrics) return {.content_type = "text/plain; version=0.0.4", .body = needs_.metrics.text()};
  if (page == Page::start) {
    return {.content_type = "text/html; charset=utf-8",
            .headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"}},
            .body = start_page(routes_.served(), needs_.summary ? needs_.summary() : Json())};
  }
  const auto ready = needs_.ready ? needs_.ready() : Result<void>();
  if (ready) return {.content_type = "text/plain", .body = "ready\n"};
  needs_.log.warning("http_not_ready", {{"request", request.id}, {"error", ready.error().text()}});
  return problem(ProblemKind::unavailable, request.id, {{"", "not ready to serve; the log says why"}});
}

Response Responder::run(const Request& request, const Work& work) {
  std::string thrown;
  try {
    return work.route->verb != nullptr ? run_verb(request, work) : run_page(request, work.route->page);
  } catch (const std::exception& e) {  // the wall: one request's defect must not take its neighbours
    thrown = e.what();
  } catch (...) {
    thrown = "something that is no std::exception";
  }
  return failed(request, *work.route, Error{ErrorCode::internal, {{"", "thrown: " + thrown}}});
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
  const bool probe = route.page != Page::none && route.page != Page::start;
  probe ? needs_.log.debug("http_request", fields) : needs_.log.info("http_request", fields);
}

}  // namespace puhui::http
