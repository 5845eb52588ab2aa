// A store, a ledger and lending's stateful parts without the kernel: loans are signed by hand. Included by tests and
// benches only.
#pragma once

#include <cstdio>

#include "applications/lending/day_end.h"
#include "applications/lending/loan_examples.h"
#include "applications/lending/servicing.h"
#include "ground/base/check.h"
#include "ground/store/test_store.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::lending::examples {

inline Product product_of(const Contract& contract) {
  Product product;
  product.name = contract.product;
  product.title = "An example";
  product.kind = contract.kind;
  product.borrower = contract.kind == ProductKind::term ? BorrowerKind::firm : BorrowerKind::person;
  product.currency = contract.currency;
  product.amount = {1, kAmountMinorMax, 1};
  product.terms_months = {contract.terms.period_months, 36 * contract.terms.period_months};
  product.terms = contract.terms;
  product.stages.stage3_days = 91;
  product.lgd = Rate::from_percent(60);
  product.costs.cap = Rate::from_percent(36);
  product.costs.pd_max = Rate::from_percent(50);
  return product;
}

class Quiet : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

class LoanOffice {
 public:
  explicit LoanOffice(std::string where, StoreFaults* faults = nullptr, size_t chunk_loans = kChunkLoans)
      : where_(std::move(where)), faults_(faults), chunk_loans_(chunk_loans) {
    open();
  }
  ~LoanOffice() { close(); }

  void open() {
    std::vector<Migration> all = ledger::migrations();
    for (Migration& migration : evidence::migrations()) all.push_back(std::move(migration));
    for (Migration& migration : lending::migrations()) all.push_back(std::move(migration));
    store = must(open_store(where_, all, {clock, faults_}));
    ledger = must(ledger::Ledger::open({*store, clock, log_}));
    book = std::make_unique<LoanBook>(*ledger);
    products = std::make_unique<ProductShelf>();
    servicing.emplace(ServicingNeeds{*store, *book, *products, clock});
    day_end.emplace(DayEndNeeds{*store, *book, *products, clock}, chunk_loans_);
  }
  void close() {
    if (store) store->close();
    day_end.reset(), servicing.reset(), products.reset(), book.reset();
    store.reset(), ledger.reset();
  }

  // As origination does: contract, first drawdown with its fee, and the money booked.
  void sign(Contract contract, const Product& product, Rate pd, int64_t drawn_minor) {
    contract.product_hash = product.hash();
    must(products->keep(*store, product));
    must(store->write([&](Transaction& tx) { return sign(tx, contract, product, pd, drawn_minor); }));
  }
  Result<void> sign(Transaction& tx, const Contract& contract, const Product& product, Rate pd, int64_t drawn_minor) {
    Standing standing;
    standing.state = lending::open(contract);
    standing.pd = pd;
    Event drawdown;
    drawdown.id = EventId(contract.loan);
    drawdown.kind = EventKind::drawdown;
    drawdown.date = contract.opened_on;
    drawdown.amount_minor = drawn_minor;
    std::vector<Event> events = {drawdown};
    if (const auto fee = drawdown_fee(product, drawdown)) events.push_back(*fee);
    for (const Event& event : events) TRY(apply(contract, event, standing.state));
    const BookKey key{contract.product, contract.currency};
    const Timestamp at = clock.now();
    TRY(book->ready(tx, key, at));
    TRY(book->open_loan(tx, contract.loan, contract.currency, at));
    TRY(insert_loan(tx, contract, standing, pack(schedule_of(contract))));
    for (const Event& event : events) TRY(insert_event(tx, contract.loan, event));
    return book->post(tx, key, contract.loan, postings({}, own_books_of(contract, standing)),
                      posting_act(EventId(contract.loan), at), at);
  }

  Instruction instruction(const Contract& contract, std::string key, EventKind kind, std::string_view on,
                          int64_t amount_minor) const {
    Instruction out;
    out.loan = contract.loan;
    out.key = std::move(key);
    out.on = day(on);
    if (amount_minor != 0) out.currency = contract.currency;
    out.event.kind = kind;
    out.event.amount_minor = amount_minor;
    return out;
  }

  Result<DayEnd::Run> end_day(Date date) {
    Quiet quiet;
    clock.set(start_of(date.plus_days(1), 480));
    return day_end->run(date, quiet);
  }
  Loan loan(const LoanId& id) {
    std::optional<Loan> out;
    must(store->read([&](Reader& reader) -> Result<void> {
      out = TRY(find_loan(reader, id));
      return {};
    }));
    return *out;
  }
  std::vector<Event> events(const LoanId& id) {
    std::vector<Event> out;
    must(store->read([&](Reader& reader) -> Result<void> {
      out = TRY(events_of(reader, id));
      return {};
    }));
    return out;
  }
  // What the evidence of its decision says became of it: 0, 1 or nothing yet.
  std::optional<int64_t> outcome(const LoanId& id) {
    std::optional<evidence::Outcome> out;
    must(store->read([&](Reader& reader) -> Result<void> {
      out = TRY(evidence::find_outcome(reader, evidence::RecordId(id), evidence::kDefaultOutcome));
      return {};
    }));
    return out ? std::optional(out->value) : std::nullopt;
  }
  Books balances(const Contract& contract) const { return book->balances({contract.product, contract.currency}); }

  template <class T>
  static T must(Result<T> result) {
    CHECK(result.has_value(), result ? "" : result.error().text().c_str());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

  ManualClock clock{start_of(Date{20'000})};
  std::unique_ptr<Store> store;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<LoanBook> book;
  std::unique_ptr<ProductShelf> products;
  std::optional<Servicing> servicing;
  std::optional<DayEnd> day_end;

 private:
  std::string where_;
  StoreFaults* faults_;
  size_t chunk_loans_;
  Log log_{clock, stderr, Log::Level::warning};
};

}  // namespace puhui::lending::examples
