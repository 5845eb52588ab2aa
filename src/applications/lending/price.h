// The risk-based price of a loan: what it costs, over those who will repay, plus a margin, inside
// floor and cap.
#pragma once

#include "applications/lending/product.h"

namespace puhui::lending {

enum class PriceBound : uint8_t { none, floor, cap };

struct Price {
  Rate rate;       // nominal, a year
  Rate unbounded;  // before floor and cap
  PriceBound bound = PriceBound::none;
  bool operator==(const Price&) const = default;
};

// (funding + operating + capital · hurdle + PD · LGD) / (1 − PD) + margin; one rounding, half-even
// to parts per billion, before floor and cap. Faults a PD outside [0, 1). A PD above costs.pd_max
// is for the policy to refuse.
Result<Price> price_of(const CostRates& costs, Rate pd, Rate lgd);

std::string_view name_of(PriceBound);

}  // namespace puhui::lending
