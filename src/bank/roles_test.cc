// The table of roles against the verbs that this bank has: neither names what the other does not know.
#include <gtest/gtest.h>

#include <set>

#include "bank/bank.h"
#include "ground/base/text.h"
#include "infrastructure/access/role.h"

namespace puhui {
namespace {

// What no person does through a browser: it is for programs with a key of their own, and for the command line.
const std::set<std::string, std::less<>> kForKeysAlone = {"evidence.erase", "ledger.open",   "ledger.transfer",
                                                          "ledger.list",    "lending.event", "lending.day-end"};

std::vector<Verb> served() {
  static const SystemClock clock;
  std::vector<Verb> verbs = Bank::described(clock);
  std::erase_if(verbs, [](const Verb& verb) { return verb.local_only; });
  return verbs;
}

TEST(Roles, every_verb_that_is_served_is_somebodys) {
  for (const Verb& verb : served()) {
    const std::string permission = verb.permission();
    bool held = kForKeysAlone.contains(permission);
    for (const access::Role& role : access::roles()) {
      held = held || Caller{"x", access::permissions_of({std::string(role.name)})}.may(permission);
    }
    EXPECT_TRUE(held) << permission << ": give it to a role (infrastructure/access/role.cc) or keep it for keys alone";
  }
}

TEST(Roles, no_role_names_a_verb_that_there_is_not) {
  std::set<std::string, std::less<>> permissions{std::string(access::kSeesPersonalFacts),
                                                 std::string(access::kSeesAllSessions)};
  std::set<std::string, std::less<>> nouns;
  for (const Verb& verb : Bank::described(SystemClock())) {
    permissions.insert(verb.permission());
    nouns.insert(verb.noun);
  }
  for (const access::Role& role : access::roles()) {
    for (const std::string_view permission : role.permissions) {
      const std::string_view noun = permission.substr(0, permission.find('.'));
      if (!nouns.contains(noun)) continue;  // of a module that this build leaves out
      EXPECT_TRUE(permission.ends_with(".*") || permissions.contains(permission)) << role.name << " " << permission;
    }
  }
}

TEST(Roles, an_auditor_reads_and_every_write_is_known_to_be_harmless) {
  const std::set<std::string, std::less<>> kHarmless = {"user.password", "session.revoke", "person.enrol",
                                                        "pack.make",     "audit.night",    "audit.replay"};
  const Caller auditor{"x", access::permissions_of({"auditor"})};
  for (const Verb& verb : served()) {
    if (verb.effect == Effect::read || !auditor.may(verb.permission())) continue;
    EXPECT_TRUE(kHarmless.contains(verb.permission())) << verb.permission() << " changes something";
  }
}

}  // namespace
}  // namespace puhui
