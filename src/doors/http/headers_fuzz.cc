// Whatever a client writes into cookies, encodings, preferences and origins, an answer of the right kind comes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "doors/http/headers.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

using namespace puhui::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto value = cookie_value(text, "puhui_session")) {
    CHECK(text.find(*value) != std::string_view::npos, "a value is part of its header");
    const auto again = cookie_value("a=b; puhui_session=" + *value + "; c=d", "puhui_session");
    const bool plain = value->find_first_of(";\"") == std::string::npos && puhui::trim(*value) == *value;
    CHECK(!plain || again == value, "a plain value reads the same among others");
  }
  const Encodings encodings = accepted_encodings(text);
  const Encodings with_gzip = accepted_encodings(std::string(text) + ", gzip;q=1");
  CHECK(with_gzip.gzip, "what is said last of a coding holds");
  CHECK(with_gzip.brotli == encodings.brotli, "and says nothing of another");
  CHECK(prefers(std::string(text) + ", respond-async", "respond-async"), "a preference is found behind others");
  CHECK(text.ends_with(authority_of_origin(text)), "an authority is the end of its origin");
  return 0;
}
