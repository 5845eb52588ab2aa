// Reading a declaration, its digest and its names. What makes one wrong stands in declaration_check.cc.
#include "infrastructure/features/declaration.h"

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/features/declaration_check.h"

namespace puhui::features {

std::optional<int64_t> parse_duration(std::string_view text) {
  if (text == "all") return INT64_MAX;
  if (text.size() < 2 || text.front() == '-') return std::nullopt;
  const std::string_view units = "smhd";
  constexpr int64_t kSeconds[] = {1, 60, 3'600, 86'400};
  const size_t unit = units.find(text.back());
  const auto number = parse_int64(text.substr(0, text.size() - 1));
  if (unit == std::string_view::npos || !number) return std::nullopt;
  int64_t us = 0;
  if (__builtin_mul_overflow(*number, kSeconds[unit] * 1'000'000, &us) || us > kDurationMax) return std::nullopt;
  return us;
}

Timing timing_of(const Feature& feature) {
  constexpr int64_t kSecond = 1'000'000, kHopsInAWindow = 60;
  const auto read = [](const std::string& text, int64_t otherwise) {
    const auto duration = text.empty() ? std::optional<int64_t>(otherwise) : parse_duration(text);
    CHECK(duration.has_value(), "the durations of a feature are checked by FeatureSet::parse");
    return *duration;
  };
  Timing out;
  out.window_us = read(feature.window, INT64_MAX);
  out.delay_us = read(feature.delay, 0);
  out.half_life_us = read(feature.half_life, 0);
  if (feature.exact) {
    out.hop_us = 1;
  } else if (!feature.hop.empty()) {
    out.hop_us = read(feature.hop, kSecond);
  } else {
    const int64_t whole = out.window_us != INT64_MAX ? out.window_us : out.half_life_us;
    out.hop_us = std::max(whole / kHopsInAWindow / kSecond * kSecond, kSecond);
  }
  return out;
}

Result<FeatureSet> FeatureSet::parse(std::string_view json) {
  const Json read = TRY(parse_json(json, {.bytes_max = kDeclarationBytesMax, .depth_max = 8}));
  FeatureSet set = TRY(read_json<FeatureSet>(read));
  TRY(check(set));
  return set;
}

Digest FeatureSet::digest() const { return sha256(print_json(to_json(*this))); }

std::optional<size_t> FeatureSet::find_field(std::string_view wanted) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == wanted) return i;
  }
  return std::nullopt;
}

std::optional<size_t> FeatureSet::find_feature(std::string_view wanted) const {
  for (size_t i = 0; i < features.size(); ++i) {
    if (features[i].name == wanted) return i;
  }
  return std::nullopt;
}

}  // namespace puhui::features
