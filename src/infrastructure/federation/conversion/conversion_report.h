// ConversionReport: predicted against observed conversions by cohort of clicks held out, all numbers noised: what both parties get.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/result.h"
#include "infrastructure/federation/conversion/conversion_features.h"
#include "infrastructure/federation/conversion/conversion_model.h"

namespace puhui::federation {

// Which cohort each click held out is in: by score, the lowest first.
struct ConversionCohorts {
  static constexpr uint8_t kNone = 255;
  std::vector<uint8_t> of_row;  // kNone: trained on, or suppressed
  std::vector<uint64_t> rows;   // a cohort; each at least cohort_min. Empty: too few were held out
};
// Cut at the deciles of the scores trained on; a cohort with fewer than cohort_min is merged with the next one.
ConversionCohorts conversion_cohorts(const ConversionFeatures& features, const ConversionModel& model,
                                     uint64_t cohort_min);

struct ConversionCohort {
  int64_t rows = 0, converted = 0;   // noised
  int64_t predicted = 0, value = 0;  // noised sums, 2^-kConversionValueBits; a value in shares of the clip
  bool operator==(const ConversionCohort&) const = default;
};

struct ConversionReport {
  std::vector<ConversionCohort> cohorts;

  std::string written() const;
  // `corrupt` when it is none.
  static Result<ConversionReport> read(std::string_view bytes);
  // Cohorts, and over all of them: expected calibration error, Hosmer and Lemeshow's statistic with the noise's variance in it (a degree of
  // freedom a cohort: these clicks were not trained on), and the AUC between cohorts, ties one half. Null where there is nothing to say.
  Json measures(const ConversionPlan& plan) const;
  // The integers alone.
  Json numbers(const ConversionPlan& plan) const;
};

}  // namespace puhui::federation
