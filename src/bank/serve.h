// `puhui serve` and `puhui key add`: the HTTP door of a running bank, and who may knock.
#pragma once

#include "bank/bank.h"
#include "ground/base/random.h"

namespace puhui {

struct ServeNeeds {
  Bank& bank;
  Files& files;
  Log& log;
  Metrics& metrics;
  const Clock& clock;
  Random random;
  std::string keys_file;                     // where keys are looked for when none is named
  std::vector<std::string> console_folders;  // and the built console, in this order
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> serve_verbs(const ServeNeeds* needs);

}  // namespace puhui
