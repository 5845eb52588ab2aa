// The ledger's speed, durable on SQLite with synchronous=FULL, beside PostgreSQL's in the same run and on the same disk.
//   ledger_bench [--seconds N] [--folder FOLDER] [--only NAME]
// The peer's server comes from PUHUI_TEST_POSTGRES (tests/postgres.sh starts one).
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <thread>

#include "ground/base/text.h"
#include "infrastructure/ledger/ledger.h"
#include "infrastructure/ledger/peer_postgres.h"

namespace puhui::ledger {
namespace {

constexpr uint64_t kAccounts = 10'000;
constexpr uint64_t kBank = 1'000'000;  // an account without a limit that funds the others
constexpr int kCallers = 256, kClients = 16, kRounds = 3;
constexpr size_t kBatch = 1000;
constexpr int64_t kFunds = 1'000'000'000'000;

struct Settings {
  double seconds = 3;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "puhui_ledger_bench";
  std::string only;
};

AccountId account(uint64_t number) { return AccountId(Id128{0, number}); }

// A ledger of its own with funded accounts: odd ones may not spend more than they have.
class FundedLedger {
 public:
  explicit FundedLedger(const std::filesystem::path& folder) : folder_(folder) {
    std::filesystem::remove_all(folder_);
    auto store = open_store(folder_.string(), migrations(), {clock_});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto opened = Ledger::open({*store_, clock_, log_});
    CHECK(opened.has_value(), opened ? "" : opened.error().text().c_str());
    ledger_ = *std::move(opened);
    std::vector<Account> accounts = {{account(kBank), {}, 1, Limit::none}};
    std::vector<Transfer> funds;
    IdSource ids(clock_, Random(1));
    for (uint64_t n = 1; n <= kAccounts; ++n) {
      accounts.push_back({account(n), {}, 2, n % 2 ? Limit::debits_must_not_exceed_credits : Limit::none});
      funds.push_back(
          {.id = ids.make<TransferId>(), .debit = account(kBank), .credit = account(n), .amount_minor = kFunds});
    }
    CHECK(ledger_->open_accounts(accounts).has_value(), "accounts open");
    CHECK(ledger_->transfer(funds).has_value(), "accounts are funded");
  }
  ~FundedLedger() {
    const auto report = ledger_->verify();
    CHECK(report.has_value() && report->faults.empty(), "the ledger holds after the bench");
    store_->close();
    ledger_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Ledger& ledger() { return *ledger_; }
  const Clock& clock() const { return clock_; }
  uint64_t bytes() { return store_->bytes_on_disk(); }

 private:
  std::filesystem::path folder_;
  SystemClock clock_;
  Log log_{clock_, stderr};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
};

// Transfers a second that `threads` make together; `work(thread, stop)` answers how many it made.
template <class Work>
double rate_of(int threads, double seconds, Work work) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> made = 0;
  std::vector<std::thread> running;
  const int64_t begin = monotonic_ns();
  for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { made += work(i, stop); });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& thread : running) thread.join();
  return static_cast<double>(made) * 1e9 / static_cast<double>(monotonic_ns() - begin);
}

// One transfer a call; `hot`: all credit one account.
double callers(FundedLedger& funded, double seconds, bool hot, uint64_t seed) {
  return rate_of(kCallers, seconds, [&](int caller, const std::atomic<bool>& stop) {
    IdSource ids(funded.clock(), Random(seed + static_cast<uint64_t>(caller)));
    RandomStream draw(Random(seed), 1, static_cast<uint64_t>(caller));
    uint64_t made = 0;
    for (; !stop; ++made) {
      const uint64_t debit = 2 + draw.below(kAccounts - 1);
      const uint64_t credit = hot ? 1 : 1 + debit % kAccounts;
      const auto outcome = funded.ledger().transfer(Transfer{.id = ids.make<TransferId>(),
                                                             .debit = account(debit),
                                                             .credit = account(credit),
                                                             .amount_minor = 100,
                                                             .code = 7});
      CHECK(outcome.has_value() && *outcome == Outcome::ok, "a transfer of the bench is recorded");
    }
    return made;
  });
}

// A thousand transfers with all that a bank uses: limits, chains, reservations and their ends, some sent again.
std::vector<Transfer> batch_of(IdSource& ids, RandomStream& draw, bool hot, std::vector<Transfer>& reserved,
                               std::vector<Transfer>& sent) {
  std::vector<Transfer> out;
  out.reserve(kBatch);
  while (out.size() < kBatch) {
    const uint64_t kind = draw.below(100);
    if (kind < 2 && !sent.empty()) {
      out.push_back(sent[draw.below(sent.size())]);
      continue;
    }
    Transfer transfer{.id = ids.make<TransferId>(), .amount_minor = 100, .code = 7, .user_data = {1, kind}};
    if (kind < 10 && !reserved.empty()) {
      transfer.pending_id = reserved.back().id;
      transfer.amount_minor = kind < 8 ? 60 : 0;
      (kind < 8 ? transfer.flags.post_pending : transfer.flags.void_pending) = true;
      reserved.pop_back();
    } else {
      const uint64_t debit = 2 + draw.below(kAccounts - 1);
      transfer.debit = account(debit);
      transfer.credit = account(hot ? 1 : 1 + (debit + 1 + draw.below(100)) % kAccounts);
      if (transfer.credit == transfer.debit) transfer.credit = account(kBank);
      if (kind < 18) {
        transfer.flags.pending = true;
        transfer.timeout_s = 60;
        reserved.push_back(transfer);
      } else if (kind < 28 && out.size() + 1 < kBatch) {
        transfer.flags.linked = true;
      } else if (kind == 50) {
        sent.push_back(transfer);
      }
    }
    out.push_back(transfer);
  }
  // A reservation that a chain might take back cannot be counted on; a chain ends at the batch's last.
  out.back().flags.linked = false;
  return out;
}

