// The Idempotency-Key header: one more way to fill the field of a verb that makes a repeat harmless.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ground/base/json.h"
#include "ground/base/result.h"
#include "ground/base/text_pairs.h"
#include "ground/base/verb.h"

namespace puhui::http {

constexpr size_t kIdempotencyKeyBytesMax = 128;

// Sets the verb's repeat_key field from the header (quoted or bare) where the input has none. Both, and different, is
// invalid; so is the header on a verb that writes but knows no repeats: a caller must not trust in what is not there.
Result<void> fill_repeat_key(const Verb& verb, std::span<const InputField> known,
                             const std::optional<std::string>& header, Json& input);

}  // namespace puhui::http
