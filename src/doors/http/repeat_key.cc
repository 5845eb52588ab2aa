#include "doors/http/repeat_key.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::http {

namespace {

constexpr const char* kHeader = "Idempotency-Key";

Result<std::string> bare(std::string_view header) {
  std::string_view key = trim(header);
  if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) key = key.substr(1, key.size() - 2);
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
  if (key.empty() || key.size() > kIdempotencyKeyBytesMax || !printable) {
    return fail(ErrorCode::invalid, kHeader,
                "expected 1 to " + std::to_string(kIdempotencyKeyBytesMax) +
                    " printable characters without spaces, bare or in double quotes");
  }
  return std::string(key);
}

}  // namespace

Result<void> fill_repeat_key(const Verb& verb, std::span<const InputField> known,
                             const std::optional<std::string>& header, Json& input) {
  if (!header || (verb.repeat_key.empty() && verb.effect == Effect::read)) return {};
  if (verb.repeat_key.empty()) {
    return fail(ErrorCode::invalid, kHeader,
                "is not known to " + verb.permission() + ", a repeat would be done twice; leave it out");
  }
  const std::string key = TRY(bare(*header));
  if (!input.object()) return {};  // the reader says what is wrong with it
  const Json* given = input.find(verb.repeat_key);
  if (given != nullptr && !given->is_null()) {
    const std::string text = given->text() ? *given->text() : print_json(*given);
    if (text == key) return {};
    return fail(ErrorCode::invalid, verb.repeat_key,
                "differs from the header Idempotency-Key; send one of them, or both alike");
  }
  const auto field = std::find_if(known.begin(), known.end(), [&](const auto& f) { return f.path == verb.repeat_key; });
  const bool number = field != known.end() && field->kind == InputField::Kind::integer && parse_int64(key);
  input.set(verb.repeat_key, number ? Json(*parse_int64(key)) : Json(key));
  return {};
}

}  // namespace puhui::http
