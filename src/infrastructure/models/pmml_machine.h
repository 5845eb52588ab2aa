// Machine: the memory of one run of a PMML program: a cell a slot, computed when first asked for, and what every
// model inside answered. One a thread, reused; after the first runs nothing is allocated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/models/pmml_cell.h"

namespace puhui::models {

constexpr size_t kPmmlStepsMax = 10'000'000;           // calls of defined functions in one run
constexpr size_t kPmmlTextBytesMax = size_t{1} << 20;  // of texts made in one run
constexpr size_t kPmmlCallDepthMax = 800;  // expressions inside expressions, derived fields and functions counted in

class PmmlProgram;

// What one model answered. `probabilities` and `confidences` are one a category of that model, or empty.
struct Answer {
  Cell value;  // missing: no prediction
  std::vector<double> probabilities, confidences;
  std::vector<std::string_view> reasons;  // ranked, the most adverse first
  size_t adverse_count = 0;               // of them, that lost points
  std::string_view entity;                // a tree's node, a chosen segment
  bool has_run = false;
  void clear();
};

class Machine {
 public:
  // Ready for a run over `in`; both outlive it.
  void begin(const PmmlProgram& program, std::span<const PredictorValue> in);

  const Cell& value(uint32_t slot) {
    if (states_[slot] != run_) compute(slot);
    return cells_[slot];
  }
  void put(uint32_t slot, const Cell& cell) { cells_[slot] = cell, states_[slot] = run_; }
  Answer& answer(uint32_t place) { return answers_[place]; }
  const PredictorValue& input(size_t index) const { return in_[index]; }
  const PmmlProgram& program() const { return *program_; }

  // Arguments of the calls under way, the innermost last.
  std::vector<Cell> arguments;
  size_t frame = 0;  // where the arguments of the defined function that runs begin

  // The first fault ends the run: what follows computes with missing values, and the answer is the fault.
  void fault(ErrorCode code, std::string_view where, std::string message);
  bool is_faulted() const { return error_.has_value(); }
  Error take_error() { return *std::move(error_); }
  // Notes a step; false when there were too many.
  bool step();
  // Goes one expression deeper while it lives; not ok where that is too deep, which is a fault.
  class Deeper {
   public:
    explicit Deeper(Machine& machine) : machine_(machine), ok_(++machine.depth_ <= kPmmlCallDepthMax) {
      if (!ok_) machine.fault_depth();
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --machine_.depth_; }
    bool ok() const { return ok_; }

   private:
    Machine& machine_;
    bool ok_;
  };

  // A text that lives until the run ends; empty when kPmmlTextBytesMax is reached, which is a fault.
  std::string_view keep(std::string_view text);
  // Scratch for models that combine others.
  std::vector<double> numbers;
  std::vector<size_t> order;

 private:
  void compute(uint32_t slot);
  void fault_depth();
  const PmmlProgram* program_ = nullptr;
  std::span<const PredictorValue> in_;
  std::vector<Cell> cells_;
  std::vector<uint32_t> states_;  // the run that computed the cell
  uint32_t run_ = 0;
  std::vector<Answer> answers_;
  std::optional<Error> error_;
  std::unique_ptr<char[]> texts_;
  size_t text_bytes_ = 0;
  size_t steps_ = 0, depth_ = 0;
};

}  // namespace puhui::models
