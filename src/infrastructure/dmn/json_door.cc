#include "infrastructure/dmn/json_door.h"

#include "ground/base/hash.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/json_reader.h"
#include "infrastructure/dmn/json_writer.h"
#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {

using feel::Value;

struct JsonDoor::State {
  const Policy& policy;
  JsonDoorOptions options;
  std::vector<uint32_t> needed;    // in order of evaluation
  std::vector<std::string> names;  // of the decisions answered, as `"name":`
  std::vector<std::string> rules;  // their ids in quotes, by Policy::rules()
  std::vector<uint32_t> buckets;   // the inputs by the hash of their names, plus 1; open addressing

  size_t input_named(std::string_view name, size_t guess) const;
  Result<void> read(JsonReader& reader, feel::Run& run, std::span<Value> inputs) const;
  void print(std::span<const Value> values, const Trace* trace, std::string& out) const;
};

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

}  // namespace

JsonDoor::JsonDoor(const Policy& policy, JsonDoorOptions options)
    : state_(new State{
          .policy = policy, .options = std::move(options), .needed = {}, .names = {}, .rules = {}, .buckets = {}}) {
  const auto& codes = policy.compiled_->decision_codes;
  auto& asked = state_->options.decisions;
  if (asked.empty()) {
    for (size_t d = 0; d < codes.size(); ++d) asked.push_back(d);
  }
  for (const size_t d : asked) state_->names.push_back(quoted(policy.decisions()[d].name) + ":");
  state_->needed = policy.compiled_->needed_for(asked);
  for (const RuleInfo& rule : policy.rules()) state_->rules.push_back(quoted(rule.id));
  auto& buckets = state_->buckets;
  buckets.assign(std::bit_ceil(policy.inputs().size() * 2 + 1), 0);
  for (size_t i = 0; i < policy.inputs().size(); ++i) {
    size_t at = hash64(policy.inputs()[i].name) & (buckets.size() - 1);
    while (buckets[at] != 0) at = (at + 1) & (buckets.size() - 1);
    buckets[at] = static_cast<uint32_t>(i) + 1;
  }
}

JsonDoor::~JsonDoor() = default;
JsonDoor::JsonDoor(JsonDoor&&) noexcept = default;
JsonDoor& JsonDoor::operator=(JsonDoor&&) noexcept = default;

// Senders keep their order: the input after the last one is tried first. inputs().size() when there is none.
size_t JsonDoor::State::input_named(std::string_view name, size_t guess) const {
  const auto inputs = policy.inputs();
  if (guess < inputs.size() && inputs[guess].name == name) return guess;
  for (size_t at = hash64(name) & (buckets.size() - 1); buckets[at] != 0; at = (at + 1) & (buckets.size() - 1)) {
    if (inputs[buckets[at] - 1].name == name) return buckets[at] - 1;
  }
  return inputs.size();
}

namespace {

std::string unknown_input(const Policy& policy, std::string_view name) {
  std::vector<std::string> names;
  for (const Variable& input : policy.inputs()) names.push_back(input.name);
  const std::string meant = nearest(name, names);
  return "is no input of this policy" + (meant.empty() ? "" : "; did you mean '" + meant + "'?");
}

// Whether an evaluation takes the value as of the type; allowed values are its own to judge.
bool fits(const Value& value, const feel::Type& type, feel::Run& run, const feel::Place& place) {
  if (type.any || value.is_null() || (value.kind() == type.kind && type.kind < feel::Kind::list)) return true;
  return feel::coerce(value, type, run, place).has_value();
}

}  // namespace

Result<void> JsonDoor::State::read(JsonReader& reader, feel::Run& run, std::span<Value> inputs) const {
  const auto& codes = policy.compiled_->input_codes;
  const size_t none = inputs.size();
  size_t current = none;
  size_t next = 0;
  const bool whole = reader.object(
      [&](std::string_view name) -> const feel::Type* {
        reader.path.assign(name);
        current = input_named(name, next);
        if (current == none) {
          reader.faults().add(reader.path, unknown_input(policy, name));
          return nullptr;
        }
        next = current + 1;
        const bool twice = !inputs[current].is_null() || &inputs[current].cause() != &feel::kMissingValue;
        if (twice) reader.faults().add(reader.path, "expected each input once, came twice");
        return codes[current].type;
      },
      [&](const Value& value) {
        if (current == none) return;
        inputs[current] = value;
        const feel::Type& type = *codes[current].type;
        if (fits(value, type, run, codes[current].place)) return;
        reader.faults().add(policy.inputs()[current].name,
                            "expected " + feel::text_of(type) + ", came " + std::string(name_of(value.kind())));
      });
  if (whole) reader.at_end();
  if (reader.faults().none()) return {};
  return std::move(reader.faults()).result();
}

void JsonDoor::State::print(std::span<const Value> values, const Trace* trace, std::string& out) const {
  out += trace == nullptr ? "{" : "{\"outputs\":{";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += ',';
    out += names[i];
    append_json(values[options.decisions[i]], out);
  }
  out += '}';
  if (trace == nullptr) return;
  out += ",\"rules\":[";
  for (size_t i = 0; i < trace->hits.size(); ++i) {
    if (i != 0) out += ',';
    out += rules[trace->hits[i]];
  }
  out += "]}";
}

Result<std::span<const Value>> JsonDoor::read(std::string_view json_in, Scratch& scratch) const {
  if (json_in.size() > kJsonInputBytesMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kJsonInputBytesMax) +
                                          " bytes of JSON, came " + std::to_string(json_in.size()));
  }
  Scratch::State& work = *scratch.state_;
  const CompiledPolicy& compiled = *state_->policy.compiled_;
  scratch.begin();
  work.run.begin({});
  work.open_entries.clear();
  work.inputs.assign(compiled.input_codes.size(), Value::missing());
  JsonReader reader(json_in, work.run, work.open_entries);
  TRY(state_->read(reader, work.run, work.inputs));
  return work.inputs;
}

Result<void> JsonDoor::evaluate(std::string_view json_in, std::string& json_out, Scratch& scratch) const {
  const auto inputs = TRY(read(json_in, scratch));
  Scratch::State& work = *scratch.state_;
  work.trace.clear();
  const bool traced = state_->options.output == JsonDoorOptions::Output::values_and_rules;
  Trace* const trace = traced ? &work.trace : nullptr;
  const auto values = state_->policy.evaluate_some(state_->needed, inputs, scratch, trace);
  json_out.clear();
  state_->print(values, trace, json_out);
  return {};
}

}  // namespace puhui::dmn
