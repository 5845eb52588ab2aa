// Wire structs of lending: what its verbs take and answer.
#pragma once

#include "applications/lending/contract.h"
#include "applications/lending/position.h"
#include "applications/lending/schedule.h"
#include "ground/base/shape.h"

namespace puhui::lending {

struct ApplyRequest {
  std::string application;  // the client's key
  std::string product;
  std::string borrower;
  Json facts;
  std::optional<Date> opened_on;
};
void fields(Shape& shape, ApplyRequest& request);

struct ReasonLine {
  std::string code, en, zh;
};
void fields(Shape& shape, ReasonLine& line);

struct InstalmentLine {
  Date due;
  Money principal, interest, total, balance;
};
void fields(Shape& shape, InstalmentLine& line);

struct ContractView {
  LoanId loan;
  std::string product;
  Money principal;
  Rate rate;        // nominal, a year
  Rate annual_irr;  // what must be shown to the borrower, fees included
  std::string method;
  Date opened_on, first_due;
  std::vector<InstalmentLine> schedule;
};
void fields(Shape& shape, ContractView& view);
Result<ContractView> view_of(const Contract& contract, const Schedule& schedule, int64_t fee_minor);

struct ApplyAnswer {
  std::string application;
  Id128 decision;
  std::string outcome;
  std::vector<ReasonLine> reasons;
  std::optional<ContractView> contract;
};
void fields(Shape& shape, ApplyAnswer& answer);
std::string tell(const ApplyAnswer& answer);

struct PositionView {
  Date date;
  std::string status, bucket, stage;
  Money principal, interest_accrued, past_due, due, credit, payoff, allowance;
  int days_past_due = 0;
  std::optional<Date> next_due;
  Money next_due_amount;
};
void fields(Shape& shape, PositionView& view);

struct EventLine {
  Id128 id;
  std::string kind;
  Date date;
  Money amount;
};
void fields(Shape& shape, EventLine& line);

struct LoanRequest {
  LoanId loan;
  std::optional<Date> on;  // the position on that day; today when absent
};
void fields(Shape& shape, LoanRequest& request);

struct LoanView {
  ContractView contract;
  PositionView position;
  std::vector<EventLine> events;
};
void fields(Shape& shape, LoanView& view);

}  // namespace puhui::lending
