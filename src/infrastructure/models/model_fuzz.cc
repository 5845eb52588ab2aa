// Any bytes: a model is refused or can be scored and explained without reaching beyond itself; what was accepted
// keeps its sums exact.
#include <limits>

#include "ground/base/check.h"
#include "infrastructure/models/model.h"

namespace {

void try_model(std::string_view bytes) {
  using namespace puhui::models;
  const auto model = Model::parse(bytes);
  if (!model) return;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double value : {0.0, 1.0, -1e300, kInfinity, -kInfinity, kMissing}) {
    const std::vector<double> row(model->inputs().size(), value);
    const Score score = model->score(row);
    CHECK(score.probability.ppb >= 0 && score.probability.ppb <= 1'000'000'000, "a probability is between 0 and 1");
    const Explanation explanation = model->explain(row);
    int64_t sum = explanation.base;
    for (const Contribution& part : explanation.contributions) sum += part.amount;
    CHECK(sum == explanation.total, "contributions sum to the score");
    Score batch[2];
    std::vector<double> rows = row;
    rows.insert(rows.end(), row.begin(), row.end());
    model->score_batch(rows, batch);
    CHECK(batch[0] == score && batch[1] == score, "a batch gives the same scores");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_model(bytes);
  // Behind a right beginning with an empty card, where chance alone would seldom come.
  try_model(std::string("PUHUIMOD\x01\x02{}") + std::string(bytes));
  return 0;
}
