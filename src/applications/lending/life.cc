#include "applications/lending/life.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr uint64_t kLifeRun = 0x11FE;     // keeps these draws apart from those the population was made with
constexpr int kBadWithinInstalments = 9;  // so that a bad end shows within a year
constexpr int kEarlyDaysMax = 5;
constexpr int kLateDaysMax = 25;  // below the shortest month: one instalment is settled before the next falls due
constexpr int kPromiseDaysMin = 35, kPromiseDaysMax = 75;
constexpr int kPrepayDaysMax = 14;  // before the due date
constexpr int kYearDays = 365;

Date month_end_after(Date day) {
  const Date end = day.end_of_month();
  return end > day ? end : day.plus_days(1).end_of_month();
}

// One loan being lived. It stops at every due date, so that between two stops the principal does not change.
class Living {
 public:
  Living(const Product& product, const Contract& contract, bool bad, RandomStream draws, const Behaviour& behaviour)
      : product_(product), contract_(contract), behaviour_(behaviour), draws_(draws), bad_(bad) {}

  Result<LifeResult> run() {
    TRY(begin());
    while (!is_over()) TRY(next_stop());
    if (state_.status == Status::charged_off) TRY(recover());
    return finish();
  }

 private:
  Result<void> begin() {
    state_ = open(contract_);
    const int payments = std::min(contract_.instalments, kBadWithinInstalments);
    if (bad_) payments_left_ = payments_before_stopping(payments);
    result_.months.reserve(static_cast<size_t>(contract_.instalments) + 1);
    month_end_ = month_end_after(contract_.opened_on);
    TRY(happen(EventKind::drawdown, contract_.opened_on, contract_.principal_minor));
    const int64_t fee =
        multiply_divide(contract_.principal_minor, product_.drawdown_fee.ppb, Rate::kOne, contract_.terms.rounding);
    if (fee > 0) {  // kept back from what is paid out
      TRY(happen(EventKind::fee, contract_.opened_on, fee));
      TRY(happen(EventKind::repayment, contract_.opened_on, fee));
    }
    plan_payment();
    return {};
  }

  int payments_before_stopping(int payments) {
    const bool never = draws_.chance(behaviour_.first_payment_default);
    const double share = std::pow(draws_.uniform(), behaviour_.stop_exponent);
    return never || payments == 1 ? 0 : 1 + static_cast<int>(share * (payments - 1));
  }

  // An empty line stays open in the books until its term ends; here nobody draws on it again.
  bool is_over() const {
    if (state_.status != Status::active) return true;
    return contract_.kind == ProductKind::revolving && state_.principal_minor() == 0 && due_minor() == 0 &&
           state_.plan.interest.minor == 0;
  }

  // The next day on which something happens or is noted.
  Result<void> next_stop() {
    const Date charge_off = state_.unpaid.empty() ? kNever : oldest_due().plus_days(product_.charge_off_days);
    const Date next = std::min({state_.plan.next_due, pay_on_, charge_off});
    CHECK(next != kNever, "a loan that is owed falls due, is paid or is written off");
    const Date stop = std::min(next, month_end_);
    move_to(stop);
    if (pay_on_ == stop) TRY(payment_day());
    if (state_.status == Status::active && state_.days_past_due() >= product_.charge_off_days) TRY(write_off());
    if (month_end_ == stop && !is_over()) note_month();
    return {};
  }

  Date oldest_due() const { return state_.unpaid.items().front().due; }

  void move_to(Date to) {
    principal_days_ += static_cast<__int128>(state_.principal_minor()) * days_between(state_.date(), to);
    advance(contract_, to, state_);
  }

