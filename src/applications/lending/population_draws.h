// Draws: the random numbers of one simulated row and the shapes made of them, and Cells: the row's CSV text. For
// population_person.cc and population_firm.cc alone.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "applications/lending/population.h"
#include "ground/base/random.h"
#include "ground/base/text.h"

namespace puhui::lending {

inline double logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

// One value of a rare or common category; the shares of a list need not sum to one.
struct Category {
  std::string_view name;
  double share = 0;
};

// The draws of one row. Both halves of each Philox block are used, as a row takes about a hundred.
class Draws {
 public:
  Draws(const Population& population, uint64_t row)
      : key_{static_cast<uint32_t>(population.seed), static_cast<uint32_t>(population.seed >> 32)},
        counter_{0, 1 + static_cast<uint32_t>(population.kind), static_cast<uint32_t>(row),
                 static_cast<uint32_t>(row >> 32)} {}

  double uniform() {  // [0, 1)
    if (half_ == 0) {
      block_ = philox4x32_10(counter_, key_);
      counter_[0] += 1;
    }
    const uint64_t bits = uint64_t{block_[half_ + 1]} << 32 | block_[half_];
    half_ = 2 - half_;
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
  }

  double normal() {  // Box-Muller, both of the pair
    if (has_normal_) {
      has_normal_ = false;
      return normal_;
    }
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    const double angle = 2 * M_PI * uniform();
    has_normal_ = true;
    normal_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }

  bool chance(double probability) { return uniform() < probability; }
  bool chance_of_log_odds(double log_odds) { return chance(logistic(log_odds)); }
  // One with finite variance only above exponent 2: the tail of incomes and turnovers.
  double pareto(double exponent) { return std::pow(1 - uniform(), -1 / exponent); }

  // By inversion; at most `max`.
  int poisson(double mean, int max) {
    double left = uniform(), probability = std::exp(-mean);
    int count = 0;
    while (count < max && left >= probability) {
      left -= probability;
      count += 1;
      probability *= mean / count;
    }
    return count;
  }

  size_t pick(std::span<const Category> categories) {
    double all = 0;
    for (const Category& category : categories) all += category.share;
    double left = uniform() * all;
    for (size_t i = 0; i + 1 < categories.size(); ++i) {
      left -= categories[i].share;
      if (left < 0) return i;
    }
    return categories.size() - 1;
  }

  int whole(int min, int max) { return min + static_cast<int>(uniform() * (max - min + 1)); }

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  size_t half_ = 0;
  bool has_normal_ = false;
  double normal_ = 0;
};

// A positive amount to the nearest multiple of `step`, never below it.
inline int64_t rounded_to(double amount, int64_t step) {
  const double steps = std::min(std::max(std::round(amount / static_cast<double>(step)), 1.0), 1e13);
  return static_cast<int64_t>(steps) * step;
}

// One CSV row; an absent value is an empty cell.
class Cells {
 public:
  explicit Cells(std::string& out) : out_(out) {}
  void text(std::string_view value) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += value;
  }
  void number(int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text({digits, static_cast<size_t>(end - digits)});
  }
  void flag(bool value) { text(value ? "true" : "false"); }
  void thousandths(int64_t value) { text(format_fixed(value, 3)); }
  void absent() { text({}); }
  void number_or_absent(bool present, int64_t value) { present ? number(value) : absent(); }
  void end() { out_ += '\n'; }

 private:
  std::string& out_;
  bool first_ = true;
};

// The month a row belongs to, for drift, and its day.
struct When {
  double months = 0;  // since the start, times the population's drift
  Date day;
};
When when_of(const Population& population, uint64_t row, Draws& draws);

// Each appends one row to `out` and answers the risk it was drawn with.
double append_person(const Population& population, uint64_t row, std::string& out);
double append_firm(const Population& population, uint64_t row, std::string& out);
std::span<const std::string_view> person_columns();
std::span<const std::string_view> firm_columns();

}  // namespace puhui::lending
