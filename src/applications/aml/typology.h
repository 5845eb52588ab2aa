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

struct Transfer {
  std::string id;
  Timestamp at;
  std::string from, to;  // accounts
  int64_t amount_minor = 0;
  std::string currency = "CNY";
};

struct Finding {
  Typology typology = Typology::structuring;
  std::string account;  // who it is about
  Timestamp from, to;
  int64_t amount_minor = 0;  // moved in the pattern
  int64_t counterparties = 0, transfers = 0;
  int64_t strength_ppm = 0;                   // how far beyond its bound, 0 to 1 000 000
  std::vector<features::TransferEdge> edges;  // at most kFindingEdgesMax, what it stands on
};
inline constexpr size_t kFindingEdgesMax = 64;

// The bounds, as data: policies/aml_transfers/typologies.json.
struct TypologySettings;

}  // namespace puhui::aml
