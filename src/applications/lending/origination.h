// Origination: from an application to a decision with its reasons and, where it is approved, to a contract, a
// schedule and money booked: all of it in the one transaction that writes the evidence.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>

#include "applications/lending/loan_book.h"
#include "applications/lending/loan_table.h"
#include "applications/lending/product_shelf.h"
#include "applications/lending/proposal.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::lending {

// One application as a door or a replay hands it in.
struct Submission {
  std::string key;  // the client's own, permanent
  BorrowerId borrower;
  std::vector<evidence::FactValue> facts;  // in the order of the version's schema
  Date opened_on;
  Digest request;  // of what was asked, to tell a repeat from another request under the same key
};

// What an approved application becomes, computed before the transaction. The loan's id comes with the decision.
struct Booking {
  Contract contract;
  Standing standing;  // after the first drawdown
  Event drawdown;
  std::optional<Event> fee;  // of the drawdown, where the product charges one
  std::vector<Posting> postings;
  std::string schedule;  // packed
};

struct Judged {
  kernel::Draft draft;
  std::optional<Booking> booking;  // of an approval
};

// The version of one product's rules with the product they were signed with, as it answers one borrower.
struct Offerings {
  std::shared_ptr<const kernel::Version> version;
  std::shared_ptr<const Product> product;
  Digest product_hash;                            // product->hash()
  size_t term_fact = 0;                           // where "term months" stands among the facts
  bool to_human = false;                          // automatic decisions are stopped: a person decides
  std::shared_ptr<const kernel::Version> shadow;  // judges beside it
};

class Origination {
 public:
  Origination(Store& store, kernel::Kernel& kernel, LoanBook& book, ProductShelf& products, const Clock& clock)
      : store_(store), kernel_(kernel), book_(book), products_(products), clock_(clock) {}

  // Of the champion. forbidden when no permit is in force for the product.
  Result<Offerings> offerings(std::string_view product);
  // Of whoever answers this borrower now: champion, challenger or fallback. unavailable: stopped, and refused meanwhile.
  Result<Offerings> offerings(std::string_view product, const BorrowerId& borrower);

  // Decides and prepares; touches no store. invalid when the policy approves what the product does not offer.
  Result<Judged> judge(const Offerings& offerings, Submission application, std::string caller, Timestamp at,
                       kernel::Workspace& workspace) const;

  // In a store closure: evidence, then application, contract, schedule and postings. conflict when the key stands.
  struct Booked {
    evidence::RecordId decision;
    std::optional<LoanId> loan;
  };
  Result<Booked> book(Transaction& tx, const Submission& application, const Judged& judged);

  // What an application came to that was sent before under that key; nullopt when the key is new; conflict when it
  // stands for another request. To be asked first: whatever decides today, a repeat is answered as it was then.
  Result<std::optional<Booked>> earlier(std::string_view key, const Digest& request) const;
  // judge and book, durable. The same application again answers as it did then; with another request: conflict.
  Result<Booked> apply(const Offerings& offerings, Submission application, std::string caller);

 private:
  Result<Offerings> offerings_of(std::shared_ptr<const kernel::Version> version);
  Result<Booking> prepare(const Offerings& offerings, const Submission& application, int term_months,
                          const evidence::Judgement& judgement) const;

  Store& store_;
  kernel::Kernel& kernel_;
  LoanBook& book_;
  ProductShelf& products_;
  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<Digest, Offerings> by_permit_;
};

}  // namespace puhui::lending
