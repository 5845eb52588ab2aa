// The follower: every record once to every projection, whatever fails between; sealed facts to those alone that say so.
#include "infrastructure/kernel/follower.h"

#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

class Silent : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// Keeps how often it saw each record, and what it saw of a sealed fact.
class Counting : public Projection {
 public:
  Counting(std::string name, bool sealed) : name_(std::move(name)), sealed_(sealed) {}
  std::string_view name() const override { return name_; }
  bool reads_sealed() const override { return sealed_; }
  void see(const Seen& seen) override {
    gathered_.push_back(seen.record.id.sequence());
    const bool told = seen.facts.size() > 3 && !std::holds_alternative<std::monostate>(seen.facts[3]);
    ages_seen += told;
    incomes_seen += seen.facts.size() > 0 && !std::holds_alternative<std::monostate>(seen.facts[0]);
    EXPECT_NE(seen.version, nullptr);
  }
  void see_act(const evidence::StoredRecord&, const evidence::Circumstances&) override { ++acts; }
  Result<void> flush(Transaction&) override {
    if (fail_next) return fail(ErrorCode::unavailable, "the disk is full");
    return {};
  }
  void settled() override {
    kept.insert(kept.end(), gathered_.begin(), gathered_.end());
    gathered_.clear();
  }
  void dropped() override { gathered_.clear(); }

  std::vector<uint64_t> kept;
  int acts = 0, ages_seen = 0, incomes_seen = 0;
  bool fail_next = false;

 private:
  std::string name_;
  bool sealed_;
  std::vector<uint64_t> gathered_;
};

class FollowerTest : public KernelTest {
 protected:
  void decide(int count) {
    const auto version = *kernel_->in_force(kTestUseCase);
    for (int i = 0; i < count; ++i) {
      clock_.advance_us(1000);
      ASSERT_TRUE(kernel_->decide(request(version, 2000 + i, i % 5), no_act));
    }
  }
  Silent silent_;
};

TEST_P(FollowerTest, each_projection_sees_every_decision_once_over_failures_and_restarts) {
  grant();
  decide(30);
  Counting steady("steady", false), failing("failing", true);
  {
    Follower follower(*store_, *log_, *kernel_);
    ASSERT_TRUE(follower.add(failing));
    ASSERT_TRUE(follower.add(steady));
    EXPECT_EQ(follower.behind(), 31u);
    failing.fail_next = true;
    const auto refused = follower.catch_up(silent_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().faults[0].where, "projection failing");
    EXPECT_TRUE(steady.kept.empty()) << "it was dropped with the one that failed, and comes again";
    failing.fail_next = false;
    ASSERT_TRUE(follower.follow(10, silent_));
    ASSERT_TRUE(follower.catch_up(silent_));
    EXPECT_EQ(follower.behind(), 0u);
  }
  open();
  decide(5);
  Counting late("late", false);
  Follower follower(*store_, *log_, *kernel_);
  for (Counting* projection : {&steady, &failing, &late}) ASSERT_TRUE(follower.add(*projection));
  ASSERT_TRUE(follower.catch_up(silent_));
  std::vector<uint64_t> all;
  for (uint64_t sequence = 2; sequence <= 36; ++sequence) all.push_back(sequence);  // the first is the permit's
  EXPECT_EQ(steady.kept, all);
  EXPECT_EQ(failing.kept, all);
  EXPECT_EQ(late.kept, all) << "a new projection starts at the first record";
  EXPECT_EQ(late.acts, 1);
}

TEST_P(FollowerTest, sealed_facts_come_to_those_alone_that_say_so) {
  grant();
  decide(7);
  Counting open_only("open", false), sealed("sealed", true);
  Follower follower(*store_, *log_, *kernel_);
  ASSERT_TRUE(follower.add(open_only));
  ASSERT_TRUE(follower.add(sealed));
  ASSERT_TRUE(follower.catch_up(silent_));
  EXPECT_EQ(open_only.ages_seen, 0);
  EXPECT_EQ(open_only.incomes_seen, 7);
  EXPECT_EQ(sealed.ages_seen, 7);
}

INSTANTIATE_TEST_SUITE_P(Engines, FollowerTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::kernel
