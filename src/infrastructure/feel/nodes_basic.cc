#include "infrastructure/feel/compile_inside.h"
#include "infrastructure/feel/rows.h"

namespace puhui::feel {
namespace {

class ConstantNode final : public Node {
 public:
  ConstantNode(const Place& where, Value value) : Node(where), value_(value) {}
  Value eval(Frame&) const override { return value_; }
  const Value* constant() const override { return &value_; }
  Leaf leaf() const override { return {Leaf::Kind::constant, 0, &value_}; }
  const Value* eval_rows(RowsFrame&, std::span<const uint32_t> rows, Value* out) const override {
    for (const uint32_t row : rows) out[row] = value_;
    return out;
  }

 private:
  Value value_;
};

class SlotNode final : public Node {
 public:
  SlotNode(const Place& where, uint32_t slot) : Node(where), slot_(slot) {}
  Value eval(Frame& frame) const override { return frame.slots[slot_]; }
  Leaf leaf() const override { return {Leaf::Kind::slot, slot_, nullptr}; }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t>, Value*) const override {
    return frame.slots + size_t{slot_} * kColumnStep;
  }

 private:
  uint32_t slot_;
};

class GlobalNode final : public Node {
 public:
  GlobalNode(const Place& where, uint32_t slot) : Node(where), slot_(slot) {}
  Value eval(Frame& frame) const override { return frame.run.globals[slot_]; }
  Leaf leaf() const override { return {Leaf::Kind::global, slot_, nullptr}; }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t>, Value*) const override {
    return frame.globals + size_t{slot_} * kColumnStep;
  }

 private:
  uint32_t slot_;
};

class CaptureNode final : public Node {
 public:
  CaptureNode(const Place& where, uint32_t index) : Node(where), index_(index) {}
  Value eval(Frame& frame) const override { return frame.captures[index_]; }

 private:
  uint32_t index_;
};

class ListNode final : public Node {
 public:
  ListNode(const Place& where, std::vector<NodePtr> items) : Node(where), items_(std::move(items)) {}
  Value eval(Frame& frame) const override {
    auto* values = frame.run.arena.array<Value>(items_.size());
    if (values == nullptr) return frame.run.stop(place, "memory");
    for (size_t i = 0; i < items_.size(); ++i) values[i] = items_[i]->eval(frame);
    return frame.run.whole(Value::list({values, items_.size()}), place);
  }

 private:
  std::vector<NodePtr> items_;
};

class ContextNode final : public Node {
 public:
  ContextNode(const Place& where, std::vector<ContextEntry> entries) : Node(where), entries_(std::move(entries)) {}
  Value eval(Frame& frame) const override {
    auto* made = frame.run.arena.array<Entry>(entries_.size());
    if (made == nullptr) return frame.run.stop(place, "memory");
    for (size_t i = 0; i < entries_.size(); ++i) {
      made[i] = {entries_[i].name, entries_[i].value->eval(frame)};
      frame.slots[entries_[i].slot] = made[i].value;
    }
    return frame.run.whole(Value::context({made, entries_.size()}), place);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    for (const ContextEntry& entry : entries_) {
      Value* const column = frame.slot_column(entry.slot);
      const Value* const values = entry.value->eval_rows(frame, rows, column);
      if (values == column) continue;
      for (const uint32_t row : rows) column[row] = values[row];
    }
    for (const uint32_t row : rows) {
      auto* made = frame.run.arena.array<Entry>(entries_.size());
      if (made == nullptr) {
        out[row] = frame.run.stop(place, "memory");
        continue;
      }
      for (size_t i = 0; i < entries_.size(); ++i) {
        made[i] = {entries_[i].name, frame.slot_column(entries_[i].slot)[row]};
      }
      out[row] = frame.run.whole(Value::context({made, entries_.size()}), place);
    }
    return out;
  }

 private:
  std::vector<ContextEntry> entries_;
};

bool may_bound(const Value& end) {
  switch (end.kind()) {
    case Kind::boolean:
    case Kind::list:
    case Kind::context:
    case Kind::range:
    case Kind::function: return false;
    default: return true;
  }
}

