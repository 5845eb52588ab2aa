// ScoreCounts: how many rows of each label have which score, so that clients know the quality of their common model without telling a
// row's score. Also what a client's rows must be before it may learn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

inline constexpr size_t kScoreCells = 1024;  // of log-odds from -16 to 16, equal widths

class ScoreCounts {
 public:
  ScoreCounts() : words_(2 * kScoreCells, 0) {}
  explicit ScoreCounts(std::span<const uint64_t> words) : words_(words.begin(), words.end()) {}
  void add(double log_odds, bool event);
  const std::vector<uint64_t>& words() const { return words_; }
  // Rows of one cell count as equal: off the true one by half the share of pairs inside a cell at most. 0 where a label is missing.
  double auc() const;

 private:
  std::vector<uint64_t> words_;  // without the event, then with it
};

// `invalid`: other columns than the job's, none or too many rows, infinite values, labels other than 0 and 1.
Result<void> check_horizontal_data(const Job& job, const PartyData& data, size_t self);

}  // namespace puhui::federation
