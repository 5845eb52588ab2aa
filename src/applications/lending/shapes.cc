#include "applications/lending/shapes.h"

#include "applications/lending/irr.h"

namespace puhui::lending {

void fields(Shape& shape, ApplyRequest& request) {
  shape.field("application", request.application,
              {.help = "your own key for this application; sent again, it answers as it did",
               .min = 1,
               .max = 128,
               .example = "app-2026-000123"});
  shape.field("product", request.product,
              {.help = "which product", .min = 1, .max = 64, .example = "person_revolving"});
  shape.field(
      "borrower", request.borrower,
      {.help = "your own name for the borrower; only its digest is kept", .min = 1, .max = 128, .personal = true});
  shape.field("facts", request.facts,
              {.help = "an object of the product's facts, see 'lending facts'", .personal = true});
  shape.field("opened_on", request.opened_on, {.help = "the day the loan opens; today when absent"});
}

void fields(Shape& shape, ReasonLine& line) {
  shape.field("code", line.code, {.help = "stable code"});
  shape.field("en", line.en, {.help = "to read out, in English"});
  shape.field("zh", line.zh, {.help = "to read out, in Chinese"});
}

void fields(Shape& shape, InstalmentLine& line) {
  shape.field("due", line.due);
  shape.field("total", line.total);
  shape.field("principal", line.principal);
  shape.field("interest", line.interest);
  shape.field("balance", line.balance, {.help = "principal left after it"});
}

void fields(Shape& shape, ContractView& view) {
  shape.field("loan", view.loan, {.help = "its id"});
  shape.field("product", view.product);
  shape.field("principal", view.principal, {.help = "lent, or the limit of a line"});
  shape.field("rate", view.rate, {.help = "nominal, a year"});
  shape.field("annual_irr", view.annual_irr, {.help = "annualised internal rate of return, fees included"});
  shape.field("method", view.method, {.help = "how it is repaid"});
  shape.field("opened_on", view.opened_on);
  shape.field("first_due", view.first_due);
  shape.field("schedule", view.schedule);
}

Result<ContractView> view_of(const Contract& contract, const Schedule& schedule, int64_t fee_minor) {
  const auto money = [&](int64_t minor) { return Money{minor, contract.currency}; };
  ContractView view;
  view.loan = contract.loan;
  view.product = contract.product;
  view.principal = money(contract.principal_minor);
  view.rate = contract.rate;
  view.method = name_of(contract.terms.method);
  view.opened_on = contract.opened_on;
  view.first_due = contract.first_due;
  for (const Instalment& i : schedule) {
    view.schedule.push_back(
        {i.due, money(i.principal_minor), money(i.interest_minor), money(i.total_minor()), money(i.balance_minor)});
  }
  if (!schedule.empty()) {
    const Drawdown drawdown{contract.opened_on, contract.principal_minor};
    view.annual_irr = TRY(annual_irr_of_days(flows_by_day(schedule, drawdown, fee_minor))).nominal;
  }
  return view;
}

void fields(Shape& shape, ApplyAnswer& answer) {
  shape.field("application", answer.application, {.help = "the key it was sent with"});
  shape.field("decision", answer.decision, {.help = "its record in the evidence: 'evidence show'"});
  shape.field("outcome", answer.outcome, {.help = "approve, refuse or refer (to a person)"});
  shape.field("reasons", answer.reasons, {.help = "of a refusal or referral, most important first"});
  shape.field("contract", answer.contract, {.help = "of an approval"});
}

std::string tell(const ApplyAnswer& answer) {
  std::string out = "Application " + answer.application + ": " + answer.outcome + "\n";
  for (const ReasonLine& reason : answer.reasons) out += "  - " + reason.en + "\n    " + reason.zh + "\n";
  if (answer.contract) {
    const ContractView& c = *answer.contract;
    out += "  " + c.principal.text() + " at " + c.rate.percent() + " a year (annualised IRR " + c.annual_irr.percent() +
           "), " + std::to_string(c.schedule.size()) + " instalments, the first on " + c.first_due.text() +
           "\n  loan " + c.loan.text() + "\n";
    for (const InstalmentLine& line : c.schedule) {
      out += "    " + line.due.text() + "  " + line.total.text() + "  (principal " + line.principal.text() +
             ", interest " + line.interest.text() + ")\n";
    }
  }
  return out + "  evidence " + answer.decision.text() + "\n";
}

void fields(Shape& shape, PositionView& view) {
  shape.field("date", view.date, {.help = "the start of that day"});
  shape.field("status", view.status);
  shape.field("bucket", view.bucket, {.help = "M0 to M6+"});
  shape.field("stage", view.stage, {.help = "of expected loss: one, two or three"});
  shape.field("days_past_due", view.days_past_due);
  shape.field("principal", view.principal, {.help = "outstanding"});
  shape.field("interest_accrued", view.interest_accrued, {.help = "of the running period, not due"});
  shape.field("due", view.due, {.help = "today"});
  shape.field("past_due", view.past_due);
  shape.field("credit", view.credit, {.help = "paid ahead"});
  shape.field("next_due", view.next_due);
  shape.field("next_due_amount", view.next_due_amount);
  shape.field("payoff", view.payoff, {.help = "all it takes to owe nothing today"});
  shape.field("allowance", view.allowance, {.help = "expected loss held for it"});
}

void fields(Shape& shape, EventLine& line) {
  shape.field("id", line.id);
  shape.field("kind", line.kind);
  shape.field("date", line.date);
  shape.field("amount", line.amount);
}

void fields(Shape& shape, LoanRequest& request) {
  shape.field("loan", request.loan, {.help = "its id"});
  shape.field("on", request.on, {.help = "the position on that day; today when absent"});
}

void fields(Shape& shape, LoanView& view) {
  shape.field("contract", view.contract);
  shape.field("position", view.position);
  shape.field("events", view.events, {.help = "in the order they apply"});
}

}  // namespace puhui::lending
