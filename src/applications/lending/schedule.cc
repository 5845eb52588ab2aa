#include "applications/lending/schedule.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

Date due_date(const Terms& terms, Date anchor, int index) {
  const Date due = anchor.plus_months(index * terms.period_months);
  return terms.due_rule == DueRule::end_of_month ? due.end_of_month() : due;
}

int64_t principal_part(const Terms& terms, const Plan& plan, int64_t interest_minor) {
  const int64_t all = plan.principal_minor;
  if (plan.terms_left == 1) return all;
  switch (terms.method) {
    case RepaymentMethod::equal_instalment:
      return plan.interest_only_left > 0 ? 0 : std::clamp<int64_t>(plan.level_minor - interest_minor, 0, all);
    case RepaymentMethod::equal_principal: return plan.interest_only_left > 0 ? 0 : std::min(plan.level_minor, all);
    case RepaymentMethod::interest_only_bullet: return 0;
    case RepaymentMethod::free_repayment:
      return multiply_divide(all, terms.minimum_principal.ppb, Rate::kOne, Rounding::up);
  }
  return 0;
}

// The periods ahead as exact factors: interest of a period is (balance · factor + extra) / carry
// unit, rounded.
struct Periods {
  std::vector<int64_t> factors;  // rate · units of each period; the first from accrued_to on
  __int128 extra = 0;            // of the first: what has accrued before
  int interest_only = 0;
};

Periods periods_of(const Terms& terms, const Plan& plan) {
  Periods out;
  out.interest_only = plan.interest_only_left;
  out.extra = static_cast<__int128>(plan.interest.minor) * carry_unit(terms.day_count) + plan.interest.carry;
  out.factors.reserve(static_cast<size_t>(plan.terms_left));
  Date start = plan.period_start, from = plan.accrued_to, due = plan.next_due;
  for (int i = 0; i < plan.terms_left; ++i) {
    out.factors.push_back(plan.rate.ppb * day_units(terms.day_count, start, from, due));
    start = from = due;
    due = due_date(terms, plan.due_anchor, plan.due_index + i + 1);
  }
  return out;
}

int64_t divide_quickly(__int128 numerator, int64_t unit, Rounding rounding) {
  if (numerator > std::numeric_limits<int64_t>::max() || rounding != Rounding::half_even) {
    return divide(numerator, unit, rounding);
  }
  const auto small = static_cast<int64_t>(numerator);
  const int64_t whole = small / unit, rest = small % unit;
  return whole + (rest > unit - rest || (rest == unit - rest && (whole & 1) != 0) ? 1 : 0);
}

// Is nothing left after the last instalment when each is at most `level`?
bool repays(const Terms& terms, const Periods& periods, int64_t principal_minor, int64_t level_minor) {
  const int64_t unit = carry_unit(terms.day_count);
  int64_t balance = principal_minor;
  for (size_t i = 0; i < periods.factors.size(); ++i) {
    const __int128 exact = static_cast<__int128>(balance) * periods.factors[i] + (i == 0 ? periods.extra : 0);
    const int64_t interest = divide_quickly(exact, unit, terms.rounding);
    if (i + 1 == periods.factors.size()) return balance + interest <= level_minor;
    if (static_cast<int>(i) < periods.interest_only) continue;
    balance -= std::clamp<int64_t>(level_minor - interest, 0, balance);
  }
  return true;
}

// The annuity in floating point: only where the exact search starts, so its error cannot reach the
// result.
int64_t guess_level(const Terms& terms, const Periods& periods, int64_t principal_minor) {
  const auto unit = static_cast<double>(carry_unit(terms.day_count));
  double discount = 1, sum = 0;
  for (size_t i = 0; i < periods.factors.size(); ++i) {
    if (static_cast<int>(i) < periods.interest_only) continue;
    discount /= 1 + static_cast<double>(periods.factors[i]) / unit;
    sum += discount;
  }
  const double level = (static_cast<double>(principal_minor) + static_cast<double>(periods.extra) / unit) / sum;
  return std::isfinite(level) && level < 9e18 ? static_cast<int64_t>(level) : principal_minor;
}

