#include "infrastructure/feel/compile_inside.h"
#include "infrastructure/feel/rows.h"

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

// The one kind a parameter of that letter takes as it is; null where a conversion or a choice may be due.
Kind exact_kind(char type) {
  switch (type) {
    case 's': return Kind::string;
    case 'n': return Kind::number;
    case 'b': return Kind::boolean;
    case 'd': return Kind::date;
    case 'l': return Kind::list;
    default: return Kind::null;
  }
}

class BuiltinNode final : public Node {
 public:
  BuiltinNode(const Place& where, const Builtin& row, std::vector<NodePtr> args)
      : Node(where), row_(row), signature_(signature_of(row)) {
    while (!args.empty() && args.back() == nullptr) args.pop_back();
    for (size_t i = 0; i < args.size(); ++i) {
      const Kind kind = i < signature_.types.size() ? exact_kind(signature_.types[i]) : Kind::null;
      plain_ = plain_ && kind != Kind::null;
      kinds_.push_back(kind);
      args_.emplace_back(args[i] ? std::move(args[i]) : constant_node(where, not_given()));
    }
    plain_ = plain_ && !signature_.variadic && args_.size() <= kArgumentsOnStack;
  }
  Value eval(Frame& frame) const override {
    if (!frame.run.step(place)) return Value::null(frame.run.stopped);
    alignas(Value) std::byte few[kArgumentsOnStack * sizeof(Value)];
    auto* values = reinterpret_cast<Value*>(few);
    if (args_.size() > kArgumentsOnStack) values = frame.run.arena.array<Value>(args_.size());
    if (values == nullptr) return frame.run.stop(place, "memory");
    for (size_t i = 0; i < args_.size(); ++i) new (values + i) Value(args_[i].eval(frame));
    return answer(frame.run, {values, args_.size()});
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    if (args_.size() > kArgumentsOnStack) return Node::eval_rows(frame, rows, out);
    std::array<std::optional<Column>, kArgumentsOnStack> spaces;
    std::array<const Value*, kArgumentsOnStack> columns;
    for (size_t i = 0; i < args_.size(); ++i) {
      spaces[i].emplace(frame);
      columns[i] = args_[i].rows(frame, rows, spaces[i]->values());
    }
    Value values[kArgumentsOnStack];
    for (const uint32_t row : rows) {
      for (size_t i = 0; i < args_.size(); ++i) values[i] = columns[i][row];
      out[row] = frame.run.step(place) ? answer(frame.run, {values, args_.size()}) : Value::null(frame.run.stopped);
    }
    return out;
  }

 private:
  // Arguments of exactly the kinds wanted need no fitting.
  Value answer(Run& run, std::span<const Value> args) const {
    bool exact = plain_;
    uint64_t work = 0;
    for (size_t i = 0; exact && i < args.size(); ++i) {
      exact = args[i].kind() == kinds_[i];
      work += Run::walk(args[i]);
    }
    if (!exact) return call_row(row_, signature_, run, args, place);
    return run.charge(place, work) ? row_.code(run, args, place) : Value::null(run.stopped);
  }
  const Builtin& row_;
  Signature signature_;
  bool plain_ = true;
  std::vector<Kind> kinds_;
  std::vector<Operand> args_;
};

// Rounding a quotient, the step every price takes, without first making 34 digits of it.
class RoundedQuotientNode final : public Node {
 public:
  RoundedQuotientNode(const Place& where, const Builtin& row, const Place& division, NodePtr left, NodePtr right,
                      int places)
      : Node(where),
        row_(row),
        signature_(signature_of(row)),
        division_(division),
        left_(std::move(left)),
        right_(std::move(right)),
        places_(places) {}
  Value eval(Frame& frame) const override {
    if (!frame.run.step(place)) return Value::null(frame.run.stopped);
    Value spaces[2];
    const Value& left = left_.get(frame, spaces[0]);
    return answer(left, right_.get(frame, spaces[1]), frame.run);
  }
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    Column second(frame);
    const Value* const left = left_.rows(frame, rows, out);
    const Value* const right = right_.rows(frame, rows, second.values());
    for (const uint32_t row : rows) {
      out[row] = frame.run.step(place) ? answer(left[row], right[row], frame.run) : Value::null(frame.run.stopped);
    }
    return out;
  }

 private:
  Value answer(const Value& left, const Value& right, Run& run) const {
    if (left.is_number() && right.is_number()) {
      const auto rounded = rounded_quotient(left.as_number(), right.as_number(), places_);
      if (rounded) return Value::number(*rounded);
    }
    const Value args[] = {apply(Arithmetic::divide, left, right, run, division_), Value::number(places_)};
    return call_row(row_, signature_, run, args, place);
  }
  const Builtin& row_;
  Signature signature_;
  Place division_;
  Operand left_;
  Operand right_;
  int places_;
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
    Extent extent;
    for (size_t i = 0; i < captures_.size(); ++i) {
      captured[i] = captures_[i] ? captures_[i]->eval(frame) : self;
      extent.add(captured[i]);
    }
    return frame.run.whole(Value::function(function, extent), place);
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
  // One function from outside for all rows is asked once; every other call goes row by row.
  const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    const Leaf leaf = callee_->leaf();
    const bool same_for_all = leaf.kind == Leaf::Kind::global && names_.empty() && !rows.empty();
    const Value callee = same_for_all ? frame.globals[size_t{leaf.index} * kColumnStep + rows[0]] : Value();
    const bool outside = callee.kind() == Kind::function && callee.as_function().code->external != nullptr &&
                         callee.as_function().code->parameters.size() == args_.size();
    if (!outside) return Node::eval_rows(frame, rows, out);
    for (const uint32_t row : rows) {
      const Value& other = frame.globals[size_t{leaf.index} * kColumnStep + row];
      const bool same = other.kind() == Kind::function && &other.as_function() == &callee.as_function();
      if (!same) return Node::eval_rows(frame, rows, out);
    }
    std::vector<Value> args(rows.size() * args_.size());
    Column space(frame);
    for (size_t a = 0; a < args_.size(); ++a) {
      const Value* const column = args_[a]->eval_rows(frame, rows, space.values());
      for (size_t i = 0; i < rows.size(); ++i) args[i * args_.size() + a] = column[rows[i]];
    }
    std::vector<Value> answers(rows.size());
    call_rows(frame.run, callee.as_function(), args, place, rows, answers);
    for (size_t i = 0; i < rows.size(); ++i) out[rows[i]] = answers[i];
    return out;
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

NodePtr rounded_quotient_node(const Place& place, const Builtin& row, const Place& division, NodePtr left,
                              NodePtr right, int places) {
  return std::make_unique<RoundedQuotientNode>(place, row, division, std::move(left), std::move(right), places);
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
