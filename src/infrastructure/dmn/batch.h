// Batch: one policy over many rows at once, column by column. For back-tests and portfolios; one applicant at a time
// is Policy::evaluate. Every value, every cause and every rule hit is what Policy::evaluate gives for that row alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {

struct BatchOptions {
  std::vector<size_t> decisions;  // what to compute, together with all it requires; empty: every decision
  // kept: each row's rules can be asked for, for reports by segment. Costs 4 bytes a hit.
  enum class RowHits { none, kept } row_hits = RowHits::none;
  RowCalls* calls = nullptr;  // where hosts leave what they were asked, by row; outlives the batch
};

// Not shared between threads; the policy is, and must outlive it.
class Batch {
 public:
  explicit Batch(const Policy& policy, BatchOptions options = {});
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

  // `inputs` in Policy::inputs() order, each `rows` values, or empty when not given. What they borrow must live until
  // the values are read. Memory grows with the rows (some 300 bytes each for a policy of ten decisions): hand over
  // millions of rows some ten thousand at a time.
  void evaluate(std::span<const std::span<const feel::Value>> inputs, size_t rows);
  // One value a row; empty for a decision that was not computed. Valid until the next evaluate().
  std::span<const feel::Value> values(size_t decision) const;
  // How often each of Policy::rules() hit, over all evaluations since the last clear_hits().
  std::span<const uint64_t> rule_hits() const;
  void clear_hits();
  // The rules one row hit, in the order a Trace lists them. Needs RowHits::kept; valid until the next evaluate().
  std::span<const uint32_t> row_hits(size_t row) const;
  // What now() and today() answer in the evaluations to come; without it they are null.
  void set_moment(const feel::DateTime& now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::dmn