// The smallest level that repays: `repays` is monotone in the level, as a balance that starts lower
// stays lower.
int64_t smallest_level(const Terms& terms, const Periods& periods, int64_t principal_minor) {
  const auto enough = [&](int64_t level) { return repays(terms, periods, principal_minor, level); };
  const int64_t guess = std::max<int64_t>(guess_level(terms, periods, principal_minor), 1);
  int64_t low = guess, high = guess;  // low does not repay, high does
  for (int64_t step = 1; !enough(high); step *= 4) {
    low = high;
    high += step;
  }
  if (low == high) {
    for (int64_t step = 1;; step *= 4) {
      low = std::max<int64_t>(high - step, 0);
      if (low == 0 || !enough(low)) break;
      high = low;
    }
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

Plan open_plan(const Contract& contract) {
  Plan plan;
  plan.rate = contract.rate;
  plan.period_start = plan.accrued_to = contract.opened_on;
  plan.terms_left = contract.instalments;
  plan.interest_only_left = contract.terms.principal_grace_terms;
  // Counting from the day of opening keeps its day: 31 January, 28 February, 31 March.
  const bool from_opening = due_date(contract.terms, contract.opened_on, 1) == contract.first_due;
  plan.due_anchor = from_opening ? contract.opened_on : contract.first_due;
  plan.due_index = from_opening ? 1 : 0;
  plan.next_due = contract.first_due;
  return plan;
}

Date next_due_of(const Terms& terms, const Plan& plan) {
  return plan.terms_left == 0 ? kNever : due_date(terms, plan.due_anchor, plan.due_index);
}

void accrue_to(const Terms& terms, Date to, Plan& plan) {
  CHECK(to >= plan.accrued_to && to <= plan.next_due, "interest accrues forward inside one period");
  if (plan.principal_minor != 0 && to != plan.accrued_to) {
    const int64_t units = day_units(terms.day_count, plan.period_start, plan.accrued_to, to);
    accrue(terms.day_count, plan.principal_minor, plan.rate, units, plan.interest);
  }
  plan.accrued_to = to;
}

Due fall_due(const Terms& terms, Plan& plan) {
  CHECK(plan.accrued_to == plan.next_due && plan.terms_left > 0, "an instalment falls due on its day");
  Due due;
  due.interest_minor = rounded(terms.day_count, terms.rounding, plan.interest);
  due.rounding_minor = due.interest_minor - plan.interest.minor;
  due.principal_minor = principal_part(terms, plan, due.interest_minor);
  plan.principal_minor -= due.principal_minor;
  plan.interest = {};
  plan.period_start = plan.next_due;
  plan.terms_left -= 1;
  plan.interest_only_left = std::max(plan.interest_only_left - 1, 0);
  plan.due_index += 1;
  plan.next_due = next_due_of(terms, plan);
  return due;
}

void set_level(const Terms& terms, Plan& plan) {
  plan.level_minor = 0;
  if (plan.terms_left == 0 || plan.principal_minor == 0) return;
  if (terms.method == RepaymentMethod::equal_principal) {
    plan.level_minor = plan.principal_minor / std::max(plan.terms_left - plan.interest_only_left, 1);
  } else if (terms.method == RepaymentMethod::equal_instalment) {
    plan.level_minor = smallest_level(terms, periods_of(terms, plan), plan.principal_minor);
  }
}

void set_due_dates(const Terms& terms, Date first_due, int terms_left, Plan& plan) {
  CHECK(first_due > plan.accrued_to && terms_left > 0, "due dates lie ahead");
  plan.due_anchor = first_due;
  plan.due_index = 0;
  plan.next_due = due_date(terms, first_due, 0);
  plan.terms_left = terms_left;
  plan.interest_only_left = 0;
}

Schedule remaining(const Terms& terms, Plan plan) {
  Schedule out;
  out.reserve(static_cast<size_t>(plan.terms_left));
  while (plan.terms_left > 0) {
    const Date due = plan.next_due;
    accrue_to(terms, due, plan);
    const Due parts = fall_due(terms, plan);
    out.push_back({due, parts.principal_minor, parts.interest_minor, plan.principal_minor});
  }
  while (out.size() > 1 && out.back().total_minor() == 0) out.pop_back();  // a prepaid loan ends earlier
  return out;
}

Result<Schedule> schedule_of(const Contract& contract, const std::vector<Drawdown>& drawdowns) {
  Plan plan = open_plan(contract);
  Schedule out;
  int64_t drawn_minor = 0;
  for (const Drawdown& drawdown : drawdowns) {
    if (drawdown.date < plan.accrued_to || drawdown.amount_minor <= 0 ||
        drawdown.amount_minor > contract.principal_minor - drawn_minor) {
      return fail(ErrorCode::invalid, "drawdowns",
                  "expected drawdowns in date order from the day of opening that sum to at most "
                  "the principal, came " +
                      std::to_string(drawdown.amount_minor) + " on " + drawdown.date.text());
    }
    while (plan.next_due <= drawdown.date) {
      const Date due = plan.next_due;
      accrue_to(contract.terms, due, plan);
      const Due parts = fall_due(contract.terms, plan);
      out.push_back({due, parts.principal_minor, parts.interest_minor, plan.principal_minor});
    }
    if (plan.terms_left == 0) {
      return fail(ErrorCode::invalid, "drawdowns",
                  "expected a drawdown before the last due date, came " + drawdown.date.text());
    }
    accrue_to(contract.terms, drawdown.date, plan);
    plan.principal_minor += drawdown.amount_minor;
    drawn_minor += drawdown.amount_minor;
    set_level(contract.terms, plan);
  }
  const Schedule rest = remaining(contract.terms, plan);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

Schedule schedule_of(const Contract& contract) {
  Plan plan = open_plan(contract);
  plan.principal_minor = contract.principal_minor;
  set_level(contract.terms, plan);
  return remaining(contract.terms, plan);
}

std::string pack(const Schedule& schedule) {
  ByteWriter out;
  out.unsigned_varint(schedule.size());
  if (schedule.empty()) return out.take();
  int64_t balance_minor = schedule.back().balance_minor;
  for (const Instalment& instalment : schedule) balance_minor += instalment.principal_minor;
  out.signed_varint(balance_minor);
  Instalment before{.balance_minor = balance_minor};
  for (const Instalment& instalment : schedule) {
    out.signed_varint(days_between(before.due, instalment.due));
    out.signed_varint(instalment.total_minor() - before.total_minor());
    out.signed_varint(instalment.interest_minor - before.interest_minor);
    // Drawdowns between two due dates raise the balance: zero where there are none.
    out.signed_varint(instalment.balance_minor + instalment.principal_minor - before.balance_minor);
    before = instalment;
  }
  return out.take();
}

Result<Schedule> unpack_schedule(std::string_view bytes) {
  ByteReader in(bytes);
  Schedule out;
  const size_t count = in.count(4);
  if (count > static_cast<size_t>(kTermsMax)) in.reject();
  Instalment before;
  if (in.ok() && count > 0) before.balance_minor = in.signed_varint();
  const auto within = [](int64_t value, int64_t max) { return value >= -max && value <= max; };
  constexpr int64_t kMax = 1'000 * kAmountMinorMax;  // forty years of interest at the highest rate
  if (!within(before.balance_minor, kMax)) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const int64_t days = in.signed_varint(), total = in.signed_varint(), interest = in.signed_varint(),
                  drawn = in.signed_varint();
    if (!within(days, 100'000) || !within(total, kMax) || !within(interest, kMax) || !within(drawn, kMax)) in.reject();
    if (!in.ok()) break;
    Instalment next;
    next.due = before.due.plus_days(static_cast<int>(days));
    next.interest_minor = before.interest_minor + interest;
    next.principal_minor = before.total_minor() + total - next.interest_minor;
    next.balance_minor = before.balance_minor + drawn - next.principal_minor;
    if (next.interest_minor < 0 || next.principal_minor < 0 || next.balance_minor < 0 || next.total_minor() > kMax ||
        next.balance_minor > kMax || !within(next.due.days, 1'000'000)) {
      in.reject();
    }
    out.push_back(next);
    before = next;
  }
  TRY(in.finish("a schedule"));
  return out;
}

}  // namespace puhui::lending
