// JsonDoor: a policy with JSON text on both sides, read straight into values and printed straight from them. For doors
// and tools that hold text; who holds facts calls Policy::evaluate.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {

constexpr size_t kJsonInputBytesMax = 16 << 20;
constexpr size_t kJsonInputDepthMax = 64;

struct JsonDoorOptions {
  std::vector<size_t> decisions;  // what is computed and answered, in Policy::decisions() order; empty: all
  enum class Output { values, values_and_rules } output = Output::values;
};

// Shared by any number of threads, each with a Scratch of its own. The policy must outlive it.
class JsonDoor {
 public:
  explicit JsonDoor(const Policy& policy, JsonDoorOptions options = {});
  ~JsonDoor();
  JsonDoor(JsonDoor&&) noexcept;
  JsonDoor& operator=(JsonDoor&&) noexcept;

  // `json_in`: one object, inputs by name; one not given is missing. Numbers keep every digit up to 34; an input whose
  // declared type is a date, time or duration is read from a text. `json_out` becomes {"Decision": value, …}, or
  // {"outputs": {"Decision": value, …}, "rules": ["rule id", …]}.
  // invalid, with the place or the path of each fault: malformed JSON, an unknown or repeated name, a value that is
  // not of the declared type. A value outside the allowed ones is the policy's to judge: it becomes a null.
  Result<void> evaluate(std::string_view json_in, std::string& json_out, Scratch& scratch) const;
  // Only the reading: the inputs in Policy::inputs() order, for one evaluation in `scratch`; they hold until its next.
  Result<std::span<const feel::Value>> read(std::string_view json_in, Scratch& scratch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::dmn
