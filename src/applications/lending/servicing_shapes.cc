#include "applications/lending/servicing_shapes.h"

#include "applications/lending/allocation.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kComponentNames[] = {"penalty", "fee", "principal", "interest"};
constexpr std::string_view kServicingKinds[] = {"fee",         "waiver", "recovery",    "chargeback", "refund",
                                                "rate_change", "re_age", "re_amortise", "charge_off"};
constexpr EventKind kEventKindOf[] = {EventKind::fee,        EventKind::waiver,      EventKind::recovery,
                                      EventKind::chargeback, EventKind::refund,      EventKind::rate_change,
                                      EventKind::re_age,     EventKind::re_amortise, EventKind::charge_off};
constexpr std::string_view kStageNames[] = {"one", "two", "three"};
constexpr Note kEventKey = {.help = "your own key for this event of the loan; sent again, it answers as it did",
                            .min = 1,
                            .max = kEventKeyBytesMax,
                            .example = "pay-2026-03-20"};
constexpr Note kValueDate = {.help = "value date; the business day when absent"};

}  // namespace

std::span<const std::string_view> names_of(const Component*) { return kComponentNames; }
std::span<const std::string_view> names_of(const ServicingKind*) { return kServicingKinds; }

PositionView view_of(const Contract& contract, const Product& product, const Standing& standing) {
  const Position position = position_of(contract, product.bucket_edges, standing.state);
  const auto money = [&](int64_t minor) { return Money{minor, contract.currency}; };
  const auto sum = [](const ComponentAmounts& amounts) {
    int64_t out = 0;
    for (const int64_t amount : amounts) out += amount;
    return out;
  };
  PositionView view;
  view.date = position.date;
  view.status = name_of(position.status);
  view.bucket = bucket_name(position.bucket);
  view.stage = kStageNames[static_cast<size_t>(standing.stage) - 1];
  view.days_past_due = position.days_past_due;
  view.principal = money(position.principal_minor);
  view.interest_accrued = money(position.interest_accrued_minor);
  view.due = money(sum(position.due));
  view.past_due = money(sum(position.past_due));
  view.credit = money(position.credit_minor);
  if (position.next_due != kNever) view.next_due = position.next_due;
  view.next_due_amount = money(position.next_due_minor);
  view.payoff = money(position.payoff_minor);
  view.allowance = money(standing.allowance_minor);
  return view;
}

void fields(Shape& shape, LoansRequest& request) {
  shape.field(
      "borrower", request.borrower,
      {.help = "your own name for the borrower, as in the application", .min = 1, .max = 128, .personal = true});
}

LoanLine line_of(const Loan& loan) {
  const Contract& contract = loan.contract;
  const State& state = loan.standing.state;
  const PairAmounts amounts = owed(state);
  int64_t past_due_minor = 0;
  for (size_t i = 0; i < kPairs; ++i) {
    if (Pair::at(i).timing == Timing::past_due) past_due_minor += amounts[i];
  }
  LoanLine line{contract.loan,
                contract.product,
                std::string(name_of(state.status)),
                std::string(bucket_name(loan.standing.bucket)),
                {state.principal_minor(), contract.currency},
                {past_due_minor, contract.currency},
                contract.opened_on,
                std::nullopt};
  if (state.plan.next_due != kNever) line.next_due = state.plan.next_due;
  return line;
}

void fields(Shape& shape, LoanLine& line) {
  shape.field("loan", line.loan, {.help = "its id"});
  shape.field("product", line.product);
  shape.field("status", line.status);
  shape.field("bucket", line.bucket, {.help = "M0 to M6+"});
  shape.field("principal", line.principal, {.help = "outstanding"});
  shape.field("past_due", line.past_due);
  shape.field("opened_on", line.opened_on);
  shape.field("next_due", line.next_due);
}

void fields(Shape& shape, LoansAnswer& answer) {
  shape.field("loans", answer.loans, {.help = "as their last event or day-end left them, oldest first"});
}

void fields(Shape& shape, MoneyRequest& request) {
  shape.field("loan", request.loan, {.help = "its id"});
  shape.field("event", request.event, kEventKey);
  shape.field("amount", request.amount, {.help = "in the contract's currency", .example = "1250.00 CNY"});
  shape.field("on", request.on, kValueDate);
}

void fields(Shape& shape, EventRequest& request) {
  shape.field("loan", request.loan, {.help = "its id"});
  shape.field("event", request.event, kEventKey);
  shape.field("kind", request.kind, {.help = "what happens"});
  shape.field("on", request.on, kValueDate);
  shape.field("amount", request.amount, {.help = "of a fee, waiver, recovery or refund"});
  shape.field("component", request.component, {.help = "of a waiver: what is given up"});
  shape.field(
      "payment", request.payment,
      {.help = "of a chargeback: the key of the payment that is taken back", .min = 1, .max = kEventKeyBytesMax});
  shape.field("rate", request.rate, {.help = "of a rate_change: nominal, a year, from that day on"});
  shape.field("first_due", request.first_due, {.help = "of a re_age: the first new due date"});
  shape.field("terms", request.terms,
              {.help = "of a re_age or re_amortise: instalments; those left when absent", .min = 1, .max = kTermsMax});
}

namespace {

enum class Want { never, needed, may };

template <class T>
void check_want(Want want, const std::optional<T>& value, std::string_view name, std::string_view kind,
                Faults& faults) {
  if (want == Want::needed && !value)
    faults.add(std::string(name), "expected one: a " + std::string(kind) + " needs it");
  if (want == Want::never && value)
    faults.add(std::string(name), "expected none: a " + std::string(kind) + " has no such thing");
}

}  // namespace

