// ConversionFeatures: the platform's clicks as integers: standardised columns, what a click may add to a sum (its factors, bounded
// together), and which clicks are held out for the report.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/federation/conversion/conversion_plan.h"
#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

class ConversionFeatures {
 public:
  struct Column {
    std::string name;
    double mean = 0, deviation = 0;  // of all clicks; 0: constant, counts nothing
  };
  // `seed` is the platform's: which clicks are held out is its secret.
  ConversionFeatures(const ConversionPlan& plan, const PartyData& data, const NoiseSeed& seed);

  size_t rows() const { return held_out_.size(); }
  size_t columns() const { return columns_.size(); }  // without the intercept
  const std::vector<Column>& described() const { return columns_; }
  bool held_out(size_t row) const { return held_out_[row]; }
  size_t held_out_rows() const;
  // Standardised in 2^-kConversionFactorBits, missing cells at the mean.
  std::span<const int32_t> standardised_row(size_t row) const { return {&values_[row * columns()], columns()}; }
  // The intercept's first, then the columns': together at most the plan's row bound in size.
  std::vector<int32_t> factors(size_t row) const;
  // What the click counts in training: 1, or what its factors were shortened to.
  double weight(size_t row) const;

 private:
  int64_t size_of(size_t row) const;
  int64_t row_bound_ = 0;
  std::vector<Column> columns_;
  std::vector<int32_t> values_;  // rows × columns
  std::vector<bool> held_out_;
};

}  // namespace puhui::federation
