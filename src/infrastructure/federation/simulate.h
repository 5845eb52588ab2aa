// A simulated pair for demonstrations: small firms that ask a lender for credit, and what a registry of invoices knows of
// them. Each house has firms the other lacks; whether a firm defaults hangs on the columns of both.
#pragma once

#include <cstdint>
#include <string>

namespace puhui::federation {

inline constexpr int64_t kSimulatedFirmsMax = 10'000'000;

struct SimulatedPair {
  std::string lender;    // CSV: firm,defaulted,age_months,requested,overdrafts,loans_elsewhere,owner_score,sector_risk
  std::string registry;  // CSV: firm,invoices,growth,largest_buyer_share,cancelled_share,days_since_last,buyers
};
// `firms` in the world; the lender has about 80 % of them, the registry about 85 %. A function of its arguments. Amounts in
// thousands, shares from 0 to 1; about one cell in twenty of `owner_score` and `growth` is empty.
SimulatedPair simulate_pair(int64_t firms, uint64_t seed);

}  // namespace puhui::federation
