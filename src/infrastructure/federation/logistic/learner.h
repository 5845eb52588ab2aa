// LogisticLearner: one party's own side of vertical logistic regression, in plaintext: its rows, weights and batches, the numbers
// it has for its peer, its scalars for the peer's numbers, and the update. The protocol and the run in the clear both drive it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/federation/logistic/fixed_point.h"
#include "infrastructure/federation/logistic/model_part.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

class LogisticLearner {
 public:
  // `invalid` with every fault: terms, labels, columns. Party 0 is the guest.
  static Result<LogisticLearner> make(const Job& job, const PartyData& data, size_t self);

  size_t rows() const { return rows_; }
  size_t columns() const { return columns_; }  // with the guest's intercept, which is its last
  size_t terms() const { return polynomial_.terms(); }
  uint64_t batches_total() const { return batches_in_epoch_ * epochs_; }
  uint64_t batches_done() const { return batches_done_; }
  uint64_t rows_left() const;  // of all epochs, of the batches not done

  // The next batch: `terms` has one entry a row, `factors` one a row and column, in the same order at both parties.
  struct Batch {
    std::vector<RowTerms> terms;
    std::vector<RowFactors> factors;
    std::vector<int64_t> own_sums;  // one a column, 2^-19
  };
  Batch next_batch();
  // Ends the batch: `peer_sums` is factors × peer's terms, a column. `corrupt` when one is larger than it can be.
  Result<void> finish_batch(const Batch& batch, std::span<const int64_t> peer_sums);

  std::vector<int64_t> scores() const;  // partial scores of all rows with the weights as they are, 2^-24
  LogisticModelPart part() const;       // the guest's without its calibration: base is the intercept, slope 1
  std::span<const int32_t> standardised_row(size_t row) const { return {&values_[row * columns_], columns_}; }  // 2^-16
  bool has_labels() const { return has_labels_; }
  std::vector<uint8_t> labels() const { return labels_; }

  void write(std::string& out) const;
  Result<void> read(std::string_view bytes);  // `corrupt` when it is of another size or outside its bounds

 private:
  LogisticLearner() = default;
  void standardise(const PartyData& data, bool standardise);
  void factorise_curvature();
  int64_t score(size_t row) const;
  void move(std::span<const double> gradient);

  SigmoidPolynomial polynomial_;
  LogisticTerms job_terms_;
  std::string party_, peer_;
  Role role_ = Role::host;
  size_t rows_ = 0, columns_ = 0;
  size_t batch_rows_ = 0;
  uint64_t batches_in_epoch_ = 0, epochs_ = 0, batches_done_ = 0;
  bool has_labels_ = false;
  std::vector<LogisticColumn> heads_;
  std::vector<int32_t> values_;  // rows × columns, standardised; the intercept's are 1
  std::vector<uint8_t> labels_;
  std::vector<double> factor_;  // Cholesky factor of the curvature of the own columns
  std::vector<double> weights_, speeds_;
  std::vector<int64_t> fixed_weights_;  // the weights in 2^-24, what scores are made of
  std::vector<uint32_t> order_;         // of the epoch `order_epoch_`
  std::optional<uint64_t> order_epoch_;
};

}  // namespace puhui::federation
