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

using Permissions = std::vector<std::string_view>;

// What all who make, check and audit may look at: how the bank decides, what decides, and how it does.
const Permissions kLooks = {"today.*",
                            "decision.find",
                            "decision.show",
                            "decision.replay",
                            "decision.export",
                            "review.list",
                            "evidence.show",
                            "evidence.verify",
                            "evidence.replay",
                            "audit.*",
                            "permit.list",
                            "permit.history",
                            "proposal.list",
                            "proposal.show",
                            "draft.list",
                            "draft.open",
                            "draft.base",
                            "draft.test",
                            "draft.eval",
                            "inventory.list",
                            "inventory.show",
                            "inventory.lineage",
                            "inventory.production",
                            "incident.list",
                            "incident.show",
                            "alert.list",
                            "switch.list",
                            "switch.drills",
                            "drift.show",
                            "decay.show",
                            "fairness.show",

                            "promotion.list",
                            "promotion.show",
                            "experiment.list",
                            "experiment.show",
                            "experiment.compare",
                            "features.list",
                            "features.show",
                            "features.read",
                            "features.verify",
                            "heatmap.show",
                            "heatmap.block",
                            "heatmap.summary",
                            "heatmap.prices",
                            "compute.jobs",
                            "compute.quotas",
                            "model.show",
                            "policy.check",
                            "policy.eval",
                            "policy.test",
                            "policy.table.export",
                            "lending.facts",
                            "lending.portfolio",
                            "lending.products",
                            "lending.book",
                            "fraud.holds",
                            "fraud.payments",
                            "fraud.payment",
                            "fraud.schemes",
                            "fraud.shadow",
                            "case.queue",
                            "case.list",
                            "case.show",
                            "case.snoozes",
                            "case.summary",
                            "aml.findings",
                            "aml.finding",
                            "aml.typologies",
                            "aml.lists.show",
                            "aml.report.list",
                            "aml.report.show",
                            "pack.list",
                            "pack.make",
                            "federation.self",
                            "federation.partners",
                            "federation.jobs",
                            "federation.job",
                            "federation.status",
                            "federation.transcript",
                            "federation.leakage",
                            "federation.models",
                            "federation.questions",
                            "federation.model"};

// What whoever makes something may do to have it tried and signed.
const Permissions kProposes = {"proposal.draft",    "proposal.submit",    "proposal.withdraw", "draft.*",
                               "policy.*",          "inventory.declare",  "incident.open",     "incident.note",
                               "lending.propose",   "federation.propose", "federation.bytes",  "federation.sign",
                               "federation.resume", "federation.stop"};

// What whoever checks may do: sign, stop, take back, look into.
const Permissions kChecks = {"proposal.bytes",     "proposal.approve",      "proposal.reject",   "proposal.schedule",
                             "permit.rollback",    "permit.review",         "permit.submit",     "switch.*",
                             "promotion.approve",  "promotion.golden",      "promotion.advance", "promotion.hold",
                             "promotion.stop",     "promotion.exploration", "incident.*",        "alert.*",
                             "inventory.validate", "inventory.declare",     "decision.review",   "lending.loan",
                             "lending.loans",      "lending.schedule",      "aml.transfer",      "aml.report.draft",
                             "aml.report.submit",  "aml.report.approve",    "fraud.release",     "fraud.label",
                             "aml.screen",         "aml.rescreen",          "aml.lists.import",  "aml.parties.import",
                             "aml.parties.list",   "aml.matches",           "aml.match.show",    "aml.match.decide",
                             "aml.match.confirm",  "federation.bytes",      "federation.sign",   "federation.reject",
                             "federation.stop",    "federation.drop"};

Permissions all_of(std::initializer_list<Permissions> parts) {
  Permissions out;
  for (const Permissions& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

const std::vector<Role>& roles() {
  static const std::vector<Role> table = {
      {"admin",
       "Administrator",
       "管理员",
       Duty::gives_access,
       false,
       {"user.*", "session.*", "heatmap.*", "compute.*", "today.*"}},
      {"risk_officer", "Risk officer", "风险官", Duty::checks, true,
       all_of({kLooks,
               kChecks,
               {"subject.*", kSeesPersonalFacts, "drift.*", "decay.*", "fairness.*", "draft.backtest", "case.*"}})},
      {"policy_writer", "Policy writer", "策略编写", Duty::makes, false, all_of({kLooks, kProposes})},
      {"model_builder", "Model builder", "模型开发", Duty::makes, false,
       all_of({kLooks,
               kProposes,
               {"model.*", "experiment.*", "drift.*", "decay.*", "fairness.run", "promotion.start", "promotion.golden",
                "compute.submit", "compute.cancel"}})},
      {"manager", "Manager", "业务负责人", Duty::checks, true,
       all_of({kLooks, kChecks, {"heatmap.*", "compute.*", "ledger.account", "ledger.verify", "case.*"}})},
      {"service",
       "Customer service",
       "客户服务",
       Duty::serves,
       false,
       {"decision.find",    "decision.show",     "decision.review",  "review.list",      "subject.*",
        kSeesPersonalFacts, "evidence.show",     "today.*",          "lending.apply",    "lending.facts",
        "lending.loan",     "lending.loans",     "lending.schedule", "lending.products", "lending.book",
        "lending.draw",     "lending.repay",     "lending.prepay",   "case.queue",       "case.list",
        "case.show",        "case.summary",      "case.snoozes",     "case.assign",      "case.note",
        "aml.transfer",     "aml.findings",      "aml.finding",      "aml.report.list",  "aml.report.show",
        "aml.report.draft", "aml.report.submit", "aml.screen",       "aml.matches",      "aml.match.show",
        "aml.match.decide", "aml.lists.show",    "fraud.judge",      "fraud.answer",     "fraud.holds",
        "fraud.payments",   "fraud.payment",     "fraud.schemes",    "fraud.label"}},
      {"auditor", "Auditor", "审计", Duty::audits, false,
       all_of({kLooks,
               {kSeesPersonalFacts, "subject.list", "user.list", kSeesAllSessions, "ledger.account", "ledger.history",
                "ledger.verify", "lending.loan", "lending.loans", "lending.schedule", "aml.matches", "aml.match.show",
                "aml.parties.list"}})},
  };
  return table;
}

std::span<const std::string_view> names_of(const Duty*) {
  static constexpr std::string_view kNames[] = {"makes", "checks", "serves", "gives_access", "audits"};
  return kNames;
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
