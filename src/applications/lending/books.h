// Books: one loan's balances in the bank's accounts, always summing to zero. Postings are the
// difference of two Books, so a back-dated correction and a day's accrual are booked by the same
// few lines.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace puhui::lending {

enum class AccountKind : uint8_t {
  cash,
  loan_principal,
  interest_receivable,
  penalty_receivable,
  fee_receivable,
  customer_credit,  // paid ahead by the borrower
  interest_income,
  penalty_income,
  fee_income,
  write_off_expense,
  recovery_income,
  partner_payable,  // joint lending: the partner's part of what we hold for both
  loss_allowance,   // expected loss
  impairment_expense,
};
inline constexpr size_t kAccountKinds = 14;
std::string_view name_of(AccountKind);

enum class Side : uint8_t { debit, credit };

struct Posting {
  AccountKind account = AccountKind::cash;
  Side side = Side::debit;
  int64_t minor = 0;  // more than 0
  bool operator==(const Posting&) const = default;
};

// Signed balances: debits positive. Valid when they sum to zero.
struct Books {
  std::array<int64_t, kAccountKinds> minor{};
  bool operator==(const Books&) const = default;
  int64_t& operator[](AccountKind account) { return minor[static_cast<size_t>(account)]; }
  int64_t operator[](AccountKind account) const { return minor[static_cast<size_t>(account)]; }
  Books& operator+=(const Books& other);
  Books& operator-=(const Books& other);
  int64_t sum() const;
};

// What brings the accounts from `before` to `after`: at most one posting an account, in account
// order, debits equal to credits (CHECKed).
std::vector<Posting> postings(const Books& before, const Books& after);

}  // namespace puhui::lending
