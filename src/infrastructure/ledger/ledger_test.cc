#include "infrastructure/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "ground/store/test_store.h"
#include "infrastructure/ledger/random_calls.h"
#include "infrastructure/ledger/reference_ledger.h"

namespace puhui::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Currency kYuan;
constexpr int64_t kStart = 1'700'000'000'000'000;

AccountId account(uint64_t number) { return AccountId(Id128{0, number}); }
TransferId id(uint64_t number) { return TransferId(Id128{kStart / 1000ull << 16, number}); }
Transfer moving(uint64_t number, uint64_t from, uint64_t to, int64_t amount_minor) {
  return {.id = id(number), .debit = account(from), .credit = account(to), .amount_minor = amount_minor};
}

// Fails steps at random.
class RandomFaults : public StoreFaults {
 public:
  RandomFaults(uint64_t seed, double probability) : draw_(Random(seed), 9, 9), probability_(probability) {}
  Result<void> before(Step step) override {
    // An acknowledgement that fails comes after the commit: the caller sends again, which other tests look at.
    if (!armed || step == Step::read || step == Step::acknowledge || !draw_.chance(probability_)) return {};
    return fail(ErrorCode::unavailable, "injected");
  }
  std::atomic<bool> armed = false;

 private:
  RandomStream draw_;
  double probability_;
};

class LedgerTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { open(); }
  void TearDown() override { close(); }

  void open(LedgerOptions options = {}) {
    auto store = open_store(place_.where(), migrations(), {clock_, &faults_});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto ledger = Ledger::open({*store_, clock_, log_}, options);
    CHECK(ledger.has_value(), ledger ? "" : ledger.error().text().c_str());
    ledger_ = *std::move(ledger);
  }
  void close() {
    if (store_) store_->close();
    ledger_.reset();
    store_.reset();
  }
  void reopen(LedgerOptions options = {}) {
    close();
    open(options);
  }

  void open_accounts(uint64_t count, Limit limit = Limit::none) {
    std::vector<Account> wanted;
    for (uint64_t number = 1; number <= count; ++number) wanted.push_back({account(number), kYuan, 0, limit});
    const auto outcomes = ledger_->open_accounts(wanted);
    ASSERT_TRUE(outcomes) << outcomes.error().text();
  }
  Outcome send(const Transfer& transfer) {
    clock_.advance_us(1000);
    const auto outcome = ledger_->transfer(transfer);
    CHECK(outcome.has_value(), "the store takes it");
    return *outcome;
  }
  std::vector<Outcome> send(const std::vector<Transfer>& transfers) {
    clock_.advance_us(1000);
    const auto outcomes = ledger_->transfer(transfers);
    CHECK(outcomes.has_value(), "the store takes them");
    return *outcomes;
  }
  Balances balances(uint64_t number) { return ledger_->account(account(number)).value().balances; }
  void expect_sound() {
    const auto report = ledger_->verify();
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_THAT(report->faults, IsEmpty());
  }
  void behind_its_back(const std::string& sql) {
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute(sql));
      return {};
    }));
  }

  TestStore place_{GetParam()};
  ManualClock clock_{Timestamp{kStart}};
  RandomFaults faults_{20260718, 0.15};
  std::FILE* log_file_ = std::tmpfile();
  Log log_{clock_, log_file_};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_P(LedgerTest, a_transfer_moves_money_once_however_often_it_is_sent) {
  open_accounts(2);
  const Transfer transfer = moving(1, 1, 2, 500);
  EXPECT_EQ(send(transfer), Outcome::ok);
  EXPECT_EQ(send(transfer), Outcome::exists);
  reopen();
  EXPECT_EQ(send(transfer), Outcome::exists);
  EXPECT_EQ(balances(1), (Balances{.debits_posted = 500}));
  EXPECT_EQ(balances(2), (Balances{.credits_posted = 500}));
  Transfer other = transfer;
  other.amount_minor = 501;
  EXPECT_EQ(send(other), Outcome::exists_with_different_amount);
  expect_sound();
}