class RangeNode final : public Node {
 public:
  RangeNode(const Place& where, RangeEnds ends) : Node(where), ends_(std::move(ends)) {}
  Value eval(Frame& frame) const override {
    auto* range = frame.run.arena.array<Range>(1);
    if (range == nullptr) return frame.run.stop(place, "memory");
    const bool one_value = ends_.form != Range::Form::interval;
    new (range) Range{.low_closed = ends_.low_closed,
                      .high_closed = ends_.high_closed,
                      .low_bounded = ends_.low != nullptr,
                      .high_bounded = one_value || ends_.high != nullptr,
                      .form = ends_.form};
    if (ends_.low) range->low = ends_.low->eval(frame);
    if (ends_.high) range->high = ends_.high->eval(frame);
    if (one_value) range->high = range->low;
    return checked(*range, frame.run);
  }

 private:
  Value checked(const Range& range, Run& run) const {
    const bool both = range.low_bounded && range.high_bounded && !range.low.is_null() && !range.high.is_null();
    if ((range.low_bounded && !may_bound(range.low)) || (range.high_bounded && !may_bound(range.high)) ||
        (both && (range.low.kind() != range.high.kind() || !order(range.low, range.high)))) {
      return run.fail(CauseCode::wrong_type, place,
                      {"a range expects two ends of one ordered type, came ", name_of(range.low.kind()), " and ",
                       name_of(range.high.kind())});
    }
    if (both && *order(range.low, range.high) > 0) {
      return run.fail(CauseCode::wrong_argument, place, {"a range expects its low end first"});
    }
    return Value::range(&range);
  }
  RangeEnds ends_;
};

class IfNode final : public Node {
 public:
  IfNode(const Place& where, NodePtr condition, NodePtr then, NodePtr otherwise)
      : Node(where), condition_(std::move(condition)), then_(std::move(then)), otherwise_(std::move(otherwise)) {}
  // What is not true is not: null and other types take the else branch (DMN 1.5, table 40).
  Value eval(Frame& frame) const override {
    Value space;
    return condition_.get(frame, space).is_true() ? then_->eval(frame) : otherwise_->eval(frame);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Selection yes;
    Selection no;
    const Value* const conditions = condition_.rows(frame, rows, out);
    for (const uint32_t row : rows) (conditions[row].is_true() ? yes : no).add(row);
    branch(frame, *then_, yes, out);
    branch(frame, *otherwise_, no, out);
    return out;
  }

 private:
  static void branch(RowsFrame& frame, const Node& taken, const Selection& rows, Value* out) {
    if (rows.empty()) return;
    const Value* const values = taken.eval_rows(frame, rows.rows(), out);
    if (values == out) return;
    for (const uint32_t row : rows.rows()) out[row] = values[row];
  }
  Operand condition_;
  NodePtr then_;
  NodePtr otherwise_;
};

// Ternary logic: the deciding value (false for and, true for or) wins over null.
class LogicNode final : public Node {
 public:
  LogicNode(const Place& where, bool is_and, NodePtr left, NodePtr right)
      : Node(where), deciding_(!is_and), left_(std::move(left)), right_(std::move(right)) {}
  Value eval(Frame& frame) const override {
    const Value left = left_.eval(frame);
    if (decides(left)) return left;
    Value space;
    return joined(left, right_.get(frame, space), frame.run);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column first(frame);
    Selection open;
    const Value* const left = left_.rows(frame, rows, first.values());
    for (const uint32_t row : rows) {
      if (decides(left[row]))
        out[row] = left[row];
      else
        open.add(row);
    }
    if (open.empty()) return out;
    Column second(frame);
    const Value* const right = right_.rows(frame, open.rows(), second.values());
    for (const uint32_t row : open.rows()) out[row] = joined(left[row], right[row], frame.run);
    return out;
  }

