// For tests only: random calls to a ledger that mostly make sense, and often enough do not, so that every rule is
// reached. reference_ledger.h says what must come of them.
#pragma once

#include <vector>

#include "ground/base/random.h"
#include "infrastructure/ledger/transfer.h"

namespace puhui::ledger {

class RandomCalls {
 public:
  explicit RandomCalls(uint64_t seed) : draw_(Random(seed), 7, 0) {}

  Timestamp next_time() {
    // Sometimes the clock stands, sometimes it jumps back.
    const uint64_t kind = draw_.below(20);
    if (kind == 0) return {now_us_ - static_cast<int64_t>(draw_.below(5'000'000))};
    if (kind > 2) now_us_ += static_cast<int64_t>(draw_.below(400'000));
    return {now_us_};
  }

  std::vector<Account> some_accounts() {
    std::vector<Account> out;
    for (uint64_t i = 1 + draw_.below(3); i > 0; --i) {
      const uint64_t number = draw_.below(kAccounts + 1);  // 0 is no id
      Account account = account_of(number);
      if (draw_.chance(0.05)) account.code ^= 1;
      if (draw_.chance(0.05)) account.currency = Currency::from_number(392);
      if (draw_.chance(0.05)) account.limit = Limit::none;
      out.push_back(account);
    }
    return out;
  }
  // Mostly one of that currency.
  AccountId some_account(bool dollars) {
    uint64_t number = draw_.below(kAccounts + 2);
    if (!draw_.chance(0.05)) number = dollars ? number - number % 5 : number + (number % 5 == 0 ? 1 : 0);
    return AccountId(Id128{0, number});
  }
  AccountId some_account() { return AccountId(Id128{0, draw_.below(kAccounts + 2)}); }

  std::vector<Transfer> some_transfers(size_t count) {
    std::vector<Transfer> out;
    for (size_t i = 0; i < count; ++i) out.push_back(some_transfer());
    return out;
  }
  uint64_t below(uint64_t bound) { return draw_.below(bound); }
  bool chance(double probability) { return draw_.chance(probability); }

 private:
  static constexpr uint64_t kAccounts = 32, kRemembered = 512;

  static Account account_of(uint64_t number) {
    return {AccountId(Id128{0, number}), Currency::from_number(number % 5 == 0 ? 840 : 156),
            static_cast<uint32_t>(number % 3), static_cast<Limit>(number % 4 == 3 ? 0 : number % 4)};
  }

  TransferId new_id() {
    const uint64_t milliseconds = static_cast<uint64_t>(now_us_) / 1000 + (draw_.chance(0.01) ? 400'000'000 : 0);
    if (draw_.chance(0.02)) return TransferId(Id128{draw_.next(), draw_.next()});
    return TransferId(Id128{milliseconds << 16 | draw_.below(1 << 16), draw_.next()});
  }

  int64_t some_amount() {
    if (draw_.chance(0.02)) return -static_cast<int64_t>(draw_.below(3));
    return static_cast<int64_t>(draw_.below(draw_.chance(0.5) ? 100 : 1'000'000));
  }

  Transfer some_transfer() {
    if (!sent_.empty() && draw_.chance(0.10)) {
      Transfer again = sent_[draw_.below(sent_.size())];
      if (draw_.chance(0.5)) change_one(again);
      return again;
    }
    Transfer out = draw_.chance(0.25) && !sent_.empty() ? some_end() : some_move();
    out.flags.linked = draw_.chance(0.12);
    if (draw_.chance(0.005)) out.id = {};
    if (sent_.size() < kRemembered) {
      sent_.push_back(out);
    } else {
      sent_[draw_.below(kRemembered)] = out;
    }
    return out;
  }

  Transfer some_move() {
    const bool dollars = draw_.chance(0.15);
    Transfer out{.id = new_id(),
                 .debit = some_account(dollars),
                 .credit = some_account(dollars),
                 .amount_minor = some_amount(),
                 .currency = Currency::from_number(dollars ? 840 : 156),
                 .code = static_cast<uint32_t>(draw_.below(3))};
    if (draw_.chance(0.003)) {
      // A few accounts without a limit fill up to what can be counted.
      constexpr uint64_t kGiants[] = {27, 28, 31, 32};
      out.debit = AccountId(Id128{0, kGiants[draw_.below(4)]});
      out.credit = AccountId(Id128{0, kGiants[draw_.below(4)]});
      out.amount_minor = INT64_MAX / 3;
    }
    if (draw_.chance(0.3)) out.user_data = {draw_.below(2), draw_.below(3)};
    // Two accounts seldom have anything pending, so that they can be closed.
    constexpr uint64_t kQuiet = 29;
    const bool quiet = out.debit.low / 2 == kQuiet / 2 || out.credit.low / 2 == kQuiet / 2;
    out.flags.pending = draw_.chance(quiet ? 0.01 : 0.3);
    out.flags.balancing_debit = draw_.chance(0.05);
    out.flags.balancing_credit = draw_.chance(0.05);
    if ((out.flags.pending && draw_.chance(0.6)) || draw_.chance(0.005)) {
      out.timeout_s = static_cast<uint32_t>(draw_.below(4));
    }
    if (draw_.chance(0.005)) out.pending_id = new_id();
    return out;
  }

  // Posts or voids something sent before, pending or not.
  Transfer some_end() {
    size_t place = draw_.below(sent_.size());
    for (int tries = 0; tries < 4 && !sent_[place].flags.pending; ++tries) place = draw_.below(sent_.size());
    const Transfer& sent = sent_[place];
    Transfer out{.id = new_id(), .currency = sent.currency, .pending_id = sent.id};
    (draw_.chance(0.6) ? out.flags.post_pending : out.flags.void_pending) = true;
    if (draw_.chance(0.3)) out.debit = sent.debit, out.credit = sent.credit, out.code = sent.code;
    if (draw_.chance(0.3)) out.amount_minor = sent.amount_minor / static_cast<int64_t>(1 + draw_.below(2));
    if (draw_.chance(0.05)) out.amount_minor = sent.amount_minor + 1;
    if (draw_.chance(0.03)) change_one(out);
    if (draw_.chance(0.01)) out.pending_id = draw_.chance(0.5) ? out.id : new_id();
    return out;
  }

  void change_one(Transfer& transfer) {
    switch (draw_.below(11)) {
      case 0: transfer.flags.pending = !transfer.flags.pending; break;
      case 1: transfer.flags.post_pending = !transfer.flags.post_pending; break;
      case 2: transfer.flags.balancing_debit = !transfer.flags.balancing_debit; break;
      case 3: transfer.pending_id = new_id(); break;
      case 4: transfer.timeout_s += 1; break;
      case 5: transfer.debit = some_account(); break;
      case 6: transfer.credit = some_account(); break;
      case 7: transfer.amount_minor += 1; break;
      case 8: transfer.currency = Currency::from_number(392); break;
      case 9: transfer.code += 1; break;
      default: transfer.user_data.low += 1;
    }
  }

  RandomStream draw_;
  int64_t now_us_ = 1'700'000'000'000'000;
  std::vector<Transfer> sent_;
};

}  // namespace puhui::ledger
