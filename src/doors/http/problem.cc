#include "doors/http/problem.h"

#include <array>

#include "ground/base/check.h"

namespace puhui::http {

namespace {

constexpr std::array<ProblemRow, 16> kRows = {{
    {ProblemKind::invalid, 400, "invalid", "The request is not valid"},
    {ProblemKind::unauthenticated, 401, "unauthenticated", "A key or a session is needed"},
    {ProblemKind::session_expired, 401, "session_expired", "The session has ended"},
    {ProblemKind::no_users, 401, "no_users", "There are no users yet"},
    {ProblemKind::forbidden, 403, "forbidden", "This is not allowed"},
    {ProblemKind::not_found, 404, "not_found", "There is no such thing"},
    {ProblemKind::method_not_allowed, 405, "method_not_allowed", "This method is not served here"},
    {ProblemKind::too_slow, 408, "too_slow", "The request took too long to arrive"},
    {ProblemKind::conflict, 409, "conflict", "It contradicts what is stored"},
    {ProblemKind::too_large, 413, "too_large", "The request is too large"},
    {ProblemKind::unsupported_media_type, 415, "unsupported_media_type", "The body is not JSON"},
    {ProblemKind::exhausted, 429, "exhausted", "A limit was reached"},
    {ProblemKind::header_too_large, 431, "header_too_large", "The headers are too large"},
    {ProblemKind::corrupt, 500, "corrupt", "Stored data is damaged"},
    {ProblemKind::internal, 500, "internal", "A defect on our side"},
    {ProblemKind::unavailable, 503, "unavailable", "Not possible just now"},
}};

std::string detail_of(const ProblemRow& row, const std::vector<Fault>& faults) {
  if (faults.empty()) return std::string(row.title);
  std::string detail;
  for (const Fault& fault : faults) {
    if (!detail.empty()) detail += "; ";
    if (!fault.where.empty()) detail += fault.where + ": ";
    detail += fault.message;
  }
  return detail;
}

}  // namespace

const ProblemRow& row_of(ProblemKind kind) {
  const ProblemRow& row = kRows[static_cast<size_t>(kind)];
  CHECK(row.kind == kind, "the table stands in the order of the enum");
  return row;
}

ProblemKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return ProblemKind::invalid;
    case ErrorCode::not_found: return ProblemKind::not_found;
    case ErrorCode::forbidden: return ProblemKind::forbidden;
    case ErrorCode::conflict: return ProblemKind::conflict;
    case ErrorCode::exhausted: return ProblemKind::exhausted;
    case ErrorCode::unavailable: return ProblemKind::unavailable;
    case ErrorCode::corrupt: return ProblemKind::corrupt;
    case ErrorCode::internal: return ProblemKind::internal;
  }
  return ProblemKind::internal;
}

bool is_told(ErrorCode code) {
  return code != ErrorCode::unavailable && code != ErrorCode::corrupt && code != ErrorCode::internal;
}

Response problem(ProblemKind kind, std::string_view request_id, const std::vector<Fault>& faults) {
  const ProblemRow& row = row_of(kind);
  Json body;
  body.set("type", "urn:puhui:problem:" + std::string(row.name));
  body.set("title", row.title);
  body.set("status", row.status);
  body.set("detail", detail_of(row, faults));
  body.set("instance", request_id);
  Json::List list;
  for (const Fault& fault : faults) {
    list.push_back(Json::Object{{"where", Json(fault.where)}, {"message", Json(fault.message)}});
  }
  body.set("faults", std::move(list));
  Response response{.status = row.status, .content_type = "application/problem+json", .body = print_json(body)};
  if (kind == ProblemKind::unavailable) response.headers.emplace_back("Retry-After", "1");
  if (row.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"puhui\"");
  return response;
}

Response problem(const Error& error, std::string_view request_id) {
  if (is_told(error.code)) return problem(kind_of(error.code), request_id, error.faults);
  const std::string quote = "quote the request id " + std::string(request_id) + " when you ask about it";
  const char* what = error.code == ErrorCode::unavailable ? "it cannot be done just now; try again, and "
                     : error.code == ErrorCode::corrupt   ? "stored data is damaged; "
                                                          : "a defect on our side; ";
  return problem(kind_of(error.code), request_id, {{"", what + quote}});
}

Json problem_schema() {
  const Json text = Json::Object{{"type", "string"}};
  const Json fault = Json::Object{{"type", "object"},
                                  {"properties", Json::Object{{"where", text}, {"message", text}}},
                                  {"required", Json::List{"where", "message"}}};
  Json properties;
  properties.set("type", Json::Object{{"type", "string"}, {"format", "uri"}});
  properties.set("title", text);
  properties.set("status", Json::Object{{"type", "integer"}});
  properties.set("detail", text);
  properties.set("instance", Json::Object{{"type", "string"}, {"description", "the request id"}});
  properties.set("faults", Json::Object{{"type", "array"}, {"items", fault}});
  return Json::Object{{"type", "object"},
                      {"properties", properties},
                      {"required", Json::List{"type", "title", "status", "detail", "instance", "faults"}}};
}

}  // namespace puhui::http
