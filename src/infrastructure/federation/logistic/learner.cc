#include "infrastructure/federation/logistic/learner.h"

#include <algorithm>
#include <cmath>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/federation/logistic/vertical_logistic.h"

namespace puhui::federation {

namespace {

constexpr double kMomentum = 0.9;
// Rows that the curvature is taken from, and columns up to which it is taken whole: beyond, each column stands for itself.
constexpr size_t kCurvatureRowsMax = 20'000, kCurvatureColumnsMax = 256;
constexpr double kCurvatureRidge = 1e-3;  // of the largest curvature: how far a direction without variance is trusted
constexpr double kWeightLimit = 64;
constexpr int64_t kEpochsMax = 100'000;
constexpr int32_t kOne = 1 << kValueBits;

void check_terms(const LogisticTerms& terms, Faults& faults) {
  const auto expect = [&](bool good, const char* where, const char* message) {
    if (!good) faults.add(where, message);
  };
  expect(terms.epochs >= 1 && terms.epochs <= kEpochsMax, "logistic/epochs", "expected 1 to 100000");
  expect(terms.batch_rows >= 1 && terms.batch_rows <= kLogisticBatchRowsMax, "logistic/batch_rows",
         "expected 1 to 1048576");
  expect(std::isfinite(terms.learning_rate) && terms.learning_rate > 0 && terms.learning_rate <= 1,
         "logistic/learning_rate", "expected more than 0, at most 1");
  expect(std::isfinite(terms.l2) && terms.l2 >= 0 && terms.l2 <= 1e6, "logistic/l2", "expected 0 to 1000000");
}

void check_data(const PartyData& data, size_t self, Faults& faults) {
  if (data.row_count() == 0 || data.row_count() > kLogisticRowsMax) {
    faults.add("rows",
               "expected 1 to " + std::to_string(kLogisticRowsMax) + ", came " + std::to_string(data.row_count()));
  }
  if (data.columns.empty() && self != 0) faults.add("columns", "expected at least one column of the host, came none");
  CHECK(data.values.size() == data.columns.size(), "values stand column by column");
  for (size_t j = 0; j < data.columns.size(); ++j) {
    CHECK(data.values[j].size() == data.row_count(), "every column has a value a row");
    const auto bad = std::find_if(data.values[j].begin(), data.values[j].end(), [](float v) { return std::isinf(v); });
    if (bad != data.values[j].end()) {
      faults.add("row " + std::to_string(bad - data.values[j].begin() + 1) + ", column " + data.columns[j],
                 "expected a finite number or none, came infinity");
    }
  }
  if (self != 0) return;
  if (data.labels.size() != data.row_count())
    return faults.add("label", "expected a label a row at the guest, came none");
  size_t bad = 0;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    if (data.labels[i] != 0 && data.labels[i] != 1) {
      return faults.add("row " + std::to_string(i + 1), "expected the label 0 or 1, came another number");
    }
    bad += data.labels[i] == 1;
  }
  if (bad == 0 || bad == data.labels.size()) {
    faults.add("label",
               "expected rows of both classes among the common rows, came only one; look at the label's column");
  }
}

// Mean and deviation of what is there; deviation 0 where all that is there is one value.
LogisticColumn measured(const std::string& name, std::span<const float> values) {
  LogisticColumn out{.name = name};
  double sum = 0, count = 0;
  for (const float v : values) {
    if (!std::isnan(v)) sum += v, ++count;
  }
  if (count == 0) return out;
  out.mean = sum / count;
  double squares = 0;
  for (const float v : values) {
    if (!std::isnan(v)) squares += (v - out.mean) * (v - out.mean);
  }
  const double deviation = std::sqrt(squares / count);
  const bool constant = deviation <= 1e-9 * std::fabs(out.mean);  // what rounding of the mean leaves
  out.deviation = constant ? 0 : deviation;
  return out;
}

}  // namespace

Result<LogisticLearner> LogisticLearner::make(const Job& job, const PartyData& data, size_t self) {
  Faults faults;
  const auto polynomial = sigmoid_polynomial(job.logistic.sigmoid);
  if (!polynomial) faults.add("", polynomial.error());
  check_terms(job.logistic, faults);
  const bool two = job.parties.size() == 2 && job.parties[0].role == Role::guest && job.parties[1].role == Role::host;
  if (!two) faults.add("parties", "expected two: the guest first, then a host");
  check_data(data, self, faults);
  TRY(std::move(faults).result());
  LogisticLearner out;
  out.polynomial_ = *polynomial;
  out.job_terms_ = job.logistic;
  out.party_ = job.parties[self].name;
  out.peer_ = job.parties[1 - self].name;
  out.role_ = job.parties[self].role;
  out.rows_ = data.row_count();
  out.has_labels_ = self == 0;
  for (const double label : data.labels) out.labels_.push_back(label == 1 ? 1 : 0);
  out.columns_ = data.columns.size() + (out.has_labels_ ? 1 : 0);
  out.batch_rows_ = std::min<size_t>(out.rows_, static_cast<size_t>(job.logistic.batch_rows));
  // As even as can be: a short last batch would have the weight of a full one.
  out.batches_in_epoch_ = (out.rows_ + out.batch_rows_ - 1) / out.batch_rows_;
  out.epochs_ = static_cast<uint64_t>(job.logistic.epochs);
  out.standardise(data, job.logistic.standardise);
  out.factorise_curvature();
  out.weights_.assign(out.columns_, 0);
  out.speeds_.assign(out.columns_, 0);
  out.fixed_weights_.assign(out.columns_, 0);
  return out;
}

