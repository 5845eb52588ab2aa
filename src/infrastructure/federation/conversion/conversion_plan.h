// ConversionPlan: what advertiser and platform compute alike from the job: fixed points, bounds of one row, shares of epsilon, noise.
#pragma once

#include <cstdint>
#include <string>

#include "ground/base/result.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/psi/noise.h"

namespace puhui::federation {

inline constexpr size_t kConversionColumnsMax = 1024;
inline constexpr size_t kConversionBands = 16;              // of values; one without a value column
inline constexpr size_t kConversionBinsMax = 10;            // of scores in the report
inline constexpr uint64_t kConversionDummiesMax = 1 << 14;  // a band and bucket
inline constexpr int kConversionFactorBits = 10;            // standardised columns count in 2^-10
inline constexpr int kConversionValueBits = 20;             // values count in clip / 2^20, predictions in 2^-20
inline constexpr size_t kConversionSlotBits = 128;          // of a sum with the mask over it
inline constexpr uint64_t kConversionHeldOutOneIn = 4;

// Numbers of noise: no two draws of one seed share one.
enum class ConversionDraw : uint64_t { dummies = 1, training = 2, report = 3, split = 4, order = 5, value_order = 6 };

struct ConversionPlan {
  size_t columns = 0;       // the platform's
  bool has_values = false;  // the advertiser's first column
  size_t bands = 1;
  double value_clip = 1;  // one conversion's value in size
  uint64_t epsilon_micros = 0;
  uint64_t dummies = 0;  // a band and bucket: the advertiser brings all, the platform as many as its noise says
  uint64_t cohort_min = 0;

  // `invalid` with every fault.
  static Result<ConversionPlan> of(const Job& job);
  double epsilon() const;
  size_t slots() const { return has_values ? 2 : 1; }  // conversions, and their values
  // Sum of the sizes of one click's factors, the intercept's among them: 1 a column on average.
  int64_t row_bound() const { return static_cast<int64_t>(columns + 1) << kConversionFactorBits; }
  int64_t fixed_value(double value) const;  // clipped
  double real_value(int64_t fixed) const;

  // Over one label the advertiser's noise spends epsilon in all: a click is either trained on or reported on.
  int64_t training_noise(const NoiseSeed& seed, size_t sum) const;
  int64_t label_noise(const NoiseSeed& seed, size_t bin, size_t slot) const;
  // The platform's noise over one click: one share for its match, one for each number of its cohort.
  uint64_t click_shares() const { return 4 + (has_values ? 1 : 0); }
  enum Told : size_t { told_rows, told_predicted, told_converted, told_value };
  int64_t click_noise(const NoiseSeed& seed, size_t bin, Told what) const;
  uint64_t dummies_of(const NoiseSeed& seed, uint64_t bucket, size_t band) const;
  // Standard deviation of the noise in a cohort's conversions, of both parties.
  double converted_deviation() const;

 private:
  int64_t drawn(const NoiseSeed& seed, ConversionDraw draw, uint64_t number, uint64_t bound, uint64_t shares) const;
};

}  // namespace puhui::federation
