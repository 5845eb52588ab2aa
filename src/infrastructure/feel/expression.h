// Expression: one FEEL text on its own, compiled once. Policies have their own way (dmn/policy.h); this is for the
// command line, for tests and for fuzzing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/feel/run.h"

namespace puhui::feel {

class Expression {
 public:
  // `names` are the variables it may use, in the order evaluate() takes them. Unknown names are faults.
  static Result<Expression> compile(std::string_view text, std::span<const std::string> names = {});
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  // The answer lives in `arena`, in the values given and in this expression.
  Value evaluate(Arena& arena, std::span<const Value> values = {}, const RunLimits& limits = {}) const;
  // The same with a Run that its caller has begun and keeps: no memory is taken for an evaluation. `run.globals` has a
  // value for each name.
  Value evaluate(Run& run) const;

 private:
  struct Compiled;
  explicit Expression(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace puhui::feel
