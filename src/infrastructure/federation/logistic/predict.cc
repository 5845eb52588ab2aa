#include "infrastructure/federation/logistic/predict.h"

#include "ground/base/check.h"
#include "infrastructure/federation/logistic/fixed_point.h"
#include "infrastructure/models/logistic.h"

namespace puhui::federation {

namespace {

// To the nearest, halves up.
int64_t times(int64_t a, int64_t b) {
  constexpr __int128 kHalf = __int128{1} << (kWeightBits - 1);
  return static_cast<int64_t>((static_cast<__int128>(a) * b + kHalf) >> kWeightBits);
}

}  // namespace

int64_t partial_score(const LogisticModelPart& part, std::span<const float> values) {
  CHECK(values.size() == part.columns.size(), "a value for every column");
  int64_t sum = 0;
  for (size_t j = 0; j < values.size(); ++j) {
    const LogisticColumn& column = part.columns[j];
    sum += standardised(values[j], column.mean, column.deviation) * column.weight;
  }
  return (sum + (int64_t{1} << (kValueBits - 1))) >> kValueBits;
}

Result<LogisticAnswer> predict_logistic(const LogisticModelPart& guest, std::span<const float> values,
                                        int64_t host_score) {
  CHECK(guest.role == Role::guest, "the guest's part answers");
  CHECK(values.size() == guest.columns.size(), "a value for every column");
  if (host_score > kPartialScoreMax || host_score < -kPartialScoreMax) {
    return fail(ErrorCode::invalid, guest.peer,
                "expected a partial score, came a number larger than any model answers");
  }
  LogisticAnswer out;
  out.base = guest.base;
  out.host = times(host_score, guest.slope);
  out.margin = out.base + out.host;
  for (size_t j = 0; j < values.size(); ++j) {
    const LogisticColumn& column = guest.columns[j];
    const int64_t x = standardised(values[j], column.mean, column.deviation);
    const int64_t contribution = (x * column.weight + (int64_t{1} << (kValueBits - 1))) >> kValueBits;
    out.contributions.push_back(contribution);
    out.margin += contribution;
  }
  out.probability = models::sigmoid(static_cast<double>(out.margin) * 0x1p-24);
  return out;
}

}  // namespace puhui::federation
