// SessionPage: /session. POST signs in, GET says who is signed in, DELETE signs out.
#pragma once

#include "doors/http/admission.h"

namespace puhui::http {

class SessionPage {
 public:
  SessionPage(const Needs& needs, const Options& options, const Admission& admission)
      : needs_(needs), options_(options), admission_(admission) {}
  // May block: a password takes its time.
  Response answer(const Request& request) const;

 private:
  Response sign_in(const Request& request) const;
  Response who(const Request& request) const;
  Response sign_out(const Request& request) const;
  std::string cookie(const std::string& token) const;

  const Needs& needs_;
  const Options& options_;
  const Admission& admission_;
};

}  // namespace puhui::http
