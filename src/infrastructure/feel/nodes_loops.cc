#include "infrastructure/feel/compile_inside.h"

namespace puhui::feel {
namespace {

// What one iterator runs over: the items of a list, or the whole numbers or days between two ends, up or down.
class Sequence {
 public:
  // False, with the null to answer in `failure`, when there is nothing to run over.
  bool begin(const Iterator& iterator, Frame& frame, const Place& place, Value& failure) {
    const Value from = iterator.from->eval(frame);
    if (iterator.to != nullptr) return between(from, iterator.to->eval(frame), frame.run, place, failure);
    if (from.kind() == Kind::list) {
      items_ = from.as_list();
      size_ = static_cast<int64_t>(items_.size());
      return true;
    }
    if (from.kind() == Kind::range) {
      const Range& range = from.as_range();
      if (!between(range.low, range.high, frame.run, place, failure)) return false;
      if (size_ > 0 && !range.low_closed) ++first_, --size_;
      if (size_ > 0 && !range.high_closed) --size_;
      return true;
    }
    if (from.is_null()) {
      failure =
          frame.run.fail(CauseCode::wrong_type, place, {"a loop expects a list or a range, came null"}, &from.cause());
      return false;
    }
    single_ = from;
    items_ = {&single_, 1};
    size_ = 1;
    return true;
  }
  int64_t size() const { return size_; }
  Value at(int64_t i) const {
    if (!items_.empty()) return items_[static_cast<size_t>(i)];
    const int64_t value = first_ + (descending_ ? -i : i);
    return days_ ? Value::date(date_from_days(value).value_or(CivilDate{})) : Value::number(value);
  }

 private:
  bool between(const Value& low, const Value& high, Run& run, const Place& place, Value& failure) {
    std::optional<int64_t> first;
    std::optional<int64_t> last;
    if (low.is_number() && high.is_number()) {
      first = low.as_number().as_int64();
      last = high.as_number().as_int64();
    } else if (low.kind() == Kind::date && high.kind() == Kind::date) {
      days_ = true;
      first = days_since_epoch(low.as_date());
      last = days_since_epoch(high.as_date());
    }
    constexpr int64_t kEndMax = int64_t{1} << 60;
    if (!first || !last || std::abs(*first) > kEndMax || std::abs(*last) > kEndMax) {
      failure = run.fail(
          CauseCode::wrong_type, place,
          {"a loop expects two whole numbers or two dates, came ", name_of(low.kind()), " and ", name_of(high.kind())});
      return false;
    }
    first_ = *first;
    descending_ = *last < *first;
    size_ = std::abs(*last - *first) + 1;
    return true;
  }

  std::span<const Value> items_;
  Value single_;
  int64_t first_ = 0;
  int64_t size_ = 0;
  bool descending_ = false;
  bool days_ = false;
};

// Grows in the arena; old blocks are left behind, twice the final size at most.
class Builder {
 public:
  explicit Builder(Run& run) : run_(run) {}
  bool push(const Value& value, const Place& place) {
    if (size_ == capacity_ && !grow(place)) return false;
    items_[size_++] = value;
    extent_.add(value);
    if (extent_.parts <= kValuePartsMax && extent_.depth <= kValueDepthMax) return true;
    run_.whole(list(), place);
    return false;
  }
  Value list() const { return Value::list({items_, size_}, extent_); }

 private:
  bool grow(const Place& place) {
    if (size_ >= kListItemsMax) return run_.stop(place, "items in one list"), false;
    const size_t capacity = capacity_ == 0 ? 8 : capacity_ * 2;
    auto* larger = run_.arena.array<Value>(capacity);
    if (larger == nullptr) return run_.stop(place, "memory"), false;
    std::copy_n(items_, size_, larger);
    items_ = larger;
    capacity_ = capacity;
    return true;
  }
  Run& run_;
  Value* items_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  Extent extent_;
};

class ForNode final : public Node {
 public:
  ForNode(const Place& where, std::vector<Iterator> iterators, uint32_t partial_slot, Turn body)
      : Node(where), iterators_(std::move(iterators)), partial_slot_(partial_slot), body_(std::move(body)) {}
  Value eval(Frame& frame) const override {
    Builder results(frame.run);
    Value failure;
    if (!turn(0, frame, results, failure)) {
      return frame.run.stopped != nullptr ? Value::null(frame.run.stopped) : failure;
    }
    return results.list();
  }

 private:
  bool turn(size_t depth, Frame& frame, Builder& results, Value& failure) const {
    if (depth == iterators_.size()) {
      if (!frame.run.charge(place, body_.steps)) return false;
      frame.slots[partial_slot_] = results.list();
      return results.push(body_.node->eval(frame), place);
    }
    Sequence sequence;
    if (!sequence.begin(iterators_[depth], frame, place, failure)) return false;
    for (int64_t i = 0; i < sequence.size(); ++i) {
      frame.slots[iterators_[depth].slot] = sequence.at(i);
      if (!turn(depth + 1, frame, results, failure)) return false;
    }
    return true;
  }
  std::vector<Iterator> iterators_;
  uint32_t partial_slot_;
  Turn body_;
};

// some and every: the deciding answer stops; otherwise a null met on the way is the answer.
class QuantifiedNode final : public Node {
 public:
  QuantifiedNode(const Place& where, bool is_every, std::vector<Iterator> iterators, Turn condition,
                 Strictness strictness)
      : Node(where),
        deciding_(!is_every),
        iterators_(std::move(iterators)),
        condition_(std::move(condition)),
        strictness_(strictness) {}
  Value eval(Frame& frame) const override {
    Value result = Value::boolean(!deciding_);
    turn(0, frame, result);
    return frame.run.stopped != nullptr ? Value::null(frame.run.stopped) : result;
  }