 private:
  // Needs a left side that does not decide.
  Value joined(const Value& left, const Value& right, Run& run) const {
    if (decides(right)) return right;
    if (left.kind() == Kind::boolean && right.kind() == Kind::boolean) return left;
    const Value& odd = left.kind() == Kind::boolean ? right : left;
    return run.fail(CauseCode::wrong_type, place,
                    {deciding_ ? "'or'" : "'and'", " expects two booleans, came ", name_of(odd.kind())},
                    odd.is_null() ? &odd.cause() : nullptr);
  }
  bool decides(const Value& value) const { return value.kind() == Kind::boolean && value.as_boolean() == deciding_; }
  bool deciding_;
  Operand left_;
  Operand right_;
};

class PathNode final : public Node {
 public:
  PathNode(const Place& where, NodePtr of, std::string_view name) : Node(where), of_(std::move(of)), name_(name) {}
  Value eval(Frame& frame) const override {
    Value space;
    return member(of_.get(frame, space), name_, frame.run, place);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    const Value* const of = of_.rows(frame, rows, out);
    for (const uint32_t row : rows) out[row] = member(of[row], name_, frame.run, place);
    return out;
  }

 private:
  Operand of_;
  std::string_view name_;
};

class ItemMemberNode final : public Node {
 public:
  ItemMemberNode(const Place& where, NodePtr item, NodePtr otherwise, std::string_view name)
      : Node(where), item_(std::move(item)), otherwise_(std::move(otherwise)), name_(name) {}
  Value eval(Frame& frame) const override {
    const Value item = item_->eval(frame);
    const Value* entry = item.find(name_);
    return entry != nullptr ? *entry : otherwise_->eval(frame);
  }

 private:
  NodePtr item_;
  NodePtr otherwise_;
  std::string_view name_;
};

class InstanceNode final : public Node {
 public:
  InstanceNode(const Place& where, NodePtr value, const Type& type)
      : Node(where), value_(std::move(value)), type_(type) {}
  Value eval(Frame& frame) const override {
    const Value value = value_->eval(frame);
    if (value.is_null()) return Value::boolean(!type_.any && type_.kind == Kind::null);
    if (!frame.run.charge(place, Run::walk(value))) return Value::null(frame.run.stopped);
    return Value::boolean(is_instance(value, type_));
  }

 private:
  NodePtr value_;
  const Type& type_;
};

}  // namespace

NodePtr constant_node(const Place& place, Value value) { return std::make_unique<ConstantNode>(place, value); }

NodePtr symbol_node(const Place& place, const Symbol& symbol, Layout& layout) {
  if (symbol.layout->is_global) return std::make_unique<GlobalNode>(place, symbol.slot);
  if (symbol.layout == &layout) return std::make_unique<SlotNode>(place, symbol.slot);
  const auto at = std::ranges::find(layout.captures, &symbol);
  const auto index = static_cast<uint32_t>(at - layout.captures.begin());
  if (at == layout.captures.end()) layout.captures.push_back(&symbol);
  return std::make_unique<CaptureNode>(place, index);
}

NodePtr list_node(const Place& place, std::vector<NodePtr> items) {
  return std::make_unique<ListNode>(place, std::move(items));
}
NodePtr context_node(const Place& place, std::vector<ContextEntry> entries) {
  return std::make_unique<ContextNode>(place, std::move(entries));
}
NodePtr range_node(const Place& place, RangeEnds ends) { return std::make_unique<RangeNode>(place, std::move(ends)); }
NodePtr if_node(const Place& place, NodePtr condition, NodePtr then, NodePtr otherwise) {
  return std::make_unique<IfNode>(place, std::move(condition), std::move(then), std::move(otherwise));
}
NodePtr logic_node(const Place& place, bool is_and, NodePtr left, NodePtr right) {
  return std::make_unique<LogicNode>(place, is_and, std::move(left), std::move(right));
}
NodePtr path_node(const Place& place, NodePtr of, std::string_view name) {
  return std::make_unique<PathNode>(place, std::move(of), name);
}
NodePtr item_member_node(const Place& place, NodePtr item, NodePtr otherwise, std::string_view name) {
  return std::make_unique<ItemMemberNode>(place, std::move(item), std::move(otherwise), name);
}
NodePtr instance_node(const Place& place, NodePtr value, const Type& type) {
  return std::make_unique<InstanceNode>(place, std::move(value), type);
}

}  // namespace puhui::feel
