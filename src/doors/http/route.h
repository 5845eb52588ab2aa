// Routes: which path is which verb or page, which methods it takes, and what is counted of it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/metric.h"
#include "ground/base/text_pairs.h"
#include "ground/base/verb.h"

namespace puhui::http {

enum class Page { none, front, start, openapi, alive, ready, metrics, session, job, console };

// Requests by status and their latency; a counter is made when a status first comes.
class RouteNumbers {
 public:
  RouteNumbers(Metrics& metrics, std::string route);
  void record(int status, uint64_t nanoseconds);

 private:
  static constexpr int kStatusMax = 600;
  Metrics& metrics_;
  std::string route_;
  Histogram& latency_;
  std::array<std::atomic<Counter*>, kStatusMax> by_status_{};
};

struct Route {
  std::string name;  // "lending.apply", "/metrics", "unknown": for logs and metrics
  std::string path;
  std::string allow;  // "GET, HEAD, POST, OPTIONS"
  Page page = Page::none;
  const Verb* verb = nullptr;  // of page none
  std::vector<InputField> known;
  std::unique_ptr<RouteNumbers> numbers;
  std::atomic<size_t> in_flight{0};

  bool takes(std::string_view method) const;
};

class Routes {
 public:
  // The verbs must outlive it; those that are local_only get no route. CHECKs that no path stands twice and that a
  // repeat_key names a field of its verb's input.
  Routes(const std::vector<Verb>& verbs, Metrics& metrics);
  Route* find(std::string_view path) const;  // nullptr: there is none
  std::string nearest_path(std::string_view wrong) const;
  Route& console() { return console_; }     // what the files of the console are counted on
  Route& unknown() { return unknown_; }     // what requests to no route are counted on
  std::vector<const Verb*> served() const;  // in the order they came

 private:
  Route& add(std::string path, std::string name, std::string allow, Metrics& metrics);
  std::map<std::string, std::unique_ptr<Route>, std::less<>> by_path_;
  std::vector<const Verb*> served_;
  Route unknown_, console_;
};

std::string path_of(const Verb& verb);  // "/v1/lending/apply"

}  // namespace puhui::http
