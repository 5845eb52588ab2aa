#include "infrastructure/federation/boosting/gradients.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/federation/boosting/columns.h"
#include "infrastructure/federation/boosting/model_part.h"

namespace puhui::federation {

namespace {

constexpr int kMarginBits = 32;  // of a margin of the size of the gradients' bound
constexpr double kLabelMax = 1e15;
constexpr size_t kBoostingRowsMax = size_t{1} << 27;  // sums of gradients stay inside int64

// The least e with size <= 2^e; 0 has 0.
int exponent_above(double size) {
  if (size == 0) return 0;
  int exponent = 0;
  const double mantissa = std::frexp(size, &exponent);
  return mantissa == 0.5 ? exponent - 1 : exponent;
}

bool samples(const BoostingTerms& terms) { return terms.goss_top < 1; }

// Rows kept for their size, and drawn from the others.
struct SampleCounts {
  size_t top = 0, drawn = 0;
};
SampleCounts sample_counts(const BoostingTerms& terms, size_t rows) {
  const auto share = [&](double of) { return static_cast<size_t>(std::nearbyint(of * static_cast<double>(rows))); };
  const size_t top = std::min(rows, share(terms.goss_top));
  return {top, std::min(rows - top, share(terms.goss_other))};
}
double weight_of_drawn(SampleCounts counts, size_t rows) {
  return counts.drawn == 0 ? 1 : static_cast<double>(rows - counts.top) / static_cast<double>(counts.drawn);
}

int64_t scaled(double value, int bits) { return static_cast<int64_t>(std::nearbyint(std::ldexp(value, bits))); }

Result<void> check_labels(const BoostingTerms& terms, std::span<const double> labels) {
  const auto classes = static_cast<double>(terms.objective == Objective::binary ? 2 : terms.classes);
  for (size_t row = 0; row < labels.size(); ++row) {
    const double label = labels[row];
    const bool good = terms.objective == Objective::regression
                          ? std::abs(label) <= kLabelMax
                          : label >= 0 && label < classes && std::floor(label) == label;
    if (good) continue;
    return fail(
        ErrorCode::invalid, "label, row " + std::to_string(row + 1),
        "expected " +
            (terms.objective == Objective::regression ? std::string("a number of at most 1e15 in size")
                                                      : "a whole number of 0 to " + format_double(classes - 1)) +
            ", came " + format_double(label));
  }
  return {};
}

}  // namespace

Result<void> check_boosting_terms(const BoostingTerms& terms) {
  Faults faults;
  const auto expect = [&](bool good, const char* what, const std::string& range) {
    if (!good) faults.add(std::string("boosting/") + what, "expected " + range);
  };
  if (terms.objective == Objective::multi_class)
    expect(terms.classes >= 2 && terms.classes <= 1000, "classes", "2 to 1000");
  const auto outputs = terms.objective == Objective::multi_class ? std::clamp<int64_t>(terms.classes, 1, 1000) : 1;
  expect(terms.trees >= 1 && terms.trees <= static_cast<int64_t>(kBoostedTreesMax) / outputs, "trees",
         "1 to " + std::to_string(static_cast<int64_t>(kBoostedTreesMax) / outputs));
  expect(terms.depth_max >= 1 && terms.depth_max <= kBoostedDepthMax, "depth_max",
         "1 to " + std::to_string(kBoostedDepthMax));
  expect(terms.bins_max >= 2 && terms.bins_max <= static_cast<int64_t>(kBoostingBinsMax), "bins_max",
         "2 to " + std::to_string(kBoostingBinsMax));
  expect(terms.learning_rate > 0 && terms.learning_rate <= 1, "learning_rate", "more than 0, at most 1");
  expect(terms.l2 >= 0 && terms.l2 <= 1e9, "l2", "0 to 1e9");
  expect(terms.split_gain_min >= 0 && terms.split_gain_min <= 1e15, "split_gain_min", "0 to 1e15");
  expect(terms.hessian_min >= 0 && terms.hessian_min <= 1e9, "hessian_min", "0 to 1e9");
  expect(terms.leaf_rows_min >= 1 && terms.leaf_rows_min <= 1'000'000'000, "leaf_rows_min", "1 to 1000000000");
  expect(terms.gradient_bits >= 8 && terms.gradient_bits <= 32, "gradient_bits", "8 to 32");
  expect(terms.goss_top >= 0 && terms.goss_top <= 1, "goss_top", "0 to 1");
  expect(terms.goss_other >= 0 && terms.goss_other <= 1, "goss_other", "0 to 1");
  if (samples(terms)) {
    expect(terms.goss_other == 0 || terms.goss_other >= 0.001, "goss_other", "0, or at least 0.001");
    expect(terms.goss_top + terms.goss_other > 0, "goss_top",
           "rows to be kept: one of goss_top and goss_other above 0");
  }
  expect(terms.guest_only_trees >= 0 && terms.guest_only_trees <= terms.trees, "guest_only_trees",
         "0 to the number of trees");
  return std::move(faults).result();
}

Result<BoostingObjective> BoostingObjective::make(const BoostingTerms& terms, std::span<const double> labels) {
  TRY(check_boosting_terms(terms));
  if (labels.empty() || labels.size() > kBoostingRowsMax)
    return fail(ErrorCode::invalid, "rows",
                "expected 1 to " + std::to_string(kBoostingRowsMax) + " rows with a label, came " +
                    std::to_string(labels.size()));
  TRY(check_labels(terms, labels));
  BoostingObjective out;
  out.objective_ = terms.objective;
  out.labels_ = labels;
  int bound = 0, size = 0;  // as exponents: of a gradient, of a margin
  double base = 0;
  if (terms.objective == Objective::regression) {
    const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
    bound = exponent_above(*high - *low);
    size = std::max(bound, exponent_above(std::max(std::abs(*low), std::abs(*high))));
    double sum = 0;
    for (const double label : labels) sum += label;
    base = sum / static_cast<double>(labels.size());
  }
  out.scale_ = kMarginBits - size;
  out.bases_.assign(terms.objective == Objective::multi_class ? static_cast<size_t>(terms.classes) : 1,
                    scaled(base, out.scale_));
  const int heavier =
      samples(terms) ? exponent_above(weight_of_drawn(sample_counts(terms, labels.size()), labels.size())) : 0;
  const auto bits = static_cast<int>(terms.gradient_bits) - 1;
  const bool whole_rows = terms.objective == Objective::regression && !samples(terms);  // h = 1 needs no fraction
  GradientScale& scale = out.gradient_scale_;
  scale.g_bits = bits - bound - heavier;
  scale.g_top = bits;
  scale.h_bits = whole_rows ? 0 : bits - heavier;
  scale.h_top = terms.objective == Objective::binary        ? bits - 2
                : terms.objective == Objective::multi_class ? bits - 1
                                                            : scale.h_bits + heavier;
  return out;
}

Margins BoostingObjective::first_margins() const {
  Margins out;
  for (const int64_t base : bases_) out.emplace_back(labels_.size(), base);
  return out;
}

std::vector<GradientSum> BoostingObjective::gradients(const Margins& margins, size_t output) const {
  std::vector<GradientSum> out(labels_.size());
  const int64_t g_limit = int64_t{1} << gradient_scale_.g_top, h_limit = int64_t{1} << gradient_scale_.h_top;
  std::vector<double> row_margins(outputs());
  for (size_t row = 0; row < out.size(); ++row) {
    double g = 0, h = 1;
    if (objective_ == Objective::regression) {
      // The difference of the two integers, so that nothing is lost where labels are far from 0.
      g = std::ldexp(static_cast<double>(margins[0][row] - scaled(labels_[row], scale_)), -scale_);
    } else {
      for (size_t k = 0; k < row_margins.size(); ++k)
        row_margins[k] = std::ldexp(static_cast<double>(margins[k][row]), -scale_);
      const bool binary = objective_ == Objective::binary;
      const double p = binary ? steady_sigmoid(row_margins[0]) : steady_softmax(row_margins)[output];
      const bool hit = binary ? labels_[row] == 1 : labels_[row] == static_cast<double>(output);
      g = p - (hit ? 1 : 0);
      h = (binary ? 1 : 2) * p * (1 - p);
    }
    out[row] = {std::clamp(scaled(g, gradient_scale_.g_bits), -g_limit, g_limit),
                std::clamp(scaled(h, gradient_scale_.h_bits), int64_t{1}, h_limit)};
  }
  return out;
}

RowSample sample_rows(const BoostingTerms& terms, uint64_t tree, std::vector<GradientSum>& gradients) {
  RowSample out;
  const size_t rows = gradients.size();
  out.rows.resize(rows);
  for (size_t row = 0; row < rows; ++row) out.rows[row] = static_cast<uint32_t>(row);
  if (!samples(terms)) return out;
  out.all = false;
  const SampleCounts counts = sample_counts(terms, rows);
  const Random random(terms.seed);
  std::vector<uint64_t> draws(rows);
  for (size_t row = 0; row < rows; ++row) draws[row] = random.draw(tree, row, 0);
  const auto larger = [&](uint32_t a, uint32_t b) {
    const int64_t size_a = std::abs(gradients[a].g), size_b = std::abs(gradients[b].g);
    return size_a != size_b ? size_a > size_b : std::pair(draws[a], a) < std::pair(draws[b], b);
  };
  const auto drawn_first = [&](uint32_t a, uint32_t b) { return std::pair(draws[a], a) < std::pair(draws[b], b); };
  const auto top = out.rows.begin() + static_cast<ptrdiff_t>(counts.top);
  std::nth_element(out.rows.begin(), top, out.rows.end(), larger);
  const auto end = top + static_cast<ptrdiff_t>(counts.drawn);
  std::nth_element(top, end, out.rows.end(), drawn_first);
  const double weight = weight_of_drawn(counts, rows);
  for (auto row = top; row != end; ++row) {
    GradientSum& sum = gradients[*row];
    sum.g = static_cast<int64_t>(std::nearbyint(static_cast<double>(sum.g) * weight));
    sum.h = std::max<int64_t>(1, static_cast<int64_t>(std::nearbyint(static_cast<double>(sum.h) * weight)));
  }
  for (auto row = end; row != out.rows.end(); ++row) gradients[*row] = {};
  out.rows.erase(end, out.rows.end());
  std::sort(out.rows.begin(), out.rows.end());
  return out;
}

size_t sampled_count(const BoostingTerms& terms, size_t rows) {
  if (!samples(terms)) return rows;
  const SampleCounts counts = sample_counts(terms, rows);
  return counts.top + counts.drawn;
}

double steady_exp(double x) {
  constexpr double kLn2High = 0x1.62e42feep-1, kLn2Low = 0x1.a39ef35793c76p-33;  // ln 2 in two parts
  x = std::clamp(x, -700.0, 700.0);
  const double twos = std::nearbyint(x / (kLn2High + kLn2Low));
  const double r = (x - twos * kLn2High) - twos * kLn2Low;
  double sum = 1;
  for (int i = 14; i > 0; --i) sum = 1 + sum * r / i;
  return std::ldexp(sum, static_cast<int>(twos));
}

double steady_sigmoid(double x) { return 1 / (1 + steady_exp(-x)); }

std::vector<double> steady_softmax(std::span<const double> margins) {
  const double largest = *std::max_element(margins.begin(), margins.end());
  std::vector<double> out;
  double sum = 0;
  for (const double margin : margins) {
    out.push_back(steady_exp(margin - largest));
    sum += out.back();
  }
  for (double& value : out) value /= sum;
  return out;
}

}  // namespace puhui::federation
