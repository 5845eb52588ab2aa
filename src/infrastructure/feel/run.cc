#include "infrastructure/feel/run.h"

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/function.h"
#include "infrastructure/feel/rows.h"

namespace puhui::feel {
namespace {
constexpr Cause kNoMemory{CauseCode::exhausted, "the evaluation's memory is used up", {}, nullptr};
constexpr size_t kMessageBytesMax = 512;
}  // namespace

Value Run::fail(CauseCode code, const Place& place, std::initializer_list<std::string_view> message,
                const Cause* from) {
  size_t bytes = 0;
  for (const std::string_view part : message) bytes += part.size();
  bytes = std::min(bytes, kMessageBytesMax);
  auto* text = arena.array<char>(bytes);
  auto* cause = arena.array<Cause>(1);
  if (text == nullptr || cause == nullptr) {
    stopped = &kNoMemory;
    return Value::null(&kNoMemory);
  }
  size_t at = 0;
  for (const std::string_view part : message) {
    const size_t take = std::min(part.size(), bytes - at);
    std::copy_n(part.data(), take, text + at);
    at += take;
  }
  return Value::null(new (cause) Cause{code, {text, bytes}, place, from});
}

Value Run::stop(const Place& place, std::string_view limit) {
  if (stopped != nullptr) return Value::null(stopped);
  const Value why = fail(CauseCode::exhausted, place, {"the limit of ", limit, " is reached"});
  stopped = &why.cause();
  return why;
}

const Value* Node::eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const {
  for (const uint32_t row : rows) {
    Frame one = frame.row(row);
    out[row] = eval(one);
  }
  return out;
}

Value Run::string(std::string_view text, const Place& place) {
  if (text.size() > kStringBytesMax) return stop(place, "bytes in one string");
  const std::string_view copy = arena.copy(text);
  if (copy.size() != text.size()) return stop(place, "memory");
  return Value::string(copy);
}

Value Run::list(std::span<const Value> items, const Place& place) {
  if (items.size() > kListItemsMax) return stop(place, "items in one list");
  auto* copy = arena.array<Value>(items.size());
  if (copy == nullptr) return stop(place, "memory");
  std::ranges::copy(items, copy);
  return whole(Value::list({copy, items.size()}), place);
}

Value Run::context(std::span<const Entry> entries, const Place& place) {
  if (entries.size() > kListItemsMax) return stop(place, "entries in one context");
  auto* copy = arena.array<Entry>(entries.size());
  if (copy == nullptr) return stop(place, "memory");
  std::ranges::copy(entries, copy);
  return whole(Value::context({copy, entries.size()}), place);
}

namespace {

std::string label_of(const FunctionCode& code) { return code.name.empty() ? "the function" : "function " + code.name; }

// The argument as the parameter's type wants it; nullopt, with the answer in `failure`, when it does not fit.
std::optional<Value> fitted(Run& run, const FunctionCode::Parameter& parameter, const Value& arg, const Place& place,
                            Value& failure) {
  if (parameter.type == nullptr || parameter.type->any) return arg;
  if (!run.charge(place, Run::walk(arg))) {
    failure = Value::null(run.stopped);
    return std::nullopt;
  }
  if (conforms(arg, *parameter.type)) return arg;
  const auto coerced = coerce(arg, *parameter.type, run, place);
  if (coerced) return coerced;
  failure =
      run.fail(CauseCode::wrong_type, place,
               {"parameter ", parameter.name, " expects ", text_of(*parameter.type), ", came ", name_of(arg.kind())});
  return std::nullopt;
}

// The parameters are the first slots of the function's frame.
Value call_with_frame(Run& run, const Function& function, std::span<const Value> args, const Place& place) {
  const FunctionCode& code = *function.code;
  const size_t slots_needed = std::max<size_t>(code.slots, args.size());
  if (run.stack_used + slots_needed > run.stack.size()) return run.stop(place, "values on the stack");
  Value* slots = run.stack.data() + run.stack_used;
  run.stack_used += slots_needed;
  Value result;
  bool fit = true;
  for (size_t i = 0; i < args.size() && fit; ++i) {
    const auto value = fitted(run, code.parameters[i], args[i], place, result);
    fit = value.has_value();
    if (fit) slots[i] = *value;
  }
  if (fit && code.body) {
    Frame frame{run, slots, function.captures.data()};
    result = code.body->eval(frame);
  } else if (fit) {
    result = code.external->call(run, {slots, args.size()}, place);
  }
  run.stack_used -= slots_needed;
  return result;
}

// What the function promises to answer.
Value kept_promise(Run& run, const FunctionCode& code, const Value& result, const Place& place) {
  if (code.result == nullptr || conforms(result, *code.result)) return result;
  const auto coerced = coerce(result, *code.result, run, place);
  if (coerced) return *coerced;
  return run.fail(CauseCode::wrong_type, place,
                  {label_of(code), " promises ", text_of(*code.result), ", came ", name_of(result.kind())},
                  result.is_null() ? &result.cause() : nullptr);
}

}  // namespace

Value call(Run& run, const Function& function, std::span<const Value> args, const Place& place) {
  const FunctionCode& code = *function.code;
  if (!run.charge(place, code.steps)) return Value::null(run.stopped);
  if (run.depth_left == 0) return run.stop(place, "calls inside calls");
  if (code.builtin != nullptr) return call_builtin(*code.builtin, run, args, place);
  if (args.size() != code.parameters.size()) {
    return run.fail(CauseCode::wrong_argument, place,
                    {label_of(code), " expects ", std::to_string(code.parameters.size()), " arguments, came ",
                     std::to_string(args.size())});
  }
  --run.depth_left;
  Value result = call_with_frame(run, function, args, place);
  ++run.depth_left;
  return kept_promise(run, code, result, place);
}

void External::call_rows(Run& run, std::span<const Value> args, const Place& place, std::span<const uint32_t> rows,
                         std::span<Value> answers) const {
  const size_t parameters = rows.empty() ? 0 : args.size() / rows.size();
  for (size_t i = 0; i < rows.size(); ++i) {
    run.row = rows[i];
    answers[i] = call(run, args.subspan(i * parameters, parameters), place);
  }
}

void call_rows(Run& run, const Function& function, std::span<Value> args, const Place& place,
               std::span<const uint32_t> rows, std::span<Value> answers) {
  const FunctionCode& code = *function.code;
  const size_t parameters = code.parameters.size();
  std::vector<Value> fit;
  std::vector<uint32_t> fit_rows;
  std::vector<size_t> at;  // where a row that fits has its answer
  for (size_t i = 0; i < rows.size(); ++i) {
    bool fits = run.charge(place, code.steps);
    if (!fits) answers[i] = Value::null(run.stopped);
    if (fits && run.depth_left == 0) answers[i] = run.stop(place, "calls inside calls"), fits = false;
    for (size_t p = 0; p < parameters && fits; ++p) {
      const auto value = fitted(run, code.parameters[p], args[i * parameters + p], place, answers[i]);
      fits = value.has_value();
      if (fits) args[i * parameters + p] = *value;
    }
    if (!fits) continue;
    const auto from = args.subspan(i * parameters, parameters);
    fit.insert(fit.end(), from.begin(), from.end());
    fit_rows.push_back(rows[i]);
    at.push_back(i);
  }
  if (fit_rows.empty()) return;
  std::vector<Value> given(fit_rows.size());
  // What is left to an evaluation of one row is left to these: they stop where it stops.
  const size_t slots_needed = std::max<size_t>(code.slots, parameters);
  if (run.stack_used + slots_needed > run.stack.size())
    return static_cast<void>(run.stop(place, "values on the stack"));
  --run.depth_left;
  run.stack_used += slots_needed;
  code.external->call_rows(run, fit, place, fit_rows, given);
  run.stack_used -= slots_needed;
  ++run.depth_left;
  for (size_t i = 0; i < given.size(); ++i) answers[at[i]] = kept_promise(run, code, given[i], place);
}

}  // namespace puhui::feel
