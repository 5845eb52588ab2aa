// For tests of the runner: houses with stores, people and keys, connections in memory, a toy protocol, and a fuse that kills a house
// at any event: a message, a file's write, a commit.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "ground/base/bytes.h"
#include "ground/base/text.h"
#include "ground/store/test_store.h"
#include "infrastructure/channel/pair.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/federation/runner.h"

namespace puhui::federation {

// Counts a house's events and burns at one of them: from then on nothing that the house does reaches anything.
class Fuse {
 public:
  // False: the house is dead.
  bool lives() {
    if (dead_.load()) return false;
    if (events_.fetch_add(1) + 1 == burns_at_.load()) dead_.store(true);
    return !dead_.load();
  }
  void set(uint64_t burns_at) {
    dead_.store(false);
    events_.store(0);
    burns_at_.store(burns_at);  // 0: never
  }
  bool is_dead() const { return dead_.load(); }
  uint64_t events() const { return events_.load(); }

 private:
  std::atomic<bool> dead_ = false;
  std::atomic<uint64_t> events_ = 0, burns_at_ = 0;
};

inline Error killed() { return {ErrorCode::unavailable, {{"", "killed by the test"}}}; }

class FusedStore final : public StoreFaults {
 public:
  explicit FusedStore(Fuse& fuse) : fuse_(fuse) {}
  Result<void> before(Step step) override {
    const bool counts = step == Step::commit || step == Step::acknowledge;
    if (counts ? fuse_.lives() : !fuse_.is_dead()) return {};
    return fail(killed());
  }

 private:
  Fuse& fuse_;
};

// A connection that dies with its house: the peer finds it closed, without a word.
class FusedConnection final : public channel::Connection {
 public:
  FusedConnection(std::unique_ptr<channel::Connection> inner, Fuse& fuse) : inner_(std::move(inner)), fuse_(fuse) {}

  void agree(const Id128& session, uint32_t attempt) override {
    if (inner_) inner_->agree(session, attempt);
  }
  using Connection::send;
  Result<void> send(uint16_t kind, std::initializer_list<std::string_view> parts) override {
    if (!lives()) return fail(killed());
    return inner_->send(kind, parts);
  }
  Result<void> begin(uint16_t kind) override { return lives() ? inner_->begin(kind) : Result<void>(fail(killed())); }
  Result<void> piece(std::string_view bytes) override { return inner_ ? inner_->piece(bytes) : fail(killed()); }
  Result<void> end() override { return inner_ ? inner_->end() : fail(killed()); }
  Result<std::string> receive(uint16_t kind, size_t bytes_max) override {
    if (!lives()) return fail(killed());
    return inner_->receive(kind, bytes_max);
  }
  Result<void> receive(uint16_t kind, const std::function<Result<void>(std::string_view piece)>& take) override {
    if (!lives()) return fail(killed());
    return inner_->receive(kind, take);
  }
  void goodbye(std::string_view reason) override {
    if (!fuse_.is_dead() && inner_) inner_->goodbye(reason);
  }
  void interrupt() override {
    if (inner_) inner_->interrupt();
  }
  const std::string& purpose() const override { return inner_ ? inner_->purpose() : name_; }
  const std::string& peer() const override { return name_; }
  const Digest& peer_fingerprint() const override { return fingerprint_; }
  channel::Traffic traffic() const override { return inner_ ? inner_->traffic() : channel::Traffic{}; }

 private:
  bool lives() {
    if (inner_ && fuse_.lives()) return true;
    inner_.reset();
    return false;
  }
  std::unique_ptr<channel::Connection> inner_;
  Fuse& fuse_;
  std::string name_ = "peer";
  Digest fingerprint_;
};

// Where houses in one process find each other: a call is taken by whoever waits for it now.
class Exchange {
 public:
  explicit Exchange(size_t parties) : waits_(parties), calls_(parties) {}

