// The verbs of people who write policies: try them before anybody signs. None needs a store.
#pragma once

#include "ground/base/clock.h"
#include "ground/base/verb.h"

namespace puhui::workbench {

// check, eval, test, tck, backtest, table export, table import. `clock` says what now() is in an evaluation, and outlives
// the verbs.
std::vector<Verb> policy_verbs(const Clock& clock);

// One function a file, each making the verbs it is named by.
std::vector<Verb> check_verbs();
std::vector<Verb> eval_verbs(const Clock& clock);
std::vector<Verb> case_verbs(const Clock& clock);
std::vector<Verb> backtest_verbs(const Clock& clock);
std::vector<Verb> table_verbs();

}  // namespace puhui::workbench
