#include "ground/base/base64.h"

#include <openssl/evp.h>

#include "ground/base/check.h"

namespace puhui {

namespace {
constexpr size_t kBytesMax = 512 << 20;  // OpenSSL counts in int
}

std::string to_base64(std::string_view bytes) {
  CHECK(bytes.size() <= kBytesMax, "what becomes text fits in memory");
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int written =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(written));
  return out;
}

Result<std::string> from_base64(std::string_view text) {
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bool is_clean = text.substr(0, text.size() - padding).find_first_not_of(kAlphabet) == std::string_view::npos;
  if (text.size() % 4 != 0 || text.size() > kBytesMax || !is_clean) {
    return fail(ErrorCode::invalid, "expected base64: groups of four of A-Z a-z 0-9 + / with = at the end");
  }
  std::string out(text.size() / 4 * 3, '\0');
  const int written =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  CHECK(written >= 0, "clean base64 decodes");
  out.resize(static_cast<size_t>(written) - padding);
  return out;
}

}  // namespace puhui
