#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/parser.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;
using Order = std::strong_ordering;

// A point counts as the closed range of itself. An end that is not bounded lies beyond every value.
struct Ends {
  Value low;
  Value high;
  bool low_closed = true;
  bool high_closed = true;
  bool low_bounded = true;
  bool high_bounded = true;
};

std::optional<Ends> ends_of(const Value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.kind() != Kind::range) return Ends{value, value};
  const Range& range = value.as_range();
  if (range.form == Range::Form::not_equal) return std::nullopt;
  return Ends{range.low, range.high, range.low_closed, range.high_closed, range.low_bounded, range.high_bounded};
}

struct Pair {
  Ends a;
  Ends b;
  Order low_low = Order::equal;  // a.low against b.low, and so on
  Order low_high = Order::equal;
  Order high_low = Order::equal;
  Order high_high = Order::equal;
};

// Two lows, or two highs, of which at least one may lie beyond every value: `beyond` says on which side.
std::optional<Order> same_ends(const Value& a, bool a_bounded, const Value& b, bool b_bounded, Order beyond) {
  if (a_bounded && b_bounded) return order(a, b);
  if (a_bounded == b_bounded) return Order::equal;
  return a_bounded == (beyond == Order::less) ? Order::greater : Order::less;
}

std::optional<Pair> pair_of(const Value& first, const Value& second) {
  const auto a = ends_of(first);
  const auto b = ends_of(second);
  if (!a || !b) return std::nullopt;
  const auto low_low = same_ends(a->low, a->low_bounded, b->low, b->low_bounded, Order::less);
  const auto high_high = same_ends(a->high, a->high_bounded, b->high, b->high_bounded, Order::greater);
  const auto low_high = a->low_bounded && b->high_bounded ? order(a->low, b->high) : std::optional(Order::less);
  const auto high_low = a->high_bounded && b->low_bounded ? order(a->high, b->low) : std::optional(Order::greater);
  if (!low_low || !low_high || !high_low || !high_high) return std::nullopt;
  return Pair{*a, *b, *low_low, *low_high, *high_low, *high_high};
}

Pair swapped(const Pair& p) {
  const auto flip = [](Order order) { return order < 0 ? Order::greater : order > 0 ? Order::less : Order::equal; };
  return {p.b, p.a, flip(p.low_low), flip(p.high_low), flip(p.low_high), flip(p.high_high)};
}

// DMN 1.5, table 78.
bool before(const Pair& p) { return p.high_low < 0 || (p.high_low == 0 && !(p.a.high_closed && p.b.low_closed)); }
bool meets(const Pair& p) { return p.high_low == 0 && p.a.high_closed && p.b.low_closed; }
bool low_not_after(const Pair& p) { return p.low_low < 0 || (p.low_low == 0 && (p.a.low_closed || !p.b.low_closed)); }
bool high_not_before(const Pair& p) {
  return p.high_high > 0 || (p.high_high == 0 && (p.a.high_closed || !p.b.high_closed));
}
bool includes(const Pair& p) { return low_not_after(p) && high_not_before(p); }
bool same_low(const Pair& p) { return p.low_low == 0 && p.a.low_closed == p.b.low_closed; }
bool same_high(const Pair& p) { return p.high_high == 0 && p.a.high_closed == p.b.high_closed; }
bool overlaps(const Pair& p) { return !before(p) && !before(swapped(p)); }
bool overlaps_before(const Pair& p) {
  const bool starts_first = p.low_low < 0 || (p.low_low == 0 && p.a.low_closed && !p.b.low_closed);
  const bool ends_first = p.high_high < 0 || (p.high_high == 0 && (!p.a.high_closed || p.b.high_closed));
  return starts_first && ends_first && !before(p);
}
bool starts(const Pair& p) {
  return same_low(p) && (p.high_high < 0 || (p.high_high == 0 && (!p.a.high_closed || p.b.high_closed)));
}
bool finishes(const Pair& p) {
  return same_high(p) && (p.low_low > 0 || (p.low_low == 0 && (!p.a.low_closed || p.b.low_closed)));
}
bool coincides(const Pair& p) { return same_low(p) && same_high(p); }