  // When the instalment that falls due next will be paid, and whether all is paid with it.
  void plan_payment() {
    planned_due_ = state_.plan.next_due;
    pays_all_ = false;
    pay_on_ = kNever;
    if (planned_due_ == kNever || (bad_ && payments_left_ == 0)) return plan_promise();
    const double when = draws_.uniform();
    const double prepays = draws_.uniform();
    const double days = draws_.uniform();
    const auto day = [&](int min, int max) { return min + static_cast<int>(days * (max - min + 1)); };
    const bool line = contract_.kind == ProductKind::revolving;
    const int grace = std::min(contract_.terms.grace_days, kLateDaysMax - 1);
    pay_on_ = planned_due_;
    if (!bad_ && (line || contract_.terms.prepayment.allowed) &&
        prepays < behaviour_.prepay_chance_month * contract_.terms.period_months) {
      pays_all_ = true;
      pay_on_ = std::max(state_.date(), planned_due_.plus_days(-day(1, kPrepayDaysMax)));
    } else if (when < behaviour_.early_share) {
      // On a line money that comes early repays principal and the instalment would still fall due.
      if (!line) pay_on_ = std::max(state_.date(), planned_due_.plus_days(-day(1, kEarlyDaysMax)));
    } else if (when < behaviour_.early_share + behaviour_.grace_share) {
      if (grace > 0) pay_on_ = planned_due_.plus_days(day(1, grace));
    } else if (when < behaviour_.early_share + behaviour_.grace_share + behaviour_.late_share) {
      pay_on_ = planned_due_.plus_days(day(grace + 1, kLateDaysMax));
    }
  }

  // Whoever stopped may pay once more, half of what is past due: enough to fall back a bucket, not to be cured.
  void plan_promise() {
    if (planned_due_ == kNever || promised_) return;
    promised_ = true;
    if (!draws_.chance(behaviour_.promise_share)) return;
    pay_on_ =
        planned_due_.plus_days(kPromiseDaysMin + static_cast<int>(draws_.below(kPromiseDaysMax - kPromiseDaysMin + 1)));
  }

  Result<void> payment_day() {
    const Date today = state_.date();
    if (promised_) {
      pay_on_ = kNever;
      int64_t unpaid_minor = 0;
      for (const Unpaid& item : state_.unpaid.items()) unpaid_minor += item.principal_minor + item.interest_minor;
      return pay(EventKind::repayment, unpaid_minor / 2);
    }
    if (pays_all_) {
      pay_on_ = planned_due_;  // not needed when all is paid
      const bool line = contract_.kind == ProductKind::revolving;
      TRY(pay(line ? EventKind::repayment : EventKind::prepayment, payoff_minor(contract_, state_)));
    } else if (today < planned_due_) {
      pay_on_ = planned_due_;
      return pay(EventKind::repayment, next_instalment_minor() - state_.credit_minor);
    } else {
      TRY(pay(EventKind::repayment, due_minor() - state_.credit_minor));
      // A line whose order of payment puts principal in advance before what is due: only all of it pays what is due.
      if (!bad_ && due_minor() > 0) TRY(pay(EventKind::repayment, payoff_minor(contract_, state_)));
    }
    payments_left_ -= 1;
    if (!is_over()) plan_payment();
    return {};
  }

  int64_t due_minor() const {
    const PairAmounts amounts = owed(state_);
    int64_t out = 0;
    for (size_t i = 0; i < kPairs; ++i) {
      if (Pair::at(i).timing != Timing::in_advance) out += amounts[i];
    }
    return out;
  }

  int64_t next_instalment_minor() const {
    Plan plan = state_.plan;
    accrue_to(contract_.terms, plan.next_due, plan);
    const Due due = fall_due(contract_.terms, plan);
    return due.principal_minor + due.interest_minor;
  }

  Result<void> pay(EventKind kind, int64_t minor) {
    if (minor <= 0) return {};
    return happen(kind, state_.date(), minor);
  }

  Result<void> happen(EventKind kind, Date date, int64_t minor) {
    Event event;
    events_ += 1;
    event.id = EventId(Id128{.high = 1, .low = events_});
    event.kind = kind;
    event.date = date;
    event.amount_minor = minor;
    TRY(apply(contract_, event, state_));
    return {};
  }