  Result<std::unique_ptr<channel::Connection>> dial(size_t party, const channel::PairOptions& options) {
    const std::lock_guard lock(mutex_);
    if (!waits_[party]) return fail(ErrorCode::unavailable, "nobody listens there");
    auto pair = channel::connected_pair(options);
    calls_[party] = std::move(pair.second);
    waits_[party] = false;
    changed_.notify_all();
    return std::move(pair.first);
  }
  Result<std::unique_ptr<channel::Connection>> accept(size_t party, int64_t real_ms) {
    std::unique_lock lock(mutex_);
    waits_[party] = true;
    changed_.wait_for(lock, std::chrono::milliseconds(real_ms), [&] { return calls_[party] != nullptr; });
    waits_[party] = false;
    if (calls_[party]) return std::move(calls_[party]);
    return fail(ErrorCode::unavailable, "nobody called");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> waits_;
  std::vector<std::unique_ptr<channel::Connection>> calls_;
};

class Watching final : public Progress {
 public:
  void step(std::string_view what, uint64_t, uint64_t) override {
    const std::lock_guard lock(mutex_);
    if (said_.empty() || said_.back() != what) said_.emplace_back(what);
  }
  bool stop_requested() const override { return stop.load(); }
  bool said(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& one : said_) {
      if (one.find(part) != std::string::npos) return true;
    }
    return false;
  }
  std::atomic<bool> stop = false;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> said_;
};

// ---- a toy protocol: hosts hide their rows' sums by a fresh mask, the hub adds them up over several rounds

struct ToyTerms {
  int64_t steps = 4;
  std::function<Result<void>(size_t self, int64_t step)> before_step = {};       // a fault of the stage itself
  std::function<std::string(size_t self, int64_t step, std::string)> wire = {};  // what a host's message becomes
};

inline uint64_t toy_secret() {
  static std::atomic<uint64_t> next = 1;
  return Random(77).draw(1, next.fetch_add(1), 0);
}

class ToyStage final : public Stage {
 public:
  ToyStage(const StageNeeds& needs, const ToyTerms& terms) : needs_(needs), terms_(terms), mask_(toy_secret()) {}
  std::string_view name() const override { return "toy_sums"; }
  bool finished() const override { return step_ == terms_.steps; }
  uint64_t steps_total() const override { return static_cast<uint64_t>(terms_.steps); }

  Result<void> step(Conversation& with) override {
    if (terms_.before_step) TRY(terms_.before_step(needs_.self, step_));
    if (needs_.self == 0) {
      uint64_t sum = total_;
      for (size_t from = 1; from < with.parties(); ++from) {
        if (!with.is_present(from)) continue;
        const std::string bytes = TRY(with.receive(from, kRunnerKinds + 50));
        ByteReader reader(bytes);
        const uint64_t masked = reader.u64(), mask = reader.u64();
        TRY(reader.finish("a toy sum"));
        sum = sum * 31 + (masked ^ mask);
      }
      for (size_t to = 1; to < with.parties(); ++to) {
        ByteWriter writer;
        writer.u64(sum);
        TRY(with.send(to, kRunnerKinds + 51, writer.bytes()));
      }
      total_ = sum;
    } else {
      uint64_t own = static_cast<uint64_t>(step_) + 1;
      for (const auto& column : needs_.data.values) {
        for (const float value : column) own = own * 131 + static_cast<uint64_t>(value);
      }
      ByteWriter writer;
      writer.u64(own ^ mask_);
      writer.u64(mask_);
      std::string bytes = writer.take();
      if (terms_.wire) bytes = terms_.wire(needs_.self, step_, std::move(bytes));
      TRY(with.send(0, kRunnerKinds + 50, bytes));
      const std::string back = TRY(with.receive(0, kRunnerKinds + 51));
      ByteReader reader(back);
      total_ = reader.u64();
      TRY(reader.finish("a toy total"));
      needs_.leakage.tell(needs_.job.parties[0].name, "common_ids", 1);
    }
    ++step_;
    return {};
  }
  std::string state() const override {
    ByteWriter writer;
    writer.u64(static_cast<uint64_t>(step_));
    writer.u64(total_);
    return writer.take();
  }
  Result<void> restore(std::string_view state) override {
    ByteReader reader(state);
    step_ = static_cast<int64_t>(reader.u64());
    total_ = reader.u64();
    return reader.finish("a toy's state");
  }
  Result<StageResult> result() override {
    StageResult out;
    out.model_part = "part of " + std::to_string(needs_.self) + ": " + std::to_string(total_);
    out.measures = Json::Object{{"rows", static_cast<int64_t>(needs_.data.row_count())}};
    return out;
  }

