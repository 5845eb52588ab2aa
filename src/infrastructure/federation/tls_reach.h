// TlsReach: a run's connections over the wire: calls the pinned partners, or listens for the hub; while the bank serves, its node
// listens already and hands the calls over.
#pragma once

#include "infrastructure/channel/arrivals.h"
#include "infrastructure/channel/identity.h"
#include "infrastructure/channel/listener.h"
#include "infrastructure/federation/node.h"
#include "infrastructure/federation/office.h"
#include "infrastructure/federation/reach.h"

namespace puhui::federation {

struct TlsReachNeeds {
  const Office& office;
  const channel::Identity& identity;
  const Clock& clock;
  Log& log;
  Node* node = nullptr;  // of a serving bank
};

class TlsReach final : public Reach {
 public:
  TlsReach(const TlsReachNeeds& needs, const Job& job, size_t self) : needs_(needs), job_(job), self_(self) {}
  ~TlsReach() override;
  Result<std::unique_ptr<channel::Connection>> dial(size_t party) override;
  Result<std::unique_ptr<channel::Connection>> accept(int64_t wait_ms) override;

 private:
  Result<void> listen();

  TlsReachNeeds needs_;
  const Job& job_;
  size_t self_;
  channel::Arrivals arrivals_;
  std::unique_ptr<channel::Listener> listener_;  // its own, when no node listens; goes before what it puts callers into
};

}  // namespace puhui::federation