  int bucket() const { return bucket_of(state_.days_past_due(), product_.bucket_edges); }

  void note_month() {
    result_.worst_bucket = std::max(result_.worst_bucket, bucket());
    result_.months.push_back({.loan = contract_.loan,
                              .month_end = month_end_,
                              .opened_on = contract_.opened_on,
                              .bucket = bucket(),
                              .charged_off = false,
                              .principal_minor = state_.principal_minor()});
    month_end_ = month_end_after(month_end_);
  }

  Result<void> write_off() {
    result_.worst_bucket = std::max(result_.worst_bucket, bucket());
    result_.months.push_back({.loan = contract_.loan,
                              .month_end = month_end_,
                              .opened_on = contract_.opened_on,
                              .bucket = bucket(),
                              .charged_off = true,
                              .principal_minor = state_.principal_minor()});
    return happen(EventKind::charge_off, state_.date(), 0);
  }

  // On average 1 − LGD of the claim comes back: nothing from some, the more from the others.
  Result<void> recover() {
    const double mean = 1 - std::min(product_.lgd.as_double(), 1.0);
    const double payers = std::clamp(std::max(behaviour_.recovery_share, mean), 0.01, 1.0);
    const bool pays = draws_.chance(payers);
    const double middle = mean / payers;
    const double width = std::min(middle, 1 - middle);
    const double share = middle + width * (2 * draws_.uniform() - 1);
    const auto months = 1 + static_cast<int>(draws_.below(static_cast<uint64_t>(behaviour_.recovery_months_max)));
    if (!pays) return {};
    const Date written_off_on = state_.date();
    const int64_t claim = state_.totals.write_off_minor;
    int64_t left = std::min(claim, static_cast<int64_t>(share * static_cast<double>(claim)));
    for (int month = 1; month <= months && left > 0; ++month) {
      const int64_t part = left / (months - month + 1);
      left -= part;
      if (part > 0) TRY(happen(EventKind::recovery, written_off_on.plus_months(month), part));
    }
    return {};
  }

  LifeResult finish() {
    const Totals& totals = state_.totals;
    LifeResult& out = result_;
    out.interest_minor = totals.interest_income_minor;
    out.penalty_minor = totals.penalty_income_minor;
    out.fee_minor = totals.fee_income_minor;
    out.write_off_minor = totals.write_off_minor;
    out.recovery_minor = totals.recovery_minor;
    constexpr __int128 kYear = static_cast<__int128>(kYearDays) * Rate::kOne;
    out.funding_minor = divide(principal_days_ * product_.costs.funding.ppb, kYear, Rounding::half_even);
    out.operating_minor = divide(principal_days_ * product_.costs.operating.ppb, kYear, Rounding::half_even);
    out.profit_minor = out.interest_minor + out.penalty_minor + out.fee_minor + out.recovery_minor -
                       out.write_off_minor - out.funding_minor - out.operating_minor;
    out.status = state_.status == Status::charged_off ? Status::charged_off : Status::paid_off;
    out.ended_on = state_.date();
    out.state = state_;
    return std::move(out);
  }

  const Product& product_;
  const Contract& contract_;
  const Behaviour& behaviour_;
  RandomStream draws_;
  bool bad_;
  State state_;
  LifeResult result_;
  Date month_end_, planned_due_ = kNever, pay_on_ = kNever;
  bool pays_all_ = false, promised_ = false;
  int payments_left_ = 0;  // of a bad borrower, before they stop
  uint64_t events_ = 0;
  __int128 principal_days_ = 0;
};

}  // namespace

Result<LifeResult> live(const Product& product, const Contract& contract, bool bad, Random random, uint64_t row,
                        const Behaviour& behaviour) {
  return Living(product, contract, bad, RandomStream(random, kLifeRun, row), behaviour).run();
}

}  // namespace puhui::lending
