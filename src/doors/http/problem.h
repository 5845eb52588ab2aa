// Problem: every refusal of the HTTP door, as application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doors/http/message.h"
#include "ground/base/json.h"
#include "ground/base/result.h"

namespace puhui::http {

// The error codes of the house, and what only HTTP can refuse.
enum class ProblemKind {
  invalid,
  unauthenticated,
  session_expired,  // of a browser: the console asks to sign in again
  no_users,         // nobody can sign in: the console says how the first user is made
  forbidden,
  not_found,
  method_not_allowed,
  too_slow,
  conflict,
  too_large,
  unsupported_media_type,
  exhausted,
  header_too_large,
  corrupt,
  internal,
  unavailable,
};

struct ProblemRow {
  ProblemKind kind;
  int status;
  std::string_view name;  // the type is "urn:puhui:problem:" and this
  std::string_view title;
};
const ProblemRow& row_of(ProblemKind kind);

// The one table from error codes to HTTP.
ProblemKind kind_of(ErrorCode code);

Response problem(ProblemKind kind, std::string_view request_id, const std::vector<Fault>& faults);
// Of unavailable, corrupt and internal errors a caller learns no more than that, and the request id to quote.
Response problem(const Error& error, std::string_view request_id);
bool is_told(ErrorCode code);

// For OpenAPI.
Json problem_schema();

}  // namespace puhui::http
