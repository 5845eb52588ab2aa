// Servicing: what happens to a loan after it was signed. Each instruction is one transaction: the event, the loan's
// standing, the ledger postings and what was answered, so that its repeat answers the same.
#pragma once

#include "applications/lending/day_report.h"
#include "applications/lending/loan_day.h"
#include "applications/lending/month_table.h"
#include "applications/lending/product_shelf.h"

namespace puhui::lending {

inline constexpr size_t kEventKeyBytesMax = 128;
inline constexpr int kDaysToldMax = 36'525;  // after the opening

EventId event_id(const LoanId& loan, std::string_view key);  // of the client's own key, unique within the loan
EventId drawdown_fee_id(const EventId& drawdown);
// The fee event that a drawdown brings; nullopt where the product charges none.
std::optional<Event> drawdown_fee(const Product& product, const Event& drawdown);
// The id that the ledger transfers of an event are made of: rising with time, apart for each event.
Id128 posting_act(const EventId& event, Timestamp at);

// What a client asks to happen to a loan.
struct Instruction {
  LoanId loan;
  std::string key;                   // the client's own, permanent
  std::optional<Date> on;            // value date; the business day when absent
  std::optional<Currency> currency;  // of the amount; must be the contract's
  Event event;                       // kind and what goes with it; id and date are set here
  std::string payment;               // of a chargeback: the key of the payment that is taken back, in whole
};

struct Happened {
  Event event;
  bool repeated = false;
  PairAmounts allocated{};   // of a payment or waiver: what it paid; of a chargeback: what is owed again
  int64_t credit_minor = 0;  // of a payment: kept for the next due date
  Contract contract;
  std::shared_ptr<const Product> product;
  Standing standing;  // after it; of a repeat: as it was answered then
};

struct ServicingNeeds {
  Store& store;
  LoanBook& book;
  ProductShelf& products;
  const Clock& clock;
  int utc_offset_minutes = 480;
};

class Servicing {
 public:
  explicit Servicing(ServicingNeeds needs) : needs_(needs) {}

  // Durable on return. invalid with every fault of the instruction; conflict when the key stands for something else,
  // or the loan's contract or state does not allow it; not_found when there is no such loan.
  // An event of a day before the loan's is applied in its place, with all later ones after it; what was booked stays
  // booked, the difference is booked today.
  Result<Happened> perform(const Instruction& instruction);
  Result<Happened> perform(Transaction& tx, const Instruction& instruction);  // in a store closure

  // The loan as it stands at the start of a day, events of that day included. A day before the loan's own is told from
  // its events; bucket, stage and allowance are those of that state.
  struct Told {
    Loan loan;
    std::shared_ptr<const Product> product;
    std::vector<Event> events;  // up to that day
  };
  Result<Told> tell(Reader& reader, const LoanId& loan, Date on);

  // The last day whose events may still come: today, or the day after the last day-end when that is later.
  Result<Date> business_day(Reader& reader) const;

 private:
  Result<bool> is_repeat(Reader& reader, const Instruction& instruction, Happened& happened) const;
  Result<void> book(Transaction& tx, const Loan& before, std::span<const Event> events, Happened& happened);
  ServicingNeeds needs_;
};

}  // namespace puhui::lending
