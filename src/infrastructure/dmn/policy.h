// Policy: a DMN file compiled once and evaluated millions of times. Immutable, named by the SHA-256 of its bytes,
// shared by any number of threads, each with a Scratch of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/dmn/functions.h"
#include "infrastructure/dmn/trace.h"
#include "infrastructure/feel/value.h"

namespace puhui::dmn {

// What may come from outside, at most.
struct Limits {
  size_t xml_bytes_max = 64 << 20;
  size_t xml_depth_max = 128;
  size_t elements_max = 2'000'000;
  uint64_t steps_max = 10'000'000;       // loop turns and calls in one evaluation
  uint32_t depth_max = 256;              // calls inside calls
  size_t arena_bytes_max = 64 << 20;     // strings, lists and contexts of one evaluation
};

// An input the caller gives, or a decision it gets.
struct Variable {
  std::string name;
  std::string id;           // the DMN element's
  std::string type;         // "number", "string", an item definition's name, "" when undeclared
  feel::Kind kind = feel::Kind::null;  // of the declared type; null when undeclared
  bool is_list = false;
  std::vector<std::string> allowed;    // allowed texts, when the type enumerates them
  std::string description;
};

// One evaluation's working memory: reused, never shared between threads. What evaluate() returned points into it
// and holds until its next evaluation.
class Scratch {
 public:
  explicit Scratch(Limits limits = {});
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  // For a caller that has to build list or context inputs: call begin() first, then make the values, then evaluate.
  feel::Arena& arena();
  void begin();  // forgets the previous evaluation

 private:
  friend class Policy;
  struct State;
  std::unique_ptr<State> state_;
};

class Policy {
 public:
  // Reads and compiles. On failure every fault found, each with element id, line and column.
  static Result<Policy> compile(std::string_view xml, const Functions& host, const Limits& limits = {});
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  const Digest& digest() const;   // of the file's bytes
  const std::string& name() const;
  std::span<const Variable> inputs() const;     // sorted by name
  std::span<const Variable> decisions() const;  // in an order where each follows what it requires
  std::optional<size_t> input(std::string_view name) const;
  std::optional<size_t> decision(std::string_view name) const;
  // The rules of every table, numbered through the policy as a Trace numbers them.
  std::span<const RuleInfo> rules() const;

  // `inputs` in inputs() order; a value not given is Value::missing(). Inputs of a wrong type become nulls that
  // say so. Answers one value a decision, in decisions() order; a null among them knows its cause.
  std::span<const feel::Value> evaluate(std::span<const feel::Value> inputs, Scratch& scratch,
                                        Trace* trace = nullptr) const;
  // Only the one decision and what it requires; the others are not computed.
  feel::Value evaluate_one(size_t decision, std::span<const feel::Value> inputs, Scratch& scratch,
                           Trace* trace = nullptr) const;

 private:
  struct Compiled;
  explicit Policy(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace puhui::dmn