double batches(FundedLedger& funded, double seconds, int threads, bool hot, uint64_t seed) {
  return rate_of(threads, seconds, [&](int caller, const std::atomic<bool>& stop) {
    IdSource ids(funded.clock(), Random(seed + static_cast<uint64_t>(caller)));
    RandomStream draw(Random(seed), 2, static_cast<uint64_t>(caller));
    std::vector<Transfer> reserved, sent;
    uint64_t made = 0;
    while (!stop) {
      const auto transfers = batch_of(ids, draw, hot, reserved, sent);
      const auto outcomes = funded.ledger().transfer(transfers);
      CHECK(outcomes.has_value(), "a batch of the bench is recorded");
      const auto done = std::ranges::count_if(*outcomes, is_done);
      CHECK(static_cast<size_t>(done) > kBatch * 9 / 10, "nearly all transfers of a batch are done");
      made += static_cast<uint64_t>(done);
    }
    return made;
  });
}

double peer(const std::string& url, double seconds, bool hot, uint64_t seed) {
  PostgresPeer(url).create(static_cast<int>(kAccounts));
  return rate_of(kClients, seconds, [&](int client, const std::atomic<bool>& stop) {
    PostgresPeer postgres(url);
    postgres.prepare();
    const SystemClock clock;
    IdSource ids(clock, Random(seed + static_cast<uint64_t>(client)));
    RandomStream draw(Random(seed), 3, static_cast<uint64_t>(client));
    uint64_t made = 0;
    for (; !stop; ++made) {
      const int64_t debit = 2 + static_cast<int64_t>(draw.below(kAccounts - 1));
      postgres.transfer(ids.next().text(), debit, hot ? 1 : 1 + debit % static_cast<int64_t>(kAccounts), 100);
    }
    return made;
  });
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// What the disk takes to make 8 kB durable: no commit can be faster, and on a shared disk it says how much to believe.
double sync_us(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "sync").string();
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(file >= 0, "the bench's folder can be written to");
  const std::string page(8192, 'x');
  std::vector<double> took;
  for (int i = 0; i < 100; ++i) {
    const int64_t begin = monotonic_ns();
    CHECK(::pwrite(file, page.data(), page.size(), i * 8192) == 8192 && ::fdatasync(file) == 0, "the disk takes it");
    took.push_back(static_cast<double>(monotonic_ns() - begin) / 1e3);
  }
  ::close(file);
  std::filesystem::remove(path);
  return median(took);
}

// Of the heap; the database's pages that the kernel maps are its own to drop.
int64_t bytes_in_use() {
  const struct mallinfo2 heap = mallinfo2();
  return static_cast<int64_t>(heap.uordblks + heap.hblkhd);
}

struct Start {
  double snapshot_ms = 0, open_ms = 0, replay_ms = 0;
  double bytes_per_account = 0;
};

// A million accounts and as many transfers: how long a start takes with a snapshot, and with none.
Start start_with_a_million(const std::filesystem::path& folder) {
  constexpr uint64_t kMany = 1'000'000;
  std::filesystem::remove_all(folder);
  const SystemClock clock;
  Log log(clock, stderr);
  Start out;
  const auto timed = [](auto work) {
    const int64_t begin = monotonic_ns();
    work();
    return static_cast<double>(monotonic_ns() - begin) / 1e6;
  };
  const auto session = [&](auto work) {
    auto store = open_store(folder.string(), migrations(), {clock});
    CHECK(store.has_value(), "the bench's store opens");
    std::unique_ptr<Ledger> ledger;
    const double opened_ms = timed([&] { ledger = Ledger::open({**store, clock, log}).value(); });
    work(**store, *ledger);
    (*store)->close();
    return opened_ms;
  };
  session([&](Store&, Ledger& ledger) {
    std::vector<Account> accounts;
    for (uint64_t n = 1; n <= kMany; ++n) accounts.push_back({account(n), {}, 2, Limit::none});
    CHECK(ledger.open_accounts(accounts).has_value(), "accounts open");
    IdSource ids(clock, Random(3));
    RandomStream draw(Random(3), 4, 4);
    for (uint64_t done = 0; done < kMany; done += 10'000) {
      std::vector<Transfer> batch;
      for (int i = 0; i < 10'000; ++i) {
        const uint64_t debit = 1 + draw.below(kMany);
        batch.push_back({.id = ids.make<TransferId>(),
                         .debit = account(debit),
                         .credit = account(1 + debit % kMany),
                         .amount_minor = 100});
      }
      CHECK(ledger.transfer(batch).has_value(), "transfers are recorded");
    }
    out.snapshot_ms = timed([&] { CHECK(ledger.snapshot().has_value(), "a snapshot is written"); });
  });
  const int64_t before = bytes_in_use();
  out.open_ms = session([&](Store& store, Ledger&) {
    out.bytes_per_account = static_cast<double>(bytes_in_use() - before) / kMany;
    const auto emptied = store.write([](Transaction& tx) -> Result<void> {
      TRY(tx.execute("DELETE FROM ledger_snapshot"));
      return {};
    });
    CHECK(emptied.has_value(), "the snapshot goes");
  });
  out.replay_ms = session([](Store&, Ledger&) {});
  std::filesystem::remove_all(folder);
  return out;
}

