#include "infrastructure/feel/compile_inside.h"
#include "infrastructure/feel/rows.h"

namespace puhui::feel {
namespace {

template <Arithmetic kOp>
class ArithmeticNode final : public Node {
 public:
  ArithmeticNode(const Place& where, NodePtr left, NodePtr right)
      : Node(where), left_(std::move(left)), right_(std::move(right)) {}
  Value eval(Frame& frame) const override {
    Value left_space;
    Value right_space;
    const Value& left = left_.get(frame, left_space);
    return result(left, right_.get(frame, right_space), frame.run);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column second(frame);
    const Value* const left = left_.rows(frame, rows, out);
    const Value* const right = right_.rows(frame, rows, second.values());
    for (const uint32_t row : rows) out[row] = result(left[row], right[row], frame.run);
    return out;
  }

 private:
  Value result(const Value& left, const Value& right, Run& run) const {
    if (left.is_number() && right.is_number()) [[likely]] {
      const auto exact = numbers(left.as_number(), right.as_number());
      if (exact) [[likely]]
        return Value::number(*exact);
    }
    return apply(kOp, left, right, run, place);
  }
  static std::optional<Decimal> numbers(const Decimal& a, const Decimal& b) {
    if constexpr (kOp == Arithmetic::add) return add(a, b);
    if constexpr (kOp == Arithmetic::subtract) return subtract(a, b);
    if constexpr (kOp == Arithmetic::multiply) return multiply(a, b);
    if constexpr (kOp == Arithmetic::divide) return divide(a, b);
    if constexpr (kOp == Arithmetic::power) return power(a, b);
  }
  Operand left_;
  Operand right_;
};

class NegateNode final : public Node {
 public:
  NegateNode(const Place& where, NodePtr operand) : Node(where), operand_(std::move(operand)) {}
  Value eval(Frame& frame) const override {
    Value space;
    return negate(operand_.get(frame, space), frame.run, place);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    const Value* const operands = operand_.rows(frame, rows, out);
    for (const uint32_t row : rows) out[row] = negate(operands[row], frame.run, place);
    return out;
  }

 private:
  Operand operand_;
};

class CompareNode final : public Node {
 public:
  CompareNode(const Place& where, Comparison op, NodePtr left, NodePtr right)
      : Node(where), op_(op), left_(std::move(left)), right_(std::move(right)) {}
  Value eval(Frame& frame) const override {
    Value left_space;
    Value right_space;
    const Value& left = left_.get(frame, left_space);
    return compare(op_, left, right_.get(frame, right_space), frame.run, place);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column second(frame);
    const Value* const left = left_.rows(frame, rows, out);
    const Value* const right = right_.rows(frame, rows, second.values());
    for (const uint32_t row : rows) out[row] = compare(op_, left[row], right[row], frame.run, place);
    return out;
  }

 private:
  Comparison op_;
  Operand left_;
  Operand right_;
};

class BetweenNode final : public Node {
 public:
  BetweenNode(const Place& where, NodePtr value, NodePtr low, NodePtr high)
      : Node(where), value_(std::move(value)), low_(std::move(low)), high_(std::move(high)) {}
  Value eval(Frame& frame) const override {
    Value spaces[3];
    const Value& value = value_.get(frame, spaces[0]);
    const Value& low = low_.get(frame, spaces[1]);
    return between(value, low, high_.get(frame, spaces[2]), frame.run);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column lows(frame);
    Column highs(frame);
    const Value* const values = value_.rows(frame, rows, out);
    const Value* const low = low_.rows(frame, rows, lows.values());
    const Value* const high = high_.rows(frame, rows, highs.values());
    for (const uint32_t row : rows) out[row] = between(values[row], low[row], high[row], frame.run);
    return out;
  }