template <bool (*kTest)(const Pair&), bool kSwap>
Value relation(Run& run, Args args, const Place& place) {
  const auto pair = pair_of(args[0], args[1]);
  if (!pair) {
    return run.fail(CauseCode::wrong_type, place,
                    {"expected two points or ranges of one ordered type, came ", name_of(args[0].kind()), " and ",
                     name_of(args[1].kind())},
                    args[0].is_null()   ? &args[0].cause()
                    : args[1].is_null() ? &args[1].cause()
                                        : nullptr);
  }
  return Value::boolean(kTest(kSwap ? swapped(*pair) : *pair));
}

// An end may be a literal or one of FEEL's constructors of a literal text; nothing that could be computed.
bool is_literal_end(const Expr& end) {
  if (end.op == Op::literal) return true;
  static constexpr std::string_view kConstructors[] = {"date", "time", "date and time", "duration"};
  return end.op == Op::call && end.builtin != nullptr && end.children.size() == 2 &&
         std::ranges::find(kConstructors, end.builtin->name) != std::end(kConstructors) &&
         end.children[1]->op == Op::literal;
}

Value range_of(Run& run, Args args, const Place& place) {
  Unit unit;
  Layout layout;
  const Scope scope;
  const auto parsed = parse_expression({.text = args[0].as_string()}, unit, scope, layout);
  const auto is_end = [](const Expr::Ptr& end) { return end != nullptr && is_literal_end(*end); };
  if (!parsed || parsed->expr->op != Op::range || !std::ranges::all_of(parsed->expr->children, is_end)) {
    return wrong_argument(run, place, {"expected a range of two literals, came \"", args[0].as_string(), "\""});
  }
  const NodePtr node = compile(*parsed->expr, unit, layout);
  Frame frame{run, nullptr, nullptr};
  const Value range = node->eval(frame);
  if (range.is_null() || range.as_range().low.is_null() || range.as_range().high.is_null()) {
    return wrong_argument(run, place, {"expected a range of two values of one type, the lower first"});
  }
  return deep_copy(range, run.arena);  // its texts live in the unit, which ends here
}

constexpr Builtin kRows[] = {
    {"range", "from/s", 1, 'a', range_of},
    {"before", "point1/a,point2/a", 2, 'b', relation<before, false>},
    {"before", "point/a,range/a", 2, 'b', relation<before, false>},
    {"before", "range/a,point/a", 2, 'b', relation<before, false>},
    {"before", "range1/a,range2/a", 2, 'b', relation<before, false>},
    {"after", "point1/a,point2/a", 2, 'b', relation<before, true>},
    {"after", "point/a,range/a", 2, 'b', relation<before, true>},
    {"after", "range/a,point/a", 2, 'b', relation<before, true>},
    {"after", "range1/a,range2/a", 2, 'b', relation<before, true>},
    {"meets", "range1/r,range2/r", 2, 'b', relation<meets, false>},
    {"met by", "range1/r,range2/r", 2, 'b', relation<meets, true>},
    {"overlaps", "range1/r,range2/r", 2, 'b', relation<overlaps, false>},
    {"overlaps before", "range1/r,range2/r", 2, 'b', relation<overlaps_before, false>},
    {"overlaps after", "range1/r,range2/r", 2, 'b', relation<overlaps_before, true>},
    {"finishes", "point/a,range/r", 2, 'b', relation<finishes, false>},
    {"finishes", "range1/r,range2/r", 2, 'b', relation<finishes, false>},
    {"finished by", "range/r,point/a", 2, 'b', relation<finishes, true>},
    {"finished by", "range1/r,range2/r", 2, 'b', relation<finishes, true>},
    {"includes", "range/r,point/a", 2, 'b', relation<includes, false>},
    {"includes", "range1/r,range2/r", 2, 'b', relation<includes, false>},
    {"during", "point/a,range/r", 2, 'b', relation<includes, true>},
    {"during", "range1/r,range2/r", 2, 'b', relation<includes, true>},
    {"starts", "point/a,range/r", 2, 'b', relation<starts, false>},
    {"starts", "range1/r,range2/r", 2, 'b', relation<starts, false>},
    {"started by", "range/r,point/a", 2, 'b', relation<starts, true>},
    {"started by", "range1/r,range2/r", 2, 'b', relation<starts, true>},
    {"coincides", "point1/a,point2/a", 2, 'b', relation<coincides, false>},
    {"coincides", "range1/r,range2/r", 2, 'b', relation<coincides, false>},
};

}  // namespace

std::span<const Builtin> range_builtins() { return kRows; }

}  // namespace puhui::feel
