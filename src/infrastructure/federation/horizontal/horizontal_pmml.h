// A regression as PMML 4.4: what a horizontal training leaves, read by models::Predictor like any bank's model.
#pragma once

#include <string>
#include <vector>

namespace puhui::federation {

struct HorizontalRegression {
  struct Column {
    std::string name;
    double weight = 0, mean = 0, low = 0,
           high = 0;  // a missing value counts as the mean, one outside as the nearer bound
  };
  std::string name, label;
  double intercept = 0;
  std::vector<Column> columns;
};

// The probability of the label 1. The same bytes for the same numbers.
std::string regression_pmml(const HorizontalRegression& model);

}  // namespace puhui::federation
