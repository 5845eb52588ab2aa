// Build: what compiling one policy shares: the FEEL unit, its types, the faults found, the rules numbered so far.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/dmn/matcher.h"
#include "infrastructure/dmn/model.h"
#include "infrastructure/dmn/trace.h"
#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/nodes.h"
#include "infrastructure/feel/parser.h"

namespace puhui::dmn {

struct CompiledTable;

// A compiled piece and the type the compiler found for it.
struct Piece {
  feel::NodePtr node;
  const feel::Type* type = nullptr;
};

struct Build {
  feel::Unit& unit;
  Faults& faults;
  std::vector<RuleInfo>& rules;
  std::deque<CompiledTable>& tables;       // in the order their rules are numbered
  std::vector<feel::NodePtr>& kept_nodes;  // of allowed values: types point to them
  // How tables find their rules.
  Matcher::Strategy strategy = Matcher::Strategy::automatic;
  // The text of a type's allowed values, or nullptr.
  std::function<const Text*(const feel::Type&)> allowed_text = [](const feel::Type&) { return nullptr; };
  std::string owner;  // the decision or business knowledge model being compiled

  feel::Place place_of(const Spot& spot) { return {unit.keep_name(spot.id), spot.line, spot.column}; }
  feel::Source source_of(const Text& text) {
    return {text.text, unit.keep_name(text.spot.id), text.spot.line, text.spot.column};
  }
  // Adds the fault; a node that is null and says it.
  Piece fault(const Spot& spot, std::string message);
  Piece fault(const Spot& spot, const Error& error);

  // FEEL text as an expression. Unknown names are faults.
  Piece expression(const Text& text, const feel::Scope& scope, feel::Layout& layout);
  // nullptr when there is no such type (a fault); any for "".
  const feel::Type* type_named(const std::string& name, const Spot& spot);
  // Checks what `piece` yields against the type, converting as FEEL does.
  Piece checked(Piece piece, const feel::Type* type, const Spot& spot);
};

// boxed.cc
Piece compile_boxed(Build& build, const Boxed& boxed, const feel::Scope& scope, feel::Layout& layout);
// A function whose parameters are the formal parameters; for business knowledge models and boxed functions.
Piece compile_function(Build& build, const Boxed& boxed, const std::string& name, const feel::Scope& scope,
                       feel::Layout& layout, const feel::Symbol* self);
// table_compile.cc
Piece compile_table(Build& build, const Boxed& boxed, const feel::Scope& scope, feel::Layout& layout);

// Structures and constrained types: see check().
feel::Value check_slowly(const feel::Value& value, const feel::Type& type, feel::Run& run, const feel::Place& place,
                         std::string_view what);
// The value if it is of the type, or converts to it, and its allowed values hold it; else a null that says why.
inline feel::Value check(const feel::Value& value, const feel::Type& type, feel::Run& run, const feel::Place& place,
                         std::string_view what) {
  if ((type.any && !type.constrained) || value.is_null()) return value;
  const bool simple = value.kind() < feel::Kind::list && !type.constrained;
  if (simple && value.kind() == type.kind) return value;
  return check_slowly(value, type, run, place, what);
}

}  // namespace puhui::dmn
