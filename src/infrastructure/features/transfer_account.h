// TransferAccount: one account's edges inside a TransferGraph, in time order, both ways.
#pragma once

#include <cstdint>

#include "infrastructure/features/time_ordered.h"

namespace puhui::features {

// An edge as one of its accounts sees it.
struct TransferLeg {
  int64_t at_us = 0;
  uint64_t seq = 0;
  int64_t amount_minor = 0;
  uint32_t other = 0;
};
using TransferLegs = TimeOrdered<TransferLeg>;

// Without an edge, by when the last one went; with one, by when the last one came: the order in which accounts make room.
enum class TransferOrder : uint8_t { idle, active };

struct TransferAccount {
  static constexpr uint32_t kNone = UINT32_MAX;
  TransferLegs out, in;
  uint32_t before = kNone, behind = kNone;  // its neighbours in its order
  TransferOrder order = TransferOrder::idle;
  bool silent() const { return out.empty() && in.empty(); }
};

}  // namespace puhui::features
