// TreeColumn: a number that the splits of foreign trees compare, made of one input as its library sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace puhui::models {

constexpr size_t kForeignFeaturesMax = 100'000;
constexpr size_t kForeignCategoryMax = 1 << 24;       // a category's number is below
constexpr size_t kForeignCategoryWordsMax = 1 << 24;  // of all category sets

// An input as it stands, or whether it is in a set of categories.
struct TreeColumn {
  enum class Kind : uint8_t {
    plain,            // NaN is missing
    nan_is_zero,      // LightGBM's missing type None
    zero_is_missing,  // LightGBM's missing type Zero: NaN and what is not above 1e-35 in size
    outside_set,      // 0 inside the set, 1 outside, also where missing (LightGBM)
    inside_set,       // 1 inside the set, 0 outside, missing where missing (XGBoost)
  };
  uint32_t input = 0;
  Kind kind = Kind::plain;
  bool is_float32 = false;                  // rounded to float32 first
  bool is_lightgbm = false;                 // which reads what is not above 1e-35 in size as 0
  uint32_t first_word = 0, word_count = 0;  // of the set's bits
  bool operator==(const TreeColumn&) const = default;
};

// NaN where it is missing. `words` hold the sets' bits.
double column_value(const TreeColumn& column, std::span<const uint32_t> words, double x);

}  // namespace puhui::models
