#include "infrastructure/federation/conversion/conversion_model.h"

#include <algorithm>
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/federation/logistic/fixed_point.h"
#include "infrastructure/models/logistic.h"

namespace puhui::federation {

namespace {

constexpr size_t kConversionIterationsMax = 200;
constexpr double kConversionStepMax = 1, kConversionStepEnd = 1e-9;
// Noise may ask for what no weights give; a little shrinking keeps an answer finite.
constexpr double kConversionL2Min = 1e-6;

double unit(int64_t value) { return std::ldexp(static_cast<double>(value), -kConversionFactorBits); }

// Gradient and curvature of the weighted likelihood; curvature is size × size, the lower half.
struct ConversionSlope {
  std::vector<double> gradient, curvature;
};

class ConversionFit {
 public:
  ConversionFit(const ConversionFeatures& features, std::span<const int64_t> sums, double l2)
      : features_(features), size_(features.columns() + 1) {
    double weight_total = 0;
    for (size_t i = 0; i < features.rows(); ++i) {
      if (features.held_out(i)) continue;
      weight_total += features.weight(i);
      rows_.push_back(i);
    }
    for (const int64_t sum : sums) sums_.push_back(unit(sum));
    // Under noise there may seem to be less than no conversion, or more than all.
    sums_[0] = std::clamp(sums_[0], 0.5, std::max(0.5, weight_total - 0.5));
    shrink_ = std::max(l2, kConversionL2Min) * static_cast<double>(rows_.size());
  }

  ConversionModel begin() const {
    ConversionModel out{std::vector<double>(size_)};
    return out;
  }

  // The largest change of a weight.
  Result<double> step(ConversionModel& model) const {
    ConversionSlope slope = slope_at(model);
    TRY(solve(slope));
    double largest = 0;
    for (const double change : slope.gradient) largest = std::max(largest, std::abs(change));
    const double shorten = largest > kConversionStepMax ? kConversionStepMax / largest : 1;
    for (size_t j = 0; j < size_; ++j) model.weights[j] -= shorten * slope.gradient[j];
    return largest;
  }

 private:
  ConversionSlope slope_at(const ConversionModel& model) const {
    ConversionSlope out{std::vector<double>(size_), std::vector<double>(size_ * size_)};
    std::vector<double> x(size_);
    for (const size_t row : rows_) {
      const auto values = features_.standardised_row(row);
      x[0] = 1;
      for (size_t j = 1; j < size_; ++j) x[j] = unit(values[j - 1]);
      const double p = model.probability(values);
      const std::vector<int32_t> factors = features_.factors(row);
      const double bend = features_.weight(row) * p * (1 - p);
      for (size_t j = 0; j < size_; ++j) {
        out.gradient[j] += unit(factors[j]) * p;
        for (size_t k = 0; k <= j; ++k) out.curvature[j * size_ + k] += bend * x[j] * x[k];
      }
    }
    for (size_t j = 0; j < size_; ++j) {
      out.gradient[j] -= sums_[j];
      if (j > 0) out.gradient[j] += shrink_ * model.weights[j];
      out.curvature[j * size_ + j] += j > 0 ? shrink_ : kConversionL2Min;
    }
    return out;
  }

  // gradient := curvature⁻¹ gradient, by Cholesky.
  Result<void> solve(ConversionSlope& slope) const {
    std::vector<double>& a = slope.curvature;
    for (size_t j = 0; j < size_; ++j) {
      for (size_t k = 0; k <= j; ++k) {
        double sum = a[j * size_ + k];
        for (size_t m = 0; m < k; ++m) sum -= a[j * size_ + m] * a[k * size_ + m];
        if (k < j) {
          a[j * size_ + k] = sum / a[k * size_ + k];
        } else if (!(sum > 0)) {
          return fail(ErrorCode::exhausted, "column " + std::to_string(j),
                      "the conversion model has no single best weight; give logistic.l2 a larger number");
        } else {
          a[j * size_ + j] = std::sqrt(sum);
        }
      }
    }
    std::vector<double>& b = slope.gradient;
    for (size_t j = 0; j < size_; ++j) {
      for (size_t k = 0; k < j; ++k) b[j] -= a[j * size_ + k] * b[k];
      b[j] /= a[j * size_ + j];
    }
    for (size_t j = size_; j-- > 0;) {
      for (size_t k = j + 1; k < size_; ++k) b[j] -= a[k * size_ + j] * b[k];
      b[j] /= a[j * size_ + j];
    }
    return {};
  }

  const ConversionFeatures& features_;
  size_t size_;
  std::vector<size_t> rows_;
  std::vector<double> sums_;
  double shrink_ = 0;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

double ConversionModel::score(std::span<const int32_t> row) const {
  double out = weights[0];
  for (size_t j = 0; j < row.size(); ++j) out += weights[j + 1] * unit(row[j]);
  return out;
}

double ConversionModel::probability(std::span<const int32_t> row) const { return models::sigmoid(score(row)); }

Result<ConversionModel> fit_conversion_model(const ConversionFeatures& features,
                                             std::span<const int64_t> converted_sums, double l2) {
  const ConversionFit fit(features, converted_sums, l2);
  ConversionModel model = fit.begin();
  while (model.iterations < kConversionIterationsMax) {
    ++model.iterations;
    if (TRY(fit.step(model)) <= kConversionStepEnd) return model;
  }
  return fail(ErrorCode::exhausted, "conversion model",
              "no end after " + std::to_string(kConversionIterationsMax) +
                  " iterations: the noise outweighs the conversions; give epsilon or logistic.l2 a larger number");
}

std::string conversion_pmml(const ConversionModel& model, const ConversionFeatures& features, std::string_view target) {
  std::string dictionary, schema, terms;
  double intercept = model.weights[0];
  const double edge = std::ldexp(static_cast<double>(kValueMax), -kValueBits);
  for (size_t j = 0; j < features.columns(); ++j) {
    const auto& [raw_name, mean, deviation] = features.described()[j];
    if (deviation == 0) continue;
    const std::string name = escaped(raw_name);
    const double coefficient = model.weights[j + 1] / deviation;
    intercept -= coefficient * mean;
    dictionary += "<DataField name=\"" + name + "\" optype=\"continuous\" dataType=\"double\"/>\n";
    schema += "<MiningField name=\"" + name + "\" missingValueReplacement=\"" + format_double(mean) +
              "\" outliers=\"asExtremeValues\" lowValue=\"" + format_double(mean - edge * deviation) +
              "\" highValue=\"" + format_double(mean + edge * deviation) + "\"/>\n";
    terms += "<NumericPredictor name=\"" + name + "\" coefficient=\"" + format_double(coefficient) + "\"/>\n";
  }
  const std::string label = escaped(target);
  std::string out = "<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\">\n<Header/>\n<DataDictionary>\n";
  out += dictionary + "<DataField name=\"" + label + "\" optype=\"continuous\" dataType=\"double\"/>\n";
  out += "</DataDictionary>\n<RegressionModel functionName=\"regression\" normalizationMethod=\"logit\">\n";
  out += "<MiningSchema>\n" + schema + "<MiningField name=\"" + label + "\" usageType=\"target\"/>\n</MiningSchema>\n";
  out += "<RegressionTable intercept=\"" + format_double(intercept) + "\">\n" + terms;
  out += "</RegressionTable>\n</RegressionModel>\n</PMML>\n";
  return out;
}

}  // namespace puhui::federation
