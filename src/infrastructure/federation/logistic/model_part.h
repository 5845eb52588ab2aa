// LogisticModelPart: what one party keeps of a vertical logistic regression: its own weights; the guest also the
// intercept and the calibration. All that scoring adds up are integers, so that a score is the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/job.h"

namespace puhui::federation {

inline constexpr int kWeightBits = 24;  // weights, scores, margins and the calibration count in 2^-24
inline constexpr size_t kLogisticPartBytesMax = size_t{1} << 21;
inline constexpr int64_t kWeightMax = int64_t{64} << kWeightBits;
inline constexpr int64_t kPartialScoreMax = int64_t{1} << 46;  // 4,096 columns at the largest weight and value

struct LogisticColumn {
  std::string name;
  double mean = 0, deviation = 0;  // of the party's training rows; 0: constant there, counts nothing
  int64_t weight = 0;              // of one deviation
  bool operator==(const LogisticColumn&) const = default;
};

struct LogisticModelPart {
  Role role = Role::host;
  std::string party, peer;
  std::vector<LogisticColumn> columns;
  // Guest only: margin = base + its own partial score + slope · the host's, on the scale of the true sigmoid.
  int64_t base = 0, slope = 0;
  bool operator==(const LogisticModelPart&) const = default;
};

std::string write_logistic_part(const LogisticModelPart& part);
// `corrupt` when it is none of ours: another form, a number outside its bounds, a repeated column.
Result<LogisticModelPart> read_logistic_part(std::string_view bytes);

}  // namespace puhui::federation
