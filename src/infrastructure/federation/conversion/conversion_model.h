// The conversion model: a logistic regression fitted to the platform's clicks and the noised sums of their factors over those that
// converted, which is all that the likelihood's gradient needs of the labels (docs/decisions/0109). Without a library call for the sigmoid,
// so that the same sums give the same bytes everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/conversion/conversion_features.h"

namespace puhui::federation {

struct ConversionModel {
  std::vector<double> weights;  // the intercept's first; of one deviation
  size_t iterations = 0;
  double score(std::span<const int32_t> standardised_row) const;
  double probability(std::span<const int32_t> standardised_row) const;
};

// `converted_sums`: of the factors of the clicks trained on that converted, 2^-kConversionFactorBits; the intercept's first. `l2` a click.
// `exhausted` when it does not converge.
Result<ConversionModel> fit_conversion_model(const ConversionFeatures& features,
                                             std::span<const int64_t> converted_sums, double l2);

// PMML 4.4: a RegressionModel of the raw columns that answers the probability of `target`; missing cells at the mean.
std::string conversion_pmml(const ConversionModel& model, const ConversionFeatures& features, std::string_view target);

}  // namespace puhui::federation
