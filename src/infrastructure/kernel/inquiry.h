// Inquiry: facts that another house is asked for before a judgement, because the model needs what only that house knows. The
// answer becomes a fact of the decision: judging stays a pure function, and a replay asks nobody. No answer, no fact: the
// policy says what decides then.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

struct Question {
  Digest job;  // which federated model: the job it was trained by
  std::string_view party;
  std::string_view id;  // of the subject, as both houses know it; personal
};

class Inquirer {
 public:
  virtual ~Inquirer() = default;
  // The party's answer in the model's own text form, soon or not at all: `unavailable` when the party is away or too slow.
  // Called from many threads.
  virtual Result<std::string> ask(const Question& question) = 0;
};

// Fills the asked facts of `version`, whatever stood there. One that nobody answered, or whose subject has no id, is absent.
// Answers why each is absent, in the order of the facts.
std::vector<Fault> inquire(const Version& version, Inquirer* inquirer, std::vector<evidence::FactValue>& facts);

}  // namespace puhui::kernel
