#include "doors/http/route.h"

#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::http {

RouteNumbers::RouteNumbers(Metrics& metrics, std::string route)
    : metrics_(metrics),
      route_(std::move(route)),
      latency_(metrics.histogram("puhui_http_request_seconds", "From a whole request to its answer.",
                                 "route=\"" + route_ + "\"")) {}

void RouteNumbers::record(int status, uint64_t nanoseconds) {
  CHECK(status >= 0 && status < kStatusMax, "an HTTP status has three digits");
  auto& slot = by_status_[static_cast<size_t>(status)];
  Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &metrics_.counter("puhui_http_requests_total", "Requests answered.",
                                "route=\"" + route_ + "\",status=\"" + std::to_string(status) + "\"");
    slot.store(counter, std::memory_order_release);
  }
  counter->add();
  latency_.record(nanoseconds);
}

bool Route::takes(std::string_view method) const {
  const auto methods = split(allow, ',');
  return std::any_of(methods.begin(), methods.end(), [&](std::string_view m) { return trim(m) == method; });
}

std::string path_of(const Verb& verb) {
  std::string parts = verb.verb;
  std::replace(parts.begin(), parts.end(), ' ', '/');
  return "/v1/" + verb.noun + (parts.empty() ? "" : "/" + parts);
}

Routes::Routes(const std::vector<Verb>& verbs, Metrics& metrics) {
  unknown_.name = "unknown";
  unknown_.numbers = std::make_unique<RouteNumbers>(metrics, unknown_.name);
  const std::string read_only = "GET, HEAD, OPTIONS";
  console_.name = "console";
  console_.allow = read_only;
  console_.page = Page::console;
  console_.numbers = std::make_unique<RouteNumbers>(metrics, console_.name);
  add("/session", "/session", "GET, POST, DELETE, OPTIONS", metrics).page = Page::session;
  add("/job", "/job", "GET, DELETE, OPTIONS", metrics).page = Page::job;
  for (const auto& [path, page] : {std::pair{"/", Page::front},
                                   {"/start", Page::start},
                                   {"/openapi.json", Page::openapi},
                                   {"/healthz", Page::alive},
                                   {"/readyz", Page::ready},
                                   {"/metrics", Page::metrics}}) {
    add(path, path, read_only, metrics).page = page;
  }
  for (const Verb& verb : verbs) {
    if (verb.local_only) continue;
    const bool reads = verb.effect == Effect::read;
    Route& route = add(path_of(verb), verb.permission(), reads ? "GET, HEAD, POST, OPTIONS" : "POST, OPTIONS", metrics);
    route.verb = &verb;
    route.known = input_fields(verb.input);
    const bool known = std::any_of(route.known.begin(), route.known.end(),
                                   [&](const InputField& f) { return f.path == verb.repeat_key; });
    CHECK(verb.repeat_key.empty() || known, "a repeat_key names a field of the verb's input");
    served_.push_back(&verb);
  }
}

Route& Routes::add(std::string path, std::string name, std::string allow, Metrics& metrics) {
  auto route = std::make_unique<Route>();
  route->path = path;
  route->name = std::move(name);
  route->allow = std::move(allow);
  route->numbers = std::make_unique<RouteNumbers>(metrics, route->name);
  const auto [at, inserted] = by_path_.emplace(std::move(path), std::move(route));
  CHECK(inserted, "each noun and verb stands once");
  return *at->second;
}

Route* Routes::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second.get();
}

std::string Routes::nearest_path(std::string_view wrong) const {
  std::vector<std::string> paths;
  for (const auto& [path, route] : by_path_) paths.push_back(path);
  return nearest(wrong, paths);
}

std::vector<const Verb*> Routes::served() const { return served_; }

}  // namespace puhui::http
