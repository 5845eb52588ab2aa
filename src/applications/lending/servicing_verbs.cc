#include "applications/lending/allocation.h"
#include "applications/lending/servicing_shapes.h"
#include "applications/lending/verbs.h"

namespace puhui::lending {

namespace {

Servicing servicing_of(const VerbNeeds& needs) {
  return Servicing({needs.store, needs.book, needs.products, needs.clock, needs.utc_offset_minutes});
}

int64_t fee_of(const Product& product, int64_t drawn_minor) {
  return multiply_divide(drawn_minor, product.drawdown_fee.ppb, Rate::kOne, Rounding::half_even);
}

Result<LoanView> loan(const VerbNeeds& needs, const LoanRequest& request) {
  Servicing servicing = servicing_of(needs);
  LoanView view;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    // A loan may open on a day to come: until then it is told as it will stand that day.
    const Date opened_on = TRY(find_loan(reader, request.loan)).contract.opened_on;
    const Date on = request.on ? *request.on : std::max(opened_on, TRY(servicing.business_day(reader)));
    const auto told = TRY(servicing.tell(reader, request.loan, on));
    const Contract& contract = told.loan.contract;
    view.contract = TRY(
        view_of(contract, TRY(find_schedule(reader, request.loan)), fee_of(*told.product, contract.principal_minor)));
    view.position = view_of(contract, *told.product, told.loan.standing);
    view.events.clear();
    for (const Event& event : told.events) {
      view.events.push_back(
          {event.id, std::string(name_of(event.kind)), event.date, {event.amount_minor, contract.currency}});
    }
    return {};
  }));
  return view;
}

Result<LoansAnswer> loans(const VerbNeeds& needs, const LoansRequest& request) {
  LoansAnswer answer;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    answer.loans.clear();
    for (const LoanId& id : TRY(loans_of(reader, borrower_id(request.borrower)))) {
      answer.loans.push_back(line_of(TRY(find_loan(reader, id))));
    }
    return {};
  }));
  return answer;
}

Result<EventAnswer> move_money(const VerbNeeds& needs, EventKind kind, const MoneyRequest& request) {
  Instruction instruction;
  instruction.loan = request.loan;
  instruction.key = request.event;
  instruction.on = request.on;
  instruction.currency = request.amount.currency;
  instruction.event.kind = kind;
  instruction.event.amount_minor = request.amount.minor;
  return answer_of(TRY(servicing_of(needs).perform(instruction)));
}

Result<std::shared_ptr<const Product>> product_of(const VerbNeeds& needs, const ScheduleRequest& request) {
  if (request.product.has_value() == request.declaration.has_value()) {
    return fail(ErrorCode::invalid, "product", "expected a product in force or a declaration, and not both");
  }
  if (request.product) return TRY(needs.origination.offerings(*request.product)).product;
  auto product = parse_product(print_json(*request.declaration));
  if (!product) return fail(at("declaration", std::move(product).error()));
  return std::make_shared<const Product>(*std::move(product));
}

Result<ScheduleAnswer> schedule(const VerbNeeds& needs, const ScheduleRequest& request) {
  const auto product = TRY(product_of(needs, request));
  if (request.amount.currency != product->currency) {
    return fail(ErrorCode::invalid, "amount",
                "expected " + std::string(product->currency.code()) + ", the product's currency, came " +
                    std::string(request.amount.currency.code()));
  }
  Offer offer;
  offer.principal_minor = request.amount.minor;
  offer.rate = request.rate;
  offer.term_months = request.term_months;
  offer.opened_on = request.opened_on.value_or(date_of(needs.clock.now(), needs.utc_offset_minutes));
  const Contract contract = TRY(make_contract(*product, offer));
  const int64_t fee_minor = fee_of(*product, contract.principal_minor);
  ContractView view = TRY(view_of(contract, schedule_of(contract), fee_minor));
  ScheduleAnswer answer;
  answer.product = view.product;
  answer.amount = view.principal;
  answer.fee = {fee_minor, contract.currency};
  answer.interest = {0, contract.currency};
  for (const InstalmentLine& line : view.schedule) answer.interest.minor += line.interest.minor;
  answer.rate = view.rate;
  answer.annual_irr = view.annual_irr;
  answer.method = std::move(view.method);
  answer.schedule = std::move(view.schedule);
  return answer;
}

template <class Request, class Handler>
Verb event_verb(std::string name, std::string help, Handler handler) {
  return make_verb<Request, EventAnswer>({.noun = "lending",
                                          .verb = std::move(name),
                                          .help = std::move(help),
                                          .effect = Effect::write,
                                          .repeat_key = "event"},
                                         std::move(handler), tell);
}

Verb money_verb(const VerbNeeds* needs, EventKind kind, std::string name, std::string help) {
  return event_verb<MoneyRequest>(
      std::move(name), std::move(help),
      [needs, kind](const VerbCall&, const MoneyRequest& request) { return move_money(*needs, kind, request); });
}

}  // namespace

std::vector<Verb> servicing_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<LoanRequest, LoanView>(
      {.noun = "lending",
       .verb = "loan",
       .help = "Show a loan: its contract, where it stands on a day, and its events."},
      [needs](const VerbCall&, const LoanRequest& request) { return loan(*needs, request); }));
  verbs.push_back(make_verb<LoansRequest, LoansAnswer>(
      {.noun = "lending", .verb = "loans", .help = "List the loans of a borrower."},
      [needs](const VerbCall&, const LoansRequest& request) { return loans(*needs, request); }));
  verbs.push_back(make_verb<ScheduleRequest, ScheduleAnswer>(
      {.noun = "lending",
       .verb = "schedule",
       .help = "Show the schedule and the annualised cost of a loan not made yet."},
      [needs](const VerbCall&, const ScheduleRequest& request) { return schedule(*needs, request); }));
  verbs.push_back(
      money_verb(needs, EventKind::repayment, "repay",
                 "Book a repayment: it pays what is past due and due, the rest waits for the next due date."));
  verbs.push_back(
      money_verb(needs, EventKind::prepayment, "prepay",
                 "Book a prepayment: all that is owed, then principal in advance, by the contract's rule."));
  verbs.push_back(money_verb(needs, EventKind::drawdown, "draw", "Draw on a line, within what is still available."));
  verbs.push_back(event_verb<EventRequest>(
      "event", "Book any other event of a loan: a fee, waiver, recovery, chargeback, refund or change of terms.",
      [needs](const VerbCall&, const EventRequest& request) -> Result<EventAnswer> {
        return answer_of(TRY(servicing_of(*needs).perform(TRY(instruction_of(request)))));
      }));
  return verbs;
}

}  // namespace puhui::lending
