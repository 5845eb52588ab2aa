// Target: what stands in a request line between the method and the version, taken apart and percent-decoded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "ground/base/text_pairs.h"

namespace puhui::http {

constexpr size_t kQueryPairsMax = 256;

struct Target {
  std::string path;  // decoded: "/v1/lending/loan"
  std::vector<TextPair> query;
};

// Origin form "/path?query" and absolute form "http://host/path?query"; in a query '+' is a space. Refuses an
// encoded '/', so that no two spellings reach one route, bytes that do not print and half escapes.
Result<Target> parse_target(std::string_view text);

}  // namespace puhui::http
