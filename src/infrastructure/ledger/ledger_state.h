// What a Ledger holds; for ledger.cc and history.cc alone.
#pragma once

#include "infrastructure/ledger/ledger.h"
#include "infrastructure/ledger/machine.h"
#include "infrastructure/ledger/snapshot.h"

namespace puhui::ledger {

class Ledger::State {
 public:
  State(LedgerNeeds with, LedgerOptions given)
      : needs(with), options(given), machine(given), pace(given.postings_per_snapshot) {}
  LedgerNeeds needs;
  LedgerOptions options;
  Machine machine;
  SnapshotPace pace;
  Machine::Mark closure{};  // where the closure under way began
};

}  // namespace puhui::ledger
