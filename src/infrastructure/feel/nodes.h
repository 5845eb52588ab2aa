// Makers of nodes: for the compiler, and for the layer above that boxes expressions in other ways than text.
#pragma once

#include <vector>

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/run.h"
#include "infrastructure/feel/type.h"

namespace puhui::feel {

// nodes_basic.cc
NodePtr list_node(const Place& place, std::vector<NodePtr> items);
struct ContextEntry {
  std::string_view name;
  NodePtr value;
  uint32_t slot;
};
NodePtr context_node(const Place& place, std::vector<ContextEntry> entries);
struct RangeEnds {
  NodePtr low;  // null: none
  NodePtr high;
  bool low_closed = false;
  bool high_closed = false;
  Range::Form form = Range::Form::interval;  // any other needs `low` alone
};
NodePtr range_node(const Place& place, RangeEnds ends);
NodePtr if_node(const Place& place, NodePtr condition, NodePtr then, NodePtr otherwise);
NodePtr logic_node(const Place& place, bool is_and, NodePtr left, NodePtr right);
NodePtr path_node(const Place& place, NodePtr of, std::string_view name);
NodePtr item_member_node(const Place& place, NodePtr item, NodePtr otherwise, std::string_view name);
NodePtr instance_node(const Place& place, NodePtr value, const Type& type);

// nodes_operators.cc
NodePtr arithmetic_node(const Place& place, Arithmetic op, NodePtr left, NodePtr right);
NodePtr negate_node(const Place& place, NodePtr operand);
NodePtr compare_node(const Place& place, Comparison op, NodePtr left, NodePtr right);
NodePtr between_node(const Place& place, NodePtr value, NodePtr low, NodePtr high);
// Evaluates `value` into the slot, then the tests one after another until one is true.
NodePtr in_node(const Place& place, NodePtr value, uint32_t slot, std::vector<NodePtr> tests);
NodePtr test_value_node(const Place& place, NodePtr input, NodePtr test);
NodePtr test_or_node(const Place& place, std::vector<NodePtr> tests);
NodePtr test_none_node(const Place& place, std::vector<NodePtr> tests);

// nodes_loops.cc
// What a loop does in every turn, and how many steps that counts for.
struct Turn {
  NodePtr node;
  uint32_t steps = 1;
};
struct Iterator {
  uint32_t slot;
  NodePtr from;
  NodePtr to;  // of "from..to", else null
};
NodePtr for_node(const Place& place, std::vector<Iterator> iterators, uint32_t partial_slot, Turn body);
// Boxed filters and quantifiers have no answer when a condition is neither boolean nor null.
enum class Strictness { lenient, boolean_only };
NodePtr quantified_node(const Place& place, bool is_every, std::vector<Iterator> iterators, Turn condition,
                        Strictness strictness = Strictness::lenient);
NodePtr filter_node(const Place& place, NodePtr list, Turn condition, uint32_t item_slot,
                    Strictness strictness = Strictness::lenient);

// nodes_calls.cc
// The row's arguments in the row's order; a null child is an argument not given.
NodePtr builtin_node(const Place& place, const Builtin& row, std::vector<NodePtr> args);

// decimal(left / right, places): `row` is that function's, `division` the place of the operator.
NodePtr rounded_quotient_node(const Place& place, const Builtin& row, const Place& division, NodePtr left,
                              NodePtr right, int places);

}  // namespace puhui::feel
