// Typologies: patterns of laundering found in the stream of transfers as it flows. Each finding carries the transfers it stands on.
// Deterministic: a function of the transfers in their order and of the settings.
#pragma once

#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/json.h"
#include "ground/base/shape.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::aml {

enum class Typology : uint8_t { structuring, fan_in, fan_out, cycle, scatter_gather, pass_through, dormant };
inline constexpr size_t kTypologies = 7;
std::span<const std::string_view> names_of(const Typology*);

// One transfer as the detectors see it: amount in the settings' currency.
struct Movement {
  uint64_t seq = 0;  // its place in the log
  int64_t at_us = 0;
  std::string_view from, to;  // accounts
  int64_t amount_minor = 0;
};

struct Finding {
  uint64_t number = 0;     // 1, 2, … in the order they were first found
  bool refreshes = false;  // the pattern of that number grew
  Typology typology = Typology::structuring;
  std::string account;  // who it is about
  Timestamp from, to;
  int64_t amount_minor = 0;  // moved in the pattern, in the settings' currency
  int64_t counterparties = 0, transfers = 0;
  int64_t strength_ppm = 0;      // how far beyond its bound: 1 − bound / found, 0 to 1 000 000
  int64_t beyond_usual_ppm = 0;  // times the account's own past, where the typology compares with it; 0: it does not
  int64_t account_age_days = 0;  // since it was first seen
  std::vector<features::TransferEdge> edges;  // at most kFindingEdgesMax, what it stands on; in time order
  bool operator==(const Finding&) const = default;
};
inline constexpr size_t kFindingEdgesMax = 64;

}  // namespace puhui::aml