 private:
  // False when the answer is decided.
  bool turn(size_t depth, Frame& frame, Value& result) const {
    if (depth == iterators_.size()) {
      if (!frame.run.charge(place, condition_.steps)) return false;
      const Value answer = condition_.node->eval(frame);
      if (answer.kind() == Kind::boolean && answer.as_boolean() == deciding_) {
        result = answer;
        return false;
      }
      if (answer.kind() != Kind::boolean && !result.is_null()) {
        result =
            frame.run.fail(CauseCode::wrong_type, place, {"the condition is ", name_of(answer.kind()), ", no boolean"},
                           answer.is_null() ? &answer.cause() : nullptr);
      }
      return strictness_ == Strictness::lenient || answer.kind() == Kind::boolean || answer.is_null();
    }
    Sequence sequence;
    Value failure;
    if (!sequence.begin(iterators_[depth], frame, place, failure)) {
      result = failure;
      return false;
    }
    for (int64_t i = 0; i < sequence.size(); ++i) {
      frame.slots[iterators_[depth].slot] = sequence.at(i);
      if (!turn(depth + 1, frame, result)) return false;
    }
    return true;
  }
  bool deciding_;
  std::vector<Iterator> iterators_;
  Turn condition_;
  Strictness strictness_;
};

class FilterNode final : public Node {
 public:
  FilterNode(const Place& where, NodePtr list, Turn condition, uint32_t item_slot, Strictness strictness)
      : Node(where),
        list_(std::move(list)),
        condition_(std::move(condition)),
        item_slot_(item_slot),
        strictness_(strictness) {}
  Value eval(Frame& frame) const override {
    const Value list = list_->eval(frame);
    // Anything but a list counts as a list of itself; null as an empty one.
    std::span<const Value> items{&list, list.is_null() ? size_t{0} : size_t{1}};
    if (list.kind() == Kind::list) items = list.as_list();
    if (const Value* index = condition_.node->constant(); index != nullptr && index->is_number()) {
      return at_index(items, *index, frame);
    }
    Builder kept(frame.run);
    for (const Value& item : items) {
      if (!frame.run.charge(place, condition_.steps)) return Value::null(frame.run.stopped);
      frame.slots[item_slot_] = item;
      const Value answer = condition_.node->eval(frame);
      if (answer.is_number()) return at_index(items, answer, frame);
      if (strictness_ == Strictness::boolean_only && answer.kind() != Kind::boolean && !answer.is_null()) {
        return frame.run.fail(CauseCode::wrong_type, place,
                              {"a filter expects booleans, came ", name_of(answer.kind())});
      }
      if (answer.is_true() && !kept.push(item, place)) return Value::null(frame.run.stopped);
    }
    // An index computed from elsewhere has to fail on an empty list too.
    if (items.empty()) {
      frame.slots[item_slot_] = Value::missing();
      const Value answer = condition_.node->eval(frame);
      if (answer.is_number()) return at_index(items, answer, frame);
    }
    return kept.list();
  }

 private:
  Value at_index(std::span<const Value> items, const Value& index, Frame& frame) const {
    const auto whole = index.as_number().as_int64();
    const auto size = static_cast<int64_t>(items.size());
    if (whole && *whole >= 1 && *whole <= size) return items[static_cast<size_t>(*whole - 1)];
    if (whole && *whole <= -1 && *whole >= -size) return items[static_cast<size_t>(size + *whole)];
    return frame.run.fail(CauseCode::wrong_argument, place,
                          {"the list has no item ", index.as_number().text(), " of ", std::to_string(size)});
  }
  NodePtr list_;
  Turn condition_;
  uint32_t item_slot_;
  Strictness strictness_;
};

}  // namespace

NodePtr for_node(const Place& place, std::vector<Iterator> iterators, uint32_t partial_slot, Turn body) {
  return std::make_unique<ForNode>(place, std::move(iterators), partial_slot, std::move(body));
}
NodePtr quantified_node(const Place& place, bool is_every, std::vector<Iterator> iterators, Turn condition,
                        Strictness strictness) {
  return std::make_unique<QuantifiedNode>(place, is_every, std::move(iterators), std::move(condition), strictness);
}
NodePtr filter_node(const Place& place, NodePtr list, Turn condition, uint32_t item_slot, Strictness strictness) {
  return std::make_unique<FilterNode>(place, std::move(list), std::move(condition), item_slot, strictness);
}

}  // namespace puhui::feel