 private:
  StageNeeds needs_;
  ToyTerms terms_;
  uint64_t mask_, total_ = 7;
  int64_t step_ = 0;
};

// Finds the "common" rows: every second one, backwards, after one round of messages.
class ToyMatch final : public Stage {
 public:
  explicit ToyMatch(const StageNeeds& needs) : needs_(needs) {}
  std::string_view name() const override { return "toy_match"; }
  bool finished() const override { return done_; }
  uint64_t steps_total() const override { return 1; }
  Result<void> step(Conversation& with) override {
    if (needs_.self == 0) {
      for (size_t from = 1; from < with.parties(); ++from) TRY(with.receive(from, kRunnerKinds + 60));
      for (size_t to = 1; to < with.parties(); ++to) TRY(with.send(to, kRunnerKinds + 61, "well"));
    } else {
      TRY(with.send(0, kRunnerKinds + 60, "here"));
      TRY(with.receive(0, kRunnerKinds + 61));
    }
    done_ = true;
    return {};
  }
  std::string state() const override { return done_ ? "d" : "n"; }
  Result<void> restore(std::string_view state) override {
    if (state != "d" && state != "n") return fail(ErrorCode::corrupt, "no state of a toy match");
    done_ = state == "d";
    return {};
  }
  Result<StageResult> result() override {
    StageResult out;
    for (size_t row = needs_.data.row_count() / 2; row-- > 0;) out.rows.push_back(static_cast<uint32_t>(row * 2));
    out.measures = Json::Object{{"common", static_cast<int64_t>(out.rows.size())}};
    return out;
  }

