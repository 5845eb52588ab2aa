// Headers: the few request headers whose inside matters to the door: cookies, encodings, preferences, the origin.
// What does not read is as good as absent; nothing here fails.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puhui::http {

// The value of a cookie; nullopt when it is absent or stands twice with two values, of which none can be trusted.
std::optional<std::string> cookie_value(std::string_view cookie, std::string_view name);

struct Encodings {
  bool gzip = false, brotli = false;
};
// Which of them a client takes, by Accept-Encoding (RFC 9110, 12.5.3): "gzip, br;q=0.8, *;q=0".
Encodings accepted_encodings(std::string_view accept_encoding);

// Whether Prefer (RFC 7240) has the preference: "respond-async, wait=10".
bool prefers(std::string_view prefer, std::string_view preference);

// "bank.example:8443" of the origin "https://bank.example:8443"; empty when it is no origin ("null").
std::string_view authority_of_origin(std::string_view origin);

}  // namespace puhui::http
