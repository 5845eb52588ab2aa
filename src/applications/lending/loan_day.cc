#include "applications/lending/loan_day.h"

#include "applications/lending/delinquency.h"

namespace puhui::lending {

namespace {

// Its id follows from loan and day: the same day-end run again makes the same event.
Event charge_off_of(const LoanId& loan, Date day) {
  Event event;
  event.id = EventId(
      *Id128::from_bytes(sha256("lending charge-off\n", loan.bytes() + std::to_string(day.days)).view().substr(0, 16)));
  event.kind = EventKind::charge_off;
  event.date = day;
  return event;
}

void tell_bucket_and_stage(const Product& product, Standing& standing) {
  const int days = standing.state.days_past_due();
  standing.bucket = bucket_of(days, product.bucket_edges);
  standing.stage = stage_of(product.stages, {days, standing.pd, standing.pd});
}

int64_t allowance_of(const Product& product, const Contract& contract, const Standing& standing) {
  if (!is_open(standing.state) || standing.state.principal_minor() == 0) return 0;
  const LossParameters parameters{standing.pd, product.lgd, product.pd_year_factor, standing.state.plan.rate};
  const int64_t whole = expected_loss_minor(standing.stage, exposure_by_month(contract, standing.state), parameters);
  return split(contract.terms.partner, whole).own_minor;
}

bool loss_is_due(const Standing& before, const Standing& after, Date day) {
  if (day == day.end_of_month() || before.bucket != after.bucket || before.stage != after.stage) return true;
  return before.state.principal_minor() != after.state.principal_minor() ||
         (before.allowance_minor == 0 && before.pd.ppb != 0);
}

// The end of the first day, within `last`, at which the oldest unpaid instalment is as late as the product bears.
// Nothing unpaid: nothing is late before the next due date.
Date charge_off_day(const Product& product, const State& state) {
  if (state.status != Status::active || state.unpaid.empty()) return kNever;
  return std::max(state.date(), state.unpaid.items().front().due.plus_days(product.charge_off_days));
}

}  // namespace

Books own_books_of(const Contract& contract, const Standing& standing) {
  Books books = own_books(contract.terms.partner, books_of(standing.state));
  books[AccountKind::loss_allowance] = -standing.allowance_minor;
  books[AccountKind::impairment_expense] = standing.allowance_minor;
  return books;
}

void assess(const Product& product, const Contract& contract, Standing& standing) {
  tell_bucket_and_stage(product, standing);
  standing.allowance_minor = allowance_of(product, contract, standing);
}

Result<LoanDay> loan_day(const Product& product, const Contract& contract, const Standing& before, Date day) {
  LoanDay out{before, {}, std::nullopt};
  State& state = out.after.state;
  const Date end = day.plus_days(1);
  if (state.date() >= end || !is_open(state)) return out;
  while (state.date() < end) {
    Date write_off = charge_off_day(product, state);
    if (write_off == state.date()) {
      out.charge_off = charge_off_of(contract.loan, write_off);
      TRY(apply(contract, *out.charge_off, state));
      write_off = kNever;
    }
    // A due date is a stop of its own: only then is it known when what falls due will be too late.
    advance(contract, std::min({end, write_off, state.plan.next_due}), state);
  }
  tell_bucket_and_stage(product, out.after);
  if (!is_open(state) || loss_is_due(before, out.after, day))
    out.after.allowance_minor = allowance_of(product, contract, out.after);
  out.change = own_books_of(contract, out.after);
  out.change -= own_books_of(contract, before);
  return out;
}

}  // namespace puhui::lending
