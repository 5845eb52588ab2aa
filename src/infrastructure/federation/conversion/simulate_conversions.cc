#include "infrastructure/federation/conversion/simulate_conversions.h"

#include <cmath>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/models/logistic.h"

namespace puhui::federation {

namespace {

std::string click_key(Random random, uint64_t number) {
  return "c" + std::to_string(random.draw(3, number, 0) % 1'000'000) + "-" + std::to_string(number);
}

float purchase(RandomStream& draw) {
  return static_cast<float>(std::round(2000 * std::exp(0.7 * draw.normal())) / 100);
}

}  // namespace

SimulatedConversions simulate_conversions(const SimulatedConversions::Shape& shape) {
  CHECK(shape.clicks > 0 && shape.clicks <= kSimulatedClicksMax && shape.columns > 0, "clicks within their limit");
  const Random random(shape.seed);
  SimulatedConversions out;
  out.columns.resize(shape.columns);
  // Every other column says nothing.
  for (size_t j = 0; j < shape.columns; ++j) {
    out.weights.push_back(j % 2 == 1 ? 0 : (j % 4 == 0 ? 0.8 : -0.5) / (1 + static_cast<double>(j / 4)));
  }
  const auto clicks = static_cast<uint64_t>(shape.clicks);
  for (uint64_t i = 0; i < clicks; ++i) {
    RandomStream draw(random, 1, i);
    double score = shape.intercept;
    for (size_t j = 0; j < shape.columns; ++j) {
      const double x = draw.normal();
      score += out.weights[j] * x;
      out.columns[j].push_back(static_cast<float>(5 + 2 * x));
    }
    out.keys.push_back(click_key(random, i));
    out.converted.push_back(draw.chance(models::sigmoid(score)) ? 1 : 0);
    // The advertiser knows what bought, and some visits that did not.
    if (out.converted.back() == 0 && !draw.chance(0.2)) continue;
    out.advertiser_keys.push_back(out.keys.back());
    out.labels.push_back(out.converted.back());
    out.values.push_back(out.converted.back() == 1 ? purchase(draw) : 0);
  }
  for (uint64_t i = 0; i < clicks / 10; ++i) {
    RandomStream draw(random, 2, i);
    out.advertiser_keys.push_back(click_key(random, clicks + i));
    out.labels.push_back(1);
    out.values.push_back(purchase(draw));
  }
  return out;
}

std::string SimulatedConversions::platform_csv() const {
  std::string out = "click";
  for (size_t j = 0; j < columns.size(); ++j) out += ",x" + std::to_string(j);
  out += '\n';
  for (size_t i = 0; i < keys.size(); ++i) {
    out += keys[i];
    for (const auto& column : columns) out += "," + format_double(static_cast<double>(column[i]));
    out += '\n';
  }
  return out;
}

std::string SimulatedConversions::advertiser_csv() const {
  std::string out = "click,converted,value\n";
  for (size_t i = 0; i < advertiser_keys.size(); ++i) {
    out += advertiser_keys[i] + (labels[i] == 1 ? ",1," : ",0,") + format_double(static_cast<double>(values[i])) + "\n";
  }
  return out;
}

}  // namespace puhui::federation