Result<Instruction> instruction_of(const EventRequest& request) {
  const EventKind kind = kEventKindOf[static_cast<size_t>(request.kind)];
  const std::string_view name = kServicingKinds[static_cast<size_t>(request.kind)];
  const auto wants = [&](std::initializer_list<EventKind> kinds, Want want = Want::needed) {
    return std::ranges::find(kinds, kind) != kinds.end() ? want : Want::never;
  };
  Faults faults;
  check_want(wants({EventKind::fee, EventKind::waiver, EventKind::recovery, EventKind::refund}), request.amount,
             "amount", name, faults);
  check_want(wants({EventKind::waiver}), request.component, "component", name, faults);
  check_want(wants({EventKind::chargeback}), request.payment, "payment", name, faults);
  check_want(wants({EventKind::rate_change}), request.rate, "rate", name, faults);
  check_want(wants({EventKind::re_age}), request.first_due, "first_due", name, faults);
  check_want(kind == EventKind::re_age ? Want::needed : wants({EventKind::re_amortise}, Want::may), request.terms,
             "terms", name, faults);
  TRY(std::move(faults).result());
  Instruction out;
  out.loan = request.loan;
  out.key = request.event;
  out.on = request.on;
  out.event.kind = kind;
  if (request.amount) {
    out.currency = request.amount->currency;
    out.event.amount_minor = request.amount->minor;
  }
  out.event.component = request.component.value_or(Component::penalty);
  out.event.rate = request.rate.value_or(Rate{});
  out.event.first_due = request.first_due.value_or(Date{});
  out.event.terms = static_cast<int>(request.terms.value_or(0));
  out.payment = request.payment.value_or("");
  return out;
}

void fields(Shape& shape, PairLine& line) {
  shape.field("timing", line.timing, {.help = "past_due, due or in_advance"});
  shape.field("component", line.component, {.help = "penalty, fee, principal or interest"});
  shape.field("amount", line.amount);
}

void fields(Shape& shape, EventAnswer& answer) {
  shape.field("id", answer.id, {.help = "the event's id, made of loan and key"});
  shape.field("kind", answer.kind);
  shape.field("on", answer.on, {.help = "value date"});
  shape.field("amount", answer.amount);
  shape.field("allocation", answer.allocation, {.help = "all twelve pairs: what a payment paid, in what order due"});
  shape.field("credit", answer.credit, {.help = "of a payment: kept for the next due date"});
  shape.field("position", answer.position, {.help = "the loan after it"});
}

EventAnswer answer_of(const Happened& happened) {
  const auto money = [&](int64_t minor) { return Money{minor, happened.contract.currency}; };
  EventAnswer answer;
  answer.id = happened.event.id;
  answer.kind = name_of(happened.event.kind);
  answer.on = happened.event.date;
  answer.amount = money(happened.event.amount_minor);
  for (size_t i = 0; i < kPairs; ++i) {
    const Pair pair = Pair::at(i);
    answer.allocation.push_back(
        {std::string(name_of(pair.timing)), std::string(name_of(pair.component)), money(happened.allocated[i])});
  }
  answer.credit = money(happened.credit_minor);
  answer.position = view_of(happened.contract, *happened.product, happened.standing);
  return answer;
}

std::string tell(const EventAnswer& answer) {
  std::string out = "A " + answer.kind + " of " + answer.amount.text() + " on " + answer.on.text() + "\n";
  for (const PairLine& line : answer.allocation) {
    if (line.amount.minor != 0) out += "  " + line.timing + " " + line.component + "  " + line.amount.text() + "\n";
  }
  if (answer.credit.minor != 0) out += "  kept for the next due date  " + answer.credit.text() + "\n";
  const PositionView& now = answer.position;
  out += "The loan is " + now.status + " (" + now.bucket + "): principal " + now.principal.text() + ", past due " +
         now.past_due.text() + ", all it takes to owe nothing " + now.payoff.text();
  if (now.next_due) out += "; next " + now.next_due_amount.text() + " on " + now.next_due->text();
  return out + "\n";
}

void fields(Shape& shape, ScheduleRequest& request) {
  shape.field("product", request.product, {.help = "a product whose permit is in force", .min = 1, .max = 64});
  shape.field("declaration", request.declaration, {.help = "or a product as its file declares it"});
  shape.field("amount", request.amount, {.help = "lent", .example = "120000.00 CNY"});
  shape.field("term_months", request.term_months, {.help = "one of the product's", .min = 1, .max = kTermsMax});
  shape.field("rate", request.rate, {.help = "nominal, a year", .example = "0.12"});
  shape.field("opened_on", request.opened_on, {.help = "today when absent"});
}

void fields(Shape& shape, ScheduleAnswer& answer) {
  shape.field("product", answer.product);
  shape.field("amount", answer.amount, {.help = "lent"});
  shape.field("fee", answer.fee, {.help = "of the drawdown"});
  shape.field("interest", answer.interest, {.help = "over the whole life"});
  shape.field("rate", answer.rate, {.help = "nominal, a year"});
  shape.field("annual_irr", answer.annual_irr, {.help = "annualised internal rate of return, fees included"});
  shape.field("method", answer.method, {.help = "how it is repaid"});
  shape.field("schedule", answer.schedule);
}

}  // namespace puhui::lending
