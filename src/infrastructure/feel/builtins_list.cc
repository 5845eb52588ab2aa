#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/function.h"
#include "infrastructure/feel/operators.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

bool same(const Value& a, const Value& b) { return equals(a, b).value_or(false); }

bool holds(Args list, const Value& item) {
  return std::ranges::any_of(list, [&](const Value& other) { return same(other, item); });
}

Value no_position(Run& run, const Place& place, std::string_view function, const Value& came, size_t size) {
  return wrong_argument(run, place,
                        {function, " expects a position from 1 to ", std::to_string(size),
                         " (or from the end, from -1 to -", std::to_string(size), "), came ", text_of(came)});
}

Value list_contains(Run&, Args args, const Place&) { return Value::boolean(holds(args[0].as_list(), args[1])); }

Value count(Run&, Args args, const Place&) { return Value::number(static_cast<int64_t>(args[0].as_list().size())); }

Value sublist(Run& run, Args args, const Place& place) {
  const auto items = args[0].as_list();
  const auto size = static_cast<int64_t>(items.size());
  const auto start = args[1].as_number().as_int64();
  if (!start || *start == 0 || std::abs(*start) > size) {
    return no_position(run, place, "sublist", args[1], items.size());
  }
  const int64_t first = *start > 0 ? *start - 1 : size + *start;
  int64_t length = size - first;
  if (given(args, 2)) {
    const auto wanted = args[2].as_number().as_int64();
    if (!wanted || *wanted < 1 || *wanted > length) {
      return wrong_argument(
          run, place,
          {"sublist expects a length of 1 to ", std::to_string(length), " from there, came ", text_of(args[2])});
    }
    length = *wanted;
  }
  return Value::list(items.subspan(static_cast<size_t>(first), static_cast<size_t>(length)));
}

Value joined(Run& run, std::span<const Args> parts, const Place& place) {
  size_t size = 0;
  for (const Args part : parts) size += part.size();
  if (size > kListItemsMax) return run.stop(place, "items in one list");
  auto* items = run.arena.array<Value>(size);
  if (items == nullptr) return run.stop(place, "memory");
  Value* at = items;
  for (const Args part : parts) at = std::ranges::copy(part, at).out;
  return run.whole(Value::list({items, size}), place);
}

Value append(Run& run, Args args, const Place& place) {
  const Args parts[] = {args[0].as_list(), args[1].as_list()};
  return joined(run, parts, place);
}

// Every argument is a list; what is not counts as a list of itself.
std::vector<Args> as_lists(Args lists) {
  std::vector<Args> parts;
  for (const Value& list : lists) parts.push_back(list.kind() == Kind::list ? list.as_list() : Args(&list, 1));
  return parts;
}

Value concatenate(Run& run, Args args, const Place& place) {
  for (const Value& list : args[0].as_list()) {
    if (list.is_null()) {
      return run.fail(CauseCode::wrong_type, place, {"concatenate expects lists, came null"}, &list.cause());
    }
  }
  return joined(run, as_lists(args[0].as_list()), place);
}

Value distinct(Run& run, Args items, const Place& place) {
  auto* kept = run.arena.array<Value>(items.size());
  if (kept == nullptr) return run.stop(place, "memory");
  size_t size = 0;
  for (const Value& item : items) {
    for (size_t i = 0; i < size; ++i) {
      if (!run.step(place)) return Value::null(run.stopped);
    }
    if (!holds({kept, size}, item)) kept[size++] = item;
  }
  return Value::list({kept, size});
}

Value distinct_values(Run& run, Args args, const Place& place) { return distinct(run, args[0].as_list(), place); }

Value union_of(Run& run, Args args, const Place& place) {
  const Value all = concatenate(run, args, place);
  return all.is_null() ? all : distinct(run, all.as_list(), place);
}

Value insert_before(Run& run, Args args, const Place& place) {
  const auto items = args[0].as_list();
  const auto size = static_cast<int64_t>(items.size());
  const auto position = args[1].as_number().as_int64();
  if (!position || *position == 0 || std::abs(*position) > size) {
    return no_position(run, place, "insert before", args[1], items.size());
  }
  const auto at = static_cast<size_t>(*position > 0 ? *position - 1 : size + *position);
  const Args parts[] = {items.first(at), args.subspan(2, 1), items.subspan(at)};
  return joined(run, parts, place);
}

Value remove(Run& run, Args args, const Place& place) {
  const auto items = args[0].as_list();
  const auto size = static_cast<int64_t>(items.size());
  const auto position = args[1].as_number().as_int64();
  if (!position || *position == 0 || std::abs(*position) > size) {
    return no_position(run, place, "remove", args[1], items.size());
  }
  const auto at = static_cast<size_t>(*position > 0 ? *position - 1 : size + *position);
  const Args parts[] = {items.first(at), items.subspan(at + 1)};
  return joined(run, parts, place);
}

