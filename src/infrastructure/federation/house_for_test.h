// For tests: a house with its store, people, keys and rows, and its reach to the others.
#pragma once

#include "infrastructure/federation/fuse_for_test.h"
#include "infrastructure/federation/toy_for_test.h"

namespace puhui::federation {

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
    if (house_.fuse.is_dead()) return fail(gone());
    return fused(TRY(exchange_.dial(party, options_)));
  }
  Result<std::unique_ptr<channel::Connection>> accept(int64_t wait_ms) override {
    if (house_.fuse.is_dead()) return fail(gone());
    auto taken = exchange_.accept(house_.index, 4);
    if (!taken) {
      house_.clock.advance_us(wait_ms * 200);  // a busy machine must not outlast a patience
      return fail(std::move(taken).error());
    }
    return fused(*std::move(taken));
  }

 private:
  // Not `unavailable`: a dead house would go on waiting, and its clock stands still.
  static Error gone() { return {ErrorCode::internal, {{"", "killed by the test"}}}; }
  std::unique_ptr<channel::Connection> fused(std::unique_ptr<channel::Connection> inner) {
    return std::make_unique<FusedConnection>(std::move(inner), house_.fuse);
  }
  House& house_;
  Exchange& exchange_;
  channel::PairOptions options_;
};

}  // namespace puhui::federation
