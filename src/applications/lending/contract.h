// Contract: what bank and borrower agreed, never changed after signing. What happens later are
// events.
#pragma once

#include <string>
#include <string_view>

#include "applications/lending/product.h"
#include "applications/lending/terms.h"
#include "ground/base/hash.h"
#include "ground/base/id.h"

namespace puhui::lending {

using LoanId = Id<struct LoanTag>;
using BorrowerId = Id<struct BorrowerTag>;

struct Contract {
  LoanId loan;
  BorrowerId borrower;
  std::string product;  // its name
  Digest product_hash;  // the version that was signed
  ProductKind kind = ProductKind::term;
  Currency currency;
  int64_t principal_minor = 0;  // a term loan's principal, a line's limit
  Rate rate;                    // nominal, a year
  int instalments = 1;          // term in periods of terms.period_months
  Date opened_on;
  Date first_due;  // after opened_on
  Terms terms;
  bool operator==(const Contract&) const = default;
};

struct Offer {
  LoanId loan;
  BorrowerId borrower;
  int64_t principal_minor = 0;
  Rate rate;
  int term_months = 0;
  Date opened_on;
};
// The contract of an offer that was accepted; faults what the product does not allow (amount, step,
// term, cap).
Result<Contract> make_contract(const Product& product, const Offer& offer);
// The same where product.hash() is known already: printing a product costs more than the rest.
Result<Contract> make_contract(const Product& product, const Digest& product_hash, const Offer& offer);

std::string encode(const Contract& contract);              // about 130 bytes
Result<Contract> decode_contract(std::string_view bytes);  // `corrupt` on anything encode did not write

}  // namespace puhui::lending