TEST_P(LedgerTest, a_limit_refuses_what_exceeds_it_and_a_pending_amount_counts) {
  open_accounts(3, Limit::debits_must_not_exceed_credits);
  const std::vector<Account> bank = {{account(9), kYuan, 0, Limit::none}};
  ASSERT_TRUE(ledger_->open_accounts(bank));
  EXPECT_EQ(send(moving(1, 9, 1, 100)), Outcome::ok);
  EXPECT_EQ(send(moving(2, 1, 2, 101)), Outcome::exceeds_credits);
  Transfer reserve = moving(3, 1, 2, 60);
  reserve.flags.pending = true;
  EXPECT_EQ(send(reserve), Outcome::ok);
  EXPECT_EQ(send(moving(4, 1, 2, 41)), Outcome::exceeds_credits);
  Transfer rest = moving(5, 1, 2, 1'000);
  rest.flags.balancing_debit = true;
  EXPECT_EQ(send(rest), Outcome::ok);
  EXPECT_EQ(balances(1), (Balances{.debits_posted = 40, .credits_posted = 100, .debits_pending = 60}));
}

TEST_P(LedgerTest, a_pending_transfer_is_posted_in_part_voided_or_expires) {
  open_accounts(2);
  for (uint64_t i = 1; i <= 3; ++i) {
    Transfer reserve = moving(i, 1, 2, 100);
    reserve.flags.pending = true;
    reserve.timeout_s = 10;
    EXPECT_EQ(send(reserve), Outcome::ok);
  }
  const auto ending = [&](uint64_t number, uint64_t pending, TransferFlags flags, int64_t amount) {
    return Transfer{.id = id(number), .amount_minor = amount, .flags = flags, .pending_id = id(pending)};
  };
  EXPECT_EQ(send(ending(4, 1, {.post_pending = true}, 70)), Outcome::ok);
  EXPECT_EQ(send(ending(5, 2, {.void_pending = true}, 0)), Outcome::ok);
  EXPECT_EQ(balances(1), (Balances{.debits_posted = 70, .debits_pending = 100}));
  clock_.advance_us(10'000'000);
  EXPECT_EQ(send(ending(6, 3, {.post_pending = true}, 0)), Outcome::pending_expired);
  EXPECT_EQ(balances(1), (Balances{.debits_posted = 70}));
  reopen();
  EXPECT_EQ(send(ending(7, 1, {.post_pending = true}, 0)), Outcome::pending_already_posted);
  EXPECT_EQ(send(ending(8, 2, {.post_pending = true}, 0)), Outcome::pending_already_voided);
  EXPECT_EQ(send(ending(9, 3, {.void_pending = true}, 0)), Outcome::pending_expired);
  expect_sound();
}

TEST_P(LedgerTest, a_chain_is_recorded_in_whole_or_not_at_all_and_sent_again_exists_in_whole) {
  open_accounts(3, Limit::credits_must_not_exceed_debits);
  std::vector<Transfer> chain = {moving(1, 1, 2, 10), moving(2, 2, 3, 10), moving(3, 3, 1, 11)};
  chain[0].flags.linked = chain[1].flags.linked = true;
  EXPECT_THAT(send(chain),
              ElementsAre(Outcome::exceeds_debits, Outcome::linked_event_failed, Outcome::linked_event_failed));
  const std::vector<Account> free = {{account(7), kYuan}, {account(8), kYuan}};
  ASSERT_TRUE(ledger_->open_accounts(free));
  chain = {moving(1, 7, 8, 10), moving(2, 8, 7, 4)};
  chain[0].flags.linked = true;
  EXPECT_THAT(send(chain), ElementsAre(Outcome::ok, Outcome::ok));
  EXPECT_THAT(send(chain), ElementsAre(Outcome::exists, Outcome::exists));
  chain[1].flags.linked = true;
  EXPECT_THAT(send(chain), ElementsAre(Outcome::linked_event_failed, Outcome::linked_chain_open));
  EXPECT_EQ(balances(7), (Balances{.debits_posted = 10, .credits_posted = 4}));
}

TEST_P(LedgerTest, a_closed_account_takes_no_transfers_until_it_is_reopened) {
  open_accounts(2);
  const auto set = [&](bool closed) {
    AccountOutcome outcome{};
    const auto done = store_->write([&](Transaction& tx) -> Result<void> {
      outcome = TRY(closed ? ledger_->close_account(tx, account(1), clock_.now())
                           : ledger_->reopen_account(tx, account(1), clock_.now()));
      return {};
    });
    CHECK(done.has_value(), "the store takes it");
    return outcome;
  };
  EXPECT_EQ(set(true), AccountOutcome::ok);
  EXPECT_EQ(set(true), AccountOutcome::exists);
  reopen();
  EXPECT_TRUE(ledger_->account(account(1))->closed);
  EXPECT_EQ(send(moving(1, 1, 2, 5)), Outcome::debit_account_closed);
  EXPECT_EQ(send(moving(1, 2, 1, 5)), Outcome::credit_account_closed);
  EXPECT_EQ(set(false), AccountOutcome::ok);
  EXPECT_EQ(send(moving(1, 1, 2, 5)), Outcome::ok);
  expect_sound();
}

TEST_P(LedgerTest, a_closure_that_fails_takes_its_postings_back) {
  open_accounts(2);
  const auto undone = store_->write([&](Transaction& tx) -> Result<void> {
    const Transfer transfer = moving(1, 1, 2, 5);
    EXPECT_THAT(TRY(ledger_->apply(tx, {&transfer, 1}, clock_.now())), ElementsAre(Outcome::ok));
    EXPECT_EQ(ledger_->account_now(tx, account(1))->balances.debits_posted, 5);
    EXPECT_EQ(ledger_->account(account(1))->balances.debits_posted, 0);
    return fail(ErrorCode::invalid, "the contract does not stand");
  });
  EXPECT_FALSE(undone);
  EXPECT_EQ(balances(1), Balances{});
  EXPECT_EQ(send(moving(1, 1, 2, 6)), Outcome::ok);
  expect_sound();
}

TEST_P(LedgerTest, too_many_transfers_in_one_call_are_refused) {
  const std::vector<Transfer> many(kTransfersPerCallMax + 1);
  const auto refused = ledger_->transfer(many);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
}

TEST_P(LedgerTest, history_and_past_balances_agree_with_what_was_done_when) {
  open_accounts(3);
  reopen({.postings_per_checkpoint = 16});
  struct Then {
    Timestamp at;
    Balances first, second;
  };
  std::vector<Then> past = {{Timestamp{kStart}, {}, {}}};
  const int rounds = place_.is_postgres() ? 60 : 400;
  for (int i = 1; i <= rounds; ++i) {
    Transfer transfer = moving(static_cast<uint64_t>(i), 1, i % 3 == 0 ? 3 : 2, i);
    transfer.flags.pending = i % 5 == 0;
    transfer.timeout_s = i % 10 == 0 ? 1 : 0;
    clock_.advance_us(150'000);
    ASSERT_EQ(send(transfer), Outcome::ok);
    past.push_back({clock_.now(), balances(1), balances(2)});
  }
  for (const Then& then : past) {
    EXPECT_EQ(ledger_->balance_at(account(1), then.at), then.first);
    EXPECT_EQ(ledger_->balance_at(account(2), then.at), then.second);
  }
  EXPECT_EQ(ledger_->balance_at(account(77), clock_.now()).error().code, ErrorCode::not_found);
  // Page by page, newest first; the balances before a posting are those after the one that follows.
  uint64_t before = 0, seen = 0;
  Balances expected = balances(1);
  for (;;) {
    const auto page = ledger_->history(account(1), 7, before);
    ASSERT_TRUE(page) << page.error().text();
    if (page->empty()) break;
    for (const Posting& posting : *page) {
      EXPECT_EQ(posting.debit_after, expected);
      EXPECT_TRUE(before == 0 || posting.sequence < before);
      before = posting.sequence;
      const int64_t amount = posting.transfer.amount_minor;
      if (posting.kind == Posting::Kind::expiry) {
        expected.debits_pending += posting.released_minor;
      } else {
        (posting.transfer.flags.pending ? expected.debits_pending : expected.debits_posted) -= amount;
        EXPECT_EQ(ledger_->find(posting.transfer.id).value()->sequence, posting.sequence);
      }
      ++seen;
    }
  }
  EXPECT_EQ(expected, Balances{});
  EXPECT_GT(seen, static_cast<uint64_t>(rounds));
  EXPECT_EQ(ledger_->find(id(999'999)).value(), std::nullopt);
}

TEST_P(LedgerTest, a_damaged_snapshot_is_passed_over_with_a_warning_and_the_log_tells_all) {
  open_accounts(10);
  for (uint64_t i = 1; i <= 50; ++i) ASSERT_EQ(send(moving(i, 1 + i % 10, 1 + (i + 1) % 10, 10)), Outcome::ok);
  Transfer reserve = moving(99, 1, 2, 7);
  reserve.flags.pending = true;
  ASSERT_EQ(send(reserve), Outcome::ok);
  ASSERT_TRUE(ledger_->snapshot());
  ASSERT_EQ(send(moving(51, 1, 2, 3)), Outcome::ok);
  const Balances before = balances(1);
  reopen();
  EXPECT_EQ(balances(1), before);
  std::fseek(log_file_, 0, SEEK_END);
  EXPECT_EQ(std::ftell(log_file_), 0);
  for (const char* part : {"0", "-1", "-2"}) {
    behind_its_back("UPDATE ledger_snapshot SET sha256 = body WHERE part = " + std::string(part));
  }
  reopen();
  std::fseek(log_file_, 0, SEEK_END);
  EXPECT_GT(std::ftell(log_file_), 0);
  EXPECT_EQ(balances(1), before);
  EXPECT_EQ(send({.id = id(100), .flags = {.void_pending = true}, .pending_id = id(99)}), Outcome::ok);
  expect_sound();
}

TEST_P(LedgerTest, verify_finds_a_changed_log_a_lost_id_and_a_changed_account) {
  open_accounts(3);
  for (uint64_t i = 1; i <= 5; ++i) ASSERT_EQ(send(moving(i, 1, 2, 10)), Outcome::ok);
  behind_its_back("DELETE FROM ledger_transfer_id WHERE sequence = 3");
  behind_its_back("UPDATE ledger_account SET code = 5 WHERE number = 2");
  const auto report = ledger_->verify();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(report->faults, ElementsAre(HasSubstr("index of ids"), HasSubstr("its row is not")));
  behind_its_back("DELETE FROM ledger_log WHERE first_sequence = 5");
  EXPECT_THAT(ledger_->verify()->faults, ::testing::Contains(HasSubstr("the log ends at entry 4")));
  behind_its_back(
      "UPDATE ledger_log SET body = (SELECT body FROM ledger_log WHERE first_sequence = 1) "
      "WHERE first_sequence = 2");
  EXPECT_EQ(ledger_->verify().error().code, ErrorCode::corrupt);
}

TEST_P(LedgerTest, readers_see_whole_commits_only_while_callers_write) {
  open_accounts(2);
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> next = 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 30; ++round) {
        const uint64_t first = next.fetch_add(2);
        std::vector<Transfer> pair = {moving(first, 1, 2, 1), moving(first + 1, 2, 1, 1)};
        pair[0].flags.linked = true;
        const auto outcomes = ledger_->transfer(pair);
        EXPECT_TRUE(outcomes && (*outcomes)[1] == Outcome::ok);
      }
    });
  }
  std::thread reader([&] {
    uint64_t last = 0;
    while (!stop) {
      const Balances now = balances(1);
      EXPECT_EQ(now.debits_posted, now.credits_posted);  // each commit moves there and back
      EXPECT_GE(ledger_->last_sequence(), last);
      last = ledger_->last_sequence();
      EXPECT_TRUE(ledger_->history(account(1), 3).has_value());
    }
  });
  for (auto& thread : threads) thread.join();
  stop = true;
  reader.join();
  EXPECT_EQ(balances(1).debits_posted, 240);
  expect_sound();
}

// Kills its process, as kill -9 does, before the nth step of the store.
class Killer : public StoreFaults {
 public:
  explicit Killer(int step) : left_(step) {}
  Result<void> before(Step step) override {
    if (step != Step::read && --left_ == 0) ::kill(::getpid(), SIGKILL);
    return {};
  }

 private:
  std::atomic<int> left_;
};

TEST_P(LedgerTest, a_kill_before_any_step_loses_nothing_acknowledged_and_does_nothing_twice) {
  open_accounts(2);
  close();
  const int steps = place_.is_postgres() ? 12 : 40;
  uint64_t acknowledged = 0;
  for (int step = 1; step <= steps; ++step) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      Killer killer(step);
      auto store = open_store(place_.where(), migrations(), {clock_, &killer});
      auto ledger = store ? Ledger::open({**store, clock_, log_}, {.postings_per_snapshot = 8})
                          : Result<std::unique_ptr<Ledger>>(fail(store.error()));
      for (uint64_t number = acknowledged + 1; ledger; ++number) {
        const auto outcome = (*ledger)->transfer(moving(number, 1, 2, 1));
        if (!outcome || !is_done(*outcome) || ::write(told[1], &number, sizeof number) != sizeof number) break;
      }
      ::_exit(1);
    }
    ::close(told[1]);
    for (uint64_t number = 0; ::read(told[0], &number, sizeof number) == sizeof number;) acknowledged = number;
    ::close(told[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "step " << step;
    open();
    // At most the one under way may be there beyond what was acknowledged; sent again, it is done once.
    const auto moved = static_cast<uint64_t>(balances(1).debits_posted);
    EXPECT_GE(moved, acknowledged) << "step " << step;
    EXPECT_LE(moved, acknowledged + 1) << "step " << step;
    for (uint64_t number = 1; number <= acknowledged; ++number) {
      EXPECT_EQ(send(moving(number, 1, 2, 1)), Outcome::exists) << "step " << step;
    }
    EXPECT_EQ(balances(2).credits_posted, static_cast<int64_t>(moved));
    expect_sound();
    close();
  }
  EXPECT_GT(acknowledged, static_cast<uint64_t>(steps / 2));
  open();
}

// Against the reference

struct Call {
  std::vector<Account> accounts;
  std::vector<Transfer> transfers;
  std::optional<std::pair<AccountId, bool>> closing;
  Timestamp now;
  bool fails = false;
};

Call some_call(RandomCalls& random) {
  Call call;
  call.now = random.next_time();
  const uint64_t kind = random.below(40);
  if (kind == 0) {
    call.accounts = random.some_accounts();
  } else if (kind <= 3) {
    call.closing = {random.some_account(), random.chance(0.4)};
  } else {
    call.transfers = random.some_transfers(1 + random.below(20));
  }
  call.fails = random.chance(0.05);
  return call;
}

struct Answers {
  std::vector<AccountOutcome> accounts;
  std::vector<Outcome> transfers;
  bool operator==(const Answers&) const = default;
};

Answers ask(ReferenceLedger& reference, const Call& call) {
  Answers out;
  if (!call.accounts.empty()) out.accounts = reference.open_accounts(call.accounts, call.now);
  if (call.closing) out.accounts = {reference.set_closed(call.closing->first, call.closing->second, call.now)};
  if (!call.transfers.empty()) out.transfers = reference.apply(call.transfers, call.now);
  return out;
}

Result<Answers> ask(Ledger& ledger, Transaction& tx, const Call& call) {
  Answers out;
  if (!call.accounts.empty()) out.accounts = TRY(ledger.open_accounts(tx, call.accounts, call.now));
  if (call.closing) {
    out.accounts = {TRY(call.closing->second ? ledger.close_account(tx, call.closing->first, call.now)
                                             : ledger.reopen_account(tx, call.closing->first, call.now))};
  }
  if (!call.transfers.empty()) out.transfers = TRY(ledger.apply(tx, call.transfers, call.now));
  return out;
}

TEST_P(LedgerTest, equals_the_reference_over_random_calls_faults_and_restarts) {
  const uint64_t seed = 4711;
  // PUHUI_TEST_OPERATIONS=3000000 for a long night.
  const char* asked = std::getenv("PUHUI_TEST_OPERATIONS");
  const size_t wanted = asked ? std::strtoull(asked, nullptr, 10) : place_.is_postgres() ? 20'000 : 250'000;
  RandomCalls random(seed);
  ReferenceLedger reference;
  std::map<Outcome, uint64_t> seen;
  size_t done = 0;
  for (int batch = 0; done < wanted; ++batch) {
    std::vector<Call> calls(1 + random.below(30));
    for (Call& call : calls) call = some_call(random);
    std::vector<Answers> answers(calls.size());
    std::vector<bool> kept(calls.size());
    std::atomic<size_t> left = calls.size();
    // The writer waits until all are queued, so that the same ones share a batch in every run.
    std::atomic<bool> waiting = false, queued = false;
    store_->write_later(
        [&](Transaction&) -> Result<void> {
          waiting = true, waiting.notify_all();
          queued.wait(false);
          faults_.armed = true;
          return {};
        },
        [](Result<void>) {});
    waiting.wait(false);
    for (size_t i = 0; i < calls.size(); ++i) {
      store_->write_later(
          [&, i](Transaction& tx) -> Result<void> {
            answers[i] = TRY(ask(*ledger_, tx, calls[i]));
            if (calls[i].fails) return fail(ErrorCode::invalid, "the caller thought better of it");
            return {};
          },
          [&, i](Result<void> result) {
            kept[i] = result.has_value();
            if (--left == 0) left.notify_all();
          });
    }
    queued = true, queued.notify_all();
    for (size_t now; (now = left.load()) != 0;) left.wait(now);
    faults_.armed = false;
    for (size_t i = 0; i < calls.size(); ++i) {
      if (!kept[i]) continue;
      const Answers expected = ask(reference, calls[i]);
      ASSERT_EQ(answers[i].transfers, expected.transfers) << "seed " << seed << " batch " << batch << " call " << i;
      ASSERT_EQ(answers[i].accounts, expected.accounts) << "seed " << seed << " batch " << batch << " call " << i;
      for (const Outcome outcome : expected.transfers) ++seen[outcome];
      done += calls[i].transfers.size();
    }
    for (const auto& [id, state] : reference.accounts) ASSERT_EQ(ledger_->account(id), state) << id.text();
    if (random.chance(0.02)) {
      ASSERT_TRUE(ledger_->snapshot());
    }
    if (random.chance(place_.is_postgres() ? 0.02 : 0.005)) {
      reopen({.postings_per_snapshot = 1 + random.below(20'000),
              .recent_ids = 1 + random.below(2'000),
              .postings_per_checkpoint = static_cast<uint32_t>(1 + random.below(64))});
      for (const auto& [id, state] : reference.accounts) ASSERT_EQ(ledger_->account(id), state) << id.text();
    }
  }
  expect_sound();
  if (wanted < 250'000) return;
  for (int outcome = 0; outcome < kOutcomes; ++outcome) {
    EXPECT_GT(seen[static_cast<Outcome>(outcome)], 0u) << name_of(static_cast<Outcome>(outcome)) << " never came";
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

TEST(Outcomes, each_has_a_name_and_one_sentence) {
  std::set<std::string_view> names;
  for (int i = 0; i < kOutcomes; ++i) {
    names.insert(name_of(static_cast<Outcome>(i)));
    EXPECT_TRUE(sentence_of(static_cast<Outcome>(i)).ends_with('.')) << i;
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kOutcomes));
  EXPECT_EQ(name_of(Outcome::pending_expired), "pending_expired");
  for (int i = 0; i < kAccountOutcomes; ++i) {
    EXPECT_TRUE(sentence_of(static_cast<AccountOutcome>(i)).ends_with('.')) << i;
  }
  EXPECT_EQ(name_of(AccountOutcome::has_pending_transfers), "has_pending_transfers");
}

}  // namespace
}  // namespace puhui::ledger
