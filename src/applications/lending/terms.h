// Terms: the rules of a loan that a product declares and every contract copies, so that what a
// borrower owes follows from the contract alone, whatever happens to the product later.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/date.h"
#include "ground/base/money.h"
#include "ground/base/rate.h"
#include "ground/base/result.h"

namespace puhui::lending {

// Limits of what a contract can say. They keep every product of amount, rate and days inside 128
// bits.
inline constexpr int64_t kAmountMinorMax = 100'000'000'000'000;  // 10^14: a trillion of most currencies
inline constexpr Rate kRateMax = {10 * Rate::kOne};              // 1,000 % a year
inline constexpr int kTermsMax = 480;                            // forty years of months
inline constexpr int kGraceDaysMax = 90;
inline constexpr Date kNever = {std::numeric_limits<int32_t>::max()};

// Numbers of these enumerations are stored. Never renumbered once released.
enum class RepaymentMethod : uint8_t {
  equal_instalment,      // the same total each period; the last one absorbs the rounding
  equal_principal,       // the same principal each period, interest on what is left
  interest_only_bullet,  // interest each period, the principal with the last
  free_repayment,        // a line: interest and a minimum share each period, the rest whenever the
                         // borrower likes
};
enum class DueRule : uint8_t {
  same_day,      // the day of the first due date, clamped to short months
  end_of_month,  // the last day of each month
};
enum class PenaltyBase : uint8_t {
  overdue_principal,
  overdue_instalment,  // interest past due bears late interest too (compound interest)
};
enum class PrepaymentRule : uint8_t {
  reduce_term,        // the instalment stays, the loan ends earlier
  reduce_instalment,  // the term stays, the instalment falls
};
enum class Residue : uint8_t { own, partner };  // who takes the minor unit that a split leaves over

enum class Component : uint8_t { penalty, fee, principal, interest };
enum class Timing : uint8_t { past_due, due, in_advance };
inline constexpr size_t kComponents = 4;
inline constexpr size_t kPairs = 12;

// One of the twelve pairs a payment is spread over. `index` numbers them 0 to 11.
struct Pair {
  Timing timing = Timing::past_due;
  Component component = Component::penalty;
  bool operator==(const Pair&) const = default;
  constexpr size_t index() const { return static_cast<size_t>(timing) * kComponents + static_cast<size_t>(component); }
  static Pair at(size_t index) {
    return {static_cast<Timing>(index / kComponents), static_cast<Component>(index % kComponents)};
  }
};
using PairAmounts = std::array<int64_t, kPairs>;  // minor units by Pair::index

// The order in which a payment goes over the pairs: always a permutation of all twelve.
using AllocationOrder = std::array<Pair, kPairs>;
AllocationOrder default_allocation();  // past due, due, in advance; in each penalty, fee, interest, principal
bool is_permutation_of_pairs(const AllocationOrder& order);

struct Prepayment {
  bool allowed = true;
  PrepaymentRule rule = PrepaymentRule::reduce_term;
  Rate fee_rate;  // of the principal prepaid
  bool operator==(const Prepayment&) const = default;
};

// Joint lending: the partner bank's share of every amount. A zero share is a loan of our own.
struct Partner {
  Rate share;
  Residue residue = Residue::own;
  bool operator==(const Partner&) const = default;
};

struct Terms {
  RepaymentMethod method = RepaymentMethod::equal_instalment;
  DayCount day_count = DayCount::actual_365_fixed;
  Rounding rounding = Rounding::half_even;  // of interest when it falls due
  DueRule due_rule = DueRule::same_day;
  int period_months = 1;
  int principal_grace_terms = 0;  // that many first instalments are interest only
  Rate minimum_principal;         // free_repayment: share of the balance that falls due each period
  int grace_days = 0;             // paid within them, being late costs nothing
  Rate penalty_over;              // late money bears the contract rate plus this
  PenaltyBase penalty_base = PenaltyBase::overdue_principal;
  AllocationOrder allocation = default_allocation();
  Prepayment prepayment;
  Partner partner;
  bool operator==(const Terms&) const = default;
};

// Every fault of the terms, under the names a product file uses.
void check(const Terms& terms, Faults& faults);

void encode(const Terms& terms, ByteWriter& out);
Terms decode_terms(ByteReader& in);  // rejects in `in` what `check` would fault

// The words that product files and answers use for each value.
std::string_view name_of(RepaymentMethod);
std::string_view name_of(DueRule);
std::string_view name_of(PenaltyBase);
std::string_view name_of(PrepaymentRule);
std::string_view name_of(Residue);
std::string_view name_of(Component);
std::string_view name_of(Timing);
std::string_view name_of(DayCount);
std::string_view name_of(Rounding);

// All values of an enumeration with their words, in stored order.
template <class E>
struct Named {
  E value;
  std::string_view name;
};
template <class E>
std::span<const Named<E>> values_of();

template <class E>
std::optional<E> parse_name(std::string_view name) {
  for (const Named<E>& named : values_of<E>()) {
    if (named.name == name) return named.value;
  }
  return std::nullopt;
}

}  // namespace puhui::lending