std::string per_second(double rate) { return with_thousands(static_cast<int64_t>(rate)) + "/s"; }

void say(const char* what, double rate, const std::string& beside) {
  if (rate == 0) return;  // not asked for with --only
  std::printf("  %-44s %14s   %s\n", what, per_second(rate).c_str(), beside.c_str());
  std::fflush(stdout);
}

std::string ratio(double rate, double other, const char* to, const char* bar) {
  char text[128];
  std::snprintf(text, sizeof text, "%.2f x %s (asked: %s)", rate / other, to, bar);
  return text;
}

int run(const Settings& settings) {
  if (settings.only.empty() || settings.only == "start") {
    const Start start = start_with_a_million(settings.folder);
    std::printf(
        "ledger: start with 1,000,000 accounts and 1,000,000 transfers\n"
        "  from its snapshot %.0f ms (asked: < 2,000), from the whole log %.0f ms; snapshot written in %.0f ms; "
        "%.0f bytes of heap an account (asked: <= 150)\n",
        start.open_ms, start.replay_ms, start.snapshot_ms, start.bytes_per_account);
    if (!settings.only.empty()) return 0;
  }
  const char* url = std::getenv("PUHUI_TEST_POSTGRES");
  if (url == nullptr) {
    std::fprintf(stderr, "expected PUHUI_TEST_POSTGRES to hold an URL: tests/postgres.sh start FOLDER prints one\n");
    return 1;
  }
  // The rounds take turns, so that what else the machine does meets all alike.
  std::vector<double> syncs_us, spread, hot, many_spread, many_hot, pipelined, postgres, postgres_hot;
  const auto measure = [&](const char* name, std::vector<double>& into, auto work) {
    if (settings.only.empty() || settings.only == name) into.push_back(work());
    if (into.empty()) into.push_back(0);
  };
  for (uint64_t round = 1; round <= kRounds; ++round) {
    const uint64_t seed = round * 1'000'000;
    const double seconds = settings.seconds;
    syncs_us.push_back(sync_us(settings.folder));
    measure("peer", postgres, [&] { return peer(url, seconds, false, seed); });
    measure("peer_hot", postgres_hot, [&] { return peer(url, seconds, true, seed); });
    FundedLedger funded(settings.folder);
    measure("callers", spread, [&] { return callers(funded, seconds, false, seed + 1000); });
    measure("callers_hot", hot, [&] { return callers(funded, seconds, true, seed + 2000); });
    measure("batches", many_spread, [&] { return batches(funded, seconds, 1, false, seed + 3000); });
    measure("batches_hot", many_hot, [&] { return batches(funded, seconds, 1, true, seed + 4000); });
    measure("batches_16", pipelined, [&] { return batches(funded, seconds, 16, false, seed + 5000); });
  }
  std::printf("ledger: transfers a second, durable, median of %d rounds of %.1f s; the disk's sync takes %.0f us\n",
              kRounds, settings.seconds, median(syncs_us));
  say("PostgreSQL function, 16 clients", median(postgres), "the peer");
  say("PostgreSQL function, 16 clients, one hot account", median(postgres_hot), "the peer");
  say("256 callers, one transfer each", median(spread), ratio(median(spread), median(postgres), "the peer", ">= 6"));
  say("256 callers, one hot account", median(hot),
      ratio(median(hot), median(spread), "spread", ">= 0.8") + ", " +
          ratio(median(hot), median(postgres_hot), "the peer's", "-"));
  say("batches of 1,000, one caller", median(many_spread), "asked: >= 300,000/s");
  say("batches of 1,000, one hot account", median(many_hot),
      ratio(median(many_hot), median(many_spread), "spread", ">= 0.8"));
  say("batches of 1,000, sixteen callers", median(pipelined), "asked: >= 300,000/s");
  return 0;
}

}  // namespace
}  // namespace puhui::ledger

int main(int argc, char** argv) {
  puhui::ledger::Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--seconds") settings.seconds = puhui::parse_double(argv[i + 1]).value_or(settings.seconds);
    if (name == "--folder") settings.folder = argv[i + 1];
    if (name == "--only") settings.only = argv[i + 1];
  }
  return puhui::ledger::run(settings);
}
