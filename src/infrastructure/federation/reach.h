// Reach: how a run comes by its connections: over TLS in the program, in memory in tests and rehearsals.
#pragma once

#include <memory>

#include "infrastructure/channel/connection.h"

namespace puhui::federation {

class Reach {
 public:
  virtual ~Reach() = default;
  // The hub's: one try. `unavailable` while nobody answers there: to be tried again.
  virtual Result<std::unique_ptr<channel::Connection>> dial(size_t party) = 0;
  // A spoke's: the hub's next call, waited for at most so long; then `unavailable`. An older call that nobody took is dropped.
  virtual Result<std::unique_ptr<channel::Connection>> accept(int64_t wait_ms) = 0;
};

}  // namespace puhui::federation
