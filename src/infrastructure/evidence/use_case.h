// UseCase: one kind of automated judgement, declared by the application that makes it. No decision without one.
#pragma once

#include <string>

namespace puhui::evidence {

struct UseCase {
  std::string name;   // "lending.approval"; a scope may follow in a permit: "lending.approval/person_revolving"
  std::string title;  // for people
  int tier = 1;       // 1 high risk, 2 medium, 3 low: how many people sign its permit
  int domain = 3;     // 1 to 9: the row of the heat map's 45 blocks
  char kind = 'A';    // A to E: predict, perceive, understand, generate, optimise
  std::string owner;  // the office that answers for it
  std::string outcome = "default";  // the name of the outcome its decisions are measured against (outcome.h)
};

}  // namespace puhui::evidence
