// Functions: what a policy may call outside DMN. The kernel gives one HostFunction a registered model; a business
// knowledge model of kind PMML (entries "document" and "model") names it. Beside them only the fixed table of
// java_functions.h is reachable: there is no Java machine.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/dmn/trace.h"
#include "infrastructure/feel/arena.h"
#include "infrastructure/feel/value.h"

namespace puhui::dmn {

// A function bound to one place of call: it knows which argument is which feature.
class HostCall {
 public:
  virtual ~HostCall() = default;
  // `args` in the order of the bound parameter names. What it builds lives in `arena`. Must be deterministic and
  // callable from many threads. A failure is a null with a cause (CauseCode::unavailable), never an exception.
  virtual feel::Value call(std::span<const feel::Value> args, feel::Arena& arena, Trace* trace) const = 0;
  // The same for rows at once, `args` row after row, `out.size()` rows. A model that scores many rows faster than one
  // overrides it; each answer must be the one call() gives.
  virtual void call_many(std::span<const feel::Value> args, feel::Arena& arena, std::span<feel::Value> out) const {
    const size_t parameters = out.empty() ? 0 : args.size() / out.size();
    for (size_t row = 0; row < out.size(); ++row) {
      out[row] = call(args.subspan(row * parameters, parameters), arena, nullptr);
    }
  }
  // As call_many, in a batch whose asker keeps the calls by row (BatchOptions::calls): the same answers.
  virtual void call_kept(std::span<const feel::Value> args, feel::Arena& arena, std::span<const uint32_t> /*rows*/,
                         RowCalls& /*kept*/, std::span<feel::Value> out) const {
    call_many(args, arena, out);
  }
};

class HostFunction {
 public:
  virtual ~HostFunction() = default;
  // Once, at compile: refuses parameter names it does not know, and names those it needs and did not get.
  virtual Result<std::unique_ptr<const HostCall>> bind(std::span<const std::string> parameter_names) const = 0;
};

class Functions {
 public:
  virtual ~Functions() = default;
  // nullptr when there is none: a fault at compile. Must outlive every policy compiled with it.
  virtual const HostFunction* find_model(std::string_view document, std::string_view model) const = 0;
};

class NoFunctions final : public Functions {
 public:
  const HostFunction* find_model(std::string_view, std::string_view) const override { return nullptr; }
};

}  // namespace puhui::dmn
