#include "infrastructure/feel/compile_inside.h"

namespace puhui::feel {
namespace {

template <Arithmetic kOp>
class ArithmeticNode final : public Node {
 public:
  ArithmeticNode(const Place& where, NodePtr left, NodePtr right)
      : Node(where), left_(std::move(left)), right_(std::move(right)) {}
  Value eval(Frame& frame) const override {
    const Value left = left_->eval(frame);
    const Value right = right_->eval(frame);
    if (left.is_number() && right.is_number()) [[likely]] {
      const auto result = numbers(left.as_number(), right.as_number());
      if (result) [[likely]]
        return Value::number(*result);
    }
    return apply(kOp, left, right, frame.run, place);
  }

 private:
  static std::optional<Decimal> numbers(const Decimal& a, const Decimal& b) {
    if constexpr (kOp == Arithmetic::add) return add(a, b);
    if constexpr (kOp == Arithmetic::subtract) return subtract(a, b);
    if constexpr (kOp == Arithmetic::multiply) return multiply(a, b);
    if constexpr (kOp == Arithmetic::divide) return divide(a, b);
    if constexpr (kOp == Arithmetic::power) return power(a, b);
  }
  NodePtr left_;
  NodePtr right_;
};

class NegateNode final : public Node {
 public:
  NegateNode(const Place& where, NodePtr operand) : Node(where), operand_(std::move(operand)) {}
  Value eval(Frame& frame) const override { return negate(operand_->eval(frame), frame.run, place); }

 private:
  NodePtr operand_;
};

class CompareNode final : public Node {
 public:
  CompareNode(const Place& where, Comparison op, NodePtr left, NodePtr right)
      : Node(where), op_(op), left_(std::move(left)), right_(std::move(right)) {}
  Value eval(Frame& frame) const override {
    const Value left = left_->eval(frame);
    return compare(op_, left, right_->eval(frame), frame.run, place);
  }

 private:
  Comparison op_;
  NodePtr left_;
  NodePtr right_;
};

class BetweenNode final : public Node {
 public:
  BetweenNode(const Place& where, NodePtr value, NodePtr low, NodePtr high)
      : Node(where), value_(std::move(value)), low_(std::move(low)), high_(std::move(high)) {}
  Value eval(Frame& frame) const override {
    const Value value = value_->eval(frame);
    const Range range{low_->eval(frame), high_->eval(frame), true, true, true, true};
    const auto above = order(value, range.low);
    const auto below = order(value, range.high);
    if (above && below) return Value::boolean(*above >= 0 && *below <= 0);
    const Value& null = value.is_null() ? value : range.low.is_null() ? range.low : range.high;
    return frame.run.fail(CauseCode::wrong_type, place,
                          {"'between' expects three values of one ordered type, came ", name_of(value.kind()), ", ",
                           name_of(range.low.kind()), " and ", name_of(range.high.kind())},
                          null.is_null() ? &null.cause() : nullptr);
  }

 private:
  NodePtr value_;
  NodePtr low_;
  NodePtr high_;
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

class InNode final : public Node {
 public:
  InNode(const Place& where, NodePtr value, uint32_t slot, std::vector<NodePtr> tests)
      : Node(where), value_(std::move(value)), slot_(slot), tests_(std::move(tests)) {}
  Value eval(Frame& frame) const override {
    frame.slots[slot_] = value_->eval(frame);
    return any_true(tests_, frame);
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
    const Value input = input_->eval(frame);
    return in_value(input, test_->eval(frame), frame.run, place);
  }

 private:
  NodePtr input_;
  NodePtr test_;
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
