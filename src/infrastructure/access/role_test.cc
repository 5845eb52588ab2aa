#include "infrastructure/access/role.h"

#include <gtest/gtest.h>

#include "ground/base/verb.h"

namespace puhui::access {
namespace {

bool may(const std::string& role, std::string_view permission) {
  return Caller{"anybody", permissions_of({role})}.may(permission);
}

TEST(Role, who_makes_does_not_sign_and_who_signs_does_not_make) {
  for (const Role& role : roles()) {
    const std::string name(role.name);
    EXPECT_EQ(role.approves, role.duty == Duty::checks) << name;
    EXPECT_EQ(may(name, "proposal.approve"), role.duty == Duty::checks) << name;
    EXPECT_EQ(may(name, "permit.rollback"), role.duty == Duty::checks) << name;
    EXPECT_EQ(may(name, "switch.stop"), role.duty == Duty::checks) << name;
    for (const char* making : {"proposal.submit", "draft.save", "lending.propose"}) {
      EXPECT_EQ(may(name, making), role.duty == Duty::makes) << name << " " << making;
    }
  }
}

TEST(Role, only_the_admin_lets_people_in_and_does_nothing_that_bears_on_decisions) {
  for (const Role& role : roles()) {
    const std::string name(role.name);
    for (const char* access : {"user.add", "user.change", "user.reset"}) {
      EXPECT_EQ(may(name, access), role.duty == Duty::gives_access) << name << " " << access;
    }
    EXPECT_TRUE(may(name, "user.password") && may(name, "session.revoke") && may(name, "person.enrol")) << name;
  }
  for (const char* deed : {"decision.show", "proposal.submit", "proposal.approve", "switch.stop", "draft.save",
                           "lending.apply", "model.add", "promotion.start", "evidence.erase"}) {
    EXPECT_FALSE(may("admin", deed)) << deed;
  }
}

TEST(Role, an_auditor_looks_at_everything_and_changes_nothing) {
  for (const char* sight : {"decision.show", "evidence.personal", "evidence.verify", "permit.history", "proposal.show",
                            "inventory.lineage", "incident.show", "user.list", "session.everyone"}) {
    EXPECT_TRUE(may("auditor", sight)) << sight;
  }
  for (const char* deed :
       {"decision.review", "proposal.draft", "proposal.approve", "incident.open", "alert.acknowledge", "switch.stop",
        "promotion.hold", "inventory.declare", "model.add", "experiment.run", "lending.apply", "compute.submit",
        "user.change", "subject.answer", "evidence.erase"}) {
    EXPECT_FALSE(may("auditor", deed)) << deed;
  }
}

TEST(Role, personal_facts_are_for_those_who_answer_for_a_person) {
  for (const char* role : {"risk_officer", "service", "auditor"}) EXPECT_TRUE(may(role, kSeesPersonalFacts)) << role;
  for (const char* role : {"admin", "policy_writer", "model_builder", "manager"}) {
    EXPECT_FALSE(may(role, kSeesPersonalFacts)) << role;
  }
}

TEST(Role, no_role_may_everything) {
  for (const Role& role : roles()) EXPECT_FALSE(may(std::string(role.name), "anything.new")) << role.name;
}

}  // namespace
}  // namespace puhui::access
