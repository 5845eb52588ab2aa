// Reading what was judged, for verbs and pages: payments newest first, holds by deadline. Whose they are comes from the
// evidence, so what retention erased is gone here too.
#pragma once

#include "applications/fraud/desk.h"
#include "applications/fraud/fraud_shapes.h"
#include "infrastructure/kernel/decision_view.h"

namespace puhui::fraud {

inline constexpr uint64_t kScannedMax = 200'000;  // places a page looks at when its filters match few

struct ReadingNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Desk& desk;
  const Clock& clock;
};

Result<PaymentsAnswer> list_payments(const ReadingNeeds& needs, const PaymentsRequest& request, const Caller& caller);
Result<PaymentView> show_payment(const ReadingNeeds& needs, const PaymentKey& of, const Caller& caller);
Result<HoldsAnswer> list_holds(const ReadingNeeds& needs, const HoldsRequest& request, const Caller& caller);
Result<SchemesAnswer> list_schemes(const ReadingNeeds& needs);

// What its row says.
PaymentLine line_of(const PaymentRow& row);
// Masked unless the caller may see it; empty when it was erased.
std::string subject_for(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller);
// Its reasons in words, by the version that gave them.
std::vector<ReasonLine> reason_lines(const ReadingNeeds& needs, std::string_view scope,
                                     std::span<const evidence::Reason>);

}  // namespace puhui::fraud
