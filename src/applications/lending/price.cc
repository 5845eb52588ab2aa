#include "applications/lending/price.h"

#include <algorithm>

namespace puhui::lending {

std::string_view name_of(PriceBound bound) {
  switch (bound) {
    case PriceBound::none: return "none";
    case PriceBound::floor: return "floor";
    case PriceBound::cap: return "cap";
  }
  return "none";
}

Result<Price> price_of(const CostRates& costs, Rate pd, Rate lgd) {
  if (pd.ppb < 0 || pd.ppb >= Rate::kOne) {
    return fail(ErrorCode::invalid, "pd", "expected a probability of 0 to less than 1, came " + pd.text());
  }
  constexpr __int128 kOne = Rate::kOne;
  const __int128 costs_e18 = (costs.funding.ppb + costs.operating.ppb) * kOne +
                             static_cast<__int128>(costs.capital.ppb) * costs.hurdle.ppb +
                             static_cast<__int128>(pd.ppb) * lgd.ppb;
  // The margin comes inside the one division, so that only one rounding happens.
  const __int128 repaying = kOne - pd.ppb;
  Price price;
  price.unbounded.ppb = divide(costs_e18 + costs.margin.ppb * repaying, repaying, Rounding::half_even);
  price.rate = std::clamp(price.unbounded, costs.floor, std::max(costs.floor, costs.cap));
  if (price.rate > price.unbounded) price.bound = PriceBound::floor;
  if (price.rate < price.unbounded) price.bound = PriceBound::cap;
  return price;
}

}  // namespace puhui::lending
