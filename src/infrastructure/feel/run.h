// Run: one evaluation under way: its arena, its globals, its limits. Node: a piece of compiled FEEL.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "infrastructure/feel/arena.h"
#include "infrastructure/feel/cause.h"
#include "infrastructure/feel/value.h"

namespace puhui::feel {

constexpr size_t kListItemsMax = 1'000'000;
constexpr size_t kStringBytesMax = 4 << 20;
constexpr size_t kStackValues = 16 << 10;

struct RunLimits {
  uint64_t steps_max = 10'000'000;
  uint32_t depth_max = 256;
};

// Where now() and today() come from: the moment the decision is made, given by the caller, never the wall.
struct Moment {
  DateTime now;
};

// Values that stand a fixed step apart: side by side for one evaluation, a column's length apart for a row of a batch.
struct Slots {
  Value* first = nullptr;
  uint32_t step = 1;
  Slots() = default;
  Slots(Value* values) : first(values) {}
  Slots(Value* values, uint32_t apart) : first(values), step(apart) {}
  Value& operator[](size_t i) const { return first[i * step]; }
};

constexpr uint32_t kNoRow = UINT32_MAX;

struct Run {
  Arena& arena;
  Slots globals;  // inputs, decisions, business knowledge models of the policy
  uint64_t steps_left = 0;
  uint32_t depth_left = 0;
  const Cause* stopped = nullptr;  // set once a limit is reached: everything then unwinds with nulls
  void* trace = nullptr;           // of the layer above; null when nobody listens
  const Moment* moment = nullptr;
  uint32_t row = kNoRow;     // of a batch: the row under way
  std::vector<Value> stack;  // locals of running functions
  size_t stack_used = 0;

  explicit Run(Arena& memory, size_t stack_values = kStackValues) : arena(memory), stack(stack_values) {}
  void begin(const RunLimits& limits) {
    steps_left = limits.steps_max;
    depth_left = limits.depth_max;
    stopped = nullptr;
    stack_used = 0;
  }

  // A null that knows why. The parts are joined in the arena.
  Value fail(CauseCode code, const Place& place, std::initializer_list<std::string_view> message,
             const Cause* from = nullptr);
  // Stops the whole evaluation: a limit is reached.
  Value stop(const Place& place, std::string_view limit);
  // One turn of a loop or one call; false when the evaluation has to unwind.
  bool step(const Place& place) {
    if (stopped != nullptr) return false;
    if (steps_left-- != 0) [[likely]]
      return true;
    steps_left = 0;
    stop(place, "steps");
    return false;
  }
  // Work that grows with what it is done to: so many steps more.
  bool charge(const Place& place, uint64_t steps) {
    if (stopped != nullptr) return false;
    if (steps <= steps_left) [[likely]] {
      steps_left -= steps;
      return true;
    }
    steps_left = 0;
    stop(place, "steps");
    return false;
  }
  // The steps of one walk over the value.
  static uint64_t walk(const Value& value) { return value.parts() / 8; }
  // The value, unless it holds more than a value may: then everything stops.
  Value whole(const Value& value, const Place& place) {
    if (value.parts() > kValuePartsMax) return stop(place, "values inside one value");
    if (value.depth() > kValueDepthMax) return stop(place, "lists inside lists");
    return value;
  }
  // Copies; null when the text is too long or the arena is full.
  Value string(std::string_view text, const Place& place);
  Value list(std::span<const Value> items, const Place& place);
  Value context(std::span<const Entry> entries, const Place& place);
};

struct Frame {
  Run& run;
  Slots slots;
  const Value* captures = nullptr;
};

struct RowsFrame;

// What is known of a node before any evaluation: a constant, or a place that holds the value already.
struct Leaf {
  enum class Kind : uint8_t { none, constant, slot, global } kind = Kind::none;
  uint32_t index = 0;
  const Value* value = nullptr;
};

class Node {
 public:
  explicit Node(const Place& where) : place(where) {}
  virtual ~Node() = default;
  virtual Value eval(Frame& frame) const = 0;
  // The value when it is the same in every evaluation, else nullptr.
  virtual const Value* constant() const { return nullptr; }
  virtual Leaf leaf() const { return {}; }
  // The same for each of `rows`: the column that holds the answers, [row]. It may be `out`, which has room for all rows
  // of the chunk, or a column that stands already. Each row gets what eval() gives, causes and all; rows come in
  // ascending order.
  virtual const Value* eval_rows(RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const;
  Place place;
};
using NodePtr = std::unique_ptr<const Node>;

// Calls any function value. Arguments beyond or short of the parameters are a null with its cause.
Value call(Run& run, const Function& function, std::span<const Value> args, const Place& place);
// The same for rows of a batch, arguments row after row. Needs a function from outside and as many arguments as it has
// parameters; answers[i] is what call() gives for rows[i].
void call_rows(Run& run, const Function& function, std::span<Value> args, const Place& place,
               std::span<const uint32_t> rows, std::span<Value> answers);

}  // namespace puhui::feel
