#include "infrastructure/models/tree_column.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace puhui::models {

namespace {

constexpr double kTiny = 1e-35F;  // LightGBM's zero, a float32

}  // namespace

double column_value(const TreeColumn& column, std::span<const uint32_t> words, double x) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (column.is_float32) x = static_cast<double>(static_cast<float>(x));
  if (column.is_lightgbm) {
    if (std::fabs(x) <= kTiny) x = 0;
    // Some thresholds are infinite, and infinity is not below the number after it.
    x = std::min(x, std::numeric_limits<double>::max());
  }
  switch (column.kind) {
    case TreeColumn::Kind::plain: return x;
    case TreeColumn::Kind::nan_is_zero: return std::isnan(x) ? 0 : x;
    case TreeColumn::Kind::zero_is_missing: return std::fabs(x) <= kTiny ? kNan : x;
    case TreeColumn::Kind::outside_set:
    case TreeColumn::Kind::inside_set: break;
  }
  const bool outside = column.kind == TreeColumn::Kind::outside_set;
  if (std::isnan(x)) return outside ? 1 : kNan;
  bool inside = false;
  // The library cuts off decimals, so that -0.5 is category 0 for LightGBM; XGBoost takes what is below 0 for none.
  if ((outside ? x > -1 : x >= 0) && x < static_cast<double>(column.word_count) * 32) {
    const auto category = static_cast<uint32_t>(x < 0 ? 0 : x);
    inside = (words[column.first_word + category / 32] >> (category % 32) & 1) != 0;
  }
  return inside == outside ? 0 : 1;
}

}  // namespace puhui::models
