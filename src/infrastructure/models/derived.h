// Derived features: numbers computed from the columns of one row, declared as data. The declaration travels
// inside the model, so that a decision needs only the raw inputs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/json.h"
#include "ground/base/result.h"

namespace puhui::models {

enum class DerivedKind : uint8_t {
  ratio,       // of[0] / of[1]; missing when of[1] is 0
  difference,  // of[0] - of[1]
  sum,         // of those that are not missing; missing when all are
  mean,
  minimum,
  maximum,
  count_at_least,  // how many are >= at
  count_at_most,   // how many are <= at
  first_at_least,  // place (0 first) of the first >= at; the number of places when there is none
  slope,           // least-squares change a place, from of[0] on; missing with fewer than two numbers
};
std::string_view name_of(DerivedKind kind);

struct Derived {
  std::string name;
  DerivedKind kind = DerivedKind::ratio;
  std::vector<std::string> of;  // names of inputs, or of derived features declared before
  double at = 0;                // the threshold of the kinds that have one
  bool operator==(const Derived&) const = default;
};

constexpr size_t kDerivedMax = 1000;
constexpr size_t kDerivedOperandsMax = 200;

// [{"name": "utilisation", "kind": "ratio", "of": ["BILL_AMT1", "LIMIT_BAL"]}, …], "at" where the kind needs it.
Result<std::vector<Derived>> parse_derived(const Json& json);
Json to_json(const std::vector<Derived>& derived);

// Declarations bound to the places of their operands. Place p < inputs is input p; beyond, derived p - inputs.
class DerivedProgram {
 public:
  DerivedProgram() = default;
  // Faults: an operand nobody declared, a name twice, a wrong number of operands.
  static Result<DerivedProgram> bind(std::vector<Derived> derived, const std::vector<std::string>& inputs);
  size_t input_count() const { return input_count_; }
  size_t size() const { return derived_.size(); }
  const std::vector<Derived>& derived() const { return derived_; }
  const std::vector<uint32_t>& operands(size_t index) const { return places_[index]; }
  // `places` holds the inputs first and room for size() more, which are filled. NaN is missing throughout.
  void run(std::span<double> places) const;

 private:
  size_t input_count_ = 0;
  std::vector<Derived> derived_;
  std::vector<std::vector<uint32_t>> places_;
};

}  // namespace puhui::models
