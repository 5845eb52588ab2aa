// Sums and shares of the detectors: saturating, so that no amount from outside can overflow a pattern.
#pragma once

#include <cstdint>

namespace puhui::aml {

inline constexpr int64_t kHour = 3'600'000'000, kPpm = 1'000'000;

inline int64_t add_saturating(int64_t a, int64_t b) {
  int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? (a > 0 ? INT64_MAX : INT64_MIN) : out;
}

inline int64_t saturated(__int128 value) {
  return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : static_cast<int64_t>(value);
}

inline int64_t part_of(int64_t whole, int64_t share_ppm) {
  return saturated(static_cast<__int128>(whole) * share_ppm / kPpm);
}

// Whether part is at least that share of whole.
inline bool at_least(int64_t part, int64_t share_ppm, int64_t whole) {
  return static_cast<__int128>(part) * kPpm >= static_cast<__int128>(whole) * share_ppm;
}

// found against its bound: 0 at the bound, towards 1 000 000 far beyond it.
inline int64_t strength_of(int64_t found, int64_t bound) {
  return found <= bound ? 0 : saturated(kPpm - static_cast<__int128>(bound) * kPpm / found);
}

// How many times the usual; a thousand times when nothing is usual.
inline int64_t times_usual_ppm(int64_t found_milli, int64_t usual_milli) {
  constexpr int64_t kMost = 1000 * kPpm;
  if (found_milli <= 0) return 0;
  if (usual_milli <= 0) return kMost;
  const __int128 ratio = static_cast<__int128>(found_milli) * kPpm / usual_milli;
  return ratio > kMost ? kMost : static_cast<int64_t>(ratio);
}

}  // namespace puhui::aml
