// Conversation: what a stage sees of the others: messages by kind to and from a party by its place in the job. The runner
// owns the connections under it and opens a new conversation after every break.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui::federation {

// Ranges of message kinds, so that no two protocols meet.
enum : uint16_t {
  kRunnerKinds = 100,
  kPsiKinds = 200,
  kBoostingKinds = 300,
  kLogisticKinds = 400,
  kHorizontalKinds = 500,
  kConversionKinds = 600,
  kMeasureKinds = 700,
  kScoringKinds = 800,
};

class Conversation {
 public:
  virtual ~Conversation() = default;
  virtual size_t self() const = 0;
  virtual size_t parties() const = 0;
  // The hub reaches all, the others the hub (0) alone; CHECKed.
  virtual Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) = 0;
  Result<void> send(size_t to, uint16_t kind, std::string_view bytes) { return send(to, kind, {bytes}); }
  virtual Result<std::string> receive(size_t from, uint16_t kind) = 0;
  virtual Result<void> receive(size_t from, uint16_t kind,
                               const std::function<Result<void>(std::string_view piece)>& take) = 0;
  // Horizontal only: false once the runner gave the party up after the job's patience; sends to it do nothing, receives fail.
  virtual bool is_present(size_t party) const = 0;
};

}  // namespace puhui::federation
