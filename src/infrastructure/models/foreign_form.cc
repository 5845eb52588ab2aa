#include "infrastructure/models/foreign_form.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/models/logistic.h"

namespace puhui::models {

namespace {

double linked(Link link, double scale, double x) {
  switch (link) {
    case Link::sigmoid:
    case Link::each_sigmoid: return sigmoid(scale * x);
    case Link::exponential: return std::exp(x);
    case Link::log1p_exp: return x > 30 ? x : std::log1p(std::exp(x));
    case Link::signed_square: return std::copysign(x * x, x);
    case Link::step: return x > 0 ? 1 : 0;
    default: return x;
  }
}

}  // namespace

void ForeignForm::list_outputs() {
  const bool classes = link == Link::softmax || link == Link::each_sigmoid;
  if (classes) {
    outputs.push_back({"class", FieldType::number, true});
    for (size_t i = 0; i < base.size(); ++i) {
      outputs.push_back({"probability(" + std::to_string(i) + ")", FieldType::number, false});
    }
  } else if (base.size() > 1) {
    for (size_t i = 0; i < base.size(); ++i) {
      outputs.push_back({"prediction(" + std::to_string(i) + ")", FieldType::number, i == 0});
    }
  } else {
    outputs.push_back({link == Link::sigmoid ? "probability" : "prediction", FieldType::number, true});
  }
}

void ForeignForm::margins(std::span<const double> row, std::span<double> out) const {
  std::copy(base.begin(), base.end(), out.begin());
  if (trees) trees->add_margins(row, out);
  const size_t groups = base.size();
  for (size_t g = 0; g < groups && !linear.empty(); ++g) {
    // In float32 and this order, as the library adds.
    auto sum = static_cast<float>(out[g]) + linear[row.size() * groups + g];
    for (size_t i = 0; i < row.size(); ++i) {
      if (!std::isnan(row[i])) sum += static_cast<float>(row[i]) * linear[i * groups + g];
    }
    out[g] = static_cast<double>(sum);
  }
  for (double& margin : out) margin /= divisor;
}

Result<void> ForeignForm::answer(std::span<const double> row, std::span<double> out) const {
  margins(row, out);
  if (link == Link::softmax) {
    const double largest = *std::max_element(out.begin(), out.end());
    double sum = 0;
    for (double& x : out) sum += x = std::exp(x - largest);
    for (double& x : out) x /= sum;
  } else {
    for (double& x : out) x = linked(link, scale, x);
  }
  return {};
}

Result<void> ForeignForm::predict(std::span<const PredictorValue> in, Prediction& out) const {
  thread_local std::vector<double> row, answers;
  row.resize(in.size());
  answers.resize(base.size());
  for (size_t i = 0; i < in.size(); ++i) row[i] = TRY(number_of(in[i], inputs[i].name));
  TRY(answer(row, answers));
  const bool classes = link == Link::softmax || link == Link::each_sigmoid;
  for (size_t i = 0; i < answers.size(); ++i) {
    out.values[i + (classes ? 1 : 0)] = TRY(number_output(answers[i], outputs[i].name));
  }
  if (classes) {
    const auto best = std::max_element(answers.begin(), answers.end()) - answers.begin();
    out.values[0] = TRY(number_output(static_cast<double>(best), outputs[0].name));
  }
  return {};
}

}  // namespace puhui::models