Value list_replace(Run& run, Args args, const Place& place) {
  const Value copy = run.list(args[0].as_list(), place);
  if (copy.is_null()) return copy;
  const auto items = copy.as_list();
  auto* writable = const_cast<Value*>(items.data());  // our own fresh copy
  if (args[1].is_number()) {
    const auto size = static_cast<int64_t>(items.size());
    const auto position = args[1].as_number().rounded_int64(RoundingMode::down);
    if (!position || *position == 0 || std::abs(*position) > size) {
      return no_position(run, place, "list replace", args[1], items.size());
    }
    writable[*position > 0 ? *position - 1 : size + *position] = args[2];
    return run.whole(Value::list(items), place);
  }
  if (args[1].kind() != Kind::function)
    return wrong_argument(run, place, {"list replace expects a position or a match"});
  for (size_t i = 0; i < items.size(); ++i) {
    const Value both[] = {items[i], args[2]};
    const Value matches = call(run, args[1].as_function(), both, place);
    if (matches.kind() != Kind::boolean)
      return wrong_argument(run, place, {"the match of list replace gave no boolean"});
    if (matches.as_boolean()) writable[i] = args[2];
  }
  return run.whole(Value::list(items), place);
}

Value reverse(Run& run, Args args, const Place& place) {
  const Value copy = run.list(args[0].as_list(), place);
  if (!copy.is_null())
    std::reverse(const_cast<Value*>(copy.as_list().data()),
                 const_cast<Value*>(copy.as_list().data()) + copy.as_list().size());
  return copy;
}

Value index_of(Run& run, Args args, const Place& place) {
  std::vector<Value> positions;
  const auto items = args[0].as_list();
  for (size_t i = 0; i < items.size(); ++i) {
    if (same(items[i], args[1])) positions.push_back(Value::number(static_cast<int64_t>(i) + 1));
  }
  return run.list(positions, place);
}

bool flatten_into(std::vector<Value>& out, Args items, int depth, Run& run, const Place& place) {
  constexpr int kDepthMax = 200;
  if (depth > kDepthMax) return run.stop(place, "lists inside lists"), false;
  for (const Value& item : items) {
    if (!run.step(place)) return false;
    if (item.kind() == Kind::list) {
      if (!flatten_into(out, item.as_list(), depth + 1, run, place)) return false;
    } else {
      out.push_back(item);
    }
  }
  return true;
}

Value flatten(Run& run, Args args, const Place& place) {
  std::vector<Value> out;
  if (!flatten_into(out, args[0].as_list(), 0, run, place)) return Value::null(run.stopped);
  return run.list(out, place);
}

// Merge sort: stable, and n log n calls whatever the precedence function answers.
Value sort(Run& run, Args args, const Place& place) {
  const Value copy = run.list(args[0].as_list(), place);
  if (copy.is_null()) return copy;
  std::vector<Value> from(copy.as_list().begin(), copy.as_list().end());
  std::vector<Value> to(from.size());
  const Cause* failure = nullptr;
  const auto precedes = [&](const Value& a, const Value& b) {
    if (!given(args, 1)) {
      if (!run.charge(place, 1)) failure = run.stopped;
      const auto found = order(a, b);
      if (!found && failure == nullptr) {
        failure =
            &run.fail(CauseCode::wrong_type, place,
                      {"sort expects items that can be ordered, came ", name_of(a.kind()), " and ", name_of(b.kind())})
                 .cause();
      }
      return found && *found < 0;
    }
    const Value both[] = {a, b};
    const Value answer = call(run, args[1].as_function(), both, place);
    if (answer.kind() != Kind::boolean && failure == nullptr) {
      failure = &wrong_argument(run, place, {"sort's precedes gave ", name_of(answer.kind()), ", no boolean"}).cause();
    }
    return answer.is_true();
  };
  for (size_t width = 1; width < from.size(); width *= 2) {
    for (size_t start = 0; start < from.size(); start += 2 * width) {
      size_t left = start;
      const size_t middle = std::min(start + width, from.size());
      size_t right = middle;
      const size_t end = std::min(start + 2 * width, from.size());
      for (size_t at = start; at < end; ++at) {
        const bool take_right = left >= middle || (right < end && precedes(from[right], from[left]));
        to[at] = take_right ? from[right++] : from[left++];
      }
    }
    std::swap(from, to);
    if (failure != nullptr) return Value::null(failure);
  }
  return run.list(from, place);
}

constexpr Builtin kRows[] = {
    {"list contains", "list/l,element/z", 2, 'b', list_contains},
    {"count", "list/l", 1, 'n', count},
    {"count", "c/z...", 1, 'n', count},
    {"sublist", "list/l,start position/n,length/n", 2, '1', sublist},
    {"append", "list/l,item/z...", 1, 'L', append},
    {"concatenate", "list/z...", 1, 'l', concatenate},
    {"union", "list/z...", 1, 'l', union_of},
    {"distinct values", "list/l", 1, '1', distinct_values},
    {"insert before", "list/l,position/n,newItem/z", 3, 'l', insert_before},
    {"remove", "list/l,position/n", 2, '1', remove},
    {"list replace", "list/l,position/a,newItem/z", 3, 'l', list_replace},
    {"list replace", "list/l,match/a,newItem/z", 3, 'l', list_replace},
    {"reverse", "list/l", 1, '1', reverse},
    {"index of", "list/l,match/z", 2, 'l', index_of},
    {"flatten", "list/l", 1, 'l', flatten},
    {"sort", "list/l,precedes/f", 1, '1', sort},
};

}  // namespace

std::span<const Builtin> list_builtins() { return kRows; }

}  // namespace puhui::feel
