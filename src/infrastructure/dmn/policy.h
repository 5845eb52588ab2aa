// Policy: a DMN file compiled once and evaluated millions of times. Immutable, named by the SHA-256 of its bytes,
// shared by any number of threads, each with a Scratch of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/dmn/functions.h"
#include "infrastructure/dmn/limits.h"
#include "infrastructure/dmn/trace.h"
#include "infrastructure/feel/value.h"

namespace puhui::dmn {

// An input the caller gives, or a decision it gets.
struct Variable {
  std::string name;
  std::string id;                      // the DMN element's
  std::string type;                    // "number", "string", an item definition's name, "" when undeclared
  feel::Kind kind = feel::Kind::null;  // of the declared type; null when undeclared
  bool is_list = false;
  std::vector<std::string> allowed;  // when its type lists the values it may take
  std::string description;
};

// A decision table as it was compiled.
struct TableInfo {
  std::string id;                    // the table element's, or the nearest above it that has one
  std::string owner;                 // the decision or business knowledge model it belongs to
  std::string hit_policy;            // as the file writes it: "UNIQUE", "COLLECT SUM"
  std::vector<std::string> inputs;   // what each column asks, as text
  std::vector<std::string> outputs;  // names; one output may have none
  size_t first_rule = 0;             // of Policy::rules()
  size_t rules = 0;
  size_t general_cells = 0;  // tests that are evaluated because they are not against constants
  std::string strategy;      // how its rules are found: "scan", "index" or "hash"
};

// One evaluation's working memory: reused, never shared between threads. What evaluate() returned points into it
// and holds until its next evaluation.
class Scratch {
 public:
  explicit Scratch(const Limits& limits = {});
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  // For a caller that builds list or context inputs: begin() first, then make the values in arena(), then
  // evaluate, which does not forget them.
  feel::Arena& arena();
  void begin();
  // What now() and today() answer in the evaluations to come; without it they are null.
  void set_moment(const feel::DateTime& now);

 private:
  friend class Policy;
  friend class Batch;
  friend class JsonDoor;
  struct State;
  std::unique_ptr<State> state_;
};

struct CompileOptions {
  Limits limits;
  // refuse: any fault refuses the whole file. null_with_cause: a faulty expression is a null that says so, and
  // faults() lists them: for modelling tools and conformance tests, never for a policy in force.
  enum class OnFault { refuse, null_with_cause } on_fault = OnFault::refuse;
  // How tables find their rules: the same answers, so automatic but for tests and measurements.
  enum class TableStrategy { automatic, scan, index, hash } table_strategy = TableStrategy::automatic;
  // The files that <import> elements may mean, by their own namespace.
  std::vector<std::string_view> imported;
};

struct CompiledPolicy;

class Policy {
 public:
  // Reads and compiles. On failure every fault found, each with element id, line and column. `host` must outlive it.
  static Result<Policy> compile(std::string_view xml, const Functions& host, const CompileOptions& options = {});
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  const Digest& digest() const;  // of the file's bytes
  const std::string& name() const;
  std::span<const Variable> inputs() const;     // sorted by name
  std::span<const Variable> decisions() const;  // in an order where each follows what it requires
  std::optional<size_t> input(std::string_view name) const;
  std::optional<size_t> decision(std::string_view name) const;
  // The rules of every table, numbered through the policy as a Trace numbers them.
  std::span<const RuleInfo> rules() const;
  // "score in [600..650), grade = \"B\" -> rate 0.12": a rule as its author wrote it, on one line.
  std::string rule_in_words(size_t rule) const;
  // The decisions that one requires, in order of evaluation, and itself as the last.
  std::span<const uint32_t> needs(size_t decision) const;
  // Every table, in the order of their rules.
  std::span<const TableInfo> tables() const;
  std::span<const Fault> faults() const;  // only with OnFault::null_with_cause

  // `inputs` in inputs() order; a value not given is Value::missing(). Inputs of a wrong type become nulls that
  // say so. Answers one value a decision, in decisions() order; a null among them knows its cause.
  std::span<const feel::Value> evaluate(std::span<const feel::Value> inputs, Scratch& scratch,
                                        Trace* trace = nullptr) const;
  // Only the one decision and what it requires; the others are not computed.
  feel::Value evaluate_one(size_t decision, std::span<const feel::Value> inputs, Scratch& scratch,
                           Trace* trace = nullptr) const;
  // Only these decisions, given in ascending order and with all that they require; the others' values are stale.
  std::span<const feel::Value> evaluate_some(std::span<const uint32_t> decisions, std::span<const feel::Value> inputs,
                                             Scratch& scratch, Trace* trace = nullptr) const;
  // A business knowledge model or decision service by its name, with arguments by parameter name; null with a
  // cause when there is none.
  feel::Value invoke(std::string_view name, std::span<const feel::Entry> arguments, Scratch& scratch,
                     Trace* trace = nullptr) const;

  // For what reports on it (policy_inside.h).
  const CompiledPolicy& compiled() const { return *compiled_; }

 private:
  friend class Batch;
  friend class JsonDoor;
  explicit Policy(std::unique_ptr<CompiledPolicy> compiled);
  std::unique_ptr<CompiledPolicy> compiled_;
};

}  // namespace puhui::dmn
