#include "applications/lending/contract.h"

#include <algorithm>

namespace puhui::lending {

namespace {

constexpr uint8_t kVersion = 1;      // of the bytes
constexpr Date kOldest = {-25'567};  // 1900-01-01
constexpr Date kNewest = {84'006};   // 2200-01-01

std::string minor_text(int64_t minor, Currency currency) { return Money{minor, currency}.text(); }

void check_amount(const Product& product, int64_t minor, Faults& faults) {
  const AmountRange& amount = product.amount;
  if (minor < amount.min_minor || minor > amount.max_minor) {
    faults.add("principal_minor", "expected " + minor_text(amount.min_minor, product.currency) + " to " +
                                      minor_text(amount.max_minor, product.currency) + ", came " +
                                      minor_text(minor, product.currency));
  } else if (minor % amount.step_minor != 0) {
    faults.add("principal_minor", "expected a multiple of " + minor_text(amount.step_minor, product.currency) +
                                      ", came " + minor_text(minor, product.currency));
  }
}

// A plan needs its due dates: all of them lie within the calendar this engine keeps.
bool dates_hold(const Contract& contract) {
  if (contract.opened_on < kOldest || contract.opened_on >= contract.first_due || contract.first_due > kNewest)
    return false;
  return contract.terms.due_rule != DueRule::end_of_month || contract.first_due.end_of_month() == contract.first_due;
}

bool holds(const Contract& contract) {
  return contract.principal_minor > 0 && contract.principal_minor <= kAmountMinorMax && contract.rate.ppb >= 0 &&
         contract.rate <= kRateMax && contract.instalments > contract.terms.principal_grace_terms &&
         contract.instalments >= 1 && contract.instalments <= kTermsMax && dates_hold(contract) &&
         (contract.kind == ProductKind::revolving) == (contract.terms.method == RepaymentMethod::free_repayment);
}

int32_t decode_day(ByteReader& in) {
  const int64_t days = in.signed_varint();
  if (days < kOldest.days || days > kNewest.days) in.reject();
  return in.ok() ? static_cast<int32_t>(days) : 0;
}

}  // namespace

Result<Contract> make_contract(const Product& product, const Offer& offer) {
  return make_contract(product, product.hash(), offer);
}

Result<Contract> make_contract(const Product& product, const Digest& product_hash, const Offer& offer) {
  Faults faults;
  check_amount(product, offer.principal_minor, faults);
  if (std::ranges::find(product.terms_months, offer.term_months) == product.terms_months.end()) {
    faults.add("term_months",
               "the product " + product.name + " has no term of " + std::to_string(offer.term_months) + " months");
  }
  if (offer.rate < product.costs.floor || offer.rate > product.costs.cap) {
    faults.add("rate", "expected " + product.costs.floor.text() + " to " + product.costs.cap.text() + ", came " +
                           offer.rate.text());
  }
  if (offer.opened_on < kOldest || offer.opened_on > Date{kNewest.days - 800}) {
    faults.add("opened_on", "expected a day from 1900 to 2197");
  }
  TRY(std::move(faults).result());
  return Contract{.loan = offer.loan,
                  .borrower = offer.borrower,
                  .product = product.name,
                  .product_hash = product_hash,
                  .kind = product.kind,
                  .currency = product.currency,
                  .principal_minor = offer.principal_minor,
                  .rate = offer.rate,
                  .instalments = offer.term_months / product.terms.period_months,
                  .opened_on = offer.opened_on,
                  .first_due = product.first_due(offer.opened_on),
                  .terms = product.terms};
}

std::string encode(const Contract& contract) {
  ByteWriter out;
  out.u8(kVersion);
  out.id(contract.loan);
  out.id(contract.borrower);
  out.text(contract.product);
  out.digest(contract.product_hash);
  out.u8(static_cast<uint8_t>(contract.kind));
  out.unsigned_varint(contract.currency.number());
  out.unsigned_varint(static_cast<uint64_t>(contract.principal_minor));
  out.unsigned_varint(static_cast<uint64_t>(contract.rate.ppb));
  out.unsigned_varint(static_cast<uint64_t>(contract.instalments));
  out.signed_varint(contract.opened_on.days);
  out.signed_varint(contract.first_due.days);
  encode(contract.terms, out);
  return out.take();
}

Result<Contract> decode_contract(std::string_view bytes) {
  ByteReader in(bytes);
  Contract contract;
  if (in.u8() != kVersion) in.reject();
  contract.loan = LoanId(in.id());
  contract.borrower = BorrowerId(in.id());
  const std::string_view product = in.text();
  if (product.size() > kProductNameBytesMax) in.reject();
  contract.product = std::string(product.substr(0, kProductNameBytesMax));
  contract.product_hash = in.digest();
  const uint8_t kind = in.u8();
  if (kind > 1) in.reject();
  contract.kind = kind == 0 ? ProductKind::revolving : ProductKind::term;
  const uint64_t currency = in.unsigned_varint();
  if (currency > 999 || !Currency::is_known(static_cast<uint16_t>(currency))) in.reject();
  if (in.ok()) contract.currency = Currency::from_number(static_cast<uint16_t>(currency));
  contract.principal_minor = static_cast<int64_t>(in.unsigned_varint());
  contract.rate = {static_cast<int64_t>(in.unsigned_varint())};
  contract.instalments = static_cast<int>(std::min<uint64_t>(in.unsigned_varint(), kTermsMax + 1));
  contract.opened_on = {decode_day(in)};
  contract.first_due = {decode_day(in)};
  contract.terms = decode_terms(in);
  if (in.ok() && !holds(contract)) in.reject();
  TRY(in.finish("a contract"));
  return contract;
}

}  // namespace puhui::lending
