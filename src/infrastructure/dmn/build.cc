#include "infrastructure/dmn/build.h"

#include "infrastructure/dmn/reader.h"
#include "infrastructure/feel/rows.h"

namespace puhui::dmn {
namespace {

using feel::CauseCode;
using feel::Frame;
using feel::Kind;
using feel::Place;
using feel::Run;
using feel::Type;
using feel::Value;

class CheckNode final : public feel::Node {
 public:
  CheckNode(const Place& where, feel::NodePtr value, const Type& type)
      : Node(where), value_(std::move(value)), type_(type) {}
  Value eval(Frame& frame) const override { return check(value_->eval(frame), type_, frame.run, place, "the result"); }
  const Value* eval_rows(feel::RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    const Value* const values = value_->eval_rows(frame, rows, out);
    for (const uint32_t row : rows) out[row] = check(values[row], type_, frame.run, place, "the result");
    return out;
  }

 private:
  feel::NodePtr value_;
  const Type& type_;
};

bool allows(const Type& type, const Value& value, Run& run) {
  if (run.stack_used + type.allowed_slots > run.stack.size()) return false;
  Frame frame{run, run.stack.data() + run.stack_used, nullptr};
  run.stack_used += type.allowed_slots;
  frame.slots[0] = value;
  const Value answer = type.allowed->eval(frame);
  run.stack_used -= type.allowed_slots;
  return answer.is_true();
}

// The first part of the value that its type's allowed values do not hold, or nullptr.
const Value* not_allowed(const Value& value, const Type& type, Run& run) {
  if (!type.constrained || value.is_null()) return nullptr;
  if (type.allowed != nullptr && !allows(type, value, run)) return &value;
  if (value.kind() == Kind::list && type.element != nullptr) {
    for (const Value& item : value.as_list()) {
      if (const Value* found = not_allowed(item, *type.element, run)) return found;
    }
  }
  if (value.kind() == Kind::context) {
    for (const Type::Field& field : type.fields) {
      const Value* entry = value.find(field.name);
      const Value* found = entry == nullptr ? nullptr : not_allowed(*entry, *field.type, run);
      if (found != nullptr) return found;
    }
  }
  return nullptr;
}

}  // namespace

Value check_slowly(const Value& value, const Type& type, Run& run, const Place& place, std::string_view what) {
  if (!run.charge(place, Run::walk(value))) return Value::null(run.stopped);
  Value fit = value;
  if (!feel::conforms(value, type)) {
    const auto converted = feel::coerce(value, type, run, place);
    if (!converted) {
      return run.fail(CauseCode::wrong_type, place,
                      {what, " expects ", feel::text_of(type), ", came ", text_of(value)});
    }
    fit = *converted;
  }
  if (const Value* wrong = not_allowed(fit, type, run)) {
    return run.fail(CauseCode::not_allowed, place,
                    {what, " expects an allowed value of ", feel::text_of(type), ", came ", text_of(*wrong)});
  }
  return fit;
}

Piece Build::fault(const Spot& spot, std::string message) {
  const auto node_place = place_of(spot);
  auto node = feel::fault_node(node_place, unit, CauseCode::wrong_argument, message);
  faults.add(where_of(spot), std::move(message));
  return {std::move(node), unit.types.any()};
}

Piece Build::fault(const Spot& spot, const Error& error) {
  auto node = feel::fault_node(place_of(spot), unit, CauseCode::wrong_argument, error.text());
  faults.add("", error);
  return {std::move(node), unit.types.any()};
}

Piece Build::expression(const Text& text, const feel::Scope& scope, feel::Layout& layout) {
  const auto parsed = parse_expression(source_of(text), unit, scope, layout);
  if (!parsed) return fault(text.spot, parsed.error());
  for (const Fault& unknown : parsed->unknown_names) faults.add(unknown.where, unknown.message);
  return {feel::compile(*parsed->expr, unit, layout), parsed->expr->type};
}

const Type* Build::type_named(const std::string& name, const Spot& spot) {
  if (name.empty()) return unit.types.any();
  if (const Type* known = feel::parse_type(name, unit)) return known;
  fault(spot, "expected the name of a type, came '" + name + "'");
  return unit.types.any();
}

Piece Build::checked(Piece piece, const Type* type, const Spot& spot) {
  if (type->any) return piece;
  return {std::make_unique<CheckNode>(place_of(spot), std::move(piece.node), *type), type};
}

}  // namespace puhui::dmn
