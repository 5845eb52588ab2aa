// Request and Response: what the pure part of the HTTP door sees of a message; sockets and parsing lie outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/clock.h"

namespace puhui::http {

struct Request {
  std::string id;      // of this request: answered as X-Request-Id, named in problems and logs
  std::string method;  // "GET"
  std::string target;  // as it came: "/v1/lending/loan?id=…"
  std::string host, authorization, content_type;
  std::optional<std::string> idempotency_key;
  std::string cookie, csrf, origin, fetch_site;  // of a browser
  std::string accept_encoding, prefer;
  bool background = false;  // X-Puhui-Background: a page asks on its own, nobody touched it
  std::string body;
  std::string peer;  // the address it came from
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string cache_control = "no-store";                    // a bank's answers stay out of shared caches
  std::vector<std::pair<std::string, std::string>> headers;  // beside those every response has
  std::string body;
};

enum class Connection { keep, close };

// The bytes on the wire. `method` HEAD leaves the body out but not its length.
std::string wire_bytes(const Response& response, std::string_view method, std::string_view request_id, Timestamp now,
                       Connection connection);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(Timestamp at);

// A client's own request id is kept when it is 1 to 64 letters, digits, '-', '_' or '.': it goes into logs.
bool is_request_id(std::string_view text);

}  // namespace puhui::http