void LogisticLearner::standardise(const PartyData& data, bool standardise) {
  for (size_t j = 0; j < data.columns.size(); ++j) {
    LogisticColumn head = measured(data.columns[j], data.values[j]);
    // Columns that were brought to scale before: a constant one still says nothing.
    if (!standardise) head.mean = 0, head.deviation = head.deviation > 0 ? 1 : 0;
    heads_.push_back(std::move(head));
  }
  values_.assign(rows_ * columns_, kOne);
  for (size_t j = 0; j < heads_.size(); ++j) {
    const LogisticColumn& head = heads_[j];
    for (size_t i = 0; i < rows_; ++i) {
      values_[i * columns_ + j] = standardised(data.values[j][i], head.mean, head.deviation);
    }
  }
}

// The second derivative of the loss over the party's own columns, which it knows alone: first · XᵀX / rows + l2. Steps along its
// inverse do not care how a house's own columns hang together.
void LogisticLearner::factorise_curvature() {
  const size_t n = columns_;
  const double steep = static_cast<double>(polynomial_.first) * 0x1p-24;
  const bool whole = n <= kCurvatureColumnsMax;
  factor_.assign(whole ? n * n : n, 0);
  const size_t stride = std::max<size_t>(1, rows_ / kCurvatureRowsMax);
  size_t count = 0;
  for (size_t i = 0; whole && i < rows_; i += stride, ++count) {
    const int32_t* x = &values_[i * n];
    for (size_t j = 0; j < n; ++j) {
      for (size_t k = 0; k <= j; ++k) factor_[j * n + k] += static_cast<double>(x[j]) * x[k];
    }
  }
  for (size_t j = 0; j < n; ++j) {
    const bool free = has_labels_ && j + 1 == n;  // the intercept
    const double ridge = (free ? 0 : job_terms_.l2) + kCurvatureRidge * steep;
    if (!whole) {
      factor_[j] = std::sqrt(steep + ridge);
      continue;
    }
    for (size_t k = 0; k <= j; ++k) factor_[j * n + k] *= steep * 0x1p-32 / static_cast<double>(count);
    factor_[j * n + j] += ridge;
  }
  if (!whole) return;
  for (size_t j = 0; j < n; ++j) {
    for (size_t k = 0; k <= j; ++k) {
      double sum = factor_[j * n + k];
      for (size_t m = 0; m < k; ++m) sum -= factor_[j * n + m] * factor_[k * n + m];
      factor_[j * n + k] = j == k ? std::sqrt(std::max(sum, kCurvatureRidge * steep / 2)) : sum / factor_[k * n + k];
    }
  }
}

int64_t LogisticLearner::score(size_t row) const {
  const int32_t* x = &values_[row * columns_];
  int64_t sum = 0;  // 2^-40: |x| < 2^19, |weight| <= 2^30, at most 4,097 columns
  for (size_t j = 0; j < columns_; ++j) sum += x[j] * fixed_weights_[j];
  return (sum + (int64_t{1} << (kValueBits - 1))) >> kValueBits;
}

uint64_t LogisticLearner::rows_left() const {
  const uint64_t epoch = batches_done_ / batches_in_epoch_, place = batches_done_ % batches_in_epoch_;
  return (epochs_ - epoch) * rows_ - rows_ * place / batches_in_epoch_;
}

LogisticLearner::Batch LogisticLearner::next_batch() {
  CHECK(batches_done_ < batches_total(), "there is another batch");
  const uint64_t epoch = batches_done_ / batches_in_epoch_, place = batches_done_ % batches_in_epoch_;
  const Random random(job_terms_.seed);
  if (order_epoch_ != epoch) order_ = epoch_order(random, epoch, rows_), order_epoch_ = epoch;
  const size_t begin = rows_ * place / batches_in_epoch_, end = rows_ * (place + 1) / batches_in_epoch_;
  Batch out;
  out.terms.reserve(end - begin);
  out.factors.resize((end - begin) * columns_);
  out.own_sums.assign(columns_, 0);
  for (size_t i = begin; i < end; ++i) {
    const uint32_t row = order_[i];
    const int64_t s = clipped_score(score(row));
    RowTerms terms = row_terms(polynomial_, s);
    if (has_labels_) terms.value += labels_[row] != 0 ? -kLabelHalf : kLabelHalf;
    out.terms.push_back(terms);
    RowFactors* factors = &out.factors[(i - begin) * columns_];
    for (size_t j = 0; j < columns_; ++j) {
      const uint64_t dither = random.draw(2 * epoch + (has_labels_ ? 0 : 1), row, j);
      factors[j] = row_factors(polynomial_, values_[row * columns_ + j], s, dither);
      out.own_sums[j] += int64_t{factors[j].by_value} * terms.value;
    }
  }
  return out;
}

