#include "ground/base/result.h"

namespace puhui {

namespace {
constexpr size_t kFaultsMax = 100;
}

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::exhausted: return "exhausted";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out(name_of(code));
  const char* separator = ": ";
  for (const Fault& fault : faults) {
    out += separator;
    if (!fault.where.empty()) out += fault.where + ": ";
    out += fault.message;
    separator = "; ";
  }
  return out;
}

std::unexpected<Error> fail(ErrorCode code, std::string where, std::string message) {
  return std::unexpected(Error{code, {Fault{std::move(where), std::move(message)}}});
}

std::unexpected<Error> fail(ErrorCode code, std::string message) { return fail(code, "", std::move(message)); }

Error at(std::string_view where, Error error) {
  if (where.empty()) return error;
  for (Fault& fault : error.faults) {
    fault.where = fault.where.empty() ? std::string(where) : std::string(where) + ": " + fault.where;
  }
  return error;
}

void Faults::add(std::string where, std::string message) {
  if (faults_.size() < kFaultsMax) {
    faults_.push_back({std::move(where), std::move(message)});
  } else {
    ++beyond_limit_;
  }
}

void Faults::add(std::string_view prefix, Error error) {
  for (Fault& fault : at(prefix, std::move(error)).faults) {
    add(std::move(fault.where), std::move(fault.message));
  }
}

Result<void> Faults::result(ErrorCode code) && {
  if (faults_.empty()) return {};
  if (beyond_limit_ > 0) {
    faults_.push_back({"", "and " + std::to_string(beyond_limit_) + " more faults"});
  }
  return std::unexpected(Error{code, std::move(faults_)});
}

}  // namespace puhui
