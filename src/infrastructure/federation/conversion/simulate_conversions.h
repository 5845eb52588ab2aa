// A simulated platform and advertiser: clicks with columns, conversions that hang on them by a known model, and purchases that no click led
// to. For demonstrations, tests and benches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace puhui::federation {

inline constexpr int64_t kSimulatedClicksMax = 10'000'000;

struct SimulatedConversions {
  struct Shape {
    int64_t clicks = 1000;
    size_t columns = 4;
    double intercept = -1.5;
    uint64_t seed = 1;
  };
  std::vector<double> weights;               // the true ones, of one deviation
  std::vector<std::string> keys;             // of clicks
  std::vector<std::vector<float>> columns;   // column by column
  std::vector<uint8_t> converted;            // by click
  std::vector<std::string> advertiser_keys;  // those that converted, visits that did not, and purchases without a click
  std::vector<uint8_t> labels;               // of the advertiser's keys
  std::vector<float> values;                 // of the advertiser's keys; 0 where nothing was bought

  std::string platform_csv() const;    // click,x0,x1,…
  std::string advertiser_csv() const;  // click,converted,value
};
// A function of its arguments.
SimulatedConversions simulate_conversions(const SimulatedConversions::Shape& shape);

}  // namespace puhui::federation
