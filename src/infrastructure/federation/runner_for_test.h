// For tests of the runner: houses that run a toy job together, and are started again when they were killed.
#pragma once

#include "infrastructure/federation/house_for_test.h"

namespace puhui::federation {

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
    return run_job(needs, {job, house.data, "/runs/" + house.name + "/" + job.short_hex(), afresh});
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
