// Reviews: a person looked at a decision again. A review is an act in the evidence and a row; the judgement never
// changes. What a review leads to (another offer, a correction) is the application's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "infrastructure/evidence/record.h"

namespace puhui::audit {

inline constexpr int64_t kWhyBytesMax = 4000;

enum class Verdict : uint8_t { confirm, change, escalate };
std::span<const std::string_view> names_of(const Verdict*);

struct ReviewRequest {
  Id128 id;
  Verdict verdict = Verdict::confirm;
  std::string outcome;  // of `change`: what it should have been
  std::string why;
};
void fields(Shape& shape, ReviewRequest& request);

struct ReviewRow {
  Id128 decision;
  int64_t number = 0;  // of this decision's reviews, from 1
  Timestamp at;
  std::string by;
  Verdict verdict = Verdict::confirm;
  std::string outcome, why;
  bool open = false;  // escalated, and nobody has looked since
};
void fields(Shape& shape, ReviewRow& row);

struct ReviewListRequest {
  bool open = false;
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, ReviewListRequest& request);

}  // namespace puhui::audit