 private:
  StageNeeds needs_;
  bool done_ = false;
};

inline std::function<std::vector<StageMaker>(const Job&)> toy_stages(ToyTerms terms = {}) {
  return [terms = std::move(terms)](const Job&) {
    return std::vector<StageMaker>{
        [](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> { return std::make_unique<ToyMatch>(needs); },
        [terms](const StageNeeds& needs) -> Result<std::unique_ptr<Stage>> {
          return std::make_unique<ToyStage>(needs, terms);
        }};
  };
}

// ---- houses

struct House {
  House(const std::string& engine, std::string house_name, size_t place)
      : name(std::move(house_name)),
        where(engine),
        files([this](MemoryFiles::Step step, const std::string& path) { return before_file(step, path); }) {
    index = place;
    std::vector<Migration> all = evidence::migrations();
    for (Migration& one : federation::migrations()) all.push_back(std::move(one));
    store = *open_store(where.where(), all, {clock, &faults});
    log = *evidence::EvidenceLog::open(*store);
    office = std::make_unique<Office>(OfficeNeeds{*store, *log, clock});
    identity = *channel::Identity::make(name, clock.now());
    const auto made = office->make_self(identity->certificate(), address(), "key", "tester");
    EXPECT_TRUE(made) << made.error().text();
    for (const char* person : {"maker", "checker"}) {
      keys.emplace(person, evidence::SigningKey::make());
      EXPECT_TRUE(store->write([&](Transaction& tx) {
        return evidence::add_person(tx, {person, keys.at(person).public_key(), true}, clock.now());
      }));
    }
    for (size_t row = 0; row < 10; ++row) data.ids.push_back("id" + std::to_string(row));
    data.columns = {"x"};
    data.values = {{}};
    for (size_t row = 0; row < 10; ++row) data.values[0].push_back(static_cast<float>(row * (index + 3)));
    data.content = sha256(name);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(7000 + index); }
  Result<void> before_file(MemoryFiles::Step step, const std::string& path) {
    const bool counts = step == MemoryFiles::Step::write || step == MemoryFiles::Step::rename;
    if (!(counts ? fuse.lives() : !fuse.is_dead())) return fail(killed());
    return on_file ? on_file(step, path) : Result<void>();
  }
  void approve(const Digest& job) {
    for (const char* person : {"maker", "checker"}) {
      const std::string bytes = *office->approval_bytes(job, person);
      const auto signed_job = office->approve(job, person, keys.at(person).sign(bytes), "tester");
      EXPECT_TRUE(signed_job) << signed_job.error().text();
    }
  }

  std::string name;
  size_t index = 0;
  Fuse fuse;
  FusedStore faults{fuse};
  ManualClock clock{Timestamp{1'767'225'600'000'000}};
  TestStore where;
  std::function<Result<void>(MemoryFiles::Step, const std::string&)> on_file;
  MemoryFiles files;
  std::unique_ptr<Store> store;
  std::unique_ptr<evidence::EvidenceLog> log;
  std::unique_ptr<Office> office;
  std::optional<channel::Identity> identity;
  std::map<std::string, evidence::SigningKey> keys;
  PartyData data;
  Watching progress;
  std::string build = "test 1";
};

class HouseReach final : public Reach {
 public:
  HouseReach(House& house, Exchange& exchange, const channel::PairOptions& options)
      : house_(house), exchange_(exchange), options_(options) {}
  Result<std::unique_ptr<channel::Connection>> dial(size_t party) override {
    if (house_.fuse.is_dead()) return fail(killed());
    return fused(TRY(exchange_.dial(party, options_)));
  }
  Result<std::unique_ptr<channel::Connection>> accept(int64_t wait_ms) override {
    if (house_.fuse.is_dead()) return fail(killed());
    auto taken = exchange_.accept(house_.index, 4);
    if (!taken) {
      house_.clock.advance_us(wait_ms * 200);  // a busy machine must not outlast a patience
      return fail(std::move(taken).error());
    }
    return fused(*std::move(taken));
  }

 private:
  std::unique_ptr<channel::Connection> fused(std::unique_ptr<channel::Connection> inner) {
    return std::make_unique<FusedConnection>(std::move(inner), house_.fuse);
  }
  House& house_;
  Exchange& exchange_;
  channel::PairOptions options_;
};

inline std::string toy_job(const std::vector<std::unique_ptr<House>>& houses, const std::string& name,
                           const std::string& kind = "vertical_boosting", int64_t patience_seconds = 600) {
  const bool horizontal = kind.starts_with("horizontal");
  Json::List parties;
  for (const auto& house : houses) {
    parties.push_back(Json::Object{{"name", house->name},
                                   {"role", horizontal          ? "client"
                                            : house->index == 0 ? "guest"
                                                                : "host"},
                                   {"certificate", house->identity->certificate().fingerprint.hex()},
                                   {"address", house->address()},
                                   {"columns", Json::List{"x"}}});
  }
  Json job = Json::Object{{"name", name},
                          {"kind", kind},
                          {"parties", std::move(parties)},
                          {"label", "y"},
                          {"patience_seconds", patience_seconds}};
  return print_json(job);
}

class RunnerFixture : public testing::Test {
 protected:
  // Each knows the hub, the hub knows all.
  void open_houses(size_t parties, const std::string& engine = "sqlite") {
    const char* names[] = {"lender", "registry", "platform", "village"};
    for (size_t i = 0; i < parties; ++i) houses_.push_back(std::make_unique<House>(engine, names[i], i));
    for (auto& one : houses_) {
      for (auto& other : houses_) {
        if (one == other || (one->index != 0 && other->index != 0)) continue;
        const auto& certificate = other->identity->certificate();
        const std::string fingerprint = certificate.fingerprint.hex();
        const auto pinned =
            one->office->accept({other->name, certificate.pem, other->address(), fingerprint}, fingerprint, "tester");
        ASSERT_TRUE(pinned) << pinned.error().text();
      }
    }
    exchange_ = std::make_unique<Exchange>(parties);
  }

  Digest propose(const std::string& file, bool approve = true) {
    for (auto& house : houses_) {
      const auto kept = house->office->register_job(file, "tester");
      EXPECT_TRUE(kept) << kept.error().text();
      if (approve) house->approve(job_hash(file));
    }
    return job_hash(file);
  }

  Result<RunOutcome> run_one(House& house, const Digest& job, const ToyTerms& terms = {}, bool afresh = false) {
    HouseReach reach(house, *exchange_, pair_options_);
    Log log(house.clock, quiet_);
    RunnerNeeds needs{*house.office,
                      house.files,
                      house.clock,
                      log,
                      house.progress,
                      *house.identity,
                      reach,
                      house.build,
                      toy_stages(terms),
                      [&house](int64_t ms) {
                        house.clock.advance_us(ms * 1000);
                        std::this_thread::sleep_for(std::chrono::milliseconds(std::clamp<int64_t>(ms / 200, 1, 25)));
                      }};
    return run_job(needs, {job, house.data, "/work/" + house.name + "/" + job.short_hex(), afresh});
  }

  // All at once; a house that was killed is started again, as whoever watches over it would.
  std::vector<Result<RunOutcome>> run_all(const Digest& job, const ToyTerms& terms = {}) {
    std::vector<Result<RunOutcome>> out(houses_.size(), RunOutcome{});
    std::vector<std::thread> threads;
    for (auto& house : houses_) {
      threads.emplace_back([&, this] {
        while (true) {
          out[house->index] = run_one(*house, job, terms);
          if (!house->fuse.is_dead()) return;
          house->fuse.set(0);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return out;
  }

  void expect_whole_transcripts(const Digest& job) {
    for (auto& house : houses_) {
      EXPECT_TRUE(house->store->read([&](Reader& reader) -> Result<void> {
        const auto report = TRY(verify_transcript(reader, job, house->name, TRY(house->office->certificates())));
        EXPECT_EQ(report.first_break, "") << house->name;
        EXPECT_EQ(join(report.faults, "; "), "") << house->name;
        EXPECT_GT(report.entries, 5);
        return {};
      }));
    }
  }

  JobState state(size_t house, const Digest& job) { return houses_[house]->office->find_job(job.hex())->state; }

  std::vector<std::string> kinds(size_t house, const Digest& job) {
    std::vector<std::string> out;
    EXPECT_TRUE(houses_[house]->store->read([&](Reader& reader) -> Result<void> {
      for (const Entry& entry : TRY(read_entries(reader, job, 0, 1000))) out.push_back(entry.kind);
      return {};
    }));
    return out;
  }
  // The newest entry of that kind, as text; empty: none.
  std::string told(size_t house, const Digest& job, std::string_view kind) {
    std::string out;
    EXPECT_TRUE(houses_[house]->store->read([&](Reader& reader) -> Result<void> {
      for (const Entry& entry : TRY(read_entries(reader, job, 0, 1000))) {
        if (entry.kind == kind) out = print_json(entry.body);
      }
      return {};
    }));
    return out;
  }

  void TearDown() override {
    houses_.clear();
    if (quiet_) std::fclose(quiet_);
  }

  std::vector<std::unique_ptr<House>> houses_;
  std::unique_ptr<Exchange> exchange_;
  channel::PairOptions pair_options_;
  std::FILE* quiet_ = std::fopen("/dev/null", "w");
};

}  // namespace puhui::federation
