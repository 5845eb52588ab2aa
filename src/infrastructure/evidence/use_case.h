// UseCase: one kind of automated judgement, declared by the application that makes it. No decision without one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace puhui::evidence {

struct UseCase {
  std::string name;   // "lending.approval"; a scope may follow in a permit: "lending.approval/person_revolving"
  std::string title;  // for people
  int tier = 1;       // 1 high risk, 2 medium, 3 low: how many people sign its permit
  int domain = 3;     // 1 to 9: the row of the heat map's 45 blocks
  char kind = 'A';    // A to E: predict, perceive, understand, generate, optimise
  std::string owner;  // the office that answers for it
  std::string outcome = "default";  // the name of the outcome its decisions are measured against (outcome.h)
  // Of an outcome that is only ever reported when it is bad (a fraud): after so many days without it an approved decision
  // counts as good. 0: only what was reported counts.
  int outcome_delay_days = 0;
};

// `name` with or without a scope; null: not declared.
const UseCase* find_use_case(std::span<const UseCase> declared, std::string_view name);
// The outcome it names; kDefaultOutcome of one that is not declared any more.
std::string_view outcome_name_of(std::span<const UseCase> declared, std::string_view use_case);

}  // namespace puhui::evidence
