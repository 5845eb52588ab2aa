#include "infrastructure/federation/horizontal/horizontal_logistic.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/federation/boosting/gradients.h"
#include "infrastructure/federation/horizontal/horizontal_pmml.h"
#include "infrastructure/federation/horizontal/score_counts.h"
#include "infrastructure/federation/logistic/fixed_point.h"

namespace puhui::federation {

namespace {

constexpr int kSizes = 128, kSizeMiddle = 64;  // values count by the exponent above them, from 2^-63 to 2^63
constexpr int kSumBits = 36, kNoisedSumBits = 10;
constexpr int kResidualBits = 20;
constexpr int kClipBits = 16;  // a clipped row's gradient in units of clip · 2^-16
constexpr double kMomentum = 0.9;
constexpr double kSetupPart = 0.25;  // of epsilon, for standardising

enum class Part : uint8_t { sizes, sums, squares, training, scores, done };

int exponent_above(float size) {
  int exponent = 0;
  const float mantissa = std::frexp(size, &exponent);
  return std::clamp(mantissa == 0.5F ? exponent - 1 : exponent, -kSizeMiddle + 1, kSizeMiddle - 1);
}

class HorizontalLogistic final : public HorizontalLearner {
 public:
  HorizontalLogistic(const Job& job, const PartyData& data)
      : job_(job),
        terms_(job.logistic),
        data_(data),
        columns_(data.values.size()),
        privacy_(job),
        means_(columns_, 0),
        deviations_(columns_, 1),
        exponents_(columns_, 0),
        weights_(columns_ + 1, 0),
        speed_(columns_ + 1, 0) {}

  std::string_view name() const override { return "horizontal_logistic"; }
  bool finished() const override { return part() == Part::done; }
  uint64_t rounds_done() const override { return round_; }
  uint64_t rounds_max() const override { return rows_ == 0 ? 0 : setup() + batches() + (privacy_.is_on() ? 0 : 1); }
  const HorizontalPrivacy& privacy() const override { return privacy_; }
  std::string_view leak() const override {
    switch (part()) {
      case Part::sizes: return "value_sizes";
      case Part::sums:
      case Part::squares: return "summed_values";
      case Part::training: return "summed_gradients";
      default: return "summed_scores";
    }
  }

  Result<void> prepare() {
    const bool planned = privacy_.plan({.share = 1, .rounds = setup(), .epsilon_part = kSetupPart});
    return planned ? Result<void>{} : too_small();
  }
  std::vector<uint64_t> numbers() const override;
  Result<void> take(std::span<const uint64_t> sums) override;
  void write(ByteWriter& out) const override;
  void read(ByteReader& in) override;
  StageResult result() const override;

 private:
  uint64_t setup() const { return terms_.standardise ? 3 : 1; }
  double share() const {
    return std::min(1.0, static_cast<double>(terms_.batch_rows) / static_cast<double>(std::max<int64_t>(1, rows_)));
  }
  uint64_t batches_an_epoch() const {
    const auto batch = static_cast<uint64_t>(terms_.batch_rows);
    return std::max<uint64_t>(1, (static_cast<uint64_t>(rows_) + batch - 1) / batch);
  }
  uint64_t batches() const { return batches_an_epoch() * static_cast<uint64_t>(terms_.epochs); }
  Part part() const {
    if (round_ < setup()) return static_cast<Part>(round_);
    if (round_ < setup() + batches() && !stopped_) return Part::training;
    return privacy_.is_on() || scored_ ? Part::done : Part::scores;
  }
  std::unexpected<Error> too_small() const {
    return fail(ErrorCode::exhausted, "privacy/epsilon",
                "expected a larger one: with any useful noise these rounds spend more than " +
                    std::to_string(job_.privacy.epsilon) + "; fewer epochs, smaller batches or more rows spend less");
  }
  int sum_bits() const { return privacy_.is_on() ? kNoisedSumBits : kSumBits; }
  double sensitivity() const;

  std::vector<uint64_t> sizes() const;
  std::vector<uint64_t> moments(Part of) const;
  std::vector<uint64_t> gradient() const;
  std::vector<uint64_t> noised_gradient() const;
  std::vector<uint64_t> scores() const;
  Result<void> take_sizes(std::span<const uint64_t> sums);
  void take_moments(std::span<const uint64_t> sums, Part of);
  void move(std::span<const uint64_t> sums);
  int32_t value(size_t row, size_t column) const {
    return standardised(data_.values[column][row], means_[column], deviations_[column]);
  }
  double score(size_t row) const;
  std::vector<uint32_t> batch_rows() const;

