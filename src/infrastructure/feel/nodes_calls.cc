#include "infrastructure/feel/compile_inside.h"

namespace puhui::feel {
namespace {

constexpr size_t kArgumentsOnStack = 8;

// Arguments of one call: on the stack when they are few.
class Arguments {
 public:
  bool evaluate(const std::vector<NodePtr>& nodes, Frame& frame) {
    if (nodes.size() > kArgumentsOnStack) values_ = frame.run.arena.array<Value>(nodes.size());
    if (values_ == nullptr) return false;
    for (size_t i = 0; i < nodes.size(); ++i) values_[i] = nodes[i] ? nodes[i]->eval(frame) : not_given();
    size_ = nodes.size();
    return true;
  }
  std::span<const Value> span() const { return {values_, size_}; }

 private:
  Value few_[kArgumentsOnStack];
  Value* values_ = few_;
  size_t size_ = 0;
};

class BuiltinNode final : public Node {
 public:
  BuiltinNode(const Place& where, const Builtin& row, std::vector<NodePtr> args)
      : Node(where), row_(row), signature_(signature_of(row)), args_(std::move(args)) {
    while (!args_.empty() && args_.back() == nullptr) args_.pop_back();
  }
  Value eval(Frame& frame) const override {
    if (!frame.run.step(place)) return Value::null(frame.run.stopped);
    Arguments args;
    if (!args.evaluate(args_, frame)) return frame.run.stop(place, "memory");
    return call_row(row_, signature_, frame.run, args.span(), place);
  }

 private:
  const Builtin& row_;
  Signature signature_;
  std::vector<NodePtr> args_;
};

class FunctionNode final : public Node {
 public:
  FunctionNode(const Place& where, std::shared_ptr<const FunctionCode> code, std::vector<NodePtr> captures)
      : Node(where), code_(std::move(code)), captures_(std::move(captures)) {}
  Value eval(Frame& frame) const override {
    auto* function = frame.run.arena.array<Function>(1);
    auto* captured = frame.run.arena.array<Value>(captures_.size());
    if (function == nullptr || captured == nullptr) return frame.run.stop(place, "memory");
    new (function) Function{code_.get(), {captured, captures_.size()}};
    const Value self = Value::function(function);
    // A null child stands for the function itself: it may call itself by its entry's name.
    for (size_t i = 0; i < captures_.size(); ++i) captured[i] = captures_[i] ? captures_[i]->eval(frame) : self;
    return self;
  }

 private:
  std::shared_ptr<const FunctionCode> code_;
  std::vector<NodePtr> captures_;
};

class CallNode final : public Node {
 public:
  CallNode(const Place& where, NodePtr callee, std::vector<NodePtr> args, std::vector<std::string> names)
      : Node(where), callee_(std::move(callee)), args_(std::move(args)), names_(std::move(names)) {}
  Value eval(Frame& frame) const override {
    const Value callee = callee_->eval(frame);
    if (callee.kind() != Kind::function) {
      return frame.run.fail(CauseCode::wrong_type, place,
                            {"expected a function to call, came ", name_of(callee.kind())},
                            callee.is_null() ? &callee.cause() : nullptr);
    }
    Arguments args;
    if (!args.evaluate(args_, frame)) return frame.run.stop(place, "memory");
    const Function& function = callee.as_function();
    if (names_.empty()) return call(frame.run, function, args.span(), place);
    return by_name(frame, function, args);
  }

 private:
  Value by_name(Frame& frame, const Function& function, const Arguments& given) const {
    const auto& parameters = function.code->parameters;
    std::vector<Value> ordered(parameters.size(), not_given());
    size_t placed = 0;
    for (size_t i = 0; i < names_.size(); ++i) {
      const auto at = std::ranges::find(parameters, names_[i], &FunctionCode::Parameter::name);
      if (at == parameters.end()) {
        return frame.run.fail(CauseCode::wrong_argument, place, {"the function has no parameter '", names_[i], "'"});
      }
      ordered[static_cast<size_t>(at - parameters.begin())] = given.span()[i];
      ++placed;
    }
    if (placed < parameters.size() && function.code->builtin == nullptr) {
      return frame.run.fail(
          CauseCode::wrong_argument, place,
          {"the function expects ", std::to_string(parameters.size()), " arguments, came ", std::to_string(placed)});
    }
    return call(frame.run, function, ordered, place);
  }
  NodePtr callee_;
  std::vector<NodePtr> args_;
  std::vector<std::string> names_;
};

}  // namespace

NodePtr builtin_node(const Place& place, const Builtin& row, std::vector<NodePtr> args) {
  return std::make_unique<BuiltinNode>(place, row, std::move(args));
}

NodePtr function_node(const Place& place, std::shared_ptr<const FunctionCode> code, const Layout& inner, Layout& layout,
                      const Symbol* self) {
  std::vector<NodePtr> captures;
  for (const Symbol* symbol : inner.captures) {
    captures.push_back(symbol == self ? nullptr : symbol_node(place, *symbol, layout));
  }
  return std::make_unique<FunctionNode>(place, std::move(code), std::move(captures));
}

NodePtr call_node(const Place& place, NodePtr callee, std::vector<NodePtr> args, std::vector<std::string> names) {
  return std::make_unique<CallNode>(place, std::move(callee), std::move(args), std::move(names));
}

}  // namespace puhui::feel
