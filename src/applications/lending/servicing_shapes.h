// Wire structs of servicing: what its verbs take and answer.
#pragma once

#include "applications/lending/loan_table.h"
#include "applications/lending/servicing.h"
#include "applications/lending/shapes.h"

namespace puhui::lending {

std::span<const std::string_view> names_of(const Component*);

PositionView view_of(const Contract& contract, const Product& product, const Standing& standing);

struct LoansRequest {
  std::string borrower;
};
void fields(Shape& shape, LoansRequest& request);

struct LoanLine {
  LoanId loan;
  std::string product, status, bucket;
  Money principal, past_due;
  Date opened_on;
  std::optional<Date> next_due;
};
void fields(Shape& shape, LoanLine& line);
LoanLine line_of(const Loan& loan);

struct LoansAnswer {
  std::vector<LoanLine> loans;
};
void fields(Shape& shape, LoansAnswer& answer);

// Of repay, prepay and draw.
struct MoneyRequest {
  LoanId loan;
  std::string event;
  Money amount;
  std::optional<Date> on;
};
void fields(Shape& shape, MoneyRequest& request);

// The kinds that are no ordinary payment or drawdown, in the words of EventKind.
enum class ServicingKind : uint8_t {
  fee,
  waiver,
  recovery,
  chargeback,
  refund,
  rate_change,
  re_age,
  re_amortise,
  charge_off,
};
std::span<const std::string_view> names_of(const ServicingKind*);

struct EventRequest {
  LoanId loan;
  std::string event;
  ServicingKind kind = ServicingKind::fee;
  std::optional<Date> on;
  std::optional<Money> amount;
  std::optional<Component> component;
  std::optional<std::string> payment;
  std::optional<Rate> rate;
  std::optional<Date> first_due;
  std::optional<int64_t> terms;
};
void fields(Shape& shape, EventRequest& request);
// Faults what the kind needs and what it cannot have.
Result<Instruction> instruction_of(const EventRequest& request);

struct PairLine {
  std::string timing, component;
  Money amount;
};
void fields(Shape& shape, PairLine& line);

struct EventAnswer {
  Id128 id;
  std::string kind;
  Date on;
  Money amount;
  std::vector<PairLine> allocation;
  Money credit;
  PositionView position;
};
void fields(Shape& shape, EventAnswer& answer);
EventAnswer answer_of(const Happened& happened);
std::string tell(const EventAnswer& answer);

struct ScheduleRequest {
  std::optional<std::string> product;
  std::optional<Json> declaration;
  Money amount;
  int term_months = 0;
  Rate rate;
  std::optional<Date> opened_on;
};
void fields(Shape& shape, ScheduleRequest& request);

struct ScheduleAnswer {
  std::string product;
  Money amount, fee, interest;
  Rate rate, annual_irr;
  std::string method;
  std::vector<InstalmentLine> schedule;
};
void fields(Shape& shape, ScheduleAnswer& answer);

}  // namespace puhui::lending