  const Job& job_;
  const LogisticTerms& terms_;
  const PartyData& data_;
  const size_t columns_;
  HorizontalPrivacy privacy_;
  uint64_t round_ = 0;
  bool stopped_ = false;  // the privacy budget is used up
  bool scored_ = false;
  int64_t rows_ = 0, events_ = 0;  // of all clients
  std::vector<double> means_, deviations_;
  std::vector<int> exponents_;
  std::vector<double> weights_, speed_;  // the intercept first
  double auc_ = 0;
};

// How far one row moves a round's words, in their units, in L2.
double HorizontalLogistic::sensitivity() const {
  const auto columns = static_cast<double>(columns_);
  switch (part()) {
    case Part::sizes: return std::sqrt(columns + 2);
    case Part::sums:
    case Part::squares: return std::ldexp(std::sqrt(2 * columns), kNoisedSumBits);
    default:
      return std::ldexp(1.0, kClipBits) + std::sqrt(columns + 1) / 2 + 1;  // coordinates are rounded after clipping
  }
}

std::vector<uint64_t> HorizontalLogistic::numbers() const {
  std::vector<uint64_t> out = [&] {
    switch (part()) {
      case Part::sizes: return sizes();
      case Part::sums:
      case Part::squares: return moments(part());
      case Part::training: return privacy_.is_on() ? noised_gradient() : gradient();
      default: return scores();
    }
  }();
  privacy_.add_share(out, round_, sensitivity());
  return out;
}

// Rows, rows with the event, and per column how many values have which binary exponent.
std::vector<uint64_t> HorizontalLogistic::sizes() const {
  std::vector<uint64_t> out(2 + columns_ * kSizes, 0);
  out[0] = data_.row_count();
  out[1] = static_cast<uint64_t>(std::ranges::count(data_.labels, 1.0));
  for (size_t c = 0; c < columns_; ++c) {
    for (const float x : data_.values[c]) {
      if (std::isnan(x) || x == 0) continue;
      ++out[2 + c * kSizes + static_cast<size_t>(exponent_above(std::abs(x)) + kSizeMiddle)];
    }
  }
  return out;
}

// Per column: how many values, and their sum (or that of their squared distances from the mean), scaled into [-1, 1] first.
std::vector<uint64_t> HorizontalLogistic::moments(Part of) const {
  std::vector<uint64_t> out(2 * columns_, 0);
  for (size_t c = 0; c < columns_; ++c) {
    uint64_t count = 0;
    int64_t sum = 0;
    for (const float x : data_.values[c]) {
      if (std::isnan(x)) continue;
      ++count;
      double scaled = std::clamp(std::ldexp(static_cast<double>(x), -exponents_[c]), -1.0, 1.0);
      if (of == Part::squares) {
        const double away = (scaled - std::ldexp(means_[c], -exponents_[c])) / 2;
        scaled = away * away;
      }
      sum += static_cast<int64_t>(std::nearbyint(std::ldexp(scaled, sum_bits())));
    }
    out[2 * c] = privacy_.is_on() ? count << kNoisedSumBits : count;
    out[2 * c + 1] = as_word(sum);
  }
  return out;
}

double HorizontalLogistic::score(size_t row) const {
  double sum = weights_[0];
  for (size_t c = 0; c < columns_; ++c) sum += weights_[c + 1] * std::ldexp(value(row, c), -kValueBits);
  return sum;
}

// Each client's share of the batch is its share of the rows.
std::vector<uint32_t> HorizontalLogistic::batch_rows() const {
  const uint64_t done = round_ - setup(), count = batches_an_epoch(), place = done % count;
  const std::vector<uint32_t> order = epoch_order(Random(terms_.seed), done / count, data_.row_count());
  const size_t begin = order.size() * place / count, end = order.size() * (place + 1) / count;
  return {order.begin() + static_cast<ptrdiff_t>(begin), order.begin() + static_cast<ptrdiff_t>(end)};
}

// Rows, then sums of residual · value in 2^-36: whole numbers, so that the order of rows and clients does not matter.
std::vector<uint64_t> HorizontalLogistic::gradient() const {
  const std::vector<uint32_t> rows = batch_rows();
  std::vector<int64_t> sums(columns_ + 2, 0);
  sums[0] = static_cast<int64_t>(rows.size());
  for (const uint32_t row : rows) {
    const double residual = steady_sigmoid(score(row)) - data_.labels[row];
    const auto whole = static_cast<int64_t>(std::nearbyint(std::ldexp(residual, kResidualBits)));
    sums[1] += whole << kValueBits;
    for (size_t c = 0; c < columns_; ++c) sums[c + 2] += whole * value(row, c);
  }
  return {sums.begin(), sums.end()};
}

// Abadi et al. (2016): every row's gradient is shortened to the clip, so that one row moves the sum by no more.
std::vector<uint64_t> HorizontalLogistic::noised_gradient() const {
  std::vector<int64_t> sums(columns_ + 1, 0);
  std::vector<double> of_row(columns_ + 1);
  for (size_t row = 0; row < data_.row_count(); ++row) {
    if (!privacy_.takes_part(round_, row, share())) continue;
    const double residual = steady_sigmoid(score(row)) - data_.labels[row];
    double square = 0;
    for (size_t j = 0; j <= columns_; ++j) {
      of_row[j] = j == 0 ? residual : residual * std::ldexp(value(row, j - 1), -kValueBits);
      square += of_row[j] * of_row[j];
    }
    const double kept = std::ldexp(1 / std::max(privacy_.clip(), std::sqrt(square)), kClipBits);
    for (size_t j = 0; j <= columns_; ++j) sums[j] += static_cast<int64_t>(std::nearbyint(of_row[j] * kept));
  }
  return {sums.begin(), sums.end()};
}

std::vector<uint64_t> HorizontalLogistic::scores() const {
  ScoreCounts counts;
  for (size_t row = 0; row < data_.row_count(); ++row) counts.add(score(row), data_.labels[row] == 1);
  return counts.words();
}

Result<void> HorizontalLogistic::take(std::span<const uint64_t> sums) {
  const Part at = part();
  if (at != Part::scores) privacy_.spend(at == Part::training ? share() : 1);
  switch (at) {
    case Part::sizes: TRY(take_sizes(sums)); break;
    case Part::sums:
    case Part::squares: take_moments(sums, at); break;
    case Part::training: move(sums); break;
    default: auc_ = ScoreCounts(sums).auc(), scored_ = true;
  }
  ++round_;
  if (round_ == setup() && !privacy_.plan({.share = share(), .rounds = batches()})) return too_small();
  if (round_ > setup() && at == Part::training) stopped_ = !privacy_.affords(share());
  return {};
}

Result<void> HorizontalLogistic::take_sizes(std::span<const uint64_t> sums) {
  rows_ = as_signed(sums[0]), events_ = as_signed(sums[1]);
  if (privacy_.is_on()) rows_ = std::clamp<int64_t>(rows_, 1, kHorizontalRowsMax);
  if (rows_ < 1 || rows_ > static_cast<int64_t>(kHorizontalRowsMax)) {
    return fail(
        ErrorCode::invalid, "rows",
        "expected at most " + std::to_string(kHorizontalRowsMax) + " of all clients, came " + std::to_string(rows_));
  }
  if (!privacy_.is_on() && (events_ < 1 || events_ >= rows_)) {
    return fail(ErrorCode::invalid, "labels", "expected both 0 and 1 among the clients' rows, came one alone");
  }
  const double noise = 4 * privacy_.sigma_units(sensitivity());
  for (size_t c = 0; c < columns_; ++c) {
    for (int size = kSizes - 1; size >= 0; --size) {
      const auto count = static_cast<double>(as_signed(sums[2 + c * kSizes + static_cast<size_t>(size)]));
      if (count <= (privacy_.is_on() ? noise : 0)) continue;
      exponents_[c] = size - kSizeMiddle;
      break;
    }
  }
  return {};
}

void HorizontalLogistic::take_moments(std::span<const uint64_t> sums, Part of) {
  for (size_t c = 0; c < columns_; ++c) {
    double count = static_cast<double>(as_signed(sums[2 * c]));
    if (privacy_.is_on()) count = std::ldexp(count, -kNoisedSumBits);
    const double mean = std::ldexp(static_cast<double>(as_signed(sums[2 * c + 1])), -sum_bits()) / std::max(1.0, count);
    if (of == Part::sums) means_[c] = std::ldexp(std::clamp(mean, -1.0, 1.0), exponents_[c]);
    if (of == Part::squares) deviations_[c] = std::ldexp(std::sqrt(std::max(0.0, mean)), exponents_[c] + 1);
  }
}

// A step along the gradient with momentum. Its length is held below what the curvature of standardised columns allows: at most
// (columns + 1) / 4, since a row's residual has slope 1/4 at most.
void HorizontalLogistic::move(std::span<const uint64_t> sums) {
  const bool noised = privacy_.is_on();
  const double rows = noised ? share() * static_cast<double>(rows_) : static_cast<double>(as_signed(sums[0]));
  if (rows <= 0) return;
  const double unit = noised ? std::ldexp(privacy_.clip(), -kClipBits) : std::ldexp(1.0, -kResidualBits - kValueBits);
  const double length = std::min(terms_.learning_rate, 8 / static_cast<double>(columns_ + 1));
  for (size_t j = 0; j < weights_.size(); ++j) {
    const double sum = static_cast<double>(as_signed(sums[noised ? j : j + 1])) * unit;
    const double slope = sum / rows + (j == 0 ? 0 : terms_.l2 * weights_[j]);
    speed_[j] = kMomentum * speed_[j] + slope;
    weights_[j] -= length * speed_[j];
  }
}

void HorizontalLogistic::write(ByteWriter& out) const {
  out.unsigned_varint(round_);
  out.u8(static_cast<uint8_t>((stopped_ ? 1 : 0) + (scored_ ? 2 : 0)));
  out.signed_varint(rows_), out.signed_varint(events_);
  for (size_t c = 0; c < columns_; ++c) out.signed_varint(exponents_[c]), out.real(means_[c]), out.real(deviations_[c]);
  for (size_t j = 0; j <= columns_; ++j) out.real(weights_[j]), out.real(speed_[j]);
  out.real(auc_);
  privacy_.write(out);
}

void HorizontalLogistic::read(ByteReader& in) {
  round_ = in.unsigned_varint();
  const uint8_t flags = in.u8();
  stopped_ = (flags & 1) != 0, scored_ = (flags & 2) != 0;
  rows_ = in.signed_varint(), events_ = in.signed_varint();
  for (size_t c = 0; c < columns_; ++c) {
    const int64_t exponent = in.signed_varint();
    if (std::abs(exponent) > kSizeMiddle) in.reject();
    exponents_[c] = static_cast<int>(exponent), means_[c] = in.real(), deviations_[c] = in.real();
  }
  for (size_t j = 0; j <= columns_; ++j) weights_[j] = in.real(), speed_[j] = in.real();
  auc_ = in.real();
  privacy_.read(in);
  if (flags > 3 || rows_ < 0 || rows_ > static_cast<int64_t>(kHorizontalRowsMax) || (round_ > 0) != (rows_ > 0) ||
      (scored_ ? round_ - 1 : round_) > setup() + batches()) {
    in.reject();
  }
}

StageResult HorizontalLogistic::result() const {
  CHECK(finished(), "a result once finished");
  HorizontalRegression model{.name = job_.name, .label = job_.label, .intercept = weights_[0], .columns = {}};
  constexpr double kFurthest = static_cast<double>(kValueMax) / (1 << kValueBits);
  for (size_t c = 0; c < columns_; ++c) {
    const double deviation = deviations_[c];
    const double weight = deviation > 0 ? weights_[c + 1] / deviation : 0;
    model.intercept -= weight * means_[c];
    model.columns.push_back({.name = data_.columns[c],
                             .weight = weight,
                             .mean = means_[c],
                             .low = means_[c] - kFurthest * deviation,
                             .high = means_[c] + kFurthest * deviation});
  }
  Json measures = Json::Object{{"rows", rows_}, {"columns", static_cast<int64_t>(columns_)}, {"rounds", round_}};
  if (!privacy_.is_on()) measures.set("auc", auc_);
  if (privacy_.is_on()) measures.set("epsilon", privacy_.spent()), measures.set("delta", job_.privacy.delta);
  return {.rows = {}, .model_part = regression_pmml(model), .measures = std::move(measures)};
}

}  // namespace

Result<std::unique_ptr<HorizontalLearner>> make_horizontal_logistic(const Job& job, const PartyData& data,
                                                                    size_t self) {
  TRY(check_horizontal_data(job, data, self));
  auto learner = std::make_unique<HorizontalLogistic>(job, data);
  TRY(learner->prepare());
  return learner;
}

Result<std::unique_ptr<Stage>> make_horizontal_logistic_stage(const StageNeeds& needs) {
  return horizontal_stage(needs, TRY(make_horizontal_logistic(needs.job, needs.data, needs.self)));
}

}  // namespace puhui::federation
