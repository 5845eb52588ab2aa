// Admission: who a request is from. By an API key, by the session of a browser, or, on a bank without keys and users
// on this machine alone, by nobody's leave. A browser's writes must show that our own page sent them.
#pragma once

#include <expected>
#include <memory>

#include "doors/http/message.h"
#include "doors/http/server.h"

namespace puhui::http {

inline constexpr std::string_view kSessionCookie = "puhui_session";

enum class Deed { reads, writes };

class Admission {
 public:
  Admission(const Needs& needs, const Options& options) : needs_(needs), options_(options) {}

  using Admitted = std::expected<std::shared_ptr<const Caller>, Response>;
  // The caller, or the response that refuses. Never blocks.
  Admitted admit(const Request& request, Deed deed) const;

  // Whether our own page sent it, by Sec-Fetch-Site and Origin; the refusal if not.
  std::expected<void, Response> from_our_page(const Request& request) const;

  // What a request without a live session is told.
  Response no_session(const Request& request) const;

 private:
  Admitted by_key(const Request& request) const;
  Admitted by_session(const Request& request, const std::string& token, Deed deed) const;

  const Needs& needs_;
  const Options& options_;
};

}  // namespace puhui::http
