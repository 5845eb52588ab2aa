// Type: what the compiler knows of a value before there is one. "any" where it knows nothing.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/feel/value.h"

namespace puhui::feel {

class Node;
struct Place;
struct Run;

struct Type {
  struct Field {
    std::string name;
    const Type* type;
  };
  bool any = true;
  Kind kind = Kind::null;
  std::string name;                          // as people write it: "number", "tLoan", "list<number>"
  const Type* element = nullptr;             // of a list or range; null: any
  std::vector<Field> fields;                 // of a context
  bool open = false;                         // a context that may have other entries than `fields`
  std::vector<const Type*> parameters;       // of a function
  std::vector<std::string> parameter_names;  // of a function whose declaration is known; else empty
  const Type* result = nullptr;              // of a function
  // Unary tests over a value of this type, or null; the owner of the type keeps them alive.
  const Node* allowed = nullptr;
  uint32_t allowed_slots = 0;  // of its frame; the tested value is slot 0
  bool constrained = false;    // allowed values here or somewhere inside

  const Field* field(std::string_view field_name) const;
  bool is(Kind wanted) const { return !any && kind == wanted; }
};

// Owns types; they live as long as it does and never move.
class Types {
 public:
  Types();
  Types(const Types&) = delete;
  Types& operator=(const Types&) = delete;

  const Type* any() const { return &types_.front(); }
  const Type* of(Kind kind) const { return basic_[static_cast<size_t>(kind)]; }
  const Type* list_of(const Type* element);
  const Type* range_of(const Type* element);
  Type* make() { return &types_.emplace_back(); }
  // FEEL's own names: "number", "date and time", "days and time duration", "Any", …; nullptr when not among them.
  const Type* built_in(std::string_view name) const;

 private:
  std::deque<Type> types_;
  const Type* basic_[13] = {};
};

// Structural, allowed values not looked at. A null conforms to every type.
bool conforms(const Value& value, const Type& type);
// Type conformance (DMN 1.5, 10.3.2.9.3): every value of `type` is one of `wanted`. Parameters of functions conform the
// other way round. What the compiler knows nothing of (any, as a result) is given the benefit of the doubt.
bool conforms(const Type& type, const Type& wanted);
// FEEL "instance of": a null is an instance of Null and Any only.
bool is_instance(const Value& value, const Type& type);
// The implicit conversions (DMN 1.5, 10.3.2.9.4): a list of one to its item, an item to a list of one, a date to its
// midnight in universal time. nullopt when none applies.
std::optional<Value> coerce(const Value& value, const Type& type, Run& run, const Place& place);
std::string text_of(const Type& type);

}  // namespace puhui::feel
