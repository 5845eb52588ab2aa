// Formulas: the FEEL of a FeatureSet compiled once: filters (`where`) and expressions. What they may read is decided here:
// fields that are not sealed; `at`, `hour` (0 to 23) and `weekday` (1 Monday to 7 Sunday) in the set's offset; keys in
// filters alone; features declared earlier in expressions alone.
#pragma once

#include <memory>
#include <span>

#include "infrastructure/features/event.h"

namespace puhui::features {

class Formulas {
 public:
  // Of a set whose names are checked; names every formula that does not compile.
  static Result<Formulas> compile(const FeatureSet& set);
  Formulas(Formulas&&) noexcept;
  ~Formulas();

  // One thread at a time: the evaluations share their memory. The event and what is answered on it are valid until the next.
  void begin(const Event& event);
  // Whether the feature's filter is true of the event; any other answer is not true. True of a feature without one.
  bool passes(size_t feature);
  // Equal filters have equal numbers, 0 is "all".
  size_t filter_of(size_t feature) const;
  size_t filters() const;
  bool passes_filter(size_t filter);
  // The expression's number, true as 1 and false as 0, else its `empty`. `features`: at least those declared before it.
  FeatureValue expression(size_t feature, std::span<const FeatureValue> features);

 private:
  struct State;
  explicit Formulas(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