Result<void> LogisticLearner::finish_batch(const Batch& batch, std::span<const int64_t> peer_sums) {
  CHECK(peer_sums.size() == columns_, "a sum a column");
  const auto rows = static_cast<int64_t>(batch.terms.size());
  std::vector<double> gradient(columns_);
  for (size_t j = 0; j < columns_; ++j) {
    const int64_t most = 3 * rows * kFactorMax * kTermMax;
    if (peer_sums[j] > most || peer_sums[j] < -most) {
      return fail(ErrorCode::corrupt, "sum " + std::to_string(j + 1),
                  "expected a gradient that " + std::to_string(rows) +
                      " rows can have, came more; the peer broke the protocol");
    }
    const double scale = static_cast<double>(rows) * (int64_t{1} << kGradientBits);
    gradient[j] = static_cast<double>(batch.own_sums[j] + peer_sums[j]) / scale;
    const bool free = has_labels_ && j + 1 == columns_;
    if (!free) gradient[j] += job_terms_.l2 * weights_[j];
  }
  move(gradient);
  ++batches_done_;
  return {};
}

// Momentum along the inverse curvature; the rate falls to nothing over the second half, which averages the batches' noise away.
void LogisticLearner::move(std::span<const double> gradient) {
  const size_t n = columns_;
  std::vector<double> step(gradient.begin(), gradient.end());
  if (factor_.size() == n * n) {
    for (size_t j = 0; j < n; ++j) {
      for (size_t k = 0; k < j; ++k) step[j] -= factor_[j * n + k] * step[k];
      step[j] /= factor_[j * n + j];
    }
    for (size_t j = n; j-- > 0;) {
      for (size_t k = j + 1; k < n; ++k) step[j] -= factor_[k * n + j] * step[k];
      step[j] /= factor_[j * n + j];
    }
  } else {
    for (size_t j = 0; j < n; ++j) step[j] /= factor_[j] * factor_[j];
  }
  const double left = 2 * (1 - static_cast<double>(batches_done_) / static_cast<double>(batches_total()));
  const double rate = job_terms_.learning_rate * std::min(1.0, left);
  for (size_t j = 0; j < n; ++j) {
    speeds_[j] = kMomentum * speeds_[j] + step[j];
    weights_[j] = std::clamp(weights_[j] - rate * speeds_[j], -kWeightLimit, kWeightLimit);
    fixed_weights_[j] = static_cast<int64_t>(std::nearbyint(weights_[j] * (int64_t{1} << kWeightBits)));
  }
}

std::vector<int64_t> LogisticLearner::scores() const {
  std::vector<int64_t> out(rows_);
  for (size_t i = 0; i < rows_; ++i) out[i] = score(i);
  return out;
}

LogisticModelPart LogisticLearner::part() const {
  LogisticModelPart out{.role = role_, .party = party_, .peer = peer_, .columns = heads_};
  for (size_t j = 0; j < heads_.size(); ++j) out.columns[j].weight = fixed_weights_[j];
  if (has_labels_) out.base = fixed_weights_.back(), out.slope = int64_t{1} << kWeightBits;
  return out;
}

void LogisticLearner::write(std::string& out) const {
  ByteWriter writer;
  writer.unsigned_varint(batches_done_);
  writer.unsigned_varint(columns_);
  for (const double weight : weights_) writer.real(weight);
  for (const double speed : speeds_) writer.real(speed);
  out += writer.bytes();
}

Result<void> LogisticLearner::read(std::string_view bytes) {
  ByteReader in(bytes);
  const uint64_t done = in.unsigned_varint(), columns = in.unsigned_varint();
  if (done > batches_total() || columns != columns_) in.reject();
  std::vector<double> weights(columns_), speeds(columns_);
  for (double& weight : weights) weight = in.real();
  for (double& speed : speeds) speed = in.real();
  for (size_t j = 0; j < columns_; ++j) {
    if (!(std::fabs(weights[j]) <= kWeightLimit) || !std::isfinite(speeds[j])) in.reject();
  }
  TRY(in.finish("the state of a logistic regression"));
  batches_done_ = done;
  weights_ = std::move(weights);
  speeds_ = std::move(speeds);
  for (size_t j = 0; j < columns_; ++j) {
    fixed_weights_[j] = static_cast<int64_t>(std::nearbyint(weights_[j] * (int64_t{1} << kWeightBits)));
  }
  return {};
}

}  // namespace puhui::federation
