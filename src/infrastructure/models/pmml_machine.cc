#include "infrastructure/models/pmml_machine.h"

#include <cmath>
#include <cstring>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_model.h"
#include "infrastructure/models/pmml_program.h"

namespace puhui::models {

void Answer::clear() {
  value = Cell();
  probabilities.clear(), confidences.clear(), reasons.clear();
  adverse_count = 0;
  entity = {};
  has_run = false;
}

PmmlProgram::PmmlProgram() = default;
PmmlProgram::~PmmlProgram() = default;

std::string_view PmmlProgram::intern(std::string_view text) { return *texts_.emplace(text).first; }

bool Domain::allows(const Cell& cell) const {
  const auto listed = values.find(cell);
  if (listed != values.end()) return listed->second.property == Property::valid;
  if (!intervals.empty()) {
    return cell.kind == CellKind::number &&
           std::any_of(intervals.begin(), intervals.end(), [&](const Interval& i) { return i.contains(cell.number); });
  }
  return !lists_valid;
}

void Machine::begin(const PmmlProgram& program, std::span<const PredictorValue> in) {
  if (program_ != &program || cells_.size() != program.slots.size()) {
    // Another program may have stood at this address: nothing it computed counts.
    cells_.assign(program.slots.size(), Cell());
    states_.assign(program.slots.size(), 0);
    run_ = 0;
  }
  if (answers_.size() < program.answer_count) answers_.resize(program.answer_count);
  program_ = &program;
  in_ = in;
  if (++run_ == 0) {
    std::fill(states_.begin(), states_.end(), 0u);
    run_ = 1;
  }
  for (uint32_t i = 0; i < program.answer_count; ++i) answers_[i].clear();
  arguments.clear();
  frame = 0;
  error_.reset();
  text_bytes_ = 0;
  steps_ = depth_ = 0;
}

void Machine::fault(ErrorCode code, std::string_view where, std::string message) {
  if (!error_) error_ = Error{code, {{std::string(where), std::move(message)}}};
}

bool Machine::step() {
  if (++steps_ <= kPmmlStepsMax) return true;
  fault(ErrorCode::exhausted, "model", "expected at most " + std::to_string(kPmmlStepsMax) + " calls in one run");
  return false;
}

void Machine::fault_depth() {
  fault(ErrorCode::exhausted, "model",
        "expected expressions of at most " + std::to_string(kPmmlCallDepthMax) + " levels, derived fields counted in");
}

std::string_view Machine::keep(std::string_view text) {
  if (text.empty()) return "";
  if (!texts_) texts_ = std::make_unique<char[]>(kPmmlTextBytesMax);
  if (text.size() > kPmmlTextBytesMax - text_bytes_) {
    fault(ErrorCode::exhausted, "model",
          "expected texts of at most " + std::to_string(kPmmlTextBytesMax) + " bytes together in one run");
    return {};
  }
  char* const to = texts_.get() + text_bytes_;
  std::memcpy(to, text.data(), text.size());
  text_bytes_ += text.size();
  return {to, text.size()};
}

namespace {

// The caller's value in the field's own type; a value that the field does not allow is marked invalid.
Cell given_cell(Machine& machine, const Slot& slot) {
  const PredictorValue& value = machine.input(slot.source);
  const Domain& domain = *slot.domain;
  Cell cell;
  if (const auto* number = std::get_if<double>(&value)) {
    if (std::isnan(*number)) return {};
    if (slot.type.is_numeric()) {
      cell = Cell::of(slot.type.type == DataType::float32 ? static_cast<double>(static_cast<float>(*number)) : *number);
      if (slot.type.type == DataType::integer && std::trunc(*number) != *number) cell.is_invalid = true;
    } else {
      const std::string text = format_double(*number);
      cell = cell_of(machine.keep(text), slot.type).value_or(Cell::invalid());
    }
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (!domain.missing_texts.empty() && domain.missing_texts.contains(std::string(*text))) return {};
    if (const auto typed = cell_of(*text, slot.type)) {
      cell = *typed;
    } else {
      cell = Cell::of_text(*text);
      cell.is_invalid = true;
    }
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    cell = slot.type.type == DataType::boolean ? Cell::of_flag(*flag)
           : slot.type.is_numeric()            ? Cell::of(*flag ? 1 : 0)
                                               : Cell::of_text(*flag ? "true" : "false");
  } else {
    return {};
  }
  if (cell.is_invalid || (domain.values.empty() && domain.intervals.empty())) return cell;
  const auto listed = domain.values.find(cell);
  if (listed != domain.values.end()) {
    if (listed->second.property == Domain::Property::missing) return {};
    if (cell.kind == CellKind::text) cell.text = listed->first.text;  // one text, one address: equality is a pointer's
  }
  cell.is_invalid = !domain.allows(cell);
  return cell;
}

Cell treated(Machine& machine, const Slot& slot, Cell cell) {
  const Treatment& treatment = slot.treatment;
  if (cell.is_invalid) {
    switch (treatment.invalid) {
      case InvalidTreatment::return_invalid:
        machine.fault(ErrorCode::invalid, slot.name,
                      "expected a value that the model's file allows for this field, came '" +
                          std::string(cut_utf8(text_in(cell), 60)) + "'");
        return {};
      case InvalidTreatment::as_is: cell.is_invalid = false; break;
      case InvalidTreatment::as_missing: cell = Cell(); break;
      case InvalidTreatment::as_value: cell = treatment.invalid_replacement; break;
    }
  }
  if (cell.kind == CellKind::number && treatment.outliers != Outliers::as_is) {
    const bool is_low = cell.number<treatment.low, is_high = cell.number> treatment.high;
    if ((is_low || is_high) && treatment.outliers == Outliers::as_missing) cell = Cell();
    if ((is_low || is_high) && treatment.outliers == Outliers::as_extreme) {
      cell.number = is_low ? treatment.low : treatment.high;
    }
  }
  if (!cell.is_missing()) return cell;
  if (treatment.refuses_missing) {
    machine.fault(ErrorCode::invalid, slot.name, "expected a value, came none; the model's file refuses a missing one");
  }
  return treatment.missing_replacement;
}

}  // namespace

void Machine::compute(uint32_t slot) {
  const Slot& what = program_->slots[slot];
  Cell cell;
  const Deeper deeper(*this);
  if (!deeper.ok()) return put(slot, cell);
  switch (what.kind) {
    case SlotKind::input: cell = treated(*this, what, given_cell(*this, what)); break;
    case SlotKind::mining: cell = treated(*this, what, value(what.source)); break;
    case SlotKind::derived:
      cell = converted(what.expression->evaluate(*this), what.type, *this);
      if (cell.is_invalid) {
        fault(ErrorCode::invalid, what.place, "the derived field's value is not of its type; check what it is made of");
        cell = Cell();
      }
      break;
    case SlotKind::result: break;  // its model did not run
  }
  put(slot, cell);
}

Cell converted(const Cell& cell, PmmlType type, Machine& machine) {
  if (cell.is_missing()) return cell;
  if (type.type == DataType::integer || type.type == DataType::float32 || type.type == DataType::float64) {
    const auto number = number_in(cell);
    if (!number) return Cell::invalid();
    if (type.type == DataType::integer) return Cell::of(std::floor(*number + 0.5));
    return Cell::of(type.type == DataType::float32 ? static_cast<double>(static_cast<float>(*number)) : *number);
  }
  if (cell.kind == CellKind::text) {
    return type.type == DataType::string ? cell : cell_of(cell.text, type).value_or(Cell::invalid());
  }
  if (type.type == DataType::boolean)
    return cell.number == 0 || cell.number == 1 ? Cell::of_flag(cell.number == 1) : Cell::invalid();
  if (type.is_numeric()) return Cell::of(cell.number);
  return cell_of(machine.keep(text_in(cell)), type).value_or(Cell::invalid());
}

}  // namespace puhui::models
