#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/operators.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

template <bool kLargest>
Value extreme(Run& run, Args args, const Place& place) {
  const auto items = args[0].as_list();
  if (items.empty()) return wrong_argument(run, place, {"expected at least one value"});
  const Value* best = &items[0];
  for (const Value& item : items) {
    const auto found = order(item, *best);
    if (!found) {
      return run.fail(
          CauseCode::wrong_type, place,
          {"expected values of one ordered type, came ", name_of(best->kind()), " and ", name_of(item.kind())},
          item.is_null() ? &item.cause() : nullptr);
    }
    if (kLargest ? *found > 0 : *found < 0) best = &item;
  }
  return *best;
}

// The numbers of the list; nullopt, with the answer in `failure`, when it holds anything else.
std::optional<std::vector<Decimal>> numbers_of(Run& run, Args args, const Place& place, Value& failure) {
  std::vector<Decimal> numbers;
  if (!run.charge(place, args[0].as_list().size())) {
    failure = Value::null(run.stopped);
    return std::nullopt;
  }
  for (const Value& item : args[0].as_list()) {
    if (!item.is_number()) {
      failure = run.fail(CauseCode::wrong_type, place, {"expected numbers, came ", name_of(item.kind())},
                         item.is_null() ? &item.cause() : nullptr);
      return std::nullopt;
    }
    numbers.push_back(item.as_number());
  }
  return numbers;
}

Value number_or(const std::optional<Decimal>& n, Run& run, const Place& place) {
  return n ? Value::number(*n) : run.fail(CauseCode::arithmetic, place, {"the result is out of range"});
}

std::optional<Decimal> total_of(const std::vector<Decimal>& numbers) {
  std::optional<Decimal> total = Decimal();
  for (const Decimal& n : numbers) {
    total = add(*total, n);
    if (!total) break;
  }
  return total;
}

// Durations add up too (DMN 1.5 speaks of numbers; sums of durations are common and unambiguous).
Value sum(Run& run, Args args, const Place& place) {
  const auto items = args[0].as_list();
  if (items.empty()) return wrong_argument(run, place, {"expected at least one value"});
  const Kind kind = items[0].kind();
  if (kind == Kind::days_time || kind == Kind::years_months) {
    Value total = items[0];
    for (const Value& item : items.subspan(1)) total = apply(Arithmetic::add, total, item, run, place);
    return total;
  }
  Value failure;
  const auto numbers = numbers_of(run, args, place, failure);
  return numbers ? number_or(total_of(*numbers), run, place) : failure;
}

Value product(Run& run, Args args, const Place& place) {
  Value failure;
  const auto numbers = numbers_of(run, args, place, failure);
  if (!numbers) return failure;
  if (numbers->empty()) return wrong_argument(run, place, {"expected at least one value"});
  std::optional<Decimal> result = Decimal(1);
  for (const Decimal& n : *numbers) {
    result = multiply(*result, n);
    if (!result) break;
  }
  return number_or(result, run, place);
}

std::optional<Decimal> mean_of(const std::vector<Decimal>& numbers) {
  const auto total = total_of(numbers);
  return total ? divide(*total, Decimal(static_cast<int64_t>(numbers.size()))) : std::nullopt;
}

Value mean(Run& run, Args args, const Place& place) {
  Value failure;
  const auto numbers = numbers_of(run, args, place, failure);
  if (!numbers) return failure;
  if (numbers->empty()) return wrong_argument(run, place, {"expected at least one value"});
  return number_or(mean_of(*numbers), run, place);
}

Value median(Run& run, Args args, const Place& place) {
  Value failure;
  auto numbers = numbers_of(run, args, place, failure);
  if (!numbers) return failure;
  if (numbers->empty()) return wrong_argument(run, place, {"expected at least one value"});
  std::ranges::sort(*numbers);
  const size_t middle = numbers->size() / 2;
  if (numbers->size() % 2 == 1) return Value::number((*numbers)[middle]);
  return number_or(mean_of({(*numbers)[middle - 1], (*numbers)[middle]}), run, place);
}

// Of a sample: divided by n - 1.
Value standard_deviation(Run& run, Args args, const Place& place) {
  Value failure;
  const auto numbers = numbers_of(run, args, place, failure);
  if (!numbers) return failure;
  if (numbers->size() < 2) return wrong_argument(run, place, {"expected at least two values"});
  const auto centre = mean_of(*numbers);
  std::vector<Decimal> squares;
  for (const Decimal& n : *numbers) {
    const auto distance = centre ? subtract(n, *centre) : std::nullopt;
    const auto square = distance ? multiply(*distance, *distance) : std::nullopt;
    if (!square) return number_or(std::nullopt, run, place);
    squares.push_back(*square);
  }
  const auto total = total_of(squares);
  const auto variance = total ? divide(*total, Decimal(static_cast<int64_t>(numbers->size()) - 1)) : std::nullopt;
  return number_or(variance ? square_root(*variance) : std::nullopt, run, place);
}

Value mode(Run& run, Args args, const Place& place) {
  Value failure;
  auto numbers = numbers_of(run, args, place, failure);
  if (!numbers) return failure;
  std::ranges::sort(*numbers);
  std::vector<Value> modes;
  size_t most = 0;
  for (size_t start = 0; start < numbers->size();) {
    size_t end = start;
    while (end < numbers->size() && (*numbers)[end] == (*numbers)[start]) ++end;
    if (end - start > most) most = end - start, modes.clear();
    if (end - start == most) modes.push_back(Value::number((*numbers)[start]));
    start = end;
  }
  return run.list(modes, place);
}

// all and any: ternary logic over a list, as a chain of and or or.
template <bool kDeciding>
Value quantified(Run& run, Args args, const Place& place) {
  const Value* odd = nullptr;
  for (const Value& item : args[0].as_list()) {
    if (item.kind() == Kind::boolean && item.as_boolean() == kDeciding) return item;
    if (item.kind() != Kind::boolean && odd == nullptr) odd = &item;
  }
  if (odd == nullptr) return Value::boolean(!kDeciding);
  return run.fail(CauseCode::wrong_type, place, {"expected booleans, came ", name_of(odd->kind())},
                  odd->is_null() ? &odd->cause() : nullptr);
}

constexpr Builtin kRows[] = {
    {"min", "list/l", 1, 'e', extreme<false>},
    {"min", "c/z...", 1, '1', extreme<false>},
    {"max", "list/l", 1, 'e', extreme<true>},
    {"max", "c/z...", 1, '1', extreme<true>},
    {"sum", "list/l", 1, 'e', sum},
    {"sum", "n/z...", 1, '1', sum},
    {"product", "list/l", 1, 'n', product},
    {"product", "n/z...", 1, 'n', product},
    {"mean", "list/l", 1, 'n', mean},
    {"mean", "n/z...", 1, 'n', mean},
    {"median", "list/l", 1, 'n', median},
    {"median", "n/z...", 1, 'n', median},
    {"stddev", "list/l", 1, 'n', standard_deviation},
    {"stddev", "n/z...", 1, 'n', standard_deviation},
    {"mode", "list/l", 1, 'l', mode},
    {"mode", "n/z...", 1, 'l', mode},
    {"all", "list/l", 1, 'b', quantified<false>},
    {"all", "b/z...", 1, 'b', quantified<false>},
    {"any", "list/l", 1, 'b', quantified<true>},
    {"any", "b/z...", 1, 'b', quantified<true>},
};

}  // namespace

std::span<const Builtin> statistics_builtins() { return kRows; }

}  // namespace puhui::feel
