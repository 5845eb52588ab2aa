#include "infrastructure/access/role.h"

#include <algorithm>
#include <set>

#include "ground/base/text.h"

namespace puhui::access {

namespace {

// What every signed-in person may do: see who one is, change one's own password and key, end one's own sessions.
constexpr std::string_view kEveryone[] = {"user.password", "session.list", "session.revoke", "role.list",
                                          "person.enrol",  "person.key",   "person.list"};

constexpr size_t kRolesMax = 8;

bool together(Duty a, Duty b) { return a == b || a == Duty::serves || b == Duty::serves; }

// An auditor serves nobody either, and who gives access serves no customer.
bool apart(Duty a, Duty b) {
  const auto alone = [](Duty duty) { return duty == Duty::audits || duty == Duty::gives_access; };
  return a != b && (alone(a) || alone(b) || !together(a, b));
}

}  // namespace

std::span<const std::string_view> names_of(const Duty*) {
  static constexpr std::string_view kNames[] = {"makes", "checks", "serves", "gives_access", "audits"};
  return kNames;
}

const std::vector<Role>& roles() {
  static const std::vector<Role> table = {
      {"admin",
       "Administrator",
       "管理员",
       Duty::gives_access,
       false,
       {"user.*", "session.*", "heatmap.*", "compute.*", "today.*"}},
      {"risk_officer",
       "Risk officer",
       "风险官",
       Duty::checks,
       true,
       {"evidence.*",        "decision.*",      "audit.*",         "subject.*",
        "permit.*",          "incident.*",      "stop.*",          "drill.*",
        "inventory.*",       "drift.*",         "decay.*",         "fairness.*",
        "promotion.*",       "experiment.list", "experiment.show", "experiment.compare",
        "heatmap.*",         "compute.*",       "today.*",         "model.list",
        "model.show",        "model.check",     "policy.list",     "policy.show",
        "policy.check",      "policy.eval",     "policy.test",     "policy.backtest",
        "policy.diff",       "lending.facts",   "lending.loan",    "lending.loans",
        "lending.portfolio", "lending.schedule"}},
      {"policy_writer",
       "Policy writer",
       "策略编写",
       Duty::makes,
       false,
       {"policy.*", "permit.propose", "permit.list", "permit.show", "decision.*", "evidence.show", "evidence.replay",
        "inventory.list", "inventory.show", "promotion.list", "promotion.show", "drift.list", "drift.show", "heatmap.*",
        "today.*", "model.list", "model.show", "lending.facts", "lending.propose"}},
      {"model_builder",
       "Model builder",
       "模型开发",
       Duty::makes,
       false,
       {"model.*",         "experiment.*",    "drift.*",        "decay.*",           "fairness.list",
        "fairness.show",   "promotion.list",  "promotion.show", "promotion.propose", "permit.propose",
        "permit.list",     "permit.show",     "inventory.list", "inventory.show",    "decision.*",
        "evidence.show",   "evidence.replay", "policy.check",   "policy.eval",       "policy.test",
        "policy.backtest", "heatmap.*",       "compute.*",      "today.*",           "lending.facts"}},
      {"manager",
       "Manager",
       "业务负责人",
       Duty::checks,
       true,
       {"heatmap.*",        "compute.*",   "today.*",       "inventory.*",   "permit.*",
        "incident.*",       "stop.*",      "drill.*",       "drift.*",       "decay.*",
        "fairness.*",       "promotion.*", "decision.*",    "evidence.show", "evidence.verify",
        "evidence.replay",  "audit.*",     "model.list",    "model.show",    "policy.list",
        "policy.show",      "policy.diff", "lending.loan",  "lending.loans", "lending.portfolio",
        "lending.schedule", "ledger.list", "ledger.account"}},
      {"service",
       "Customer service",
       "客户服务",
       Duty::serves,
       false,
       {"decision.*", "subject.*", "evidence.show", "evidence.personal", "lending.apply", "lending.facts",
        "lending.loan", "lending.loans", "lending.schedule", "lending.quote", "today.*"}},
      {"auditor",
       "Auditor",
       "审计",
       Duty::audits,
       false,
       {"evidence.show",   "evidence.verify",  "evidence.replay",    "evidence.personal", "decision.*",
        "audit.*",         "permit.list",      "permit.show",        "inventory.list",    "inventory.show",
        "incident.list",   "incident.show",    "drift.list",         "drift.show",        "decay.list",
        "decay.show",      "fairness.list",    "fairness.show",      "promotion.list",    "promotion.show",
        "experiment.list", "experiment.show",  "experiment.compare", "heatmap.*",         "today.*",
        "model.list",      "model.show",       "policy.list",        "policy.show",       "policy.diff",
        "user.list",       "session.everyone", "ledger.list",        "ledger.account",    "ledger.history",
        "lending.loan",    "lending.loans",    "lending.portfolio",  "lending.schedule"}},
  };
  return table;
}

const Role* find_role(std::string_view name) {
  const auto found = std::ranges::find(roles(), name, &Role::name);
  return found == roles().end() ? nullptr : &*found;
}

Result<void> check_roles(const std::vector<std::string>& names) {
  Faults faults;
  if (names.empty() || names.size() > kRolesMax) {
    faults.add("roles", "expected 1 to " + std::to_string(kRolesMax) + " roles, came " + std::to_string(names.size()));
  }
  std::vector<std::string> known;
  for (const Role& role : roles()) known.emplace_back(role.name);
  for (size_t i = 0; i < names.size() && i < kRolesMax; ++i) {
    const std::string where = "roles/" + std::to_string(i);
    const Role* role = find_role(names[i]);
    if (!role) {
      const std::string meant = nearest(names[i], known);
      faults.add(where, "there is no role '" + names[i] + "'; " +
                            (meant.empty() ? "'role list' names them" : "did you mean '" + meant + "'?"));
      continue;
    }
    for (size_t j = 0; j < i; ++j) {
      const Role* other = find_role(names[j]);
      if (other == role) faults.add(where, "'" + names[i] + "' stands twice");
      if (other && apart(other->duty, role->duty)) {
        faults.add(where,
                   "'" + names[i] + "' and '" + names[j] +
                       "' must be different people: one who makes, checks, audits or gives access does only that");
      }
    }
  }
  return std::move(faults).result();
}

std::vector<std::string> permissions_of(const std::vector<std::string>& names) {
  std::set<std::string> all(std::begin(kEveryone), std::end(kEveryone));
  for (const std::string& name : names) {
    if (const Role* role = find_role(name)) all.insert(role->permissions.begin(), role->permissions.end());
  }
  return {all.begin(), all.end()};
}

bool may_approve(const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [](const std::string& name) {
    const Role* role = find_role(name);
    return role && role->approves;
  });
}

}  // namespace puhui::access
