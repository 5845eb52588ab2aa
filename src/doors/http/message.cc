#include "doors/http/message.h"

#include <array>

#include "ground/base/date.h"

namespace puhui::http {

namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

void put_two(std::string& out, int64_t value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void put_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

std::string http_date(Timestamp at) {
  constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // day 0 is one
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Date date = date_of(at);
  const std::string day = date.text();  // "1994-11-06"
  const int64_t second = (at.microseconds - start_of(date).microseconds) / 1'000'000;
  std::string out(kDays[static_cast<size_t>(((date.days % 7) + 7) % 7)]);
  out += ", " + day.substr(8, 2) + " ";
  out += kMonths[static_cast<size_t>((day[5] - '0') * 10 + (day[6] - '0') - 1)];
  out += " " + day.substr(0, 4) + " ";
  put_two(out, second / 3600);
  out += ':';
  put_two(out, second / 60 % 60);
  out += ':';
  put_two(out, second % 60);
  return out + " GMT";
}

bool is_request_id(std::string_view text) {
  constexpr size_t kRequestIdBytesMax = 64;
  if (text.empty() || text.size() > kRequestIdBytesMax) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

std::string wire_bytes(const Response& response, std::string_view method, std::string_view request_id, Timestamp now,
                       Connection connection) {
  constexpr size_t kHeadBytesUsual = 512;
  std::string out;
  out.reserve(kHeadBytesUsual + response.body.size());
  out += "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += reason_of(response.status);
  out += "\r\n";
  put_header(out, "Date", http_date(now));
  if (response.status != 204) {
    put_header(out, "Content-Type", response.content_type);
    put_header(out, "Content-Length", std::to_string(response.body.size()));
  }
  put_header(out, "X-Request-Id", request_id);
  put_header(out, "Cache-Control", response.cache_control);
  put_header(out, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) put_header(out, name, value);
  put_header(out, "Connection", connection == Connection::keep ? "keep-alive" : "close");
  out += "\r\n";
  if (method != "HEAD" && response.status != 204) out += response.body;
  return out;
}

}  // namespace puhui::http
