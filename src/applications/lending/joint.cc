#include "applications/lending/joint.h"

namespace puhui::lending {

Split split(const Partner& partner, int64_t amount_minor) {
  // Rounding is by magnitude, so a refund splits as the payment did.
  const Rounding rounding = partner.residue == Residue::own ? Rounding::down : Rounding::up;
  const int64_t theirs = multiply_divide(amount_minor, partner.share.ppb, Rate::kOne, rounding);
  return {amount_minor - theirs, theirs};
}

Schedule partner_schedule(const Partner& partner, const Schedule& schedule) {
  Schedule out;
  int64_t whole_minor = schedule.empty() ? 0 : schedule.back().balance_minor;
  for (const Instalment& instalment : schedule) whole_minor += instalment.principal_minor;
  const int64_t all = split(partner, whole_minor).partner_minor;
  int64_t principal = 0, interest = 0, given_principal = 0, given_interest = 0;
  for (const Instalment& instalment : schedule) {
    principal += instalment.principal_minor;
    interest += instalment.interest_minor;
    const int64_t to_principal = split(partner, principal).partner_minor;
    const int64_t to_interest = split(partner, interest).partner_minor;
    out.push_back({instalment.due, to_principal - given_principal, to_interest - given_interest, all - to_principal});
    given_principal = to_principal;
    given_interest = to_interest;
  }
  return out;
}

Books own_books(const Partner& partner, const Books& whole) {
  if (partner.share.ppb == 0) return whole;
  Books own;
  for (size_t i = 0; i < kAccountKinds; ++i) own.minor[i] = split(partner, whole.minor[i]).own_minor;
  own[AccountKind::cash] = whole[AccountKind::cash];
  own[AccountKind::partner_payable] = 0;
  own[AccountKind::partner_payable] = -own.sum();
  return own;
}

}  // namespace puhui::lending
