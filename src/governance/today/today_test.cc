#include "governance/today/today.h"

#include <gmock/gmock.h>

#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::today {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kUseCase(kernel::kTestUseCase);

std::vector<Migration> tables() {
  std::vector<Migration> out;
  for (auto migrations : {incidents::migrations(), permits::migrations(), audit::migrations()}) {
    for (Migration& migration : migrations) out.push_back(std::move(migration));
  }
  return out;
}

class TodayTest : public kernel::KernelTest {
 protected:
  TodayTest()
      : KernelTest(tables()),
        switches_({*store_, *log_, *kernel_, clock_}),
        proposals_({*store_, *log_, *kernel_, clock_}),
        audit_{*store_, *log_, *kernel_, clock_},
        needs_{switches_, proposals_, audit_} {}

  void write(const std::function<Result<void>(Transaction&)>& closure) {
    const auto written = store_->write(closure);
    ASSERT_TRUE(written) << written.error().text();
  }
  std::vector<std::string> kinds(const std::string& who, std::vector<std::string> permissions = {"*"}) {
    const auto found = matters(needs_, {who, std::move(permissions)});
    EXPECT_TRUE(found) << found.error().text();
    std::vector<std::string> out;
    for (const Matter& matter : *found) out.push_back(matter.kind);
    return out;
  }

  incidents::Switches switches_;
  permits::Proposals proposals_;
  audit::AuditNeeds audit_;
  TodayNeeds needs_;
};

TEST_P(TodayTest, a_proposal_is_for_those_who_may_sign_it) {
  const auto manifest = manifest_of({});
  ASSERT_TRUE(proposals_.submit({manifest, std::nullopt}, "author"));
  EXPECT_THAT(kinds("anna"), ElementsAre("proposal"));
  EXPECT_THAT(kinds("author"), IsEmpty());
  EXPECT_THAT(kinds("anna", {"alert.*"}), IsEmpty()) << "not without the permission";
}

TEST_P(TodayTest, the_most_severe_comes_first_and_what_somebody_looks_after_is_gone) {
  write([&](Transaction& tx) -> Result<void> {
    TRY(incidents::raise(tx, {"drift", kUseCase, "income", 3, "a", "a"}, clock_.now()));
    TRY(incidents::raise(tx, {"replay", kUseCase, "night", 1, "b", "b"}, {clock_.now().microseconds + 1}));
    return incidents::raise(tx, {"validation", kUseCase, "overdue model x", 2, "c", "c"}, clock_.now());
  });
  EXPECT_THAT(kinds("anna"), ElementsAre("night", "validation", "alert"));
  EXPECT_THAT(kinds("anna", {"inventory.validate"}), ElementsAre("validation"));
  write([&](Transaction& tx) -> Result<void> {
    for (const auto& alert : TRY(incidents::open_alerts(tx))) {
      TRY(incidents::acknowledge(tx, alert.id, "bo", clock_.now()));
    }
    return {};
  });
  EXPECT_THAT(kinds("anna"), IsEmpty());
}

TEST_P(TodayTest, an_incident_is_for_the_one_it_is_assigned_to_and_before_that_for_all) {
  incidents::IncidentId id;
  const incidents::ActBy by{*log_, "anna", clock_.now()};
  write([&](Transaction& tx) -> Result<void> {
    id = TRY(incidents::open_incident(tx, {2, kUseCase, "something", {}, ""}, by)).id;
    return {};
  });
  EXPECT_THAT(kinds("bo"), ElementsAre("incident"));
  write([&](Transaction& tx) -> Result<void> {
    TRY(incidents::assign_incident(tx, id, "carl", by));
    return {};
  });
  EXPECT_THAT(kinds("bo"), IsEmpty());
  EXPECT_THAT(kinds("carl"), ElementsAre("incident"));
}

TEST_P(TodayTest, a_lift_is_confirmed_by_another_than_asked) {
  grant();
  ASSERT_TRUE(switches_.stop({kernel::StopScope::use_case, kUseCase, "why", "anna", {}}));
  ASSERT_TRUE(switches_.lift({kernel::StopScope::use_case, kUseCase, "fine again", "anna"}));
  EXPECT_THAT(kinds("anna"), IsEmpty());
  EXPECT_THAT(kinds("bo"), ElementsAre("lift"));
}

INSTANTIATE_TEST_SUITE_P(Engines, TodayTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::today
