// The shadow run of another version on live traffic: what it would have answered beside what was answered, counted by day and
// pair of actions, and every payment where they differ. Written in the transaction of the payment itself.
#pragma once

#include "applications/fraud/payment.h"
#include "applications/fraud/shadow_shapes.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::fraud {

inline constexpr int kUtcOffsetMinutes = 480;          // the bank's day begins at its own midnight
inline constexpr int64_t kDifferingKeptMax = 100'000;  // of one pair of versions; the oldest go

// What the shadow said of one payment. Without an action it came to none.
struct Shadowed {
  Digest champion, shadow;
  std::optional<Action> action;
  std::vector<evidence::Reason> reasons;
};
// None when no version judged beside it.
std::optional<Shadowed> shadowed_of(const kernel::Draft& draft);
// nullopt: none of ours.
std::optional<Action> action_of_outcome(std::string_view outcome);

// A payment with what its shadow said of it.
struct ShadowedPayment {
  const PaymentRow* row = nullptr;
  const Shadowed* shadowed = nullptr;
};
Result<void> add_shadowed(Transaction& tx, std::string_view scheme, std::span<const ShadowedPayment> payments);

// Of the pair of versions that judged last; empty when none ever did. Reasons as codes.
struct ShadowReading {
  ShadowAnswer answer;
  std::vector<std::vector<evidence::Reason>> champion_reasons, shadow_reasons;  // of answer.differences
};
Result<ShadowReading> read_shadow(Reader& reader, const ShadowRequest& request);

}  // namespace puhui::fraud
