// The graph around a payment's subject for the case page: who shares a device, phone or address with it, whom it pays.
#pragma once

#include "applications/fraud/reading.h"

namespace puhui::fraud {

inline constexpr size_t kNodesShownMax = 60, kEdgesShownMax = 120;

// As the scheme's stream holds it now; empty when its features know no graph or its facts were erased.
Neighbourhood neighbourhood_of(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller);

}  // namespace puhui::fraud
