// Wire structs of the comparison of two versions on live traffic.
#pragma once

#include "applications/fraud/fraud_shapes.h"

namespace puhui::fraud {

struct ShadowRequest {
  std::string scheme;
  std::optional<Date> from, to;
  std::optional<std::string> after;
  int64_t limit = 50;
};
void fields(Shape& shape, ShadowRequest& request);

// Payments that the champion answered with `champion` and the shadow with `shadow`.
struct ShadowCell {
  Action champion = Action::approve, shadow = Action::approve;
  int64_t payments = 0, amount_minor = 0, frauds = 0, fraud_minor = 0, good = 0;
};
void fields(Shape& shape, ShadowCell& cell);

// What each would have done: caught: a fraud not approved. disturbed: a good payment not approved.
struct ShadowSide {
  Digest permit;
  int64_t approved = 0, caught = 0, caught_minor = 0, missed = 0, missed_minor = 0, disturbed = 0, disturbed_minor = 0;
};
void fields(Shape& shape, ShadowSide& side);

struct ShadowDifference {
  std::string key;
  Timestamp at;
  Id128 decision;
  Action champion = Action::approve, shadow = Action::approve;
  int64_t amount_minor = 0;
  std::vector<ReasonLine> champion_reasons, shadow_reasons;
  std::optional<bool> fraud;
};
void fields(Shape& shape, ShadowDifference& difference);

struct ShadowAnswer {
  std::string scheme, currency;
  int64_t payments = 0, differing = 0, failed = 0;
  std::vector<ShadowCell> cells;
  std::optional<ShadowSide> champion, shadow;
  std::vector<ShadowDifference> differences;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ShadowAnswer& answer);

}  // namespace puhui::fraud
