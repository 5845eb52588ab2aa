#include "infrastructure/screening/edit_distance.h"

#include <algorithm>
#include <cstdint>

#include "ground/base/check.h"

namespace puhui::screening {

int edit_distance(std::string_view a, std::string_view b, int limit) {
  constexpr size_t kLettersMax = 64;
  CHECK(a.size() <= kLettersMax && b.size() <= kLettersMax, "words are cut to 64 letters");
  if (a.size() > b.size()) std::swap(a, b);
  if (static_cast<int>(b.size() - a.size()) > limit) return limit + 1;
  while (!a.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  while (!a.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  if (a.empty()) return std::min(static_cast<int>(b.size()), limit + 1);
  // Three rows of the table, in turn: an exchange looks two rows back.
  uint8_t rows[3][kLettersMax + 1];
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<uint8_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    uint8_t* row = rows[i % 3];
    const uint8_t* above = rows[(i + 2) % 3];
    const uint8_t* before = rows[(i + 1) % 3];
    row[0] = static_cast<uint8_t>(i);
    int least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      int cost = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost = std::min({cost, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost = std::min(cost, before[j - 2] + 1);
      row[j] = static_cast<uint8_t>(cost);
      least = std::min(least, cost);
    }
    if (least > limit) return limit + 1;
  }
  return std::min<int>(rows[a.size() % 3][b.size()], limit + 1);
}

}  // namespace puhui::screening