 private:
  Value between(const Value& value, const Value& low, const Value& high, Run& run) const {
    const auto above = order(value, low);
    const auto below = order(value, high);
    if (above && below) return Value::boolean(*above >= 0 && *below <= 0);
    const Value& null = value.is_null() ? value : low.is_null() ? low : high;
    return run.fail(CauseCode::wrong_type, place,
                    {"'between' expects three values of one ordered type, came ", name_of(value.kind()), ", ",
                     name_of(low.kind()), " and ", name_of(high.kind())},
                    null.is_null() ? &null.cause() : nullptr);
  }
  Operand value_;
  Operand low_;
  Operand high_;
};

// The first true test decides; without one a null remains visible only if a test was null.
Value any_true(const std::vector<NodePtr>& tests, Frame& frame) {
  Value result = Value::boolean(false);
  for (const NodePtr& test : tests) {
    const Value answer = test->eval(frame);
    if (answer.is_true()) return answer;
    if (!answer.is_false() && !result.is_null()) result = answer;
  }
  return result;
}

// The same over columns: a row leaves once a test is true for it.
void any_true_rows(const std::vector<NodePtr>& tests, RowsFrame& frame, std::span<const uint32_t> rows, Value* out) {
  for (const uint32_t row : rows) out[row] = Value::boolean(false);
  Selection kept[2];
  for (const uint32_t row : rows) kept[0].add(row);
  Column answers(frame);
  for (size_t t = 0; t < tests.size(); ++t) {
    const Selection& open = kept[t % 2];
    Selection& next = kept[(t + 1) % 2];
    next.clear();
    if (open.empty()) return;
    const Value* const answer = tests[t]->eval_rows(frame, open.rows(), answers.values());
    for (const uint32_t row : open.rows()) {
      if (answer[row].is_true()) {
        out[row] = answer[row];
        continue;
      }
      if (!answer[row].is_false() && !out[row].is_null()) out[row] = answer[row];
      next.add(row);
    }
  }
}

class InNode final : public Node {
 public:
  InNode(const Place& where, NodePtr value, uint32_t slot, std::vector<NodePtr> tests)
      : Node(where), value_(std::move(value)), slot_(slot), tests_(std::move(tests)) {}
  Value eval(Frame& frame) const override {
    frame.slots[slot_] = value_->eval(frame);
    return any_true(tests_, frame);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Value* const column = frame.slot_column(slot_);
    const Value* const values = value_->eval_rows(frame, rows, column);
    if (values != column) {
      for (const uint32_t row : rows) column[row] = values[row];
    }
    any_true_rows(tests_, frame, rows, out);
    return out;
  }

 private:
  NodePtr value_;
  uint32_t slot_;
  std::vector<NodePtr> tests_;
};

class TestValueNode final : public Node {
 public:
  TestValueNode(const Place& where, NodePtr input, NodePtr test)
      : Node(where), input_(std::move(input)), test_(std::move(test)) {}
  Value eval(Frame& frame) const override {
    Value input_space;
    Value test_space;
    const Value& input = input_.get(frame, input_space);
    return in_value(input, test_.get(frame, test_space), frame.run, place);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column second(frame);
    const Value* const inputs = input_.rows(frame, rows, out);
    const Value* const tests = test_.rows(frame, rows, second.values());
    for (const uint32_t row : rows) out[row] = in_value(inputs[row], tests[row], frame.run, place);
    return out;
  }

 private:
  Operand input_;
  Operand test_;
};

class TestsNode final : public Node {
 public:
  TestsNode(const Place& where, std::vector<NodePtr> tests, bool negated)
      : Node(where), tests_(std::move(tests)), negated_(negated) {}
  Value eval(Frame& frame) const override {
    const Value any = any_true(tests_, frame);
    if (!negated_ || any.kind() != Kind::boolean) return any;
    return Value::boolean(!any.as_boolean());
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    any_true_rows(tests_, frame, rows, out);
    if (!negated_) return out;
    for (const uint32_t row : rows) {
      if (out[row].kind() == Kind::boolean) out[row] = Value::boolean(!out[row].as_boolean());
    }
    return out;
  }

 private:
  std::vector<NodePtr> tests_;
  bool negated_;
};

}  // namespace

NodePtr arithmetic_node(const Place& place, Arithmetic op, NodePtr left, NodePtr right) {
  const auto make = [&]<Arithmetic kOp>() {
    return std::make_unique<ArithmeticNode<kOp>>(place, std::move(left), std::move(right));
  };
  switch (op) {
    case Arithmetic::add: return make.operator()<Arithmetic::add>();
    case Arithmetic::subtract: return make.operator()<Arithmetic::subtract>();
    case Arithmetic::multiply: return make.operator()<Arithmetic::multiply>();
    case Arithmetic::divide: return make.operator()<Arithmetic::divide>();
    case Arithmetic::power: break;
  }
  return make.operator()<Arithmetic::power>();
}
NodePtr negate_node(const Place& place, NodePtr operand) {
  return std::make_unique<NegateNode>(place, std::move(operand));
}
NodePtr compare_node(const Place& place, Comparison op, NodePtr left, NodePtr right) {
  return std::make_unique<CompareNode>(place, op, std::move(left), std::move(right));
}
NodePtr between_node(const Place& place, NodePtr value, NodePtr low, NodePtr high) {
  return std::make_unique<BetweenNode>(place, std::move(value), std::move(low), std::move(high));
}
NodePtr in_node(const Place& place, NodePtr value, uint32_t slot, std::vector<NodePtr> tests) {
  return std::make_unique<InNode>(place, std::move(value), slot, std::move(tests));
}
NodePtr test_value_node(const Place& place, NodePtr input, NodePtr test) {
  return std::make_unique<TestValueNode>(place, std::move(input), std::move(test));
}
NodePtr test_or_node(const Place& place, std::vector<NodePtr> tests) {
  return std::make_unique<TestsNode>(place, std::move(tests), false);
}
NodePtr test_none_node(const Place& place, std::vector<NodePtr> tests) {
  return std::make_unique<TestsNode>(place, std::move(tests), true);
}

}  // namespace puhui::feel
