// What makes two houses' spellings of one id the same bytes. The rules are the job's, so both apply the same ones in the
// same order; what is left after them is compared byte by byte.
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <span>

#include "ground/base/text.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

// What a spreadsheet leaves around a number: blanks of ASCII, the ideographic and the no-break space, a byte order mark.
constexpr std::string_view kBlanks[] = {" ", "\t", "\r", "\n", "\v", "\f", "\xE3\x80\x80", "\xC2\xA0", "\xEF\xBB\xBF"};

std::string trimmed(std::string_view id) {
  for (bool again = true; again && !id.empty();) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      if (id.starts_with(blank)) id.remove_prefix(blank.size()), again = true;
      if (id.ends_with(blank)) id.remove_suffix(blank.size()), again = true;
    }
  }
  return std::string(id);
}

Result<std::string> lowered(std::string_view id) {
  if (is_ascii(id)) return to_lower_ascii(id);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, {id.data(), static_cast<int32_t>(id.size())}, sink, nullptr, status);
  if (U_FAILURE(status) != 0) return fail(ErrorCode::internal, std::string("ICU lower: ") + u_errorName(status));
  return out;
}

std::string digits_of(std::string_view id) {
  std::string out;
  std::ranges::copy_if(id, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

Result<std::string> composed(std::string_view id) {
  if (is_ascii(id)) return std::string(id);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(status);
  std::string out;
  if (U_SUCCESS(status) != 0) {
    icu::StringByteSink<std::string> sink(&out);
    form->normalizeUTF8(0, {id.data(), static_cast<int32_t>(id.size())}, sink, nullptr, status);
  }
  if (U_FAILURE(status) != 0) return fail(ErrorCode::internal, std::string("ICU nfkc: ") + u_errorName(status));
  return out;
}

}  // namespace

Result<std::string> normalised(std::string_view id, const std::vector<std::string>& steps) {
  if (id.size() > kIdBytesMax) {
    return fail(ErrorCode::invalid, "expected an id of at most " + std::to_string(kIdBytesMax) + " bytes, came " +
                                        std::to_string(id.size()));
  }
  if (const auto bad = first_invalid_utf8(id)) {
    return fail(ErrorCode::invalid, "expected UTF-8, byte " + std::to_string(*bad + 1) +
                                        " is none; both parties' ids must be written alike: convert the file");
  }
  std::string out(id);
  for (const std::string& step : steps) {
    if (step == "trim") {
      out = trimmed(out);
    } else if (step == "lower") {
      out = TRY(lowered(out));
    } else if (step == "digits") {
      out = digits_of(out);
    } else if (step == "nfkc") {
      out = TRY(composed(out));
    } else {
      return fail(ErrorCode::invalid,
                  "expected trim, lower, digits or nfkc as a way to normalise, came '" + step + "'");
    }
  }
  return out;
}

}  // namespace puhui::federation
