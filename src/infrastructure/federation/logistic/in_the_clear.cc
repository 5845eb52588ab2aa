#include "infrastructure/federation/logistic/in_the_clear.h"

#include "infrastructure/federation/logistic/calibrate.h"

namespace puhui::federation {

namespace {

// What the protocol computes under the peer's key.
std::vector<int64_t> sums_over(const LogisticLearner::Batch& own, std::span<const RowTerms> peer, size_t columns) {
  std::vector<int64_t> out(columns, 0);
  for (size_t i = 0; i < peer.size(); ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const RowFactors& factors = own.factors[i * columns + j];
      out[j] += int64_t{factors.by_value} * peer[i].value + int64_t{factors.by_score} * peer[i].score +
                int64_t{factors.by_square} * peer[i].square;
    }
  }
  return out;
}

}  // namespace

Result<ClearLogistic> logistic_in_the_clear(const Job& job, const PartyData& guest, const PartyData& host) {
  if (guest.row_count() != host.row_count()) {
    return fail(ErrorCode::invalid, "rows", "expected as many rows of the host as of the guest, came another number");
  }
  LogisticLearner left = TRY(LogisticLearner::make(job, guest, 0));
  LogisticLearner right = TRY(LogisticLearner::make(job, host, 1));
  while (left.batches_done() < left.batches_total()) {
    const LogisticLearner::Batch a = left.next_batch(), b = right.next_batch();
    TRY(left.finish_batch(a, sums_over(a, b.terms, left.columns())));
    TRY(right.finish_batch(b, sums_over(b, a.terms, right.columns())));
  }
  CalibratedLogistic calibrated = TRY(calibrate(left, right.scores(), job.logistic.l2));
  return ClearLogistic{.guest = write_logistic_part(calibrated.part),
                       .host = write_logistic_part(right.part()),
                       .measures = std::move(calibrated.measures)};
}

}  // namespace puhui::federation
