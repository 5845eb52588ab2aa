// Role: what a kind of person may do, as one row of a table in code. A user holds one or more; who makes (policies,
// models), who checks, who gives access and who audits are apart by construction.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::access {

// Two roles of different duties are never one person's, but for `serves`, which goes with any that makes or checks.
enum class Duty { makes, checks, serves, gives_access, audits };
std::span<const std::string_view> names_of(const Duty*);

struct Role {
  std::string_view name;  // "risk_officer"
  std::string_view en, zh;
  Duty duty;
  bool approves;  // a person of this role may sign permits
  std::vector<std::string_view> permissions;
};

// What a verb's permission does not say; a handler asks for it by name.
inline constexpr std::string_view kSeesPersonalFacts = "evidence.personal";
inline constexpr std::string_view kSeesAllSessions = "session.everyone";

const std::vector<Role>& roles();
const Role* find_role(std::string_view name);

// invalid: an unknown role, one twice, none, or two whose duties exclude each other; all faults at once.
Result<void> check_roles(const std::vector<std::string>& names);
// Of all these roles, sorted, each once. The names were checked.
std::vector<std::string> permissions_of(const std::vector<std::string>& roles);
bool may_approve(const std::vector<std::string>& roles);

}  // namespace puhui::access
